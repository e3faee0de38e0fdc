"""The real OpenClaw as the judge of what clawdoctor says about every openclaw.json there is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cases import every_case

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


@dataclass(frozen=True, slots=True)
class Config:
    """A folder with an openclaw.json, and the variables that it may name."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def read(self) -> tuple[frozenset[tuple[str, bytes]], frozenset[tuple[str, str]]]:
        """What OpenClaw may read of it: where two are the same, so is its verdict."""
        files = {
            (str(file.relative_to(self.folder)), file.read_bytes())
            for file in self.folder.rglob("*")
            if file.is_file() and (file.suffix in (".json", ".json5") or file.name == ".env")
        }
        return frozenset(files), frozenset(self.environ.items())


def _configs() -> dict[str, Config]:
    """Every case with another config for OpenClaw, and the demo's scenarios."""
    found = {}
    known = set()
    for case in every_case():
        config = Config(case.path, case.settings.get("environ", {}))
        read = config.read()
        if any(name.endswith(NAMES) for name, _ in read[0]) and read not in known:
            known.add(read)
            found[f"{case.code}-{case.path.name}"] = config
    return found | {f"demo-{name}": Config(SCENARIOS / name) for name in scenarios()}


CONFIGS = _configs()


@pytest.fixture(scope="module")
def judged(
    openclaw_program: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[bool, str]]:
    """Whether the real OpenClaw takes each config, and all that it said."""
    program, node = openclaw_program

    def judge(name: str) -> tuple[bool, str]:
        folder = _copy(CONFIGS[name], tmp_path_factory.mktemp("judged"))
        environ = {
            "HOME": str(_home(folder)),
            "PATH": os.pathsep.join((str(node), "/usr/bin", "/bin")),
            **CONFIGS[name].environ,
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
        said = done.stdout + done.stderr
        try:
            return bool(json.loads(done.stdout)["valid"]), said
        except (ValueError, KeyError) as error:
            raise AssertionError(f"{name}: no verdict in {said!r}") from error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(CONFIGS, pool.map(judge, CONFIGS), strict=True))


@pytest.mark.parametrize("name", CONFIGS)
def test_the_verdict_is_that_of_openclaw(
    name: str, judged: Mapping[str, tuple[bool, str]], tmp_path: Path
) -> None:
    valid, said = judged[name]
    report = _report(CONFIGS[name], tmp_path)
    errors = [
        f"{one.code}: {one.message}"
        for one in report.findings
        if one.severity is Severity.ERROR and one.code in CODES
    ]
    assert valid == (not errors), f"clawdoctor: {errors}; OpenClaw: {said}"


def _report(config: Config, tmp_path: Path) -> Report:
    folder = _copy(config, tmp_path)
    path = installed(tmp_path / "prefix", {"openclaw": OPENCLAW_VERSION})
    situation = Situation(
        cwd=str(folder),
        home=str(_home(folder)),
        environ={"PATH": path, **config.environ},
        openclaw_config="openclaw.json" if (folder / "openclaw.json").exists() else None,
    )
    return diagnose(situation)


def _copy(config: Config, into: Path) -> Path:
    folder = into / "project"
    shutil.copytree(config.folder, folder, ignore=shutil.ignore_patterns("expected.txt", "*.toml"))
    return folder


def _home(folder: Path) -> Path:
    """The case's own home, or an empty one."""
    home = folder / "home"
    if not home.exists():
        home = folder.parent / "home"
        home.mkdir()
    return home
