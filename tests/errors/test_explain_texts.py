"""Real texts, and what they stand for: fixtures/explain/texts.jsonl.

The first of `codes` has to come first, the others are acceptable too; there is none where the text
is of another program.
`sure` is false where the text hides many causes, so that none is named for certain. `captures` are
values that the text names, and `advice` is the name of what to do, where it depends on the text.
`by` are the programs of this chain that speak, by the first look at the text.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rule_use import wrong
from worst_text import bad_texts, endless, worst_text

from clawdoctor.check import Check, built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.matching import index
from clawdoctor.errors.reader import parts_of
from clawdoctor.errors.readings import readings
from clawdoctor.errors.rule import compiled, wordings
from clawdoctor.errors.utterance import Speaker

FILE = Path(__file__).parents[2] / "fixtures" / "explain" / "texts.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
OURS = [row for row in ROWS if row["codes"]]
FOREIGN = [row for row in ROWS if not row["codes"]]
CHECKS = built_in_checks()

SILENT = {
    *("DK106", "LL001", "LL004", "LL109", "LL113", "LL114", "LL122", "LL203"),
    *("OC103", "OC112", "OC113"),
}
"""Codes that show in the files alone: what programs say of them, if anything, has another code."""

LIVE = {"PX005", "PX108"}
"""Codes that only a comparison or an unknown text makes."""


def first(explanation: Explanation) -> str:
    return explanation.matches[0].code if explanation.matches else ""


@pytest.mark.quick(24)
@pytest.mark.parametrize("code", sorted({row["codes"][0] for row in OURS}))
def test_texts_of_this_chain(code: str) -> None:
    """All rows whose first code this is: a test for each row would take longer than the rows."""
    mine = (row for row in OURS if row["codes"][0] == code)
    assert not [(row["note"], why) for row in mine if (why := wrong(row, CHECKS))]


@pytest.mark.quick(3)
@pytest.mark.parametrize("part", range(8))
def test_texts_of_something_else(part: int) -> None:
    assert not [(row["note"], why) for row in FOREIGN[part::8] if (why := wrong(row, CHECKS))]


def test_there_are_many() -> None:
    assert len(OURS) >= 300
    assert len(FOREIGN) >= 100


def test_who_speaks() -> None:
    known = [row for row in OURS if "by" in row]
    unheard = [
        (row["by"], row["text"])
        for row in known
        if not set(row["by"]) <= set(_speakers(row["text"]))
    ]
    assert len(known) >= 200
    assert not unheard


def _speakers(text: str) -> tuple[Speaker, ...]:
    matches = explain(text, CHECKS).matches
    return matches[0].speakers if matches else ()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_code_has_a_text_that_gets_it_first(check: Check) -> None:
    if check.code in SILENT | LIVE:
        assert not check.texts
        return
    mine = [row for row in OURS if check.code in row["codes"]]
    assert any(first(explain(row["text"], CHECKS)) == check.code for row in mine)


DISGUISES: dict[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps({"level": "error", "message": text}),
    "json in json": lambda text: json.dumps({"0": json.dumps({"rawErrorPreview": text})}),
    "python": lambda text: repr({"error": {"message": text}}),
    "sse": lambda text: f"data: {json.dumps({'error': {'message': text}})}\n\ndata: [DONE]",
    "compose": lambda text: "\n".join(f"litellm-1  | {line}" for line in text.split("\n")),
    "log": lambda text: f"2026-11-02T09:12:44.112Z [agent/embedded] {text}",
    "colours": lambda text: f"\x1b[31m{text}\x1b[0m",
    "quotation": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
    "frame": lambda text: "\n".join(f"│ {line} │" for line in text.split("\n")),
    "windows": lambda text: text.replace("\n", "\r\n"),
    "typographic": lambda text: re.sub(r"'([\w.\[\]]*)'", "\u2018\\1\u2019", text),
    "capitals": str.upper,
}


FOREIGN_DISGUISES = ("json", "json in json", "python", "log", "quotation")


@pytest.mark.quick(3)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_text_in_some_disguise(disguise: str) -> None:
    """Every other text wears the disguise that its hash selects."""
    mine = [row for row in OURS if _drawn(row, tuple(DISGUISES)) == disguise]
    assert mine
    _keeps_its_code(disguise, mine)


@pytest.mark.quick(1)
@pytest.mark.parametrize("disguise", FOREIGN_DISGUISES)
def test_a_foreign_text_in_some_disguise(disguise: str) -> None:
    mine = [row for row in FOREIGN if _drawn(row, FOREIGN_DISGUISES) == disguise]
    assert mine
    _is_not_recognised(disguise, mine)


@pytest.mark.slow
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_text_in_all_disguises(disguise: str) -> None:
    _keeps_its_code(disguise, OURS)


@pytest.mark.slow
@pytest.mark.parametrize("disguise", FOREIGN_DISGUISES)
def test_a_foreign_text_in_all_disguises(disguise: str) -> None:
    _is_not_recognised(disguise, FOREIGN)


def _drawn(row: dict[str, Any], disguises: tuple[str, ...]) -> str:
    """Return the disguise of every other row; the slow tests try all of each row."""
    number = zlib.crc32(row["text"].encode("utf-8", "surrogatepass")) % (2 * len(disguises))
    return disguises[number] if number < len(disguises) else ""


def _keeps_its_code(disguise: str, rows: list[dict[str, Any]]) -> None:
    lost = [
        row["text"]
        for row in rows
        if row.get("sure", True)
        and first(explain(DISGUISES[disguise](row["text"]), CHECKS)) not in row["codes"]
    ]
    # A variable's name in small letters is none, nor is a text that is known by where it begins.
    assert len(lost) <= len(rows) // 50, lost


def _is_not_recognised(disguise: str, rows: list[dict[str, Any]]) -> None:
    claimed = [
        row["text"] for row in rows if explain(DISGUISES[disguise](row["text"]), CHECKS).recognised
    ]
    assert not claimed


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_rule_takes_time_in_proportion_to_the_text(check: Check) -> None:
    """No repetition is without an end, so that the work at each character has a bound.

    A bound that is too high shows in the search: it does not end before pytest's time limit.
    """
    for pattern in _patterns(check):
        assert not endless(pattern), pattern.pattern
        for text in bad_texts(pattern, size=2_000):
            pattern.search(text)


def _patterns(check: Check) -> Iterator[re.Pattern[str]]:
    for rule in check.texts:
        own = (*rule.says, *wordings(rule.means), *([rule.unless] if rule.unless else ()))
        yield from map(compiled, own)


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_rule_ends_in_a_megabyte_of_its_worst_text(check: Check) -> None:
    for pattern in _patterns(check):
        pattern.search(worst_text(pattern, size=1_000_000))


def test_a_line_is_compared_with_few_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    known = index(CHECKS)
    lines = [row["text"] for row in ROWS[::4] if len(row["text"]) < 400]
    tried = sorted(len(known.candidates("\n".join(readings(line)).casefold())) for line in lines)
    assert tried[len(tried) // 2] < len(known.texts) // 10


@pytest.mark.parametrize("every", [96, pytest.param(12, marks=pytest.mark.slow)])
def test_what_a_rule_needs_never_hides_a_match(every: int) -> None:
    known = index(CHECKS)
    for row in ROWS[::every]:
        forms = readings(row["text"])
        tried = set(known.candidates("\n".join(forms).casefold()))
        for position, (check, rule) in enumerate(known.texts):
            if position not in tried:
                found = rule.find(forms, partial(parts_of, forms))
                assert found is None, (check.code, rule, row["text"])
