"""The findings of the report as blocks: what is wrong, where, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from clawdoctor.finding import Command, Evidence, Place, Severity
from clawdoctor.report.groups import Group
from clawdoctor.terminal.frame import MOST_PLACES, frame_lines
from clawdoctor.terminal.layout import fits, joined
from clawdoctor.terminal.line import (
    SEVERITY_STYLES,
    Line,
    Look,
    counted,
    enumerated,
    location,
    shown_path,
    wrap,
)
from clawdoctor.terminal.remedy import Margin, paragraph, remedy_lines

FULL_ERRORS = 10
FULL_WARNINGS = 5
MOST_SHORT = 10
MOST_HIDDEN = 3
BODY_LENGTH = 160
LEAST_PROSE = 24
_SAME = "the same"


def block_lines(groups: tuple[Group, ...], look: Look, *, notes: bool) -> list[Line]:
    """Return a block for each root cause: numbered errors with an excerpt, then warnings.

    With `notes`, notes follow them.
    """
    errors, warnings, infos = (
        [group for group in groups if group.severity is severity] for severity in Severity
    )
    most = len(groups) if look.verbose else FULL_ERRORS
    numbers = range(1, len(errors) + 1) if len(errors) > 1 else ()
    heads = [f"{number} " for number in numbers] or [""] * len(errors)
    repeated = _repeated(errors)
    lines: list[Line] = []
    for index, (group, number) in enumerate(zip(errors[:most], heads, strict=False)):
        later = errors[index + 1 : most]
        lines += [*_block(group, number, _elsewhere(repeated, later), look), ()]
    lines += _short_list(errors[most:], look)
    shown = {action for group in errors[:most] for action in _commands(group)}
    most = len(groups) if look.verbose else FULL_WARNINGS
    for group in warnings[:most]:
        lines += [*_plain_block(group, shown, look), ()]
        shown |= set(_commands(group))
    lines += _short_list(warnings[most:], look)
    for group in infos if notes else ():
        lines += [*_note(group, look), ()]
    return lines


def _commands(group: Group) -> list[Command]:
    fixes = group.lead.fixes[:1]
    return [item for fix in fixes for item in fix.actions if isinstance(item, Command)]


def _repeated(groups: list[Group]) -> dict[Command, list[Group]]:
    """Return the groups that each command is for. Only the last group shows it."""
    found: dict[Command, list[Group]] = {}
    for group in groups:
        for command in _commands(group):
            found.setdefault(command, []).append(group)
    return found


def _elsewhere(repeated: dict[Command, list[Group]], later: list[Group]) -> set[Command]:
    return {command for command, groups in repeated.items() if groups[-1] in later}


def _short_list(groups: list[Group], look: Look) -> list[Line]:
    lines = [line for group in groups[:MOST_SHORT] for line in short_lines(group, look)]
    if (left := len(groups) - MOST_SHORT) > 0:
        lines.append(((f"{left} more, -v", "dim"),))
    return [*lines, ()] if lines else []


def short_lines(group: Group, look: Look) -> list[Line]:
    """Return a group as one line: code, place, message."""
    more = len(group.findings) - 1
    codes = list(dict.fromkeys(finding.code for finding in group.hidden))
    text = group.headline
    text += f" (and {counted(more, 'more place')})" if more else ""
    text += f" (causes {', '.join(codes)})" if codes else ""
    head = _head(group)
    place = group.lead.place
    where = f"{location(place, look)}  " if place else ""
    if not fits(look.width - LEAST_PROSE, head, where):
        text, where = f"{where.strip()} {text}".strip(), ""
    start: Line = ((head, SEVERITY_STYLES[group.severity]), (where, ""))
    return wrap(text, look.width, start, (("  ", ""),))


def _note(group: Group, look: Look) -> list[Line]:
    lines = short_lines(group, look)
    for detail in _distinct(finding.detail for finding in group.findings):
        lines += wrap(detail, look.width, (("  ", ""),), style="dim")
    return lines


def _head(group: Group) -> str:
    return f"{group.severity}[{group.lead.code}] "


def _block(group: Group, number: str, elsewhere: set[Command], look: Look) -> list[Line]:
    """Return an error: headline, places with the first one's line, reasons, and what to do."""
    style = SEVERITY_STYLES[group.severity]
    head: Line = ((number + _head(group), style),)
    lines = wrap(group.headline, look.width, head, (("  ", ""),), "bold")
    places = places_of(group)
    excerpt = places[0][0].excerpt if places else None
    gutter = " " * (max(2, len(str(excerpt.line)) if excerpt else 0) + 1)
    frame = frame_lines(places, gutter, style, look)
    margin: Margin = ((f"{gutter}{look.glyphs.bar} ", "dim"),)
    notes = _notes(group, margin, elsewhere, look)
    between: list[Line] = [((gutter + look.glyphs.bar, "dim"),)] if frame and notes else []
    return [*lines, *frame, *between, *notes]


