"""`run --diff`, `run --fix` and `run --undo`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clawdoctor.finding import Report
from clawdoctor.formats.render import Format
from clawdoctor.run.situation import Situation
from clawdoctor.terminal.output import write, write_message
from clawdoctor.terminal.stream import terminal

if TYPE_CHECKING:
    from typing import TextIO

    from clawdoctor.repair.summary import RepairSummary
    from clawdoctor.run.diagnosis import Policy


def repaired(
    situation: Situation,
    policy: Policy,
    timeout: float,
    chosen: Format,
    *,
    shows: bool,
    unsafe: bool,
    yes: bool,
) -> Report:
    """Return the report of --diff or --fix. At a terminal, ask before writing a file."""
    from clawdoctor.repair.command import fix, preview

    if shows:
        return preview(situation, unsafe=unsafe, policy=policy, timeout=timeout)

    def agree(summary: RepairSummary) -> bool:
        if not _asks(yes=yes):
            return True
        stream = sys.stdout if chosen is Format.TEXT else sys.stderr
        _write_diff(summary, stream)
        count = len(summary.files)
        return typer.confirm(f"Change {count} {'file' if count == 1 else 'files'}?", err=True)

    outcome = fix(situation, unsafe=unsafe, policy=policy, timeout=timeout, agree=agree)
    if outcome.problem:
        write_message(f"clawdoctor: {outcome.problem}\n")
    return outcome.report


def _write_diff(summary: RepairSummary, stream: TextIO) -> None:
    from clawdoctor.terminal.diff import diff_text

    shown = terminal(stream, os.environ)
    write(diff_text(summary.diff, color=shown.color, unicode=shown.unicode), stream)


def print_diff(report: Report) -> None:
    """Print the diff alone, and a note about it on stderr."""
    from clawdoctor.report.repair import repair_lines
    from clawdoctor.terminal.line import Look, paint

    assert report.repair is not None
    _write_diff(report.repair, sys.stdout)
    shown = terminal(sys.stderr, os.environ)
    look = Look(width=shown.width, home=str(Path.home()))
    lines = repair_lines(report.repair, report.options, look)
    write_message(paint(lines, shown.color))


def undo_last(situation: Situation, *, yes: bool) -> None:
    """Restore the files of the last repair in this folder and name them. At a terminal, ask."""
    from clawdoctor.repair.command import CannotWriteError, NothingToUndoError, take_back

    def agree(paths: tuple[str, ...]) -> bool:
        if not _asks(yes=yes):
            return True
        write("".join(f"{path}\n" for path in paths), sys.stdout)
        what = "this file" if len(paths) == 1 else "these files"
        return typer.confirm(f"Restore {what} as before the last repair?", err=True)

    try:
        paths = take_back(situation, agree)
    except (CannotWriteError, NothingToUndoError) as error:
        raise typer.BadParameter(f"--undo: {error}") from error
    if not paths:
        write("Nothing was restored.\n", sys.stdout)
        raise typer.Exit(1)
    write("".join(f"restored {path}\n" for path in paths), sys.stdout)


def _asks(*, yes: bool) -> bool:
    """Return whether a person can answer a question, and --yes does not."""
    return not yes and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
