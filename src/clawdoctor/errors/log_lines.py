"""Read a stream of bytes line by line, whatever the length of the stream or of a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from clawdoctor.redaction.controls import without_controls

LONGEST = 64 * 1024
"""The maximum length of a line in bytes. A longer line is split."""

_OVERLAP = 512  # bytes that both parts of a split line contain, in case a message is there
_CHUNK = 256 * 1024
_MEGABYTE = 1_000_000
_NOT_IN_TEXT = bytes({*range(32), 127} - {*b"\t\n\v\f\r\b\x1b"})
_STRAY = 16  # bytes of `_NOT_IN_TEXT` that a text of any length may contain


class NotTextError(ValueError):
    """A stream is binary. The message continues a sentence that starts with the stream's name."""


def refuse_binary(block: bytes) -> None:
    """Raise NotTextError if a block has many bytes that no text has: /dev/zero, a compressed log.

    A few are allowed: a truncated or rotated log can contain some.
    """
    strange = len(block) - len(block.translate(None, _NOT_IN_TEXT))
    if strange > max(_STRAY, len(block) // 20):
        raise NotTextError("is binary, not text")


def lines_of(
    head: bytes, stream: BinaryIO | None = None, progress: Callable[[str], None] | None = None
) -> Iterator[str]:
    """Yield the lines of `head` and then of `stream`, without control characters.

    `progress` receives the amount read so far, once per megabyte. Raises NotTextError for a binary
    stream.
    """
    for raw in _raw_lines(head, stream, progress):
        line = raw.decode("utf-8", "replace")
        yield line if line.isascii() and line.isprintable() else without_controls(line)


def _raw_lines(
    head: bytes, stream: BinaryIO | None, progress: Callable[[str], None] | None
) -> Iterator[bytes]:
    chunk, kept, done, reported = head, b"", 0, 0
    while chunk:
        done += len(chunk)
        if progress is not None and done // _MEGABYTE > reported:
            reported = done // _MEGABYTE
            progress(f"read {reported} MB")
        *whole, kept = (kept + chunk).split(b"\n")
        for line in whole:
            yield from (line,) if len(line) <= LONGEST else _pieces(line)
        if len(kept) > LONGEST:
            *cut, kept = _pieces(kept)
            yield from cut
        chunk = stream.read(_CHUNK) if stream is not None else b""
        refuse_binary(chunk)
    if kept:
        yield kept


def _pieces(line: bytes) -> Iterator[bytes]:
    step = LONGEST - _OVERLAP
    yield from (line[start : start + LONGEST] for start in range(0, len(line), step))
