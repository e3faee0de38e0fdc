"""The plain texts that a pattern needs: to look for them is far cheaper than to search for it."""

from __future__ import annotations

import re
from functools import cache

_PART = re.compile(
    r"""\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|\d{1,3}|(?P<quoted>.))
      | \[\^?\]?(?:\\.|[^\]\\])*+\]                              # a set of characters
      | (?P<open>\() | (?P<close>\)) | (?P<bar>\|)
      | (?P<repeat>[?*+]|\{\d*,?\d*\})[?+]? | [.^$] | (?P<plain>.)""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = re.compile(r"\((?:\?(?::|>|P<\w+>))?(?!\?)")
"""The start of a group that has to match: no look ahead or back, no comment, no condition."""
_VERBOSE = re.compile(r"\(\?[a-zA-Z]*x")


_Any = tuple[str, ...]
"""Texts of which one has to be there; one of them may be empty."""
_Item = str | tuple[_Any, ...] | None
"""A character that has to be there, what a group needs, or neither."""

_LEAST = 3  # characters: what is shorter is in nearly every text


@cache
def needed(expression: str) -> tuple[_Any, ...]:
    """What whatever `expression` matches has in it, without case: one text of each of these.

    The first tells most. Each text is as long as can be told without much ado, never longer than
    what has to be there; of a verbose expression nothing is told.
    """
    if _VERBOSE.match(expression):
        return (("",),)
    # Of alternatives: what tells most of each, then what comes next of each, ...
    branches = [_of_branch(items) for items in _branches(expression)]
    return tuple(
        tuple(dict.fromkeys(part for parts in alike for part in parts))
        for alike in zip(*branches, strict=False)
    )


def _branches(written: str) -> list[list[_Item]]:
    """What each alternative of a pattern is made of, in its order."""
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
                items.append(needed(written[start.end() : part.start()]) if start else None)
        elif depth:
            continue
        elif part["bar"]:
            branches.append([])
        elif part["repeat"] == "+":
            items.append(None)
        elif part["repeat"]:
            items[-1:] = [None]  # what stands before it may be missing
        else:
            char = part["plain"] or part["quoted"]
            items.append(None if not char or (part["quoted"] and char.isalnum()) else char)
    return branches


def _of_branch(items: list[_Item]) -> tuple[_Any, ...]:
    """The runs of characters and the needs of the groups, those first that tell most."""
    found: list[_Any] = [("",)]
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
