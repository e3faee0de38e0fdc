"""The name of a request, for progress messages."""

from __future__ import annotations

import time


class Waiting(str):
    """The name of a request. `since` is when it began, in seconds of `time.monotonic`.

    `done` becomes True when the request has its answer, or will not get one.
    """

    __slots__ = ("done", "since")
    done: bool
    since: float

    def __new__(cls, name: str) -> Waiting:
        """Return the name of a request that begins now."""
        waiting = super().__new__(cls, name)
        waiting.since = time.monotonic()
        waiting.done = False
        return waiting
