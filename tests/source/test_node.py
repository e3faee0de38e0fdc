import datetime
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawdoctor.source.node import (
    Entry,
    Kind,
    Node,
    Scalar,
    join_pointer,
    nearest_existing,
    split_pointer,
)
from clawdoctor.source.text import Position, Span, Text

# The nodes of this text are built by hand below, so that these tests need no parser.
TEXT = Text(
    "/x.yaml",
    "models:\n"
    "  - name: gpt\n"
    "    params: {base: here}\n"
    "  - [one]\n"
    "  - two\n"
    "a/b~c: 1\n"
    "twice: first\n"
    "twice: second\n",
)


def spanned(written: str, number: int = 0) -> Span:
    offset = -1
    for _ in range(number + 1):
        offset = TEXT.content.index(written, offset + 1)
    return TEXT.span(offset, offset + len(written))


def scalar(value: Scalar, span: Span, kind: Kind = "string") -> Node:
    return Node(kind, span, value)


def entry(name: str, value: Node, number: int = 0, *, merged: bool = False) -> Entry:
    span = spanned(name, number)
    return Entry(name, scalar(name, span), value, merged)


def mapping(span: Span, *entries: Entry) -> Node:
    return Node("mapping", span, entries=entries)


def sequence(span: Span, *items: Node) -> Node:
    return Node("sequence", span, items=items)


PARAMS = mapping(spanned("{base: here}"), entry("base", scalar("here", spanned("here"))))
FIRST = mapping(
    spanned("name: gpt\n    params: {base: here}"),
    entry("name", scalar("gpt", spanned("gpt"))),
    entry("params", PARAMS),
)
LIST = sequence(spanned("[one]"), scalar("one", spanned("one")))
MODELS = sequence(
    TEXT.span(TEXT.content.index("- name"), TEXT.content.index("two") + 3),
    FIRST,
    LIST,
    scalar("two", spanned("two")),
)
ROOT = mapping(
    TEXT.span(0, len(TEXT.content) - 1),
    entry("models", MODELS),
    entry("a/b~c", scalar(1, spanned("1"), "number")),
    entry("twice", scalar("first", spanned("first"))),
    entry("twice", scalar("second", spanned("second")), 1),
)


def test_the_last_of_equal_keys_counts() -> None:
    found = ROOT.entry("twice")
    assert found is not None
    assert found.key.span.start == Position(7 + 1, 1)
    assert ROOT.text("twice") == "second"


def test_missing_children_are_none() -> None:
    assert ROOT.entry("none") is None
    assert ROOT.get("none") is None
    assert ROOT.text("none") is None
    assert ROOT.text("a/b~c") is None, "a number is no text"
    assert LIST.get("0") is None


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/models/0/name", "gpt"),
        ("/models/0/params/base", "here"),
        ("/models/1/0", "one"),
        ("/models/2", "two"),
        ("/a~1b~0c", 1),
    ],
)
def test_a_pointer_leads_to_its_node(pointer: str, value: object) -> None:
    node = ROOT.at(pointer)
    assert node is not None
    assert node.value == value


@pytest.mark.parametrize(
    "pointer",
    ["/none", "/models/3", "/models/-1", "/models/x", "/models/²", "/models/2/0", "/models/0/x/y"],
)
def test_a_pointer_to_nothing_gives_none(pointer: str) -> None:
    assert ROOT.at(pointer) is None


def test_the_empty_pointer_is_the_root() -> None:
    assert ROOT.at("") is ROOT
    assert split_pointer("") == ()
    assert split_pointer("/") == ("",)


@pytest.mark.parametrize(
    ("token", "pointer"),
    [("a", "/a"), ("a/b", "/a~1b"), ("~", "/~0"), ("~1", "/~01"), ("", "/"), (3, "/3")],
)
def test_pointers_escape_slash_and_tilde(token: str | int, pointer: str) -> None:
    assert join_pointer("", token) == pointer
    assert split_pointer(pointer) == (str(token),)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(st.lists(st.text("~/01aé", max_size=4), max_size=5))
def test_any_tokens_survive_a_pointer(tokens: Sequence[str]) -> None:
    pointer = ""
    for token in tokens:
        pointer = join_pointer(pointer, token)
    assert list(split_pointer(pointer)) == list(tokens)


def test_children_are_the_effective_ones() -> None:
    children = {token: node.value for token, node in ROOT.children() if not node.items}
    assert children == {"a/b~c": 1, "twice": "second"}
    assert [token for token, _ in MODELS.children()] == ["0", "1", "2"]
    assert list(scalar(None, spanned("one"), "null").children()) == []


def test_python_values() -> None:
    assert ROOT.python() == {
        "models": [{"name": "gpt", "params": {"base": "here"}}, ["one"], "two"],
        "a/b~c": 1,
        "twice": "second",
    }
    day = datetime.date(2024, 10, 21)
    assert scalar(day, spanned("one"), "date").python() == day


@pytest.mark.parametrize(
    ("pointer", "found", "written"),
    [
        pytest.param("/twice", "/twice", "second", id="a value itself"),
        pytest.param("/models/0/name", "/models/0/name", "gpt", id="a value in a list"),
        pytest.param("/models/2", "/models/2", "two", id="an item itself"),
        pytest.param("/none", "", None, id="nothing but the root"),
        pytest.param("", "", None, id="the root"),
        pytest.param("/models/0/params/key", "/models/0/params", "params", id="the key above"),
        pytest.param("/models/0/key", "/models/0", "name", id="the first key of an item"),
        pytest.param("/models/1/7", "/models/1", "[", id="the bracket of an item"),
        pytest.param("/models/2/x", "/models/2", "t", id="the start of a scalar item"),
        pytest.param("/models/9/x/y", "/models", "models", id="several levels up"),
        pytest.param("/twice/x", "/twice", "twice", id="below a scalar"),
    ],
)
def test_nearest_existing(pointer: str, found: str, written: str | None) -> None:
    existing, span = nearest_existing(ROOT, pointer)
    assert existing == found
    assert (TEXT.slice(span) if span else None) == written


def test_nearest_existing_gives_the_effective_key() -> None:
    _, span = nearest_existing(ROOT, "/twice/x")
    assert span is not None
    assert span.start.line == 8


def test_nearest_existing_skips_merged_keys_of_an_item() -> None:
    elsewhere = entry("a/b~c", scalar(1, spanned("1"), "number"), merged=True)
    root = sequence(MODELS.span, mapping(FIRST.span, elsewhere, *FIRST.entries))
    assert nearest_existing(root, "/0/none") == ("/0", spanned("name"))
