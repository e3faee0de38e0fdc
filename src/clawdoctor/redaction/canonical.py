"""Undo the spellings of a text, and record where each character comes from.

A server, a shell or a log may write a key with escapes, in another case, or with extra characters
in between. Comparing canonical texts finds the key in every such spelling.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from clawdoctor.deferred import dataclass, regex

_ESCAPE = regex(
    r"\\u(?P<high>[dD][89abAB][0-9A-Fa-f]{2})\\u(?P<low>[dD][c-fC-F][0-9A-Fa-f]{2})"
    r"|\\u\{?(?P<u>[0-9A-Fa-f]{2,6})\}?|\\[xX](?P<x>[0-9A-Fa-f]{2})|\\U(?P<U>[0-9A-Fa-f]{8})"
    r"|%(?P<p>[0-9A-Fa-f]{2})|&#(?P<d>[0-9]{1,7});?|&#[xX](?P<h>[0-9A-Fa-f]{1,6});?"
    r"|&(?P<n>[a-z]{2,8});|\\(?P<c>.)",
    re.DOTALL,
)
_MAY_ESCAPE = regex(r"[\\%&]")
_PASSES = 4
_DROPPED = regex(r"[\x00-\x1f\x7f-\x9f\xad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_NO_CONTROLS = dict.fromkeys([*range(32), 127])
_ASCII_LOWER = {number: chr(number).lower() for number in range(128)}
_NOT_ALNUM = regex(r"[^a-z0-9]+")
_BASE64 = regex(r"[A-Za-z0-9+/_\-]{11,}")


@dataclass(frozen=True, slots=True)
class Canonical:
    """A text without escapes and control characters, in lower case.

    A non-ASCII character is spelled as its UTF-8 bytes, because an escape can be one byte. `starts`
    and `ends` give the range of each character in the original text. They are None if no character
    has moved.
    """

    text: str
    starts: list[int] | None
    ends: list[int] | None

    def range(self, first: int, last: int) -> tuple[int, int]:
        """Return the original range of the characters `first` to `last`, both included."""
        if self.starts is None or self.ends is None:
            return first, last + 1
        return self.starts[first], self.ends[last]


def canonical(text: str) -> Canonical:
    """Return the canonical form of a text."""
    if text.isascii() and text.isprintable() and not _MAY_ESCAPE.search(text):
        return Canonical(text.lower(), None, None)
    text, starts, ends = _spelled_in_bytes(text)
    for _ in range(_PASSES):
        if not _MAY_ESCAPE.search(text):
            break
        new = _unescaped(text, starts, ends)
        if new[0] == text:
            break
        text, starts, ends = new
    return Canonical(_lower(text), starts, ends)


def letters(text: str) -> str:
    """Return only the letters and digits of a canonical text's string."""
    return _NOT_ALNUM.sub("", text)


def compact(text: Canonical) -> Canonical:
    """Return only the letters and digits of a canonical text."""
    if _NOT_ALNUM.search(text.text) is None:
        return text
    kept = [index for index, char in enumerate(text.text) if char.isascii() and char.isalnum()]
    starts = kept if text.starts is None else [text.starts[index] for index in kept]
    ends = (
        [index + 1 for index in kept] if text.ends is None else [text.ends[index] for index in kept]
    )
    return Canonical("".join(text.text[index] for index in kept), starts, ends)


def decoded_base64(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each range that may be Base64, and its canonical text in each alignment."""
    for match in _BASE64.finditer(text):
        token = match[0]
        if token.islower() or token.isupper() or token.isdecimal():
            continue  # Base64 of a text has letters of both cases
        token = token.replace("-", "+").replace("_", "/")
        for skip in range(4):
            part = token[skip : skip + (len(token) - skip) // 4 * 4]
            try:
                data = base64.b64decode(part, validate=True)
            except (binascii.Error, ValueError):
                continue
            yield match.start(), match.end(), data.decode("latin-1").lower()


def _unescaped(text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    parts: list[str] = []
    new_starts: list[int] = []
    new_ends: list[int] = []
    done = 0
    for match in _ESCAPE.finditer(text):
        char = _char(match)
        if char is None:
            continue
        parts.append(text[done : match.start()])
        new_starts += starts[done : match.start()]
        new_ends += ends[done : match.start()]
        parts.append(char)
        new_starts += [starts[match.start()]] * len(char)
        new_ends += [ends[match.end() - 1]] * len(char)
        done = match.end()
    parts.append(text[done:])
    return "".join(parts), new_starts + starts[done:], new_ends + ends[done:]


def _char(match: re.Match[str]) -> str | None:
    """Return the bytes of the character that an escape spells, or None if it is not an escape."""
    kind = match.lastgroup or ""
    value = match[kind]
    match kind:
        case "low":
            pair = chr(int(match["high"], 16)) + chr(int(value, 16))
            return _bytes(pair.encode("utf-16", "surrogatepass").decode("utf-16"))
        case "x" | "p":
            return chr(int(value, 16)).translate(_NO_CONTROLS)
        case "u" | "U" | "h":
            number = int(value, 16)
        case "d":
            number = int(value)
        case "n":
            import html

            entity = html.unescape(f"&{value};")
            return _bytes(entity) if len(entity) == 1 else None
        case _:
            return "" if value in "nrt" else value
    return _bytes(chr(number)) if number < 0x110000 else ""


def _spelled_in_bytes(text: str) -> tuple[str, list[int], list[int]]:
    """Return the text without control characters, with non-ASCII ones as their UTF-8 bytes."""
    if text.isascii() and text.isprintable():
        return text, list(range(len(text))), list(range(1, len(text) + 1))
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, char in enumerate(text):
        spelled = _bytes(char)
        chars.append(spelled)
        starts += [index] * len(spelled)
        ends += [index + 1] * len(spelled)
    return "".join(chars), starts, ends


def _bytes(char: str) -> str:
    if _DROPPED.match(char):
        return ""
    return char if char.isascii() else char.encode("utf-8", "surrogatepass").decode("latin-1")


def _lower(text: str) -> str:
    """Return the text in lower case for ASCII only: other characters are bytes."""
    return text.translate(_ASCII_LOWER)
