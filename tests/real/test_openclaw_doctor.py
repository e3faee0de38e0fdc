"""OpenClaw's own doctor shows clawdoctor's findings. OpenClaw reads the plug-in and the skill."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import json5
import pytest

from clawdoctor import Situation, diagnose
from clawdoctor.formats.json import document

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "openclaw-plugin"
SKILLS = ROOT / "examples" / "skills"
SCENARIO = ROOT / "src/clawdoctor/simulator/scenarios/drop-params"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chain with an error, in OpenClaw's home folder, and clawdoctor as a program."""
    folder = tmp_path_factory.mktemp("doctor")
    config = json5.loads((SCENARIO / "openclaw.json").read_text("utf-8"))
    config["plugins"] = {
        "load": {"paths": [str(PLUGIN)]},
        "entries": {"clawdoctor": {"enabled": True}},
    }
    config["skills"] = {"load": {"extraDirs": [str(SKILLS)]}}
    (folder / ".openclaw").mkdir()
    (folder / ".openclaw" / "openclaw.json").write_text(json.dumps(config, indent=2), "utf-8")
    text = (SCENARIO / "litellm_config.yaml").read_text("utf-8")
    (folder / "litellm_config.yaml").write_text(text, "utf-8")
    program = folder / "clawdoctor"
    source = shlex.quote(str(ROOT / "src"))
    program.write_text(f'#!/bin/sh\nPYTHONPATH={source} exec {sys.executable} -m clawdoctor "$@"\n')
    program.chmod(0o755)
    return folder


def run(program: tuple[Path, Path], project: Path, *arguments: str) -> dict[str, Any]:
    """Run OpenClaw with the preload, and return the JSON that it prints."""
    openclaw, node = program
    done = subprocess.run(
        [str(openclaw), *arguments],
        cwd=project,
        env={
            "PATH": f"{project}:{node}:{os.environ['PATH']}",
            "HOME": str(project),
            "NODE_OPTIONS": f"--import={PLUGIN / 'preload.js'}",
            "CI": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    start = done.stdout.find("{")
    assert start >= 0, f"{done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout[start:])
    return found


def test_doctor_shows_the_root_causes(openclaw_program: tuple[Path, Path], project: Path) -> None:
    only = ("doctor", "--lint", "--json", "--only", "clawdoctor/run", "--severity-min", "info")
    shown = run(openclaw_program, project, *only)
    config = project / ".openclaw" / "openclaw.json"
    situation = Situation(str(project), str(project), {"CI": "1"}, openclaw_config=str(config))
    findings: Any = document(diagnose(situation))["findings"]
    causes = [finding for finding in findings if finding["rootCause"]]
    assert "LL101" in [cause["code"] for cause in causes]
    assert shown["checksRun"] == 1
    assert shown["ok"] == (not causes)
    assert sorted(
        (f["errorCode"], f["severity"], f["path"], f["line"]) for f in shown["findings"]
    ) == sorted(
        (c["code"], c["severity"], c["location"]["path"], c["location"]["start"]["line"])
        for c in causes
    )
    assert all(finding["fixHint"] for finding in shown["findings"])


def test_openclaw_loads_the_plug_in(openclaw_program: tuple[Path, Path], project: Path) -> None:
    shown = run(
        openclaw_program, project, "plugins", "inspect", "clawdoctor", "--runtime", "--json"
    )
    assert shown["plugin"]["status"] == "loaded", shown


def test_openclaw_reads_the_skill(openclaw_program: tuple[Path, Path], project: Path) -> None:
    shown = run(openclaw_program, project, "skills", "info", "clawdoctor", "--json")
    assert shown["name"] == "clawdoctor"
    assert shown["eligible"], shown
