"""The frame of a finding: its places, and the first place's line with carets."""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.finding import Excerpt, Place
from clawdoctor.terminal.line import Line, Look, cells, fit, keep_end, location, wrap

MOST_PLACES = 4
"""The maximum number of places that the frame lists after the first."""
_NAME = regex(r"(?<![\w\"'.-])(\"[\w.-]{1,40}\"|[\w.-]{1,40}): ")
_FARTHEST_NAME = 400
"""The characters before the caret in which the name of its setting is looked for."""


def frame_lines(places: list[tuple[Place, str]], gutter: str, style: str, look: Look) -> list[Line]:
    """Return the list of places. The first has its line of the file, if known."""
    lines: list[Line] = []
    shown = places if look.verbose else places[: MOST_PLACES + 1]
    for number, (place, label) in enumerate(shown):
        sign = f"{gutter}{look.glyphs.tee if number else look.glyphs.corner} "
        room = look.width - cells(sign)
        where = keep_end(location(place, look), room, look.glyphs)
        start: Line = ((sign, "dim"), (where, ""))
        if number == 0 and place.excerpt:
            lines += [start, *_excerpt(place.excerpt, label, gutter, style, look)]
        elif not label:
            lines.append(start)
        elif cells(where) + 2 + min(cells(label), 30) <= room:
            rest: Line = ((f"{gutter}{look.glyphs.bar}    ", "dim"),)
            lines += wrap(label, look.width, (*start, ("  ", "")), rest)
        else:
            under: Line = ((f"{gutter}{look.glyphs.bar}    ", "dim"),)
            lines += [start, *wrap(label, look.width, under, under)]
    if left := len(places) - len(shown):
        lines.append(((f"{gutter}{look.glyphs.bar}  and {left} more, -v", "dim"),))
    return lines


def _excerpt(excerpt: Excerpt, label: str, gutter: str, style: str, look: Look) -> list[Line]:
    """Return the line with its number, and carets under the marked part."""
    bar = f"{look.glyphs.bar} "
    text, start, end = cut_around(excerpt, look.width - cells(gutter + bar), look)
    carets = "^" * max(1, cells(text[start:end]))
    number = str(excerpt.line).rjust(len(gutter) - 1) + " "
    lines: list[Line] = [((number + bar, "dim"), (text, ""))]
    pad = cells(text[:start])
    under: Line = ((gutter + bar, "dim"), (" " * pad + carets, style))
    if not label:
        return [*lines, under]
    used = len(gutter) + cells(bar) + pad + len(carets) + 1
    if used + cells(label) <= look.width:
        return [*lines, (*under, (f" {label}", style))]
    # There is no room beside the carets. The label goes below, far enough left to be readable.
    pad = max(0, min(pad, look.width - len(gutter) - cells(bar) - min(cells(label), 50)))
    rest: Line = ((gutter + bar, "dim"), (" " * pad, ""))
    return [*lines, under, *wrap(label, look.width, rest, rest, style)]


def cut_around(excerpt: Excerpt, room: int, look: Look) -> tuple[str, int, int]:
    """Return the part of a line that fits in `room` cells around its caret, with its offsets."""
    text = excerpt.text.rstrip()
    start = max(0, min(excerpt.start - 1, len(text)))
    end = max(start, min(excerpt.end - 1, len(text)))
    # A caret after the last character needs a cell of its own.
    if cells(text) + (start == len(text)) <= room:
        return text, start, end
    sign = look.glyphs.cut
    budget = room - 2 * cells(sign) - 1
    left, right, meant = _window(text, start, end, budget)
    name = _name_before(text, start)
    if left <= cells(sign):
        left = 0
        right = (
            start + meant + fit(text[start + meant :][:room], budget - cells(text[: start + meant]))
        )
    elif name is not None and name.start() < left and cells(name[0]) <= budget // 3:
        return _named_cut(text, start, end, name, budget, look)
    head = sign if left else ""
    tail = sign if right < len(text) else ""
    shift = len(head) - left
    return head + text[left:right] + tail, start + shift, min(end, start + meant) + shift


def _window(text: str, start: int, end: int, budget: int) -> tuple[int, int, int]:
    """Return the part around the caret that fits in `budget` cells, and the caret's length."""
    meant = fit(text[start:end], budget)
    spare = budget - cells(text[start : start + meant])
    # The text before usually names the key; the text after is often only a comma.
    after = fit(text[start + meant : start + meant + budget], max(spare, 0) // 3)
    before = fit(text[max(0, start - budget) : start][::-1], spare - max(spare, 0) // 3)
    return start - before, start + meant + after, meant


def _name_before(text: str, start: int) -> re.Match[str] | None:
    """Return the last key of a setting before the caret."""
    near = max(0, start - _FARTHEST_NAME)
    return next(reversed(list(_NAME.finditer(text, near, start))), None)


def _named_cut(
    text: str, start: int, end: int, name: re.Match[str], budget: int, look: Look
) -> tuple[str, int, int]:
    """Return the part around the caret after the name of its setting."""
    sign = look.glyphs.cut
    before = sign if text[: name.start()].strip(" -") else ""
    left, right, meant = _window(text, start, end, budget - cells(before + name[0]))
    left = max(left, name.end())
    head = before + name[0] + (sign if left > name.end() else "")
    tail = sign if right < len(text) else ""
    shift = len(head) - left
    return head + text[left:right] + tail, start + shift, min(end, start + meant) + shift
