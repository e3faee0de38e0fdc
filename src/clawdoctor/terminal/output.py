"""Write to the standard streams, whatever has become of them.

`clawdoctor --version` imports this module. It imports nothing that takes long to load.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False  # typing.TYPE_CHECKING takes typing, which takes half of the time
if TYPE_CHECKING:
    from typing import TextIO

_LOST = {errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def write(text: str, stream: TextIO, *, commands: bool = False) -> None:
    """Write a text. Characters that the stream cannot encode become question marks.

    In a GitHub Actions step, commands for the runner are broken up, unless the text consists of our
    own (`commands`). Raises OSError if nobody reads the stream any more, or if its disk is full.
    """
    if not commands and os.environ.get("GITHUB_ACTIONS") == "true":
        text = without_workflow_commands(text)
    encoding = stream.encoding or "ascii"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


def without_workflow_commands(text: str) -> str:
    """Break up what GitHub Actions would treat as a command in the log of a step.

    The text may quote a file of a pull request: `::add-mask::`, `##[error]`.
    """
    import re

    return re.sub(r"(?m)^([^\S\n]*)::", r"\1: :", text).replace("##[", "# #[")


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
