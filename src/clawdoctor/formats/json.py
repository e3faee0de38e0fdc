"""The report as JSON, version 1. `report.schema.json` in this folder describes it."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from clawdoctor.data import read_data
from clawdoctor.finding import (
    CheckOutcome,
    Command,
    Fix,
    Outcome,
    Place,
    Report,
    ReportedFinding,
    RouteLine,
    Suppression,
    prose_of,
)
from clawdoctor.formats.encode import to_json_text
from clawdoctor.formats.published import page_url
from clawdoctor.source.text import START, Position

if TYPE_CHECKING:
    from clawdoctor.repair.summary import RepairLine, RepairSummary

SCHEMA_VERSION = 1


def to_json(report: Report) -> str:
    """Return the report as one JSON document, with a final newline.

    It is escaped to ASCII: the encoding of a pipe or terminal cannot damage it, and control
    characters from files or servers cannot reach a terminal.
    """
    return to_json_text(document(report)) + "\n"


def load_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the document."""
    schema: dict[str, Any] = json.loads(read_data("formats/report.schema.json"))
    return schema


def document(report: Report) -> dict[str, object]:
    """Return the report as JSON values. Lines and columns count from 1; ends are exclusive."""
    cost = report.cost
    return {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {
            "name": "clawdoctor",
            "version": report.version,
            "knowledge": report.knowledge or None,
        },
        "ok": report.exit_code == 0,
        "exitCode": report.exit_code,
        "usageError": report.usage_error,
        "durationMs": report.duration_ms,
        "mode": report.mode,
        "verdict": report.verdict,
        "answersWith": report.answers_with,
        "inputs": [
            {"kind": item.kind, "path": item.path, "found": item.found, "error": item.error}
            for item in report.inputs
        ],
        "versions": {program: _version(report, program) for program in ("openclaw", "litellm")},
        "cost": {
            "requests": cost.requests,
            "billableRequests": cost.billable_requests,
            "promptTokens": cost.prompt_tokens,
            "completionTokens": cost.completion_tokens,
        },
        "exitReason": report.exit_reason,
        "uncheckedProviders": list(report.unchecked_providers),
        "selection": {
            "available": report.available_checks,
            "narrowed": report.narrowed,
            "leftOut": list(report.left_out),
        },
        "summary": _summary(report),
        "routes": [_route(route) for route in report.routes],
        "findings": [_finding(finding) for finding in report.findings],
        "suppressedFindings": [_finding(finding) for finding in report.suppressed],
        "notes": [
            {"message": note.text, "location": note.place and location(note.place)}
            for note in report.notes
        ],
        "checks": [_check(check) for check in report.checks],
        "internalErrors": [
            {"where": item.where, "error": item.error, "trace": item.trace}
            for item in report.internal_errors
        ],
        "repair": None if report.repair is None else _repair(report.repair),
    }


def _repair(repair: RepairSummary) -> dict[str, object]:
    return {
        "written": repair.written,
        "files": list(repair.files),
        "done": [_repair_line(line) for line in repair.done],
        "leftOut": [_repair_line(line) for line in repair.left_out],
        "diff": "".join(f"{line.text}\n" for line in repair.diff),
    }


def _repair_line(line: RepairLine) -> dict[str, object]:
    return {
        "code": line.code,
        "title": line.title,
        "applicability": line.applicability,
        "location": None if line.place is None else location(line.place),
        "reason": line.reason,
    }


def _version(report: Report, program: str) -> dict[str, object] | None:
    version = report.versions.get(program)
    if version is None:
        return None
    return {
        "value": version.value,
        "source": version.source,
        "lowerBound": version.lower_bound,
        "newer": program in report.newest,
    }


def _summary(report: Report) -> dict[str, int]:
    severities = Counter(finding.severity.value for finding in report.findings)
    outcomes = Counter(check.outcome for check in report.checks)
    return {
        "error": severities["error"],
        "warning": severities["warning"],
        "info": severities["info"],
        "passed": outcomes[Outcome.PASSED],
        "failed": outcomes[Outcome.FAILED],
        "skipped": outcomes[Outcome.SKIPPED],
        "unknown": outcomes[Outcome.UNKNOWN],
        "notApplicable": outcomes[Outcome.NOT_APPLICABLE],
        "suppressed": len(report.suppressed),
        "fixable": sum(any(map(_applies, finding.fixes)) for finding in report.findings),
    }


