"""Repairs of obvious slips in a JSON5 text: a missing comma or quote, a # comment, ...

A repair rewrites none of the file's own text, which may be secret.
"""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.source.change import Edit
from clawdoctor.source.json5 import scan
from clawdoctor.source.json5_fault import QUOTE_KEY
from clawdoctor.source.node import Source
from clawdoctor.source.text import Text

_MOST = 20
_LONGEST = 100_000
"""The limits for repairs and characters that keep the total below a second."""
_PAIR = regex(r"""[“”„][^"“”„\r\n]*[“”„]|[‘’‚][^"‘’‚\r\n]*[‘’‚]|«[^"«»\r\n]*»""")
_LITERAL = regex(r"true|false|null", re.IGNORECASE)
_BARE_KEY = regex(r"(?<![\w$./@-])[\w$./@-]++(?=[ \t]*:(?!//))")
_BARE_VALUE = regex(r"(?!true|false|null)[A-Za-z][\w.-]*+(?:/[\w.-]++)*+(?=[ \t]*(?:[,}\]\r\n]|$))")

_UNCLOSED = regex(r"""(?P<mark>["'])(?:\$\{\w++\}|[^"'\s,{}\[\]])++(?=[ \t,}\]]*+(?:[\r\n]|$))""")

_Repair = tuple[tuple[int, int, str], ...]
"""Ranges to replace, in order, each with its new text."""


def mended(text: Text) -> tuple[Edit, ...]:
    """Return the edits that make a text valid; empty if one of its faults has no obvious repair."""
    current, done = text, 0
    edits: list[Edit] = []
    for _ in range(_MOST if len(text.content) <= _LONGEST else 0):
        found = scan(current)
        if isinstance(found, Source):
            return tuple(edits)
        repair = _repair(current.content, current.offset(found.span.start), found.message)
        if not repair or repair[0][0] < done:
            return ()
        content = current.content
        shift = len(content) - len(text.content)
        edits += [Edit(text.span(start - shift, end - shift), new) for start, end, new in repair]
        for start, end, new in reversed(repair):
            content = content[:start] + new + content[end:]
        done = repair[-1][1] + len(content) - len(current.content)
        current = Text(text.path, content)
    return ()


def _repair(content: str, at: int, message: str) -> _Repair:
    """Return the repair of a fault; empty if there is none."""
    if message.startswith('expected ","') and content[at : at + 1] not in ("#", ";"):
        return ((at, at, ","),)
    if message.startswith('expected ":"') and content[at : at + 1] == "=":
        return ((len(content[:at].rstrip(" \t")), at + 1, ":"),)
    if message.endswith(QUOTE_KEY):
        line = content.rfind("\n", 0, at) + 1
        keys = (key for key in _BARE_KEY.finditer(content, line) if key.end() > at)
        key = next(keys, None)
        return _quoted(key) if key is not None and key.start() <= at else ()
    if content.startswith("#", at):
        return ((at, at + 1, "//"),)
    if found := _PAIR.match(content, at):
        return (at, at + 1, '"'), (found.end() - 1, found.end(), '"')
    if found := _LITERAL.match(content, at):
        return ((at, found.end(), found[0].lower()),)
    if found := _UNCLOSED.match(content, at):
        return ((found.end(), found.end(), found["mark"]),)
    found = _BARE_VALUE.match(content, at)
    return _quoted(found) if found else ()


def _quoted(found: re.Match[str]) -> _Repair:
    return (found.start(), found.start(), '"'), (found.end(), found.end(), '"')
