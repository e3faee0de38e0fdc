"""`run --diff`, `--fix` and `--undo`: plan, ask, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Report
from clawdoctor.repair.backups import NothingToUndoError, last_repair, restore, state_folder
from clawdoctor.repair.carry_out import carry_out
from clawdoctor.repair.plan import plan
from clawdoctor.repair.summary import RepairSummary, summary_of
from clawdoctor.repair.write import CannotWriteError
from clawdoctor.run.diagnosis import USAGE, Policy
from clawdoctor.run.situation import Situation


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report on the files in their current state. `problem` says why nothing was written."""

    report: Report
    problem: str = ""


def preview(situation: Situation, *, unsafe: bool, policy: Policy, timeout: float) -> Report:
    """Return the report with the diff of the fixes. Its exit code is 1 if there is a fix."""
    found = plan(situation, unsafe=unsafe, policy=policy, timeout=timeout)
    report = replace(found.first, repair=summary_of(found))
    return replace(report, exit_code=max(report.exit_code, 1)) if found.changed else report


def fix(
    situation: Situation,
    *,
    unsafe: bool,
    policy: Policy,
    timeout: float,
    agree: Callable[[RepairSummary], bool],
) -> Outcome:
    """Write the fixes if `agree` returns True for them, and return what remains.

    If one file must not be written, no file is changed.
    """
    found = plan(situation, unsafe=unsafe, policy=policy, timeout=timeout)
    summary = summary_of(found)
    if not found.changed:
        return Outcome(replace(found.first, repair=summary))
    if not agree(summary):
        return Outcome(found.first, "nothing was written")
    try:
        carry_out(found, situation)
    except CannotWriteError as error:
        first = replace(found.first, exit_code=max(found.first.exit_code, USAGE))
        return Outcome(first, f"{error}; nothing was written")
    return Outcome(replace(found.report, repair=replace(summary, written=True)))


def take_back(situation: Situation, agree: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    """Restore the files of the last repair in this folder if `agree` returns True for their paths.

    Return the restored paths. Raises NothingToUndoError and CannotWriteError.
    """
    state = state_folder(situation.environ, situation.home)
    paths = tuple(file.path for file in last_repair(state, situation.cwd).files)
    if not agree(paths):
        return ()
    restore(last_repair(state, situation.cwd))  # the files may have changed meanwhile
    return paths


__all__ = ["CannotWriteError", "NothingToUndoError", "Outcome", "fix", "preview", "take_back"]
