"""Triage with made-up checks: severity, root causes and order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from clawdoctor.check import Check
from clawdoctor.finding import Finding, Place, ReportedFinding, Severity
from clawdoctor.run.engine import Raised
from clawdoctor.run.refusal import Kind
from clawdoctor.run.triage import Weights, triage
from clawdoctor.source.text import Position, Span


def nothing() -> Iterator[Finding]:
    yield from ()


def made(code: str, *causes: str, **more: Any) -> Check:
    stage, scope = more.pop("stage", "litellm"), more.pop("scope", "route")
    return Check(code, code.lower(), stage, scope, nothing, "Made up.\n", causes, **more)


def place(line: int, path: str = "/f") -> Place:
    return Place(path, f"/{line}", Span(path, Position(line, 1), Position(line, 5)))


Found = tuple[str, Finding]
"""A code and a finding of its check."""


def found(code: str, severity: Severity = Severity.ERROR, **more: Any) -> Found:
    more.setdefault("subjects", ("chain",))
    return code, Finding(severity, f"{code} fails", **more)


def triaged(
    findings: Iterable[Found], checks: Iterable[Check], weights: Weights
) -> tuple[ReportedFinding, ...]:
    by_code = {check.code: check for check in checks}
    return triage([Raised(by_code[code], finding) for code, finding in findings], weights)


def test_an_error_folds_its_symptom() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    cause, symptom = triaged([found("XX002"), found("XX001")], checks, Weights())
    assert (cause.code, cause.root_cause, cause.caused_by) == ("XX001", True, None)
    assert (symptom.code, symptom.root_cause, symptom.caused_by) == ("XX002", False, cause.id)


def test_only_an_error_folds_a_symptom() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    for severity in (Severity.WARNING, Severity.INFO):
        findings = triaged([found("XX002"), found("XX001", severity)], checks, Weights())
        assert all(finding.root_cause for finding in findings)


def test_a_cause_of_another_subject_folds_only_on_a_shared_route() -> None:
    checks = [made("XX001"), made("XX002", "XX001")]
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    apart = Weights(routes={"a": frozenset({"r1"}), "b": frozenset({"r2"})})
    assert all(finding.root_cause for finding in triaged(findings, checks, apart))
    together = Weights(routes={"a": frozenset({"r1"}), "b": frozenset({"r1", "r2"})})
    assert triaged(findings, checks, together)[1].caused_by == "f1"


def test_a_chain_of_causes_keeps_each_link() -> None:
    checks = [made("XX001"), made("XX002", "XX001"), made("XX003", "XX002")]
    findings = triaged([found("XX003"), found("XX002"), found("XX001")], checks, Weights())
    assert [(f.code, f.caused_by) for f in findings] == [
        ("XX001", None),
        ("XX002", "f1"),
        ("XX003", "f2"),
    ]


def test_two_that_can_cause_each_other_keep_one_root() -> None:
    checks = [made("XX001", "XX002"), made("XX002", "XX001")]
    findings = triaged([found("XX001"), found("XX002")], checks, Weights())
    assert [finding.root_cause for finding in findings] == [True, False]


def test_the_usage_of_a_subject_caps_the_severity() -> None:
    weights = Weights(usage={"c": "configured", "u": "unreached"})
    findings = [
        found("XX001", subjects=("used",), place=place(1)),
        found("XX001", subjects=("c",), place=place(2)),
        found("XX001", subjects=("u",), place=place(3)),
        found("XX001", subjects=("u", "c"), place=place(4)),
    ]
    severities = {
        f.place.span.start.line: f.severity
        for f in triaged(findings, [made("XX001")], weights)
        if f.place and f.place.span
    }
    assert severities == {
        1: Severity.ERROR,
        2: Severity.WARNING,
        3: Severity.INFO,
        4: Severity.WARNING,
    }


def test_the_usage_does_not_cap_a_fault_that_stops_a_program() -> None:
    weights = Weights(usage={"u": "unreached"})
    (finding,) = triaged([found("XX001", subjects=("u",))], [made("XX001", scope="start")], weights)
    assert finding.severity is Severity.ERROR


def test_findings_of_one_place_merge_their_subjects() -> None:
    findings = [
        found("XX001", subjects=("a",), place=place(1)),
        found("XX001", Severity.WARNING, subjects=("b",), place=place(1)),
        found("XX001", subjects=("b",), place=place(2)),
    ]
    first, second = triaged(findings, [made("XX001")], Weights())
    assert (first.subjects, first.severity) == (("a", "b"), Severity.ERROR)
    assert second.subjects == ("b",)


def test_a_passed_turn_lowers_the_findings_of_its_route() -> None:
    weights = Weights(routes={"a": frozenset({"r1"})}, proven=frozenset({"r1"}))
    finding = found("XX001", subjects=("a",))
    disproved = made("XX001", disproved_by_turn=True)
    (dropped,) = triaged([finding], [disproved], weights)
    assert dropped.severity is Severity.INFO
    assert "test message" in dropped.detail
    (kept,) = triaged([finding], [made("XX001")], weights)
    assert kept.severity is Severity.ERROR
    half = Weights(routes={"a": frozenset({"r1", "r2"})}, proven=frozenset({"r1"}))
    assert triaged([finding], [disproved], half)[0].severity is Severity.ERROR
    shared = replace(half, embedding=frozenset({"r2"}))
    assert triaged([finding], [disproved], shared)[0].severity is Severity.INFO
    searched = replace(shared, routes={"a": frozenset({"r2"})})
    assert triaged([finding], [disproved], searched)[0].severity is Severity.ERROR


def test_a_passed_turn_outranks_a_variable_that_is_unset_here() -> None:
    weights = Weights(routes={"a": frozenset({"r1"})}, proven=frozenset({"r1"}))
    for assumed, severity in ((True, Severity.INFO), (False, Severity.WARNING)):
        finding = found("XX001", Severity.WARNING, subjects=("a",), assumed=assumed)
        (shown,) = triaged([finding], [made("XX001", disproved_by_turn=True)], weights)
        assert shown.severity is severity


def test_a_turn_says_nothing_about_a_deployment_that_did_not_answer() -> None:
    weights = Weights(
        routes={"a": frozenset({"r1"})}, proven=frozenset({"r1"}), shaky=frozenset({"a"})
    )
    finding = found("XX001", subjects=("a",))
    (shown,) = triaged([finding], [made("XX001", disproved_by_turn=True)], weights)
    assert shown.severity is Severity.WARNING


def test_a_turn_that_fails_later_disproves_a_finding() -> None:
    both = found("XX001", subjects=("a", "b"))
    for shown, severity in (({"a", "b"}, Severity.INFO), ({"a"}, Severity.ERROR)):
        kind: Kind = "key-rejected"
        weights = Weights(disproved=frozenset((kind, subject) for subject in shown))
        check = made("XX001", owns=(kind,))
        assert triaged([both], [check], weights)[0].severity is severity
        assert triaged([both], [made("XX001")], weights)[0].severity is Severity.ERROR


def test_findings_sort_by_cause_severity_scope_stage_and_place() -> None:
    checks = [
        made("XX001", stage="azure", scope="start"),
        made("XX002", stage="litellm"),
        made("XX003", stage="litellm"),
        made("XX004", stage="litellm"),
        made("XX005", stage="azure"),
        made("XX006", scope="start"),
        made("XX007", "XX001", scope="start"),
    ]
    findings = [
        found("XX007"),
        found("XX006", Severity.WARNING),
        found("XX005", place=place(1)),
        found("XX004", place=place(2, "/g")),
        found("XX003", place=place(9)),
        found("XX002", place=place(3)),
        found("XX001"),
    ]
    assert [f.code for f in triaged(findings, checks, Weights())] == [
        "XX001", "XX002", "XX003", "XX004", "XX005", "XX006", "XX007",
    ]  # fmt: skip


def test_a_subject_that_fails_while_another_answers_is_a_warning() -> None:
    routes = {"a": frozenset({"r1"}), "b": frozenset({"r1"})}
    weights = Weights(routes=routes, proven=frozenset({"r1"}), shaky=frozenset({"a"}))
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    checks = [made(code, disproved_by_turn=True) for code in ("XX001", "XX002")]
    shaky, other = triaged(findings, checks, weights)
    assert (shaky.code, shaky.severity) == ("XX001", Severity.WARNING)
    assert "does no harm" not in shaky.detail
    assert (other.code, other.severity) == ("XX002", Severity.INFO)


def test_a_merged_finding_keeps_the_detail_of_the_turn() -> None:
    inferred = found("XX001", place=place(1), detail="It may be.")
    live = found("XX001", place=place(1), detail="It is.", live=True)
    for findings in ([inferred, live], [live, inferred]):
        (merged,) = triaged(findings, [made("XX001")], Weights())
        assert merged.detail == "It is."


def test_a_disproved_cause_folds_no_symptom() -> None:
    weights = Weights(
        routes={"a": frozenset({"r1"}), "b": frozenset({"r1", "r2"})}, proven=frozenset({"r1"})
    )
    findings = [found("XX001", subjects=("a",)), found("XX002", subjects=("b",))]
    checks = [made("XX001", disproved_by_turn=True), made("XX002", "XX001")]
    reported = triaged(findings, checks, weights)
    assert [(each.code, each.root_cause) for each in reported] == [
        ("XX002", True),
        ("XX001", True),
    ]


@pytest.mark.parametrize(
    ("confirms", "severity"),
    [
        (None, Severity.ERROR),
        (("XX001",), Severity.ERROR),
        (("XX009", "XX001"), Severity.ERROR),
        ((), Severity.WARNING),
        (("XX009",), Severity.WARNING),
    ],
)
def test_a_live_failure_confirms_only_the_codes_that_it_names(
    confirms: tuple[str, ...] | None, severity: Severity
) -> None:
    assumed = found("XX001", Severity.WARNING, assumed=True, detail="Unset here.")
    failure = found("XX002", live=True, confirms=confirms, consequence="Azure rejects the key")
    checks = [made("XX001"), made("XX002", "XX001")]
    reported = {each.code: each for each in triaged([assumed, failure], checks, Weights())}
    assert reported["XX001"].severity is severity
    assert (reported["XX002"].caused_by is not None) == (severity is Severity.ERROR)
    confirmed = "The running chain fails with exactly this error." in reported["XX001"].detail
    assert confirmed == (severity is Severity.ERROR)


@pytest.mark.parametrize(
    "other",
    [
        {"live": False},
        {"severity": Severity.WARNING},
        {"subjects": ("elsewhere",)},
    ],
)
def test_only_a_related_live_error_confirms(other: dict[str, Any]) -> None:
    weights = Weights(routes={"here": frozenset({"r1"}), "elsewhere": frozenset({"r2"})})
    assumed = found("XX001", Severity.WARNING, assumed=True, subjects=("here",))
    more: dict[str, Any] = {"live": True, "subjects": ("here",)} | other
    failure = found("XX002", **more)
    checks = [made("XX001"), made("XX002", "XX001")]
    severities = {each.code: each.severity for each in triaged([assumed, failure], checks, weights)}
    assert severities["XX001"] is Severity.WARNING


def test_only_an_assumed_finding_is_confirmed() -> None:
    sure = found("XX001", Severity.WARNING)
    failure = found("XX002", live=True)
    checks = [made("XX001"), made("XX002", "XX001")]
    severities = {each.code: each.severity for each in triaged([sure, failure], checks, Weights())}
    assert severities["XX001"] is Severity.WARNING


def test_only_a_cause_of_the_failure_is_confirmed() -> None:
    assumed = found("XX001", Severity.WARNING, assumed=True)
    checks = [made("XX001"), made("XX002")]
    first, second = triaged([assumed, found("XX002", live=True)], checks, Weights())
    assert (second.code, second.severity) == ("XX001", Severity.WARNING)
    assert first.code == "XX002"


def test_a_start_fault_is_a_warning_if_the_proxy_answers() -> None:
    weights = Weights(started=True)
    for stage, severity in (("litellm", Severity.WARNING), ("openclaw", Severity.ERROR)):
        checks = [made("XX001", stage=stage, scope="start")]
        (finding,) = triaged([found("XX001")], checks, weights)
        assert finding.severity is severity
    (note,) = triaged([found("XX001", Severity.INFO)], [made("XX001", scope="start")], weights)
    assert note.severity is Severity.INFO


def test_findings_of_different_places_stay_apart() -> None:
    span = Span("/f", Position(1, 1), Position(1, 5))
    places = (
        Place("/f", "/a", span),
        Place("/g", "/a", span),
        Place("/f", "/b", span),
        Place("/f", "/a", Span("/f", Position(1, 1), Position(1, 6))),
        Place("/f", "/a"),
        None,
    )
    findings = [found("XX001", place=each) for each in places]
    assert len(triaged([*findings, *findings], [made("XX001")], Weights())) == len(places)


def test_places_come_in_their_order_in_the_files() -> None:
    def at(path: str, line: int, column: int) -> Place:
        return Place(path, "", Span(path, Position(line, column), Position(line, column + 1)))

    places = [None, Place("/f", ""), at("/f", 1, 2), at("/f", 2, 1), at("/g", 1, 1)]
    findings = [found("XX001", place=each) for each in reversed(places)]
    reported = triaged(findings, [made("XX001")], Weights())
    assert [each.place for each in reported] == places
    root = [found("XX001", place=Place("/f", "")), found("XX001", place=at("/f", 1, 1))]
    for findings in (root, root[::-1]):
        assert len(triaged(findings, [made("XX001")], Weights())) == 2


def test_the_hop_is_the_stage_of_the_check_unless_the_finding_says_another() -> None:
    checks = [made("XX001", stage="proxy")]
    for hop, expected in ((None, "proxy"), ("azure", "azure")):
        (finding,) = triaged([found("XX001", hop=hop)], checks, Weights())
        assert (finding.stage, finding.hop) == ("proxy", expected)


def test_a_warning_of_a_proven_route_stays_as_it_is() -> None:
    weights = Weights(routes={"a": frozenset({"r1"})}, proven=frozenset({"r1"}))
    warning = found("XX001", Severity.WARNING, subjects=("a",), detail="It may.")
    (kept,) = triaged([warning], [made("XX001")], weights)
    assert (kept.severity, kept.detail) == (Severity.WARNING, "It may.")


def test_a_note_that_was_assumed_stays_a_note() -> None:
    note = found("XX001", Severity.INFO, assumed=True)
    checks = [made("XX001"), made("XX002", "XX001")]
    severities = {
        e.code: e.severity for e in triaged([note, found("XX002", live=True)], checks, Weights())
    }
    assert severities["XX001"] is Severity.INFO


def test_a_finding_about_the_whole_chain_is_about_each_subject() -> None:
    weights = Weights(routes={"a": frozenset({"r1"}), "chain": frozenset()})
    checks = [made("XX001"), made("XX002", "XX001")]
    for subjects in ((("chain",), ("a",)), (("a",), ("chain",))):
        findings = [found("XX001", subjects=subjects[0]), found("XX002", subjects=subjects[1])]
        assert triaged(findings, checks, weights)[1].caused_by == "f1"


def test_one_subject_without_a_route_is_enough_to_fold() -> None:
    weights = Weights(routes={"a": frozenset(), "b": frozenset()})
    checks = [made("XX001"), made("XX002", "XX001")]
    findings = [found("XX001", subjects=("a", "b")), found("XX002", subjects=("b",))]
    assert triaged(findings, checks, weights)[1].caused_by == "f1"


def test_no_turn_disproves_a_fault_of_the_start() -> None:
    weights = Weights(all_routes=frozenset({"r1"}), proven=frozenset({"r1"}))
    checks = [made("XX001", scope="start", disproved_by_turn=True)]
    (finding,) = triaged([found("XX001")], checks, weights)
    assert finding.severity is Severity.ERROR


def test_a_proxy_that_answers_has_the_variable_that_its_start_needs() -> None:
    checks = [made("XX001", stage="litellm", scope="start")]
    for assumed, severity in ((True, Severity.INFO), (False, Severity.WARNING)):
        finding = found("XX001", Severity.WARNING, assumed=assumed)
        (shown,) = triaged([finding], checks, Weights(started=True))
        assert shown.severity is severity


def test_a_compose_fault_of_the_next_start_is_a_warning() -> None:
    checks = [made("XX001", stage="docker", scope="start")]
    (finding,) = triaged([found("XX001")], checks, Weights(started=True))
    assert finding.severity is Severity.WARNING
    assert "started anyway" in finding.detail


def test_a_confirmed_finding_says_what_the_failure_does() -> None:
    assumed = found("XX001", Severity.WARNING, assumed=True, consequence="no key")
    checks = [made("XX001"), made("XX002", "XX001")]
    for consequence, expected in (
        ("Azure rejects the key", "Azure rejects the key"),
        ("", "no key"),
    ):
        failure = found("XX002", live=True, consequence=consequence)
        confirmed, _ = triaged([assumed, failure], checks, Weights())
        assert (confirmed.code, confirmed.consequence) == ("XX001", expected)
