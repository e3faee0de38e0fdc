"""Work counted in calls: it is the same on every machine, however busy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(action: Callable[[], object]) -> int:
    """How many functions an action calls, those written in C included."""
    count = 0

    def profile(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


def assert_proportional(work: Callable[[int], Callable[[], object]], size: int) -> None:
    """Assert that twice the size takes at most twice the calls, and a few.

    `work` returns what is to be done for a size. What a single call does inside a C function
    does not count: if that is too much, the test ends with pytest's time limit.
    """
    once, twice = calls(work(size)), calls(work(2 * size))
    assert twice <= 2.2 * once + 100, (once, twice)
