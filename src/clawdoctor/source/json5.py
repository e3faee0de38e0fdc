"""JSON5 text to nodes, with the span of every key and every value.

OpenClaw reads its configuration with npm's `json5`; this scanner accepts what that accepts and
gives the same values, but for three things that a Python program is better off with: a whole
number is an int, a lone surrogate (which no encoding can write) becomes U+FFFD, and an unquoted
key may hold letters that are newer than npm's table of them.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

from clawdoctor.source.json5_fault import (
    LITERAL,
    NOT_A_LETTER,
    QUOTE_KEY,
    WORD,
    RefusedError,
    missing,
    not_a_value,
    refused,
    unexpected,
)
from clawdoctor.source.json5_scalar import (
    IN_DOUBLE,
    IN_SINGLE,
    NUMBER,
    QUOTED,
    joined_surrogates,
    name_at,
    number_of,
    string_at,
)
from clawdoctor.source.node import Entry, Kind, Node, Source, SyntaxFault
from clawdoctor.source.text import Span, Text
from clawdoctor.source.unclosed import unclosed

_DEEPEST = 200
# PyPI's json5 needs up to 50 µs for a character, so a broken 64 KB text can take it over 3 s.
# This many characters take it less than 1 s, and few configurations are longer.
_LONGEST_SECOND_OPINION = 16_384

_COMMENT = r"//[^\n\r\u2028\u2029]*|/\*(?s:.*?)\*/"
_BLANK = r"[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
_GAP = re.compile(rf"(?:{_BLANK}|{_COMMENT})*")
_BRACKET = re.compile(rf'"{IN_DOUBLE}"?|\'{IN_SINGLE}\'?|{_COMMENT}|/\*[\s\S]*|[\[\]{{}}]')
_KINDS: dict[type, Kind] = {str: "string", bool: "boolean", int: "number", float: "number"}
_OPENS = {"{": 1, "[": 1, "}": -1, "]": -1}


def parse_json5(text: Text) -> Source | SyntaxFault:
    """The nodes of a JSON5 text, or why it is none.

    Should `scan` refuse a text that PyPI's `json5` accepts, its value is taken, and every node
    has the whole text for its span. That means a bug here, which the user need not suffer from.
    """
    found = scan(text)
    # The escapes are a bug of PyPI's json5: OpenClaw refuses such a file.
    if isinstance(found, SyntaxFault) and found.message != NOT_A_LETTER:
        return _second_opinion(text) or found
    return found


def scan(text: Text) -> Source | SyntaxFault:
    """What this module's own scanner makes of a text; `parse_json5` is for everybody else.

    A fault stands at the offending character, but where a comma or colon is missing it stands
    right behind what it should follow: the next line, which is where a parser notices, is not
    where to type it. What is not closed is shown where it opens.
    """
    try:
        start = _skip(text, 0)
        if start == len(text.content):
            raise refused(text, "empty file", start)
        root, end = _value(text, start, 0, "a value")
        end = _skip(text, end)
        if end < len(text.content):
            raise refused(text, "unexpected text after the end of the value", end)
    except RefusedError as error:
        return error.fault
    return Source(text.path, root)


def _skip(text: Text, offset: int, opening: int | None = None) -> int:
    """The offset behind white space and comments.

    The text may not end there if `opening` gives the bracket that is yet to be closed.
    """
    match = _GAP.match(text.content, offset)
    end = match.end() if match else offset
    if text.content.startswith("/*", end):
        raise refused(text, "the comment that starts here is not closed", end)
    if opening is not None and end == len(text.content):
        brackets = (m.start() for m in _BRACKET.finditer(text.content) if m[0] in _OPENS)
        better = unclosed(text.content, brackets)
        opening = opening if better is None else better
        at = text.position(opening)
        bracket = f'the "{text.content[opening]}" at {at.line}:{at.column} is not closed'
        raise refused(text, bracket, opening)
    return end


def _value(text: Text, start: int, depth: int, expected: str) -> tuple[Node, int]:
    """The value that starts at an offset, and the offset behind it. `depth` brackets are open."""
    char = text.content[start : start + 1]
    if char in QUOTED:
        string, end = string_at(text, start)
        return Node("string", text.span(start, end), string), end
    if char in ("{", "["):
        if depth == _DEEPEST:
            raise refused(text, f"nested deeper than {_DEEPEST} levels", start)
        return (_mapping if char == "{" else _sequence)(text, start, depth + 1)
    if match := LITERAL.match(text.content, start):
        span = text.span(start, match.end())
        if match[0] == "null":
            return Node("null", span), match.end()
        return Node("boolean", span, match[0] == "true"), match.end()
    match = NUMBER.match(text.content, start)
    end = match.end() if match else start
    if match and not WORD.match(text.content, end):
        return Node("number", text.span(start, end), number_of(match[0])), end
    raise not_a_value(text, start, end, expected)


def _mapping(text: Text, start: int, depth: int) -> tuple[Node, int]:
    entries = []
    at = _skip(text, start + 1, start)
    while text.content[at] != "}":
        name, after = string_at(text, at) if text.content[at] in QUOTED else name_at(text, at)
        key = Node("string", text.span(at, after), name)
        at = _skip(text, after, start)
        if text.content[at] != ":":
            raise _no_colon(text, after, at)
        at = _skip(text, at + 1, start)
        value, after = _value(text, at, depth, "a value")
        entries.append(Entry(name, key, value))
        at = _next(text, start, after, "}")
    return Node("mapping", text.span(start, at + 1), entries=tuple(entries)), at + 1


def _no_colon(text: Text, after: int, found: int) -> RefusedError:
    if text.content[found] in "-./@" and text.content[after - 1] not in QUOTED:
        return unexpected(text, '":" after the key', found, QUOTE_KEY)
    return missing(text, '":" after the key', after, found)


def _sequence(text: Text, start: int, depth: int) -> tuple[Node, int]:
    items = []
    at = _skip(text, start + 1, start)
    while text.content[at] != "]":
        value, after = _value(text, at, depth, 'a value or "]"')
        items.append(value)
        at = _next(text, start, after, "]")
    return Node("sequence", text.span(start, at + 1), items=tuple(items)), at + 1


def _next(text: Text, opening: int, after: int, closing: str) -> int:
    """The offset of the next key or item, or of the closing bracket."""
    at = _skip(text, after, opening)
    if text.content[at] == ",":
        return _skip(text, at + 1, opening)
    if text.content[at] != closing:
        raise missing(text, f'"," or "{closing}" after the value', after, at)
    return at


def _second_opinion(text: Text) -> Source | None:
    """The value that PyPI's `json5` reads in a short text, or None if it refuses too."""
    if len(text.content) > _LONGEST_SECOND_OPINION or _depth(text.content) > _DEEPEST:
        return None
    try:
        import json5

        value = json5.loads(text.content)
    except Exception:  # whatever it stumbles over, a RecursionError included, it does not accept
        return None
    return Source(text.path, _node(value, text.span(0, len(text.content))))


def _depth(content: str) -> int:
    """How many brackets are open at most, also behind a fault."""
    steps = (_OPENS.get(match[0], 0) for match in _BRACKET.finditer(content))
    return max(accumulate(steps, lambda depth, step: max(0, depth + step), initial=0))


def _node(value: Any, span: Span) -> Node:
    """The node of a plain value; everything in it gets the same span."""
    if isinstance(value, dict):
        entries = (
            Entry(name, Node("string", span, name), _node(v, span)) for name, v in value.items()
        )
        return Node("mapping", span, entries=tuple(entries))
    if isinstance(value, list):
        return Node("sequence", span, items=tuple(_node(item, span) for item in value))
    if isinstance(value, str):
        value = joined_surrogates(value)
    return Node(_KINDS.get(type(value), "null"), span, value)
