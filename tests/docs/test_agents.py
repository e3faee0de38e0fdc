"""The JSON report is enough for an agent to make the fixes, as docs/agents.md describes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import clawdoctor
from documents import ROOT, blocks

SCENARIOS = ROOT / "src/clawdoctor/simulator/scenarios"
APPLICABLE = ("drop-params", "store", "no-api-provider")
"""The scenarios with a safe fix in the files."""


def apply_of_the_page() -> Callable[[str, list[Any]], str]:
    namespace: dict[str, Any] = {}
    for block in blocks("docs/agents.md"):
        if block.language == "python":
            exec(block.text, namespace)
    function: Callable[[str, list[Any]], str] = namespace["apply"]
    return function


def run(folder: Path, *arguments: str) -> Any:
    files = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
    return json.loads(clawdoctor("run", "--json", *files, *arguments, cwd=folder, CI="1").stdout)


def copied(scenario: str, folder: Path, line_end: bytes) -> Path:
    folder.mkdir()
    for name in ("openclaw.json", "litellm_config.yaml"):
        content = (SCENARIOS / scenario / name).read_bytes()
        (folder / name).write_bytes(content.replace(b"\n", line_end))
    return folder


def repaired_by_an_agent(folder: Path) -> Path:
    """Apply the first fix of each root cause, if it is safe, from the report alone."""
    apply = apply_of_the_page()
    edits: dict[str, list[Any]] = {}
    for finding in run(folder)["findings"]:
        fixes = [fix for fix in finding["fixes"] if fix["applicability"] == "safe" and fix["edits"]]
        if finding["causedBy"] is None and finding["severity"] != "info" and fixes:
            for edit in fixes[0]["edits"]:
                edits.setdefault(edit["path"], []).append(edit)
    assert edits
    for name, wanted in edits.items():
        path = folder / name
        path.write_bytes(apply(path.read_bytes().decode(), wanted).encode())
    return folder


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("scenario", APPLICABLE)
def test_an_agent_makes_the_same_files_as_fix(
    scenario: str, line_end: bytes, tmp_path: Path
) -> None:
    by_agent = repaired_by_an_agent(copied(scenario, tmp_path / "agent", line_end))
    by_fix = copied(scenario, tmp_path / "fix", line_end)
    repair = run(by_fix, "--fix", "--yes")["repair"]
    assert repair["written"]
    for name in ("openclaw.json", "litellm_config.yaml"):
        assert (by_agent / name).read_bytes() == (by_fix / name).read_bytes()
