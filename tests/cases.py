"""Fixture cases: a folder with the files of a chain, and clawdoctor's report on it.

A case names the chain that it starts from and holds only the differences. Its `case.toml`:

    base = "plain"                   # a folder of fixtures/base/; it may have a base itself
    without = ["openclaw.json"]      # files of the base that the case lacks
    args = ["litellm_config"]        # the files that an option names (default: those that exist)
    now = 2026-11-20                 # the date of the run (default: that of the knowledge)
    env_file = ".env"                # --env-file
    compose = "run.sh"               # --compose
    models = ["azure-openai/gpt-4o"]                         # --model
    processes = [{pid = 7, arguments = ["litellm", "--port", "4001"]}]   # running proxies
    gateways = [{pid = 8, arguments = ["openclaw", "gateway"], environ = {}}]   # running OpenClaws
    [environ]                        # the environment (default: empty)
    NAME = "value"
    [versions]                       # installed programs
    openclaw = "2026.3.7"
    [options]                        # fields of the Situation: other files, proxy_url, ...
    compose = "docker/compose.yml"
    [diff]                           # edits of the base's files
    "litellm_config.yaml" = '''
    -  drop_params: true
    +  drop_params: false
    '''

A key replaces the whole key of that name in the base. A file in the case's folder replaces the
base's file of that name. A diff removes the lines after "-" and adds those after "+". Lines after a
space stay and give the place of the edit: they and the removed lines must occur once in the file.
"@@" begins another edit. `built` writes the merged files into a folder; a failing case prints them.

With a table `proxy` or `azure` (see clawdoctor.simulator.scene), the chain is up, and clawdoctor
sends it the free requests; with `mode = "live"` it also sends turns.

A case of a check that recognises its failure only by text holds `text.txt` in place of a chain,
which `explain` explains.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.finding import (
    CheckOutcome,
    Outcome,
    Place,
    Report,
    ReportedFinding,
    Severity,
)
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.knowledge.measured import knowledge_date
from clawdoctor.report import render
from clawdoctor.run.diagnosis import Policy, diagnose
from clawdoctor.run.situation import Process, Situation
from clawdoctor.simulator.scene import installed, scene

FIXTURES = Path(__file__).parent.parent / "fixtures"
BASES = FIXTURES / "base"
FIELD = FIXTURES / "field"
ALL = Policy()
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
_NAMED = {"openclaw_config": "openclaw.json", "litellm_config": "litellm_config.yaml"}
_FILES = frozenset({"base", "without", "diff"})
"""The keys of case.toml that describe the files."""


@dataclass(frozen=True, slots=True)
class Case:
    """A folder under fixtures/<stage>/<code>-<name>/, under fixtures/base/ or fixtures/field/."""

    path: Path

    @property
    def code(self) -> str:
        return self.path.parent.name.partition("-")[0]

    @property
    def kind(self) -> str:
        """The kind of case: bad, good or near."""
        if self.path.parent == FIELD:
            return "good" if self.own.get("working") else "bad"
        return self.path.name.partition("-")[0]

    @property
    def own(self) -> dict[str, Any]:
        """The case's own case.toml."""
        return _toml(self.path / "case.toml")

    @property
    def base(self) -> Case | None:
        name = self.own.get("base")
        return Case(BASES / name) if name else None

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the case and its base, except those about files."""
        inherited = self.base.settings if self.base else {}
        if self.path.parent == FIELD:
            inherited = {"args": []}  # options name its files
        return inherited | {key: value for key, value in self.own.items() if key not in _FILES}

    @property
    def text(self) -> str | None:
        """The text to explain, or None if the case is a chain."""
        file = self.path / "text.txt"
        return file.read_text("utf-8") if file.exists() else None


@cache
def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def every_case() -> list[Case]:
    return [
        Case(folder) for folder in sorted(FIXTURES.glob("*/[A-Z][A-Z]*-*/*")) if folder.is_dir()
    ]


def field_cases() -> list[Case]:
    """Return the cases of real users."""
    return [Case(file.parent) for file in sorted(FIELD.glob("*/case.toml"))]


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
    """Return `text` with the edits of a diff from case.toml.

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
    """Return the contents of the merged files, by path within the case."""
    with TemporaryDirectory() as temporary:
        folder = built(case, Path(temporary) / "project")
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }


def played(case: Case, tmp_path: Path) -> Report:
    """Return the report on the merged files of a case, with all durations set to 0."""
    return diagnosed(built(case, tmp_path / "project"), case.settings, tmp_path)


def situation_of(folder: Path, settings: Mapping[str, Any], tmp_path: Path) -> Situation:
    """Return the situation that the settings of a case describe, with its files in `folder`."""
    home = folder / "home"
    environ = {"PATH": installed(tmp_path / "prefix", settings.get("versions", {}))}
    environ |= settings.get("environ", {})
    named = settings.get("args", [k for k, name in _NAMED.items() if (folder / name).exists()])
    options: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in settings.get("options", {}).items()
    }
    situation = Situation(
        cwd=str(folder),
        home=str(home if home.exists() else tmp_path / "home"),
        environ=environ,
        env_file=settings.get("env_file"),
        compose=settings.get("compose"),
        models=tuple(settings.get("models", ())),
        now=_unix(settings.get("now", date.fromisoformat(knowledge_date()))),
        processes=_processes(settings.get("processes", []), folder),
        gateways=_processes(settings.get("gateways", []), folder),
        openclaw_config=_NAMED["openclaw_config"] if "openclaw_config" in named else None,
        litellm_config=_NAMED["litellm_config"] if "litellm_config" in named else None,
    )
    return replace(situation, **options)


