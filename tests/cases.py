"""Fixture cases: a folder with the files of one chain, and what clawdoctor says about it.

A case names the chain that it starts from and holds only what differs. Its `case.toml`:

    base = "plain"                   # a folder of fixtures/base/; it may have a base itself
    without = ["openclaw.json"]      # files of the base that the case lacks
    args = ["litellm_config"]        # the files that an option names (default: those that exist)
    now = 2026-11-20                 # the date of the run
    env_file = ".env"                # --env-file
    models = ["azure-openai/gpt-4o"]                         # --model
    processes = [{pid = 7, arguments = ["litellm", "--port", "4001"]}]   # running proxies
    [environ]                        # the environment (default: empty)
    NAME = "value"
    [versions]                       # installed programs
    openclaw = "2026.3.7"
    [diff]                           # edits of the base's files
    "litellm_config.yaml" = '''
    -  drop_params: true
    +  drop_params: false
    '''

A key replaces the base's key of that name as a whole. A file in the case's folder replaces the
base's file of that name. A diff removes lines after "-", adds lines after "+" and finds its place
by these and the unmarked lines, which together occur once in the file; "@@" begins another edit.
`built` writes the merged files into a folder; a failing case prints them.

With a table `proxy` or `azure` (see clawdoctor.simulator.scene) the chain is up, and clawdoctor
sends it the requests that cost nothing; with `mode = "live"` it also sends turns.

A case of a check that knows its failure by text alone holds `text.txt` instead of a chain;
`explain` explains it.
"""

from __future__ import annotations

import os
import re
import shutil
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.finding import Place, Report, ReportedFinding
from clawdoctor.formats.explanation import to_text
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Process, Situation
from clawdoctor.simulator.scene import installed, scene

FIXTURES = Path(__file__).parent.parent / "fixtures"
BASES = FIXTURES / "base"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
_NAMED = {"openclaw_config": "openclaw.json", "litellm_config": "litellm_config.yaml"}
_FILES = frozenset({"base", "without", "diff"})
"""The keys of case.toml that say what the files are."""


@dataclass(frozen=True, slots=True)
class Case:
    """One folder under fixtures/<stage>/<code>-<name>/, or a base under fixtures/base/."""

    path: Path

    @property
    def code(self) -> str:
        return self.path.parent.name.partition("-")[0]

    @property
    def kind(self) -> str:
        """bad, good or near."""
        return self.path.name.partition("-")[0]

    @property
    def own(self) -> dict[str, Any]:
        """The case's own case.toml."""
        file = self.path / "case.toml"
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}

    @property
    def base(self) -> Case | None:
        name = self.own.get("base")
        return Case(BASES / name) if name else None

    @property
    def settings(self) -> dict[str, Any]:
        """What the case and its base say of everything but the files."""
        inherited = self.base.settings if self.base else {}
        return inherited | {key: value for key, value in self.own.items() if key not in _FILES}

    @property
    def text(self) -> str | None:
        """The text that is to be explained, where the case is one."""
        file = self.path / "text.txt"
        return file.read_text("utf-8") if file.exists() else None


def every_case() -> list[Case]:
    return [
        Case(folder) for folder in sorted(FIXTURES.glob("*/[A-Z][A-Z]*-*/*")) if folder.is_dir()
    ]


def built(case: Case, folder: Path) -> Path:
    """Write the files of a case, merged with its base's, into `folder`, and return it.

    Raises:
        FileNotFoundError: `without` or `diff` names a file that does not exist.
        ValueError: the lines that an edit changes do not occur exactly once.
    """
    if case.base:
        built(case.base, folder)
    for name in case.own.get("without", ()):
        (folder / name).unlink()
    skipped = shutil.ignore_patterns("expected.txt", "case.toml")
    shutil.copytree(case.path, folder, ignore=skipped, dirs_exist_ok=True)
    for name, diff in case.own.get("diff", {}).items():
        file = folder / name
        file.write_bytes(edited(file.read_bytes().decode(), diff).encode())
    return folder


def edited(text: str, diff: str) -> str:
    """`text` with the edits of a diff as case.toml has it.

    Raises:
        ValueError: the lines that an edit changes do not occur exactly once.
    """
    lines = text.split("\n")
    for hunk in re.split(r"^@@\n", diff, flags=re.MULTILINE):
        rows = hunk.splitlines()
        old = [row[1:] for row in rows if not row.startswith("+")]
        new = [row[1:] for row in rows if not row.startswith("-")]
        starts = [at for at in range(len(lines)) if lines[at : at + len(old)] == old]
        if len(starts) != 1:
            raise ValueError(f"These lines occur {len(starts)} times, not once:\n{hunk}")
        lines[starts[0] : starts[0] + len(old)] = new
    return "\n".join(lines)


def merged(case: Case) -> dict[str, bytes]:
    """The contents of the merged files, by path within the case."""
    with TemporaryDirectory() as temporary:
        folder = built(case, Path(temporary) / "project")
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }


def played(case: Case, tmp_path: Path) -> Report:
    """The report on the merged files of a case, with all durations set to 0."""
    return diagnosed(built(case, tmp_path / "project"), case.settings, tmp_path)


def diagnosed(folder: Path, settings: Mapping[str, Any], tmp_path: Path) -> Report:
    """The report on the files in `folder`, with all durations set to 0."""
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
            Process(row["pid"], tuple(row["arguments"]), str(folder), row.get("environ"))
            for row in settings.get("processes", [])
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


def _line(finding: ReportedFinding) -> str:
    cause = f" (because of {int(finding.caused_by[1:]) - 1})" if finding.caused_by else ""
    where = _where(finding.place) if finding.place else "-"
    return f"{finding.severity} {finding.code} {where}{cause}: {finding.message}"


def _where(place: Place) -> str:
    span = place.span
    if span is None:
        return f"{place.path}:1:1"
    start, end = span.start, span.end
    upto = f"{end.column}" if end.line == start.line else f"{end.line}:{end.column}"
    return f"{place.path}:{start.line}:{start.column}-{upto} {place.pointer}"
