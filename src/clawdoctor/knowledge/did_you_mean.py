"""Did you mean: the known words that a mistyped one most likely stands for.

For configuration keys and values, deployment and model names, and check codes. A word that is
like none of the options gets no answer: a wrong guess costs the reader more than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SHARED = 0.5  # of all parts of both words; below it, unrelated model names of one family match
_ALIKE, _MISTYPED, _RELATED = range(3)


def nearest(word: str, options: Iterable[str], limit: int = 1) -> tuple[str, ...]:
    """The up to `limit` options most like `word`, best first; equal ones in alphabetical order.

    First come options that differ in case or separators only, then those a few typing errors
    away (a swap of two neighbours is one), then those that share half of their parts.
    """
    folded, letters, parts = _folded(word), Counter(word.casefold()), _parts(word)
    ranked: list[tuple[int, float, str]] = []
    for option in sorted(set(options)):
        if _folded(option) == folded:
            ranked.append((_ALIKE, option.casefold() != word.casefold(), option))
            continue
        allowed = _allowed(min(len(word), len(option)))
        # Letters that only one word has cost an error each, so most options need no closer look.
        lacking = max(len(word), len(option)) - (letters & Counter(option.casefold())).total()
        if lacking <= allowed:
            errors = _distance(word.casefold(), option.casefold(), allowed)
            if errors <= allowed:
                ranked.append((_MISTYPED, errors, option))
                continue
        shared = _shared(parts, _parts(option))
        if shared >= _SHARED:
            ranked.append((_RELATED, -shared, option))
    return tuple(option for *_, option in sorted(ranked)[:limit])


def _folded(word: str) -> str:
    """The word without case and separators, or as it is if it has nothing else."""
    return re.sub(r"[\s._-]+", "", word.casefold()) or word


def _allowed(length: int) -> int:
    """How many typing errors a word of this length may have: none below 3, then every fourth."""
    return 0 if length < 3 else min(4, 1 + length // 5)


def _parts(word: str) -> Counter[str]:
    return Counter(part.casefold() for part in _PART.findall(word))


def _shared(one: Counter[str], other: Counter[str]) -> float:
    every = (one | other).total()
    return (one & other).total() / every if every else 0.0


def _distance(one: str, other: str, most: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that make one the other.

    Counting stops above `most`.
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            replaced = last[column - 1] + (char != against)
            cost = min(last[column] + 1, current[column - 1] + 1, replaced)
            if row > 1 and column > 1 and char == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most and min(last) > most:
            return most + 1
        before, last = last, current
    return last[-1]
