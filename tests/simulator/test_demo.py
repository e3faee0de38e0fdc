"""The text and the first finding of each scenario of the demo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clawdoctor.finding import Report, ReportedFinding
from clawdoctor.simulator.demo import FOLDER, play, report_of, scenarios
from clawdoctor.terminal.stream import Terminal

FIRST = {
    "healthy": None,
    "seed": ("LL108", "litellm_config.yaml:1"),
    "no-api-provider": ("OC101", "~/.openclaw/openclaw.json:5"),
    "drop-params": ("LL101", "litellm_config.yaml:18"),
    "store": ("OC104", "~/.openclaw/openclaw.json:10"),
    "deployment-mismatch": ("AZ101", "litellm_config.yaml:4"),
    "rate-limit": ("AZ104", "litellm_config.yaml:5"),
    "wrong-key": ("AZ003", "litellm_config.yaml:6"),
    "proxy-down": ("PX001", "~/.openclaw/openclaw.json:6"),
    "silent-fallback": ("AZ101", "litellm_config.yaml:4"),
}
SHOWN = Terminal(width=88, color=False, unicode=True)
KEYS = re.compile(r"[0-9a-f]{32}|sk-[0-9a-f]{16}")


def timeless(name: str, root: Path, progress: Callable[[str], None] | None = None) -> Report:
    report = report_of(name, root, progress)
    routes = tuple(replace(route, latency_ms=route.latency_ms and 12) for route in report.routes)
    return replace(report, duration_ms=12, routes=routes)


def place_of(finding: ReportedFinding, home: Path) -> str:
    assert finding.place is not None
    line = finding.place.span.start.line if finding.place.span is not None else 1
    return f"{finding.place.path}:{line}".replace(str(home), "~")


ANSWERS = ("healthy", "silent-fallback")
"""The scenarios in which some model answers a turn."""


def test_every_scenario_is_expected() -> None:
    assert set(scenarios()) == set(FIRST)


@pytest.mark.parametrize("name", FIRST)
def test_first_finding(name: str, tmp_path: Path) -> None:
    report = report_of(name, tmp_path)
    assert not report.internal_errors
    first = next((finding for finding in report.findings if finding.severity != "info"), None)
    found = (first.code, place_of(first, tmp_path / "home")) if first is not None else None
    assert found == FIRST[name]
    assert report.exit_code == (1 if FIRST[name] else 0)


@pytest.mark.parametrize("name", FIRST)
def test_text(
    name: str, snapshot: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clawdoctor.simulator.demo.report_of", timeless)
    text = play(name, SHOWN)
    assert ("Your agent answers" in text) == (name in ANSWERS)
    scene = (FOLDER / name / "scene.toml").read_text("utf-8")
    keys = KEYS.findall(scene)
    assert keys or name == "seed"
    assert not [key for key in keys if key in text]
    snapshot(f"demo/{name}.txt", re.sub(r"\b\d+ passed", "N passed", text) + "\n")
    narrow = play(name, replace(SHOWN, width=80)).splitlines()
    step = next((line for line in narrow if line.startswith("→")), None)
    assert (name == "healthy") if step is None else step in narrow[-5:]
