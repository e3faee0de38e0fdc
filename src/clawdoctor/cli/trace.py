"""`clawdoctor trace`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from clawdoctor.cli.options import (
    ComposeOption,
    EnvFileOption,
    JsonOption,
    LiteLLMConfigOption,
    OpenClawConfigOption,
)
from clawdoctor.cli.situation import read_config, situation_of
from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def trace(
    model: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="Models to trace; by default those in use."),
    ] = None,
    json: JsonOption = False,
    openclaw_config: OpenClawConfigOption = None,
    litellm_config: LiteLLMConfigOption = None,
    compose: ComposeOption = None,
    env_file: EnvFileOption = None,
    no_project_config: Annotated[
        bool, typer.Option("--no-project-config", help="Ignore clawdoctor.toml.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the date of the knowledge.")
    ] = False,
) -> None:
    """Show the request that each hop sends, predicted from the files. Send nothing."""
    from clawdoctor.run.trace import trace as trace_requests

    situation = situation_of(
        read_config(project=not no_project_config),
        openclaw_config=openclaw_config,
        litellm_config=litellm_config,
        compose=compose,
        env_file=env_file,
        models=model or (),
    )
    found = trace_requests(situation)
    if json:
        from clawdoctor.formats.trace_json import to_json

        write(to_json(found), sys.stdout)
    else:
        from clawdoctor.formats.trace_text import to_text

        shown = terminal(sys.stdout, os.environ)
        text = to_text(
            found,
            width=shown.width,
            color=shown.color,
            unicode=shown.unicode,
            home=str(Path.home()),
            verbose=verbose,
        )
        write(text, sys.stdout)
    raise typer.Exit(found.exit_code)
