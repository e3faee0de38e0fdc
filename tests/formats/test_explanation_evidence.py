"""The output of `explain` for a log and for the user's files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from test_explanation import CHECKS

from clawdoctor.check import Check
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.matching import Occurrences
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Fix, Place, Stage, Step
from clawdoctor.formats.explanation_evidence import occurrences_text, time_range
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.source.text import Position, Span

Snapshot = Callable[[str, str], None]

_REJECTED = (rule("possible", "OpenClaw", "provider rejected the request"),)


def _catch_all_check(code: str, name: str, stage: Stage, title: str) -> Check:
    return Check(code, name, stage, "request", lambda: iter(()), f"{title}\n", (), _REJECTED)


CATCH_ALL = (
    _catch_all_check("LL101", "drop-params-missing", "litellm", "LiteLLM may not drop parameters"),
    _catch_all_check(
        "AZ103", "operation-not-supported", "azure", "The model does no chat completions"
    ),
    _catch_all_check("AZ107", "content-filtered", "azure", "Azure's content filter stopped it"),
)
LOG = """\
2026-11-26 18:00:01 ERROR: Access denied, invalid subscription key
2026-11-26 18:00:02 ERROR: No deployments available
2026-11-26 18:00:03 ERROR: No deployments available
2026-11-26 18:00:04 INFO: all is well
2026-11-26 18:07:30 ERROR: azure does not support parameters: ['store'], for model=my-gpt4o
"""


def _key_place(explanation: Explanation) -> Explanation:
    at = Span("/home/me/litellm_config.yaml", Position(13, 16), Position(13, 39))
    places = (
        Place("litellm_config.yaml", "", at, 'LiteLLM sends Azure the text "${KEY}" (LL102)'),
        Place("", "", None, "LITELLM_MASTER_KEY is not set in this shell, nor anywhere (LL103)"),
        *(Place("litellm_config.yaml", f"/{n}", at, f"place {n} (LL104)") for n in range(5)),
    )
    fix = Fix("Refer to it", snippet="api_key: os.environ/KEY\napi_base: x",
              actions=(Command("litellm --config litellm_config.yaml"),
                       Step("then wait")))  # fmt: skip
    first = replace(explanation.matches[0], places=places, fixes=(fix,))
    return replace(explanation, matches=(first, *explanation.matches[1:]))


@pytest.mark.parametrize("width", [80, 100])
def test_log_snapshot(width: int, snapshot: Snapshot) -> None:
    text = to_text(explain(LOG, CHECKS), CHECKS, width=width)
    snapshot(f"explain/log-{width}.txt", text + "\n")


def test_snapshot_of_an_error_with_places_and_fix(snapshot: Snapshot) -> None:
    found = _key_place(explain("401 invalid subscription key", CHECKS))
    snapshot("explain/places-and-fix.txt", to_text(found, CHECKS, width=80) + "\n")


def test_snapshot_of_a_catch_all_text(snapshot: Snapshot) -> None:
    text = "LLM request failed: provider rejected the request schema or tool payload."
    found = _key_place(explain(text, CATCH_ALL))
    assert not found.recognised
    snapshot("explain/catch-all.txt", to_text(found, CATCH_ALL, width=80) + "\n")


def test_a_long_list_of_failures_is_cut() -> None:
    checks = tuple(
        Check(f"AA{n:03}", f"a-{n}", "azure", "request", lambda: iter(()), f"Failure {n}\n", (),
              (rule("certain", "x", f"failure {n}"),))
        for n in range(100, 120)
    )  # fmt: skip
    log = "".join(f"INFO: failure {n}\n" for n in range(100, 120))
    text = to_text(explain(log, checks), checks)
    assert text.startswith("20 failures in 20 entries, causes first\n")
    assert "  and 8 more: --json has them all" in text


@pytest.mark.parametrize(
    ("occurrences", "text"),
    [
        (Occurrences(1, "", "", 7, 7), "once (line 7)"),
        (Occurrences(1200, "18:00:01", "18:07:00", 7, 99), "1,200 times, 18:00:01 to 18:07:00 "
         "(lines 7 to 99)"),
        (Occurrences(2, "18:00:01", "18:00:01", 7, 8, "litellm-1"),
         "2 times, 18:00:01 (lines 7 to 8, litellm-1)"),
    ],
)  # fmt: skip
def test_count_time_and_lines_are_shown(occurrences: Occurrences, text: str) -> None:
    assert occurrences_text(occurrences) == text


def test_the_day_is_shown_once() -> None:
    day = "2026-11-26"
    assert time_range(f"{day} 18:00:01", f"{day} 19:00:00") == f"{day} 18:00:01 to 19:00:00"
    assert time_range(f"{day} 18:00:01", "2026-11-27 19:00:00").endswith("to 2026-11-27 19:00:00")
    assert time_range("Nov 26 18:00:01", "Nov 26 19:00:00") == "Nov 26 18:00:01 to 19:00:00"
