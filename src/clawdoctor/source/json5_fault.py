"""The faults of a JSON5 text: their places and messages."""

from __future__ import annotations

import re

from clawdoctor.deferred import regex
from clawdoctor.source.node import SyntaxFault
from clawdoctor.source.text import Text

WORD = regex(r"[\w$\\]")
LITERAL = regex(r"(?:true|false|null)(?![\w$\\])")
_CAPITAL_LITERAL = regex(LITERAL.pattern, re.IGNORECASE)

NOT_A_LETTER = "a key without quotes may hold escapes of letters and digits only"
QUOTE_KEY = "; such a key needs quotes"
_QUOTE = "; text needs quotes"
_SHOWN = {"": "the end of the file", '"': "'\"'"} | dict.fromkeys("\r\n", "the end of the line")
_HINTS = dict.fromkeys("“”„‘’‚«»", "; quotes must be straight")
_HINTS |= {"#": '; comments start with "//"'}


class RefusedError(Exception):
    """Ends the scan at the first fault."""

    def __init__(self, fault: SyntaxFault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def refused(text: Text, message: str, offset: int) -> RefusedError:
    """Return a fault at one character, or without width at the end of a line or of the text."""
    ends = text.content[offset : offset + 1] in ("", "\r", "\n")
    return RefusedError(SyntaxFault(message, text.span(offset, offset + (not ends))))


def unexpected(text: Text, expected: str, offset: int, hint: str = "") -> RefusedError:
    """Return the fault for an unexpected character. It quotes no other text of the file."""
    char = text.content[offset : offset + 1]
    hint = _HINTS.get(char, hint)
    found = _SHOWN.get(char) or (f'"{char}"' if char.isprintable() else f"U+{ord(char):04X}")
    return refused(text, f"expected {expected}, found {found}{hint}", offset)


def missing(text: Text, expected: str, after: int, found: int) -> RefusedError:
    """Return the fault for a missing comma or colon, or for another character in its place."""
    if WORD.match(text.content, found) or text.content[found] in "\"'{[+-.":
        return refused(text, f"expected {expected}", after)
    return unexpected(text, expected, found)


def not_a_value(text: Text, start: int, end: int, expected: str) -> RefusedError:
    """Return the fault for an invalid value. If it begins with a number, `end` is after `start`."""
    char = text.content[start : start + 1]
    number = text.content[start:end]
    if number:
        if number.lstrip("+-") == "0" and text.content[end].isdigit():
            return refused(text, 'a number must not start with "0"', start)
        return unexpected(text, "the number to end", end, _QUOTE)
    if char in ("+", "-", "."):
        signed_point = char != "." and text.content.startswith(".", start + 1)
        return unexpected(text, "a digit", start + 1 + signed_point)
    if _CAPITAL_LITERAL.match(text.content, start):
        return refused(text, f"expected {expected}; true, false and null are lower case", start)
    if WORD.match(text.content, start):
        return refused(text, f"expected {expected}{_QUOTE}", start)
    return unexpected(text, expected, start)
