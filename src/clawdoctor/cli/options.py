"""The options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

OpenClawConfigOption = Annotated[
    str | None, typer.Option(metavar="PATH", help="OpenClaw's openclaw.json.")
]
LiteLLMConfigOption = Annotated[str | None, typer.Option(metavar="PATH", help="LiteLLM's config.")]
ComposeOption = Annotated[
    str | None, typer.Option(metavar="PATH", help="The Compose file, or a docker run script.")
]
EnvFileOption = Annotated[
    str | None, typer.Option(metavar="PATH", help="A file with the variables of both programs.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
