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


def _parameters() -> list[Any]:
    return [
        pytest.param(
            row,
            version,
            id=f"{row['name']}-{version}",
            marks=pytest.mark.xfail(strict=True) if version in row.get("differs", ()) else (),
        )
        for row in ROWS
        for version in row["answers"]
    ]


@pytest.mark.parametrize(("row", "version"), _parameters())
def test_a_start_ends_as_litellm_did(row: dict[str, Any], version: str, tmp_path: Path) -> None:
    case = {"files": {CONFIG: row["text"]}, "environ": row["environ"], "requests": []}
    prediction = predict(case, version, tmp_path)
    real = row["answers"][version]
    if prediction.startup is None:  # a file that LiteLLM's own reader refuses
        assert not real["started"]
        return
    refused = prediction.startup.refused
    assert (refused is None) == real["started"]
    if refused is None:
        kept = [[item.group, item.model.resolved] for item in prediction.startup.deployments]
        assert kept == real["deployments"]
    else:
        assert refused.text in real["reason"] or real["reason"] in refused.text
