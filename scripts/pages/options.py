"""The options of a command as a table."""

from __future__ import annotations

from collections.abc import Iterator

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup, TyperOption

from clawdoctor import cli


def options(name: str) -> str:
    """Return a table of the options of a command."""
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    command = group.get_command(typer.Context(group), name)
    assert isinstance(command, TyperCommand)
    return f"| option | meaning |\n|---|---|\n{''.join(_rows(command))}"


def _rows(command: TyperCommand) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, TyperOption):
            names = ", ".join(f"`{name}`" for name in parameter.opts)
            choices = " or ".join(f"`{name}`" for name in getattr(parameter.type, "choices", ()))
            value = "" if parameter.is_flag else f" {choices or parameter.metavar}"
            yield f"| {names}{value} | {parameter.help} |\n"
