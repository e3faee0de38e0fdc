"""The texts that make a pattern's search slowest: repetitions of its possible starts."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 24  # candidates per pattern


def bad_texts(pattern: re.Pattern[str], size: int) -> list[str]:
    """Return texts of `size` characters that may be the slowest."""
    return [_filled(text, size) for text in _candidates(pattern)]


def worst_text(pattern: re.Pattern[str], size: int, trial: int = 5_000) -> str:
    """Return the text of `size` characters whose first `trial` characters take longest."""

    def seconds(text: str) -> float:
        start = time.perf_counter()
        pattern.search(_filled(text, trial))
        return time.perf_counter() - start

    return _filled(max(_candidates(pattern), key=seconds), size)


def endless(pattern: re.Pattern[str]) -> bool:
    """Return whether a pattern repeats more than a single letter without an upper bound."""
    return _endless(_parsed(pattern))


def _endless(value: Any) -> bool:
    match value:
        case (codes.MAX_REPEAT | codes.MIN_REPEAT, (_, codes.MAXREPEAT, repeated)):
            return [op for op, _ in repeated] != [codes.LITERAL]
        case list() | tuple() | parser.SubPattern():
            return any(_endless(item) for item in value)
    return False


def _candidates(pattern: re.Pattern[str]) -> list[str]:
    return list(dict.fromkeys(_beginnings(pattern)))[:_MOST] or ["a"]


def _parsed(pattern: re.Pattern[str]) -> list[Any]:
    return list(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))


def _filled(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def _beginnings(pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield what the pattern matches up to each repetition or branch, with and without a space."""
    for text in _prefixes(_parsed(pattern)):
        if text:
            yield text
            yield f"{text} "
    yield " "
    yield "a"


def _prefixes(items: list[Any]) -> Iterator[str]:
    so_far = [""]
    for op, argument in items:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield from so_far
        if op is codes.BRANCH and len(so_far) == 1:
            so_far = [so_far[0] + _sample(list(way)) for way in argument[1]]
        else:
            so_far = [text + _sample([(op, argument)]) for text in so_far]
            if op is codes.SUBPATTERN and any(o is codes.BRANCH for o, _ in argument[3]):
                yield from so_far
    # The whole match without its end: the search tries all of it and fails.
    yield from (text[:-1] for text in so_far)


def _sample(items: Iterable[Any]) -> str:
    out = ""
    for op, argument in items:
        match op:
            case codes.LITERAL:
                out += chr(argument)
            case codes.NOT_LITERAL:
                out += "y" if argument != ord("y") else "z"
            case codes.ANY:
                out += "y"
            case codes.IN:
                out += _member(argument)
            case codes.MAX_REPEAT | codes.MIN_REPEAT | codes.POSSESSIVE_REPEAT:
                least, _, repeated = argument
                out += _sample(repeated) * least
            case codes.SUBPATTERN:
                out += _sample(argument[3])
            case codes.BRANCH:
                out += _sample(argument[1][0])
    return out


def _member(choices: list[Any]) -> str:
    taken = [choice for choice in choices if choice[0] is not codes.NEGATE]
    if len(taken) < len(choices):
        return "y"
    op, argument = taken[0]
    if op is codes.LITERAL:
        return chr(argument)
    if op is codes.RANGE:
        return chr(argument[0])
    digits = (codes.CATEGORY_DIGIT, codes.CATEGORY_WORD)
    return "1" if argument in digits else " "
