"""The limits on the requests of a run that are under way."""

from __future__ import annotations

import threading

from clawdoctor.probes.http import Spent
from clawdoctor.probes.limiter import MAX_PER_SERVER, RequestLimiter

URL = "https://contoso.openai.azure.com/openai/models"


def test_a_request_that_may_not_start_holds_nothing() -> None:
    times = iter((0.0, 10.0))  # the run ends between the two limits
    limiter = RequestLimiter(clock=lambda: next(times))
    assert not limiter.enter(URL, 5)
    server = limiter.servers["https://contoso.openai.azure.com"]
    assert all(server.acquire(blocking=False) for _ in range(MAX_PER_SERVER))


def test_a_request_holds_one_place_until_it_leaves() -> None:
    limiter = RequestLimiter(total=threading.BoundedSemaphore(1), clock=lambda: 0.0)
    assert limiter.enter(URL, 5)
    assert not limiter.total.acquire(blocking=False)
    limiter.leave(URL)
    assert limiter.total.acquire(blocking=False)


def test_a_run_has_spent_nothing_at_first() -> None:
    spent = Spent()
    assert (spent.requests, spent.billable_requests) == (0, 0)
    assert (spent.prompt_tokens, spent.completion_tokens) == (0, 0)
