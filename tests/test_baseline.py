"""A baseline: what it suppresses, and that it never hides a new finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import Done, clawdoctor
from schemas import check_report
from small_chain import LITELLM, OPENCLAW

KEY = "      api_key: ${AZURE_OPENAI_API_KEY}\n"
SECOND = LITELLM.partition("general_settings")[0].partition("\n")[2]
FILES = ("--openclaw-config", "openclaw.json", "--litellm-config", "deploy/litellm_config.yaml")


def run(folder: Path, *more: str, litellm: str = LITELLM) -> Done:
    (folder / "deploy").mkdir(exist_ok=True)
    (folder / "deploy" / "litellm_config.yaml").write_text(litellm, "utf-8")
    (folder / "openclaw.json").write_text(OPENCLAW, "utf-8")
    done = clawdoctor(
        "run", *FILES, *more, cwd=folder, LITELLM_MASTER_KEY="sk-pV3qXw8LrT5nZk2JmB7c"
    )
    assert "Traceback" not in done.stderr
    return done


def report(done: Done) -> Any:
    document = json.loads(done.stdout)
    check_report(document)
    return document


def codes(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["code"] for finding in findings]


def test_what_was_there_does_not_count(tmp_path: Path) -> None:
    before = report(run(tmp_path, "--json"))
    written = run(tmp_path, "--json", "--write-baseline", "base.json")
    assert written.returncode == 0
    assert "The baseline is in base.json" in written.stderr
    document = json.loads((tmp_path / "base.json").read_text("utf-8"))
    assert document["findings"]["deploy/litellm_config.yaml"]["LL102"] == 1
    again = run(tmp_path, "--json", "--baseline", "base.json")
    for done in (written, again):
        after = report(done)
        assert after["exitCode"] == 0
        assert after["findings"] == after["notes"] == []
        assert sorted(codes(after["suppressedFindings"])) == sorted(codes(before["findings"]))
        assert {f["suppression"]["kind"] for f in after["suppressedFindings"]} == {"baseline"}
        assert after["verdict"] == before["verdict"] == "broken"
        assert after["summary"]["suppressed"] == len(before["findings"])
        assert after["routes"] == before["routes"]
    text = run(tmp_path, "--baseline", "base.json").stdout
    assert text.startswith("✗ Your agent cannot answer: LiteLLM does not expand")
    assert "→ LL102 is suppressed but not fixed: `clawdoctor explain LL102`." in text


def test_moved_lines_change_nothing(tmp_path: Path) -> None:
    run(tmp_path, "--write-baseline", "base.json")
    done = run(tmp_path, "--baseline", "base.json", litellm=f"# x\n\n{LITELLM}")
    assert done.returncode == 0


def test_one_more_finding_makes_all_count(tmp_path: Path) -> None:
    run(tmp_path, "--write-baseline", "base.json")
    two = LITELLM.replace("model_list:\n", f"model_list:\n{SECOND}", 1)
    after = report(run(tmp_path, "--json", "--baseline", "base.json", litellm=two))
    assert codes(after["findings"]).count("LL102") == 2
    assert after["exitCode"] == 1
    messages = [note["message"] for note in after["notes"]]
    assert (
        "The baseline has 1 finding of LL102 in deploy/litellm_config.yaml. There are 2 now, so "
        "all of them count." in messages
    )


def test_a_finding_that_is_gone_is_a_note(tmp_path: Path) -> None:
    run(tmp_path, "--write-baseline", "base.json")
    fixed = LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_OPENAI_API_KEY")
    after = report(run(tmp_path, "--json", "--baseline", "base.json", litellm=fixed))
    assert [note["message"] for note in after["notes"]] == [
        "The baseline has 1 finding of LL102 in deploy/litellm_config.yaml, but none is left. "
        "Write it again with --write-baseline."
    ]
    selected = run(
        tmp_path, "--json", "--baseline", "base.json", "--select", "OC101", litellm=fixed
    )
    assert report(selected)["notes"] == []


def test_a_comment_comes_first(tmp_path: Path) -> None:
    text = LITELLM.replace(KEY, KEY.replace("\n", " # clawdoctor: ignore[LL102] known\n"))
    run(tmp_path, "--write-baseline", "base.json", litellm=text)
    assert "LL102" not in (tmp_path / "base.json").read_text("utf-8")


def test_the_baseline_can_be_elsewhere(tmp_path: Path) -> None:
    run(tmp_path, "--write-baseline", "deploy/base.json")
    document = json.loads((tmp_path / "deploy" / "base.json").read_text("utf-8"))
    assert str(tmp_path / "openclaw.json") in document["findings"]
    assert document["findings"]["litellm_config.yaml"]["LL102"] == 1
    assert run(tmp_path, "--baseline", "deploy/base.json").returncode == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"schemaVersion": 2, "findings": {}}',
        '{"schemaVersion": 1}',
        '{"schemaVersion": 1, "findings": {"x": 1}}',
        '{"schemaVersion": 1, "findings": {"x": {"LL102": "1"}}}',
        '{"schemaVersion": 1, "findings": {"x": {"LL102": true}}}',
        '{"schemaVersion": 1, "findings": {"x": {"LL102": 0}}}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_another_file_is_wrong_usage(tmp_path: Path, content: str) -> None:
    (tmp_path / "base.json").write_text(content, "utf-8")
    done = run(tmp_path, "--json", "--baseline", "base.json")
    assert done.returncode == 2
    assert "is not a baseline" in report(done)["usageError"]


@pytest.mark.parametrize(
    "options",
    [
        ("--baseline", "missing.json"),
        ("--baseline", "x", "--write-baseline", "x"),
        ("--write-baseline", "x", "--fix"),
        ("--write-baseline", "missing/x"),
    ],
)
def test_wrong_options_are_wrong_usage(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert run(tmp_path, *options).returncode == 2


def test_a_failed_run_writes_no_baseline(tmp_path: Path) -> None:
    done = run(tmp_path, "--write-baseline", "x", "--compose", "missing.yml")
    assert done.returncode == 2
    assert not (tmp_path / "x").exists()
