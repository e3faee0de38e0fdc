"""Hide credentials in any text and in any spelling.

Any run of eight characters of a credential is hidden, because a server may truncate it. Text that
looks like a key is hidden even if no file contains it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from clawdoctor.chain.azure_host import SUFFIXES
from clawdoctor.deferred import dataclass, regex
from clawdoctor.redaction.canonical import Canonical, canonical, compact, decoded_base64, letters
from clawdoctor.redaction.randomness import Range, is_wordy, random_ranges
from clawdoctor.redaction.secret_name import counts_tokens, names_secret
from clawdoctor.redaction.url import hidden_in_url, urls_in, userinfo_in
from clawdoctor.redaction.variable import may_show_secret
from clawdoctor.source.secret import HIDDEN

RUN = 8
"""The minimum number of consecutive characters of a credential to hide."""

_PUBLIC = (
    *("https://", "http://", "postgresql://", "postgres://", "redis://", *SUFFIXES),
    *("/openai/deployments/", "/chat/completions", "/openai/v1/", "/v1/chat/completions"),
    *("/responses", "/embeddings", "/v1/models", "/v1/responses", "?api-version=", "-preview"),
    *("os.environ/", "localhost", "127.0.0.1", "host.docker.internal", "litellm_config.yaml"),
    *("openclaw.json", "openclaw", "azure-openai", "azure_openai", "ghcr.io/berriai/litellm"),
    *("litellm-database", "environment", "deployment", "completions"),
)
"""Texts in many values and in every report. A run that is part of them is not secret."""
_ASSIGNED = regex(
    r"(?<![\w.\-])(?P<name>[A-Za-z_][\w.\-]{0,63})\\?[\"']?"
    r"(?P<equals>\s{0,3}[:=]\s{0,3})(?P<quote>\\?[\"']?)"
    r"(?=(?P<value>(?:(?:bearer|basic)\s+)?[^\s\"',;&}\])]{4,512}))",  # a name can follow a name
    re.IGNORECASE,
)
_MASKED = regex(r"\.\.\.|\*\*\*")
_LONGEST = 16384
"""The number of characters of a credential that are searched for."""
_LONGEST_MASKED = 12
"""LiteLLM itself masks a key and shows its last four characters: `sk-...1f36`."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """The runs of all credentials, with punctuation and as letters and digits only.

    A credential made of words has no runs of the second kind: they would be common words. `phrases`
    matches texts that are hidden only as a whole, such as the name of a deployment.
    """

    exact: frozenset[str] = field(default=frozenset(), repr=False)
    phrases: re.Pattern[str] | None = field(default=None, repr=False)
    compact: frozenset[str] = field(default=frozenset(), repr=False)
    folders: tuple[str, ...] = ()
    """Folders whose names may look random, such as that of a test."""


def redactor(
    credentials: Iterable[str], phrases: Iterable[str] = (), folders: Iterable[str] = ()
) -> Redactor:
    """Return the redactor for credentials of eight characters or more, and for whole phrases."""
    values = {value.strip()[:_LONGEST] for value in credentials}
    exact: set[str] = set()
    bare: set[str] = set()
    for value in values:
        exact |= set(_runs(value.lower()))
        if not (value.isascii() and is_wordy(value)):
            spelled = canonical(value)
            exact |= set(_runs(spelled.text))
            bare |= set(_runs(compact(spelled).text))
    public = {run for text in _PUBLIC for run in _runs(text)}
    whole = sorted({text.strip() for text in phrases} - {""}, key=len, reverse=True)
    pattern = "|".join(re.escape(text) for text in whole)
    return Redactor(
        exact=frozenset(run for run in exact - public if not run.isspace()),
        phrases=re.compile(rf"(?<![\w\-])(?:{pattern})(?![\w\-])") if whole else None,
        compact=frozenset(bare - public),
        folders=tuple(sorted({folder for folder in folders if len(folder) > 1})),
    )


def redact_text(
    redactor: Redactor, text: str, *, untrusted: bool = False, settings: bool = False
) -> str:
    """Return the text without secrets, unchanged if it has none. Idempotent.

    `untrusted` texts come from a server or a log: the value after the name of a secret and the text
    before `@host` are hidden too. `settings` is for text to write into a config: a URL in it is a
    setting's value.
    """
    hidden = [*_assigned(text), *userinfo_in(text)] if untrusted else []
    for url in urls_in(text) if settings else ():
        for start, end in hidden_in_url(url[0], strict=True):
            hidden.append((url.start() + start, url.start() + end))
    return redact_line(redactor, text, 0, 0, hidden)[0]


def redact_line(
    redactor: Redactor,
    text: str,
    start: int,
    end: int,
    hidden: Iterable[Range] = (),
) -> tuple[str, int, int]:
    """Return the text without secrets and `hidden` ranges, and the new offsets of the range given.

    All ranges are offsets from 0; ends are exclusive. A range that covers part of a hidden text
    then covers the whole marker.
    """
    ranges = [*hidden, *_found(redactor, text)]
    if not ranges:
        return text, start, end
    ranges += [match.span() for match in re.finditer(re.escape(HIDDEN), text)]
    return _replace(text, _merged(ranges), start, end)


def _found(redactor: Redactor, text: str) -> Iterator[Range]:
    if len(text) < RUN:
        return
    yield from _outside_folders(redactor, text, [*random_ranges(text)])
    for url in urls_in(text):
        for start, end in hidden_in_url(url[0], strict=False):
            yield url.start() + start, url.start() + end
    if redactor.phrases is not None:
        yield from (match.span() for match in redactor.phrases.finditer(text))
    if not redactor.exact:
        return
    spelled = canonical(text)
    yield from _matches(spelled, redactor.exact)
    if redactor.compact and not redactor.compact.isdisjoint(_runs(letters(spelled.text))):
        yield from _matches(compact(spelled), redactor.compact)
    for start, end, decoded in decoded_base64(text):
        if any(run in redactor.exact for run in _runs(decoded)):
            yield start, end


def _outside_folders(redactor: Redactor, text: str, ranges: list[Range]) -> list[Range]:
    """Return the ranges that are not part of the path of a folder of this run."""
    if not ranges:
        return ranges
    paths = [
        (match.start(), match.end())
        for folder in redactor.folders
        for match in re.finditer(re.escape(folder), text)
    ]
    return [
        (start, end)
        for start, end in ranges
        if not any(first < end and start < last for first, last in paths)
    ]


def _matches(text: Canonical, runs: frozenset[str]) -> Iterator[Range]:
    content = text.text
    if runs.isdisjoint(_runs(content)):
        return
    for index in range(len(content) - RUN + 1):
        if content[index : index + RUN] in runs:
            yield text.range(index, index + RUN - 1)


def _runs(text: str) -> list[str]:
    return [text[index : index + RUN] for index in range(len(text) - RUN + 1)]


def _assigned(text: str) -> Iterator[Range]:
    """Yield the values after names of secrets: `"api_key": "..."`, `Authorization: Bearer ...`."""
    done = 0
    for match in _ASSIGNED.finditer(text):
        name, value = match["name"], match["value"]
        if (
            match.start() < done
            or not names_secret(name)
            or counts_tokens(name)
            or may_show_secret(value)
        ):
            continue
        if _MASKED.search(value) and len(value) <= _LONGEST_MASKED:
            continue
        prose = match["equals"].endswith(" ") and not match["quote"]
        prose = prose and not name.casefold().endswith("authorization")
        if not prose or any(char.isdigit() for char in value):
            done = match.end("value")
            yield match.span("value")


def _merged(ranges: Iterable[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _replace(text: str, ranges: list[Range], start: int, end: int) -> tuple[str, int, int]:
    parts: list[str] = []
    done, length, new_start, new_end = 0, 0, start, end
    for left, right in ranges:
        if text[left:right] == HIDDEN:
            continue
        length += left - done
        parts += text[done:left], HIDDEN
        growth = length + len(HIDDEN) - right
        if start >= right:
            new_start = start + growth
        elif start >= left:
            new_start = length
        if end >= right:
            new_end = end + growth
        elif end > left:
            new_end = length + len(HIDDEN)
        done, length = right, length + len(HIDDEN)
    parts.append(text[done:])
    return "".join(parts), new_start, new_end
