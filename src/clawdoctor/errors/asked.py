"""The pages that the words of `explain` request: codes, names of checks, or a setting."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clawdoctor.check import Check, find_check
from clawdoctor.deferred import regex
from clawdoctor.errors.explain import Explanation, match_of_page

_SETTING = regex(r"[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)*|[a-z]+(?:[A-Z][a-z0-9]*)+")
_JOINED = regex(r"[_.]|[a-z][A-Z]")
"""A mark of setting names that no English word has: `drop_params`, `compat.store`, `baseUrl`."""
_MOST = 8


def pages(words: Sequence[str], checks: Sequence[Check]) -> Explanation | None:
    """Return the pages of several codes or names, or the pages about a setting.

    Return None if the words are an error text, or a single code or name.
    """
    if len(words) == 1:
        return _about(words[0].strip("`'\""), checks)
    found = [find_check(word.strip(","), checks) for word in words]
    if len(found) < 2 or None in found:
        return None
    asked = {check.code: check for check in found if check is not None}
    return Explanation(True, tuple(map(match_of_page, asked.values())), text_kind="code")


def _about(name: str, checks: Sequence[Check]) -> Explanation | None:
    """Return the checks whose pages mention a setting. Those named after it come first."""
    if not _SETTING.fullmatch(name) or not _JOINED.search(name) or find_check(name, checks):
        return None
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    ranked = sorted(
        (_rank(check, name, word), check.code, check)
        for check in checks
        if word.search(check.documentation)
    )
    matches = tuple(match_of_page(check) for _, _, check in ranked[:_MOST])
    return Explanation(True, matches, text_kind="setting") if matches else None


def _rank(check: Check, name: str, word: re.Pattern[str]) -> int:
    if name.replace("_", "-") in check.name:
        return 0
    parts = (check.title, check.section("What it means"), check.section("How to fix it"))
    return next((rank for rank, part in enumerate(parts, 1) if word.search(part)), 9)
