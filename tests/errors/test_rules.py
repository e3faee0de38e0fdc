"""The rules by which texts are recognised: few, short, and each of use."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rule_use import undecided, wrong

from clawdoctor.check import Check, built_in_checks
from clawdoctor.errors.advice import PARAMETER, STRAIGHT
from clawdoctor.errors.explain import explain
from clawdoctor.errors.readings import readings
from clawdoctor.errors.rule import Rule, compiled
from clawdoctor.knowledge import table

FILE = Path(__file__).parents[2] / "fixtures" / "explain" / "texts.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
CHECKS = built_in_checks()
RULES = [(check.code, rule) for check in CHECKS for rule in check.texts]
MOST, LONGEST, PHRASE = 500, 300, 120


def _phrases(rule: Rule) -> tuple[str, ...]:
    return (*rule.says, rule.unless)


def test_there_are_few_rules() -> None:
    assert len(RULES) < MOST, Counter(code for code, _ in RULES)


def test_a_rule_is_short() -> None:
    long = [(code, len("".join(_phrases(rule)))) for code, rule in RULES]
    assert not [(code, length) for code, length in long if length > LONGEST]


def test_a_phrase_is_distinctive_not_a_list() -> None:
    whens = [(check.code, own.when) for check in CHECKS for own in check.advice.values()]
    phrases = [(code, phrase) for code, rule in RULES for phrase in _phrases(rule)]
    assert not [(code, p) for code, p in (*phrases, *whens) if len(p) > PHRASE]


@pytest.mark.slow
def test_each_rule_decides_a_row() -> None:
    assert not undecided(ROWS, CHECKS)


@pytest.mark.slow
def test_no_row_has_its_answer_without_its_check() -> None:
    kept = []
    for row in (row for row in ROWS if row["codes"]):
        first = explain(row["text"], CHECKS).matches[0].code
        others = tuple(check for check in CHECKS if check.code != first)
        if not wrong(row, others):
            kept.append((first, row["text"][:100]))
    assert not kept


@pytest.mark.parametrize("check", [c for c in CHECKS if c.advice], ids=lambda check: check.code)
def test_each_advice_is_given(check: Check) -> None:
    named = {rule.advice for rule in check.texts} - {""}
    assert named <= set(check.advice)
    if PARAMETER not in check.advice:  # there the advice has the parameter's name
        chosen = {name for name, own in check.advice.items() if own.when}
        assert named | chosen == set(check.advice) - {STRAIGHT}


def test_each_advice_has_a_row() -> None:
    """Only rules that are named for a parameter share a row: one parameter is like another."""
    named = {(check.code, rule.advice) for check in CHECKS for rule in check.texts if rule.advice}
    chosen = {(c.code, own.when) for c in CHECKS for own in c.advice.values() if own.when}
    rows = {(code, row["advice"]) for row in ROWS if "advice" in row for code in row["codes"]}
    given = {
        (c.code, own.when) for c in CHECKS for n, own in c.advice.items() if (c.code, n) in rows
    }
    assert not {(code, name) for code, name in named - rows if name != PARAMETER}
    assert not chosen - given


def test_each_list_of_wordings_has_a_rule_and_each_wording_a_row() -> None:
    lists = table("wordings")
    assert {rule.means for _, rule in RULES} - {""} == set(lists)
    texts = [readings(row["text"]) for row in ROWS if row["codes"]]
    assert not [
        (name, wording)
        for name, wordings in lists.items()
        for wording in wordings
        if not any(compiled(wording).search(form) for forms in texts for form in forms)
    ]


def test_only_named_advice_is_asked_for() -> None:
    assert not [(code, rule.advice) for code, rule in RULES if rule.advice == STRAIGHT]
