"""Repairs of obvious slips in a YAML text: tabs, a missing space, an unquoted value.

A repair rewrites none of the file's own text, which may be secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from clawdoctor.deferred import regex
from clawdoctor.source.change import Edit
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

_MOST = 10
_LONGEST = 50_000
"""The limits for repairs and characters that keep the total below a second."""
_TABS = regex(r"(?m)^[ ]*\t[ \t]*")
_BLOCK = regex(r":[ \t]*(?:[ \t]#.*)?$")
_WIDTHS = (2, 4, 8)
"""The widths at which editors show a tab."""
_HEAD = r"(?P<head>[ ]*(?:-[ ]+)*(?:[\w./-]+:[ ]+)?)"
_VALUE = regex(rf"{_HEAD}(?P<value>(?![\"'\[{{|>#])\S(?:[^\"\\#]|(?<=\S)#)*?)[ ]*(?:[ ]#.*)?$")
_COLON = regex(r"[ ]*(?:-[ ]+)*[A-Za-z_]+(?P<colon>:)(?=[^\s/])")
_DASH = regex(r"[ ]*(?P<dash>-)(?=[A-Za-z_]+:(?:[ ]|$))")
_COMMENT = regex(rf"{_HEAD}(?:\"[^\"\\]*\"|'[^']*')(?=#)")
_OPEN = regex(rf"{_HEAD}(?P<quote>[\"'])(?P<value>[^\"'\\#]*[^\"'\\#\s])[ ]*$")
_COMMA = regex(rf"{_HEAD}(?:\"[^\"\\]*\"|'[^']*')(?P<comma>,)[ ]*(?:[ ]#.*)?$")
"""A comma after a quoted value, as in JSON."""
_NEEDS_QUOTES = regex(r"[*&!%@`]")
_REFERENCE = regex(r"(?<=[:,\[{])(?P<gap>[ ]*)(?P<value>\$\{\w[^\s{}\"'#,]*\})(?=[ ]*[,\]}])")
"""A reference to a variable in brackets, where its own brackets end the value."""

_Repair = tuple[tuple[int, int, str], ...]
"""Ranges to replace, in order, each with its new text."""


def mended(
    text: Text, fault: SyntaxFault, is_plausible: Callable[[Node], bool] = lambda _: True
) -> tuple[Edit, ...]:
    """Return the edits that make a text valid; empty if one of its faults has no obvious repair.

    If tabs have several readings, the only one with a plausible root counts.
    """
    if len(text.content) > _LONGEST:
        return ()
    if not _TABS.search(text.content):
        found = _mended(text, fault, [])
        return found[1] if found is not None else ()
    meant: dict[str, tuple[Node, tuple[Edit, ...]]] = {}
    for tabs in _without_tabs(text):
        found = _mended(text, parse_yaml(_applied(text, tabs)), [tabs])
        if found is not None:
            meant.setdefault(repr(found[0].python()), found)
    plausible = [edits for root, edits in meant.values() if is_plausible(root)]
    choice = plausible or [edits for _, edits in meant.values()]
    return choice[0] if len(choice) == 1 else ()


def _mended(
    text: Text, source: Source | SyntaxFault, repairs: list[_Repair]
) -> tuple[Node, tuple[Edit, ...]] | None:
    """Return the root and the edits of the text that these and further repairs make valid."""
    current = text
    for repair in repairs:
        current = _applied(current, repair)
    for _ in range(_MOST):
        if isinstance(source, Source):
            return (source.root, _edits(text, repairs)) if source.root.kind == "mapping" else None
        better = next(_repaired(current, source), None)
        if better is None:
            return None
        repair, current, source = better
        repairs.append(repair)
    return None


def _without_tabs(text: Text) -> Iterator[_Repair]:
    """Yield the repairs that replace tabs with blanks: by tab width, or as on the line before."""
    tabs = list(_TABS.finditer(text.content))
    options = [[match[0].expandtabs(width) for match in tabs] for width in _WIDTHS]
    if not any(_opens_block(text, match.start()) for match in tabs):
        options.append([_indentation_before(text, match.start()) for match in tabs])
    for blanks in options:
        yield tuple(
            (match.start(), match.end(), blank) for match, blank in zip(tabs, blanks, strict=True)
        )


def _opens_block(text: Text, offset: int) -> bool:
    """Return whether the line before ends with a colon, so that the next one is indented deeper."""
    return bool(_BLOCK.search(text.line(text.position(offset).line - 1)))


def _indentation_before(text: Text, offset: int) -> str:
    """Return the indentation of the nearest line before that has no tabs in it."""
    number = text.position(offset).line - 1
    while _TABS.match(text.line(number)):
        number -= 1
    line = text.line(number)
    return line[: len(line) - len(line.lstrip(" -"))].replace("-", " ")


def _repaired(
    text: Text, fault: SyntaxFault
) -> Iterator[tuple[_Repair, Text, Source | SyntaxFault]]:
    """Yield each repair of a fault that leaves the text valid down to a later line."""
    line = fault.span.start.line
    for number in (line, line - 1):
        for repair in _candidates(text, number) if number > 0 else ():
            trial = _applied(text, repair)
            source = parse_yaml(trial)
            if isinstance(source, Source) or source.span.start.line > line:
                yield repair, trial, source


def _candidates(text: Text, number: int) -> Iterator[_Repair]:
    line = text.line(number)
    start = text.line_end(number) - len(line)
    if found := _COLON.match(line):
        yield ((start + found.end("colon"), start + found.end("colon"), " "),)
    if found := _DASH.match(line):
        dash = start + found.start("dash")
        yield ((dash + 1, dash + 1, " "),)
        if found.start("dash"):  # the lines below may align with the key
            yield (dash - 1, dash, ""), (dash + 1, dash + 1, " ")
    if found := _COMMENT.match(line):
        yield ((start + found.end(), start + found.end(), " "),)
    if (found := _VALUE.match(line)) and _NEEDS_QUOTES.match(found["value"]):
        first, last = start + found.start("value"), start + found.end("value")
        yield (first, first, '"'), (last, last, '"')
    if references := list(_REFERENCE.finditer(line)):
        ends = (end for found in references for end in found.span("value"))
        yield tuple((start + end, start + end, '"') for end in ends)
    if found := _COMMA.match(line):
        comma = start + found.start("comma")
        yield ((comma, comma + 1, ""),)
    if found := _OPEN.match(line):
        end = start + found.end("value")
        yield ((end, end, found["quote"]),)


def _applied(text: Text, repair: _Repair) -> Text:
    content = text.content
    for start, end, written in reversed(repair):
        content = content[:start] + written + content[end:]
    return Text(text.path, content)


def _edits(text: Text, repairs: list[_Repair]) -> tuple[Edit, ...]:
    """Return the repairs as edits of the original text: each repair counts from the one before."""
    edits: list[tuple[int, int, str]] = []
    for repair in repairs:
        earlier = list(edits)
        for start, end, written in repair:
            shift = 0
            for first, last, other in sorted(earlier):
                if first + shift >= start:
                    break
                shift += len(other) - (last - first)
            edits.append((start - shift, end - shift, written))
    return tuple(Edit(text.span(start, end), written) for start, end, written in sorted(edits))
