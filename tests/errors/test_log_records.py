"""Read the message of a JSON line."""

from __future__ import annotations

import json

import pytest

from clawdoctor.errors.log_records import Record, record_of

TIME = "2026-11-26T18:00:05.123+01:00"


def test_a_record_of_openclaw_is_read() -> None:
    line = json.dumps({
        "0": json.dumps({"subsystem": "agent/embedded"}),
        "1": {
            "event": "embedded_run_agent_end",
            "error": "LLM request failed: provider rejected the request schema or tool payload.",
            "failoverReason": "format",
            "model": "gpt-5.2",
            "rawErrorPreview": "400 litellm.UnsupportedParamsError: azure does not support ...",
            "rawErrorHash": "sha256:0123456789",
        },
        "2": "embedded run agent end",
        "_meta": {"logLevelName": "WARN", "date": "2026-11-26T17:00:05.123Z", "name": "openclaw"},
        "time": TIME,
        "hostname": "box",
    })  # fmt: skip
    assert record_of(line) == Record(
        "[agent/embedded] "
        "rawErrorPreview=400 litellm.UnsupportedParamsError: azure does not support ... "
        "error=LLM request failed: provider rejected the request schema or tool payload. "
        "event=embedded_run_agent_end failoverReason=format model=gpt-5.2 "
        "embedded run agent end",
        TIME,
    )


def test_a_record_of_litellm_is_read() -> None:
    line = json.dumps({"message": "litellm.Timeout: x", "level": "ERROR", "timestamp": TIME,
                       "stacktrace": "Traceback\n  File"})  # fmt: skip
    assert record_of(line) == Record("litellm.Timeout: x stacktrace=Traceback\n  File", TIME)


def test_a_record_of_docker_is_read() -> None:
    line = json.dumps({"log": "INFO:     started\n", "stream": "stderr", "time": TIME})
    assert record_of(line) == Record("INFO:     started", TIME, raw=True)


def test_the_time_may_be_in_meta_only() -> None:
    assert record_of(json.dumps({"0": "text", "_meta": {"date": TIME}})) == Record("text", TIME)


@pytest.mark.parametrize(
    "line",
    ["", "text", "{not json}", "[1]", '{"cut": "of', "{" * 100_000, '{"a":' * 100_000],
)
def test_other_lines_are_not_records(line: str) -> None:
    assert record_of(line) is None


def test_depth_and_length_are_bounded() -> None:
    deep: object = "found"
    for _ in range(50):
        deep = {"a": deep}
    assert record_of(json.dumps({"message": "m", "deep": deep})) == Record("m")
    long = record_of(json.dumps({"message": "x" * 1_000_000}))
    assert long is not None and len(long.text) <= 32 * 1024
