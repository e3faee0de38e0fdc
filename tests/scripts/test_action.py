"""The GitHub Action and the pre-commit hook: offline by default, and no input reaches a shell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from command_line import ALONE, ENVIRON
from small_chain import LITELLM

import clawdoctor

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
SOURCE = Path(clawdoctor.__file__).parents[1]


def action(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the action with inputs."""
    (folder / "litellm_config.yaml").write_text(LITELLM, "utf-8")
    program = folder / "program"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder}/alone.py" "$@"\n', "utf-8")
    program.chmod(0o755)
    (folder / "alone.py").write_text(ALONE, "utf-8")
    environ = {f"CLAWDOCTOR_{name.upper()}": value for name, value in inputs.items()}
    return subprocess.run(
        [ROOT / "scripts" / "action"],
        cwd=folder,
        env={
            **ENVIRON,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "CLAWDOCTOR_PROGRAM": str(program),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_it_annotates_and_writes_sarif(tmp_path: Path) -> None:
    done = action(tmp_path, litellm_config="litellm_config.yaml", sarif="out.sarif")
    assert done.returncode == 1, done.stderr
    assert "::error file=litellm_config.yaml,line=6," in done.stdout
    assert "Not checked (--offline)" in done.stdout
    log = json.loads((tmp_path / "out.sarif").read_text("utf-8"))
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {"LL102"}


def test_inputs_become_options(tmp_path: Path) -> None:
    done = action(tmp_path, select="LL113", fail_on="info", litellm_config="litellm_config.yaml")
    assert done.returncode == 1
    assert "::notice " in done.stdout
    assert "LL102" not in done.stdout
    (tmp_path / "clawdoctor.toml").write_text("unknown = 1\n", "utf-8")
    assert action(tmp_path, select="LL113").returncode == 2
    assert action(tmp_path, select="LL113", project_config="false").returncode == 0


@pytest.mark.parametrize(
    "value", ["x; touch made", "$(touch made)", "`touch made`", "--fix", "a b"]
)
def test_an_input_stays_one_argument(tmp_path: Path, value: str) -> None:
    done = action(tmp_path, ignore=value, litellm_config="litellm_config.yaml")
    assert done.returncode == 2
    assert "no check has the code or name" in done.stderr
    assert not (tmp_path / "made").exists()


def test_no_step_puts_an_input_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    names = {name for name in ACTION["inputs"] if name not in ("working-directory", "upload-sarif")}
    environ = ACTION["runs"]["steps"][1]["env"]
    for name in names:
        assert any(f"inputs.{name}" in value for value in environ.values())
    script = (ROOT / "scripts" / "action").read_text("utf-8")
    for name in environ:
        assert f"${{{name}:-" in script


def test_nothing_installs_clawdoctor_by_name() -> None:
    (install,) = (
        step["run"] for step in ACTION["runs"]["steps"] if "install" in step.get("run", "")
    )
    assert install.rstrip().endswith('install --quiet "$GITHUB_ACTION_PATH"')
    assert HOOK["language"] == "python"
    assert "additional_dependencies" not in HOOK


def test_both_are_offline_by_default() -> None:
    assert ACTION["inputs"]["offline"]["default"] == "true"
    assert HOOK["entry"] == "clawdoctor run --offline"
