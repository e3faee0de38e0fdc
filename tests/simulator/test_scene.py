"""Scenes with slow, missing, broken and unexpected answers to a turn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clawdoctor.probes.body import BODY_LIMIT
from clawdoctor.probes.client import open_http
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import TurnOutcome, read_turn
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.azure_answers import names, refusal
from clawdoctor.simulator.scene import scene

URL = "https://contoso-ai.openai.azure.com/openai/v1/chat/completions"
CHUNK = '{"choices":[{"index":0,"delta":{"content":"po"},"finish_reason":null}]}'
STOP = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}'

Post = Callable[..., Answer | NoAnswer]


@pytest.fixture
def post(tmp_path: Path) -> Post:
    def play(row: dict[str, Any], *, seconds: float = 5.0, times: int = 1) -> Answer | NoAnswer:
        scripted = [{"method": "POST", "path": "/openai", **row}]
        resource = {"key": "k", "deployments": {"gpt-4o": "gpt-4o"}, "scripted": scripted}
        description = {"azure": {"contoso-ai": resource}}
        with scene(description, Situation(str(tmp_path), str(tmp_path))) as up:
            http = open_http({}, float("inf"), network=up.network)
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "ping"}]}
            with closing(http.direct):
                for _ in range(times - 1):
                    http.post(URL, {"api-key": "k"}, body, read_seconds=seconds)
                return http.post(URL, {"api-key": "k"}, body, read_seconds=seconds)

    return play


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"events": [CHUNK, STOP, "[DONE]"]}, "answer"),
        ({"events": [CHUNK, STOP, "[DONE]"], "delay": 0.05}, "answer"),
        ({"events": [CHUNK] * 4, "fault": "truncate"}, "truncated"),
        ({"events": [CHUNK]}, "truncated"),
        ({"events": [STOP, "[DONE]"]}, "empty"),
        ({"body": ""}, "empty"),
        ({"body": "<!DOCTYPE html><html></html>", "type": "text/html"}, "page"),
        ({"body": "x", "repeat": 3 * BODY_LIMIT}, "page"),
        ({"events": [CHUNK] * 3000}, "answer"),
        ({"fault": "reset"}, "nothing"),
        ({"outage": "timeout"}, "nothing"),
        ({"outage": "reset"}, "nothing"),
    ],
)
def test_scripted_answers(post: Post, row: dict[str, Any], outcome: TurnOutcome) -> None:
    assert read_turn(post(row)).outcome == outcome


def test_a_huge_answer_is_cut_while_it_is_read(post: Post) -> None:
    got = post({"body": "x", "repeat": 5 * BODY_LIMIT})
    assert isinstance(got, Answer)
    assert (len(got.body), got.cut) == (BODY_LIMIT, True)


def test_a_server_that_hangs(post: Post) -> None:
    got = post({"fault": "hang"}, seconds=0.2)
    assert isinstance(got, NoAnswer)
    assert got.failure == "timeout"


def test_an_answer_for_some_times(post: Post) -> None:
    row = {"refusal": "server_error", "times": 1}
    first, second = post(row), post(row, times=2)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.status, second.status) == (500, 200)


@pytest.mark.parametrize("name", names())
def test_each_refusal_of_azure_can_be_played(post: Post, name: str) -> None:
    got = post({"refusal": name})
    assert isinstance(got, Answer)
    assert (got.status, got.body) == (refusal(name).status, refusal(name).body.decode())
