"""The severity of a fault that depends on a version, over the versions that may be running."""

from __future__ import annotations

import pytest

from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Severity, Version

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def _severity(
    version: str | None, topic: str, faulty: list[str], *, lower_bound: bool = False
) -> Severity | None:
    found = Version(version, "here", lower_bound) if version is not None else None
    judged = judge_versions(Versions(found, None), "openclaw", topic, faulty, ["not-seen"])
    return judged.severity if judged is not None else None


@pytest.mark.parametrize(
    ("version", "severity"),
    [("2026.3.13", ERROR), ("2026.4.1", WARNING), ("2026.5.12", None), ("2030.1.1", None)],
)
def test_a_known_version_decides(version: str, severity: Severity | None) -> None:
    assert _severity(version, "azure-api-version", ["header"]) == severity


@pytest.mark.parametrize(
    ("version", "severity"),
    [("2026.3.13", WARNING), ("2026.4.1", WARNING), ("2026.5.12", None), ("2030.1.1", None)],
)
def test_a_lower_bound_relieves(version: str, severity: Severity | None) -> None:
    assert _severity(version, "azure-api-version", ["header"], lower_bound=True) == severity


def test_without_a_version_a_fault_of_older_ones_is_a_warning() -> None:
    assert _severity(None, "azure-api-version", ["header"]) == WARNING


def test_without_a_version_a_fault_of_the_newest_is_an_error() -> None:
    assert _severity(None, "azure-api-version", ["moved"]) == ERROR
    assert _severity("2026.1.1", "azure-api-version", ["moved"], lower_bound=True) == ERROR


def test_a_fault_of_versions_that_nobody_runs_is_none() -> None:
    assert _severity(None, "unset-variable", ["never"]) is None
