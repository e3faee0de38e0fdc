"""The paths of Windows and macOS, on any machine."""

from __future__ import annotations

import ntpath
import posixpath
from pathlib import PurePosixPath, PureWindowsPath
from types import ModuleType, SimpleNamespace

import pytest

from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.finding import Place
from clawdoctor.formats.checkout import Checkout
from clawdoctor.run.situation import Process, Situation
from clawdoctor.terminal.line import Look, location

WINDOWS = Situation(r"C:\Users\me\agent", r"C:\Users\me")
MAC = Situation("/Users/me/agent", "/Users/me")


@pytest.fixture(params=[ntpath, posixpath], ids=["windows", "macos"])
def situation(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Situation:
    """Return the situation of a system, with the path functions of this system."""
    style: ModuleType = request.param
    monkeypatch.setattr("clawdoctor.run.situation.os", SimpleNamespace(path=style))
    return WINDOWS if style is ntpath else MAC


def pure(situation: Situation, path: str) -> PurePosixPath | PureWindowsPath:
    return PureWindowsPath(path) if situation is WINDOWS else PurePosixPath(path)


def test_a_path_of_an_option_is_absolute(situation: Situation) -> None:
    home, cwd = pure(situation, situation.home), pure(situation, situation.cwd)
    separator = "\\" if situation is WINDOWS else "/"
    for written, expected in {
        "openclaw.json": cwd / "openclaw.json",
        f"..{separator}litellm_config.yaml": home / "litellm_config.yaml",
        "~": home,
        "~/.openclaw/openclaw.json": home / ".openclaw/openclaw.json",
        f"~{separator}.env": home / ".env",
        "~other": cwd / "~other",
        str(home / "x.yaml"): home / "x.yaml",
    }.items():
        assert pure(situation, situation.path(written)) == expected, written


def test_a_drive_and_a_share_are_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clawdoctor.run.situation.os", SimpleNamespace(path=ntpath))
    for written in ("D:\\litellm\\config.yaml", "D:/litellm/config.yaml", r"\\server\share\x.yaml"):
        assert PureWindowsPath(WINDOWS.path(written)) == PureWindowsPath(written)


def test_openclaw_is_looked_for_in_the_home_folder(situation: Situation) -> None:
    first = next(candidates(situation))
    assert pure(situation, first) == pure(situation, situation.home) / ".openclaw/openclaw.json"


def test_the_config_of_a_process_is_relative_to_its_folder(situation: Situation) -> None:
    process = Process(1, ("litellm", "--config", "config.yaml"), situation.cwd)
    assert process.config_path is not None
    assert pure(situation, process.config_path) == pure(situation, situation.cwd) / "config.yaml"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (r"C:\Users\me\agent\openclaw.json", "openclaw.json:1:1"),
        (r"C:\Users\me\.openclaw\openclaw.json", "~\\.openclaw\\openclaw.json:1:1"),
        (r"C:\Users\me/.openclaw/openclaw.json", "~/.openclaw/openclaw.json:1:1"),
        (r"C:\Users\melanie\openclaw.json", "C:\\Users\\melanie\\openclaw.json:1:1"),
    ],
)
def test_a_report_shortens_paths_of_windows(path: str, shown: str) -> None:
    assert location(Place(path, ""), Look(home=WINDOWS.home, cwd=WINDOWS.cwd)) == shown


def test_sarif_names_files_with_slashes() -> None:
    windows = Checkout(r"C:\Users\me\agent\config", r"C:\Users\me\agent")
    assert windows.uri(r"litellm config.yaml") == "config/litellm%20config.yaml"
    assert windows.uri(r"..\openclaw.json") == "openclaw.json"
    assert windows.uri(r"C:\Users\me\.openclaw\a.json") == "file:///C:/Users/me/.openclaw/a.json"
    mac = Checkout("/Users/me/agent/config", "/Users/me/agent")
    assert mac.uri("../openclaw.json") == "openclaw.json"
    assert mac.uri("/Users/me/.openclaw/a.json") == "file:///Users/me/.openclaw/a.json"
