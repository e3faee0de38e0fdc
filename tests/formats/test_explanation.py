"""The output of `explain`, with checks made for these tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from schemas import explanation_validator

from clawdoctor.check import Check
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.matching import Match
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.finding import Finding, Place, Stage
from clawdoctor.formats.explanation_json import to_json
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.source.text import Position, Span
from clawdoctor.terminal.line import paint
from clawdoctor.terminal.page import page_lines

PARAMETER = """LiteLLM refuses a parameter that OpenClaw sends.

What it means
-------------
LiteLLM checks the parameters of a request against what it believes the model takes, and stopped
this one before Azure saw it.

Why it happens
--------------
OpenClaw sent a parameter that LiteLLM does not pass on to Azure:

- `store`, which LiteLLM 1.81.1 to 1.81.13 refuses for every Azure model, whatever the model does
  with it;
- `reasoning_effort`, for a model that it does not know as a reasoning model.

How to fix it
-------------
Let LiteLLM drop what it does not know, in `litellm_config.yaml`:

    litellm_settings:
      drop_params: true

and restart the proxy.

1. Or tell OpenClaw not to send it:

       compat: { supportsStore: false }

2. Or use LiteLLM 1.81.14.

Versions
--------
LiteLLM 1.81.1–1.81.13 → `store`.

References
----------
- https://docs.litellm.ai/docs/completion/drop_params
"""

OTHER = """{title}

What it means
-------------
{title}.

