"""Slips in a YAML text with one obvious repair, and those that have none."""

from __future__ import annotations

import pytest

from clawdoctor.source.node import SyntaxFault
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_mend import mended


def after_mending(content: str) -> str | None:
    text = Text("/litellm_config.yaml", content)
    source = parse_yaml(text)
    assert isinstance(source, SyntaxFault), source
    edits = mended(text, source)
    for edit in reversed(edits):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        content = content[:start] + edit.text + content[end:]
    return content if edits else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a:\n  b: 1\n\tc: 2\n", "a:\n  b: 1\n  c: 2\n", id="tab"),
        pytest.param("a:\n  - b: 1\n\t\tc: 2\n", "a:\n  - b: 1\n    c: 2\n", id="tabs-after-dash"),
        pytest.param(
            "a:\n  b:\n    c: 1\n\t\td: 2\n\t\te: 3\n",
            "a:\n  b:\n    c: 1\n    d: 2\n    e: 3\n",
            id="two-lines-of-tabs",
        ),
        pytest.param(
            "a: # c\n\t- b:\n\t\t\tc: 1\nd:\n\te: 2\n",
            "a: # c\n  - b:\n      c: 1\nd:\n  e: 2\n",
            id="tabs-throughout",
        ),
        pytest.param("a:\n  -b: 1\n   c: 2\n", "a:\n - b: 1\n   c: 2\n", id="dash-in-line"),
        pytest.param("a:\n  m: *\n  n: @x # c\n", 'a:\n  m: "*"\n  n: "@x" # c\n', id="quotes"),
        pytest.param(
            "a: {b: ${X}, c: ${Y:-1} } # d\n",
            'a: {b: "${X}", c: "${Y:-1}" } # d\n',
            id="references",
        ),
        pytest.param("a:\n  b:1\n  c: 2\n", "a:\n  b: 1\n  c: 2\n", id="blank-after-colon"),
        pytest.param('a:\n  b: "1", # c\n  d: 2\n', 'a:\n  b: "1" # c\n  d: 2\n', id="comma"),
        pytest.param('a:\n  b: "1\n  c: 2\n', 'a:\n  b: "1"\n  c: 2\n', id="open-quote"),
        pytest.param("a:\n  b: 1\n    c: 2\n", None, id="indented-too-far"),
        pytest.param("a: b: c\n", None, id="two-colons"),
        pytest.param("a: [1, 2\nb: 3\n", None, id="open-bracket"),
    ],
)
def test_slips(before: str, after: str | None) -> None:
    assert after_mending(before) == after


def test_the_only_plausible_reading_of_tabs_counts() -> None:
    text = Text("/litellm_config.yaml", "a:\n\t- b: 1\n\t  c:\n\t\td: 2\n")
    source = parse_yaml(text)
    assert isinstance(source, SyntaxFault)
    assert mended(text, source) == ()
    edits = mended(text, source, lambda root: root.at("/a/0/c/d") is not None)
    assert [edit.text for edit in edits] == ["    ", "      ", "        "]
