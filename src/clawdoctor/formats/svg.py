"""The report as an SVG picture of a terminal, drawn by rich."""

from __future__ import annotations

import io

from clawdoctor.deferred import regex

_FONT_FACE = regex(r"\s*@font-face \{[^}]*\}")
"""rich refers to fonts on a public server. A picture of a report must not fetch anything."""


def to_svg(text: str, *, width: int, title: str = "clawdoctor") -> str:
    """Return a picture of a coloured text, at least `width` columns wide. Nothing is wrapped."""
    from rich.console import Console
    from rich.text import Text

    shown = Text.from_ansi(text)
    widest = max((line.cell_len for line in shown.split()), default=0)
    console = Console(
        file=io.StringIO(),
        record=True,
        width=max(width, widest),
        color_system="standard",
        force_terminal=True,
    )
    console.print(shown, overflow="ignore", no_wrap=True, crop=False)
    return _FONT_FACE.sub("", console.export_svg(title=title))
