"""JUnit XML: red where the run fails, and green only where a check passed."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from report_cases import CASES, seed, uncertain

from clawdoctor.finding import INTERRUPTED, Outcome, Report, Severity
from clawdoctor.formats.junit import to_junit
from clawdoctor.run.diagnosis import Policy, exit_code


def cases_of(report: Report) -> dict[str, ET.Element]:
    root = ET.fromstring(to_junit(report).encode())
    found = {f"{case.get('classname')} {case.get('name')}": case for case in root.iter("testcase")}
    for element in (root, *root.findall("testsuite")):
        own = list(element.iter("testcase"))
        assert element.get("tests") == str(len(own))
        for kind, total in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            if element is root and kind == "skipped":  # the schema of Jenkins does not allow it
                continue
            assert element.get(total) == str(sum(case.find(kind) is not None for case in own))
    return found


def kinds(report: Report) -> set[str]:
    return {child.tag for case in cases_of(report).values() for child in case}


@pytest.mark.parametrize("name", CASES)
def test_a_document_is_xml_with_right_counts(name: str) -> None:
    cases_of(CASES[name]())


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("fail_on", list(Severity))
@pytest.mark.parametrize("name", CASES)
def test_it_is_red_if_and_only_if_the_run_fails(name: str, fail_on: Severity, strict: bool) -> None:
    report = CASES[name]()
    outcomes = {finding.code: finding for finding in report.findings}
    checks = tuple(
        replace(check, outcome=Outcome.FAILED, code=code, name=finding.name, stage=finding.stage)
        for check, (code, finding) in zip(report.checks, outcomes.items(), strict=False)
    )
    report = replace(report, checks=checks + report.checks[len(checks) :])
    shown = {check.code for check in report.checks}
    report = replace(
        report,
        findings=tuple(f for f in report.findings if f.code in shown),
        fail_on=fail_on,
        strict=strict,
    )
    code, _ = exit_code(report, Policy(fail_on=fail_on, strict=strict))
    assert (code != 0) == bool(kinds(report) & {"failure", "error"})


def test_an_unknown_check_is_never_a_pass() -> None:
    case = cases_of(uncertain())["clawdoctor.proxy PX001 proxy-unreachable"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "unknown: no answer within 5 s"
    strict = cases_of(replace(uncertain(), strict=True))["clawdoctor.proxy PX001 proxy-unreachable"]
    error = strict.find("error")
    assert error is not None
    assert error.get("message") == "unknown: no answer within 5 s"


def test_only_a_check_that_passed_is_a_pass() -> None:
    report = replace(
        seed(),
        checks=tuple(
            replace(check, outcome=outcome, code=f"XX{index:03}")
            for index, outcome in enumerate(Outcome)
            for check in seed().checks[:1]
        ),
    )
    passed = [name for name, case in cases_of(report).items() if not len(case)]
    assert passed == ["clawdoctor.litellm XX003 check-1"]


def test_a_finding_is_a_failure_with_its_place_reason_and_fix() -> None:
    check = replace(
        seed().checks[0], code="LL102", name="env-reference-not-expanded", outcome=Outcome.FAILED
    )
    case = cases_of(replace(seed(), checks=(check,)))[
        "clawdoctor.litellm LL102 env-reference-not-expanded"
    ]
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message", "").endswith("as the key (and 1 more finding)")
    assert "litellm_config.yaml:13:16: error: LiteLLM sends Azure" in (failure.text or "")
    assert "Fix: write os.environ/AZURE_OPENAI_API_KEY." in (failure.text or "")


def test_an_interrupted_run_is_red() -> None:
    assert "error" in kinds(replace(uncertain(), exit_code=INTERRUPTED))


def test_characters_that_xml_forbids_are_replaced() -> None:
    check = replace(
        seed().checks[0], outcome=Outcome.UNKNOWN, reason="a\ufffe<b>&\x01]]>\U0001f600"
    )
    (case,) = cases_of(replace(seed(), checks=(check,))).values()
    skipped = case.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "unknown: a\ufffd<b>&\u2401]]>\U0001f600"
