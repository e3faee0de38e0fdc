"""Log entries that support the findings of a run. A log entry never creates a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from clawdoctor.chain.log_file import LogLines
from clawdoctor.check import Check
from clawdoctor.deferred import dataclass
from clawdoctor.errors.log_failures import recognise_entries
from clawdoctor.errors.log_times import shown_stamp
from clawdoctor.errors.matching import Hit
from clawdoctor.errors.placeholders import bare
from clawdoctor.finding import Evidence, ReportedFinding

_MAX_PER_FINDING = 2


@dataclass(slots=True)
class _LoggedFailure:
    """A failure in the log: its latest text, its number of occurrences, and its latest time."""

    hit: Hit
    count: int
    stamp: str
    last: datetime


def with_log_evidence(
    findings: Sequence[ReportedFinding], log: LogLines, checks: Sequence[Check]
) -> tuple[ReportedFinding, ...]:
    """Return the findings with the log entries that show the same failures.

    An entry supports a finding only if its text certainly or likely has the finding's own code. A
    text with the code of a cause may come from another failure.
    """
    codes = {finding.code for finding in findings}
    known = tuple(check for check in checks if check.code in codes)
    evidence: dict[int, list[Evidence]] = {}
    for failure in _failures(log, known):
        item = Evidence("log", _summary(failure, log.path), body=failure.hit.excerpt)
        for index in _supported(failure.hit, findings):
            evidence.setdefault(index, []).append(item)
    return tuple(
        replace(
            finding, evidence=finding.evidence + tuple(evidence.get(index, ())[:_MAX_PER_FINDING])
        )
        for index, finding in enumerate(findings)
    )


def _failures(log: LogLines, checks: Sequence[Check]) -> tuple[_LoggedFailure, ...]:
    """Return the failures that the log certainly or likely shows, the latest first.

    Entries with the same code and captured values are one failure.
    """
    failures: dict[tuple[object, ...], _LoggedFailure] = {}
    times = {id(entry): time for entry, time in log.entries}
    for entry, hits in recognise_entries((entry for entry, _ in log.entries), checks):
        for hit in hits:
            if hit.rule.confidence == "possible":
                continue
            key = (hit.check.code, *hit.captures.items())
            count = failures[key].count + 1 if key in failures else 1
            failures[key] = _LoggedFailure(hit, count, entry.stamp, times[id(entry)])
    return tuple(sorted(failures.values(), key=lambda failure: failure.last, reverse=True))


def _summary(failure: _LoggedFailure, path: str) -> str:
    frequency = "once" if failure.count == 1 else f"{failure.count} times, last"
    return f"{Path(path).name}, {frequency} {shown_stamp(failure.stamp)}"


def _supported(hit: Hit, findings: Sequence[ReportedFinding]) -> list[int]:
    """Return the indices of the findings that a failure supports.

    If findings contain a value that the failure captures, it supports only those.
    """
    same = [index for index, finding in enumerate(findings) if finding.code == hit.check.code]
    values = [bare(value).casefold() for value in hit.captures.values()]
    naming = [i for i in same if any(len(v) > 2 and v in _text_of(findings[i]) for v in values)]
    # OpenClaw's log folder is the same for all configs of a machine: a line about another key of
    # some openclaw.json proves nothing.
    about_file = hit.check.stage == "openclaw" and hit.check.scope == "start"
    return naming if naming or about_file else same


def _text_of(finding: ReportedFinding) -> str:
    return " ".join((finding.message, *finding.subjects, *finding.routes)).casefold()
