"""Join the lines of a log into entries."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps import assert_proportional

from clawdoctor.errors.log_entries import Entry, entries, looks_like_log

LITELLM = """\
INFO:     127.0.0.1:38474 - "POST /v1/chat/completions HTTP/1.1" 200 OK
23:51:41 - LiteLLM Proxy:ERROR: common_request_processing.py:1687 - Exception occured - refused
Traceback (most recent call last):
  File "azure.py", line 3, in acompletion
    response = await self.make()

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "router.py", line 9, in call
litellm.exceptions.AuthenticationError: litellm.AuthenticationError: refused

LiteLLM: model group 'x' failed with the error above. No fallback was attempted.
INFO:     127.0.0.1:38474 - "POST /v1/chat/completions HTTP/1.1" 401 Unauthorized
"""


def _starts(text: str) -> list[tuple[int, str, str, str]]:
    return [(e.line, e.program, e.stamp, e.text.splitlines()[0]) for e in entries(lines(text))]


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_a_traceback_belongs_to_its_error() -> None:
    found = list(entries(lines(LITELLM)))
    assert [entry.line for entry in found] == [1, 2, 14]
    assert found[1].stamp == "23:51:41"
    assert found[1].text.endswith("No fallback was attempted.")
    assert "AuthenticationError: refused" in found[1].text


def test_lines_of_several_programs_are_separated() -> None:
    mixed = (
        "litellm-1   | 23:51:41 - LiteLLM Proxy:ERROR: x.py:1 - one\n"
        "openclaw-1  | [gateway] two\n"
        "litellm-1   | Traceback (most recent call last):\n"
        "openclaw-1  | [gateway] three\n"
        'litellm-1   |   File "x.py", line 1, in x\n'
        "litellm-1   | ValueError: four\n"
        "litellm-1   | INFO:     five\n"
    )
    assert [(e.line, e.program, e.stamp, e.text) for e in entries(lines(mixed))] == [
        (2, "openclaw-1", "", "[gateway] two"),
        (
            1,
            "litellm-1",
            "23:51:41",
            "23:51:41 - LiteLLM Proxy:ERROR: x.py:1 - one\nTraceback (most recent call last):\n"
            '  File "x.py", line 1, in x\nValueError: four',
        ),
        (4, "openclaw-1", "", "[gateway] three"),
        (7, "litellm-1", "", "INFO:     five"),
    ]


def test_the_timestamp_of_docker_starts_no_entry() -> None:
    when = "2026-11-26T18:00:05.123456789Z"
    log = f"app  | {when} INFO: one\napp  | {when}   more of it\napp  | {when} INFO: two\n"
    found = list(entries(lines(log)))
    assert [(e.text, e.stamp) for e in found] == [
        ("INFO: one\n  more of it", when),
        ("INFO: two", when),
    ]


def test_each_json_object_is_an_entry() -> None:
    log = "\n".join(
        json.dumps({"message": text, "time": f"2026-11-26T18:00:0{n}Z"})
        for n, text in enumerate(("one", "two"))
    )
    assert list(entries(lines(log))) == [
        Entry("one", 1, "2026-11-26T18:00:00Z"),
        Entry("two", 2, "2026-11-26T18:00:01Z"),
    ]


def test_lines_in_dockers_json_are_joined() -> None:
    log = [
        json.dumps({"log": f"{text}\n", "stream": "stderr", "time": "2026-11-26T18:00:00Z"})
        for text in ("INFO: one", "Traceback (most recent call last):", "  File", "KeyError: x")
    ]
    (entry,) = entries(log)
    assert entry.text == "INFO: one\nTraceback (most recent call last):\n  File\nKeyError: x"
    assert entry.stamp == "2026-11-26T18:00:00Z"


def test_lines_without_heads_are_entries() -> None:
    assert _starts("one\ntwo\n  more\nthree") == [
        (1, "", "", "one"),
        (2, "", "", "two"),
        (4, "", "", "three"),
    ]


def test_entries_are_bounded() -> None:
    long = ["INFO: start", *("  " + "x" * 998 for _ in range(200))]
    found = list(entries(long))
    assert len(found) > 5
    assert max(len(entry.text) for entry in found) <= 33 * 1024
    many = [f"program-{n}  | INFO: {n}" for n in range(5000)]
    assert len(list(entries(many))) == 5000


@pytest.mark.parametrize(
    "text",
    [
        LITELLM,
        "app-1  | one\napp-1  | two\napp-1  | three",
        '{"0":"x","time":"2026-11-26T18:00:00Z"}\n{"0":"y","time":"2026-11-26T18:00:01Z"}',
        "[agent/embedded] one\n[model-fallback/decision] two\nLLM request failed.",
    ],
)
def test_a_log_looks_like_one(text: str) -> None:
    assert looks_like_log(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "23:51:41 - LiteLLM Proxy:ERROR: x.py:1 - one\nTraceback (most recent call last):\n  File",
        'HTTP/1.1 401 Unauthorized\ncontent-type: application/json\n\n{"error": {"code": "401"}}',
        'data: {"choices": []}\n\ndata: {"error": {"message": "x"}}\n\ndata: [DONE]',
        "OpenClaw APP  18:05\n\u26a0\ufe0f Agent failed before reply: x\nLogs: openclaw logs",
        '{\n  "error": {\n    "message": "x"\n  }\n}',
    ],
)
def test_a_message_does_not_look_like_a_log(text: str) -> None:
    assert not looks_like_log(text)


@pytest.mark.parametrize(
    "line",
    ["a" * 60_000, " " * 60_000, "2026-" * 12_000, "{" * 60_000, "[" + "a" * 60_000, "x|" * 30_000],
)
def test_a_long_line_takes_work_in_proportion(line: str) -> None:
    assert len(list(entries([line] * 20))) <= 20
    assert_proportional(lambda size: lambda: list(entries([line[:size]] * 20)), len(line) // 2)


_PIECES = st.sampled_from([
    "2026-11-26T18:00:00Z ", "18:00:00 ", "app-1  | ", "INFO: ", "[a/b] ", "{", '{"log":"', "}",
    '{"message": "x", "time": "y"}', "Traceback (most recent call last):", "  File", "\n", " ",
    '"', "\\", "\x1b[31m", "\r", "\u2028", "\ud800", " error ", "LiteLLM Proxy:ERROR: ",
])  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_has_entries_and_no_line_is_lost(text: str) -> None:
    looks_like_log(text)
    found = list(entries(text.split("\n")))
    assert all(1 <= entry.line <= text.count("\n") + 1 and entry.text for entry in found)
    # The program's name before a line is not part of the entry.
    assert (" error " in text) <= any("error" in entry.text for entry in found)


def test_a_javascript_error_with_a_time_on_each_line_is_one_entry() -> None:
    log = """\
2023-08-04 13:06:50 TypeError: fetch failed
2023-08-04 13:06:50     at Object.fetch (node:internal/deps/undici/undici:11576:11)
2023-08-04 13:06:50   cause: Error: connect ECONNREFUSED 127.0.0.1:8000
2023-08-04 13:06:50       at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1495:16)
2023-08-04 13:06:51   INFO server is up
"""
    first, second = entries(lines(log))
    assert first.text.startswith("2023-08-04 13:06:50 TypeError: fetch failed")
    assert "ECONNREFUSED" in first.text
    assert second.line == 5
