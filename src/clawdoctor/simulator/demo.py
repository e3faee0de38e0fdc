"""Scenarios: a chain on loopback that is broken in one place, diagnosed by the real run."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from clawdoctor.finding import Report
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.scene import installed, scene
from clawdoctor.terminal.stream import Terminal

FOLDER = files("clawdoctor.simulator") / "scenarios"
FIRST = ("seed", "healthy")
"""The first scenarios in the list: the usual start, and the goal."""


def scenarios() -> dict[str, str]:
    """Return all scenarios by name, each with a line about its fault."""
    rest = sorted(path.name for path in FOLDER.iterdir() if path.name not in FIRST)
    return {name: _description(name)["says"] for name in (*FIRST, *rest)}


def play(
    name: str,
    shown: Terminal,
    *,
    verbose: bool = False,
    progress: Callable[[str], None] | None = None,
) -> str:
    """Play a scenario, and return its description and the report on it."""
    from clawdoctor.report import render
    from clawdoctor.terminal.line import paint, wrap

    with tempfile.TemporaryDirectory(prefix="clawdoctor-demo-") as folder:
        root = Path(folder).resolve()
        text = render(
            report_of(name, root, progress),
            width=shown.width,
            color=shown.color,
            unicode=shown.unicode,
            verbose=verbose,
            home=str(root / "home"),
        )
    title = wrap(f"demo {name}: {scenarios()[name]}", shown.width)
    return f"{paint(title, shown.color)}\n{text}"


def report_of(name: str, root: Path, progress: Callable[[str], None] | None = None) -> Report:
    """Set up a scenario below `root`, and return the report on it."""
    home, project = root / "home", root / "project"
    (home / ".openclaw").mkdir(parents=True)
    project.mkdir()
    for folder, file in ((home / ".openclaw", "openclaw.json"), (project, "litellm_config.yaml")):
        (folder / file).write_bytes((FOLDER / name / file).read_bytes())
    description = _description(name)
    path = installed(root / "prefix", description.get("versions", {}))
    environ = {"PATH": path, **description.get("environ", {})}
    situation = Situation(str(project), str(home), environ)
    with scene(description, situation) as up:
        return diagnose(situation, mode="live", network=up.network, progress=progress)


def _description(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name / "scene.toml").read_text("utf-8"))
