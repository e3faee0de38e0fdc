"""The real OpenClaw confirms what clawdoctor says about every openclaw.json.

Its program runs separately for the cases in which it looks for files. One process judges the
others.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cases import Case, built, every_case, field_cases, merged

from clawdoctor.check import built_in_checks
from clawdoctor.finding import ReportedFinding, Severity
from clawdoctor.repair.carry_out import carry_out
from clawdoctor.repair.plan import plan
from clawdoctor.run.diagnosis import examine
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.demo import scenarios
from clawdoctor.simulator.scene import installed
from real.differential.openclaw_process import started
from real.install import OPENCLAW_VERSION

pytestmark = pytest.mark.real

NAMES = ("openclaw.json", "clawdbot.json")
CODES = ("OC002", "OC003", "OC004")
SCENARIOS = Path(__file__).parents[2] / "src/clawdoctor/simulator/scenarios"
AT_ONCE = 2


def _read(case: Case) -> tuple[frozenset[tuple[str, bytes]], frozenset[tuple[str, str]]]:
    """Return the files and variables that OpenClaw reads: its verdict depends on these alone."""
    files = {
        (path, content)
        for path, content in merged(case).items()
        if path.endswith((".json", ".json5")) or Path(path).name == ".env"
    }
    return frozenset(files), frozenset(_environ(case).items())


def _environ(case: Case) -> Mapping[str, str]:
    environ: Mapping[str, str] = case.settings.get("environ", {})
    return environ


def _cases() -> dict[str, Case]:
    """Return the cases with distinct configs of OpenClaw, and the scenarios of the demo."""
    found = {}
    known = set()
    for case in every_case():
        read = _read(case)
        in_manifest = f"{case.code}-{case.path.name}" == "OC002-near-config-map"
        own = any(path.endswith(NAMES) for path, _ in read[0]) and not in_manifest
        if own and read not in known:
            known.add(read)
            found[f"{case.code}-{case.path.name}"] = case
    return found | {f"demo-{name}": Case(SCENARIOS / name) for name in scenarios()}


CASES = _cases()


def _texts(case: Case) -> Mapping[str, str] | None:
    """Return the texts beside openclaw.json and its own, or None if OpenClaw looks elsewhere."""
    files = dict(_read(case)[0])
    if "openclaw.json" not in files or any(
        path.startswith("home/") or Path(path).name == ".env" for path in files
    ):
        return None
    try:
        return {path: content.decode() for path, content in files.items()}
    except UnicodeDecodeError:
        return None


@pytest.fixture(scope="module")
def judged(
    openclaw_program: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[bool, str]]:
    """Return whether the real OpenClaw accepts each config, and its output."""
    found = dict(_judged_by_one_process())
    rest = [name for name in CASES if name not in found]

    def judge(name: str) -> tuple[bool, str]:
        return _run(CASES[name], *openclaw_program, tmp_path_factory.mktemp("judged"))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return found | dict(zip(rest, pool.map(judge, rest), strict=True))


def _judged_by_one_process() -> Iterator[tuple[str, tuple[bool, str]]]:
    with started(OPENCLAW_VERSION, validates=True) as oracle:
        for name, case in CASES.items():
            if (texts := _texts(case)) is not None:
                files = {f".openclaw/{path}": text for path, text in texts.items()}
                config = files.pop(".openclaw/openclaw.json")
                answer = oracle.validate(config, _environ(case), files)
                yield name, (answer.valid, f"{answer.issues} {answer.text}")


def test_openclaw_accepts_what_is_mended(tmp_path: Path) -> None:
    """One process of OpenClaw judges all fixed configs as predicted."""
    differs, mended = [], 0
    with started(OPENCLAW_VERSION, validates=True) as oracle:
        field = {case.path.name: case for case in field_cases()}
        for name, case in {**CASES, **field}.items():
            before = _texts(case)
            if before is None or case.kind != "bad":
                continue
            folder = built(case, tmp_path / name / "project")
            situation = _situation(case, folder, tmp_path / name)
            found = plan(situation, unsafe=True)
            carry_out(found, situation)
            after = {path: (folder / path).read_text("utf-8") for path in before}
            if after == before:
                continue
            mended += 1
            files = {f".openclaw/{path}": text for path, text in after.items()}
            config = files.pop(".openclaw/openclaw.json")
            valid = oracle.validate(config, _environ(case), files)
            errors = [
                f"{finding.code}: {finding.message}"
                for finding in found.report.findings
                if finding.severity is Severity.ERROR and finding.code in CODES
            ]
            if valid.valid != (not errors):
                differs.append(f"{name}: clawdoctor {errors}; OpenClaw {valid.issues} {valid.text}")
    assert mended > 50
    assert not differs, "\n".join(differs)


def _run(case: Case, program: Path, node: Path, folder: Path) -> tuple[bool, str]:
    """Return the verdict of OpenClaw's program."""
    folder = built(case, folder / "project")
    environ = {
        "HOME": str(_home(folder)),
        "PATH": os.pathsep.join((str(node), "/usr/bin", "/bin")),
        **_environ(case),
    }
    if (folder / "openclaw.json").exists():
        environ["OPENCLAW_CONFIG_PATH"] = str(folder / "openclaw.json")
    done = subprocess.run(
        [program, "config", "validate", "--json"],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    output = done.stdout + done.stderr
    try:
        return bool(json.loads(done.stdout)["valid"]), output
    except (ValueError, KeyError) as error:
        raise AssertionError(f"{case.path.name}: no verdict in {output!r}") from error


@pytest.mark.parametrize("name", CASES)
def test_openclaw_gives_the_same_verdict(
    name: str, judged: Mapping[str, tuple[bool, str]], tmp_path: Path
) -> None:
    valid, output = judged[name]
    errors = [
        f"{finding.code}: {finding.message}"
        for finding in _findings(CASES[name], tmp_path)
        if finding.severity is Severity.ERROR
    ]
    assert valid == (not errors), f"clawdoctor: {errors}; OpenClaw: {output}"


def _findings(case: Case, tmp_path: Path) -> tuple[ReportedFinding, ...]:
    situation = _situation(case, built(case, tmp_path / "project"), tmp_path)
    chosen = [check for check in built_in_checks() if check.code in CODES]
    report, _ = examine(situation, checks=chosen)
    return report.findings


def _situation(case: Case, folder: Path, tmp_path: Path) -> Situation:
    path = installed(tmp_path / "prefix", {"openclaw": OPENCLAW_VERSION})
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    return Situation(
        cwd=str(folder),
        home=str(_home(folder)),
        environ={"PATH": path, **state, **_environ(case)},
        openclaw_config="openclaw.json" if (folder / "openclaw.json").exists() else None,
    )


def _home(folder: Path) -> Path:
    """Return the home folder of the case, or an empty one."""
    home = folder / "home"
    if not home.exists():
        home = folder.parent / "home"
        home.mkdir()
    return home
