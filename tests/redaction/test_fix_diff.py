"""The diff of a fix: the user's own lines, and nothing that may not be shown."""

from __future__ import annotations

import pytest
from marked import marked

from clawdoctor.redaction.fix_diff import MOST_LINES, fix_diff
from clawdoctor.source.change import Edit
from clawdoctor.source.text import Span, Text

YAML = "/x/litellm_config.yaml"
PASSWORD = "hunter2"
CONTENT = f"""\
model_list:
  - model_name: gpt-4o  # {PASSWORD} is the old one
    litellm_params:
      model: gpt-4o
      api_version: 2024-10-21
      api_kye: {PASSWORD}
"""


def replaced(old: str, new: str, content: str = CONTENT) -> Edit:
    """The edit that puts one text in the place of another."""
    text = Text(YAML, content)
    start = content.index(old)
    positions = text.position(start), text.position(start + len(old))
    return Edit(Span(YAML, *positions), new)


def inserted(before: str, new: str) -> Edit:
    edit = replaced(before, new)
    return Edit(Span(YAML, edit.span.start, edit.span.start), new)


def diff(*edits: Edit, content: str = CONTENT) -> list[str]:
    regions, redactor = marked(content, YAML)
    signs = {"removed": "-", "added": "+", "same": " "}
    return [
        signs[line.kind] + line.text.strip() for line in fix_diff(edits, {YAML: regions}, redactor)
    ]


def test_a_line_is_shown_before_and_after() -> None:
    assert diff(replaced("model: gpt", "model: azure/gpt")) == [
        "-model: gpt-4o",
        "+model: azure/gpt-4o",
    ]


def test_edits_of_one_line_are_one_change() -> None:
    end = Edit(
        Span(YAML, replaced("2024-10-21", "").span.end, replaced("2024-10-21", "").span.end), '"'
    )
    assert diff(end, inserted("2024-10-21", '"')) == [
        "-api_version: 2024-10-21",
        '+api_version: "2024-10-21"',
    ]


def test_inserted_lines_have_no_removed_ones() -> None:
    lines = "litellm_settings:\n  drop_params: true\n"
    assert diff(inserted("model_list", lines)) == ["+litellm_settings:", "+drop_params: true"]


def test_moved_lines_are_below_the_lines_that_they_are_nested_in() -> None:
    content = "model_list:\n  - params:\n      mode: chat\n    info:\n      id: a\n"
    text = Text(YAML, content)
    removed = Edit(Span(YAML, text.position(24), text.position(41)), "")
    added = Edit(
        Span(YAML, text.position(len(content)), text.position(len(content))), "      mode: chat\n"
    )
    assert diff(removed, added, content=content) == [
        " - params:",
        "-mode: chat",
        " info:",
        "+mode: chat",
    ]


def test_a_comment_is_not_shown() -> None:
    assert diff(replaced("model_name: gpt-4o", "model_name: gpt-5")) == [
        "-- model_name: gpt-4o",
        "+- model_name: gpt-5",
    ]


def test_the_comment_of_moved_text_is_cut_off() -> None:
    moved = inserted("model_list", f"model_name: gpt-4o  # {PASSWORD}\n// {PASSWORD}\nmode: chat\n")
    assert diff(moved) == ["+model_name: gpt-4o", "+mode: chat"]
    assert diff(inserted("model_list", f"mode: chat,// {PASSWORD}\n")) == ["+mode: chat,"]
    url = "api_base: https://contoso-ai.openai.azure.com"
    assert diff(inserted("model_list", f"{url}  # {PASSWORD}\n")) == [f"+{url}"]


def test_the_value_of_a_renamed_key_stays_hidden() -> None:
    assert diff(replaced("api_kye", "api_key")) == ["-api_kye: <hidden>", "+api_key: <hidden>"]


@pytest.mark.parametrize(
    "text",
    [
        f"\n      api_key: {PASSWORD}",
        f"  # {PASSWORD} is the old one\n",
        "x: y\n" * (MOST_LINES + 1),
    ],
)
def test_what_may_be_secret_or_is_long_has_no_diff(text: str) -> None:
    assert diff(inserted("    litellm_params", text)) == []


def test_a_long_line_has_no_diff() -> None:
    content = CONTENT.replace("gpt-4o\n", "g" * 400 + "\n")
    assert diff(replaced("g" * 400, "azure/g", content), content=content) == []
