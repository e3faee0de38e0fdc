"""The findings of a report in groups, one per thing to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Report, ReportedFinding, Severity


@dataclass(frozen=True, slots=True)
class Group:
    """Root causes of one kind, shown as one block. `hidden` are the symptoms that they cause."""

    findings: tuple[ReportedFinding, ...]
    hidden: tuple[ReportedFinding, ...] = ()

    @property
    def lead(self) -> ReportedFinding:
        """The finding that gives the block its excerpt and fix."""
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        """The worst severity of the findings."""
        return min((f.severity for f in self.findings), key=lambda severity: severity.rank)

    @property
    def headline(self) -> str:
        """What is wrong, in one line for all findings."""
        lead = self.lead
        return (lead.title or lead.message) if len(self.findings) > 1 else lead.message


def found_groups(report: Report, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Return the groups that the verdict rests on: all findings, as triage weighs them.

    `groups` are those of the findings that count. They are the same if nothing is suppressed and
    no config file sets a severity.
    """
    if not report.suppressed and all(f.found_severity is None for f in report.findings):
        return groups
    found = tuple(
        replace(finding, severity=finding.found_severity or finding.severity)
        for finding in (*report.findings, *report.suppressed)
    )
    return grouped(replace(report, findings=found))


def grouped(report: Report) -> tuple[Group, ...]:
    """Return the findings by code and kind, worst first, with symptoms under their causes.

    Notes and findings that a note causes are never hidden.
    """
    members: dict[tuple[str, str], list[ReportedFinding]] = {}
    hidden: dict[tuple[str, str], list[ReportedFinding]] = {}
    by_id = {finding.id: finding for finding in report.findings}
    for finding in report.findings:
        cause = _root(by_id, finding)
        if cause is finding or Severity.INFO in (finding.severity, cause.severity):
            members.setdefault(finding.kind, []).append(finding)
        else:
            hidden.setdefault(cause.kind, []).append(finding)
    groups = [Group(tuple(found), tuple(hidden.get(kind, ()))) for kind, found in members.items()]
    return tuple(sorted(groups, key=lambda group: group.severity.rank))


def _root(by_id: Mapping[str, ReportedFinding], finding: ReportedFinding) -> ReportedFinding:
    """Follow the causes of a finding to the root, or to an id that the report lacks."""
    visited = {finding.id}
    while (cause := by_id.get(finding.caused_by or "")) is not None and cause.id not in visited:
        visited.add(cause.id)
        finding = cause
    return finding
