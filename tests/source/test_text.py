from hypothesis import given, settings
from hypothesis import strategies as st

from clawdoctor.source.text import START, Position, Span, Text

LINES = st.lists(
    st.sampled_from(["a", "é", "😀", "\t", " ", "\n", "\r", "\r\n", "\u2028", "\x85"]), max_size=30
).map("".join)


def text(content: str) -> Text:
    return Text("/etc/x.yaml", content)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(LINES)
def test_every_offset_has_a_position_that_leads_back_to_it(content: str) -> None:
    read = text(content)
    positions = [read.position(offset) for offset in range(len(content) + 1)]
    assert [read.offset(position) for position in positions] == list(range(len(content) + 1))
    assert positions == sorted(set(positions))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(LINES)
def test_the_lines_are_those_that_editors_count(content: str) -> None:
    read = text(content)
    expected = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert read.line_count == len(expected)
    assert [read.line(number) for number in range(1, read.line_count + 1)] == expected


@settings(derandomize=True, deadline=None, max_examples=120)
@given(LINES, st.integers(0, 30), st.integers(0, 30))
def test_a_span_gives_back_what_it_was_made_of(content: str, first: int, second: int) -> None:
    read = text(content)
    start, end = sorted((min(first, len(content)), min(second, len(content))))
    assert read.slice(read.span(start, end)) == content[start:end]


def test_positions_count_lines_and_code_points_from_one() -> None:
    read = text("a\r\né😀x\rb\n\nc")
    assert read.position(0) == START == Position(1, 1)
    assert read.position(read.content.index("x")) == Position(2, 3)
    assert read.position(read.content.index("b")) == Position(3, 1)
    assert read.position(read.content.index("c")) == Position(5, 1)


def test_a_tab_is_one_column() -> None:
    assert text("\t\tx").position(2) == Position(1, 3)


def test_breaks_of_yaml_alone_end_no_line() -> None:
    assert text("a\u2028b\x85c\u2029d\x0be\x0cf").line_count == 1


def test_offsets_past_the_end_mean_the_end() -> None:
    assert text("ab\n").position(99) == Position(2, 1)
    assert text("").position(1) == START


def test_line_end_belongs_to_the_line_before_it() -> None:
    assert text("a\r\nb").position(1) == Position(1, 2)
    assert text("a\r\nb").position(2) == Position(1, 3)
    assert text("a\r\nb").position(3) == Position(2, 1)


def test_lines_that_are_not_there_are_empty() -> None:
    assert [text("a\nb").line(number) for number in (-1, 0, 1, 2, 3)] == ["", "", "a", "b", ""]
    assert text("").line(1) == ""
    assert text("").line_count == 1


def test_a_line_keeps_its_spaces() -> None:
    assert text("  a \t\r\nb").line(1) == "  a \t"


def test_a_span_names_the_file() -> None:
    assert text("key: 1").span(0, 3) == Span("/etc/x.yaml", Position(1, 1), Position(1, 4))


def test_positions_are_in_reading_order() -> None:
    assert Position(1, 9) < Position(2, 1) < Position(2, 2)
