"""The findings of the report as blocks: what is wrong, where, why, what to write, what to run."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.finding import Action, Evidence, Fix, Severity, Step
from clawdoctor.report.frame import frame_lines, places_of
from clawdoctor.report.groups import Group
from clawdoctor.report.line import SEVERITY_STYLES, Line, Look, cells, counted, location, wrap

FULL_BLOCKS = 3
MOST_SHORT = 20
MOST_EVIDENCE = 3
MOST_HIDDEN = 3
BODY_LENGTH = 300
LEAST_PROSE = 24


def block_lines(groups: tuple[Group, ...], look: Look, *, notes: bool) -> list[Line]:
    """Full blocks for the first root causes, and one line for each of the others.

    With `notes`, notes follow them.
    """
    problems = [group for group in groups if group.severity is not Severity.INFO]
    full = problems if look.verbose else problems[:FULL_BLOCKS]
    lines: list[Line] = []
    for group in full:
        lines += [*_block(group, look), ()]
    short = problems[len(full) :]
    for group in short[:MOST_SHORT]:
        lines += short_lines(group, look)
    if left := len(short) - MOST_SHORT:
        lines += [((f"{left} more, -v", "dim"),)] if left > 0 else []
    if short:
        lines.append(())
    for group in groups if notes else ():
        if group.severity is Severity.INFO:
            lines += [*_note(group, look), ()]
    return lines


def short_lines(group: Group, look: Look) -> list[Line]:
    """A group as one line: code, place, message."""
    more = len(group.findings) - 1
    codes = list(dict.fromkeys(finding.code for finding in group.hidden))
    text = group.headline
    text += f" (and {counted(more, 'more place')})" if more else ""
    text += f" (hides {', '.join(codes)})" if codes else ""
    head = _head(group)
    place = group.lead.place
    where = f"{location(place, look)}  " if place else ""
    if cells(head + where) + LEAST_PROSE > look.width:
        text, where = f"{where.strip()} {text}".strip(), ""
    start: Line = ((head, SEVERITY_STYLES[group.severity]), (where, ""))
    return wrap(text, look.width, start, (("  ", ""),))


def _note(group: Group, look: Look) -> list[Line]:
    lines = short_lines(group, look)
    for detail in _distinct(finding.detail for finding in group.findings):
        lines += wrap(detail, look.width, (("  ", ""),), style="dim")
    return lines


def _head(group: Group) -> str:
    return f"{group.severity}[{group.lead.code}]: "


def _block(group: Group, look: Look) -> list[Line]:
    style = SEVERITY_STYLES[group.severity]
    lines = wrap(group.headline, look.width, ((_head(group), style),), (("  ", ""),), "bold")
    places = places_of(group)
    excerpt = places[0][0].excerpt if places else None
    gutter = " " * (max(2, len(str(excerpt.line)) if excerpt else 0) + 1)
    frame = frame_lines(places, gutter, style, look)
    notes = _notes(group, gutter, look)
    between: list[Line] = [((gutter + look.glyphs.bar, "dim"),)] if frame and notes else []
    return [*lines, *frame, *between, *notes]


def _notes(group: Group, gutter: str, look: Look) -> list[Line]:
    """The notes of a block: evidence, reasons, fixes, and the findings that it hides."""
    findings = group.findings
    evidence = _distinct(_evidence(item, look) for finding in findings for item in finding.evidence)
    details = _distinct(finding.detail for finding in findings)
    # Each hidden finding appears once, however many places it has.
    names = {
        (finding.code, finding.title or finding.message): finding
        for finding in reversed(group.hidden)
    }
    hidden = [f"{code} {text}" for code, text in reversed(names)]
    # Fixes for several places differ only in their edits.
    all_fixes = (fix for finding in findings for fix in finding.fixes)
    fixes = list({(fix.title, fix.snippet, fix.actions): fix for fix in all_fixes}.values())
    if not look.verbose:
        details, fixes = details[:1], list(group.lead.fixes[:1])
    lines = _prose("seen", _few(evidence, MOST_EVIDENCE, look), gutter, look)
    lines += _prose("why", details, gutter, look)
    for number, fix in enumerate(fixes):
        lines += _fix(fix, "or" if number else "write", gutter, look)
    return lines + _prose("hides", _few(hidden, MOST_HIDDEN, look), gutter, look)


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _few(texts: list[str], most: int, look: Look) -> list[str]:
    left = 0 if look.verbose else len(texts) - most
    return [*texts[:most], f"{left} more, -v"] if left > 0 else texts


def _evidence(evidence: Evidence, look: Look) -> str:
    text = evidence.summary
    if evidence.status is not None and str(evidence.status) not in text.split():
        text += f" {look.glyphs.arrow} {evidence.status}"
    body = " ".join((evidence.body or "").split())
    if len(body) > BODY_LENGTH and not look.verbose:
        body = body[:BODY_LENGTH] + look.glyphs.cut
    return f'{text} "{body}"' if body else text


def _label(label: str, gutter: str) -> Line:
    return ((f"{gutter}= ", "dim"), (f"{label:<5} ", "bold"))


def _hanging(gutter: str) -> Line:
    return ((" " * (len(gutter) + 8), ""),)


def _prose(label: str, texts: list[str], gutter: str, look: Look) -> list[Line]:
    """Wrapped texts. The label stands before the first line only."""
    lines: list[Line] = []
    for text in filter(str.strip, "\n".join(texts).splitlines()):
        first = _hanging(gutter) if lines else _label(label, gutter)
        lines += wrap(text, look.width, first, _hanging(gutter))
    return lines


def _fix(fix: Fix, label: str, gutter: str, look: Look) -> list[Line]:
    """What to write, then what to run. Neither is wrapped, so that users can copy it."""
    tag = f"({fix.applicability})" if fix.edits else ""
    snippet = fix.snippet.strip("\n").splitlines()
    lines: list[Line] = []
    if snippet:
        room = look.width - len(gutter) - 8
        beside = len(snippet) == 1 and cells(f"{snippet[0]}   {tag}") <= room
        if tag and not beside:
            lines.append((*_label(label, gutter), (tag, "dim")))
        for text in snippet:
            start = _hanging(gutter) if lines else _label(label, gutter)
            lines.append((*start, (text, "cyan"), (f"   {tag}" if beside else "", "dim")))
    elif fix.edits or not fix.actions:
        verb = "do" if label == "write" or not fix.edits else label
        lines += _prose(verb, [f"{fix.title} {tag}"], gutter, look)
    return lines + _actions(fix.actions, gutter, look)


def _actions(actions: tuple[Action, ...], gutter: str, look: Look) -> list[Line]:
    lines: list[Line] = []
    for action in actions:
        first = _hanging(gutter) if lines else _label("run", gutter)
        if isinstance(action, Step):
            lines += wrap(action.text, look.width, first, _hanging(gutter))
            continue
        for number, text in enumerate(action.text.splitlines()):
            lines.append((*(_hanging(gutter) if number else first), (text, "cyan")))
    return lines
