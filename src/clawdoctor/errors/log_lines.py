"""A stream of bytes as lines, however long either is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from clawdoctor.redaction.controls import without_controls

LONGEST = 64 * 1024
"""Bytes of a line that are kept together; what is longer goes on as another line."""

_OVERLAP = 512  # bytes that are said twice where a line is cut: a message may stand there
_CHUNK = 256 * 1024
_MEGABYTE = 1_000_000


def lines_of(
    head: bytes, stream: BinaryIO | None = None, tell: Callable[[str], None] | None = None
) -> Iterator[str]:
    """The lines of `head` and of the `stream` after it, without what steers a terminal.

    `tell` hears how much has been read, each time that it is another megabyte.
    """
    for raw in _raw_lines(head, stream, tell):
        line = raw.decode("utf-8", "replace")
        yield line if line.isascii() and line.isprintable() else without_controls(line)


def _raw_lines(
    head: bytes, stream: BinaryIO | None, tell: Callable[[str], None] | None
) -> Iterator[bytes]:
    chunk, kept, done, told = head, b"", 0, 0
    while chunk:
        done += len(chunk)
        if tell is not None and done // _MEGABYTE > told:
            told = done // _MEGABYTE
            tell(f"read {told} MB")
        *whole, kept = (kept + chunk).split(b"\n")
        for line in whole:
            yield from (line,) if len(line) <= LONGEST else _pieces(line)
        if len(kept) > LONGEST:
            *cut, kept = _pieces(kept)
            yield from cut
        chunk = stream.read(_CHUNK) if stream is not None else b""
    if kept:
        yield kept


def _pieces(line: bytes) -> Iterator[bytes]:
    step = LONGEST - _OVERLAP
    yield from (line[start : start + LONGEST] for start in range(0, len(line), step))