How to fix it
-------------
Change it.
"""


def _run() -> Iterator[Finding]:
    yield from ()


def _check(
    code: str,
    name: str,
    stage: Stage,
    page: str,
    causes: tuple[str, ...] = (),
    texts: tuple[Rule, ...] = (),
) -> Check:
    page = page if "\n" in page else OTHER.format(title=page)
    return Check(code, name, stage, "request", _run, page, causes, texts)


def _certain_text(text: str, raised_by: str) -> tuple[Rule, ...]:
    return (rule("certain", raised_by, text),)


CHECKS = (
    _check("OC101", "no-api-provider", "openclaw", "The model has no `api`"),
    _check("LL101", "drop-params-missing", "litellm", "LiteLLM may not drop parameters"),
    _check("DK104", "port-not-published", "docker", "The container's port is not published"),
    _check("PX001", "proxy-unreachable", "proxy", "Nothing answers at the proxy's address",
           ("DK104",), (rule("possible", "OpenClaw", "Connection error"),)),
    _check("PX101", "parameter-rejected-by-litellm", "proxy", PARAMETER, ("LL101",), (
        rule("certain", "LiteLLM", r"does not support parameters: \[(?P<parameter>[^\]]*)\], for "
                  r"model=(?P<model_name>\S+)"),)),
    _check("PX103", "deployment-cooldown", "proxy",
           "LiteLLM pauses a deployment after an error, so its own message hides what Azure said",
           ("AZ003",), _certain_text("No deployments available", "LiteLLM")),
    _check("AZ003", "azure-key-rejected", "azure", "Azure refuses the key", (),
           _certain_text("invalid subscription key", "Azure")),
    _check("AZ106", "parameter-rejected-by-azure", "azure", "Azure refuses a parameter", (),
           (rule("likely", "Azure", "parameters:"),)),
)  # fmt: skip

STORE = "azure does not support parameters: ['store'], for model=my-gpt4o"
UNRECOGNISED = "it sends what I never wanted: reasoning_effort, and you support that"
SITUATIONS = {
    "text": STORE,
    "two-causes": "No deployments available ... invalid subscription key",
    "possible": "LLM request failed: Connection error.",
    "code": "px101",
    "name": "proxy-unreachable",
    "unknown-code": "PX999",
    "not-recognised": UNRECOGNISED,
    "no-error": "my agent uses azure and gpt-5.2 on telegram",
    "empty": "",
}

Snapshot = Callable[[str, str], None]


def documents() -> Iterator[tuple[str, Explanation]]:
    for name, text in SITUATIONS.items():
        yield name, explain(text, CHECKS)


def _with_places() -> Explanation:
    found = explain(STORE, CHECKS)
    span = Span("/home/me/openclaw.json", Position(16, 13), Position(16, 40))
    places = (
        Place("~/.openclaw/openclaw.json", "/models/0", span, "no compat.supportsStore (OC104)"),
        Place("litellm_config.yaml", "", None, "no drop_params (LL101)"),
    )
    return replace(found, matches=(replace(found.matches[0], places=places), *found.matches[1:]))


@pytest.mark.parametrize("name", SITUATIONS)
def test_text_snapshot(name: str, snapshot: Snapshot) -> None:
    snapshot(f"explain/{name}.txt", to_text(explain(SITUATIONS[name], CHECKS), CHECKS) + "\n")


def test_text_snapshot_with_the_users_files(snapshot: Snapshot) -> None:
    snapshot("explain/places.txt", to_text(_with_places(), CHECKS) + "\n")


def test_text_snapshot_in_ascii_on_a_narrow_terminal(snapshot: Snapshot) -> None:
    text = to_text(explain(STORE, CHECKS), CHECKS, width=60, unicode=False)
    assert text.isascii()
    snapshot("explain/narrow-ascii.txt", text + "\n")


@pytest.mark.parametrize("width", [44, 60, 88, 120])
def test_lines_keep_to_the_width(width: int) -> None:
    for name, explanation in documents():
        for line in to_text(explanation, CHECKS, width=width).splitlines():
            allowed = line.startswith(("    ", "Then")) or "said by" in line or "https:" in line
            assert len(line) <= width or allowed, name
            assert line == line.rstrip(), name


def test_colour_adds_only_escape_sequences() -> None:
    for _, explanation in documents():
        coloured = to_text(explanation, CHECKS, color=True)
        assert "\x1b[1m" in coloured
        assert re.sub(r"\x1b\[[\d;]+m", "", coloured) == to_text(explanation, CHECKS)


@pytest.mark.parametrize(
    ("stage", "chain"),
    [
        ("openclaw", "OpenClaw ✗   LiteLLM   Azure"),
        ("litellm", "OpenClaw ── LiteLLM ✗   Azure"),
        ("docker", "OpenClaw ── Docker ✗   LiteLLM   Azure"),
        ("proxy", "OpenClaw ── LiteLLM ✗   Azure"),
        ("azure", "OpenClaw ── LiteLLM ── Azure ✗"),
    ],
)
def test_the_chain_shows_where_it_breaks(stage: Stage, chain: str) -> None:
    check = _check("XX101", "made-up", stage, "A title")
    text = to_text(explain("XX101", (check,)), (check,))
    assert text.splitlines()[2] == f"  {chain}"


def test_text_of_the_user_is_not_markup_and_steers_no_terminal() -> None:
    hostile = "[red]x[/red] \x1b[2J\x07 {name} %s \u202e"
    match = explain(STORE, CHECKS).matches[0]
    captures = {"parameter": hostile}
    text = to_text(Explanation(True, (replace(match, captures=captures),)), CHECKS)
    assert "In your text   parameter [red]x[/red] {name} %s\n" in text
    assert not set(text) & set("\x1b\x07\u202e")
    place = Place("a\x1b[2Jb", "", None, "c\nd")
    match = replace(match, captures={}, excerpt="e\x1b]0;f\x07g", places=(place,))
    text = to_text(Explanation(True, (match,)), CHECKS)
    assert '  In your text   "eg"\n  In your files  ab  c d\n' in text


def test_json_is_valid_by_the_schema() -> None:
    validator = explanation_validator()
    for _, explanation in (*documents(), ("places", _with_places())):
        validator.validate(json.loads(to_json(explanation)))


def test_json_of_a_text() -> None:
    document = json.loads(to_json(_with_places()))
    first, second = document.pop("matches")
    assert document == {"schemaVersion": 1, "recognised": True, "asked": "text", "nearest": []}
    start, end = {"line": 16, "column": 13}, {"line": 16, "column": 40}
    begin = {"line": 1, "column": 1}
    assert first == {
        "code": "PX101",
        "name": "parameter-rejected-by-litellm",
        "stage": "proxy",
        "confidence": "certain",
        "raisedBy": "LiteLLM",
        "captures": {"parameter": "'store'", "model_name": "my-gpt4o"},
        "excerpt": STORE.removeprefix("azure "),
        "title": "LiteLLM refuses a parameter that OpenClaw sends.",
        "cause": CHECKS[4].section("Why it happens"),
        "fix": CHECKS[4].section("How to fix it"),
        "url": None,
        "places": [
            {
                "location": {
                    "path": "~/.openclaw/openclaw.json",
                    "pointer": "/models/0",
                    "start": start,
                    "end": end,
                },
                "message": "no compat.supportsStore (OC104)",
            },
            {
                "location": {
                    "path": "litellm_config.yaml",
                    "pointer": "",
                    "start": begin,
                    "end": begin,
                },
                "message": "no drop_params (LL101)",
            },
        ],
        "fixes": [],
        "verify": "clawdoctor run",
    }
    assert (second["code"], second["confidence"]) == ("AZ106", "likely")


def test_json_of_a_text_that_is_not_recognised() -> None:
    assert json.loads(to_json(Explanation(False, nearest=("PX101 a-name",)))) == {
        "schemaVersion": 1,
        "recognised": False,
        "asked": "text",
        "matches": [],
        "nearest": [{"code": "PX101", "name": "a-name"}],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": 2},
        {"recognised": False},
        {"matches": []},
        {"asked": "log"},
        {"more": 1},
        {"nearest": ["PX101"]},
    ],
)
def test_the_schema_is_strict(change: dict[str, object]) -> None:
    document = json.loads(to_json(explain(STORE, CHECKS))) | change
    assert not explanation_validator().is_valid(document)


@pytest.mark.parametrize("lacking", ["captures", "raisedBy", "url", "places"])
def test_the_schema_requires_every_field_of_a_match(lacking: str) -> None:
    document = json.loads(to_json(explain(STORE, CHECKS)))
    del document["matches"][0][lacking]
    assert not explanation_validator().is_valid(document)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo three four", "  one two three\n  four"),
        ("a:\n\n    b:\n      - c   d\n      - e\n\nf", "  a:\n\n      b:\n        - c   d\n"
         "        - e\n\n  f"),
        ("a:\n    b", "  a:\n      b"),
        ("- one two three\n  four\n- five", "  - one two\n    three four\n  - five"),
        ("1. one\n\n   two\n\n2. three", "  1. one\n\n     two\n\n  2. three"),
        ("``a b`` here", "  `a b` here"),
        ("https://a.test/very/long", "  https://a.test/very/long"),
        ("https://a.test\nhttps://b.test", "  https://a.test\n  https://b.test"),
        ("see\nhttps://a.test b", "  see\n  https://a.test\n  b"),
        ("", ""),
    ],
)  # fmt: skip
def test_pages_are_wrapped(text: str, shown: str) -> None:
    assert paint(page_lines(text, 15, "  "), color=False).rstrip("\n") == shown


def test_a_single_match_has_no_others() -> None:
    match = explain("AZ003", CHECKS).matches[0]
    assert isinstance(match, Match)
    assert "Not?" not in to_text(Explanation(True, (match,)), CHECKS)
