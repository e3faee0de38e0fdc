"""A body, cut while it is read."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

BODY_LIMIT = 64 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(slots=True)
class Reading:
    """What has been read of a body."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    cut: bool = False
    broken: str = ""

    def text(self) -> str:
        """What was read, what is no UTF-8 in it replaced."""
        return b"".join(self.parts).decode("utf-8", "replace")


def read(response: httpx.Response, until: float, into: Reading, clock: Callable[[], float]) -> None:
    """Read a body, cut at the limit while it is read; a drip ends when `clock` passes `until`."""
    for chunk in _chunks(response):
        into.parts.append(chunk[: BODY_LIMIT - into.size])
        into.size += len(into.parts[-1])
        if into.size >= BODY_LIMIT or clock() > until:
            into.cut = True
            break


def _chunks(response: httpx.Response) -> Iterator[bytes]:
    """The body's bytes; what is packed though nobody asked for it is unpacked to the limit."""
    if "content-encoding" not in response.headers:
        return response.iter_bytes()
    unpack = zlib.decompressobj(_GZIP_OR_ZLIB)
    return (unpack.decompress(chunk, BODY_LIMIT) for chunk in response.iter_raw())
