"""Scripted answers that take precedence over a server's own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence

from clawdoctor.deferred import dataclass
from clawdoctor.simulator.message import Request, Response


@dataclass(frozen=True, slots=True)
class Scripted:
    """A scripted answer for a method and all paths with a prefix, given `times` times.

    After that, the next matching answer is given, and finally the server's own. The caller's key is
    not checked.
    """

    method: str
    path: str
    response: Response
    times: int | None = None

    def fits(self, request: Request) -> bool:
        """Return whether the answer matches this request."""
        return self.method == request.method and request.path.startswith(self.path)


def scripted_first(
    scripted: Sequence[Scripted], server: Callable[[Request], Response]
) -> Callable[[Request], Response]:
    """Return a handler that gives scripted answers before the server's own."""
    earlier: list[Request] = []
    lock = threading.Lock()

    def handle(request: Request) -> Response:
        with lock:
            earlier.append(request)
            before = tuple(earlier)
        return scripted_answer(scripted, before) or server(request)

    return handle


def scripted_answer(scripted: Sequence[Scripted], requests: Sequence[Request]) -> Response | None:
    """Return the scripted answer to the last request. Earlier requests use up answers."""
    used: Counter[int] = Counter()
    found: Response | None = None
    for request in requests if scripted else ():
        found = None
        for index, answer in enumerate(scripted):
            if answer.fits(request) and (answer.times is None or used[index] < answer.times):
                used[index] += 1
                found = answer.response
                break
    return found
