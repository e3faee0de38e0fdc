"""Upstream's responses as LiteLLM's proxy forwards them to its client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.simulator.message import Response, events_of, json_of, json_response, sse
from clawdoctor.simulator.proxy_answers import CallContext, failed

_CREATED = 1795491771
_EMPTY = {"role": "assistant", "content": ""}


def chat(response: Response, context: CallContext) -> Response:
    """Return a complete chat response under the group's name."""
    body = json_of(response.body)
    if not isinstance(body, dict):
        whole = response.body.decode(errors="replace")
        text = f"AzureException APIError - Unexpected string response from Azure: {whole}"
        return failed(500, f"litellm.APIError: {text}", context)
    choices = body.get("choices")
    if not isinstance(choices, list):
        text = f"LiteLLM: provider returned 'choices' that is not a list. Raw keys: {list(body)}"
        return failed(500, f"litellm.APIError: {text}", context)
    shown = [_choice(choice) for choice in choices]
    return json_response(200, {**body, "model": context.group, "choices": shown})


def _choice(choice: Mapping[str, Any]) -> dict[str, Any]:
    """Return a choice as LiteLLM rewrites it, with the provider's own fields moved."""
    message = {k: v for k, v in choice["message"].items() if k != "refusal"}
    message["provider_specific_fields"] = {"refusal": choice["message"].get("refusal")}
    filtered = {"content_filter_results": choice.get("content_filter_results", {})}
    return {
        "finish_reason": choice.get("finish_reason"),
        "index": choice.get("index", 0),
        "message": message,
        "provider_specific_fields": filtered,
    }


def chat_stream(response: Response, context: CallContext, *, usage: bool) -> Response:
    """Return a streamed chat response.

    LiteLLM does not notice if upstream sends no events or stops halfway: it ends the client's
    stream with `stop`.
    """
    head = {"object": "chat.completion.chunk", "created": _CREATED, "model": context.group}
    events: list[object] = []
    finished = False
    for chunk in events_of(response):
        choices = [_bare(choice) for choice in chunk.get("choices") or ()]
        if not choices and not usage:
            continue
        finished = finished or any("finish_reason" in choice for choice in choices)
        shown: dict[str, Any] = {"id": chunk.get("id", ""), **head, "choices": choices}
        if "system_fingerprint" in chunk:
            shown["system_fingerprint"] = chunk["system_fingerprint"]
        if chunk.get("usage"):
            shown |= {"choices": [{"index": 0, "delta": {}}], "usage": chunk["usage"]}
        events.append(shown)
    if not finished:
        stop = {"index": 0, "delta": {}, "finish_reason": "stop"}
        last = {"id": "chatcmpl-litellm", **head}
        events.append({**last, "choices": [stop]})
        if usage:
            events.append({**last, "choices": [{"index": 0, "delta": {}}]})
    return sse(events)


def _bare(choice: Mapping[str, Any]) -> dict[str, Any]:
    delta = {key: value for key, value in choice["delta"].items() if value is not None}
    finish = choice.get("finish_reason")
    return {"index": 0, "delta": delta, **({"finish_reason": finish} if finish else {})}


def exhausted(context: CallContext, *, stream: bool, usage: bool) -> Response:
    """Return the empty answer that LiteLLM gives for a used-up token limit (1.106.2)."""
    head = {"id": "chatcmpl-litellm", "created": _CREATED, "model": context.group}
    spent = {"completion_tokens": 0, "prompt_tokens": 8, "total_tokens": 8}
    if not stream:
        choice = _choice({"finish_reason": "length", "message": _EMPTY})
        kind = {"object": "chat.completion"}
        return json_response(200, {**head, **kind, "choices": [choice], "usage": spent})
    head["object"] = "chat.completion.chunk"
    events: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": _EMPTY}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]},
    ]
    if usage:
        events.append({**head, "choices": [{"index": 0, "delta": {}}], "usage": spent})
    return sse(events)


def chat_of_responses(
    response: Response, context: CallContext, *, stream: bool, usage: bool
) -> Response:
    """Return a response of the Responses API, bridged back to chat completions."""
    whole = _whole_response(response)
    if whole is None:
        text = "litellm.APIError: AzureException APIError - Unexpected string response from Azure: "
        return failed(500, text + response.content.decode(errors="replace"), context)
    content = "".join(
        part["text"] for item in whole["output"] for part in item.get("content") or ()
    )
    finish = "length" if whole["status"] == "incomplete" else "stop"
    spent = {
        "completion_tokens": whole["usage"]["output_tokens"],
        "prompt_tokens": whole["usage"]["input_tokens"],
        "total_tokens": whole["usage"]["total_tokens"],
        "completion_tokens_details": whole["usage"]["output_tokens_details"],
        "prompt_tokens_details": whole["usage"]["input_tokens_details"],
    }
    head = {"id": whole["id"], "created": _CREATED, "model": context.group}
    if not stream:
        message = {"content": content, "role": "assistant"}
        choice = {"finish_reason": finish, "index": 0, "message": message}
        kind = {"object": "chat.completion"}
        return json_response(200, {**head, **kind, "choices": [choice], "usage": spent})
    head["object"] = "chat.completion.chunk"
    events: list[dict[str, Any]] = []
    if content:
        delta = {"role": "assistant", "content": content}
        events.append({**head, "choices": [{"index": 0, "delta": delta}]})
    events.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if usage:
        events.append({**head, "choices": [{"index": 0, "delta": {}}], "usage": spent})
    return sse(events)


def _whole_response(response: Response) -> dict[str, Any] | None:
    body = json_of(response.body)
    if isinstance(body, dict) and "output" in body:
        return body
    ends = [event for event in events_of(response) if "usage" in (event.get("response") or {})]
    return ends[-1]["response"] if ends else None


def responses(response: Response, context: CallContext) -> Response:
    """Return a response of the Responses API. Streamed events lose their names."""
    if not response.chunks:
        body = json_of(response.body)
        if not isinstance(body, dict):
            whole = response.body.decode(errors="replace")
            return failed(500, f"litellm.APIError: {context.provider} APIError - {whole}", context)
        return json_response(200, {**body, "model": context.group})
    return sse([{**event, "model": context.group} for event in events_of(response)])
