import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from report_cases import CASES, hostile, key_refused, seed
from schemas import report_validator

from clawdoctor.finding import (
    CheckOutcome,
    Command,
    Fix,
    Outcome,
    Report,
    Step,
    SubjectOutcome,
)
from clawdoctor.formats.json import document, load_schema, to_json


def loaded(report: Report) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(to_json(report))
    return value


@pytest.mark.parametrize("name", CASES)
def test_document_is_valid_by_the_schema(name: str) -> None:
    report_validator().validate(loaded(CASES[name]()))


def test_schema_requires_every_field_and_allows_no_other() -> None:
    schema = load_schema()
    jsonschema_rs.meta.validate(schema)

    def objects(value: object) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [found for item in value for found in objects(item)]
        if not isinstance(value, dict):
            return []
        own = [value] if "properties" in value and "type" in value else []
        return own + [found for item in value.values() for found in objects(item)]

    assert len(objects(schema)) > 15
    for item in objects(schema):
        assert item["additionalProperties"] is False
        assert sorted(item["required"]) == sorted(item["properties"])


def test_document_snapshot(snapshot: Callable[[str, str], None]) -> None:
    snapshot("report/key_refused.json", to_json(key_refused()))


def test_text_is_one_document_in_ascii() -> None:
    text = to_json(hostile())
    assert text.isascii()
    assert text.endswith("}\n")
    assert not set(text) & {chr(n) for n in range(32)} - {"\n"}
    assert json.loads(text) == document(hostile())


def test_summary_counts_findings_and_checks() -> None:
    summary = loaded(seed())["summary"]
    assert summary == {
        "error": 8,
        "warning": 1,
        "info": 2,
        "passed": 31,
        "failed": 0,
        "skipped": 24,
        "unknown": 0,
        "notApplicable": 0,
        "suppressed": 0,
        "fixable": 2,
    }


def test_a_check_counts_the_subjects_that_passed_and_lists_the_others() -> None:
    subjects = tuple(
        SubjectOutcome(f"azure/gpt-{number}", outcome) for number, outcome in enumerate(Outcome)
    )
    check = CheckOutcome("LL103", "x", "litellm", Outcome.FAILED, subjects=(*subjects, subjects[3]))
    (found,) = loaded(replace(seed(), checks=(check,)))["checks"]
    assert subjects[3].outcome is Outcome.PASSED
    assert found["subjectsPassed"] == 2
    assert [item["outcome"] for item in found["subjects"]] == [
        "failed",
        "unknown",
        "skipped",
        "not-applicable",
    ]


def test_locations_count_from_1_and_may_be_missing() -> None:
    findings = loaded(seed())["findings"]
    root, key, note = findings[0], findings[1], findings[10]
    assert root["location"]["start"] == root["location"]["end"] == {"line": 1, "column": 1}
    assert key["location"]["start"] == {"line": 6, "column": 16}
    assert key["location"]["end"] == {"line": 6, "column": 39}
    assert note["location"] is None


def test_edits_use_the_paths_of_locations() -> None:
    key = loaded(seed())["findings"][1]
    edit = key["fixes"][0]["edits"][0]
    assert edit["path"] == key["location"]["path"] == "litellm_config.yaml"
    assert edit["start"] == key["location"]["start"]


def test_steps_and_commands_are_apart() -> None:
    actions = (Command("litellm"), Step("then wait"), Command("curl a\ncurl b"), Step("#2 too"))
    finding = replace(seed().findings[0], fixes=(Fix("t", actions=actions),))
    fix = loaded(replace(seed(), findings=(finding,)))["findings"][0]["fixes"][0]
    assert fix["steps"] == ["then wait", "#2 too"]
    assert fix["commands"] == ["litellm", "curl a\ncurl b"]


def test_import_is_light() -> None:
    code = (
        "import sys, clawdoctor.formats.json as f, clawdoctor.report\n"
        "f.to_json(f.Report('1'))\n"
        "print([m for m in ('rich', 'httpx', 'asyncio', 'yaml', 'json5') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
