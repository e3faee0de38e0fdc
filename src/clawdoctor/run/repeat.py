"""The options of a run that its commands repeat: without them, the next run checks other files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from clawdoctor.finding import Action, Command, Report, ReportedFinding
from clawdoctor.source.read import is_pipe

_RUN = "clawdoctor run"


def options_to_repeat(named: Mapping[str, str | None]) -> str:
    """Return the options that name files, as a shell reads them. A pipe cannot be read again."""
    given = ((option, path) for option, path in named.items() if path and not is_pipe(path))
    return " ".join(f"{option} {shlex.quote(path)}" for option, path in given)


def with_options(text: str, options: str) -> str:
    """Return a text in which `clawdoctor run` has the options, if there are any."""
    if not options:
        return text
    return re.sub(rf"(?m)(^[ ]*|`){_RUN}\b", lambda found: f"{found[0]} {options}", text)


def repeating(report: Report, options: str) -> Report:
    """Return the report with the options in the commands of its findings."""
    if not options:
        return report
    findings, suppressed = (
        tuple(_finding(finding, options) for finding in group)
        for group in (report.findings, report.suppressed)
    )
    return replace(report, findings=findings, suppressed=suppressed, options=options)


def _finding(finding: ReportedFinding, options: str) -> ReportedFinding:
    fixes = tuple(
        replace(fix, actions=tuple(_action(action, options) for action in fix.actions))
        for fix in finding.fixes
    )
    return replace(finding, fixes=fixes)


def _action(action: Action, options: str) -> Action:
    if not isinstance(action, Command):
        return action
    return replace(action, text=with_options(action.text, options))
