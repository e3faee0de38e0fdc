"""Answers that are set, before those that a server would give."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clawdoctor.simulator.message import Request, Response


@dataclass(frozen=True, slots=True)
class Scripted:
    """An answer that is set: for a method and all paths that start so, `times` times.

    Once used up, the next one that fits answers, and at last the resource itself. The caller's
    key is not looked at.
    """

    method: str
    path: str
    response: Response
    times: int | None = None

    def fits(self, request: Request) -> bool:
        """Whether the answer is for this request."""
        return self.method == request.method and request.path.startswith(self.path)


def scripted_first(
    scripted: Sequence[Scripted], served: Callable[[Request], Response]
) -> Callable[[Request], Response]:
    """A server with answers that are set before its own."""
    earlier: list[Request] = []
    lock = threading.Lock()

    def handle(request: Request) -> Response:
        with lock:
            earlier.append(request)
            before = tuple(earlier)
        return scripted_answer(scripted, before) or served(request)

    return handle


def scripted_answer(scripted: Sequence[Scripted], requests: Sequence[Request]) -> Response | None:
    """The scripted answer to the last of the requests, after all before it had theirs."""
    used: Counter[int] = Counter()
    found: Response | None = None
    for request in requests if scripted else ():
        found = None
        for place, one in enumerate(scripted):
            if one.fits(request) and (one.times is None or used[place] < one.times):
                used[place] += 1
                found = one.response
                break
    return found
