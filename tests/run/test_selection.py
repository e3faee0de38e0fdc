"""The verdict of a run with --select or --ignore says no more than its checks show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cases import BASES, FIXTURES, Case, built, diagnosed, every_case

from clawdoctor.check import built_in_checks
from clawdoctor.finding import Report, Severity
from clawdoctor.report import render
from clawdoctor.run.diagnosis import Policy
from clawdoctor.run.engine import Selection

ALL = len(built_in_checks())
SEED = Case(BASES / "plain")
REJECTED = Case(FIXTURES / "proxy/PX003-proxy-key-rejected/bad-other-key")
LIMITED = Case(FIXTURES / "azure/AZ104-rate-limited/bad-turn-tokens")
NOTES = ("OC001", "OC103", "OC112", "LL113")


def run(case: Case, tmp_path: Path, select: str = "", ignore: str = "", **policy: Any) -> Report:
    codes = (tuple(filter(None, option.split(","))) for option in (select, ignore))
    chosen = Policy(Selection(*codes), **policy)
    folder = built(case, tmp_path / f"{case.path.name}-{select}-{ignore}")
    return diagnosed(folder, case.settings, tmp_path, chosen)


def headline(report: Report) -> str:
    """The verdict without its mark."""
    return render(report, width=200).splitlines()[0][2:]


@pytest.mark.parametrize(
    ("case", "select", "ignore"),
    [
        (SEED, "OC101", ""),
        (SEED, "", "LL,OC"),
        (SEED, "", "LL103"),
        (REJECTED, "PX001", ""),
        (REJECTED, "", "PX"),
        (LIMITED, "OC101,LL101", ""),
    ],
    ids=lambda value: value.path.name if isinstance(value, Case) else value or "-",
)
def test_a_selection_gives_no_all_clear(
    case: Case, select: str, ignore: str, tmp_path: Path
) -> None:
    report = run(case, tmp_path, select, ignore)
    assert (report.verdict, report.exit_code) == ("unknown", 0)
    assert re.match(
        rf"\d+ of {ALL} checks ran: .+\. The rest was not looked at\.", headline(report)
    )
    assert "No errors or warnings in these checks" in " ".join(render(report).split())
    assert "Not checked (--select, --ignore)" in render(report)


def test_a_selection_keeps_the_verdict_of_an_error(tmp_path: Path) -> None:
    report = run(REJECTED, tmp_path, "PX003")
    assert (report.verdict, report.exit_code) == ("broken", 1)


def test_what_blocks_a_selected_check_is_reported(tmp_path: Path) -> None:
    report = run(REJECTED, tmp_path, "PX005")
    assert [finding.code for finding in report.findings] == ["PX003"]


def test_a_refused_turn_is_reported_whatever_is_selected(tmp_path: Path) -> None:
    for select, ignore in (("AZ101", ""), ("", "AZ104"), ("PX108", "")):
        report = run(LIMITED, tmp_path, select, ignore)
        assert "AZ104" in {finding.code for finding in report.findings}
        assert (report.verdict, report.exit_code) == ("broken", 1)


def test_a_run_without_notes_has_checked_no_less(tmp_path: Path) -> None:
    healthy = Case(BASES / "running")
    whole, without = run(healthy, tmp_path), run(healthy, tmp_path, "", ",".join(NOTES))
    assert not without.narrowed
    assert without.verdict == whole.verdict
    assert headline(without) == headline(whole)


def test_worst_is_the_worst_severity_of_the_bad_cases() -> None:
    """A check that can find more than a note must not be ignored without a word."""
    worst = {check.code: check.worst for check in built_in_checks()}
    milder = {code for code, severity in worst.items() if severity is Severity.INFO}
    severe = {
        case.code
        for case in every_case()
        if case.kind == "bad" and case.text is None
        for line in (case.path / "expected.txt").read_text("utf-8").splitlines()
        if re.match(rf" *(error|warning) {case.code} ", line)
    }
    assert milder == set(NOTES)
    assert not milder & severe


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"fail_on": Severity.INFO}, "there are findings, notes included (--fail-on info)"),
        ({"fail_on": Severity.WARNING}, "there are warnings (--fail-on warning)"),
        ({"strict": True}, "some checks could not be completed (--strict)"),
    ],
)
def test_the_report_says_why_it_fails_without_an_error(
    policy: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    uncertain = Case(FIXTURES / "proxy/PX003-proxy-key-rejected/near-unset-here")
    report = run(uncertain, tmp_path, **policy)
    assert report.exit_code == 1
    assert f"The exit code is 1: {reason}." in render(report, width=120)
    assert not run(uncertain, tmp_path, "", "-").exit_reason


def test_fail_on_info_shows_the_notes(tmp_path: Path) -> None:
    report = run(SEED, tmp_path, fail_on=Severity.INFO)
    assert "info[OC112] " in render(report)
    assert "info[OC112] " not in render(run(SEED, tmp_path, ignore="-"))
