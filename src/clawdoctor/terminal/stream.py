"""Find out what a stream can show, and show on it what a run waits for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from clawdoctor.deferred import dataclass

PIPE_WIDTH = 88
NARROWEST, WIDEST = 20, 100
_DRAWN = "✓✗·┌─│├→…—"
_SPINNER = "⠋"
_LONG = 2
"""The seconds after which the spinner says how long a request takes."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The width in columns, and whether colour and characters beyond ASCII may be used."""

    width: int = PIPE_WIDTH
    color: bool = False
    unicode: bool = True


def terminal(stream: TextIO, environ: Mapping[str, str]) -> Terminal:
    """Return the abilities of a stream. NO_COLOR overrides FORCE_COLOR (no-color.org)."""
    is_terminal = stream.isatty()
    width = max(NARROWEST, min(_columns(stream, environ) or PIPE_WIDTH, WIDEST))
    forced = environ.get("FORCE_COLOR", "") not in ("", "0", "false")
    color = not environ.get("NO_COLOR") and (
        forced or (is_terminal and environ.get("TERM", "") != "dumb")
    )
    return Terminal(width, color, _can_encode(stream, _DRAWN))


def _columns(stream: TextIO, environ: Mapping[str, str]) -> int:
    """Return COLUMNS, else the width of the terminal, else 0."""
    named = environ.get("COLUMNS", "")
    if named.isdecimal() and int(named) > 0:
        return int(named)
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):  # not a terminal, or not a file
        return 0


def _can_encode(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def can_redraw(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Return whether a stream is a terminal whose cursor can be moved."""
    return stream.isatty() and environ.get("TERM") != "dumb"


@contextmanager
def progress_on(
    stream: TextIO, *, quiet: bool = False, seconds: float = 0
) -> Iterator[Callable[[str], None] | None]:
    """Yield a function that shows a spinner and what the run waits for, or None off a terminal.

    A name with a `since` is shown with its duration so far, out of the run's `seconds`.
    """
    if quiet or not can_redraw(stream, os.environ):
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream)
    shown: list[str] = ["reading files"]

    class Waited:
        """The oldest unanswered request, redrawn several times a second."""

        def __rich__(self) -> Text:
            return Text(oldest_wait(shown, seconds), overflow="ellipsis", no_wrap=True)

    spinner = "dots" if _can_encode(stream, _SPINNER) else "line"
    with console.status(Waited(), spinner=spinner):
        yield shown.append


def oldest_wait(shown: Sequence[str], seconds: float) -> str:
    """Return the oldest unanswered request, with how long it takes out of the run's `seconds`."""
    oldest = next((what for what in shown if not getattr(what, "done", True)), shown[-1])
    return _waited(oldest, seconds)


def _waited(what: str, seconds: float) -> str:
    since = getattr(what, "since", None)
    waited = 0 if since is None else int(time.monotonic() - since)
    if waited < _LONG:
        return what
    of = f" of {seconds:.0f}" if seconds else ""
    return f"waiting for {what}, {waited} s{of}"
