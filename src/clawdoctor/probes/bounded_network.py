"""Connections that limit the time and the bytes of a whole answer.

A time-out of httpx covers a single read. A server that sends a byte of its headers now and then, or
endless interim answers (1xx), would never reach it.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import httpcore
import httpx

ANSWER_LIMIT = 256 * 1024
"""The maximum number of bytes to read of an answer, with its headers and interim answers."""


def limit_answers(
    transport: httpx.HTTPTransport, extra_seconds: float, clock: Callable[[], float]
) -> None:
    """Limit each answer to `ANSWER_LIMIT`, and to its read time-out plus `extra_seconds`."""
    # httpx has no parameter for this part of its pool.
    transport._pool._network_backend = _Backend(extra_seconds, clock)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, extra_seconds: float, clock: Callable[[], float]) -> None:
        self.inner = httpcore.SyncBackend()
        self.extra_seconds = extra_seconds
        self.clock = clock

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Open a connection."""
        return _Stream(self.inner.connect_tcp(*args, **options), self.extra_seconds, self.clock)


class _Stream(httpcore.NetworkStream):
    """A connection. Its first read after a write starts an answer."""

    def __init__(
        self, inner: httpcore.NetworkStream, extra_seconds: float, clock: Callable[[], float]
    ) -> None:
        self.inner = inner
        self.extra_seconds = extra_seconds
        self.clock = clock
        self.until: float | None = None
        self.size = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the next part. Raises ReadTimeout or RemoteProtocolError at the limits."""
        now = self.clock()
        if self.until is None:
            self.until = now + (timeout or 0.0) + self.extra_seconds
        left = self.until - now
        if left <= 0:
            raise httpcore.ReadTimeout
        part = self.inner.read(max_bytes, left if timeout is None else min(timeout, left))
        self.size += len(part)
        if self.size > ANSWER_LIMIT:
            raise httpcore.RemoteProtocolError("the answer is too long")
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write a part of a request."""
        self.until, self.size = None, 0
        self.inner.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the encrypted connection, with the same limits."""
        inner = self.inner.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(inner, self.extra_seconds, self.clock)

    def get_extra_info(self, info: str) -> Any:
        """Return a property of the connection, such as its socket or its addresses."""
        return self.inner.get_extra_info(info)
