"""Breaking lines takes time in proportion to the text, which may be a server's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from steps import assert_proportional

from clawdoctor.terminal.line import wrap


@pytest.mark.quick(2)
@pytest.mark.parametrize("part", ["\N{REPLACEMENT CHARACTER}", "\u0301", "\u754c", "a ", "é ", "x"])
def test_a_long_text_is_wrapped_in_proportional_time(part: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = part * size
        return lambda: wrap(text, 80, (("   = seen  ", ""),))

    assert_proportional(work, 5_000)


def test_a_long_url_breaks_only_before_its_query() -> None:
    url = "https://contoso.example/models"
    lines = wrap(f"GET {url}?api-version=1 → 401", 36, (("seen ", ""),))
    assert ["".join(text for text, _ in line).strip() for line in lines] == [
        "seen GET",
        url,
        "?api-version=1 → 401",
    ]
    lines = wrap(f"GET {url}?api-version=1 → 401", 42, (("seen ", ""),))
    assert ["".join(text for text, _ in line).strip() for line in lines] == [
        f"seen GET {url}",
        "?api-version=1 → 401",
    ]
    (line,) = wrap(f"{url}/{'x' * 40}", 36)
    assert line[0][0].endswith("x" * 40)
