"""The report as SARIF 2.1.0, the format of code scanning services and editors."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from clawdoctor.check import SECTIONS, Check
from clawdoctor.finding import (
    INTERRUPTED,
    CheckOutcome,
    Fix,
    InputKind,
    Note,
    Outcome,
    Place,
    Report,
    ReportedFinding,
    Severity,
    Stage,
    Suppression,
)
from clawdoctor.formats.checkout import Checkout
from clawdoctor.formats.encode import to_json_text
from clawdoctor.formats.page import page
from clawdoctor.formats.prose import sentence
from clawdoctor.formats.published import page_url
from clawdoctor.source.text import START, Span

Object = dict[str, object]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "clawdoctorFinding/v1"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FILES: dict[Stage, InputKind] = {"openclaw": "openclaw", "docker": "compose"}
"""The file of a stage; the other stages have LiteLLM's."""


def to_sarif(report: Report, checks: Sequence[Check], checkout: Checkout | None = None) -> str:
    """Return the report as one SARIF log. `checks` give the rules and their help."""
    return to_json_text(document(report, checks, checkout or Checkout())) + "\n"


def document(report: Report, checks: Sequence[Check], checkout: Checkout) -> Object:
    """Return the SARIF log as JSON values."""
    findings = (*report.findings, *report.suppressed)
    used = {finding.code for finding in findings} | {
        check.code for check in report.checks if check.outcome is Outcome.UNKNOWN
    }
    rules = [check for check in checks if check.code in used]
    index = {check.code: number for number, check in enumerate(rules)}
    driver: Object = {
        "name": "clawdoctor",
        "version": report.version,
        "semanticVersion": report.version,
        "rules": [_rule(check) for check in rules],
    }
    prints = _fingerprints(findings, checkout)
    run: Object = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, index, checkout)],
        "results": [
            _result(finding, index, report, checkout, fingerprint)
            for finding, fingerprint in zip(findings, prints, strict=True)
        ],
        "properties": {
            "verdict": report.verdict,
            "mode": report.mode,
            "knowledge": report.knowledge or None,
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check) -> Object:
    text = "\n\n".join(f"{heading}\n\n{check.section(heading)}" for heading in SECTIONS)
    url = page_url(check.code)
    return {
        "id": check.code,
        "name": "".join(part.capitalize() for part in check.name.split("-")),
        "shortDescription": {"text": sentence(check.title)},
        "fullDescription": {"text": " ".join(check.section("What it means").split())},
        "help": {"text": text, "markdown": page(check)},
        **({} if url is None else {"helpUri": url}),
        "defaultConfiguration": {"level": _LEVELS[check.worst]},
        "properties": {"tags": [check.stage, check.scope]},
    }


def _invocation(report: Report, index: dict[str, int], checkout: Checkout) -> Object:
    """Return how the run ended, with each check that could not find out as a notification."""
    unusable = [report.usage_error] if report.usage_error is not None else []
    failures = [f"{error.where}: {error.error} ({error.trace})" for error in report.internal_errors]
    if report.exit_code == INTERRUPTED:
        failures.append("The run was interrupted.")
    unknown = (check for check in report.checks if check.outcome is Outcome.UNKNOWN)
    return {
        "executionSuccessful": not unusable and not failures,
        "exitCode": report.exit_code,
        "toolConfigurationNotifications": [
            *(_notification("error", text) for text in unusable),
            *(_note(note, checkout) for note in report.notes),
        ],
        "toolExecutionNotifications": [
            *(_notification("error", text) for text in failures),
            *(_unknown(check, index) for check in unknown),
        ],
    }


def _notification(level: str, text: str) -> Object:
    return {"level": level, "message": {"text": _plain(sentence(text))}}


def _note(note: Note, checkout: Checkout) -> Object:
    notification = _notification("note", note.text)
    if note.place is not None:
        notification["locations"] = [{"physicalLocation": _location(note.place, checkout)}]
    return notification


def _unknown(check: CheckOutcome, index: dict[str, int]) -> Object:
    reason = check.reason or "clawdoctor could not find out"
    notification = _notification("warning", f"{check.code} {check.name} is unknown: {reason}")
    if check.code in index:
        notification["associatedRule"] = {"id": check.code, "index": index[check.code]}
    return notification


