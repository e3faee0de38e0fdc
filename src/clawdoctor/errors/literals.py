"""Literal texts that every match of a pattern contains. They are far cheaper to search for."""

from __future__ import annotations

import json
import re
from functools import cache

from clawdoctor.data import read_data
from clawdoctor.deferred import regex

_PART = regex(
    r"""\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|\d{1,3}|(?P<quoted>.))
      | \[\^?\]?(?:\\.|[^\]\\])*+\]                              # a set of characters
      | (?P<open>\() | (?P<close>\)) | (?P<bar>\|)
      | (?P<repeat>[?*+]|\{\d*,?\d*\})[?+]? | [.^$] | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = regex(r"\((?:\?(?::|>|-i:|P<\w+>))?(?!\?)")
"""The start of a mandatory group: not a lookaround, a comment or a condition."""
_VERBOSE = regex(r"\(\?[a-zA-Z]*x")


Alternatives = tuple[str, ...]
"""Alternatives: a match contains at least one of these texts, which may be empty."""
_Item = str | tuple[Alternatives, ...] | None
"""A mandatory character, the requirements of a group, or neither."""

_LEAST = 3  # characters; nearly every text contains shorter ones


@cache
def required_literals(expression: str) -> tuple[Alternatives, ...]:
    """Return sets of casefolded texts: a match of `expression` contains a text of each set.

    The first set is the most selective. The texts may be shorter than the expression requires, but
    never longer. A verbose expression gives one empty text.
    """
    known = _of_built_in_rules().get(expression)
    return literals_in(expression) if known is None else tuple(map(tuple, known))


@cache
def _of_built_in_rules() -> dict[str, list[list[str]]]:
    """Return the literals of the expressions of all built-in rules: to read them takes longer."""
    found: dict[str, list[list[str]]] = json.loads(read_data("errors/literals.json"))
    return found


def literals_in(expression: str) -> tuple[Alternatives, ...]:
    """Return what `required_literals` returns, by reading the expression."""
    if _VERBOSE.match(expression):
        return (("",),)
    # Join the most selective sets of all alternatives, then the next ones, and so on.
    branches = [_of_branch(items) for items in _branches(expression)]
    return tuple(
        tuple(dict.fromkeys(part for parts in alike for part in parts))
        for alike in zip(*branches, strict=False)
    )


def _branches(written: str) -> list[list[_Item]]:
    """Return the items of each alternative of a pattern, in order."""
    branches: list[list[_Item]] = [[]]
    depth, opened = 0, 0
    for part in _PART.finditer(written):
        items = branches[-1]
        if part["open"]:
            opened = opened if depth else part.start()
            depth += 1
        elif part["close"]:
            depth -= 1
            start = _GROUP.match(written, opened)
            if not depth:
                inner = written[start.end() : part.start()] if start else None
                items.append(None if inner is None else literals_in(inner))
        elif depth:
            continue
        elif part["bar"]:
            branches.append([])
        elif part["repeat"] == "+":
            items.append(None)
        elif part["repeat"]:
            items[-1:] = [None]  # the previous item is optional
        else:
            char = part["plain"] or part["quoted"]
            items.append(None if not char or (part["quoted"] and char.isalnum()) else char)
    return branches


def _of_branch(items: list[_Item]) -> tuple[Alternatives, ...]:
    """Return the runs of characters and the requirements of the groups, most selective first."""
    found: list[Alternatives] = [("",)]
    run = ""
    for item in (*items, None):
        if isinstance(item, str):
            run += item
            continue
        found.append((run.casefold(),))
        run = ""
        found.extend(item or ())
    best, *others = sorted(found, key=lambda parts: (-min(map(len, parts)), len(parts)))
    return best, *(parts for parts in others if min(map(len, parts)) >= _LEAST)
