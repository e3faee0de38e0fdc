"""The command line. Each command has a module, which is imported when it is needed."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from clawdoctor import __version__
from clawdoctor.terminal.output import write

_COMMANDS = ("run", "explain", "trace", "init", "checks", "demo")


class _Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the help text."""
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command. For an unknown name import all, since a message names the nearest."""
        for name in (cmd_name,) if cmd_name in _COMMANDS else _COMMANDS:
            if name not in self.commands:
                self.add_command(get_command(import_module(f"clawdoctor.cli.{name}").app), name)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=_Commands,
    name="clawdoctor",
    help="Say which one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(requested: bool) -> None:
    if requested:
        write(f"clawdoctor {__version__}\n", sys.stdout)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version; with --json, also the date of the knowledge.",
        ),
    ] = False,
) -> None:
    """Say which one thing to change when OpenClaw, LiteLLM and Azure OpenAI do not answer."""
    del version
