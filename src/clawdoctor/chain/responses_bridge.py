"""LiteLLM's bridge from chat completions to the Responses API.

Measured on the request bodies of LiteLLM 1.106.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BRIDGED_AS_IS = ("parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier")


def as_responses(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chat's body for the Responses API. Unknown parameters are dropped."""
    messages = [message for message in body.get("messages") or () if isinstance(message, dict)]
    instructions = [
        str(m.get("content")) for m in messages if m.get("role") in ("system", "developer")
    ]
    turns = [m for m in messages if m.get("role") not in ("system", "developer")]
    bridged: dict[str, Any] = {
        "model": body["model"],
        "input": [
            {"type": "message", "role": m.get("role"), "content": _parts(m.get("content"))}
            for m in turns
        ],
    }
    if instructions:
        bridged["instructions"] = " ".join(instructions)
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    if limit is not None:
        bridged["max_output_tokens"] = limit
    if "reasoning_effort" in body:
        bridged["reasoning"] = {"effort": body["reasoning_effort"]}
    if "verbosity" in body:
        bridged["text"] = {"verbosity": body["verbosity"]}
    if body.get("tools"):
        bridged["tools"] = [_flat(tool) for tool in body["tools"]]
    same = (*_BRIDGED_AS_IS, "store", "stream", "temperature", "tool_choice", "top_p", "user")
    return bridged | {name: body[name] for name in same if name in body}


def _parts(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "input_text", "text": content}]
    return content


def _flat(tool: Mapping[str, Any]) -> dict[str, Any]:
    inner = tool.get("function")
    if not isinstance(inner, dict):
        return dict(tool)
    return {"type": tool.get("type"), "strict": None, "description": None, **inner}
