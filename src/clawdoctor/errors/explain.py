"""Find the failure modes for a pasted error, a code or a name.

This module contains no failure modes. Each check provides its texts and the codes that can cause
it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import BinaryIO, Literal

from clawdoctor.check import Check, built_in_checks, find_check
from clawdoctor.deferred import dataclass, regex
from clawdoctor.errors.log_entries import looks_like_log
from clawdoctor.errors.log_failures import LogRead, tally
from clawdoctor.errors.log_lines import lines_of
from clawdoctor.errors.matching import (
    EXCERPT,
    VALUE,
    Match,
    index,
    match_of_check,
    match_of_hit,
    ranked,
    search,
)
from clawdoctor.errors.readings import readings
from clawdoctor.knowledge.did_you_mean import nearest

TextKind = Literal["code", "name", "setting", "text"]

_HINTS = 3
_ENTRIES = 20
"""The maximum number of log entries that may also be one message.

More entries come from several programs.
"""

LONG = 256 * 1024
"""The size in bytes from which a stream is always treated as a log."""

_WORD = regex(r"\b[a-z_][a-z0-9_]{3,39}\b")
_HINT_CHARACTERS = 4_000
_NOT_WORDS = regex(r"\(\?P<\w+>|\\\w")  # names of groups, and classes such as \d
_COMMON = regex(
    "about|after|also|because|been|before|being|cannot|check|could|does|each|error|failed|from|have"
    "|here|http|https|info|into|just|know|like|line|make|message|more|most|must|need|none|null|only"
    "|please|request|response|same|should|some|such|than|that|their|them|then|there|these|they|this"
    "|type|unknown|until|using|value|want|were|what|when|where|which|will|with|without|would|your"
)

_FAILURE = regex(
    r"err(?:or|no|_|:)|fail|exception|traceback|[^\x00-\x7f]|invalid|unknown|unsupported"
    r"|unexpected|unrecogni|unable|unauthori|unavailable|denied|refus|reject|forbid|not |n.t "
    r"|cannot|missing|could|time[ds]? ?out|exceed|limit|abort|crash|fatal|panic|warn|bad |closed"
    r"|reset|lost|expired|blocked|terminated|interrupted|killed|exhaust|insufficient|broken"
    r"|wrong|problem|nothing|empty|stop|never|[45]\d\d\b",
    re.IGNORECASE,
)
"""The words and statuses by which texts report a failure. Texts in other alphabets may always."""

_CODE = regex(r"(?:(?:error|warning|info)\[)?([a-z]{2}-?\d{1,4})\]?[:.,]?", re.IGNORECASE)
_NAME = regex(r"[a-z0-9]+(?:-[a-z0-9]+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The failure modes that match a text, best first.

    `recognised` is true if a match is certain or likely. If it is false, `nearest` may name checks
    that share words with the text as hints ("PX101 parameter-rejected-by-litellm"). `text_kind`
    says whether the text is a code, a name, a setting or an error text. `failure` is false if an
    error text reports no failure at all. `log` says how much of a log was read. `options` are those
    that `clawdoctor run` needs to check the same files.
    """

    recognised: bool
    matches: tuple[Match, ...] = ()
    nearest: tuple[str, ...] = ()
    text_kind: TextKind = "text"
    failure: bool = True
    log: LogRead | None = None
    options: str = ""


def explain(text: str, checks: Sequence[Check] | None = None) -> Explanation:
    """Return the failure modes for an error, a log, or a check's code or name in any case.

    `checks` are the candidates, by default all built-in checks.
    """
    known = built_in_checks() if checks is None else checks
    found = _log_explanation(text.splitlines(), known) if looks_like_log(text) else None
    return found if found and _is_enough(found) else _text_explanation(text, known, found)


def explain_log(
    head: bytes,
    stream: BinaryIO,
    checks: Sequence[Check],
    progress: Callable[[str], None] | None = None,
) -> Explanation:
    """Return the failure modes in a log of any size. `head` is its start, read from `stream`.

    The log is read line by line, so a long log needs no more memory than a short one. `progress`
    receives the amount read so far.
    """
    found = _log_explanation(lines_of(head, stream, progress), checks)
    if _is_enough(found):
        return found
    return _text_explanation(head.decode("utf-8", "replace"), checks, found)


