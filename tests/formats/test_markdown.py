"""A bug report in Markdown: no text of a file or a server leaves its code block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import clawdoctor
from markdown_it import MarkdownIt
from report_cases import CASES, HOME, at, key_refused, reported, seed
from small_chain import LITELLM, OPENCLAW

from clawdoctor.finding import Evidence, Severity
from clawdoctor.formats.markdown import fenced, to_markdown

HOSTILE = "````\n</details>\n# @team fixes #1 <img src=x> ![x](http://e) `` ~~~~~ \n\n```\n"


def outside(markdown: str) -> str:
    """The text that GitHub would treat as Markdown, and the kinds of its blocks."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    kinds = {token.type for token in tokens}
    assert kinds <= {"heading_open", "heading_close", "inline", "fence"}
    return "\n".join(token.content for token in tokens if token.type == "inline")


@pytest.mark.parametrize("name", CASES)
def test_outside_of_code_blocks_there_are_only_our_headings(name: str) -> None:
    text = outside(to_markdown(CASES[name](), home=HOME))
    for line in text.splitlines():
        assert line in {
            "Verdict", "Versions", "Chain", "Findings", "Checks", "Summary",
            "clawdoctor failed", "Wrong usage", "Suppressed",
        } or line.startswith("clawdoctor 0.1.0: exit code ")  # fmt: skip


def test_no_text_ends_its_code_block() -> None:
    evidence = Evidence("http", HOSTILE, 500, HOSTILE)
    place = at(1, f"x{HOSTILE}", "x", HOSTILE)
    finding = reported(Severity.ERROR, HOSTILE, HOSTILE, place, evidence=(evidence,))
    text = outside(to_markdown(replace(seed(), findings=(finding,), answers_with=HOSTILE)))
    assert "team" not in text


@pytest.mark.parametrize("text", ["", "`", "```", "````text\nx\n`````", "a\n~~~\n    ```"])
def test_a_fence_is_longer_than_any_in_the_text(text: str) -> None:
    (token,) = MarkdownIt().parse(fenced(text))
    assert token.type == "fence"
    assert token.content.rstrip() == text.rstrip()


def test_snapshot(snapshot: Callable[[str, str], None]) -> None:
    snapshot("report/key_refused.md", to_markdown(key_refused(), home=HOME))


def test_it_shows_the_requests_of_the_chain(tmp_path: Path) -> None:
    (tmp_path / "litellm_config.yaml").write_text(LITELLM, "utf-8")
    (tmp_path / "openclaw.json").write_text(OPENCLAW, "utf-8")
    done = clawdoctor(
        "run", "--format", "markdown", "--openclaw-config", "openclaw.json",
        "--litellm-config", "litellm_config.yaml", cwd=tmp_path,
    )  # fmt: skip
    assert "### Requests (predicted)\n" in done.stdout
    assert "POST /v1/chat/completions" in done.stdout
    assert "### Versions" in done.stdout
