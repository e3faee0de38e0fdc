"""`clawdoctor checks`."""

from __future__ import annotations

import os
import sys

import typer

from clawdoctor.cli.options import JsonOption
from clawdoctor.cli.policy import known_checks
from clawdoctor.cli.situation import read_config
from clawdoctor.config import plugins_of
from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def checks(json: JsonOption = False) -> None:
    """List the checks: code, name and what fails."""
    from clawdoctor.formats.catalogue import to_json, to_text

    known = known_checks(plugins_of(read_config(project=False), os.environ))
    if json:
        write(to_json(known), sys.stdout)
    else:
        shown = terminal(sys.stdout, os.environ)
        write(to_text(known, shown.width, color=shown.color), sys.stdout)
