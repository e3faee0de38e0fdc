"""Weight, root causes and order, with made-up checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clawdoctor.check import Check
from clawdoctor.finding import Finding, Place, Severity
from clawdoctor.run.refusal import Kind
from clawdoctor.run.triage import Weights, triage
from clawdoctor.source.text import Position, Span


def nothing() -> Iterator[Finding]:
    yield from ()


def made(code: str, *causes: str, **more: Any) -> Check:
    return Check(code, code.lower(), "litellm", "route", nothing, "Made up.\n", causes, **more)


def place(line: int, path: str = "/f") -> Place:
    return Place(path, f"/{line}", Span(path, Position(line, 1), Position(line, 5)))


def found(code: str, severity: Severity = Severity.ERROR, **more: Any) -> Finding:
    more.setdefault("subjects", ("chain",))
    return replace(Finding(severity, f"{code} fails"), code=code, name=code.lower(), **more)


def test_an_error_that_is_a_cause_takes_its_symptom() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    cause, symptom = triage([found("XX002"), found("XX001")], checks, Weights())
    assert (cause.code, cause.root_cause, cause.caused_by) == ("XX001", True, None)
    assert (symptom.code, symptom.root_cause, symptom.caused_by) == ("XX002", False, 0)


def test_a_cause_that_is_no_error_takes_nothing() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    for severity in (Severity.WARNING, Severity.INFO):
        findings = triage([found("XX002"), found("XX001", severity)], checks, Weights())
        assert all(finding.root_cause for finding in findings)


def test_a_cause_of_another_subject_takes_nothing_unless_they_share_a_route() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    apart = Weights(routes={"a": frozenset({"r1"}), "b": frozenset({"r2"})})
    assert all(finding.root_cause for finding in triage(findings, checks, apart))
    together = Weights(routes={"a": frozenset({"r1"}), "b": frozenset({"r1", "r2"})})
    assert triage(findings, checks, together)[1].caused_by == 0


def test_a_chain_of_causes_keeps_each_link() -> None:
    checks = [made("XX001"), made("XX002", "XX001"), made("XX003", "XX002")]
    findings = triage([found("XX003"), found("XX002"), found("XX001")], checks, Weights())
    assert [(f.code, f.caused_by) for f in findings] == [
        ("XX001", None),
        ("XX002", 0),
        ("XX003", 1),
    ]


def test_two_that_can_cause_each_other_keep_one_root() -> None:
    checks = [made("XX001", "XX002"), made("XX002", "XX001")]
    findings = triage([found("XX001"), found("XX002")], checks, Weights())
    assert [finding.root_cause for finding in findings] == [True, False]


def test_severity_is_capped_by_use() -> None:
    weights = Weights(usage={"c": "configured", "u": "unreached"})
    findings = [
        found("XX001", subjects=("used",), place=place(1)),
        found("XX001", subjects=("c",), place=place(2)),
        found("XX001", subjects=("u",), place=place(3)),
        found("XX001", subjects=("u", "c"), place=place(4)),
    ]
    severities = {
        f.place.span.start.line: f.severity
        for f in triage(findings, [made("XX001")], weights)
        if f.place and f.place.span
    }
    assert severities == {
        1: Severity.ERROR,
        2: Severity.WARNING,
        3: Severity.INFO,
        4: Severity.WARNING,
    }


def test_what_keeps_a_program_from_starting_is_not_capped() -> None:
    weights = Weights(usage={"u": "unreached"})
    (finding,) = triage([found("XX001", subjects=("u",), scope="start")], [made("XX001")], weights)
    assert finding.severity is Severity.ERROR


def test_one_place_is_one_finding_for_all_its_subjects() -> None:
    findings = [
        found("XX001", subjects=("a",), place=place(1)),
        found("XX001", Severity.WARNING, subjects=("b",), place=place(1)),
        found("XX001", subjects=("b",), place=place(2)),
    ]
    first, second = triage(findings, [made("XX001")], Weights())
    assert (first.subjects, first.severity) == (("a", "b"), Severity.ERROR)
    assert second.subjects == ("b",)


def test_evidence_beats_inference() -> None:
    weights = Weights(routes={"a": frozenset({"r1"})}, proven=frozenset({"r1"}))
    finding = found("XX001", subjects=("a",))
    (dropped,) = triage([finding], [made("XX001")], weights)
    assert dropped.severity is Severity.INFO
    assert "live turn" in dropped.detail
    (kept,) = triage([finding], [made("XX001", survives_evidence=True)], weights)
    assert kept.severity is Severity.ERROR
    half = Weights(routes={"a": frozenset({"r1", "r2"})}, proven=frozenset({"r1"}))
    assert triage([finding], [made("XX001")], half)[0].severity is Severity.ERROR


def test_a_turn_that_came_further_disproves_it_too() -> None:
    both = found("XX001", subjects=("a", "b"))
    for shown, severity in (({"a", "b"}, Severity.INFO), ({"a"}, Severity.ERROR)):
        kind: Kind = "key-rejected"
        weights = Weights(disproved=frozenset((kind, subject) for subject in shown))
        check = made("XX001", owns=(kind,))
        assert triage([both], [check], weights)[0].severity is severity
        assert triage([both], [made("XX001")], weights)[0].severity is Severity.ERROR


def test_order_roots_severity_scope_stage_file_line() -> None:
    checks = [made(f"XX00{n}", *(["XX001"] if n == 7 else [])) for n in range(1, 9)]
    findings = [
        found("XX007", subjects=("chain",), scope="start"),
        found("XX006", Severity.WARNING, scope="start"),
        found("XX005", stage="azure", place=place(1)),
        found("XX004", stage="litellm", place=place(2, "/g")),
        found("XX003", stage="litellm", place=place(9)),
        found("XX002", stage="litellm", place=place(3)),
        found("XX001", stage="azure", scope="start"),
    ]
    assert [f.code for f in triage(findings, checks, Weights())] == [
        "XX001", "XX002", "XX003", "XX004", "XX005", "XX006", "XX007",
    ]  # fmt: skip


def test_what_fails_while_another_answers_is_a_warning() -> None:
    routes = {"a": frozenset({"r1"}), "b": frozenset({"r1"})}
    weights = Weights(routes=routes, proven=frozenset({"r1"}), shaky=frozenset({"a"}))
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    shaky, other = triage(findings, [made("XX001"), made("XX002")], weights)
    assert (shaky.code, shaky.severity) == ("XX001", Severity.WARNING)
    assert "does no harm" not in shaky.detail
    assert (other.code, other.severity) == ("XX002", Severity.INFO)


def test_a_turn_that_passed_disproves_what_would_keep_a_program_from_starting() -> None:
    weights = Weights(every_route=frozenset({"r1"}), proven=frozenset({"r1"}))
    (finding,) = triage([found("XX001", scope="start")], [made("XX001")], weights)
    assert finding.severity is Severity.INFO


def test_what_a_turn_showed_last_is_the_reason_that_is_kept() -> None:
    inferred = found("XX001", place=place(1), detail="It may be.")
    seen = replace(inferred, detail="It is.", live=True)
    for findings in ([inferred, seen], [seen, inferred]):
        (merged,) = triage(findings, [made("XX001")], Weights())
        assert merged.detail == "It is."


def test_a_disproved_cause_takes_no_symptom() -> None:
    weights = Weights(
        routes={"a": frozenset({"r1"}), "b": frozenset({"r1", "r2"})}, proven=frozenset({"r1"})
    )
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    seen = triage(findings, [made("XX001"), made("XX002", "XX001")], weights)
    assert [(one.code, one.root_cause) for one in seen] == [("XX002", True), ("XX001", True)]
