"""Edits are applied from the original positions, and places are taken once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clawdoctor.repair.apply import Taken, apply
from clawdoctor.source.change import Edit
from clawdoctor.source.text import Text


def test_edits_use_the_positions_of_the_original() -> None:
    text = Text("/f", "one\r\ntwo\nthree")
    edits = [
        Edit(text.span(5, 8), "2\n2"),
        Edit(text.span(0, 0), ">"),
        Edit(text.span(14, 14), "!"),
    ]
    done = apply({"/f": text}, [*edits, edits[0]])
    assert done.texts["/f"].content == ">one\r\n2\n2\nthree!"
    assert [list(done.lines[edit]) for edit in edits] == [[2, 3], [1], [4]]


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6), st.sampled_from(["", "x"])))


@given(SPANS)
def test_a_place_is_taken_once(spans: list[tuple[int, int, str]]) -> None:
    text = Text("/f", "0123456789\n" * 4)
    taken, kept = Taken(), list[Edit]()
    for start, length, written in spans:
        edit = Edit(text.span(start, start + length), written)
        touches = any(
            edit != other
            and edit.span.start <= other.span.end
            and other.span.start <= edit.span.end
            for other in kept
        )
        assert taken.take([edit]) is not touches
        kept += [] if touches else [edit]


def test_all_places_of_a_fix_or_none() -> None:
    text = Text("/f", "0123456789")
    first, second = Edit(text.span(1, 2), "a"), Edit(text.span(4, 5), "b")
    taken = Taken()
    assert taken.take([first])
    assert not taken.take([second, Edit(text.span(2, 3), "c")])
    assert taken.take([second, first])
