"""JSON5 text to nodes, with the span of every key and every value.

OpenClaw reads its configuration with npm's `json5`; this scanner accepts what that accepts and
gives the same values, but for three things that a Python program is better off with: a whole
number is an int, a lone surrogate (which no encoding can write) becomes U+FFFD, and an unquoted
key may hold letters that are newer than npm's table of them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from itertools import accumulate
from typing import Any

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
# A pattern that cannot fail cannot backtrack: what must follow a string's text is looked at after.
_IN_DOUBLE = r'[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*'
_IN_SINGLE = _IN_DOUBLE.replace('"', "'")
_STRING = {'"': re.compile(_IN_DOUBLE), "'": re.compile(_IN_SINGLE)}
_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(?P<digit>[1-9]|0(?=[0-9]))|\r\n|[\s\S])"
)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_ESCAPED |= dict.fromkeys(("\r\n", "\n", "\r", "\u2028", "\u2029"), "")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_NAME_PIECE = re.compile(r"[A-Za-z0-9_$]+|[^\x00-\x7f]|\\u([0-9a-fA-F]{4})")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_LETTERS_AND_MARKS = _LETTERS | {"Mn", "Mc", "Nd", "Pc"}
_LITERAL = re.compile(r"(?:true|false|null)(?![\w$\\])")
_CAPITAL_LITERAL = re.compile(_LITERAL.pattern, re.IGNORECASE)
_NUMBER = re.compile(
    r"[+-]?(?:Infinity|NaN|0[xX][0-9a-fA-F]+"
    r"|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
)
_WORD = re.compile(r"[\w$\\]")
_BRACKET = re.compile(rf'"{_IN_DOUBLE}"?|\'{_IN_SINGLE}\'?|{_COMMENT}|/\*[\s\S]*|[\[\]{{}}]')
_KINDS: dict[type, Kind] = {str: "string", bool: "boolean", int: "number", float: "number"}
_OPENS = {"{": 1, "[": 1, "}": -1, "]": -1}

_NOT_A_LETTER = "a key without quotes may hold escapes of letters and digits only"
_QUOTE = "; text needs quotes"
_QUOTE_KEY = "; such a key needs quotes"
_BACKSLASH = "; to mean the backslash itself, write it twice"
_SHOWN = {"": "the end of the file", '"': "'\"'"} | dict.fromkeys("\r\n", "the end of the line")
_HINTS = dict.fromkeys("“”„‘’‚«»", "; quotes must be straight")
_HINTS |= {"#": '; comments start with "//"'}


class _RefusedError(Exception):
    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def parse_json5(text: Text) -> Source | SyntaxFault:
    """The nodes of a JSON5 text, or why it is none.

    Should `scan` refuse a text that PyPI's `json5` accepts, its value is taken, and every node
    has the whole text for its span. That means a bug here, which the user need not suffer from.
    """
    found = scan(text)
    # The escapes are a bug of PyPI's json5: OpenClaw refuses such a file.
    if isinstance(found, SyntaxFault) and found.message != _NOT_A_LETTER:
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
            raise _refused(text, "empty file", start)
        root, end = _value(text, start, 0, "a value")
        end = _skip(text, end)
        if end < len(text.content):
            raise _refused(text, "unexpected text after the end of the value", end)
    except _RefusedError as refused:
        return refused.fault
    return Source(text.path, root)


def _refused(text: Text, message: str, offset: int) -> _RefusedError:
    """A fault one character wide, or empty where a line or the text ends."""
    ends = text.content[offset : offset + 1] in ("", "\r", "\n")
    return _RefusedError(SyntaxFault(message, text.span(offset, offset + (not ends))))


def _unexpected(text: Text, expected: str, offset: int, hint: str = "") -> _RefusedError:
    """A fault for a character that is not the expected one, which is all the text it shows."""
    char = text.content[offset : offset + 1]
    hint = _HINTS.get(char, hint)
    found = _SHOWN.get(char) or (f'"{char}"' if char.isprintable() else f"U+{ord(char):04X}")
    return _refused(text, f"expected {expected}, found {found}{hint}", offset)


def _missing(text: Text, expected: str, after: int, found: int) -> _RefusedError:
    """A fault for a comma or colon that is not there: forgotten, or something else instead."""
    if _WORD.match(text.content, found) or text.content[found] in "\"'{[+-.":
        return _refused(text, f"expected {expected}", after)
    return _unexpected(text, expected, found)


def _skip(text: Text, offset: int, opening: int | None = None) -> int:
    """The offset behind white space and comments.

    The text may not end there if `opening` gives the bracket that is yet to be closed.
    """
    match = _GAP.match(text.content, offset)
    end = match.end() if match else offset
    if text.content.startswith("/*", end):
        raise _refused(text, "the comment that starts here is not closed", end)
    if opening is not None and end == len(text.content):
        brackets = (m.start() for m in _BRACKET.finditer(text.content) if m[0] in _OPENS)
        better = unclosed(text.content, brackets)
        opening = opening if better is None else better
        at = text.position(opening)
        bracket = f'the "{text.content[opening]}" at {at.line}:{at.column} is not closed'
        raise _refused(text, bracket, opening)
    return end


def _value(text: Text, start: int, depth: int, expected: str) -> tuple[Node, int]:
    """The value that starts at an offset, and the offset behind it. `depth` brackets are open."""
    char = text.content[start : start + 1]
    if char in _STRING:
        string, end = _string(text, start)
        return Node("string", text.span(start, end), string), end
    if char in ("{", "["):
        if depth == _DEEPEST:
            raise _refused(text, f"nested deeper than {_DEEPEST} levels", start)
        return (_mapping if char == "{" else _sequence)(text, start, depth + 1)
    if match := _LITERAL.match(text.content, start):
        span = text.span(start, match.end())
        if match[0] == "null":
            return Node("null", span), match.end()
        return Node("boolean", span, match[0] == "true"), match.end()
    match = _NUMBER.match(text.content, start)
    end = match.end() if match else start
    if match and not _WORD.match(text.content, end):
        return Node("number", text.span(start, end), _number(match[0])), end
    raise _not_a_value(text, start, end, expected)


def _mapping(text: Text, start: int, depth: int) -> tuple[Node, int]:
    entries = []
    at = _skip(text, start + 1, start)
    while text.content[at] != "}":
        name, after = _string(text, at) if text.content[at] in _STRING else _name(text, at)
        key = Node("string", text.span(at, after), name)
        at = _skip(text, after, start)
        if text.content[at] != ":":
            raise _no_colon(text, after, at)
        at = _skip(text, at + 1, start)
        value, after = _value(text, at, depth, "a value")
        entries.append(Entry(name, key, value))
        at = _next(text, start, after, "}")
    return Node("mapping", text.span(start, at + 1), entries=tuple(entries)), at + 1


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
        raise _missing(text, f'"," or "{closing}" after the value', after, at)
    return at


def _string(text: Text, start: int) -> tuple[str, int]:
    """The value of a string, and the offset behind its closing quote."""
    quote = text.content[start]
    match = _STRING[quote].match(text.content, start + 1)
    assert match is not None
    if not text.content.startswith(quote, match.end()):
        raise _refused(text, "the string that starts here is not closed", start)
    if "\\" not in match[0]:
        return match[0], match.end() + 1
    string = _ESCAPE.sub(lambda escape: _unescape(text, start + 1, escape), match[0])
    return _SURROGATES.sub(_join, string), match.end() + 1


def _unescape(text: Text, start: int, match: re.Match[str]) -> str:
    """What an escape stands for, in a string whose text starts at `start`."""
    if match["digit"]:
        raise _refused(text, f"a backslash before a digit{_BACKSLASH}", start + match.start())
    if match.lastindex:
        return chr(int(match[match.lastindex], 16))
    escaped = match[0][1:]
    if escaped in ("u", "x"):
        digits = "four" if escaped == "u" else "two"
        message = f'"\\{escaped}" without {digits} hexadecimal digits{_BACKSLASH}'
        raise _refused(text, message, start + match.start())
    return _ESCAPED.get(escaped, escaped)


def _join(match: re.Match[str]) -> str:
    """One character for a surrogate pair, U+FFFD for half a pair."""
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _name(text: Text, start: int) -> tuple[str, int]:
    """The name that a key without quotes is, and the offset behind it."""
    pieces: list[str] = []
    end = start
    while match := _NAME_PIECE.match(text.content, end):
        piece = chr(int(match[1], 16)) if match[1] else match[0]
        if not _may_stand(piece[0], first=not pieces):
            if match[1]:
                raise _refused(text, _NOT_A_LETTER, end)
            break
        pieces.append(piece)
        end = match.end()
    if text.content.startswith("\\", end):
        raise _refused(text, '"\\" in a key without quotes is no "\\u" escape', end)
    if not pieces:
        hint = "" if text.content[start] in ",:;=()[]{" else _QUOTE_KEY
        raise _unexpected(text, 'a key or "}"', start, hint)
    return "".join(pieces), end


def _may_stand(char: str, *, first: bool) -> bool:
    """Whether a key without quotes may hold a character."""
    if char in "$_" or (not first and char in "\u200c\u200d"):
        return True
    return unicodedata.category(char) in (_LETTERS if first else _LETTERS_AND_MARKS)


def _no_colon(text: Text, after: int, found: int) -> _RefusedError:
    if text.content[found] in "-./@" and text.content[after - 1] not in _STRING:
        return _unexpected(text, '":" after the key', found, _QUOTE_KEY)
    return _missing(text, '":" after the key', after, found)


def _number(written: str) -> int | float:
    try:
        number = int(written, 0)
        float(number)
    except ValueError:  # not whole, or over 4300 digits, which int() does not read
        return float(written)
    except OverflowError:  # JavaScript's Infinity
        return -math.inf if written.startswith("-") else math.inf
    return number


def _not_a_value(text: Text, start: int, end: int, expected: str) -> _RefusedError:
    """A fault for what is no value. `end` is behind `start` if it is a number that goes on."""
    char = text.content[start : start + 1]
    number = text.content[start:end]
    if number:
        if number.lstrip("+-") == "0" and text.content[end].isdigit():
            return _refused(text, 'a number must not start with "0"', start)
        return _unexpected(text, "the number to end", end, _QUOTE)
    if char in ("+", "-", "."):
        signed_point = char != "." and text.content.startswith(".", start + 1)
        return _unexpected(text, "a digit", start + 1 + signed_point)
    if _CAPITAL_LITERAL.match(text.content, start):
        return _refused(text, f"expected {expected}; true, false and null are lower case", start)
    if _WORD.match(text.content, start):
        return _refused(text, f"expected {expected}{_QUOTE}", start)
    return _unexpected(text, expected, start)


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
        value = _SURROGATES.sub(_join, value)
    return Node(_KINDS.get(type(value), "null"), span, value)
