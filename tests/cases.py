"""Fixture cases: a folder with the files of one chain, and what clawdoctor says about it.

A case may hold `case.toml`:

    args = ["litellm_config"]          # which files are named by option (default: those there are)
    environ = {NAME = "value"}         # the environment, empty otherwise
    [versions]                         # programs that are installed
    openclaw = "2026.3.7"
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clawdoctor.chain.situation import Situation
from clawdoctor.diagnose import diagnose
from clawdoctor.finding import Finding, Place, Report
from clawdoctor.report import render

FIXTURES = Path(__file__).parent.parent / "fixtures"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
_NAMED = {"openclaw_config": "openclaw.json", "litellm_config": "litellm_config.yaml"}


@dataclass(frozen=True, slots=True)
class Case:
    """One folder under fixtures/<stage>/<code>-<name>/."""

    path: Path

    @property
    def code(self) -> str:
        return self.path.parent.name.partition("-")[0]

    @property
    def kind(self) -> str:
        """bad, good or near."""
        return self.path.name.partition("-")[0]

    @property
    def settings(self) -> dict[str, Any]:
        file = self.path / "case.toml"
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def every_case() -> list[Case]:
    return [
        Case(folder) for folder in sorted(FIXTURES.glob("*/[A-Z][A-Z]*-*/*")) if folder.is_dir()
    ]


def played(case: Case, tmp_path: Path) -> Report:
    """The report on a copy of the case, with its time set to nothing."""
    settings = case.settings
    folder = tmp_path / "project"
    shutil.copytree(case.path, folder, ignore=shutil.ignore_patterns("expected.txt", "case.toml"))
    home = folder / "home"
    environ = {"PATH": installed(tmp_path, settings.get("versions", {}))}
    environ |= settings.get("environ", {})
    named = settings.get("args", [k for k, name in _NAMED.items() if (folder / name).exists()])
    situation = Situation(
        cwd=str(folder),
        home=str(home if home.exists() else tmp_path / "home"),
        environ=environ,
        env_file=settings.get("env_file"),
        openclaw_config=_NAMED["openclaw_config"] if "openclaw_config" in named else None,
        litellm_config=_NAMED["litellm_config"] if "litellm_config" in named else None,
    )
    report = diagnose(situation)
    return replace(
        report,
        duration_ms=0,
        checks=tuple(replace(check, duration_ms=0) for check in report.checks),
    )


def installed(tmp_path: Path, versions: dict[str, str]) -> str:
    """A PATH on which the programs of these versions are installed, as npm and pip leave them."""
    prefix = tmp_path / "prefix"
    (prefix / "bin").mkdir(parents=True)
    if "openclaw" in versions:
        package = prefix / "lib/node_modules/openclaw"
        package.mkdir(parents=True)
        (package / "package.json").write_text(
            f'{{"name": "openclaw", "version": "{versions["openclaw"]}"}}'
        )
        (package / "openclaw.mjs").write_text("")
        (package / "openclaw.mjs").chmod(0o755)
        (prefix / "bin/openclaw").symlink_to(package / "openclaw.mjs")
    if "litellm" in versions:
        packages = prefix / "lib/python3.11/site-packages"
        (packages / f"litellm-{versions['litellm']}.dist-info").mkdir(parents=True)
        (prefix / "bin/litellm").write_text("")
        (prefix / "bin/litellm").chmod(0o755)
    return str(prefix / "bin")


def told(report: Report, home: str = "/nowhere") -> str:
    """What a reviewer reads: the exit code, a line for each finding, and the report."""
    lines = [f"exit {report.exit_code}", *(_line(finding) for finding in report.findings)]
    unknown = [
        f"unknown {check.code}: {subject.reason}"
        for check in report.checks
        for subject in check.subjects
        if subject.outcome == "unknown"
    ]
    text = "\n".join([*lines, *unknown, "", render(report, width=88, home=home)])
    return re.sub(r"\b\d+ passed", "N passed", text)  # grows with every check that is added


def _line(finding: Finding) -> str:
    cause = "" if finding.root_cause else f" (because of {finding.caused_by})"
    where = _where(finding.place) if finding.place else "-"
    return f"{finding.severity} {finding.code} {where}{cause}: {finding.message}"


def _where(place: Place) -> str:
    span = place.span
    if span is None:
        return f"{place.path}:1:1"
    start, end = span.start, span.end
    upto = f"{end.column}" if end.line == start.line else f"{end.line}:{end.column}"
    return f"{place.path}:{start.line}:{start.column}-{upto} {place.pointer}"
