"""A JSON5 parser that gives every key and value its span.

OpenClaw reads its configuration with npm's `json5`. This scanner accepts the same texts and returns
the same values, with three exceptions that suit Python better: a whole number is an int, a lone
surrogate (which no encoding can write) becomes U+FFFD, and an unquoted key may contain letters
newer than npm's table.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from clawdoctor.deferred import regex
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
from clawdoctor.source.unclosed import unclosed_bracket

_MAX_DEPTH = 200
_MAX_ITEMS = 200_000
"""The most keys of an object or items of an array: a 2 MiB file can have a million (200 MB)."""
# PyPI's json5 needs up to 50 µs per character, so a broken text of 64 KB can take over 3 s. This
# many characters take less than 1 s, and few configs are longer.
_LONGEST_FALLBACK = 16_384

_COMMENT = r"//[^\n\r\u2028\u2029]*|/\*(?s:.*?)\*/"
_BLANK = r"[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
_GAP = regex(rf"(?:{_BLANK}|{_COMMENT})*+")  # possessive: uses no memory per comment
_BRACKET = regex(rf'"{IN_DOUBLE}"?|\'{IN_SINGLE}\'?|{_COMMENT}|/\*[\s\S]*|[\[\]{{}}]')
_KINDS: dict[type, Kind] = {str: "string", bool: "boolean", int: "number", float: "number"}
_OPENS = {"{": 1, "[": 1, "}": -1, "]": -1}


def parse_json5(text: Text) -> Source | SyntaxFault:
    """Parse a JSON5 text, or return its first fault.

    If `scan` rejects a text that PyPI's `json5` accepts, `scan` has a bug. The result is then the
    value that `json5` reads, and the span of every node is the whole text.
    """
    found = scan(text)
    # PyPI's json5 wrongly accepts these escapes: OpenClaw rejects such a file.
    if isinstance(found, SyntaxFault) and found.message != NOT_A_LETTER:
        return _fallback(text) or found
    return found


def scan(text: Text) -> Source | SyntaxFault:
    """Parse a text with this module's scanner alone. Callers normally use `parse_json5`.

    The span of a fault is the offending character. A missing comma or colon is reported directly
    after the text that it should follow: the user has to type it there, not on the next line, where
    a parser notices it. An unclosed bracket or string is reported where it opens.
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
    """Return the offset after white space and comments.

    `opening` is the offset of an open bracket. If it is given, the text must not end inside it.
    """
    match = _GAP.match(text.content, offset)
    end = match.end() if match else offset
    if text.content.startswith("/*", end):
        raise refused(text, "the comment that starts here is not closed", end)
    if opening is not None and end == len(text.content):
        brackets = (m.start() for m in _BRACKET.finditer(text.content) if m[0] in _OPENS)
        better = unclosed_bracket(text.content, brackets)
        opening = opening if better is None else better
        raise refused(text, f'the "{text.content[opening]}" that opens here is not closed', opening)
    return end


def _value(text: Text, start: int, depth: int, expected: str) -> tuple[Node, int]:
    """Return the value at an offset and the offset after it. `depth` counts open brackets."""
    char = text.content[start : start + 1]
    if char in QUOTED:
        string, end = string_at(text, start)
        return Node("string", text.span(start, end), string), end
    if char in ("{", "["):
        if depth == _MAX_DEPTH:
            raise refused(text, f"nested deeper than {_MAX_DEPTH} levels", start)
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
        at = _next_offset(text, start, after, "}", len(entries))
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
        at = _next_offset(text, start, after, "]", len(items))
    return Node("sequence", text.span(start, at + 1), items=tuple(items)), at + 1


def _next_offset(text: Text, opening: int, after: int, closing: str, count: int) -> int:
    """Return the offset of the next key or item (`count` precede it), or of the closing bracket."""
    if count > _MAX_ITEMS:
        raise refused(text, f"more than {_MAX_ITEMS} items", opening)
    at = _skip(text, after, opening)
    if text.content[at] == ",":
        return _skip(text, at + 1, opening)
    if text.content[at] != closing:
        raise missing(text, f'"," or "{closing}" after the value', after, at)
    return at


def _fallback(text: Text) -> Source | None:
    """Return the value that PyPI's `json5` reads in a short text, or None if it rejects it."""
    if len(text.content) > _LONGEST_FALLBACK or _depth(text.content) > _MAX_DEPTH:
        return None
    try:
        import json5

        value = json5.loads(text.content)
    except Exception:  # any error, even a RecursionError, means that json5 rejects the text
        return None
    return Source(text.path, _node_of(value, text.span(0, len(text.content))))


def _depth(content: str) -> int:
    """Return the maximum number of open brackets, even after a fault."""
    steps = (_OPENS.get(match[0], 0) for match in _BRACKET.finditer(content))
    return max(accumulate(steps, lambda depth, step: max(0, depth + step), initial=0))


def _node_of(value: Any, span: Span) -> Node:
    """Return the node of a plain value. All nodes in it get the same span."""
    if isinstance(value, dict):
        entries = (
            Entry(name, Node("string", span, name), _node_of(v, span)) for name, v in value.items()
        )
        return Node("mapping", span, entries=tuple(entries))
    if isinstance(value, list):
        return Node("sequence", span, items=tuple(_node_of(item, span) for item in value))
    if isinstance(value, str):
        value = joined_surrogates(value)
    return Node(_KINDS.get(type(value), "null"), span, value)
