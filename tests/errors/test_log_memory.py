"""Lines like earlier ones are not read again, and the answer is the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from clawdoctor.check import Check, built_in_checks
from clawdoctor.errors.log_entries import Entry, entries
from clawdoctor.errors.log_failures import recognise_entries, tally
from clawdoctor.errors.log_memory import LineMemory
from clawdoctor.errors.matching import index
from clawdoctor.errors.rule import rule

TEXTS = Path(__file__).parents[2] / "fixtures" / "explain" / "texts.jsonl"
CHECKS = built_in_checks()
PAGE = "Title.\n\nHow to fix it\n-------------\nFix.\n"


def _check(code: str, says: str) -> Check:
    return Check(
        code,
        "a-name",
        "proxy",
        "request",
        lambda: iter(()),
        PAGE,
        (),
        (rule("certain", "X", says),),
    )


LOST = (_check("PX900", "status 404 for"), _check("PX901", "worker died"))


def _read(log: str, checks: tuple[Check, ...] = LOST) -> list[Entry]:
    memory = LineMemory(index(checks))
    read = recognise_entries(entries(log.splitlines(), memory), checks, memory)
    return [entry for entry, _ in read]


def test_a_line_like_an_earlier_one_is_not_read_again() -> None:
    """An entry is known when the next one begins, so the third line is the first to gain."""
    first, _, third = _read("\n".join(f"10:00:0{n} [gateway] run {n} done" for n in (1, 2, 3)))
    assert first.remembered is None
    assert third.remembered is not None
    assert third.whole() == Entry("10:00:03 [gateway] run 3 done", 3, "10:00:03")


def test_a_line_that_differs_in_a_status_is_read() -> None:
    log = "\n".join(f"10:00:01 INFO: status {n} for /a" for n in (200, 200, 200, 404))
    _, matches = tally(log.splitlines(), LOST)
    assert [match.code for match in matches] == ["PX900"]


def test_a_traceback_after_a_remembered_line_belongs_to_it() -> None:
    log = (
        "10:00:01 INFO: step 1\n10:00:02 INFO: step 2\n10:00:03 INFO: step 3\n"
        "Traceback (most recent call last):\n  File x\nRuntimeError: worker died\n"
        "10:00:04 INFO: step 4"
    )
    read, matches = tally(log.splitlines(), LOST)
    assert read.entries == 4
    (match,) = matches
    assert match.occurrences is not None
    assert match.occurrences.first_line == 3


def test_programs_that_differ_in_a_digit_stay_apart() -> None:
    names = ["proxy-1", "proxy-1", "proxy-1", "proxy-2"]
    log = "\n".join(f"{name}  | 10:00:01 INFO: a {n}" for n, name in enumerate(names))
    assert [entry.program for entry in _read(log)] == names


def test_the_first_and_the_last_time_are_those_of_the_log() -> None:
    read, _ = tally([f"10:00:0{second} INFO: a" for second in range(5)], LOST)
    assert (read.entries, read.first, read.last) == (5, "10:00:00", "10:00:04")


@pytest.mark.parametrize("form", ["{} ERROR: {}", '{{"time":"{}","level":"error","msg":{}}}'])
def test_a_log_of_known_texts_is_read_as_without_a_memory(form: str) -> None:
    rows = [json.loads(line)["text"] for line in TEXTS.read_text("utf-8").splitlines()[::40]]
    texts = [text for text in rows if "\n" not in text and len(text) < 400]
    quoted = "msg" in form
    log = [
        form.format(f"2026-11-28T09:{minute:02d}:00Z", json.dumps(text) if quoted else text)
        for minute in range(3)
        for text in texts
    ]
    plain = [
        (entry.line, tuple(hit.check.code for hit in hits))
        for entry, hits in recognise_entries(entries(log), CHECKS)
    ]
    memory = LineMemory(index(CHECKS))
    remembered = [
        (entry.line, tuple(hit.check.code for hit in hits))
        for entry, hits in recognise_entries(entries(log, memory), CHECKS, memory)
    ]
    assert remembered == plain


@pytest.mark.parametrize(
    ("other", "ours"),
    [
        ("connect ECONNREFUSED 127.0.0.1:6379", "connect ECONNREFUSED 127.0.0.1:4000"),
        ("connect ECONNREFUSED 93.184.215.14:4000", "connect ECONNREFUSED 127.0.0.1:4000"),
        (
            "curl: (7) Failed to connect to localhost port 5432 after 0 ms: Couldn't connect",
            "curl: (7) Failed to connect to localhost port 4000 after 0 ms: Couldn't connect",
        ),
        (
            "connect failed, 'address': '127.0.0.1', 'port': 27017, ECONNREFUSED",
            "connect failed, 'address': '127.0.0.1', 'port': 4000, ECONNREFUSED",
        ),
    ],
)
def test_an_address_and_a_port_are_no_detail(other: str, ours: str) -> None:
    """A database that refuses must not stand for the proxy that refuses later."""
    _, (alone, *_) = tally([f"10:00:01 ERROR: {ours}"], CHECKS)
    lines = [f"10:00:0{n} ERROR: {text}" for n, text in enumerate((other, other, other, ours))]
    _, (match, *_) = tally(lines, CHECKS)
    assert (match.code, match.confidence) == (alone.code, alone.confidence)
    assert match.occurrences is not None
    assert match.occurrences.last_line == 4


@pytest.mark.parametrize(
    ("ordinary", "failure", "says"),
    [
        ('10:00:0{} INFO: {{"statusCode":200}}', '10:00:09 INFO: {"statusCode":401}', ""),
        ("10:00:0{} INFO: error code: 199", "10:00:09 INFO: error code: 522", "code: 52[0-6]"),
    ],
)
def test_digits_that_a_rule_asks_for_are_read(ordinary: str, failure: str, says: str) -> None:
    """Only the digits differ from the lines before, and they make the rule match."""
    check = replace(
        LOST[0], texts=(rule("certain", "X", says) if says else rule("certain", "X", status=401),)
    )
    _, matches = tally([*(ordinary.format(n) for n in range(6)), failure], (check,))
    assert [match.code for match in matches] == ["PX900"]


def test_the_pattern_of_a_rule_with_any_digits() -> None:
    lines = [f"10:00:0{n} ERROR: retry 52{n} of code x" for n in range(4)]
    checks = (replace(LOST[0], texts=(rule("certain", "X", "retry 523 of"),)),)
    _, matches = tally(lines, checks)
    assert [match.code for match in matches] == ["PX900"]
