"""The place of the first change, in the sentence that says what to change."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import PurePath

from clawdoctor.finding import Fix, Place
from clawdoctor.report.groups import Group
from clawdoctor.source.node import split_pointer
from clawdoctor.source.text import START
from clawdoctor.terminal.line import Look, counted, enumerated, shown_path

FILE_NAMES = {"openclaw": "openclaw.json", "litellm": "litellm_config.yaml"}

FILE_STAGES = ("openclaw", "litellm", "docker")

MOST_LISTED = 3
"""The number of lines of a file, or of steps, up to which they are listed."""


def with_place(what: str, group: Group, fix: Fix, look: Look) -> str:
    """Return what to do with the place of the first finding, or of the first edit elsewhere.

    If the title names the file, the line follows the name. Another fix without edits has a place if
    the findings have different fixes, or if the finding is about a file and it shows lines to write
    or names the setting: what a running program answers may have other causes.
    """
    place = group.lead.place
    if place is None:
        return what
    known = (PurePath(place.path).name, *FILE_NAMES.values())
    names = [name for name in known if re.search(rf"(?<![\w./-]){re.escape(name)}\b", what)]
    where = _place_of_change(group, place, fix, look)
    if place.span is not None and f"line {place.span.start.line} of" in what:
        return what
    if names and PurePath(where.partition(":")[0]).name == names[0]:
        return what.replace(names[0], where, 1) if fix.edits or _has_line(place) else what
    if names and not fix.edits:
        return what
    titles = {other.title for finding in group.findings for other in finding.fixes[:1]}
    in_file = group.lead.stage in FILE_STAGES and (fix.snippet or _names_key(what, place))
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
    if 1 < len(lines) <= MOST_LISTED and len(lines) == len(group.findings):
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
