"""Find out which rows a rule decides: without it their answer is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from clawdoctor.check import Check
from clawdoctor.errors.explain import explain
from clawdoctor.errors.log_entries import entries, looks_like_log
from clawdoctor.errors.matching import index
from clawdoctor.errors.reader import parts_of
from clawdoctor.errors.readings import readings
from clawdoctor.errors.rule import Rule

Row = dict[str, Any]


def wrong(row: Row, checks: Sequence[Check]) -> str:
    """Return what is wrong with the answer of some checks to a row, or nothing."""
    found = explain(row["text"], checks)
    codes = row["codes"]
    if not codes:
        return f"claims {found.matches[0].code}" if found.recognised else ""
    if not found.matches:
        return "is not recognised"
    first = found.matches[0]
    if first.code != codes[0]:
        return f"gets {first.code}"
    if found.recognised != row.get("sure", True):
        return f"gets {first.code}, which is {first.confidence}"
    if not row.get("captures", {}).items() <= first.captures.items():
        return f"captures {first.captures}"
    advice = next(check.advice for check in checks if check.code == first.code)
    named = row.get("advice", "")
    if "advice" in row and (
        (named and first.advice is None) or advice.get(named) is not first.advice
    ):
        return "gets another advice"
    return ""


def undecided(rows: Iterable[Row], checks: Sequence[Check]) -> list[tuple[str, Rule]]:
    """Return the rules, with their codes, that decide no row."""
    known = index(checks)
    idle = {id(rule): (check.code, rule) for check, rule in known.texts}
    for row in rows:
        matching = _matching(row["text"], checks)
        rules = {id(rule) for check in matching for rule in check.texts}
        for rule in rules & set(idle):
            left = tuple(replace(check, texts=_without(check, rule)) for check in matching)
            if wrong(row, left):
                del idle[rule]
    return list(idle.values())


def _without(check: Check, rule: int) -> tuple[Rule, ...]:
    return tuple(own for own in check.texts if id(own) != rule)


def _matching(text: str, checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks with their rules that match a text or an entry of it."""
    known = index(checks)
    found: dict[str, tuple[Check, dict[int, Rule]]] = {}
    for forms in _messages(text):
        for position in known.candidates("\n".join(forms).casefold()):
            check, rule = known.texts[position]
            if rule.find(forms, partial(parts_of, forms)) is not None:
                found.setdefault(check.code, (check, {}))[1][id(rule)] = rule
    return tuple(replace(check, texts=tuple(own.values())) for check, own in found.values())


def _messages(text: str) -> Iterator[tuple[str, ...]]:
    yield readings(text)
    if looks_like_log(text):
        yield from (readings(entry.text) for entry in entries(text.splitlines()))
