"""`clawdoctor init`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from clawdoctor.cli.situation import situation_of
from clawdoctor.config import Config
from clawdoctor.formats.render import Format, render
from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import progress_on, terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(short_help="Write the files of a new chain.")
def init(
    resource: Annotated[
        str, typer.Option(metavar="NAME", help="The Azure OpenAI resource, or its endpoint.")
    ] = "",
    deployment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=MODEL]", help="A deployment of it; the first is the primary model."
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port of the proxy.")
    ] = None,
    docker: Annotated[
        bool, typer.Option("--docker", help="Run LiteLLM in a container: write a Compose file.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files and the provider that exist.")
    ] = False,
) -> None:
    """Write the files of a new chain: OpenClaw, LiteLLM and Azure OpenAI."""
    from clawdoctor.repair.init_command import Options, Prompts, UnusableError, make_chain
    from clawdoctor.repair.new_files import ExistsError
    from clawdoctor.repair.write import CannotWriteError

    asks = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    prompts = Prompts(
        text=lambda question, default: typer.prompt(question, default, show_default=bool(default)),
        yes=lambda question: typer.confirm(question, default=True),
        say=lambda text: write(f"{text}\n", sys.stdout),
    )
    situation = situation_of(Config(), openclaw_config=None, litellm_config=None)
    options = Options(resource, deployment or (), port or 0, docker, force)
    shown = terminal(sys.stdout, os.environ)
    try:
        made = make_chain(options, situation, prompts if asks else None, shown)
    except (UnusableError, ExistsError, CannotWriteError) as error:
        raise typer.BadParameter(str(error)) from error
    if made is None:
        write("Nothing was written.\n", sys.stdout)
        raise typer.Exit(1)
    write(f"{made.text}\n", sys.stdout)
    from clawdoctor.run.diagnosis import diagnose

    with progress_on(sys.stderr) as progress:
        report = diagnose(made.situation, mode="live", progress=progress)
    write(render(report, Format.TEXT, shown, quiet=True), sys.stdout)
    write(f"\n{made.next_steps}", sys.stdout)
