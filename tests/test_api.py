"""The Python API of clawdoctor."""

from __future__ import annotations

from pathlib import Path

import pytest

import clawdoctor


def test_public_names_exist() -> None:
    for name in clawdoctor.__all__:
        assert getattr(clawdoctor, name) is not None
    with pytest.raises(AttributeError, match="nope"):
        _ = clawdoctor.nope


def test_the_functions_print_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "litellm_config.yaml").write_text("model_list: [\n")
    situation = clawdoctor.Situation(str(tmp_path), str(tmp_path))
    clawdoctor.diagnose(situation)
    clawdoctor.diagnose(clawdoctor.Situation("/nonexistent", "/nonexistent"))
    clawdoctor.trace(situation)
    clawdoctor.explain("No API provider registered for api: undefined")
    assert capfd.readouterr() == ("", "")


def test_diagnose_returns_a_report(tmp_path: Path) -> None:
    (tmp_path / "litellm_config.yaml").write_text("model_list: [\n")
    report = clawdoctor.diagnose(clawdoctor.Situation(str(tmp_path), str(tmp_path)))
    assert [finding.code for finding in report.findings][:1] == ["LL002"]
    assert report.findings[0].severity is clawdoctor.Severity.ERROR


def test_explain_returns_an_explanation() -> None:
    found = clawdoctor.explain("No API provider registered for api: undefined")
    assert found.recognised
    assert found.matches[0].code == "OC101"
    log = "INFO: fine\n10:00:00 - ERROR: No API provider registered for api: undefined\n"
    assert clawdoctor.explain(log).log is not None
    assert not clawdoctor.explain("the cat sat on the mat").recognised
