"""With which configs the real LiteLLM started, and with which text it exited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from real.differential.litellm_predict import CONFIG, predict

FILE = Path(__file__).parents[2] / "fixtures/differential/litellm_starts.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
"""Each config with what LiteLLM did. `differs` names the versions that are predicted wrongly."""


@pytest.mark.quick(200)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_start_ends_as_litellm_did(row: dict[str, Any], tmp_path: Path) -> None:
    _assert_as_recorded(row, list(row["answers"])[:1], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_start_of_a_newer_version_ends_so(row: dict[str, Any], tmp_path: Path) -> None:
    _assert_as_recorded(row, list(row["answers"])[1:], tmp_path)


def _assert_as_recorded(row: dict[str, Any], versions: list[str], folder: Path) -> None:
    case = {"files": {CONFIG: row["text"]}, "environ": row["environ"], "requests": []}
    for version in versions:
        same = _predicted(case, version, row["answers"][version], folder)
        assert same == (version not in row.get("differs", ())), version


def _predicted(case: dict[str, Any], version: str, real: dict[str, Any], folder: Path) -> bool:
    """Whether the start of a version is predicted as it was."""
    startup = predict(case, version, folder).startup
    if startup is None:  # a file that LiteLLM's own reader refuses
        return not real["started"]
    if startup.refused is None:
        kept = [[item.group, item.model.resolved] for item in startup.deployments]
        return bool(real["started"]) and kept == real["deployments"]
    text = startup.refused.text
    return not real["started"] and (text in real["reason"] or real["reason"] in text)
