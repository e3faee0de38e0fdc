"""The real LiteLLM confirms what clawdoctor says about every litellm_config.yaml.

The tests use two versions: the version that all facts were measured on, and the newest.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cases import Case, built, every_case, field_cases, merged

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.finding import ReportedFinding, Severity
from clawdoctor.repair.carry_out import carry_out
from clawdoctor.repair.plan import plan
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.scene import installed
from real.install import version_of_litellm

pytestmark = pytest.mark.real

STARTS = {"LL002", "LL003", "LL103", "LL108", "LL119", "LL121", "LL125", "LL126", "DK102"}
GROUPS = {"LL003", "LL103", "LL105", "LL107", "LL115", "LL116"}
CONFIG = "litellm_config.yaml"
EXCEPTIONS: Mapping[str, str] = {
    "LL108-near-secret-manager": "the key is in a vault that cannot be reached from a test",
    "LL002-near-config-map": "Kubernetes gives LiteLLM the config in the manifest",
    "LL003-bad-model-name-list-new": "1.110 calls a group by the text of the list: no request does",
    "LL002-near-helm-values": "Helm gives LiteLLM the config in the values",
}
"""The cases in which clawdoctor differs from LiteLLM, and why clawdoctor is right."""
LOADER = Path(__file__).with_name("load_litellm.py")


def _cases() -> dict[str, Case]:
    """Return the cases with distinct configs of LiteLLM or distinct variables."""
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
MENDED = {
    **{name: case for name, case in CASES.items() if case.kind == "bad"},
    **{case.path.name: case for case in field_cases() if (case.path / CONFIG).exists()},
}
"""The cases whose configs may have a fix, including those of real users."""


@pytest.fixture(scope="module")
def loaded(
    any_litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, dict[str, Any]]:
    """Return the real LiteLLM's result for each case: its groups, or why it does not start."""
    home = tmp_path_factory.mktemp("home")
    folders = [_copy(case, tmp_path_factory.mktemp("loaded")) for case in CASES.values()]
    return dict(zip(CASES, _load(any_litellm_programs, home, CASES, folders), strict=True))


