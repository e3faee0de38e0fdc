"""Read a body up to a limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from clawdoctor.deferred import dataclass

if TYPE_CHECKING:
    import httpx

BODY_LIMIT = 64 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(slots=True)
class PartialBody:
    """The part of a body that has been read."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    cut: bool = False
    broken: str = ""

    def text(self) -> str:
        """Return the part as text, with a replacement character for bytes that are not UTF-8."""
        return b"".join(self.parts).decode("utf-8", "replace")


def read_body(
    response: httpx.Response, until: float, body: PartialBody, clock: Callable[[], float]
) -> None:
    """Read a body until it ends, until `BODY_LIMIT`, or until `clock` passes `until`."""
    for chunk in _chunks(response):
        body.parts.append(chunk[: BODY_LIMIT - body.size])
        body.size += len(body.parts[-1])
        if body.size >= BODY_LIMIT or clock() > until:
            body.cut = True
            break


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """Yield the bytes of the body. Decompress at most `BODY_LIMIT` bytes of each packed chunk."""
    if response.headers.get("content-encoding", "").strip().lower() in ("", "identity"):
        yield from response.iter_bytes()
        return
    decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
    for chunk in response.iter_raw():
        yield decompressor.decompress(chunk, BODY_LIMIT)
        if decompressor.eof:  # the decompressor would keep all following bytes
            return
