"""The tables of known faults, malicious releases and callbacks say what the checks understand."""

import re
from datetime import date
from typing import Any

import pytest

from clawdoctor.checks.litellm.ll122_features import FEATURES
from clawdoctor.finding import Severity
from clawdoctor.knowledge import release, table

REGRESSIONS: list[dict[str, Any]] = table("regressions")["regression"]
MALICIOUS: list[dict[str, Any]] = table("compromised")["release"]
CALLBACKS: dict[str, dict[str, Any]] = table("callbacks")
WHERE = {"proxied", "provider", "openai", "model", "reasoning", "api"}
ISSUE = re.compile(r"https://github\.com/[\w-]+/[\w-]+/(?:issues|pull)/\d+")


def _name(row: dict[str, Any]) -> str:
    return f"{row['program']}-{row['since']}-{row['feature']}"


@pytest.mark.parametrize("row", REGRESSIONS, ids=_name)
def test_a_known_fault_has_a_range_a_feature_and_a_report(row: dict[str, Any]) -> None:
    first, last = release(row["since"]), release(row["until"])
    assert first is not None
    assert last is not None
    assert first <= last
    assert row["feature"] in FEATURES
    assert row.get("where", {}).keys() <= WHERE
    assert row["program"] in ("litellm", "openclaw")
    assert Severity(row["severity"])
    assert ISSUE.fullmatch(row["source"])
    if row["basis"] == "reported":
        assert first == last, "a report names a release, not a range"
    else:
        assert row["basis"] == "source"


def test_every_feature_is_used() -> None:
    assert {row["feature"] for row in REGRESSIONS} == FEATURES


def test_there_are_faults_of_both_programs() -> None:
    assert {row["program"] for row in REGRESSIONS} == {"litellm", "openclaw"}


@pytest.mark.parametrize("row", MALICIOUS, ids=lambda row: row["package"])
def test_a_malicious_release_is_exact_and_dated(row: dict[str, Any]) -> None:
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in row["versions"])
    assert date.fromisoformat(row["date"]) <= date.today()
    assert row["registry"] in ("pypi", "npm")
    assert row["sources"]


@pytest.mark.parametrize("name", sorted(set(CALLBACKS) - {"lists"}))
def test_a_callback_needs_variables(name: str) -> None:
    row = CALLBACKS[name]
    named = [*row["needs"], *row.get("instead", ())]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", variable) for variable in named)
    assert set(row.get("first", ())) <= {"success_callback", "failure_callback"}
