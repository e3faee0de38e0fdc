"""The strings, unquoted keys and numbers of a JSON5 text, decoded."""

from __future__ import annotations

import math
import re
import unicodedata

from clawdoctor.deferred import regex
from clawdoctor.source.json5_fault import NOT_A_LETTER, QUOTE_KEY, refused, unexpected
from clawdoctor.source.text import Text

# A pattern that cannot fail cannot backtrack: `string_at` checks the closing quote afterwards.
IN_DOUBLE = r'[^"\\\r\n]*(?:\\(?:\r\n|[\s\S])[^"\\\r\n]*)*'
IN_SINGLE = IN_DOUBLE.replace('"', "'")
QUOTED = {'"': regex(IN_DOUBLE), "'": regex(IN_SINGLE)}
_ESCAPE = regex(
    r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(?P<digit>[1-9]|0(?=[0-9]))|\r\n|[\s\S])"
)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
_ESCAPED |= dict.fromkeys(("\r\n", "\n", "\r", "\u2028", "\u2029"), "")
_SURROGATES = regex("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_NAME_PIECE = regex(r"[A-Za-z0-9_$]+|[^\x00-\x7f]|\\u([0-9a-fA-F]{4})")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_LETTERS_AND_MARKS = _LETTERS | {"Mn", "Mc", "Nd", "Pc"}
NUMBER = regex(
    r"[+-]?(?:Infinity|NaN|0[xX][0-9a-fA-F]+"
    r"|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
)
_BACKSLASH = "; to mean the backslash itself, write it twice"


def string_at(text: Text, start: int) -> tuple[str, int]:
    """Return the value of a string and the offset after its closing quote."""
    quote = text.content[start]
    match = QUOTED[quote].match(text.content, start + 1)
    assert match is not None
    if not text.content.startswith(quote, match.end()):
        raise refused(text, "the string that starts here is not closed", start)
    if "\\" not in match[0]:
        return match[0], match.end() + 1
    string = _ESCAPE.sub(lambda escape: _unescape(text, start + 1, escape), match[0])
    return joined_surrogates(string), match.end() + 1


def _unescape(text: Text, start: int, match: re.Match[str]) -> str:
    """Return the character of an escape in a string whose text starts at `start`."""
    if match["digit"]:
        raise refused(text, f"a backslash before a digit{_BACKSLASH}", start + match.start())
    if match.lastindex:
        return chr(int(match[match.lastindex], 16))
    escaped = match[0][1:]
    if escaped in ("u", "x"):
        digits = "four" if escaped == "u" else "two"
        message = f'"\\{escaped}" without {digits} hexadecimal digits{_BACKSLASH}'
        raise refused(text, message, start + match.start())
    return _ESCAPED.get(escaped, escaped)


def joined_surrogates(string: str) -> str:
    """Replace each surrogate pair with its character, and each lone surrogate with U+FFFD."""
    return _SURROGATES.sub(_join, string)


def _join(match: re.Match[str]) -> str:
    return match[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def name_at(text: Text, start: int) -> tuple[str, int]:
    """Return the name of an unquoted key and the offset after it."""
    pieces: list[str] = []
    end = start
    while match := _NAME_PIECE.match(text.content, end):
        piece = chr(int(match[1], 16)) if match[1] else match[0]
        if not _is_name_character(piece[0], first=not pieces):
            if match[1]:
                raise refused(text, NOT_A_LETTER, end)
            break
        pieces.append(piece)
        end = match.end()
    if text.content.startswith("\\", end):
        raise refused(text, '"\\" in a key without quotes is no "\\u" escape', end)
    if not pieces:
        hint = "" if text.content[start] in ",:;=()[]{" else QUOTE_KEY
        raise unexpected(text, 'a key or "}"', start, hint)
    return "".join(pieces), end


def _is_name_character(char: str, *, first: bool) -> bool:
    """Return whether an unquoted key can contain a character."""
    if char in "$_" or (not first and char in "\u200c\u200d"):
        return True
    return unicodedata.category(char) in (_LETTERS if first else _LETTERS_AND_MARKS)


def number_of(written: str) -> int | float:
    """Return the value of a number. As in JavaScript, one too large for a float is infinite."""
    try:
        number = int(written, 0)
        float(number)
    except ValueError:  # not an integer, or over 4300 digits, which int() rejects
        return float(written)
    except OverflowError:  # JavaScript's Infinity
        return -math.inf if written.startswith("-") else math.inf
    return number