def diagnosed(
    folder: Path, settings: Mapping[str, Any], tmp_path: Path, policy: Policy = ALL
) -> Report:
    """Return the report on the files in `folder`, with all durations set to 0."""
    situation = situation_of(folder, settings, tmp_path)
    if settings.keys() & {"proxy", "azure"}:
        with scene(settings, situation) as up:
            report = diagnose(
                situation,
                mode=settings.get("mode", "free"),
                network=up.network,
                policy=policy,
            )
    else:
        report = diagnose(situation, policy=policy)
    return replace(
        report,
        duration_ms=0,
        checks=tuple(replace(check, duration_ms=0) for check in report.checks),
        routes=tuple(replace(route, latency_ms=route.latency_ms and 12) for route in report.routes),
    )


def _processes(rows: list[dict[str, Any]], folder: Path) -> tuple[Process, ...]:
    return tuple(
        Process(row["pid"], tuple(row["arguments"]), str(folder), row.get("environ"))
        for row in rows
    )


def _unix(day: date) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()


def explained(text: str) -> tuple[Explanation, str]:
    """Explain a text, and return the explanation and its summary for a snapshot."""
    found = explain(text, built_in_checks())
    lines = [f"{match.confidence} {match.code}: {match.title}" for match in found.matches]
    shown = to_text(found, built_in_checks(), width=88)
    return found, "\n".join([f"recognised {found.recognised}", *lines, "", shown]).rstrip() + "\n"


def snapshot(case: Case, report: Report, home: str = "/nowhere") -> str:
    """Return the content of expected.txt: the report on the case's own check.

    The exit code and the verdict come first. For a bad case, its findings follow, those that they
    cause or follow from, and the report as if it held no others. For other cases, the outcome of
    the check follows. `besides` names the codes of all other errors and warnings.
    """
    about = connected(case.code, report)
    if report.verdict == "broken" and not any(
        finding.severity is Severity.ERROR for finding in report.findings if finding.code in about
    ):
        about |= severe(report)  # the verdict names an error of another check
    findings = tuple(finding for finding in report.findings if finding.code in about)
    checks = [check for check in report.checks if check.code == case.code]
    lines = [f"exit {report.exit_code}, {report.verdict}"]
    lines += [_line(finding, report) for finding in findings]
    lines += [line for check in checks for line in _outcome_lines(check)]
    if others := severe(report) - about:
        lines.append(f"besides: {', '.join(sorted(others))}")
    if case.kind != "bad":
        return "\n".join(lines) + "\n"
    shown = tuple(check for check in report.checks if check.code in about or _passed(check))
    text = render(replace(report, findings=findings, checks=shown), width=88, home=home)
    # The number of checks that pass grows with every new check.
    return "\n".join([*lines, "", re.sub(r"\b\d+(?= passed)", "N", text)])


def connected(code: str, report: Report) -> frozenset[str]:
    """Return `code` and the codes of the findings that its findings cause or follow from."""
    by_id = {finding.id: finding for finding in report.findings}
    codes = {code}
    for finding in report.findings:
        causes = [finding]
        while cause := by_id.get(causes[-1].caused_by or ""):
            causes.append(cause)
        if finding.code == code:
            codes |= {step.code for step in causes}
        elif code in {step.code for step in causes}:
            codes.add(finding.code)
    return frozenset(codes)


def severe(report: Report) -> frozenset[str]:
    """Return the codes of the errors and warnings."""
    return frozenset(
        finding.code for finding in report.findings if finding.severity is not Severity.INFO
    )


def _passed(check: CheckOutcome) -> bool:
    return check.outcome is Outcome.PASSED


def _outcome_lines(check: CheckOutcome) -> list[str]:
    """Return the outcome of a check, or the unknown subjects of a failed one."""
    unknown = [
        f"unknown {check.code}: {subject.reason}"
        for subject in check.subjects
        if subject.outcome is Outcome.UNKNOWN
    ]
    if unknown or check.outcome is Outcome.FAILED:
        return unknown
    because = f" because of {', '.join(check.blocked_by)}" if check.blocked_by else ""
    reason = f": {check.reason}" if check.reason else ""
    return [f"{check.outcome} {check.code}{because}{reason}"]


def _line(finding: ReportedFinding, report: Report) -> str:
    causes = [cause.code for cause in report.findings if cause.id == finding.caused_by]
    because = f" (because of {causes[0]})" if causes else ""
    where = _where(finding.place) if finding.place else "-"
    return f"{finding.severity} {finding.code} {where}{because}: {finding.message}"


def _where(place: Place) -> str:
    span = place.span
    if span is None:
        return f"{place.path}:1:1"
    start, end = span.start, span.end
    upto = f"{end.column}" if end.line == start.line else f"{end.line}:{end.column}"
    return f"{place.path}:{start.line}:{start.column}-{upto} {place.pointer}"
