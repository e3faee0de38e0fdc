"""Suggestions for a mistyped word: the known options that are most like it.

They serve configuration keys and values, deployment and model names, and check codes. A word that
resembles no option gets no suggestion, because a wrong guess costs the reader more than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_SHARED = 0.5  # of all parts of both words; with less, unrelated models of a family match
_ALIKE, _MISTYPED, _RELATED = range(3)


def nearest(word: str, options: Iterable[str], limit: int = 1) -> tuple[str, ...]:
    """Return up to `limit` options that are most like `word`, best first.

    First come options that differ only in case or separators, then those with a few typing
    errors (a swap of two neighbours is one error), then those that share half of their parts.
    Equally good options are in alphabetical order.
    """
    folded, letters, parts = _folded(word), Counter(word.casefold()), _parts(word)
    ranked: list[tuple[int, float, str]] = []
    for option in sorted(set(options)):
        if _folded(option) == folded:
            ranked.append((_ALIKE, option.casefold() != word.casefold(), option))
            continue
        allowed = _allowed(min(len(word), len(option)))
        # Each letter that only one word has costs an error, which rules out most options early.
        lacking = max(len(word), len(option)) - (letters & Counter(option.casefold())).total()
        if lacking <= allowed:
            errors = _distance(word.casefold(), option.casefold(), allowed)
            if errors <= allowed:
                ranked.append((_MISTYPED, errors, option))
                continue
        shared = _shared_part(parts, _parts(option))
        if shared >= _SHARED:
            ranked.append((_RELATED, -shared, option))
    return tuple(option for *_, option in sorted(ranked)[:limit])


def _folded(word: str) -> str:
    """Return the word in lower case without separators, or unchanged if it has nothing else."""
    return re.sub(r"[\s._-]+", "", word.casefold()) or word


def _allowed(length: int) -> int:
    """Return how many typing errors a word of this length may have: none below 3, 4 at most."""
    return 0 if length < 3 else min(4, 1 + length // 5)


def _parts(word: str) -> Counter[str]:
    return Counter(part.casefold() for part in _PART.findall(word))


def _shared_part(first: Counter[str], second: Counter[str]) -> float:
    total = (first | second).total()
    return (first & second).total() / total if total else 0.0


def _distance(first: str, second: str, limit: int) -> int:
    """Return the number of typing errors (swaps of neighbours included) between two words.

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
