"""Fixture cases: a folder with the files of one chain, and what clawdoctor says about it.

A case may hold `case.toml`:

    args = ["litellm_config"]          # which files are named by option (default: those there are)
    environ = {NAME = "value"}         # the environment, empty otherwise
    now = 2026-11-20                 # when this is
    env_file = ".env"; models = ["azure-openai/gpt-4o"]      # --env-file, --model
    processes = [{pid = 7, arguments = ["litellm", "--port", "4001"]}]   # running proxies
    [versions]                         # programs that are installed
    openclaw = "2026.3.7"

With a table `proxy` or `azure` (see clawdoctor.simulator.scene) the chain is up, and is asked
what costs nothing; with `mode = "live"` it is sent turns, too.

A case of a check that is recognised in texts alone holds `text.txt`, and what `explain` says to it.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.finding import Finding, Place, Report
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Process, Situation
from clawdoctor.simulator.scene import installed, scene

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

    @property
    def text(self) -> str | None:
        """The text that is to be explained, where the case is one."""
        file = self.path / "text.txt"
        return file.read_text("utf-8") if file.exists() else None


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
    environ = {"PATH": installed(tmp_path / "prefix", settings.get("versions", {}))}
    environ |= settings.get("environ", {})
    named = settings.get("args", [k for k, name in _NAMED.items() if (folder / name).exists()])
    situation = Situation(
        cwd=str(folder),
        home=str(home if home.exists() else tmp_path / "home"),
        environ=environ,
        env_file=settings.get("env_file"),
        models=tuple(settings.get("models", ())),
        now=_unix(settings["now"]) if "now" in settings else time.time(),
        processes=tuple(
            Process(one["pid"], tuple(one["arguments"]), str(folder), one.get("environ"))
            for one in settings.get("processes", [])
        ),
        openclaw_config=_NAMED["openclaw_config"] if "openclaw_config" in named else None,
        litellm_config=_NAMED["litellm_config"] if "litellm_config" in named else None,
    )
    if settings.keys() & {"proxy", "azure"}:
        with scene(settings, situation) as up:
            report = diagnose(situation, mode=settings.get("mode", "free"), way=up.way)
    else:
        report = diagnose(situation)
    return replace(
        report,
        duration_ms=0,
        checks=tuple(replace(check, duration_ms=0) for check in report.checks),
        routes=tuple(replace(route, latency_ms=route.latency_ms and 12) for route in report.routes),
    )


def _unix(day: date) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()


def explained(text: str) -> tuple[Explanation, str]:
    """What `explain` makes of a text, and what a reviewer reads of it."""
    found = explain(text, built_in_checks())
    lines = [f"{match.confidence} {match.code}: {match.title}" for match in found.matches]
    said = to_text(found, built_in_checks(), width=88)
    return found, "\n".join([f"recognised {found.recognised}", *lines, "", said]).rstrip() + "\n"


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
    # What grows with every check that is added says nothing about a case.
    return re.sub(r"\b\d+(?= passed| skipped| checks? of|, more| more \(-v\))", "N", text)


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
