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


_Item = str | tuple[str, ...] | None
"""A character that has to be there, the texts of a group of which one has to be, or neither."""


@cache
def plain_parts(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Texts, without case, of which whatever `pattern` matches has one in it; one may be empty.

    Each is as long as can be told without much ado, never longer than what has to be there.
    """
    return ("",) if pattern.flags & re.VERBOSE else _needed(pattern.pattern)


def _needed(written: str) -> tuple[str, ...]:
    """One of these is in all that matches: the best of each alternative."""
    return tuple(part.casefold() for branch in _branches(written) for part in _best(branch))


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
                items.append(_needed(written[start.end() : part.start()]) if start else None)
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


def _best(items: list[_Item]) -> tuple[str, ...]:
    """The longest run of characters, or a group's texts where the shortest of them is longer."""
    found: list[tuple[str, ...]] = [("",)]
    run = ""
    for item in (*items, None):
        if isinstance(item, str):
            run += item
            continue
        found.append((run,))
        run = ""
        if item is not None:
            found.append(item)
    return max(found, key=lambda parts: (min(map(len, parts)), -len(parts)))
