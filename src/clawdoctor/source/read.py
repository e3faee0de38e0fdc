"""Reading a file as text, with a size limit and without waiting for devices or pipes."""

from __future__ import annotations

import codecs
import errno
import os
import selectors
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.look import note_read
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

# The paths of <(command) and |: pipes that the shell opened for this process.
_OWN_DESCRIPTOR = regex(r"/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+")
_PIPE_SECONDS = 10.0
_CHUNK = 64 * 1024

# UTF-32 comes first: its little-endian mark starts with that of UTF-16.
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file has no readable text. `message` continues a sentence that starts with the path."""

    path: str
    reason: Reason
    message: str


OPENCLAW_LIMIT = 2 * 1024 * 1024
"""The maximum size in bytes of openclaw.json and of files that it includes, set by OpenClaw."""

LIMIT = 16 * 1024 * 1024
"""The maximum size in bytes of any other file: our own limit, many times the size of real files."""


_PLANNED: ContextVar[Mapping[str, Text]] = ContextVar("planned")


@contextmanager
def planned(texts: Mapping[str, Text]) -> Iterator[None]:
    """Make `read_text` return texts that are not written yet, keyed by their files' real paths.

    This affects the current thread only.
    """
    token = _PLANNED.set(texts)
    try:
        yield
    finally:
        _PLANNED.reset(token)


def read_text(path: Path, limit: int = LIMIT) -> Text | Unreadable:
    """Read the UTF-8 text of a regular file of at most `limit` bytes.

    The path becomes absolute, but links are not resolved, so that users recognise the name. A pipe
    is read only from /dev/stdin and /dev/fd, where shells put it, and for at most ten seconds.
    """
    name = os.fspath(path)
    try:
        # Path.absolute() would keep "..", and Path.resolve() would follow links.
        name = os.path.abspath(path)  # noqa: PTH100
        texts = _PLANNED.get(None)
        if texts and (text := texts.get(os.path.realpath(name))):
            return Text(name, text.content, text.bom)
        note_read(name)
        content = _read_bytes(name, limit)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return _unreadable(name, error)
    return content if isinstance(content, Unreadable) else _decode(name, content, limit)


def is_pipe(written: str) -> bool:
    """Return whether a path is that of a pipe from the shell, which can be read only once."""
    return _OWN_DESCRIPTOR.fullmatch(written) is not None


def read_end(path: Path, limit: int, *, follow: bool = True) -> tuple[bytes, float] | Unreadable:
    """Read the last `limit` bytes of a regular file that this user owns, from a line start.

    The second value is the time of the last write, in seconds since 1970. A link is read only with
    `follow`.
    """
    name = os.path.abspath(path)  # noqa: PTH100
    try:
        not_a_file = _not_a_file(name, Path(name).stat(follow_symlinks=follow))
        if not_a_file:
            return not_a_file
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(name, flags)
    except (OSError, ValueError) as error:
        return _unreadable(name, error)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return Unreadable(name, "not-a-file", "is not a regular file")
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            return Unreadable(name, "permission", "belongs to another user")
        try:
            file.seek(max(0, status.st_size - limit))
            if file.tell():
                file.readline(limit)  # the rest of a partial line
            return file.read(limit), status.st_mtime
        except OSError as error:
            return _unreadable(name, error)


def _read_bytes(name: str, limit: int) -> bytes | Unreadable:
    # Check first: opening a device can have effects.
    not_a_file = _not_a_file(name, Path(name).stat())
    if not_a_file:
        return not_a_file
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(name, flags)
    try:
        status = os.fstat(descriptor)
        not_a_file = _not_a_file(name, status)
        if not_a_file:
            return not_a_file
        return _read_all(descriptor, limit + 1, is_pipe=stat.S_ISFIFO(status.st_mode))
    finally:
        os.close(descriptor)


def _not_a_file(name: str, status: os.stat_result) -> Unreadable | None:
    if stat.S_ISDIR(status.st_mode):
        return Unreadable(name, "directory", "is a directory")
    if stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISFIFO(status.st_mode) and _OWN_DESCRIPTOR.fullmatch(name):
        return None
    return Unreadable(name, "not-a-file", "is not a regular file")


def _read_all(descriptor: int, limit: int, *, is_pipe: bool) -> bytes:
    """Read at most `limit` bytes. Raises TimeoutError if a pipe does not end in time."""
    deadline = time.monotonic() + _PIPE_SECONDS
    chunks: list[bytes] = []
    while limit > 0:
        if is_pipe:
            _wait(descriptor, deadline)
        chunk = os.read(descriptor, min(limit, _CHUNK))
        if not chunk:
            break
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


def _wait(descriptor: int, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise TimeoutError(errno.ETIMEDOUT, f"no end of data within {_PIPE_SECONDS:g} seconds")


def _unreadable(name: str, error: OSError | ValueError) -> Unreadable:
    match error:
        # A file in place of a folder in the path counts as missing, too.
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


def _decode(name: str, content: bytes, limit: int) -> Text | Unreadable:
    if len(content) > limit:
        return Unreadable(name, "too-large", f"is larger than {_size(limit)}")
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
