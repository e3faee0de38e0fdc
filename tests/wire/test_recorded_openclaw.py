"""What versions of OpenClaw once did with a config: clawdoctor still predicts the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from real.differential.openclaw_compare import differences, predict
from real.differential.openclaw_records import RECORDED, read

FILES = sorted(RECORDED.glob("*.json"))


@pytest.mark.quick(60)
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_clawdoctor_predicts_the_recorded_case(file: Path, tmp_path: Path) -> None:
    version, case, real = read(file)
    found = differences(predict(case, version, tmp_path / "case"), real, version)
    assert not found, "\n".join(str(difference) for difference in found)


def test_there_are_recorded_cases() -> None:
    assert FILES
