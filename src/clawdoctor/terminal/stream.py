"""Find out what a stream can show, and write to it."""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from clawdoctor.deferred import dataclass, regex

PIPE_WIDTH = 88
NARROWEST, WIDEST = 20, 100
_DRAWN = "✓✗·┌─│├→…—"
_COMMAND = regex(r"^([^\S\n]*)::", re.MULTILINE)
_SPINNER = "⠋"
_LONG = 2
"""The seconds after which the spinner says how long a request takes."""
_LOST = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


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


@contextmanager
def progress_on(
    stream: TextIO, *, quiet: bool = False, seconds: float = 0
) -> Iterator[Callable[[str], None] | None]:
    """Yield a function that shows a spinner and what the run waits for, or None off a terminal.

    A name with a `since` is shown with its duration so far, out of the run's `seconds`.
    """
    if quiet or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream)
    shown: list[str] = ["reading files"]

    class Waited:
        """The oldest unanswered request, redrawn several times a second."""

        def __rich__(self) -> Text:
            oldest = next((what for what in shown if not getattr(what, "done", True)), shown[-1])
            return Text(_waited(oldest, seconds), overflow="ellipsis", no_wrap=True)

    spinner = "dots" if _can_encode(stream, _SPINNER) else "line"
    with console.status(Waited(), spinner=spinner):
        yield shown.append


def _waited(what: str, seconds: float) -> str:
    since = getattr(what, "since", None)
    waited = 0 if since is None else int(time.monotonic() - since)
    if waited < _LONG:
        return what
    of = f" of {seconds:.0f}" if seconds else ""
    return f"waiting for {what}, {waited} s{of}"


def write(text: str, stream: TextIO) -> None:
    """Write a text. Characters that the stream cannot encode become question marks.

    In a GitHub Actions step, commands for the runner are broken up. Raises OSError if nobody reads
    the stream any more, or if its disk is full.
    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        text = without_workflow_commands(text)
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def without_workflow_commands(text: str) -> str:
    """Break up what GitHub Actions would treat as a command in the log of a step.

    The text may quote a file of a pull request: `::add-mask::`, `##[error]`.
    """
    return _COMMAND.sub(r"\1: :", text).replace("##[", "# #[")


def write_message(text: str) -> None:
    """Write to stderr if possible. A message that nobody can read is not a failure."""
    try:
        write(text, sys.stderr)
    except OSError:
        discard(sys.stderr)


def open_closed_streams() -> None:
    """Open the null device in place of standard streams that the caller has closed (`>&-`).

    Otherwise the next file that the process opens would get the number of such a stream. `stdin`
    stays None if it was closed, so that a command that needs it can say so.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
    # Python sets a closed stream to None, which its type does not say.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def lost_output(error: OSError) -> bool:
    """Return whether an error means that a stream accepts no more: no reader, or a full disk."""
    return error.filename is None and error.errno in _LOST


def discard(stream: TextIO) -> None:
    """Discard what the interpreter still writes to a stream at exit, where it would complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
