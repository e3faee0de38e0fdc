"""Hide known secrets in any text and in any spelling.

A file, a shell, a URL or a server's answer may spell a secret differently or cut it. Therefore any
run of eight characters of a secret is hidden. A shorter secret could be part of an ordinary word:
only an excerpt hides it, at its own place.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus, unquote

from clawdoctor.redaction.controls import without_controls
from clawdoctor.redaction.secret import Secret

MARKER = "<redacted>"
RUN = 8
"""The least number of consecutive characters of a secret to hide."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """All runs of eight characters of all spellings of the secrets."""

    runs: frozenset[str] = field(default=frozenset(), repr=False)


def redactor(secrets: Iterable[Secret]) -> Redactor:
    """The redactor for secrets of eight characters or more."""
    values = {secret.value.strip() for secret in secrets}
    values |= {unquote(value) for value in values if "%" in value}
    forms = {form for value in values if len(value) >= RUN for form in _forms(value)}
    return Redactor(
        frozenset(
            run
            for form in forms
            for start in range(len(form) - RUN + 1)
            # The indentation of a key of several lines is not secret.
            if not (run := form[start : start + RUN]).isspace()
        )
    )


def redact_text(redactor: Redactor, text: str) -> str:
    """The text without secrets. A text without any is returned unchanged. Idempotent."""
    return redact_line(redactor, text, 0, 0)[0]


def redact_line(
    redactor: Redactor,
    text: str,
    start: int,
    end: int,
    hidden: Iterable[tuple[int, int]] = (),
) -> tuple[str, int, int]:
    """The text without secrets and `hidden` ranges, and the new offsets of the range given.

    All ranges are offsets from 0; ends are exclusive. A range that covers a part of a hidden text
    covers the whole marker afterwards.
    """
    ranges = [*hidden, *_found(redactor, text)]
    while ranges:
        ranges += _markers(text)
        new, start, end = _replace(text, _merged(ranges), start, end)
        if new == text:
            break
        # The replacement may have joined characters to a new run.
        text, ranges = new, _found(redactor, new)
    return text, start, end


def _found(redactor: Redactor, text: str) -> list[tuple[int, int]]:
    runs = redactor.runs
    if not runs:
        return []
    return [(i, i + RUN) for i in range(len(text) - RUN + 1) if text[i : i + RUN] in runs]


def _markers(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(re.escape(MARKER), text):
        yield match.span()


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replace(
    text: str, ranges: list[tuple[int, int]], start: int, end: int
) -> tuple[str, int, int]:
    parts: list[str] = []
    done, length, new_start, new_end = 0, 0, start, end
    for left, right in ranges:
        if text[left:right] == MARKER:
            continue
        length += left - done
        parts += text[done:left], MARKER
        growth = length + len(MARKER) - right
        if start >= right:
            new_start = start + growth
        elif start >= left:
            new_start = length
        if end >= right:
            new_end = end + growth
        elif end > left:
            new_end = length + len(MARKER)
        done, length = right, length + len(MARKER)
    parts.append(text[done:])
    return "".join(parts), new_start, new_end


def _forms(value: str) -> Iterator[str]:
    """All spellings of a value that may occur elsewhere, itself included."""
    for text in dict.fromkeys((value, value.replace("\r\n", "\n").replace("\n", "\r\n"))):
        yield text
        for ascii_only in (True, False):
            inner = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
            yield inner
            yield inner.replace("/", "\\/")
            yield json.dumps(inner)[1:-1]
        data = text.encode("utf-8", "surrogatepass")
        for escaped in (quote(data), quote(data, safe=""), quote_plus(data)):
            yield escaped
            yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), escaped)
        yield repr(text)[1:-1]
        yield html.escape(text)
        yield text.replace("'", "'\"'\"'")
        yield text.replace("'", "'\\''")
        yield text.replace("'", "''")
        yield re.sub(r"([^\w@%+=:,./\-])", r"\\\1", text)
        yield text.replace("~", "~0").replace("/", "~1")
        yield text.replace("\r\n", " ").replace("\n", " ")
        # A report loses its control characters before the search for secrets.
        yield without_controls(text)
        yield from _base64_forms(data)


def _base64_forms(data: bytes) -> Iterator[str]:
    """The Base64 characters that depend on the bytes alone, for each of the three alignments."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + data).decode("ascii")
        inner = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