def _is_enough(found: Explanation) -> bool:
    return found.recognised or (found.log is not None and found.log.entries > _ENTRIES)


def _log_explanation(lines: Iterable[str], checks: Sequence[Check]) -> Explanation:
    log, matches = tally(lines, checks)
    return Explanation(bool(matches) and matches[0].confidence != "possible", matches, log=log)


def _text_explanation(
    text: str, checks: Sequence[Check], otherwise: Explanation | None = None
) -> Explanation:
    """Return the failure modes in one message, or `otherwise` if that says at least as much."""
    forms = readings(text)
    message = forms[0] if forms else ""
    named = _code_explanation(message, checks) or _name_explanation(message, checks)
    if named is not None:
        return named
    matches = tuple(match_of_hit(hit) for hit in ranked(search(forms, index(checks))))
    if matches:
        sure = matches[0].confidence != "possible"
        kept = None if sure or otherwise is None or not otherwise.matches else otherwise
        return kept or Explanation(sure, matches)
    if otherwise is not None and otherwise.matches:
        return otherwise
    if len(message) <= VALUE and _NAME.fullmatch(message):
        close = _nearest_hints(message.casefold(), {check.name: check for check in checks})
        if close:
            return Explanation(False, nearest=close, text_kind="name")
    hints = _related_hints(message, checks)
    failure = not message or bool(hints) or _FAILURE.search(message) is not None
    return Explanation(False, nearest=hints, failure=failure)


def _code_explanation(message: str, checks: Sequence[Check]) -> Explanation | None:
    """Return the explanation of a code, also in a report line: `error[LL108]: ...`, `PX101 x`."""
    start = _CODE.match(message[:VALUE])
    if start is None or message[start.end() : start.end() + 1].strip():
        return None
    code = start[1].upper().replace("-", "")
    check = find_check(code, checks)
    if check is not None and len(message) <= EXCERPT:
        return Explanation(True, (match_of_page(check),), text_kind="code")
    if start.end() < len(message):
        return None
    close = _nearest_hints(code, {check.code: check for check in checks})
    return Explanation(False, nearest=close or _same_stage_hints(code, checks), text_kind="code")


def _name_explanation(message: str, checks: Sequence[Check]) -> Explanation | None:
    check = find_check(message, checks) if len(message) <= VALUE else None
    return Explanation(True, (match_of_page(check),), text_kind="name") if check else None


def match_of_page(check: Check) -> Match:
    """Return the match for a check that was requested by its code or name."""
    speakers = dict.fromkeys(rule.raised_by for rule in check.texts)
    return match_of_check(check, ", ".join(speakers))


def _hint(check: Check) -> str:
    return f"{check.code} {check.name}"


def _nearest_hints(query: str, known: dict[str, Check]) -> tuple[str, ...]:
    return tuple(_hint(known[option]) for option in nearest(query, known, _HINTS))


def _same_stage_hints(code: str, checks: Sequence[Check]) -> tuple[str, ...]:
    """Return hints at checks whose codes have the same letters, nearest numbers first."""
    alike = [c for c in checks if c.code[:2] == code[:2] and c.code[2:].isdigit()]
    near = sorted(alike, key=lambda check: abs(int(check.code[2:]) - int(code[2:])))
    return tuple(_hint(check) for check in near[:_HINTS])


def _related_hints(text: str, checks: Sequence[Check]) -> tuple[str, ...]:
    """Return up to three checks that share rare words with the text.

    A single shared word may be chance, and so may a few in a long text. At least one shared word
    must come from the name, the title or the patterns of the check.
    """
    found = _WORD.findall(text[:_HINT_CHARACTERS].casefold())
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
    patterns = (_pattern_words(says) for rule in check.texts for says in rule.says)
    return _words(f"{check.name} {check.title}").union(*patterns)


@cache  # the patterns are the same for every text
def _pattern_words(expression: str) -> frozenset[str]:
    return _words(_NOT_WORDS.sub(" ", expression))


@cache  # the pages are the same for every text
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
