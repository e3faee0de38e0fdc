"""A pasted error, a code or a name to the failure modes that it stands for.

Knows no failure mode itself: a check brings its texts, and the codes that can cause it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from clawdoctor.check import Check, Confidence, Signature, find_check
from clawdoctor.finding import STAGES, Place, Stage
from clawdoctor.nearest import nearest
from clawdoctor.pasted import REDACTED, plain_part, readings, shown

Asked = Literal["code", "name", "text"]

_CONFIDENCES: tuple[Confidence, ...] = ("certain", "likely", "possible")
_EXCERPT, _VALUE, _HINTS = 160, 120, 3
_LONGEST_CHAIN = 5  # causes of causes that are followed, also where two cause each other
_LONG = 2_000  # from here it pays to look for a signature's plain text before its pattern

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

_SECRET_GROUP = re.compile(r"(?:^|_)(?:key|token|secret|password|authorization)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A failure mode that a text stands for.

    `captures` are the values that the text names. `cause` and `fix` are sections of the check's
    page; `excerpt` is the part of the text that was recognised. `places` are for who knows the
    user's files.
    """

    code: str
    name: str
    stage: Stage
    confidence: Confidence
    raised_by: str
    captures: dict[str, str]
    title: str
    cause: str
    fix: str
    url: None = None
    places: tuple[Place, ...] = ()
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a text stands for, best first.

    `recognised` needs a match that is certain or likely. Where it is false, `nearest` may name
    checks ("PX101 parameter-rejected-by-litellm") that share words with the text: hints, no more.
    """

    recognised: bool
    matches: tuple[Match, ...] = ()
    nearest: tuple[str, ...] = ()
    asked: Asked = "text"


def explain(text: str, checks: Sequence[Check]) -> Explanation:
    """What `text` stands for: a check's code or name in any case, or an error of any length."""
    forms = readings(text)
    word = forms[0] if forms else ""
    named = _by_code(word, checks) or _by_name(word, checks)
    if named is not None:
        return named
    ranked = _ranked(_search(forms, checks), {check.code: check.causes for check in checks})
    if ranked:
        return Explanation(ranked[0].confidence != "possible", ranked)
    if len(word) <= _VALUE and _NAME.fullmatch(word):
        close = _close(word.casefold(), {check.name: check for check in checks})
        if close:
            return Explanation(False, nearest=close, asked="name")
    return Explanation(False, nearest=_related(word, checks))


def _by_code(word: str, checks: Sequence[Check]) -> Explanation | None:
    """The answer to a code, also as it stands in a report: `error[LL108]: ...`, `PX101 name`."""
    start = _CODE.match(word[:_VALUE])
    if start is None or word[start.end() : start.end() + 1].strip():
        return None
    code = start[1].upper().replace("-", "")
    check = find_check(code, checks)
    if check is not None and len(word) <= _EXCERPT:
        return Explanation(True, (_page(check),), asked="code")
    if start.end() < len(word):
        return None
    close = _close(code, {check.code: check for check in checks}) or _of_stage(code, checks)
    return Explanation(False, nearest=close, asked="code")


def _by_name(word: str, checks: Sequence[Check]) -> Explanation | None:
    check = find_check(word, checks) if len(word) <= _VALUE else None
    return Explanation(True, (_page(check),), asked="name") if check else None


def _page(check: Check) -> Match:
    said = dict.fromkeys(signature.raised_by for signature in check.texts)
    return _match(check, "certain", ", ".join(said))


def _match(
    check: Check, confidence: Confidence, raised_by: str, hit: re.Match[str] | None = None
) -> Match:
    return Match(
        code=check.code,
        name=check.name,
        stage=check.stage,
        confidence=confidence,
        raised_by=raised_by,
        captures=_captures(hit) if hit else {},
        title=check.title,
        cause=check.section("Why it happens"),
        fix=check.section("How to fix it"),
        excerpt=_excerpt(hit) if hit else "",
    )


def _search(forms: Sequence[str], checks: Sequence[Check]) -> list[tuple[int, Match]]:
    """The best match of each check, with the length of the text that it explains."""
    folded = [form.casefold() if len(form) > _LONG else None for form in forms]
    found: list[tuple[int, Match]] = []
    for check in checks:
        best: tuple[tuple[int, int], Signature, re.Match[str]] | None = None
        for signature in check.texts:
            hit = _first(signature.pattern, forms, folded)
            if hit is None:
                continue
            rank = (_CONFIDENCES.index(signature.confidence), -len(hit[0]))
            if best is None or rank < best[0]:
                best = rank, signature, hit
        if best is not None:
            _, signature, hit = best
            match = _match(check, signature.confidence, signature.raised_by, hit)
            found.append((len(hit[0]), match))
    return found


def _first(
    pattern: re.Pattern[str], forms: Sequence[str], folded: Sequence[str | None]
) -> re.Match[str] | None:
    for form, without_case in zip(forms, folded, strict=True):
        if without_case is not None and plain_part(pattern) not in without_case:
            continue
        if hit := pattern.search(form):
            return hit
    return None


def _captures(hit: re.Match[str]) -> dict[str, str]:
    return {
        name: value
        for name, raw in hit.groupdict().items()
        if raw and not _SECRET_GROUP.search(name) and (value := shown(raw, _VALUE))
    }


def _excerpt(hit: re.Match[str]) -> str:
    text = hit[0][: 4 * _EXCERPT]
    for name, raw in hit.groupdict().items():
        if raw and _SECRET_GROUP.search(name):
            text = text.replace(raw, REDACTED)
    return shown(text, _EXCERPT)


def _ranked(
    found: list[tuple[int, Match]], causes: dict[str, tuple[str, ...]]
) -> tuple[Match, ...]:
    """Confidence, then causes before what they cause, then the longer text, then the stage."""
    trust = {match.code: _CONFIDENCES.index(match.confidence) for _, match in found}

    depths = dict.fromkeys(trust, 0)
    for _ in range(_LONGEST_CHAIN):
        depths = {
            code: max((1 + depths[c] for c in causes[code] if trust.get(c, 9) <= rank), default=0)
            for code, rank in trust.items()
        }

    def key(item: tuple[int, Match]) -> tuple[int, int, int, int, str]:
        length, match = item
        stage = STAGES.index(match.stage)
        return trust[match.code], depths[match.code], -length, stage, match.code

    return tuple(match for _, match in sorted(found, key=key))


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
    patterns = (_NO_WORD.sub(" ", signature.pattern.pattern) for signature in check.texts)
    return _words(" ".join((check.name, check.title, *patterns)))


@cache  # the same pages for every text
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
