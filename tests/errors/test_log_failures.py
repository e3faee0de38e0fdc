"""Group and count the failures of a log, causes first."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.check import Check
from clawdoctor.errors.log_failures import LogRead, tally
from clawdoctor.errors.matching import Match
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.finding import Finding

PAGE = "{name} is wrong.\n\nHow to fix it\n-------------\nSee to <model>, for <name of it>.\n"


def _run() -> Iterator[Finding]:
    yield from ()


def _check(code: str, *texts: Rule, causes: tuple[str, ...] = ()) -> Check:
    page = PAGE.format(name=code)
    return Check(code, code.lower(), "azure", "request", _run, page, causes, texts)


CHECKS = (
    _check("PX103", rule("certain", "LiteLLM", "No deployments available"),
           causes=("AZ003", "AZ101")),
    _check("AZ003", rule("certain", "Azure", r"invalid key(?: for (?P<model>[\w.-]+))?")),
    _check("AZ101", rule("likely", "Azure", "DeploymentNotFound")),
    _check("AZ104", rule("certain", "Azure", "rate limit")),
    _check("PX001", rule("possible", "OpenClaw", "Connection error")),
    _check("PX107", rule("possible", "OpenClaw", "Connection error|timed out")),
)  # fmt: skip

LOG = """\
10:00:00 - LiteLLM Proxy:ERROR: x.py:1 - invalid key
10:00:01 - LiteLLM Proxy:ERROR: x.py:1 - No deployments available, id 0123456789abcdef
INFO:     127.0.0.1:40000 - "POST /v1/chat/completions HTTP/1.1" 429
10:00:02 - LiteLLM Proxy:ERROR: x.py:1 - No deployments available, id 123456789abcdef0
10:00:03 - LiteLLM Proxy:ERROR: x.py:1 - invalid key for my-gpt
10:00:04 - LiteLLM Proxy:ERROR: x.py:1 - rate limit
10:00:09 - LiteLLM Proxy:ERROR: x.py:1 - Connection error
"""


def _tally(text: str) -> tuple[LogRead, tuple[Match, ...]]:
    return tally(text.splitlines(), CHECKS)


def test_a_failure_names_its_cause() -> None:
    read, matches = _tally(LOG)
    assert read == LogRead(7, "10:00:00", "10:00:09")
    assert [(m.code, m.occurrences and m.occurrences.count, m.caused_by) for m in matches] == [
        ("AZ104", 1, None),  # the later of two roots
        ("AZ003", 2, None),
        ("PX103", 2, "AZ003"),
        ("PX001", 1, None),
        ("PX107", 1, None),
    ]


def test_first_and_last_time_and_line_are_kept() -> None:
    found = next(m for m in _tally(LOG)[1] if m.code == "PX103")
    assert found.occurrences is not None
    assert (found.occurrences.first, found.occurrences.last) == ("10:00:01", "10:00:02")
    assert (found.occurrences.first_line, found.occurrences.last_line) == (2, 4)


def test_the_longest_match_is_kept() -> None:
    found = next(m for m in _tally(LOG)[1] if m.code == "AZ003")
    assert found.captures == {"model": "my-gpt"}
    assert found.fix == "See to my-gpt, for <name of it>."


def test_a_less_certain_cause_is_not_a_cause() -> None:
    _, matches = _tally("INFO: DeploymentNotFound\nINFO: No deployments available")
    assert [(m.code, m.caused_by) for m in matches] == [("PX103", None), ("AZ101", None)]


def test_an_entry_counts_only_for_its_best_match() -> None:
    _, matches = _tally("INFO: No deployments available; invalid key\n" * 3)
    assert [(m.code, m.occurrences and m.occurrences.count) for m in matches] == [("AZ003", 3)]


def test_a_possible_text_counts_for_all_its_matches() -> None:
    _, matches = _tally("INFO: Connection error\nINFO: timed out\n")
    assert {m.code: m.occurrences and m.occurrences.count for m in matches} == {
        "PX001": 1,
        "PX107": 2,
    }


def test_an_empty_log_has_no_failures() -> None:
    assert _tally("INFO: all is well\n" * 5) == (LogRead(5), ())
    assert _tally("") == (LogRead(0), ())