@pytest.fixture(scope="module")
def mended_folders(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return the folder of each bad case whose config has a safe fix, with the fix applied."""
    home = tmp_path_factory.mktemp("home")
    folders = {}
    for name, case in MENDED.items():
        folder = _copy(case, tmp_path_factory.mktemp("mended"))
        if _mend(case, folder, home):
            folders[name] = folder
    return folders


@pytest.fixture(scope="module")
def mended(
    mended_folders: Mapping[str, Path],
    any_litellm_programs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, tuple[Path, dict[str, Any]]]:
    """Return each fixed folder, and the result of the real LiteLLM for it."""
    home = tmp_path_factory.mktemp("home")
    cases = {name: MENDED[name] for name in mended_folders}
    answers = _load(any_litellm_programs, home, cases, mended_folders.values())
    results = zip(mended_folders.values(), answers, strict=True)
    return dict(zip(mended_folders, results, strict=True))


def _mend(case: Case, folder: Path, home: Path) -> bool:
    """Apply the safe fixes of a case's files. Return False if LiteLLM's config has none."""
    situation = Situation(
        cwd=str(folder),
        home=str(home),
        environ={"XDG_STATE_HOME": str(home), **case.settings.get("environ", {})},
        litellm_config=CONFIG,
    )
    found = plan(situation)
    carry_out(found, situation)
    return str((folder / CONFIG).resolve()) in found.changed


def _load(
    programs: Path, home: Path, cases: Mapping[str, Case], folders: Iterable[Path]
) -> list[dict[str, Any]]:
    """Return LiteLLM's results for the config in each folder, from one process."""
    own = {
        "HOME": str(home),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PATH": "/usr/bin:/bin",
    }
    wanted = [
        {
            "folder": str(folder),
            "home": str(home),
            "environ": {**own, **case.settings.get("environ", {})},
        }
        for case, folder in zip(cases.values(), folders, strict=True)
    ]
    done = subprocess.run(
        [programs / "python", LOADER],
        input=json.dumps(wanted),
        cwd=home,
        env=own,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@dataclass(frozen=True, slots=True)
class Prediction:
    """clawdoctor's prediction for a start. `refused` is None if that is unknown.

    `groups` are the groups that keep a deployment, `doubtful` those that may lose one.
    """

    refused: bool | None
    groups: frozenset[str]
    doubtful: frozenset[str]
    lines: tuple[str, ...]


@pytest.mark.parametrize("name", CASES)
def test_the_start_is_as_predicted(
    name: str, loaded: Mapping[str, dict[str, Any]], any_litellm_programs: Path, tmp_path: Path
) -> None:
    folder = _copy(CASES[name], tmp_path)
    version = version_of_litellm(any_litellm_programs)
    _compare(loaded[name], _predict(CASES[name], folder, version, tmp_path))


def test_the_mended_configs_start_as_predicted(
    mended: Mapping[str, tuple[Path, dict[str, Any]]], any_litellm_programs: Path, tmp_path: Path
) -> None:
    assert len(mended) > 50
    version = version_of_litellm(any_litellm_programs)
    for name, (folder, real) in mended.items():
        _compare(real, _predict(MENDED[name], folder, version, tmp_path / name), name)


def _compare(real: dict[str, Any], prediction: Prediction, name: str = "") -> None:
    comparison = f"{name} clawdoctor: {prediction}; LiteLLM: {real}"
    if "refused" in real:
        assert prediction.refused is not False, comparison
        return
    assert prediction.refused is not True, comparison
    groups = frozenset(real["groups"])
    assert groups - prediction.doubtful == prediction.groups - prediction.doubtful, comparison


def _predict(case: Case, folder: Path, version: str, tmp_path: Path) -> Prediction:
    path = installed(tmp_path / "prefix", {"litellm": version})
    situation = Situation(
        cwd=str(folder),
        home=str(tmp_path / "home"),
        environ={"PATH": path, **case.settings.get("environ", {})},
        litellm_config=CONFIG,
    )
    report = diagnose(situation)
    found = report.findings
    stops = {
        finding.severity
        for finding in found
        if finding.code in STARTS and "not start" in _text(finding)
    }
    unknown = [
        check for check in report.checks if check.code in STARTS and check.outcome == "unknown"
    ]
    another = any("is not LiteLLM's config" in _text(finding) for finding in found)
    open_question = stops or unknown or another
    refused = True if Severity.ERROR in stops else None if open_question else False
    config = Facts(loaders(situation), SUBJECTS, depth="offline").get(LiteLLMConfig)
    deployments = config.deployments if isinstance(config, LiteLLMConfig) else ()
    if any("serves no model" in _text(finding) for finding in found if finding.code == "LL003"):
        deployments = ()
    dropped = [
        finding
        for finding in found
        if finding.code in GROUPS and re.search(r"drops? (the deployment|\")", _text(finding))
    ]
    sure = {
        place
        for finding in dropped
        if finding.severity is Severity.ERROR
        for place in _places(finding)
    }
    maybe = {place for finding in dropped for place in _places(finding)} - sure
    return Prediction(
        refused,
        frozenset(
            deployment.group for deployment in deployments if not _within(deployment.pointer, sure)
        ),
        frozenset(
            deployment.group for deployment in deployments if _within(deployment.pointer, maybe)
        ),
        tuple(f"{finding.severity} {finding.code}: {finding.message}" for finding in found),
    )


def _places(finding: ReportedFinding) -> set[str]:
    return {place.pointer for place in (finding.place, *finding.related) if place is not None}


def _within(pointer: str, places: set[str]) -> bool:
    return any(f"{place}/".startswith(f"{pointer}/") for place in places)


def _text(finding: ReportedFinding) -> str:
    return f"{finding.message} {finding.detail} {finding.consequence}"


def _copy(case: Case, into: Path) -> Path:
    """Copy the config and its includes, without Compose files, which may set other variables."""
    folder = built(case, into / "project")
    for file in folder.rglob("*"):
        if "compose" in file.name or file.name.endswith(".env"):
            file.unlink()
    return folder