def _result(
    finding: ReportedFinding,
    index: dict[str, int],
    report: Report,
    checkout: Checkout,
    fingerprint: str,
) -> Object:
    related = [
        {
            "id": number,
            "physicalLocation": _location(place, checkout),
            "message": {"text": _plain(place.label or "related")},
        }
        for number, place in enumerate(finding.related, 1)
    ]
    place = finding.place or _fallback(finding, report)
    result: Object = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [] if place is None else [{"physicalLocation": _location(place, checkout)}],
        "relatedLocations": related,
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "fixes": [_fix(fix, checkout) for fix in finding.fixes if fix.edits],
        "properties": {"id": finding.id, "causedBy": finding.caused_by},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.suppression is not None:
        result["suppressions"] = [_suppression(finding.suppression, checkout)]
    return result


def _suppression(suppression: Suppression, checkout: Checkout) -> Object:
    kind = "inSource" if suppression.kind == "inline" else "external"
    found: Object = {"kind": kind, "justification": _plain(suppression.justification)}
    if suppression.place is not None:
        found["location"] = {"physicalLocation": _location(suppression.place, checkout)}
    return found


def _message(finding: ReportedFinding) -> str:
    """Return what is wrong and why, with a link to each related place, as viewers expect."""
    texts = [finding.message, finding.detail]
    texts += [f"Fix: {finding.fixes[0].title}"] if finding.fixes else []
    links = [
        f"[{_link_text(place.label or 'related')}]({number})"
        for number, place in enumerate(finding.related, 1)
    ]
    see = f"\n\nSee also: {', '.join(links)}." if links else ""
    return " ".join(_plain(sentence(text)) for text in texts if text) + see


def _plain(text: str) -> str:
    """Return a text in which nothing is a link: the SARIF link is `[text](target)`."""
    return text.replace("](", "]\\(")


def _link_text(text: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", text)


def _location(place: Place, checkout: Checkout) -> Object:
    """Return a physical location. The root of a file is its first line."""
    region: Object = {"startLine": 1} if place.span is None else _region(place.span)
    return {"artifactLocation": {"uri": checkout.uri(place.path)}, "region": region}


def _region(span: Span) -> Object:
    """Return a span as a region: as in SARIF, columns count from 1 and the end is exclusive."""
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }


def _fallback(finding: ReportedFinding, report: Report) -> Place | None:
    """Return the first line of the stage's file: code scanning rejects a result without a place."""
    kind = _FILES.get(finding.stage, "litellm")
    found = sorted((i for i in report.inputs if i.found), key=lambda item: item.kind != kind)
    return Place(found[0].path, "", Span(found[0].path, START, START)) if found else None


def _fix(fix: Fix, checkout: Checkout) -> Object:
    by_uri: dict[str, list[Object]] = {}
    for edit in fix.edits:
        replacement: Object = {
            "deletedRegion": _region(edit.span),
            "insertedContent": {"text": edit.text},
        }
        by_uri.setdefault(checkout.uri(edit.span.path), []).append(replacement)
    return {
        "description": {"text": _plain(sentence(fix.title))},
        "artifactChanges": [
            {"artifactLocation": {"uri": uri}, "replacements": replacements}
            for uri, replacements in by_uri.items()
        ],
        "properties": {"applicability": fix.applicability},
    }


def _fingerprints(findings: Iterable[ReportedFinding], checkout: Checkout) -> Iterator[str]:
    """Yield an id for each finding that stays the same if lines or list items move.

    It rests on the code, the file, the setting without its numbers in lists, and the message.
    Findings that are equal in these are numbered.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        place = finding.place
        path = checkout.uri(place.path) if place is not None else ""
        setting = re.sub(r"/\d+(?=/|$)", "/*", place.pointer) if place is not None else ""
        key = (finding.code, path, setting, finding.message)
        number, seen[key] = seen[key], seen[key] + 1
        text = "\0".join((*key, str(number)))
        yield hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
