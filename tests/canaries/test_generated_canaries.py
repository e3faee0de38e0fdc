"""No output shows a generated canary, in any place and any layout."""

from __future__ import annotations

import random
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from canaries.places import Files, places
from canaries.test_canaries import COMMANDS, RUNS, assert_no_leak

_LETTERS = string.ascii_letters + string.digits
_SIGNS = "!&^~;|$%`#()"


def _canary(seed: int) -> str:
    """A random key or password. Texts of hypothesis itself would be words of this project."""
    generator = random.Random(seed)

    def text(alphabet: str, shortest: int, longest: int) -> str:
        return "".join(generator.choices(alphabet, k=generator.randint(shortest, longest)))

    kinds = (
        lambda: text("0123456789abcdef", 32, 32),
        lambda: text(_LETTERS, 24, 84),
        lambda: text(_LETTERS + "+/", 40, 60) + "=",
        lambda: "sk-" + text(_LETTERS + "_-", 16, 40),
        # A password with a sign that no name has.
        lambda: (
            text(_LETTERS, 4, 12) + text("!&^~;|$%`#", 1, 1) + text(_LETTERS + "!&^$%()", 6, 16)
        ),
    )
    return generator.choice(kinds)()


CANARIES = st.integers(0, 2**32).map(_canary)
PLACES = st.sampled_from(list(places()))
PHASES = (Phase.explicit, Phase.generate)
"""A canary does not get simpler, so there is nothing to shrink."""
LAYOUTS = st.sampled_from(["plain", "one-line", "broken"])


@settings(derandomize=True, max_examples=3, phases=PHASES)
@given(PLACES, LAYOUTS, CANARIES)
def test_no_run_shows_a_generated_canary(files: Files, layout: str, canary: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert_no_leak(Path(folder), files, layout, canary, RUNS)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(6))  # each part ends within a few minutes
def test_no_command_shows_a_generated_canary(part: int) -> None:
    @seed(part)
    @settings(max_examples=50, phases=PHASES, database=None)
    @given(PLACES, LAYOUTS, CANARIES)
    def check(files: Files, layout: str, canary: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            assert_no_leak(Path(folder), files, layout, canary, COMMANDS)

    check()
