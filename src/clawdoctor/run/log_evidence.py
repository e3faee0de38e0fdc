"""What a log says beside the findings of a run. It never makes a finding, it only supports one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from clawdoctor.chain.log_file import LogLines
from clawdoctor.check import Check
from clawdoctor.errors.log_failures import recognise_entries
from clawdoctor.errors.log_times import shown_stamp
from clawdoctor.errors.matching import Hit
from clawdoctor.errors.placeholders import bare
from clawdoctor.finding import Evidence, ReportedFinding

_MOST = 2  # of a finding


@dataclass(slots=True)
class _Said:
    """A failure that the log shows: the last text of it, how often, and when last."""

    hit: Hit
    count: int
    stamp: str
    last: datetime


def with_log_evidence(
    findings: Sequence[ReportedFinding], log: LogLines, checks: Sequence[Check]
) -> tuple[ReportedFinding, ...]:
    """The findings, with what the log says of the same failures.

    Only a text that is certain or likely to be of a finding's own code supports it: what a cause
    of it makes a program say may as well come from another.
    """
    codes = {finding.code for finding in findings}
    known = tuple(check for check in checks if check.code in codes)
    evidence: dict[int, list[Evidence]] = {}
    for said in _failures(log, known):
        seen = Evidence("log", _summary(said, log.path), body=said.hit.excerpt)
        for index in _supported(said.hit, findings):
            evidence.setdefault(index, []).append(seen)
    return tuple(
        replace(finding, evidence=finding.evidence + tuple(evidence.get(index, ())[:_MOST]))
        for index, finding in enumerate(findings)
    )


def _failures(log: LogLines, checks: Sequence[Check]) -> tuple[_Said, ...]:
    """What the log shows for sure, each failure and what it names once, the last first."""
    said: dict[tuple[object, ...], _Said] = {}
    when = {id(entry): time for entry, time in log.entries}
    for entry, hits in recognise_entries((entry for entry, _ in log.entries), checks):
        for hit in hits:
            if hit.signature.confidence == "possible":
                continue
            key = (hit.check.code, *hit.captures.items())
            count = said[key].count + 1 if key in said else 1
            said[key] = _Said(hit, count, entry.stamp, when[id(entry)])
    return tuple(sorted(said.values(), key=lambda one: one.last, reverse=True))


def _summary(said: _Said, path: str) -> str:
    often = "once" if said.count == 1 else f"{said.count} times, last"
    return f"{Path(path).name}, {often} {shown_stamp(said.stamp)}"


def _supported(hit: Hit, findings: Sequence[ReportedFinding]) -> list[int]:
    """The findings that a failure supports: those that name what it names, if any do."""
    same = [index for index, finding in enumerate(findings) if finding.code == hit.check.code]
    named = [bare(value).casefold() for value in hit.captures.values()]
    telling = [i for i in same if any(len(v) > 2 and v in _about(findings[i]) for v in named)]
    return telling or same


def _about(finding: ReportedFinding) -> str:
    return " ".join((finding.message, *finding.subjects, *finding.routes)).casefold()
