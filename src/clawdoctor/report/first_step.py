"""What to do first, in one or two sentences of the last lines."""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.finding import Fix, Report, Severity, Step
from clawdoctor.report.change_place import MOST_LISTED, with_place
from clawdoctor.report.groups import Group
from clawdoctor.terminal.line import Look
from clawdoctor.terminal.remedy import APPLY

_LAST_NOUN = regex(r"\bthe (model|deployment|provider)$")

_NO_CHANGE = regex(
    r"\b(?:re)?start\b|^(?:where .{3,20}, )?(?:check|find|look|read|search|test|wait)\b",
    re.IGNORECASE,
)
"""Advice to look at something, or to restart a program."""

_PLACE_FIRST = ("in ", "under ")
"""How a step begins that says where to do something."""


def first_step(report: Report, groups: tuple[Group, ...], look: Look) -> str:
    """Return what to do first: the fix of the first problem, or the run that checks more."""
    problems = [group for group in groups if group.severity is not Severity.INFO]
    if not problems:
        return _next_run(report)
    errors = sum(group.severity is Severity.ERROR for group in problems)
    lead = problems[0].lead
    fix = next(iter(lead.fixes), None)
    start = "Start with 1: " if errors > 1 else ""
    what = _titles(problems[0]) or f"`clawdoctor explain {lead.code}` says what to do"
    if fix is not None:
        what = with_place(what, problems[0], fix, look)
    sentence = f"{start}{what}" if start else what[:1].upper() + what[1:]
    steps = _variables(problems[0], what)
    rest = "both" if errors == 2 else f"problems 1 to {errors}"
    option = _by_option(problems, fix, short=bool(steps))
    if errors > 1:
        by_hand = " ".join(f"{step}." for step in steps)
        both = (option, by_hand) if "does it" in option else (by_hand, option)
        then = [*both, _checking_again(problems, what, [], f"After fixing {rest},")]
    else:
        then = [option, _checking_again(problems, what, steps, "Then")]
    return " ".join(part for part in (f"{sentence}.", *then) if part)


def _variables(group: Group, what: str) -> list[str]:
    """Return the steps that set variables by hand, if the sentence does not already say so."""
    if len({fix.title for finding in group.findings for fix in finding.fixes[:1]}) > 1:
        return []
    steps = {
        act.text: act.sets
        for finding in group.findings for fix in finding.fixes[:1] for act in fix.actions
        if isinstance(act, Step) and act.sets
    }  # fmt: skip
    said = {name.casefold() for name in re.findall(r"\b(?:[Ss]et|[Pp]ut) (\w+)", what)}
    new = [text for text, name in steps.items() if name.casefold() not in said]
    return new if len(new) < MOST_LISTED else ["Set the variables as shown"]


def _checking_again(problems: list[Group], what: str, steps: list[str], when: str) -> str:
    """Return how to see whether a change worked, after the steps that come first."""
    first = [group.lead.fixes[0] for group in problems
             if group.severity is problems[0].severity and group.lead.fixes]  # fmt: skip
    restarted = {act.restarts for fix in first for act in fix.actions} - {""}
    before = [f"{step[:1].lower()}{step[1:]}" for step in steps]
    if restarted and not (first and _NO_CHANGE.search(first[0].title)):
        before.append(f"restart {' and '.join(sorted(restarted))}")
    elif "clawdoctor run" in what or "try again" in what:
        return ""
    comma = "," if before and before[0].startswith(_PLACE_FIRST) and when == "Then" else ""
    said = ", ".join(before) + (", and " if before else "")
    return f"{when}{comma} {said}run `clawdoctor run` again."


def _titles(group: Group) -> str:
    """Return the title of the group's fix, or if its findings have different fixes, the first two.

    Two are joined, and more are counted.
    """
    fixes = (fix for finding in group.findings for fix in finding.fixes[:1])
    titles = list(dict.fromkeys(" ".join(fix.title.split()).rstrip(".:") for fix in fixes))
    if not group.lead.fixes:
        return ""
    if len(titles) < 2:
        return _for_all(titles[0], len({finding.place for finding in group.findings}))
    if len(titles) == 2:
        return f"{titles[0]}, and {titles[1][:1].lower()}{titles[1][1:]}"
    return f"{titles[0]}, and make {len(titles) - 1} more changes"


def _for_all(title: str, places: int) -> str:
    """Return a title with its last noun in the plural if it applies to several places."""
    if places == 1:
        return title
    every = "both" if places == 2 else f"all {places}"
    return _LAST_NOUN.sub(rf"{every} \1s", title)


def _by_option(problems: list[Group], first: Fix | None, *, short: bool) -> str:
    """Return how many of the problems an option of `run` fixes."""
    kinds = [_applied_by(group) for group in problems]
    safe = kinds.count("safe")
    kind = "safe" if safe else "unsafe"
    count = kinds.count(kind)
    if not count:
        return ""
    first_too = first is not None and bool(first.edits) and first.applicability == kind
    if count == 1 and first_too:
        what = "does it"
    elif count == len(problems):
        what = "fixes both" if count == 2 else f"fixes all {count}"
    elif count == 1:
        what = f"fixes only {_named(problems, kinds.index(kind))}"
    else:
        what = f"fixes {count} of the {len(problems)} problems"
    what += (
        "; with --diff instead of --fix, it only shows the change"
        if kind == "unsafe" and not short
        else ""
    )
    return f"`{APPLY[kind]}` {what}."


def _named(problems: list[Group], index: int) -> str:
    """Return the number of a problem in the report if it has one, else its code."""
    errors = sum(group.severity is Severity.ERROR for group in problems)
    return f"problem {index + 1}" if index < errors > 1 else problems[index].lead.code


def _applied_by(group: Group) -> str:
    """Return the kind of fix that fixes all places of a group, or "" if a person has to."""
    kinds = {
        next((fix.applicability for fix in finding.fixes if fix.edits), "")
        for finding in group.findings
    }
    if "" in kinds or not kinds <= {"safe", "unsafe"}:
        return ""
    return "unsafe" if "unsafe" in kinds else "safe"


def _next_run(report: Report) -> str:
    if report.internal_errors:
        return ""
    hidden = [each.code for each in report.suppressed if each.severity is Severity.ERROR]
    if hidden and report.verdict != "answers":
        return f"{hidden[0]} is suppressed but not fixed: `clawdoctor explain {hidden[0]}`."
    if report.narrowed:
        return "`clawdoctor run` runs all checks."
    if report.verdict == "answers":
        return ""
    what = {
        "offline": "`clawdoctor run` also checks the proxy and Azure.",
        "free": "`clawdoctor run` also sends a test message.",
    }
    return what.get(report.mode, "")
