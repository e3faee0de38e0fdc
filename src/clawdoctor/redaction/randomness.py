"""Find the parts of a text that look like a key, by a well-known shape or by randomness.

These parts are hidden everywhere. The rules accept names, model ids, versions and paths, and reject
what people do not write by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.azure_host import SUFFIXES
from clawdoctor.chain.placeholder import is_placeholder
from clawdoctor.deferred import regex

Range = tuple[int, int]
"""The offsets of a part of a text; the end is exclusive."""

_SHAPES = regex(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
    r"|\beyJ[\w\-]{8,}\.[\w\-]+(?:\.[\w\-]*)*"  # JWT
    r"|(?<![A-Za-z0-9])(?:sk|pk|rk|gh[opsur]|github_pat|glpat|hf|npm|xox[abeprs]|pypi|dop_v1)[-_]"
    r"(?=[\w\-]{0,99}\d)[\w\-]{8,}|(?<![A-Za-z0-9])sk-[\w\-]{16,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bAIza[\w\-]{20,}|\bya29\.[\w\-.]{10,}"
    r"|(?<![A-Za-z0-9])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![A-Za-z0-9])"  # GUID
    r"|(?i:\b(?:bearer|basic)\s+)(?P<value>(?!os\.environ/)(?=[^\s\"',;]{0,99}\d)[^\s\"',;]{8,})"
)
_DIGEST = regex(r"sha256:[0-9a-f]{64}(?![0-9A-Za-z])")
"""The digest of an image, which is public."""
_TOKEN = regex(r"[A-Za-z0-9][A-Za-z0-9+/_~.\-]{11,}={0,2}")
_AZURE_HOST = regex(
    rf"(?P<name>[A-Za-z0-9\-_~]{{1,253}})(?:{'|'.join(map(re.escape, SUFFIXES))})(?![\w.\-])"
)
"""The host of a resource. A person or a template chooses its name, and it is public."""
_SEGMENT = regex(r"[^/.]{12,}")
_CHUNK = regex(r"[A-Za-z0-9]{16,}")
_WORDS = regex(r"[^\W_]+")
_HEX = regex(r"[0-9A-Fa-f]+")
_SEPARATORS = regex(r"[^A-Za-z0-9]+")
_RUNS = regex(r"[a-z]+|[A-Z]+|[0-9]+")
_VOWELS = regex(r"[aeiouyAEIOUY]")
_KEY_LENGTHS = (32, 84)
"""The lengths of Azure's keys: 32 hexadecimal digits, or 84 letters and digits."""


def random_ranges(text: str) -> Iterator[Range]:
    """Yield the ranges of a text that look like keys. They may overlap."""
    public = [match.span() for match in _DIGEST.finditer(text)] if "sha256:" in text else []
    for match in _SHAPES.finditer(text):
        if not is_placeholder(match[0]):
            yield match.span("value" if match["value"] else 0)
    for match in _TOKEN.finditer(text):
        if any(start <= match.start() < end for start, end in public):
            continue
        yield from _in_token(match[0], match.start())


def is_key_shaped(text: str) -> bool:
    """Return True for 32 hexadecimal digits or 84 letters and digits: shapes of Azure's keys."""
    length = len(text)
    return length in _KEY_LENGTHS and bool(
        _HEX.fullmatch(text) if length == _KEY_LENGTHS[0] else text.isalnum()
    )


def looks_random(text: str) -> bool:
    """Return whether a text without white space looks like a key, judged as a whole.

    The kind of character (lower case, upper case, digit) changes often in a key, and most runs of a
    kind are short. In names, model ids and CamelCase, it changes only between words.
    """
    chars = _SEPARATORS.sub("", text)
    length, digits = len(chars), sum(char.isdigit() for char in chars)
    if length < 16:
        return False
    if digits >= 3 and length - digits >= 2 and _HEX.fullmatch(chars):
        return True
    runs = _RUNS.findall(chars)
    kinds = {("d" if run[0].isdigit() else "u" if run[0].isupper() else "l") for run in runs}
    changes = (len(runs) - 1) / (length - 1)
    singles = sum(len(run) == 1 for run in runs) / len(runs)
    if len(kinds) == 1:
        if digits:
            return length >= 20
        return length >= 20 and len(_VOWELS.findall(chars)) < length * 0.2
    if len(kinds) == 3:
        compact = text.isalnum()
        return changes >= (0.33 if length >= 20 else 0.45) and (compact or singles >= 0.45)
    if digits == 0:
        lower = [run for run in runs if run[0].islower()]
        return changes >= 0.38 and sum(len(run) == 1 for run in lower) > len(lower) * 0.34
    if digits < 3:
        return False
    if length < 20:  # an Azure template adds 13 characters to a resource's name
        return changes >= 0.42
    return changes >= (0.22 if length >= 28 and text.isalnum() else 0.3)


def _in_token(token: str, offset: int) -> Iterator[Range]:
    host = _AZURE_HOST.search(token)
    if host:
        name = host["name"]
        if is_key_shaped(name) or looks_random(name) or len(name) > 63:
            yield offset + host.start("name"), offset + host.end("name")
        yield from _in_token(token[host.end() :], offset + host.end())
        return
    if "/" not in token and "." not in token:
        yield from _in_segment(token, offset)
        return
    # Base64 may contain slashes, and a path consists of words.
    if "." not in token and token.count("/") <= 8:
        starts = [0, *(match.end() for match in re.finditer("/", token))]
        for start in starts:
            rest = token[start:]
            if len(rest) >= 24 and _three_classes(rest) and looks_random(rest):
                yield offset + start, offset + len(token)
                return
    for match in _SEGMENT.finditer(token):
        yield from _in_segment(match[0], offset + match.start())


def _in_segment(segment: str, offset: int) -> Iterator[Range]:
    if looks_random(segment) and not is_placeholder(segment):
        yield offset, offset + len(segment)
        return
    for match in _CHUNK.finditer(segment):
        if looks_random(match[0]):
            yield offset + match.start(), offset + match.end()


def _three_classes(token: str) -> bool:
    return (
        any(char.islower() for char in token)
        and any(char.isupper() for char in token)
        and any(char.isdigit() for char in token)
    )


def is_wordy(value: str) -> bool:
    """Return whether a value consists of words and numbers: `sk-litellm-master-key`."""
    chunks = _WORDS.findall(value)
    if any(not chunk.isalpha() and not chunk.isdecimal() for chunk in chunks):
        return False
    mixed = any(not (chunk.islower() or chunk.isupper() or chunk.istitle()) for chunk in chunks)
    long = sum(map(len, chunks)) >= 3 * len(chunks)
    return long and not mixed and not looks_random(value)
