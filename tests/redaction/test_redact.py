"""The report without its secrets: every field, and fixes that would lose something."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_cases import reported

from clawdoctor.finding import (
    CheckOutcome,
    Command,
    Evidence,
    Excerpt,
    Fix,
    Input,
    Outcome,
    Place,
    Report,
    RouteLine,
    Severity,
    Step,
    Version,
)
from clawdoctor.redaction.hide import redactor
from clawdoctor.redaction.report import redact, redact_report
from clawdoctor.source.change import Edit
from clawdoctor.source.secret import HIDDEN
from clawdoctor.source.text import Position, Span

KEY = "Zq7-canaryK3yWm0PvLx9"


def full_report() -> Report:
    span = Span(f"/home/{KEY}/x.yaml", Position(1, 2), Position(1, 5))
    place = Place(span.path, f"/a/{KEY}", span, KEY, Excerpt(1, f"k: {KEY} x", 4, 25))
    finding = reported(
        Severity.ERROR,
        f"bad {KEY}",
        detail=f"\x1b[31m{KEY}\x1b[0m\x07",
        place=place,
        title=KEY,
        consequence=KEY,
        related=(place,),
        evidence=(Evidence("http", KEY, 401, f'{{"key": "{KEY}"}}\r\n'),),
        fixes=(
            Fix(
                KEY,
                "safe",
                (Edit(span, f"api_key: {KEY}\r\n"),),
                KEY,
                (Command(f"export K={KEY}"), Step(f"put {KEY} away")),
            ),
        ),
        subjects=(KEY,),
        code="LL101",
        name="litellm-config",
        stage="openclaw",
        routes=(KEY,),
    )
    route = RouteLine(
        KEY, (KEY,), KEY, (), "broken", "openclaw", hops=(("openclaw", Outcome.FAILED),)
    )
    check = CheckOutcome("LL101", "litellm-config", "openclaw", Outcome.NOT_APPLICABLE, KEY, (KEY,))
    return Report(
        "0.1.0",
        usage_error=KEY,
        verdict="degraded",
        answers_with=KEY,
        inputs=(Input("openclaw", KEY, True, KEY),),
        versions={"openclaw": Version(KEY, KEY), "litellm": None},
        routes=(route,),
        findings=(finding,),
        checks=(check,),
        proxies=(KEY,),
    )


def test_no_string_of_a_report_holds_a_secret() -> None:
    report = redact_report(full_report(), redactor([KEY]))
    assert "canary" not in repr(report)
    finding = report.findings[0]
    assert finding.detail == HIDDEN
    assert finding.evidence[0].body == f'{{"key": "{HIDDEN}"}}\n'
    assert finding.evidence[0].status == 401
    fix = finding.fixes[0]
    assert (fix.applicability, fix.edits) == ("manual", ())
    assert fix.actions == (Step(f"export K={HIDDEN}"), Step(f"put {HIDDEN} away"))
    assert finding.place is not None
    assert finding.place.pointer == f"/a/{HIDDEN}"
    assert finding.place.excerpt == Excerpt(1, HIDDEN, 1, 9)
    assert redact_report(report, redactor([KEY])) == report


def test_the_vocabulary_stays_unchanged() -> None:
    words = ["litellm-config", "openclaw", "not-applicable", "degraded", "LL101-LL101"]
    before = full_report()
    report = redact_report(before, redactor(words))
    assert report.verdict == "degraded"
    assert report.findings[0].name == "litellm-config"
    assert report.findings[0].stage == "openclaw"
    assert report.routes[0].hops == before.routes[0].hops
    assert report.routes[0].broken_at == "openclaw"
    assert report.checks[0].outcome is Outcome.NOT_APPLICABLE
    assert report.inputs[0].kind == "openclaw"
    assert set(report.versions) == {"openclaw", "litellm"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[1;31mb\x1b[0m", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x1bPq\x1b\\b", "ab"),
        ("a\x9b31mb\x85", "ab"),
        ("a\x1b]unfinished", "aunfinished"),
        ("a\x00\x08\x7fb\r\n\tc", "ab\n\tc"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("a\ud800b", "a\ufffdb"),
        (f"{KEY[:5]}\x1b[0m{KEY[5:]}", HIDDEN),
    ],
)
def test_terminal_sequences_are_removed(text: str, expected: str) -> None:
    report = redact_report(replace(Report("1"), usage_error=text), redactor([KEY]))
    assert report.usage_error == expected


def test_a_fix_that_loses_nothing_stays_safe() -> None:
    span = Span("/x.yaml", Position(1, 2), Position(1, 5))
    edit = Edit(span, "https://contoso.openai.azure.com\r\n")
    fix = Fix("write it", "safe", (edit,), "api_base: x", (Command("clawdoctor run"),))
    assert redact(fix, redactor([KEY, "https://other.example/with/words"])) == fix


def test_an_edit_that_would_lose_a_character_is_not_offered() -> None:
    span = Span("/x.yaml", Position(1, 2), Position(1, 5))
    fix = Fix("write it", "safe", (Edit(span, "a\u200bb"), Edit(span, "c")))
    assert redact(fix, redactor([])) == Fix("write it", "manual")
