"""A chat's body as LiteLLM puts it to the Responses API, where it bridges from one to the other.

Measured on LiteLLM 1.106.2 (the bodies that it sent).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BRIDGED_AS_IS = ("parallel_tool_calls", "prompt_cache_key", "safety_identifier", "service_tier")


def as_responses(body: Mapping[str, Any]) -> dict[str, Any]:
    """A chat's body for the Responses API; what the bridge does not know is left behind."""
    messages = [one for one in body.get("messages") or () if isinstance(one, dict)]
    told = [str(m.get("content")) for m in messages if m.get("role") in ("system", "developer")]
    asked = [m for m in messages if m.get("role") not in ("system", "developer")]
    bridged: dict[str, Any] = {
        "model": body["model"],
        "input": [
            {"type": "message", "role": m.get("role"), "content": _parts(m.get("content"))}
            for m in asked
        ],
    }
    if told:
        bridged["instructions"] = " ".join(told)
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
