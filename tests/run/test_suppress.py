"""Comments that suppress findings: what they match, and that the verdict stays the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from command_line import clawdoctor
from report_cases import reported
from small_chain import LITELLM, OPENCLAW

from clawdoctor.check import built_in_checks
from clawdoctor.finding import Place, Report, Severity
from clawdoctor.redaction.regions import mark
from clawdoctor.run.suppress import with_ignores
from clawdoctor.source.node import Source
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

BROKEN = LITELLM  # its key is ${AZURE_OPENAI_API_KEY}, an LL102
KEY = "      api_key: ${AZURE_OPENAI_API_KEY}"
FILES = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")


def written(tmp_path: Path, litellm: str = BROKEN, openclaw: str = OPENCLAW) -> Path:
    (tmp_path / "litellm_config.yaml").write_text(litellm, "utf-8")
    (tmp_path / "openclaw.json").write_text(openclaw, "utf-8")
    return tmp_path


def run(tmp_path: Path, litellm: str = BROKEN, openclaw: str = OPENCLAW, *more: str) -> Any:
    folder = written(tmp_path, litellm, openclaw)
    done = clawdoctor("run", "--json", *FILES, *more, cwd=folder)
    return json.loads(done.stdout)


def codes(findings: list[dict[str, Any]]) -> list[str]:
    return [finding["code"] for finding in findings]


def messages(report: dict[str, Any]) -> list[str]:
    return [note["message"] for note in report["notes"]]


def with_comment(comment: str) -> str:
    assert BROKEN.count(KEY) == 1
    return BROKEN.replace(KEY, comment.replace("KEY", KEY))


def test_the_chain_has_the_finding(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert codes(report["findings"]).count("LL102") == 1
    assert report["suppressedFindings"] == report["notes"] == []


@pytest.mark.parametrize(
    "text",
    [
        "KEY # clawdoctor: ignore[LL102] a reason",
        "      # clawdoctor: ignore[LL102] a reason\nKEY",
        "      # clawdoctor: ignore[LL102] a reason\n      # more about it\nKEY",
        "KEY  #clawdoctor:ignore[ll102]: a reason",
        "KEY # noqa # clawdoctor: ignore[LL104, env-reference-not-expanded] a reason",
    ],
)
def test_a_comment_suppresses_the_finding_of_its_line(tmp_path: Path, text: str) -> None:
    before = run(tmp_path)
    report = run(tmp_path, with_comment(text))
    assert "LL102" not in codes(report["findings"])
    (finding,) = report["suppressedFindings"]
    assert finding["code"] == "LL102"
    assert finding["suppression"]["justification"] == "a reason"
    assert report["summary"]["suppressed"] == 1
    assert report["summary"]["error"] == before["summary"]["error"] - 1
    assert report["verdict"] == before["verdict"] == "broken"
    assert [r["status"] for r in report["routes"]] == [r["status"] for r in before["routes"]]


@pytest.mark.parametrize(
    "text",
    [
        "      # clawdoctor: ignore[LL102] a reason\n\n      timeout: 60\nKEY",
        "      timeout: 60 # clawdoctor: ignore[LL102] this is about the line above\nKEY",
        "KEY\n      # clawdoctor: ignore[LL102] below",
        "KEY\n      organization: '# clawdoctor: ignore[LL102] in a string'",
        "KEY # clawdoctor: ignore[LL103] another code",
        "KEY # clawdoctor: ignore all of it",
    ],
)
def test_other_comments_do_not(tmp_path: Path, text: str) -> None:
    report = run(tmp_path, with_comment(text))
    assert "LL102" in codes(report["findings"])
    assert report["suppressedFindings"] == []


def test_a_text_in_a_block_scalar_is_no_comment(tmp_path: Path) -> None:
    text = BROKEN + "x: |\n  # clawdoctor: ignore[LL102] text\n"
    assert run(tmp_path, text)["notes"] == []


def test_a_comment_in_json5(tmp_path: Path) -> None:
    report = run(tmp_path)
    finding = next(f for f in report["findings"] if f["code"] == "OC112")
    line = finding["location"]["start"]["line"]
    lines = OPENCLAW.splitlines()
    lines.insert(line - 1, "/* clawdoctor: ignore[OC112] one model is enough */")
    report = run(tmp_path, openclaw="\n".join(lines))
    assert codes(report["suppressedFindings"]) == ["OC112"]
    assert report["suppressedFindings"][0]["suppression"]["justification"] == "one model is enough"


def test_a_comment_at_the_top_is_about_the_whole_file(tmp_path: Path) -> None:
    without = BROKEN.partition("general_settings")[0]
    assert "LL108" in codes(run(tmp_path, without)["findings"])
    report = run(tmp_path, f"# clawdoctor: ignore[LL108] set by the service\n\n{without}")
    assert codes(report["suppressedFindings"]) == ["LL108"]
    late = without.replace("model_list:", "model_list: # clawdoctor: ignore[LL108] too late", 1)
    assert "LL108" in codes(run(tmp_path, late)["findings"])


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("ignore[LL102]", ["This comment gives no reason."]),
        ("ignore", ["This comment names no code."]),
        ("ignore[LL1O2] typing error", ["This comment names a code that no check has. Did you"]),
        ("ignore[LL102, LL104] one too many", ["This comment suppresses no finding of LL104."]),
        ("ignore[LL102] right", []),
        ("ignore[LL102, PX001] it was not checked offline", []),
    ],
)
def test_what_is_wrong_with_a_comment_is_a_note(
    tmp_path: Path, comment: str, expected: list[str]
) -> None:
    report = run(tmp_path, with_comment(f"KEY # clawdoctor: {comment}"))
    assert len(messages(report)) == len(expected)
    for message, start in zip(messages(report), expected, strict=True):
        assert message.startswith(start)


def test_the_exit_code_follows_and_the_verdict_does_not(tmp_path: Path) -> None:
    folder = written(tmp_path, with_comment("KEY # clawdoctor: ignore[LL102] known"))
    key = "sk-pV3qXw8LrT5nZk2JmB7c"
    done = clawdoctor("run", *FILES, cwd=folder, LITELLM_MASTER_KEY=key)
    assert done.returncode == 0
    text = " ".join(done.stdout.split())
    assert text.startswith("✗ Your agent cannot answer: LiteLLM does not expand a variable")
    assert "Suppressed, so not counted: error[LL102] litellm_config.yaml:" in text
    assert "(a comment: known)" in text
    assert "1 suppressed" in text
    document = ET.fromstring(
        clawdoctor("run", "--format", "junit", *FILES, cwd=folder, LITELLM_MASTER_KEY=key).stdout
    )
    assert document.get("failures") == document.get("errors") == "0"
    case = next(c for c in document.iter("testcase") if c.get("name", "").startswith("LL102"))
    assert [child.get("message") for child in case] == ["suppressed by a comment: known"]


def test_no_project_config_switches_comments_off(tmp_path: Path) -> None:
    text = with_comment("KEY # clawdoctor: ignore[LL102] known")
    report = run(tmp_path, text, OPENCLAW, "--no-project-config")
    assert "LL102" in codes(report["findings"])
    assert report["suppressedFindings"] == []


def test_a_fix_leaves_a_suppressed_finding_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, with_comment("KEY # clawdoctor: ignore[LL102] known"))
    before = (folder / "litellm_config.yaml").read_text("utf-8")
    clawdoctor("run", "--fix", "--yes", *FILES, cwd=folder)
    assert "${AZURE_OPENAI_API_KEY}" in (folder / "litellm_config.yaml").read_text("utf-8")
    assert "${AZURE_OPENAI_API_KEY}" in before


def test_a_comment_anywhere_in_a_finding_of_several_lines(tmp_path: Path) -> None:
    content = "a:\n  b: 1\n  c: 2 # clawdoctor: ignore[LL101] known\nd: 3\n"
    text = Text(str(tmp_path / "x.yaml"), content)
    source = parse_yaml(text)
    assert isinstance(source, Source)
    regions = {each.text.path: each for each in mark(source.root, [text]).regions}
    for offsets, suppressed in (((0, content.index("d:")), 1), ((0, content.index("  c:")), 0)):
        place = Place(text.path, "/a", text.span(*offsets))
        finding = reported(Severity.ERROR, "x", place=place, code="LL101")
        report = Report("1", findings=(finding,))
        assert len(with_ignores(report, regions, built_in_checks()).suppressed) == suppressed


def test_a_comment_in_a_compose_file(tmp_path: Path) -> None:
    compose = (
        "services:\n  litellm:\n"
        "    image: ghcr.io/berriai/litellm:latest # clawdoctor: ignore[DK105] we test each day\n"
    )
    (tmp_path / "compose.yaml").write_text(compose, "utf-8")
    report = run(tmp_path, BROKEN, OPENCLAW, "--compose", "compose.yaml")
    (finding,) = report["suppressedFindings"]
    assert finding["code"] == "DK105"
    assert finding["suppression"]["justification"] == "we test each day"


def test_many_comments_take_little_work(tmp_path: Path) -> None:
    lines = "".join(f"x{n}: 1 # clawdoctor: ignore[LL102] many\n" for n in range(3000))
    report = run(tmp_path, BROKEN + lines)
    assert len(report["notes"]) == 1000
