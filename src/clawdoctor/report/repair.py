"""The lines about a repair: what was fixed, what was left out, and what to do next."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.finding import Command, in_terminals, prose_of
from clawdoctor.repair.summary import RepairLine, RepairSummary, remaining_actions
from clawdoctor.run.repeat import with_options
from clawdoctor.terminal.line import Line, Look, counted, location, wrap
from clawdoctor.terminal.remedy import APPLY

_MOST_PLACES = 10


def repair_lines(repair: RepairSummary, options: str, look: Look) -> list[Line]:
    """Return what was fixed, by finding, and the fixes that were left out, with reasons.

    `options` are those that the next run needs too.
    """
    style = "bold green" if repair.written else "bold"
    lines = wrap(with_options(_sentence(repair), options), look.width, style=style)
    for line in _few(repair.done, look):
        lines += _line(line, look)
    if left := len(repair.done) - len(_few(repair.done, look)):
        lines.append(((f"  {left} more, -v", "dim"),))
    if repair.left_out:
        lines += wrap("Not applied:", look.width)
    for line in repair.left_out:
        lines += _line(line, look)
    return lines


def next_lines(repair: RepairSummary, options: str, look: Look) -> list[Line]:
    """Return what to do after the files have changed: prose and commands.

    `options` are those that the next run needs too.
    """
    again = Command(with_options(CHECK_AGAIN.text, options))
    lines: list[Line] = []
    if not repair.written:
        return lines
    actions = [action for action in remaining_actions(repair.done) if action != again]
    for action in in_terminals((*actions, again)):
        if prose := prose_of(action):
            lines += wrap(prose, look.width, (("  ", ""),))
        if isinstance(action, Command):
            lines += [((f"  {text}", "cyan"),) for text in action.text.splitlines()]
    undo: Line = (("To undo the changes: ", "dim"), ("clawdoctor run --undo", "cyan"))
    return [(("Now:", "bold"),), *lines, undo]


def _sentence(repair: RepairSummary) -> str:
    if not repair.done:
        start = "No safe fixes" if repair.unsafe else "Nothing to fix"
        return f"{start}{_left(repair)}."
    fixes, files = counted(len(repair.done), "problem"), counted(len(repair.files), "file")
    verb = "Fixed" if repair.written else "Would fix"
    return f"{verb} {fixes} in {files}{_left(repair)}."


def _left(repair: RepairSummary) -> str:
    """Return the fixes that other options apply."""
    left = ""
    if repair.unsafe:
        fixes = "1 unsafe fix is" if repair.unsafe == 1 else f"{repair.unsafe} unsafe fixes are"
        left = f"; {fixes} left (`{APPLY['unsafe']}`)"
    if repair.notes:
        notes = "1 note has" if repair.notes == 1 else f"{repair.notes} notes have"
        left += f"; {notes} a safe fix (`{APPLY['safe']} --fail-on info`)"
    return left


def _few(lines: tuple[RepairLine, ...], look: Look) -> tuple[RepairLine, ...]:
    return lines if look.verbose else lines[:_MOST_PLACES]


def _line(line: RepairLine, look: Look) -> list[Line]:
    where = f"{location(line.place, look)}  " if line.place is not None else ""
    unsafe = " (unsafe)" if line.applicability == "unsafe" else ""
    why = f": {line.reason}" if line.reason else ""
    start: Line = ((f"  {line.code} ", "bold"), (where, ""))
    return wrap(f"{line.title}{unsafe}{why}", look.width, start, (("      ", ""),))
