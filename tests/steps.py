"""Work measured in function calls, which does not depend on the machine or its load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(action: Callable[[], object]) -> int:
    """Return the number of functions that an action calls, including those written in C."""
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
    """Assert that twice the size takes at most about twice the calls.

    `work` returns the action for a size. Work inside a single C function does not count: if it is
    too much, pytest's time limit ends the test.
    """
    once, twice = calls(work(size)), calls(work(2 * size))
    assert twice <= 2.2 * once + 100, (once, twice)
