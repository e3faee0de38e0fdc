"""SARIF: valid by the schema of OASIS (sarif-schema-2.1.0.json, published by OASIS Open)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from report_cases import CASES, CWD, LITELLM, at, degraded, numbered, reported, seed, uncertain

from clawdoctor.check import built_in_checks
from clawdoctor.finding import Place, Report, Severity
from clawdoctor.formats.checkout import Checkout, checkout_of
from clawdoctor.formats.sarif import FINGERPRINT, to_sarif
from clawdoctor.source.text import Position, Span

SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)
HERE = Checkout(CWD, CWD)


def run_of(report: Report, checkout: Checkout = HERE) -> dict[str, Any]:
    log = json.loads(to_sarif(report, built_in_checks(), checkout))
    VALIDATOR.validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("name", CASES)
def test_a_log_is_valid_by_the_schema(name: str) -> None:
    report = CASES[name]()
    assert len(run_of(report)["results"]) == len(report.findings + report.suppressed)


def test_a_rule_has_the_page_of_its_check_as_help() -> None:
    run = run_of(seed())
    rules = run["tool"]["driver"]["rules"]
    rule = next(rule for rule in rules if rule["id"] == "LL102")
    assert rule["name"] == "EnvReferenceNotExpanded"
    assert rule["help"]["markdown"].startswith("# LL102 env-reference-not-expanded\n")
    assert "os.environ/" in rule["help"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_fix_replaces_the_region_of_the_finding() -> None:
    result = run_of(seed())["results"][1]
    region = {"startLine": 6, "startColumn": 16, "endLine": 6, "endColumn": 39}
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": LITELLM},
        "region": region,
    }
    change = result["fixes"][0]["artifactChanges"][0]
    assert change["artifactLocation"] == {"uri": LITELLM}
    assert change["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": "os.environ/AZURE_OPENAI_API_KEY"}}
    ]


def test_a_second_place_is_a_related_location_that_the_message_links() -> None:
    place = at(3, "a: b", "b", "a ] in (it)")
    finding = reported(
        Severity.ERROR, "see [this](https://evil.example)", place=place, related=(place,)
    )
    result = run_of(replace(seed(), findings=(finding,)))["results"][0]
    assert result["relatedLocations"][0]["id"] == 1
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert result["message"]["text"] == (
        "see [this]\\(https://evil.example). \n\nSee also: [a \\] in (it)](1).".replace(
            ". \n", ".\n"
        )
    )


def moved(report: Report, lines: int) -> Report:
    """The report on the same files with lines and a list item inserted above."""

    def down(place: Place | None) -> Place | None:
        if place is None or place.span is None:
            return place
        start, end = place.span.start, place.span.end
        span = Span(
            place.span.path,
            Position(start.line + lines, start.column),
            Position(end.line + lines, end.column),
        )
        pointer = place.pointer.replace("/6/", "/7/").replace("/13/", "/14/")
        return replace(place, span=span, pointer=pointer)

    return replace(report, findings=tuple(replace(f, place=down(f.place)) for f in report.findings))


def fingerprints(report: Report) -> list[str]:
    return [result["partialFingerprints"][FINGERPRINT] for result in run_of(report)["results"]]


def test_fingerprints_survive_moved_lines_and_are_unique() -> None:
    assert fingerprints(seed()) == fingerprints(moved(seed(), 5))
    assert len(set(fingerprints(seed()))) == len(seed().findings)
    first, *rest = seed().findings
    other = replace(seed(), findings=(replace(first, code="LL101"), *rest))
    assert fingerprints(other)[0] != fingerprints(seed())[0]


def test_an_unknown_check_is_a_notification_and_no_result() -> None:
    run = run_of(uncertain())
    (invocation,) = run["invocations"]
    notes = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is True
    assert any("PX001" in note["message"]["text"] for note in notes)
    assert all(note["level"] == "warning" for note in notes)
    assert [result["ruleId"] for result in run["results"]] == ["OC104", "OC114"]


def test_a_suppressed_finding_is_a_suppressed_result() -> None:
    run = run_of(uncertain())
    first, second = run["results"]
    assert "suppressions" not in first
    (suppression,) = second["suppressions"]
    assert suppression["kind"] == "inSource"
    assert suppression["justification"] == "our server accepts it"
    (note,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert note["level"] == "note"
    assert note["locations"][0]["physicalLocation"]["region"]["startLine"] == 16


@pytest.mark.parametrize("name", ["usage_error", "internal_error"])
def test_a_run_that_failed_says_so(name: str) -> None:
    (invocation,) = run_of(CASES[name]())["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolConfigurationNotifications"] + invocation["toolExecutionNotifications"]
    assert [note["level"] for note in notes if note["level"] == "error"]


def test_a_finding_without_a_place_is_on_the_first_line_of_its_file() -> None:
    finding = reported(Severity.ERROR, "x", stage="proxy", code="PX001")
    (result,) = run_of(replace(degraded(), findings=numbered(finding)))["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == LITELLM
    assert location["region"]["startLine"] == 1


def test_paths_are_relative_to_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "deploy").mkdir()
    found = checkout_of(str(tmp_path / "deploy"), {})
    assert found.path("a b.yaml") == "deploy/a b.yaml"
    assert found.path(str(tmp_path / "x.yaml")) == "x.yaml"
    assert found.path("/etc/x.yaml") is None
    assert found.uri("a b#.yaml") == "deploy/a%20b%23.yaml"
    assert found.uri("/etc/x.yaml") == "file:///etc/x.yaml"
    named = checkout_of(str(tmp_path / "deploy"), {"GITHUB_WORKSPACE": str(tmp_path / "deploy")})
    assert named.path("a.yaml") == "a.yaml"
    windows = Checkout("C:\\repo\\deploy", "C:\\repo")
    assert windows.path("C:\\repo\\x.yaml") == "x.yaml"
    assert windows.uri("D:\\x.yaml") == "file:///D:/x.yaml"
