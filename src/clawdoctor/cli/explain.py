"""`clawdoctor explain`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from clawdoctor.cli.options import JsonOption, LiteLLMConfigOption, OpenClawConfigOption
from clawdoctor.cli.policy import known_checks
from clawdoctor.cli.situation import read_config, situation_of
from clawdoctor.config import plugins_of
from clawdoctor.run.repeat import options_to_repeat
from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import progress_on, terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(short_help="Explain an error, a log, a code or a setting.")
def explain(
    context: typer.Context,
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="TEXT | CODE... | NAME | FILE | -", help="- reads standard input: any log."
        ),
    ],
    json: JsonOption = False,
    no_config: Annotated[
        bool, typer.Option("--no-config", help="Do not read the configs.")
    ] = False,
    openclaw_config: OpenClawConfigOption = None,
    litellm_config: LiteLLMConfigOption = None,
) -> None:
    """Say what an error text, a log, a code, a check's name or a setting means.

    clawdoctor looks a single word up as a code, a name, a file and a setting, in this order, and
    otherwise reads it as a text. After --, everything is text.
    """
    from clawdoctor.errors.explain import explain as explain_text
    from clawdoctor.errors.given import UnusableError, given
    from clawdoctor.errors.places import with_places
    from clawdoctor.formats.explanation_json import to_json
    from clawdoctor.formats.explanation_text import to_text

    config = read_config(project=not no_config)
    checks = known_checks(plugins_of(config, os.environ))
    forced = "--" in (context.obj or ())  # the words as the user gave them: click drops "--"
    try:
        explanation = given(text, checks, partial(progress_on, sys.stderr), forced=forced)
    except UnusableError as error:
        raise typer.BadParameter(str(error)) from error
    if isinstance(explanation, str):
        if not explanation.strip():
            raise typer.BadParameter("there is no text to explain")
        explanation = explain_text(explanation, checks)
    if not no_config:
        options = options_to_repeat(
            {"--openclaw-config": openclaw_config, "--litellm-config": litellm_config}
        )
        situation = situation_of(
            config,
            openclaw_config=openclaw_config,
            litellm_config=litellm_config,
            repeated=options,
        )
        explanation = replace(explanation, options=options)
        explanation, inputs = with_places(explanation, situation, checks)
        for file in inputs:
            if file.error is not None:
                raise typer.BadParameter(f"{file.path} {file.error}")
    if json:
        document = to_json(explanation)
    else:
        shown = terminal(sys.stdout, os.environ)
        document = to_text(
            explanation, checks, width=shown.width, color=shown.color, unicode=shown.unicode
        )
    write(f"{document}\n", sys.stdout)
    raise typer.Exit(0 if explanation.recognised else 1)
