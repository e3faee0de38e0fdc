"""Limit the number of concurrent requests, to each server and in total."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import field

from clawdoctor.deferred import dataclass

MAX_PER_SERVER = 16

MAX_TOTAL = 64
"""Higher than the limit per server, so that requests to many servers do not block each other."""


def _total_limit() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(MAX_TOTAL)


@dataclass(frozen=True, slots=True)
class RequestLimiter:
    """The limits on a run's concurrent requests, per server and in total."""

    total: threading.BoundedSemaphore = field(default_factory=_total_limit)
    servers: dict[str, threading.BoundedSemaphore] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def enter(self, url: str, deadline: float) -> bool:
        """Wait until a request may start. Return False if `deadline` passes first."""
        server = self._server(url)
        if not self._acquire(server, deadline):
            return False
        if self._acquire(self.total, deadline):
            return True
        server.release()
        return False

    def leave(self, url: str) -> None:
        """Release the slot of a request that has ended."""
        self.total.release()
        self._server(url).release()

    def _server(self, url: str) -> threading.BoundedSemaphore:
        origin = "/".join(url.split("/", 3)[:3])
        return self.servers.setdefault(origin, threading.BoundedSemaphore(MAX_PER_SERVER))

    def _acquire(self, limit: threading.BoundedSemaphore, deadline: float) -> bool:
        left = min(deadline - self.clock(), threading.TIMEOUT_MAX / 2)
        return left > 0 and limit.acquire(timeout=left)
