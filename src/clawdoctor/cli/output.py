"""Where a report goes: to stdout, to a file, or into a new baseline."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clawdoctor.cli.policy import baseline_of, known_checks
from clawdoctor.finding import Report
from clawdoctor.formats.render import Format, render
from clawdoctor.run.situation import Situation
from clawdoctor.terminal.line import counted
from clawdoctor.terminal.output import write, write_message
from clawdoctor.terminal.stream import Terminal, terminal

if TYPE_CHECKING:
    from clawdoctor.run.diagnosis import Policy
    from clawdoctor.traced import Trace


def print_report(
    report: Report,
    chosen: Format,
    output: Path | None,
    situation: Situation,
    *,
    verbose: bool,
    quiet: bool,
) -> None:
    """Print the report, or write it to the `--output` file."""

    def traced() -> Trace:
        from clawdoctor.run.trace import trace as trace_requests

        return trace_requests(situation)

    shown = Terminal() if output is not None else terminal(sys.stdout, os.environ)
    known = known_checks(situation.plugins)
    text = render(report, chosen, shown, verbose=verbose, quiet=quiet, checks=known, trace=traced)
    if output is not None:
        reject_input(output, report)
        write_file(output, text)
        write_message(f"The report is in {output}.\n")
    else:
        write(text, sys.stdout, commands=chosen is Format.GITHUB)


def with_new_baseline(report: Report, path: Path, policy: Policy, situation: Situation) -> Report:
    """Write the findings of a report to a baseline, and return the report with it."""
    from clawdoctor.baseline import baseline_text, with_baseline
    from clawdoctor.run.diagnosis import exit_code

    write_file(path, baseline_text(report, path, situation.cwd))
    write_message(f"The baseline is in {path}: {counted(len(report.findings), 'finding')}.\n")
    report = with_baseline(report, baseline_of(path), situation.cwd)
    code, reason = exit_code(report, policy)
    return replace(report, exit_code=code, exit_reason=reason)


def reject_input(path: Path, report: Report) -> None:
    """Refuse to overwrite a file that the run has read: the user has no other copy."""
    target = path.resolve()
    if any(item.found and Path(item.path).resolve() == target for item in report.inputs):
        raise typer.BadParameter(f"{path} is one of the checked files: choose another name")


def write_file(path: Path, text: str) -> None:
    """Write a file. One that cannot be written is wrong usage."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"cannot write {path}: {error.strerror}") from error
