"""Reading a configuration file as text, bounded, without ever hanging on what is no file."""

from __future__ import annotations

import codecs
import errno
import os
import re
import selectors
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clawdoctor.source.text import Text

Reason = Literal[
    "missing",
    "directory",
    "not-a-file",
    "permission",
    "too-large",
    "binary",
    "encoding",
    "error",
]

# What a shell's <(command) and | give: pipes of this process, which are meant to be read.
_OWN_DESCRIPTOR = re.compile(r"/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+")
_PIPE_SECONDS = 10.0
_CHUNK = 64 * 1024

# UTF-32 first: its little-endian mark starts with the one of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file gives no text. `message` continues a sentence that starts with the path."""

    path: str
    reason: Reason
    message: str


def read_text(path: Path, limit: int = 10 * 1024 * 1024) -> Text | Unreadable:
    """The UTF-8 text of a regular file of at most `limit` bytes, or why there is none.

    The path is made absolute, but links are not resolved: a user looks for the name they know.
    A pipe is read only where a shell put it, at /dev/fd, and for at most ten seconds.
    """
    name = os.fspath(path)
    try:
        # Path.absolute() would keep "..", and Path.resolve() follow links.
        name = os.path.abspath(path)  # noqa: PTH100
        content = _read_bytes(name, limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return _failed(name, error)
    return content if isinstance(content, Unreadable) else _decoded(name, content, limit)


def read_end(path: Path, limit: int, *, follow: bool = True) -> tuple[bytes, float] | Unreadable:
    """The last `limit` bytes of a regular file of this user, from the start of a line on.

    With them comes when it was last written to, in seconds since 1970. Without `follow` a link is
    no such file.
    """
    name = os.path.abspath(path)  # noqa: PTH100
    try:
        wrong = _wrong_type(name, Path(name).stat(follow_symlinks=follow))
        if wrong:
            return wrong
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(name, flags)
    except (OSError, ValueError) as error:
        return _failed(name, error)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return Unreadable(name, "not-a-file", "is not a regular file")
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            return Unreadable(name, "permission", "belongs to another user")
        try:
            file.seek(max(0, status.st_size - limit))
            if file.tell():
                file.readline(limit)  # what is left of the line that was cut
            return file.read(limit), status.st_mtime
        except OSError as error:
            return _failed(name, error)


def _read_bytes(name: str, limit: int) -> bytes | Unreadable:
    # Looked at before it is opened: to open a device can already do something.
    wrong = _wrong_type(name, Path(name).stat())
    if wrong:
        return wrong
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(name, flags)
    try:
        status = os.fstat(descriptor)
        wrong = _wrong_type(name, status)
        if wrong:
            return wrong
        return _read_all(descriptor, limit + 1, is_pipe=stat.S_ISFIFO(status.st_mode))
    finally:
        os.close(descriptor)


def _wrong_type(name: str, status: os.stat_result) -> Unreadable | None:
    if stat.S_ISDIR(status.st_mode):
        return Unreadable(name, "directory", "is a directory")
    if stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISFIFO(status.st_mode) and _OWN_DESCRIPTOR.fullmatch(name):
        return None
    return Unreadable(name, "not-a-file", "is not a regular file")


def _read_all(descriptor: int, most: int, *, is_pipe: bool) -> bytes:
    """At most `most` bytes. Raises TimeoutError where a pipe's other end does not finish."""
    deadline = time.monotonic() + _PIPE_SECONDS
    chunks: list[bytes] = []
    while most > 0:
        if is_pipe:
            _wait(descriptor, deadline)
        chunk = os.read(descriptor, min(most, _CHUNK))
        if not chunk:
            break
        chunks.append(chunk)
        most -= len(chunk)
    return b"".join(chunks)


def _wait(descriptor: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError(errno.ETIMEDOUT, f"no end of data within {_PIPE_SECONDS:g} seconds")


def _failed(name: str, error: OSError | ValueError) -> Unreadable:
    match error:
        # A component of the path that is a file is as missing as the file itself.
        case FileNotFoundError() | NotADirectoryError():
            return Unreadable(name, "missing", "not found")
        case PermissionError():
            return Unreadable(name, "permission", "permission denied")
        case IsADirectoryError():
            return Unreadable(name, "directory", "is a directory")
        case OSError(strerror=str(cause)):
            return Unreadable(name, "error", f"cannot be read: {cause}")
        case _:
            return Unreadable(name, "error", "cannot be read")


def _decoded(name: str, content: bytes, limit: int) -> Text | Unreadable:
    if len(content) > limit:
        return Unreadable(name, "too-large", f"larger than {_size(limit)}")
    for mark, encoding in _OTHER_MARKS:
        if content.startswith(mark):
            return Unreadable(name, "encoding", f"is {encoding}; save it as UTF-8")
    nul = content.find(b"\0")
    if nul >= 0:
        return Unreadable(name, "binary", f"is binary: it has a NUL byte at offset {nul}")
    bom = content.startswith(codecs.BOM_UTF8)
    encoded = content[len(codecs.BOM_UTF8) :] if bom else content
    try:
        return Text(name, encoded.decode("utf-8"), bom)
    except UnicodeDecodeError as error:
        before = Text(name, encoded[: error.start].decode("utf-8"))
        place = before.position(len(before.content))
        message = (
            f"is not UTF-8: invalid byte 0x{encoded[error.start]:02x}"
            f" at line {place.line}, column {place.column}"
        )
        return Unreadable(name, "encoding", message)


def _size(limit: int) -> str:
    for unit, name in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if limit >= unit and limit % unit == 0:
            return f"{limit // unit} {name}"
    return f"{limit} bytes"
