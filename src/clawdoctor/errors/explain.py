"""A pasted error, a code or a name to the failure modes that it stands for.

Knows no failure mode itself: a check brings its texts, and the codes that can cause it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Literal

from clawdoctor.check import Check, built_in_checks, find_check
from clawdoctor.errors.log_entries import entries, looks_like_log
from clawdoctor.errors.log_failures import LogRead, tally
from clawdoctor.errors.log_lines import lines_of
from clawdoctor.errors.matching import (
    EXCERPT,
    VALUE,
    Match,
    index,
    match_of,
    matched,
    ranked,
    search,
)
from clawdoctor.errors.readings import readings
from clawdoctor.knowledge.did_you_mean import nearest

Asked = Literal["code", "name", "text"]

_HINTS = 3
_ENTRIES = 20
"""Entries of a log from which on it is not read as one message as well: what stands together in
that was said by several."""

LONG = 256 * 1024
"""Bytes from which on a stream is a log, whatever it looks like."""

_WORD = re.compile(r"\b[a-z_][a-z0-9_]{3,39}\b")
_WORDS_FROM = 4_000
_NO_WORD = re.compile(r"\(\?P<\w+>|\\\w")  # names of groups, and classes such as \d
_COMMON = re.compile(
    "about|after|also|because|been|before|being|cannot|check|could|does|each|error|failed|from|have"
    "|here|http|https|info|into|just|know|like|line|make|message|more|most|must|need|none|null|only"
    "|please|request|response|same|should|some|such|than|that|their|them|then|there|these|they|this"
    "|type|unknown|until|using|value|want|were|what|when|where|which|will|with|without|would|your"
)

_CODE = re.compile(r"(?:(?:error|warning|info)\[)?([a-z]{2}-?\d{1,4})\]?[:.,]?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a text stands for, best first.

    `recognised` needs a match that is certain or likely. Where it is false, `nearest` may name
    checks ("PX101 parameter-rejected-by-litellm") that share words with the text: hints, no more.
    `log` says how much was read where the text was a log.
    """

    recognised: bool
    matches: tuple[Match, ...] = ()
    nearest: tuple[str, ...] = ()
    asked: Asked = "text"
    log: LogRead | None = None


def explain(text: str, checks: Sequence[Check] | None = None) -> Explanation:
    """What `text` stands for: a check's code or name in any case, an error, or a log.

    `checks` are those that it may stand for; without them, all that come with clawdoctor.
    """
    known = built_in_checks() if checks is None else checks
    found = _of_log(text.splitlines(), known) if looks_like_log(text) else None
    return found if found and _is_enough(found) else _of_text(text, known, found)


def explain_log(
    head: bytes,
    stream: BinaryIO,
    checks: Sequence[Check],
    tell: Callable[[str], None] | None = None,
) -> Explanation:
    """What the rest of a stream stands for, of which `head` was read: a log of any size.

    It is read line by line, and a long one takes no more memory than a short one. `tell` hears
    how much of it has been read.
    """
    found = _of_log(lines_of(head, stream, tell), checks)
    return found if _is_enough(found) else _of_text(head.decode("utf-8", "replace"), checks, found)


def _is_enough(found: Explanation) -> bool:
    return found.recognised or (found.log is not None and found.log.entries > _ENTRIES)


def _of_log(lines: Iterable[str], checks: Sequence[Check]) -> Explanation:
    log, matches = tally(entries(lines), checks)
    return Explanation(bool(matches) and matches[0].confidence != "possible", matches, log=log)


def _of_text(
    text: str, checks: Sequence[Check], otherwise: Explanation | None = None
) -> Explanation:
    """What one message stands for; `otherwise` is kept where that says no more."""
    forms = readings(text)
    word = forms[0] if forms else ""
    named = _by_code(word, checks) or _by_name(word, checks)
    if named is not None:
        return named
    matches = tuple(matched(hit) for hit in ranked(search(forms, index(checks))))
    if matches:
        sure = matches[0].confidence != "possible"
        kept = None if sure or otherwise is None or not otherwise.matches else otherwise
        return kept or Explanation(sure, matches)
    if otherwise is not None and otherwise.matches:
        return otherwise
    if len(word) <= VALUE and _NAME.fullmatch(word):
        close = _close(word.casefold(), {check.name: check for check in checks})
        if close:
            return Explanation(False, nearest=close, asked="name")
    return Explanation(False, nearest=_related(word, checks))


def _by_code(word: str, checks: Sequence[Check]) -> Explanation | None:
    """The answer to a code, also as it stands in a report: `error[LL108]: ...`, `PX101 name`."""
    start = _CODE.match(word[:VALUE])
    if start is None or word[start.end() : start.end() + 1].strip():
        return None
    code = start[1].upper().replace("-", "")
    check = find_check(code, checks)
    if check is not None and len(word) <= EXCERPT:
        return Explanation(True, (_page(check),), asked="code")
    if start.end() < len(word):
        return None
    close = _close(code, {check.code: check for check in checks}) or _of_stage(code, checks)
    return Explanation(False, nearest=close, asked="code")


def _by_name(word: str, checks: Sequence[Check]) -> Explanation | None:
    check = find_check(word, checks) if len(word) <= VALUE else None
    return Explanation(True, (_page(check),), asked="name") if check else None


def _page(check: Check) -> Match:
    said = dict.fromkeys(signature.raised_by for signature in check.texts)
    return match_of(check, ", ".join(said))


def _hint(check: Check) -> str:
    return f"{check.code} {check.name}"


def _close(word: str, known: dict[str, Check]) -> tuple[str, ...]:
    return tuple(_hint(known[option]) for option in nearest(word, known, _HINTS))


def _of_stage(code: str, checks: Sequence[Check]) -> tuple[str, ...]:
    """The codes with the same letters, those with the nearest numbers first."""
    alike = [c for c in checks if c.code[:2] == code[:2] and c.code[2:].isdigit()]
    near = sorted(alike, key=lambda check: abs(int(check.code[2:]) - int(code[2:])))
    return tuple(_hint(check) for check in near[:_HINTS])


def _related(text: str, checks: Sequence[Check]) -> tuple[str, ...]:
    """Up to three checks that share rare words with the text.

    One word in common is chance, and in a long text more are. One must be of the check's own: of
    its name, its title or the texts it is known by.
    """
    found = _WORD.findall(text[:_WORDS_FROM].casefold())
    words = {word for word in found if not _COMMON.fullmatch(word)}
    shared = {c.code: words & (_own_words(c) | _words(c.documentation)) for c in checks}
    holders = Counter(word for held in shared.values() for word in held)
    rare = {word for word, count in holders.items() if count <= max(1, len(checks) // 10)}
    least = max(2, len(words) / 10)
    real = [c for c in checks if rare & _own_words(c) and len(rare & shared[c.code]) >= least]

    def score(check: Check) -> float:
        return sum(math.log(1 + len(checks) / holders[w]) for w in shared[check.code] & rare)

    return tuple(_hint(check) for check in sorted(real, key=score, reverse=True)[:_HINTS])


def _own_words(check: Check) -> frozenset[str]:
    patterns = (_pattern_words(signature.expression) for signature in check.texts)
    return _words(f"{check.name} {check.title}").union(*patterns)


@cache  # the same patterns for every text
def _pattern_words(expression: str) -> frozenset[str]:
    return _words(_NO_WORD.sub(" ", expression))


@cache  # the same pages for every text
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
