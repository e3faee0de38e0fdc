"""What the terminal can show, and writing to it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

PIPE_WIDTH = 88
WIDEST = 100
_DRAWN = "✓✗·┌─│├→…—"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Columns, colour, and whether more than ASCII can be shown."""

    width: int = PIPE_WIDTH
    color: bool = False
    unicode: bool = True


def terminal(stream: TextIO, environ: Mapping[str, str]) -> Terminal:
    """What a stream can show. NO_COLOR wins over FORCE_COLOR (no-color.org)."""
    is_terminal = stream.isatty()
    if is_terminal or environ.get("COLUMNS", "").isdecimal():
        width = max(20, min(shutil.get_terminal_size((PIPE_WIDTH, 24)).columns, WIDEST))
    else:
        width = PIPE_WIDTH
    forced = environ.get("FORCE_COLOR", "") not in ("", "0", "false")
    color = not environ.get("NO_COLOR") and (
        forced or (is_terminal and environ.get("TERM", "") != "dumb")
    )
    return Terminal(width, color, _can_encode(stream, _DRAWN))


def _can_encode(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def write(text: str, stream: TextIO) -> None:
    """Write all of a text; what the stream cannot encode becomes a question mark.

    Raises BrokenPipeError where the reader has gone.
    """
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def close_broken_pipe() -> None:
    """Let the interpreter flush into nothing at exit: the reader of stdout has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