def _applies(fix: Fix) -> bool:
    return bool(fix.edits) and fix.applicability != "manual"


def _route(route: RouteLine) -> dict[str, object]:
    return {
        "model": route.model,
        "usedBy": list(route.used_by),
        "group": route.group,
        "deployments": [
            {"model": item.model, "apiBase": item.api_base, "apiVersion": item.api_version}
            for item in route.deployments
        ],
        "status": route.status,
        "brokenAt": route.broken_at,
        "latencyMs": route.latency_ms,
        "findings": list(route.findings),
        "server": route.server or None,
        "hops": [{"stage": stage, "outcome": outcome.value} for stage, outcome in route.hops],
    }


def _finding(finding: ReportedFinding) -> dict[str, object]:
    return {
        "id": finding.id,
        "code": finding.code,
        "name": finding.name,
        "stage": finding.stage,
        "severity": finding.severity.value,
        "scope": finding.scope,
        "title": finding.title or finding.message,
        "message": finding.message,
        "detail": finding.detail,
        "consequence": finding.consequence,
        "rootCause": finding.root_cause,
        "causedBy": finding.caused_by,
        "subject": next(iter(finding.subjects), None),
        "subjects": list(finding.subjects),
        "routes": list(finding.routes),
        "location": None if finding.place is None else location(finding.place),
        "related": [
            {"location": location(place), "message": place.label} for place in finding.related
        ],
        "evidence": [
            {"kind": item.kind, "summary": item.summary, "status": item.status, "body": item.body}
            for item in finding.evidence
        ],
        "fixes": [_fix(fix, _shown_paths(finding)) for fix in finding.fixes],
        "url": page_url(finding.code),
        "foundSeverity": (finding.found_severity or finding.severity).value,
        "suppression": None if finding.suppression is None else _suppression(finding.suppression),
    }


def _suppression(suppression: Suppression) -> dict[str, object]:
    return {
        "kind": suppression.kind,
        "justification": suppression.justification,
        "location": suppression.place and location(suppression.place),
    }


def location(place: Place) -> dict[str, object]:
    """Return a place as JSON. The root of a file is 1:1."""
    start, end = (place.span.start, place.span.end) if place.span else (START, START)
    return {
        "path": place.path,
        "pointer": place.pointer,
        "start": _position(start),
        "end": _position(end),
    }


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}


def _shown_paths(finding: ReportedFinding) -> dict[str, str]:
    """Return the paths that the document uses, by the absolute paths of the spans."""
    places = [*finding.related, *([finding.place] if finding.place else [])]
    return {place.span.path: place.path for place in places if place.span}


def _fix(fix: Fix, shown: dict[str, str]) -> dict[str, object]:
    return {
        "applicability": fix.applicability,
        "title": fix.title,
        "edits": [
            {
                "path": shown.get(edit.span.path, edit.span.path),
                "start": _position(edit.span.start),
                "end": _position(edit.span.end),
                "text": edit.text,
            }
            for edit in fix.edits
        ],
        "snippet": fix.snippet,
        "steps": steps(fix),
        "commands": commands(fix),
    }


def steps(fix: Fix) -> list[str]:
    """Return the steps for a person, in sentences."""
    return [text for text in map(prose_of, fix.actions) if text]


def commands(fix: Fix) -> list[str]:
    """Return the commands to run in a shell after the edits and steps, unchanged."""
    return [item.text for item in fix.actions if isinstance(item, Command)]


def _check(check: CheckOutcome) -> dict[str, object]:
    return {
        "code": check.code,
        "name": check.name,
        "stage": check.stage,
        "outcome": check.outcome.value,
        "reason": check.reason,
        "blockedBy": list(check.blocked_by),
        "durationMs": check.duration_ms,
        "subjectsPassed": sum(item.outcome is Outcome.PASSED for item in check.subjects),
        "subjects": [
            {
                "id": item.id,
                "outcome": item.outcome.value,
                "reason": item.reason,
                "blockedBy": list(item.blocked_by),
            }
            for item in check.subjects
            if item.outcome is not Outcome.PASSED
        ],
    }