def _plain_block(group: Group, elsewhere: set[Command], look: Look) -> list[Line]:
    """Return a warning: headline, places, why, and what to do, without the line of the file."""
    places = places_of(group)
    style = SEVERITY_STYLES[group.severity]
    lines = wrap(group.headline, look.width, ((_head(group), style),), (("  ", ""),), "bold")
    if places:
        where = _listed([place for place, _ in places], look)
        last = joined(lines[-1], ((f"   {where}", "dim"),), look.width)
        if last is not None:
            lines[-1] = last
        else:
            lines += wrap(where, look.width, (("   ", ""),), style="dim")
    return [*lines, *_notes(group, (("   ", ""),), elsewhere, look)]


def _listed(places: list[Place], look: Look) -> str:
    """Return the first place, with the lines of a few others in its file, or how many more."""
    first, *others = (location(place, look) for place in places)
    paths = {place.path for place in places}
    lines = sorted({place.span.start.line for place in places if place.span is not None})
    if len(paths) == 1 and 1 < len(lines) == len(places) <= MOST_PLACES:
        return f"{shown_path(places[0].path, look)}:{enumerated(lines)}"
    return first + (f" and {counted(len(others), 'more place')}" if others else "")


def _notes(group: Group, margin: Margin, elsewhere: set[Command], look: Look) -> list[Line]:
    """Return the notes of a block: evidence, reasons, fixes, and the symptoms."""
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
        evidence, details, fixes = evidence[:1], details[:1], list(group.lead.fixes[:1])
    lines = [line for text in _lines(details) for line in paragraph(text, margin, look)]
    lines += _labelled("seen", evidence, margin, look)
    for number, fix in enumerate(fixes):
        lines += remedy_lines(fix, "or" if number else "", margin, elsewhere, look)
    return lines + _labelled("causes", _few(hidden, MOST_HIDDEN, look), margin, look)


def _labelled(label: str, texts: list[str], margin: Margin, look: Look) -> list[Line]:
    lines: list[Line] = []
    for text in _lines(texts):
        shown = " " * len(label) if lines else label
        lines += paragraph(text, margin, look, label=shown, hang=True)
    return lines


def _lines(texts: list[str]) -> list[str]:
    return [text for text in "\n".join(texts).splitlines() if text.strip()]


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


def places_of(group: Group) -> list[tuple[Place, str]]:
    """Return each place of the group once, with the label beside it.

    The places of the findings come first, then the related ones, both in the order of the lines.
    """
    found: list[tuple[Place, str]] = []
    related: list[tuple[Place, str]] = []
    kinds = len({finding.message for finding in group.findings})
    for finding in group.findings:
        if finding.place:
            message = finding.message if kinds > 1 else _SAME
            found.append((finding.place, finding.place.label or message))
        related += [(place, place.label) for place in finding.related]
    distinct: dict[tuple[object, ...], tuple[Place, str]] = {}
    for place, label in [*_in_order(found), *_in_order(related)]:
        distinct.setdefault((place.path, place.span or place.pointer), (place, label))
    shown: list[tuple[Place, str]] = []
    previous = _SAME
    for place, label in distinct.values():
        same = label == previous
        shown.append((place, (_SAME if shown else "") if same and label else label))
        previous = label
    return shown


def _in_order(places: list[tuple[Place, str]]) -> list[tuple[Place, str]]:
    """Return places by line, in the order of their files."""
    paths = list(dict.fromkeys(place.path for place, _ in places))

    def order(item: tuple[Place, str]) -> tuple[int, int, int]:
        start = item[0].span.start if item[0].span is not None else None
        line, column = (start.line, start.column) if start is not None else (0, 0)
        return paths.index(item[0].path), line, column

    return sorted(places, key=order)
