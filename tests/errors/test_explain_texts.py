"""Real texts, and what they stand for: fixtures/explain/texts.jsonl.

`codes` are the codes of which one has to come first; none where the text is of another program.
`sure` is false where the text hides many causes, so that none is named for certain.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from worst_text import slowest

from clawdoctor.check import Check, built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.matching import index
from clawdoctor.errors.readings import readings

FILE = Path(__file__).parents[2] / "fixtures" / "explain" / "texts.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
OURS = [row for row in ROWS if row["codes"]]
FOREIGN = [row for row in ROWS if not row["codes"]]
CHECKS = built_in_checks()

SILENT = {"DK105", "DK106", "LL001", "LL004", "LL112", "LL113", "LL114", "OC103", "OC112", "OC113"}
"""Codes that no program says anything about: what they find shows in the files alone."""

LIVE = {"PX005", "PX108"}
"""Codes that only a comparison or an unknown text makes."""

BEHIND = {"LL109": "AZ103", "LL202": "PX003", "LL203": "PX001"}
"""Codes whose texts are those of what they cause, which comes first."""


def first(explanation: Explanation) -> str:
    return explanation.matches[0].code if explanation.matches else ""


@pytest.mark.parametrize("row", OURS, ids=lambda row: f"{row['codes'][0]}-{row['note']}")
def test_a_text_of_this_chain(row: dict[str, Any]) -> None:
    found = explain(row["text"], CHECKS)
    assert first(found) in row["codes"], [(m.code, m.confidence) for m in found.matches]
    assert found.recognised == row.get("sure", True)
    assert row.get("captures", {}).items() <= found.matches[0].captures.items()


@pytest.mark.parametrize("row", FOREIGN, ids=lambda row: row["note"])
def test_a_text_of_something_else(row: dict[str, Any]) -> None:
    found = explain(row["text"], CHECKS)
    assert not found.recognised, [(m.code, m.confidence, m.excerpt) for m in found.matches]


def test_there_are_many() -> None:
    assert len(OURS) >= 300
    assert len(FOREIGN) >= 100


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_code_has_a_text_that_gets_it_first(check: Check) -> None:
    if check.code in SILENT | LIVE:
        assert not check.texts
        return
    mine = [row for row in OURS if check.code in row["codes"]]
    answers = [explain(row["text"], CHECKS) for row in mine]
    if check.code not in BEHIND:
        assert check.code in map(first, answers)
        return
    shown = BEHIND[check.code]
    texts = [row["text"] for row in OURS if shown in row["codes"]]
    seen = [explain(text, CHECKS) for text in texts]
    assert any(check.code in [m.code for m in one.matches] for one in seen)
    assert check.code in next(c for c in CHECKS if c.code == shown).causes


CLOTHES: dict[str, Callable[[str], str]] = {
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


@pytest.mark.parametrize("clothes", CLOTHES)
def test_a_text_in_other_clothes(clothes: str) -> None:
    lost = [
        row["text"]
        for row in OURS
        if row.get("sure", True)
        and first(explain(CLOTHES[clothes](row["text"]), CHECKS)) not in row["codes"]
    ]
    # A variable's name in small letters is none, nor is a text that is known by where it begins.
    assert len(lost) <= len(OURS) // 50, lost


@pytest.mark.parametrize("clothes", ["json", "json in json", "python", "log", "quotation"])
def test_a_foreign_text_in_other_clothes(clothes: str) -> None:
    claimed = [
        row["text"] for row in FOREIGN if explain(CLOTHES[clothes](row["text"]), CHECKS).recognised
    ]
    assert not claimed


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_signature_takes_time_in_proportion_to_the_text(check: Check) -> None:
    for signature in check.texts:
        took = slowest(signature.pattern, size=1_000_000, trial=5_000)
        assert took < 6, signature.pattern.pattern  # mostly 0.02 s, 1 s at most


def test_a_line_takes_no_visible_time() -> None:
    lines = [row["text"] for row in ROWS if len(row["text"]) < 400]
    for line in lines[:100]:
        explain(line, CHECKS)  # fills the caches
    took = sorted(min(_seconds(line) for _ in range(2)) for line in lines)
    assert took[len(took) // 2] < 0.05  # 3 ms on a quiet machine


def _seconds(text: str) -> float:
    start = time.perf_counter()
    explain(text, CHECKS)
    return time.perf_counter() - start


def test_what_a_pattern_needs_never_hides_a_match() -> None:
    known = index(CHECKS)
    for row in ROWS[::12]:
        forms = readings(row["text"])
        tried = set(known.candidates("\n".join(forms).casefold()))
        for position, (check, signature) in enumerate(known.texts):
            if position not in tried:
                found = any(signature.pattern.search(form) for form in forms)
                assert not found, (check.code, signature.expression, row["text"])
