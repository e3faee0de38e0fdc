"""The requests that have no answer yet, for whoever shows what the run waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Waiting(str):
    """The name of a request. `since` is when it began, in seconds of `time.monotonic`."""

    __slots__ = ("since",)
    since: float

    def __new__(cls, name: str) -> Waiting:
        """Return the name of a request that begins now."""
        waiting = super().__new__(cls, name)
        waiting.since = time.monotonic()
        return waiting


@dataclass(slots=True)
class OpenRequests:
    """The open requests of a run, the oldest first."""

    waiting: list[Waiting] = field(default_factory=list)
    changing: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def entered(
        self, waiting: Waiting, progress: Callable[[str], None] | None = None
    ) -> Iterator[None]:
        """Report a request, and then the oldest one that is open, until the block ends."""
        if progress is None:
            yield
            return
        progress(waiting)
        with self.changing:
            self.waiting.append(waiting)
            oldest = self.waiting[0]
        if oldest is not waiting:
            progress(oldest)
        try:
            yield
        finally:
            with self.changing:
                first = self.waiting[0] is waiting
                self.waiting[:] = [other for other in self.waiting if other is not waiting]
                left = self.waiting[:1]
            if first and left:
                progress(left[0])
