"""The real OpenClaw confirms what clawdoctor says about every openclaw.json."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cases import Case, built, every_case, merged

from clawdoctor.finding import Report, Severity
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.demo import scenarios
from clawdoctor.simulator.scene import installed
from real.install import OPENCLAW_VERSION

pytestmark = pytest.mark.real

NAMES = ("openclaw.json", "clawdbot.json")
CODES = ("OC002", "OC003", "OC004")
SCENARIOS = Path(__file__).parents[2] / "src/clawdoctor/simulator/scenarios"
AT_ONCE = 2


def _read(case: Case) -> tuple[frozenset[tuple[str, bytes]], frozenset[tuple[str, str]]]:
    """The files and variables of a case that OpenClaw reads: its verdict depends on these alone."""
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
    """The cases with distinct configs of OpenClaw, and the scenarios of the demo."""
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


@pytest.fixture(scope="module")
def judged(
    openclaw_program: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[bool, str]]:
    """True for each config that the real OpenClaw accepts, and OpenClaw's output."""
    program, node = openclaw_program

    def judge(name: str) -> tuple[bool, str]:
        folder = built(CASES[name], tmp_path_factory.mktemp("judged") / "project")
        environ = {
            "HOME": str(_home(folder)),
            "PATH": os.pathsep.join((str(node), "/usr/bin", "/bin")),
            **_environ(CASES[name]),
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
            raise AssertionError(f"{name}: no verdict in {output!r}") from error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(CASES, pool.map(judge, CASES), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_openclaw_gives_the_same_verdict(
    name: str, judged: Mapping[str, tuple[bool, str]], tmp_path: Path
) -> None:
    valid, output = judged[name]
    report = _report(CASES[name], tmp_path)
    errors = [
        f"{finding.code}: {finding.message}"
        for finding in report.findings
        if finding.severity is Severity.ERROR and finding.code in CODES
    ]
    assert valid == (not errors), f"clawdoctor: {errors}; OpenClaw: {output}"


def _report(case: Case, tmp_path: Path) -> Report:
    folder = built(case, tmp_path / "project")
    path = installed(tmp_path / "prefix", {"openclaw": OPENCLAW_VERSION})
    situation = Situation(
        cwd=str(folder),
        home=str(_home(folder)),
        environ={"PATH": path, **_environ(case)},
        openclaw_config="openclaw.json" if (folder / "openclaw.json").exists() else None,
    )
    return diagnose(situation)


def _home(folder: Path) -> Path:
    """The home folder of the case, or an empty one."""
    home = folder / "home"
    if not home.exists():
        home = folder.parent / "home"
        home.mkdir()
    return home
