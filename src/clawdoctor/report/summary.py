"""The last lines of the report: a short verdict, the first step, and what was checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath

from clawdoctor.deferred import regex
from clawdoctor.finding import Fix, Outcome, Place, Report, Severity, Step
from clawdoctor.report.answer import mark, uses_fallback
from clawdoctor.report.gaps import PROGRAMS, gaps
from clawdoctor.report.groups import Group, found_groups
from clawdoctor.report.routes import duration, routes_in_use
from clawdoctor.run.repeat import with_options
from clawdoctor.source.node import split_pointer
from clawdoctor.source.text import START
from clawdoctor.terminal.line import Line, Look, counted, enumerated, shown_path, wrap
from clawdoctor.terminal.remedy import APPLY

_FILE_NAMES = {"openclaw": "openclaw.json", "litellm": "litellm_config.yaml"}
_MODES = {"free": "no test message sent"}
_FILE_STAGES = ("openclaw", "litellm", "docker")
_MOST_LINES = 3
_LAST_LINES = 5
"""The number of lines that the first step and the dim lines after it share."""
_LAST_NOUN = regex(r"\bthe (model|deployment|provider)$")
_NO_CHANGE = regex(
    r"\b(?:re)?start\b|^(?:where .{3,20}, )?(?:check|find|look|read|search|test|wait)\b",
    re.IGNORECASE,
)
"""Advice to look at something, or to restart a program."""
_PLACE_FIRST = ("in ", "under ")
"""How a step begins that says where to do something."""
_ANSWER = {"broken": "Cannot answer", "degraded": "Answers in part", "answers": "Answers"}


def last_lines(report: Report, groups: tuple[Group, ...], look: Look) -> list[Line]:
    """Return the verdict and the counts, the first step, and in dim lines what was checked.

    The first step begins in one of the last five lines.
    """
    found = found_groups(report, groups)
    sign, style = mark(report, found, look)
    counts = _joined([_status(report, found), *_counts(report, groups, look)], look)
    lines = wrap(counts, look.width, ((f"{sign} ", style),), (("  ", ""),), style)
    if report.exit_reason:
        lines += wrap(f"The exit code is 1: {report.exit_reason}.", look.width, (("  ", ""),))
    written = report.repair is not None and report.repair.written
    step: list[Line] = []
    if first := "" if written else _first_step(report, groups, look):
        arrow: Line = ((f"{look.glyphs.arrow} ", "bold"),)
        text = with_options(first, report.options)
        step = wrap(text, look.width, arrow, (("  ", ""),), "bold")
    return [*lines, *step, *_footer(report, groups, look, _LAST_LINES - len(step))]


def _footer(report: Report, groups: tuple[Group, ...], look: Look, room: int) -> list[Line]:
    """Return what was checked and what was not, in at most `room` lines unless `look` is verbose.

    If there is no room, costs, versions and files are left out from the end, then the hint.
    """
    about = _about(report, look)
    gap = [sentence.removesuffix(".") for sentence in gaps(report, verbose=look.verbose)]
    more = [_more(groups, look)]
    while True:
        text = _joined([*about, *gap, *more], look)
        lines = wrap(text, look.width, (("  ", ""),), style="dim")
        left_out = about or more
        if look.verbose or len(lines) <= room or not left_out:
            return lines
        left_out.pop()


def _joined(parts: list[str], look: Look) -> list[str]:
    present = [part for part in parts if part]
    return [f"{part} {look.glyphs.dot}" for part in present[:-1]] + present[-1:]


def _status(report: Report, groups: tuple[Group, ...]) -> str:
    if report.verdict == "broken" and not routes_in_use(report.routes):
        return "Does not work"
    problems = {group.severity for group in groups} - {Severity.INFO}
    if report.verdict == "answers" and not problems and not report.internal_errors:
        return "No problems" + (" in these checks" if report.narrowed else "")
    if report.verdict == "degraded" and report.answers_with is None:
        return "Fails in part"  # no test message was answered
    if report.verdict == "degraded" and uses_fallback(report):
        return "Answers only with a fallback"
    if report.verdict != "unknown":
        return _ANSWER[report.verdict]
    if Severity.ERROR in problems:
        return "May not answer"
    if report.internal_errors:
        return "Checked in part"
    if problems:
        return "No errors"
    return "No errors or warnings" + (" in these checks" if report.narrowed else "")


def _counts(report: Report, groups: tuple[Group, ...], look: Look) -> Iterator[str]:
    problems = [_places(groups, severity) for severity in (Severity.ERROR, Severity.WARNING)]
    yield ", ".join(filter(None, problems))
    if report.internal_errors:
        yield counted(len(report.internal_errors), "internal error")
    if look.verbose or not any(problems):
        passed = sum(check.outcome is Outcome.PASSED for check in report.checks)
        yield f"{counted(passed, 'check')} passed"
    notes = sum(group.severity is Severity.INFO for group in groups)
    if notes:
        shown = look.verbose or report.fail_on is Severity.INFO
        yield counted(notes, "note") + ("" if shown else " (-v)")
    if report.suppressed:
        yield f"{len(report.suppressed)} suppressed"


def _places(groups: tuple[Group, ...], severity: Severity) -> str:
    chosen = [group for group in groups if group.severity is severity]
    places = sum(len(group.findings) for group in chosen)
    if not chosen:
        return ""
    where = f" in {places} places" if places > len(chosen) else ""
    return counted(len(chosen), severity.value) + where


def _first_step(report: Report, groups: tuple[Group, ...], look: Look) -> str:
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
        what = _with_place(what, problems[0], fix, look)
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
    return new if len(new) < _MOST_LINES else ["Set the variables as shown"]


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


def _with_place(what: str, group: Group, fix: Fix, look: Look) -> str:
    """Return what to do with the place of the first finding, or of the first edit elsewhere.

    If the title names the file, the line follows the name. Another fix without edits has a place if
    the findings have different fixes, or if the finding is about a file and it shows lines to write
    or names the setting: what a running program answers may have other causes.
    """
    place = group.lead.place
    if place is None:
        return what
    known = (PurePath(place.path).name, *_FILE_NAMES.values())
    names = [name for name in known if re.search(rf"(?<![\w./-]){re.escape(name)}\b", what)]
    where = _place_of_change(group, place, fix, look)
    if place.span is not None and f"line {place.span.start.line} of" in what:
        return what
    if names and PurePath(where.partition(":")[0]).name == names[0]:
        return what.replace(names[0], where, 1) if fix.edits or _has_line(place) else what
    if names and not fix.edits:
        return what
    titles = {other.title for finding in group.findings for other in finding.fixes[:1]}
    in_file = group.lead.stage in _FILE_STAGES and (fix.snippet or _names_key(what, place))
    return f"{what} ({where})" if fix.edits or len(titles) > 1 or in_file else what


def _names_key(what: str, place: Place) -> bool:
    """Return whether a sentence names the setting at a place."""
    keys = [key for key in split_pointer(place.pointer) if not key.isdecimal() and key != "-"]
    return bool(keys) and re.search(rf"\b{re.escape(keys[-1])}\b", what) is not None


def _has_line(place: Place) -> bool:
    """Return whether a place is more than the start of its file."""
    return place.span is not None and place.span.start != START


def _place_of_change(group: Group, place: Place, fix: Fix, look: Look) -> str:
    """Return the place of a change. A few places in one file are listed, otherwise counted."""
    if place.span is None:
        return shown_path(place.path, look)
    path, line = place.path, place.span.start.line
    replaced = [edit.span for edit in fix.edits if edit.span.start != edit.span.end]
    if fix.edits and all(edit.span.path != path for edit in fix.edits):
        path, line = fix.edits[0].span.path, fix.edits[0].span.start.line
    elif replaced and all(span.path != path or span.start.line != line for span in replaced):
        path, line = replaced[0].path, replaced[0].start.line
    lines = _edited_lines(group, path)
    if lines == [line]:
        return f"{shown_path(path, look)}:{line}"
    if 1 < len(lines) <= _MOST_LINES and len(lines) == len(group.findings):
        return f"{shown_path(path, look)}:{enumerated(lines)}"
    more = len(group.findings) - 1
    others = f" and {counted(more, 'more place')}" if more else ""
    return f"{shown_path(path, look)}:{line}{others}"


def _edited_lines(group: Group, path: str) -> list[int]:
    """Return the lines of a file that the findings of a group point to, or that they edit."""
    lines = set()
    for finding in group.findings:
        pointed = finding.place.span if finding.place is not None else None
        edited = (edit.span for fix in finding.fixes[:1] for edit in fix.edits[:1])
        spans = (span for span in (pointed, *edited) if span is not None and span.path == path)
        lines |= {span.start.line for span in islice(spans, 1)}
    return sorted(lines)


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


def _about(report: Report, look: Look) -> list[str]:
    """Return the files, the proxies or the mode, the versions, the cost and the time."""
    return [
        *_inputs(report, look),
        *(report.proxies or (_MODES.get(report.mode, report.mode),)),
        *_versions(report, look),
        _cost(report),
        duration(report.duration_ms) if report.duration_ms < 100 else _seconds(report),
        f"clawdoctor {report.version}" if look.verbose else "",
    ]


def _inputs(report: Report, look: Look) -> Iterator[str]:
    for item in report.inputs:
        if item.kind == "log" and not _log_is_evidence(report):
            continue
        if item.found:
            yield shown_path(item.path, look)
        elif item.kind in _FILE_NAMES:
            yield f"no {_FILE_NAMES[item.kind]}"


def _log_is_evidence(report: Report) -> bool:
    """Return whether a finding has evidence from a log. Other logs are not worth mentioning."""
    return any(item.kind == "log" for finding in report.findings for item in finding.evidence)


def _versions(report: Report, look: Look) -> Iterator[str]:
    for program, version in report.versions.items():
        if version is None:
            continue
        text = f"{PROGRAMS.get(program, program)} {version.value}"
        text += " or later" if version.lower_bound else ""
        text += f" ({version.source})" if look.verbose and version.source else ""
        yield text


def _cost(report: Report) -> str:
    cost = report.cost
    if not cost.requests:
        return ""
    if not cost.billable_requests:
        return f"{counted(cost.requests, 'request')}, nothing billed"
    tokens = cost.prompt_tokens + cost.completion_tokens
    return f"{counted(cost.billable_requests, 'test message')}, {counted(tokens, 'token')}"


def _seconds(report: Report) -> str:
    return f"{report.duration_ms / 1000:.1f} s"


def _more(groups: tuple[Group, ...], look: Look) -> str:
    """Return how to learn more about a code."""
    code = next((g.lead.code for g in groups if g.severity is not Severity.INFO), None)
    return "" if code is None or look.verbose else f"More about {code}: `clawdoctor explain {code}`"
