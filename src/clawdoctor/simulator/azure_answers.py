"""Responses of Azure OpenAI: its refusals verbatim, and a model's answers.

`azure_answers.json` holds the refusals as quoted in public issues and Microsoft's documentation.
`source` names the place, if it is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from clawdoctor.data import read_data
from clawdoctor.deferred import dataclass
from clawdoctor.simulator.message import Response, json_response, sse

_CREATED = 1795391503
_SAFE = {
    kind: {"filtered": False, "severity": "safe"}
    for kind in ("hate", "self_harm", "sexual", "violence")
}


@cache
def _rows() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = json.loads(read_data("simulator/azure_answers.json"))
    return rows


def names() -> tuple[str, ...]:
    """Return the names of all refusals that `refusal` knows."""
    return tuple(_rows())


def refusal(
    name: str,
    put: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a quoted refusal. `put` replaces the parts of the message that vary by request."""
    row = _rows()[name]
    body = deepcopy(row["body"])
    error = body.get("error", body)
    for quoted, own in (put or {}).items():
        error["message"] = error["message"].replace(quoted, own)
    return json_response(row["status"], body, {**row.get("headers", {}), **(headers or {})})


def invalid(message: str, param: str | None, code: str | None) -> Response:
    """Return a refusal of the model's own layer, in its common form."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return json_response(400, {"error": error})


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer of a model. `thought` is the number of `completion` tokens that are reasoning."""

    model: str
    text: str
    prompt: int
    completion: int
    thought: int = 0
    finish: str = "stop"


def chat(turn: Turn, headers: Mapping[str, str]) -> Response:
    """Return the turn as a complete response of chat completions."""
    message: dict[str, Any] = {
        "role": "assistant",
        "content": turn.text,
        "refusal": None,
        "annotations": [],
    }
    choice = {
        "index": 0,
        "finish_reason": turn.finish,
        "logprobs": None,
        "message": message,
        "content_filter_results": _SAFE,
    }
    return json_response(
        200,
        {
            **_head(turn, "chat.completion"),
            "choices": [choice],
            "usage": _chat_usage(turn),
            "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _SAFE}],
        },
        headers,
    )


def chat_stream(turn: Turn, headers: Mapping[str, str], *, usage: bool) -> Response:
    """Return the turn as a stream of chat completions.

    Azure's first event has no choices and reports how the prompt was filtered. With `usage`, as
    `stream_options.include_usage` requests, the last event holds the usage.
    """
    head = _head(turn, "chat.completion.chunk")
    filtered = [{"prompt_index": 0, "content_filter_results": _SAFE}]
    empty = {"id": "", "object": "", "created": 0, "model": ""}
    texts = (turn.text,) if turn.text else ()

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        usage_field = {"usage": None} if usage else {}
        return {**head, "choices": [choice], **usage_field}

    events: list[object] = [
        {**empty, "choices": [], "prompt_filter_results": filtered},
        chunk({"role": "assistant", "content": "", "refusal": None}),
        *(chunk({"content": text}) for text in texts),
        chunk({}, turn.finish),
    ]
    if usage:
        events.append({**head, "choices": [], "usage": _chat_usage(turn)})
    return sse(events, headers)


def responses(turn: Turn, headers: Mapping[str, str]) -> Response:
    """Return the turn as a complete response of the Responses API."""
    return json_response(200, _response(turn), headers)


def responses_stream(turn: Turn, headers: Mapping[str, str]) -> Response:
    """Return the turn as a stream of the Responses API: named events, and no `[DONE]`."""
    whole = _response(turn)
    started = {**whole, "status": "in_progress", "output": [], "usage": None}
    at: dict[str, Any] = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": started},
        {"type": "response.in_progress", "response": started},
    ]
    if turn.text:
        item = whole["output"][-1]
        part = item["content"][0]
        opened = {**item, "status": "in_progress", "content": []}
        events += [
            {"type": "response.output_item.added", "output_index": 0, "item": opened},
            {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
            {"type": "response.output_text.delta", **at, "delta": turn.text},
            {"type": "response.output_text.done", **at, "text": turn.text},
            {"type": "response.content_part.done", **at, "part": part},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
        ]
    events.append({"type": f"response.{whole['status']}", "response": whole})
    return sse(
        [{**event, "sequence_number": n} for n, event in enumerate(events)], headers, named=True
    )


def _head(turn: Turn, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": kind,
        "created": _CREATED,
        "model": turn.model,
        "system_fingerprint": "fp_1",
    }


def _chat_usage(turn: Turn) -> dict[str, Any]:
    return {
        "prompt_tokens": turn.prompt,
        "completion_tokens": turn.completion,
        "total_tokens": turn.prompt + turn.completion,
        "completion_tokens_details": {"reasoning_tokens": turn.thought},
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _response(turn: Turn) -> dict[str, Any]:
    complete = turn.finish != "length"
    part = {"type": "output_text", "text": turn.text, "annotations": [], "logprobs": []}
    message = {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": _CREATED,
        "status": "completed" if complete else "incomplete",
        "error": None,
        "incomplete_details": None if complete else {"reason": "max_output_tokens"},
        "instructions": None,
        "metadata": {},
        "model": turn.model,
        "output": [message] if turn.text else [],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": turn.prompt,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": turn.completion,
            "output_tokens_details": {"reasoning_tokens": turn.thought},
            "total_tokens": turn.prompt + turn.completion,
        },
    }
