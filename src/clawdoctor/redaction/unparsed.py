"""Find the secrets of a text that does not parse, by its characters alone.

There is no structure to trust, so everything that may be a secret counts as one. Hiding a line too
many is better than showing a key because a quote before it is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.redaction.secret import Secret
from clawdoctor.redaction.secret_name import counts_tokens, names_about, names_secret
from clawdoctor.redaction.secret_part import may_show, parts_of_any, parts_of_secret
from clawdoctor.source.text import Text

_LINE = re.compile(r"[^\r\n]+")
_SETTING = re.compile(
    r"(?<![\w.\-])(?P<name>[A-Za-z_][\w.\-]{0,99})\\?[\"']?[ \t]*[:=][ \t]*(?!//)"
)
_QUOTED = re.compile(r"(\\?[\"'])(?P<value>(?:(?!\1)(?:\\.|[^\\]))*)\1(?=[ \t]*(?:[,}\])]|$|#|//))")
_BARE = re.compile(r"[^\s,;}\]\"'#]+")
_TRIMMED = " \t,;\"'`[]{}()"
_PLAIN = re.compile(r"true|false|null|~|none|-?[0-9.]+", re.IGNORECASE)
_OPENING = re.compile(r"(?:[|>][-+0-9]*|[\[{(&!\-\"'`,]|\s|(?:#|//).*$)*")
_TOKEN = re.compile(r"[A-Za-z0-9_+/=\-]{20,}")


def secrets_in_unparsed(text: Text) -> Iterator[Secret]:
    """All texts that may be secret in a text without structure, with their spans."""
    for value, start, end in lexical_secrets(text.content):
        yield Secret(value, text.span(start, end))


def lexical_secrets(content: str) -> Iterator[tuple[str, int, int]]:
    """Each suspicious text with its start and end offset.

    Suspicious are the rest of a line after a secret's name, the next line if it contains the
    value, a long run of letters and digits, and the password of a URL.
    """
    expected, indent = False, 0
    for match in _LINE.finditer(content):
        line, offset = match[0], match.start()
        depth = len(line) - len(line.lstrip())
        found = [*_on_line(line)]
        if expected and line.strip() and (depth > indent or not _SETTING.search(line)):
            found += _below(line, depth)
        names = [setting for setting in _SETTING.finditer(line) if names_secret(setting["name"])]
        if line.strip():
            opened = bool(names) and _OPENING.fullmatch(line, names[-1].end()) is not None
            below = expected and depth > indent
            if opened and not below:
                indent = depth
            expected = opened or below
        for start, end in dict.fromkeys(found):
            if not may_show(line[start:end]):
                yield line[start:end], offset + start, offset + end


def _below(line: str, depth: int) -> Iterator[tuple[int, int]]:
    """The value on a line after the line with the secret's name."""
    setting = _SETTING.match(line, len(line) - len(line.lstrip(" \t-{[\"'")))
    if not setting:
        yield from _whole_value(line, depth)
    elif not names_about(setting["name"]) and setting["name"] != "id":
        yield from _whole_value(line, setting.end())


def _on_line(line: str) -> Iterator[tuple[int, int]]:
    yield from parts_of_any(line)
    for match in _TOKEN.finditer(line):
        token = match[0]
        mixed = any(char.isdigit() for char in token) and any(char.isalpha() for char in token)
        if mixed:
            yield match.span()
    done = 0
    for setting in _SETTING.finditer(line):
        if setting.start() < done or not names_secret(setting["name"]):
            continue
        start = setting.end()
        quoted = _QUOTED.match(line, start)
        if quoted:
            done = quoted.end()
            yield from _shifted(quoted["value"], quoted.start("value"))
            continue
        bare = _BARE.match(line, start)
        if bare and _harmless(setting["name"], bare[0]):
            done = bare.end()
            continue
        done = len(line)
        yield from _whole_value(line, start)


def _whole_value(line: str, start: int) -> Iterator[tuple[int, int]]:
    """The rest of a line as a value, without the punctuation around it."""
    rest = line[start:]
    trimmed = rest.strip(_TRIMMED)
    if not trimmed:
        return
    start += rest.index(trimmed)
    # The rest may be a comment, so the first word is a candidate of its own too.
    first = _BARE.match(trimmed)
    if first:
        yield from _shifted(first[0], start)
    yield from _shifted(trimmed, start)


def _shifted(value: str, start: int) -> Iterator[tuple[int, int]]:
    for left, right in parts_of_secret(value):
        yield start + left, start + right


def _harmless(name: str, value: str) -> bool:
    # A number is harmless only as an amount of tokens: a key may consist of digits.
    if value.replace(".", "").isdecimal():
        return counts_tokens(name)
    return may_show(value) or _PLAIN.fullmatch(value) is not None
