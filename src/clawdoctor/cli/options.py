"""The options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer


def not_empty(value: str | None) -> str | None:
    """Return the value of an option. An empty value, as from an unset variable, is wrong usage."""
    if value is not None and not value.strip():
        raise typer.BadParameter("the value is empty")
    return value


OpenClawConfigOption = Annotated[
    str | None,
    typer.Option(metavar="PATH", help="OpenClaw's openclaw.json.", callback=not_empty),
]
LiteLLMConfigOption = Annotated[
    str | None, typer.Option(metavar="PATH", help="LiteLLM's config.", callback=not_empty)
]
ComposeOption = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", help="The Compose file, or a docker run script.", callback=not_empty
    ),
]
EnvFileOption = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", help="A file with the variables of both programs.", callback=not_empty
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
