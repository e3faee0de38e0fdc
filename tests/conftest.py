"""Fixtures for several test files."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation

SNAPSHOTS = Path(__file__).parent / "snapshots"

gc.set_threshold(200_000, 20, 20)  # a tenth of the time goes into collections that find nothing
sys.path.append(str(Path(__file__).parents[1] / "scripts"))  # for tests/scripts

KEPT = re.compile(
    r"PATH|TMPDIR|TEMP|TMP|LANG|LC_\w+|SYSTEMROOT|UPDATE_SNAPSHOTS|(?:PYTEST|PYTHON|COVERAGE)\w*"
)
"""The user's environment variables that tests can see."""


# The duration of an example depends on the load of the machine.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "quick(count): so many of the parameters are quick; the other ones are slow"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep an even sample of the parameters of a `quick` test, and mark the rest as slow.

    An update of the snapshots needs all of them.
    """
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        return
    sampled: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("quick") and not item.get_closest_marker("slow"):
            sampled.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for found in sampled.values():
        marker = found[0].get_closest_marker("quick")
        assert marker is not None
        count = min(marker.args[0], len(found))
        kept = {number * len(found) // count for number in range(count)}
        for number, item in enumerate(found):
            if number not in kept:
                item.add_marker("slow")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the user's variables and home folder."""
    for name in os.environ:
        if KEPT.fullmatch(name) is None:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/nonexistent")


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare a text with a file below `snapshots`; `UPDATE_SNAPSHOTS=1` rewrites the file."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if os.environ.get("UPDATE_SNAPSHOTS") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{name}: see UPDATE_SNAPSHOTS"

    return compare


@dataclass(frozen=True)
class Place:
    """A project folder with its own home folder, and the facts loaded from them."""

    project: Path
    home: Path

    def write(self, path: str, text: str) -> Path:
        target = self.project.parent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        return target

    def situation(self, environ: dict[str, str] | None = None, **more: Any) -> Situation:
        return Situation(str(self.project), str(self.home), environ or {}, **more)

    def fact(self, kind: type, environ: dict[str, str] | None = None, **more: Any) -> Any:
        return Facts(loaders(self.situation(environ, **more)), SUBJECTS).get(kind)


@pytest.fixture
def here(tmp_path: Path) -> Place:
    for name in ("project", "home"):
        (tmp_path / name).mkdir()
    return Place(tmp_path / "project", tmp_path / "home")
