"""Excerpts: the caret, long lines, comments and control characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from marked import lines, marked, shown
from steps import assert_proportional

from clawdoctor.finding import Excerpt
from clawdoctor.redaction.excerpt import AFTER, BEFORE, LONGEST, excerpt
from clawdoctor.redaction.hide import Redactor, redactor
from clawdoctor.redaction.randomness import random_ranges
from clawdoctor.redaction.regions import Regions, Token
from clawdoctor.source.secret import HIDDEN
from clawdoctor.source.text import Position, Span, Text

KEY = "Zq7-canaryK3yWm0PvLx9"
JSON = "/x/openclaw.json"


def test_the_caret_moves_with_the_text() -> None:
    line = f'{{"apiKey": "{KEY}", "model": "gpt-4o", "token": "abc"}}'
    masked = f'{{"apiKey": "{HIDDEN}", "model": "gpt-4o", "token": "{HIDDEN}"}}'
    for caret, expected in (
        ('"apiKey"', '"apiKey"'),
        (f'"{KEY}"', f'"{HIDDEN}"'),
        (KEY, HIDDEN),
        (KEY[3:9], HIDDEN),
        (KEY[3:] + '", "mo', HIDDEN + '", "mo'),
        ('"gpt-4o"', '"gpt-4o"'),
        ('"abc"', f'"{HIDDEN}"'),
        ("}", "}"),
    ):
        assert shown(line, caret, path=JSON) == (masked, expected)
    regions, hide = marked(line, JSON)
    got = excerpt(regions, regions.text.span(len(line), len(line)), hide)
    assert got == Excerpt(1, masked, len(masked) + 1, len(masked) + 1)


def test_a_credential_is_hidden_at_other_places_too() -> None:
    content = f"api_key: {KEY}\nmodel: azure/{KEY}-x\n"
    assert KEY[:8] not in shown(content, "model", "azure/")[0]
    content = "api_key: hunterhunter\nmodel: azure/hunterhunter\n"
    assert shown(content, "model") == (f"model: azure/{HIDDEN}", "model")


def test_known_words_and_hosts_are_shown() -> None:
    hosts = 'extra_hosts: ["host.docker.internal:host-gateway"]'
    assert shown(hosts, "extra_hosts")[0] == hosts
    assert shown("{auth: 'api-key'}", "auth", path=JSON)[0] == "{auth: 'api-key'}"
    assert shown("{auth: 'hunter2xyz'}", "auth", path=JSON)[0] == f"{{auth: '{HIDDEN}'}}"


def test_secrets_on_several_lines_are_hidden() -> None:
    content = f"a: 1\napi_key: |\n  first line\n\n  {KEY}\nmodel: x\n"
    assert shown(content, "api_key")[0].startswith("api_key: ")
    assert shown(content, "first")[0] == f"  {HIDDEN}"
    assert shown(content, KEY)[0].strip() == HIDDEN
    assert shown(content, "model")[0] == "model: x"
    nested = "a:\n  api_key: |\n    abc def\n  model: x\n"
    assert shown(nested, "abc")[0] == f"    {HIDDEN}"
    assert shown(nested, "model")[0] == "  model: x"
    quoted = 'api_key: "abc\n  def"\nmodel: x\n'
    assert shown(quoted, "api_key")[0] == f'api_key: "{HIDDEN}'
    assert shown(quoted, "def")[0] == f'  {HIDDEN}"'


def test_a_comment_is_cut_off() -> None:
    content = f"model: azure/gpt-4o # api_key: {KEY}\napi_key: ${{A_KEY}}  # was abc12-{KEY}\n"
    assert shown(content, "azure/gpt-4o") == ("model: azure/gpt-4o", "azure/gpt-4o")
    assert shown(content, "${A_KEY}") == ("api_key: ${A_KEY}", "${A_KEY}")
    inline = '{"model": /* hunter2 */ "gpt-4o" // hunter2\n}'
    assert shown(inline, '"model"', path=JSON) == (f'{{"model": {HIDDEN}"gpt-4o"', '"model"')
    assert lines("# hunter2hunter2\nmodel: x") == f"{HIDDEN}\nmodel: x"


def test_control_characters_keep_columns() -> None:
    text = Text("/x", "a\x1b[31mb\tc\u202ed\ud800e")
    regions = Regions(text, (Token(0, 13, ()),))
    got = excerpt(regions, text.span(6, 9), Redactor())
    assert got == Excerpt(1, "a\ufffd[31mb\tc\ufffdd\ufffde", 7, 10)


def test_a_missing_line_has_no_excerpt() -> None:
    regions = Regions(Text("/x", "a"), ())
    assert excerpt(regions, Span("/y", Position(1, 1), Position(1, 2)), Redactor()) is None
    assert excerpt(regions, Span("/x", Position(2, 1), Position(2, 2)), Redactor()) is None


def test_a_long_line_is_cut_around_the_caret() -> None:
    line = "{" + ", ".join(f'"model": "gpt-{number}"' for number in range(1000)) + "}"
    got, under = shown(line, '"gpt-500"', path=JSON)
    assert under == '"gpt-500"'
    assert len(got) <= BEFORE + AFTER + LONGEST
    assert got.startswith("...")
    assert got.endswith("...")
    regions, hide = marked(line, JSON)
    wide = excerpt(regions, regions.text.span(0, len(line)), hide)
    assert wide is not None
    assert len(wide.text) <= BEFORE + AFTER + LONGEST + 6


@pytest.mark.parametrize("broken", ["", " ]"])
def test_the_work_of_an_excerpt_does_not_grow_with_its_line(broken: str) -> None:
    def work(size: int) -> Callable[[], object]:
        count = size // 30
        line = "{" + ", ".join(f'"model": "m{number}"' for number in range(count)) + "}" + broken
        regions, hide = marked(line, JSON)
        spans = [regions.text.span(i, i + 3) for i in range(1, len(line) - 3, len(line) // 50)]
        return lambda: [excerpt(regions, span, hide) for span in spans]

    assert_proportional(work, 30_000)


LETTERS = st.text("abcdeé中\"' ,:", max_size=8)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(LETTERS, st.text("XYZ0", min_size=1, max_size=12)), max_size=4),
    LETTERS,
    st.integers(0, 80),
    st.integers(0, 80),
)
def test_the_caret_covers_the_same_text(
    parts: list[tuple[str, str]], tail: str, left: int, right: int
) -> None:
    line, spans = "", []
    for around, secret in parts:
        line += around
        spans.append((len(line), len(line) + len(secret)))
        line += secret
    line += tail
    assume(not any(True for _ in random_ranges(line)))
    text = Text("/x", line)
    left, right = sorted((min(left, len(line)), min(right, len(line))))
    regions = Regions(text, (Token(0, len(line), tuple(spans)),))
    got = excerpt(regions, text.span(left, right), redactor([]))
    assert got is not None
    hidden = {i for a, b in spans for i in range(a, b)}
    kept = "".join(line[i] for i in range(left, right) if i not in hidden)
    assert got.text[got.start - 1 : got.end - 1].replace(HIDDEN, "") == kept
    # Adjacent secrets share a marker, which also covers a caret between them.
    if hidden.isdisjoint(range(left, right)) and not {left - 1, left} <= hidden:
        assert got.text[got.start - 1 : got.end - 1] == line[left:right]
    assert not any(char in got.text for char in "XYZ0")
