"""Texts are put beside each other by their width in a terminal, not by their length."""

from __future__ import annotations

from clawdoctor.terminal.layout import broken_before_query, fits, joined, packed, padded, widest
from clawdoctor.terminal.line import Line

_WIDE = "\u754c"  # two columns


def test_width_counts_columns() -> None:
    assert fits(4, _WIDE, _WIDE)
    assert not fits(3, _WIDE, _WIDE)
    assert widest(("abc", _WIDE * 2)) == 4
    assert widest(()) == 0
    assert padded(_WIDE, 4) == f"{_WIDE}  "


def test_parts_are_joined_if_they_fit() -> None:
    left, right = ((_WIDE, "bold"),), (("ab", ""),)
    assert joined(left, right, 4) == (*left, *right)
    assert joined(left, right, 3) is None
    assert joined(left, right, 8, gap=1, column=6) == (*left, ("    ", ""), *right)
    assert joined(left, right, 7, gap=1, column=6) is None


def test_parts_are_packed_on_as_few_lines_as_possible() -> None:
    parts: list[Line] = [(("aa", ""),), ((" bb", ""),), (("cc", ""),)]
    lines = ["".join(text for text, _ in line) for line in packed(parts, 8, 1)]
    assert lines == [" aa  bb", " cc"]


def test_a_text_to_copy_is_broken_only_before_its_query() -> None:
    assert len(broken_before_query("POST /a?b", " ", 10)) == 1
    first, second = broken_before_query("POST /a?b", " ", 9)
    assert first[-1][0] == "POST /a"
    assert second == (("   ", ""), ("?b", ""))
    assert len(broken_before_query("POST /a/b/c", " ", 5)) == 1
