"""How many requests are under way at once: few at one server, more at all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WIDTH = 16
"""At one server."""

WIDTH_OF_ALL = 64
"""Many servers need not wait for each other."""


def _all() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(WIDTH_OF_ALL)


@dataclass(frozen=True, slots=True)
class RequestLimiter:
    """Limits the requests of a run that are under way, by server and in all."""

    every: threading.BoundedSemaphore = field(default_factory=_all)
    servers: dict[str, threading.BoundedSemaphore] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def enter(self, url: str, deadline: float) -> bool:
        """Wait until a request may go out; False, and nothing is held, where time is over."""
        server = self._server(url)
        if not self._acquired(server, deadline):
            return False
        if self._acquired(self.every, deadline):
            return True
        server.release()
        return False

    def leave(self, url: str) -> None:
        """The request has ended."""
        self.every.release()
        self._server(url).release()

    def _server(self, url: str) -> threading.BoundedSemaphore:
        origin = "/".join(url.split("/", 3)[:3])
        return self.servers.setdefault(origin, threading.BoundedSemaphore(WIDTH))

    def _acquired(self, limit: threading.BoundedSemaphore, deadline: float) -> bool:
        left = min(deadline - self.clock(), threading.TIMEOUT_MAX / 2)
        return left > 0 and limit.acquire(timeout=left)
