"""Breaking lines takes time in proportion to the text, which may be a server's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from steps import assert_proportional

from clawdoctor.terminal.line import wrap


@pytest.mark.parametrize("part", ["\N{REPLACEMENT CHARACTER}", "\u0301", "\u754c", "a ", "é ", "x"])
def test_a_long_text_is_wrapped_in_proportional_time(part: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = part * size
        return lambda: wrap(text, 80, (("   = seen  ", ""),))

    assert_proportional(work, 5_000)
