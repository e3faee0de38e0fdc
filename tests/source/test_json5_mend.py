"""Slips in a JSON5 text with one obvious repair."""

from __future__ import annotations

import pytest

from clawdoctor.repair.apply import apply
from clawdoctor.source.json5_mend import mended
from clawdoctor.source.text import Text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{ a: 1\n  b: [2 3] }", "{ a: 1,\n  b: [2, 3] }"),
        ('{ a: "x" /* c */ b: 2 }', '{ a: "x", /* c */ b: 2 }'),
        ("{ “a”: “x”, b: ‘y’ }", '{ "a": "x", b: "y" }'),
        ("{ # note\n  a: 1, # more\n}", "{ // note\n  a: 1, // more\n}"),
        ('{ a: "${KEY},\n  b: "http://x:1/v1 }', '{ a: "${KEY}",\n  b: "http://x:1/v1" }'),
        ("{ a = 1, b: { c= 2 } }", "{ a: 1, b: { c: 2 } }"),
        ("{ a: True, b: NULL }", "{ a: true, b: null }"),
        (
            "{ azure-openai: { api: openai-completions } }",
            '{ "azure-openai": { api: "openai-completions" } }',
        ),
    ],
)
def test_a_slip_is_mended(before: str, after: str) -> None:
    text = Text("/openclaw.json", before)
    edits = mended(text)
    assert apply({text.path: text}, edits).texts[text.path].content == after


@pytest.mark.parametrize(
    "content",
    [
        "{ a: 1 }",
        '{ a: "x, b: 1 }',
        '{ a: "x, // y\n}',
        '{ a: "two words,\n}',
        '{ a: "my "best" model" }',
        "{ a: http://localhost:4000/v1 }",
        "{ a: { b: 1 ",
        "{ a: 1; b: 2 }",
        "{ a: 1,, b: 2 }",
        "",
    ],
)
def test_another_fault_is_left_to_the_user(content: str) -> None:
    assert mended(Text("/openclaw.json", content)) == ()
