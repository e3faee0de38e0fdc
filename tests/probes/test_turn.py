"""The outcome of a turn: an answer, an error, or something else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import EXHAUSTED, Turn, TurnOutcome, read_turn
from clawdoctor.simulator.azure_answers import Turn as SimulatedTurn
from clawdoctor.simulator.azure_answers import (
    chat,
    chat_stream,
    names,
    refusal,
    responses,
    responses_stream,
)

PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


def read(body: str, status: int = 200, **more: Any) -> Turn:
    return read_turn(Answer("POST", "http://p/v1/chat/completions", status, {}, body, 5, **more))


def events(*rows: object, done: bool = True) -> str:
    lines = [f"data: {row if isinstance(row, str) else json.dumps(row)}\n\n" for row in rows]
    return "".join(lines) + ("data: [DONE]\n\n" if done else "")


def delta(finish: str | None = None, **content: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": content, "finish_reason": finish}]}


PONG = SimulatedTurn("gpt-4o", "pong", 20, 2)
REASONING = SimulatedTurn("gpt-4o", "", 20, 64, thought=64, finish="length")


@pytest.mark.parametrize("simulated", [PONG, REASONING])
@pytest.mark.parametrize(
    "response",
    [
        chat,
        responses,
        responses_stream,
        lambda turn, headers: chat_stream(turn, headers, usage=True),
    ],
)
def test_an_answer_of_either_api_passes(simulated: SimulatedTurn, response: Any) -> None:
    turn = read(response(simulated, {}).content.decode())
    assert turn.passed
    assert (turn.prompt_tokens, turn.completion_tokens) == (20, simulated.completion)


def test_an_answer_without_usage_passes() -> None:
    turn = read(chat_stream(PONG, {}, usage=False).content.decode())
    assert (turn.outcome, turn.prompt_tokens) == ("answer", 0)


def test_tokens_used_up_for_reasoning_are_an_answer() -> None:
    assert read(json.dumps({"error": {"message": f"{EXHAUSTED}."}}), 400).passed


CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": "note", "arguments": ""}}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (events(delta(tool_calls=[CALL]), delta("tool_calls")), "answer"),
        (events(delta(reasoning_content="hm"), delta("stop")), "answer"),
        (events(delta(refusal="no"), delta("stop")), "answer"),
        (events(delta(content="po"), delta("length")), "answer"),
        (events(delta(content="po"), delta("content_filter")), "filtered"),
        (events(delta("content_filter")), "filtered"),
        (events(delta(content="po"), done=False), "truncated"),
        (events(delta(role="assistant"), done=False), "truncated"),
        (events(delta(role="assistant", content=""), delta("stop")), "empty"),
        (events(), "empty"),
        ("", "empty"),
        (" \n", "empty"),
        (PAGE, "page"),
        ("Service temporarily unavailable", "page"),
        ('"pong"', "page"),
        ("[" * 60_000, "page"),
        ("{" * 60_000, "page"),
        (events({"error": {"message": "no"}}), "error"),
        (events(delta(content="po"), {"error": {"message": "no"}}), "error"),
        (json.dumps({"error": {"message": "no"}}), "error"),
        (events({"type": "response.failed", "response": {"error": {"code": "x"}}}), "error"),
        (events("not json", delta(content="a"), delta("stop")), "answer"),
        (events(delta(content="a"), delta("stop")).replace("\n", "\r\n"), "answer"),
        (events({"choices": [None, 3]}, {"choices": "x"}, {"usage": []}, {}), "truncated"),
    ],
)
def test_each_body_has_its_outcome(body: str, outcome: TurnOutcome) -> None:
    assert read(body).outcome == outcome


def test_an_error_inside_a_stream_is_the_error_of_the_turn() -> None:
    turn = read(events(delta(content="po"), {"error": {"message": "Access denied", "code": "403"}}))
    assert json.loads(turn.error) == {"error": {"message": "Access denied", "code": "403"}}
    assert turn.status == 200


@pytest.mark.parametrize("name", sorted(set(names()) - {"reasoning_output_limit"}))
def test_each_refusal_of_azure_is_an_error(name: str) -> None:
    response = refusal(name)
    turn = read(response.content.decode(), response.status)
    assert (turn.outcome, turn.status) == ("error", response.status)
    assert turn.error == response.content.decode()


def test_a_connection_that_ends_early_is_truncated() -> None:
    turn = read(events(delta(content="po"), done=False), broken="the connection ended")
    assert (turn.outcome, turn.error) == ("truncated", "the connection ended")


def test_an_answer_that_is_cut_passes() -> None:
    assert read(events(delta(content="po"), done=False), cut=True).passed


def test_a_page_that_is_cut_is_a_page() -> None:
    assert read(PAGE * 900, cut=True).outcome == "page"


def test_no_answer_is_nothing() -> None:
    turn = read_turn(NoAnswer("POST", "http://p", "timeout", "no answer in time"))
    assert (turn.outcome, turn.status, turn.error) == ("nothing", None, "no answer in time")


@pytest.mark.parametrize("number", [True, "12", None, 1.5, [1], -1])
def test_usage_that_is_not_a_number_counts_nothing(number: object) -> None:
    row = {**delta("stop", content="a"), "usage": {"prompt_tokens": number}}
    assert read(events(row)).prompt_tokens == 0
