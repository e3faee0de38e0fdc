"""Tests that need part of a run to be done, and part of it to be too late."""

from __future__ import annotations

from collections.abc import Callable

_FACTORS = (1, 5, 25)


def with_more_time(attempt: Callable[[float], None], seconds: float) -> None:
    """Call `attempt` with a time limit. While it fails, call it again with a longer one.

    A busy machine may not get anything done within the first limit.
    """
    for factor in _FACTORS[:-1]:
        try:
            attempt(seconds * factor)
        except AssertionError:
            continue
        return
    attempt(seconds * _FACTORS[-1])
