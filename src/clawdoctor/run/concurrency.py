"""Concurrent calls that wait for the network."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context


def run_concurrently(calls: Sequence[Callable[[], object]], seconds: float) -> list[object]:
    """Return the results of the calls, with None for each call that takes longer than `seconds`.

    The threads have the context variables of the caller. They are daemons: a thread that hangs in a
    system call must not keep the process alive.
    """
    results: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        results[index] = calls[index]()

    threads = [
        threading.Thread(target=copy_context().run, args=(run, i), daemon=True)
        for i in range(len(calls))
    ]
    until = time.monotonic() + min(seconds, threading.TIMEOUT_MAX / 2)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return list(results)
