"""The report as JUnit XML: one test suite per stage and one test case per check.

The names of the test cases are the same in every run, so that a CI server can show their history.
A test case has a failure if, and only if, its findings make the run fail: a red test in a green
pipeline, or the reverse, misleads. JUnit has no word for a check that could not find out, and a
passed test would be an all-clear. Such a check is `skipped`, with its reason, and an `error` under
--strict, where it makes the run fail. Findings that do not make the run fail are `skipped` too:
unlike the output of a passed test, every CI server shows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from clawdoctor.deferred import regex
from clawdoctor.finding import (
    INTERRUPTED,
    STAGES,
    CheckOutcome,
    Outcome,
    Report,
    ReportedFinding,
    Severity,
)
from clawdoctor.formats.prose import codes_of, paragraphs, where
from clawdoctor.report.suppressed import reason_of
from clawdoctor.terminal.clean import cleaned
from clawdoctor.terminal.line import counted

_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LABELS = {Outcome.UNKNOWN: "unknown", Outcome.NOT_APPLICABLE: "not applicable"}


def to_junit(report: Report) -> str:
    """Return the report as one XML document."""
    report = cleaned(report, unicode=True)
    suites = [
        _suite(f"clawdoctor.{stage}", cases, report)
        for stage in STAGES
        if (cases := _cases(report, stage))
    ]
    if own := _own_cases(report):
        suites.append(_suite("clawdoctor", own, report))
    root = ET.Element("testsuites", {"name": "clawdoctor", **_totals(suites)})
    del root.attrib["skipped"]  # the schema of Jenkins does not allow it here
    root.extend(suites)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _cases(report: Report, stage: str) -> list[ET.Element]:
    found: dict[str, list[ReportedFinding]] = {}
    for finding in (*report.findings, *report.suppressed):
        found.setdefault(finding.code, []).append(finding)
    codes = codes_of(report)
    return [
        _case(check, found.get(check.code, []), codes, report)
        for check in report.checks
        if check.stage == stage
    ]


def _case(
    check: CheckOutcome,
    findings: list[ReportedFinding],
    codes: dict[str, str],
    report: Report,
) -> ET.Element:
    case = _test(f"clawdoctor.{check.stage}", f"{check.code} {check.name}", check.duration_ms)
    if check.outcome is Outcome.FAILED and findings:
        _add_findings(case, findings, codes, report)
    elif check.outcome is not Outcome.PASSED:
        _add_reason(case, check, report)
    return case


def _add_findings(
    case: ET.Element, findings: list[ReportedFinding], codes: dict[str, str], report: Report
) -> None:
    counting = [finding for finding in findings if finding.suppression is None]
    worst = min(counting or findings, key=lambda finding: finding.severity.rank)
    more = len(findings) - 1
    message = worst.message + (f" (and {counted(more, 'more finding')})" if more else "")
    text = "\n\n".join("\n".join(_lines(finding, codes)) for finding in findings)
    if not counting:
        _result(case, "skipped", f"suppressed by {reason_of(worst)}", text)
    elif worst.severity is Severity.ERROR or worst.severity.rank <= report.fail_on.rank:
        result = _result(case, "failure", message, text)
        result.set("type", worst.severity)
    else:
        _result(case, "skipped", f"{worst.severity}: {message}", text)


def _lines(finding: ReportedFinding, codes: dict[str, str]) -> Iterable[str]:
    at = f"{where(finding.place)}: " if finding.place is not None else ""
    by = f"(suppressed by {reason_of(finding)}) " if finding.suppression is not None else ""
    first, *rest = paragraphs(finding, codes)
    return [f"{at}{finding.severity}: {by}{first}", *rest]


def _add_reason(case: ET.Element, check: CheckOutcome, report: Report) -> None:
    reason = check.reason or "no reason given"
    if check.blocked_by:
        reason = f"because of {', '.join(check.blocked_by)}: {reason}"
    label = _LABELS.get(check.outcome)
    message = f"{label}: {reason}" if label else reason
    if check.outcome is Outcome.UNKNOWN and report.strict:
        _result(case, "error", message).set("type", "unknown")
    else:
        _result(case, "skipped", message)


def _own_cases(report: Report) -> list[ET.Element]:
    """Return a test case with an error for each reason why there is no complete result."""
    errors = [(f"the run: {report.usage_error}", "usage")] if report.usage_error else []
    errors += [
        (f"{error.where}: {error.error} ({error.trace})", "internal")
        for error in report.internal_errors
    ]
    if report.exit_code == INTERRUPTED:
        errors.append(("the run was interrupted", "interrupted"))
    cases = []
    for message, kind in errors:
        case = _test("clawdoctor", message.partition(":")[0], 0)
        _result(case, "error", message).set("type", kind)
        cases.append(case)
    return cases


def _test(suite: str, name: str, milliseconds: int) -> ET.Element:
    time = f"{milliseconds / 1000:.3f}"
    return ET.Element("testcase", {"classname": suite, "name": _xml(name), "time": time})


def _result(case: ET.Element, kind: str, message: str, text: str = "") -> ET.Element:
    result = ET.SubElement(case, kind, {"message": _xml(message)})
    result.text = _xml(text) or None
    return result


def _suite(name: str, cases: list[ET.Element], report: Report) -> ET.Element:
    suite = ET.Element("testsuite", {"name": name})
    properties = ET.SubElement(suite, "properties")
    for key, value in (("verdict", report.verdict), ("mode", report.mode)):
        ET.SubElement(properties, "property", {"name": key, "value": value})
    suite.extend(cases)
    suite.attrib |= _totals([suite])
    return suite


def _totals(elements: list[ET.Element]) -> dict[str, str]:
    cases = [case for element in elements for case in element.iter("testcase")]

    def count(kind: str) -> str:
        return str(sum(case.find(kind) is not None for case in cases))

    return {
        "tests": str(len(cases)),
        "failures": count("failure"),
        "errors": count("error"),
        "skipped": count("skipped"),
        "time": f"{sum(float(case.get('time', 0)) for case in cases):.3f}",
    }


def _xml(text: str) -> str:
    """Return a text without the characters that XML forbids, even as escapes."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
