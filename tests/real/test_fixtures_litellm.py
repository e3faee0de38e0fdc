"""The real LiteLLM as the judge of what clawdoctor says about every litellm_config.yaml.

Two of them: the one that everything was measured on, and the newest that can be installed.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cases import Case, built, every_case, merged

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.finding import ReportedFinding, Severity
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.scene import installed
from real.install import version_of_litellm

pytestmark = pytest.mark.real

STARTS = {"LL002", "LL003", "LL103", "LL108", "DK102"}
GROUPS = {"LL003", "LL103", "LL105", "LL107", "LL115"}
CONFIG = "litellm_config.yaml"
EXCEPTIONS: Mapping[str, str] = {
    "LL108-near-secret-manager": "the key is in a vault that cannot be reached from a test",
}
"""Where clawdoctor says something else than the real one, and why it is right to."""
LOADER = Path(__file__).with_name("load_litellm.py")


def _cases() -> dict[str, Case]:
    """Every case with another config for LiteLLM, or other variables."""
    found = {}
    known = set()
    for case in every_case():
        files = {
            (path, content)
            for path, content in merged(case).items()
            if path.endswith((".yaml", ".yml")) and "compose" not in Path(path).name
        }
        read = (frozenset(files), frozenset(case.settings.get("environ", {}).items()))
        name = f"{case.code}-{case.path.name}"
        if CONFIG in dict(files) and read not in known and name not in EXCEPTIONS:
            known.add(read)
            found[name] = case
    return found


CASES = _cases()


@pytest.fixture(scope="module")
def loaded(
    any_litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, dict[str, Any]]:
    """What the real LiteLLM makes of each: the groups it has, or why it refuses to start."""
    home = tmp_path_factory.mktemp("home")
    own = {
        "HOME": str(home),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PATH": "/usr/bin:/bin",
    }
    wanted = [
        {
            "folder": str(_copy(case, tmp_path_factory.mktemp("loaded"))),
            "home": str(home),
            "environ": {**own, **case.settings.get("environ", {})},
        }
        for case in CASES.values()
    ]
    done = subprocess.run(
        [any_litellm_programs / "python", LOADER],
        input=json.dumps(wanted),
        cwd=home,
        env=own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(CASES, answers, strict=True))


@dataclass(frozen=True, slots=True)
class Told:
    """What clawdoctor says of a start: `refused` is None where it does not know.

    `groups` are those of which it leaves a deployment, `doubtful` those that it is not sure of.
    """

    refused: bool | None
    groups: frozenset[str]
    doubtful: frozenset[str]
    lines: tuple[str, ...]


@pytest.mark.parametrize("name", CASES)
def test_the_start_is_that_of_litellm(
    name: str, loaded: Mapping[str, dict[str, Any]], any_litellm_programs: Path, tmp_path: Path
) -> None:
    real = loaded[name]
    told = _told(CASES[name], version_of_litellm(any_litellm_programs), tmp_path)
    said = f"clawdoctor: {told}; LiteLLM: {real}"
    if "refused" in real:
        assert told.refused is not False, said
        return
    assert told.refused is not True, said
    groups = frozenset(real["groups"])
    assert groups - told.doubtful == told.groups - told.doubtful, said


def _told(case: Case, version: str, tmp_path: Path) -> Told:
    folder = _copy(case, tmp_path)
    path = installed(tmp_path / "prefix", {"litellm": version})
    situation = Situation(
        cwd=str(folder),
        home=str(tmp_path / "home"),
        environ={"PATH": path, **case.settings.get("environ", {})},
        litellm_config=CONFIG,
    )
    report = diagnose(situation)
    found = report.findings
    stops = {one.severity for one in found if one.code in STARTS and "not start" in _text(one)}
    unknown = [one for one in report.checks if one.code in STARTS and one.outcome == "unknown"]
    refused = True if Severity.ERROR in stops else None if stops or unknown else False
    config = Facts(loaders(situation), SUBJECTS, depth="offline").get(LiteLLMConfig)
    deployments = config.deployments if isinstance(config, LiteLLMConfig) else ()
    if any("serves no model" in _text(one) for one in found if one.code == "LL003"):
        deployments = ()
    dropped = [one for one in found if one.code in GROUPS and "drops the deployment" in _text(one)]
    sure = {place for one in dropped if one.severity is Severity.ERROR for place in _places(one)}
    maybe = {place for one in dropped for place in _places(one)} - sure
    return Told(
        refused,
        frozenset(one.group for one in deployments if not _within(one.pointer, sure)),
        frozenset(one.group for one in deployments if _within(one.pointer, maybe)),
        tuple(f"{one.severity} {one.code}: {one.message}" for one in found),
    )


def _places(finding: ReportedFinding) -> set[str]:
    return {place.pointer for place in (finding.place, *finding.related) if place is not None}


def _within(pointer: str, places: set[str]) -> bool:
    return any(f"{place}/".startswith(f"{pointer}/") for place in places)


def _text(finding: ReportedFinding) -> str:
    return f"{finding.message} {finding.detail} {finding.consequence}"


def _copy(case: Case, into: Path) -> Path:
    """The config and what it includes; Compose files would lead to other variables."""
    folder = built(case, into / "project")
    for file in folder.rglob("*"):
        if "compose" in file.name or file.name.endswith(".env"):
            file.unlink()
    return folder
