"""What the real LiteLLM did with configs on which clawdoctor was once wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from real.differential.litellm_compare import compare
from real.differential.litellm_predict import CONFIG, predict

FOLDER = Path(__file__).parents[2] / "fixtures/differential/litellm"
CASES = sorted(FOLDER.glob("*/case.json"))
PARAMETERS = [
    pytest.param(path, version, id=f"{path.parent.name}-{version}")
    for path in CASES
    for version in json.loads(path.read_text("utf-8"))["answers"]
]


@pytest.mark.quick(150)
@pytest.mark.parametrize(("path", "version"), PARAMETERS)
def test_the_prediction_is_what_litellm_did(path: Path, version: str, tmp_path: Path) -> None:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    files = {CONFIG: (path.parent / CONFIG).read_text("utf-8"), **data.get("files", {})}
    prediction = predict({**data, "files": files}, version, tmp_path)
    result = compare(data["requests"], data["answers"][version], prediction)
    assert [str(difference) for difference in result.differences] == []
    assert result.requests > 0 or not data["answers"][version]["started"]
