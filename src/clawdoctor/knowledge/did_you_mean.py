"""Suggestions for a misspelled word: the known options that are most similar.

They apply to configuration keys and values, deployment and model names, and check codes. A word
that resembles no option gets no suggestion, because a wrong suggestion is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from clawdoctor.deferred import dataclass, regex

_PART = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SHARED = 0.5  # of all parts of both words; a lower share matches unrelated models of a family
_ALLOWED = tuple(0 if length < 3 else min(4, 1 + length // 5) for length in range(16))
"""How many typing errors a word of each length may have."""
_ALIKE, _MISTYPED, _RELATED = range(3)
_SHORTEST, _SLIPS = 5, 2


def nearest(word: str, options: Iterable[str], limit: int = 1) -> tuple[str, ...]:
    """Return up to `limit` options that are most similar to `word`, best first.

    Options that differ only in case or separators come first, then those with a few typing errors
    (a swap of two adjacent characters is one error), then those that share half of their parts.
    Equally good options are in alphabetical order.
    """
    wanted = _features(word)
    ranked: list[tuple[int, float, str]] = []
    for option in set(options):
        known = _features(option)
        if known.folded == wanted.folded:
            ranked.append((_ALIKE, known.lower != wanted.lower, option))
        elif (errors := _typing_errors(wanted, known)) is not None:
            ranked.append((_MISTYPED, errors, option))
        elif not wanted.parts.keys().isdisjoint(known.parts):
            shared = _shared_part(wanted.parts, known.parts)
            if shared >= _SHARED:
                ranked.append((_RELATED, -shared, option))
    return tuple(option for *_, option in sorted(ranked)[:limit])


@dataclass(frozen=True, slots=True)
class _Features:
    """The features of a word that are compared."""

    lower: str
    folded: str
    characters: frozenset[str]
    parts: Counter[str]


@lru_cache(maxsize=4096)
def _features(word: str) -> _Features:
    lower = word.casefold()
    parts = Counter(part.casefold() for part in _PART.findall(word))
    return _Features(lower, _folded(word), frozenset(lower), parts)


def _typing_errors(first: _Features, second: _Features) -> int | None:
    """Return the number of typing errors between two words, or None if they are too many.

    Each character that only one word has is an error. This rules out most words early.
    """
    length, other = len(first.lower), len(second.lower)
    shorter, longer = (length, other) if length < other else (other, length)
    allowed = _ALLOWED[shorter] if shorter < len(_ALLOWED) else _ALLOWED[-1]
    if longer - shorter > allowed:
        return None
    if len(first.characters - second.characters) > allowed:
        return None
    if len(second.characters - first.characters) > allowed:
        return None
    letters = Counter(first.lower) & Counter(second.lower)
    if longer - letters.total() > allowed:
        return None
    errors = _distance(first.lower, second.lower, allowed)
    return errors if errors <= allowed else None


def typing_errors(first: str, second: str) -> int | None:
    """Return the number of typing errors between two words, or None if they are too many."""
    return _typing_errors(_features(first), _features(second))


def misspells(word: str, options: Iterable[str]) -> bool:
    """Return whether a word can only be a misspelled option.

    The two differ only in case and separators, or in one part of at least five letters. A different
    short part, a different number and a plural may be a new name. None of the 45 names that were
    added to LiteLLM's lists between 1.106.2 and 1.110.2 counts as a misspelling of an older name.
    """
    wanted = _features(word)
    return any(_is_slip(wanted, _features(option)) for option in options)


def _is_slip(word: _Features, meant: _Features) -> bool:
    if word.folded == meant.folded:
        return True
    wrong, right = word.parts - meant.parts, meant.parts - word.parts
    if wrong.total() != 1 or right.total() != 1:
        return False
    first, second = next(iter(wrong)), next(iter(right))
    if min(len(first), len(second)) < _SHORTEST or first.rstrip("s") == second.rstrip("s"):
        return False
    errors = typing_errors(first, second)
    return errors is not None and errors <= _SLIPS


def _folded(word: str) -> str:
    """Return the word in lower case without separators, or unchanged if it has only separators."""
    return re.sub(r"[\s._-]+", "", word.casefold()) or word


def _shared_part(first: Counter[str], second: Counter[str]) -> float:
    total = (first | second).total()
    return (first & second).total() / total if total else 0.0


def _distance(first: str, second: str, limit: int) -> int:
    """Return the number of typing errors between two words, including swaps of adjacent characters.

    Counting stops above `limit`.
    """
    row_before_last: list[int] = []
    previous_row = list(range(len(second) + 1))
    for row, char in enumerate(first, 1):
        current_row = [row]
        for column, against in enumerate(second, 1):
            replaced = previous_row[column - 1] + (char != against)
            cost = min(previous_row[column] + 1, current_row[column - 1] + 1, replaced)
            if row > 1 and column > 1 and char == second[column - 2] and first[row - 2] == against:
                cost = min(cost, row_before_last[column - 2] + 1)
            current_row.append(cost)
        if min(current_row) > limit and min(previous_row) > limit:
            return limit + 1
        row_before_last, previous_row = previous_row, current_row
    return previous_row[-1]
