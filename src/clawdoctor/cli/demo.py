"""`clawdoctor demo`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from clawdoctor.terminal.output import write
from clawdoctor.terminal.stream import progress_on, terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(short_help="Play a small chain, broken or healthy.")
def demo(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="The scenario to play; --list shows all.")
    ] = "seed",
    list_them: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything.")] = False,
) -> None:
    """Play a broken (or healthy) chain through the real run, on files of its own."""
    from clawdoctor.simulator.demo import play, scenarios

    known = scenarios()
    if list_them:
        width = max(len(name) for name in known)
        write(
            "".join(f"{name:<{width}}  {description}\n" for name, description in known.items()),
            sys.stdout,
        )
        return
    if scenario not in known:
        raise typer.BadParameter(f'no scenario "{scenario}"; there are {", ".join(known)}')
    shown = terminal(sys.stdout, os.environ)  # before the progress bar replaces stdout
    with progress_on(sys.stderr) as progress:
        text = play(scenario, shown, verbose=verbose, progress=progress)
    write(text, sys.stdout)
