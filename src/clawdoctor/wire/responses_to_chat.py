"""LiteLLM's conversion of Responses requests to chat completions.

LiteLLM converts them if a deployment requests it, and for providers without a Responses API.
Measured on the requests of LiteLLM 1.106.2 and 1.108.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clawdoctor.knowledge import behaviour, table

_LOST_TOOLS = ("computer_use", "image_generation", "local_shell", "shell", "tool_search")
_TEXTS = ("input_text", "output_text", "text")
_IMAGE = "input_image"
_JSON = "json_schema"


class UntranslatedError(Exception):
    """A part of the request that clawdoctor cannot translate."""


def as_chat(whole: Mapping[str, Any], litellm: str, *, keeps: bool) -> dict[str, Any]:
    """Return the chat into which LiteLLM converts a Responses request.

    `keeps` means that LiteLLM passes on unknown parameters. Raise UntranslatedError.
    """
    known = table("litellm_request")
    named = (*known["responses_named"], "input", "model", "messages")
    passed = {
        name: value
        for name, value in whole.items()
        if name not in named and (keeps or name in (*known["known"], "extra_body"))
    }
    tools = [*_tools(whole.get("tools"))]
    effort = whole.get("reasoning")
    row = behaviour("litellm", "bridged-tier", litellm)
    tier = row is not None and row.effect == "kept"
    made = {
        "messages": [*_messages(whole)],
        "tools": tools or None,
        "tool_choice": _choice(whole.get("tool_choice")) if tools else None,
        "parallel_tool_calls": whole.get("parallel_tool_calls") if tools else None,
        "max_tokens": whole.get("max_output_tokens"),
        "response_format": _format(whole.get("text")),
        "reasoning_effort": effort.get("effort") if isinstance(effort, Mapping) else effort,
        "service_tier": whole.get("service_tier") if tier else None,
        **{
            name: whole.get(name)
            for name in ("top_p", "user", "temperature", "safety_identifier", "extra_body")
        },
    }
    if whole.get("stream") is True:
        made |= {"stream": True, "stream_options": {"include_usage": True}}
    elif whole.get("stream") is False:
        made["stream"] = False
    return {**passed, **{name: value for name, value in made.items() if value is not None}}


def untranslated(whole: Mapping[str, Any], litellm: str) -> tuple[str, ...]:
    """Return the Responses parameters for which a provider without a Responses API has no name.

    LiteLLM 1.106 and older pass most of them on.
    """
    known = table("litellm_request")
    row = behaviour("litellm", "bridged-tier", litellm)
    passes = row is None or row.effect != "kept"
    other = (*known["responses_named"], *known["known"])
    refused = known["responses_refused"] if passes else known["responses"]
    names = (name for name in refused if name not in other)
    return tuple(sorted(name for name in names if whole.get(name) is not None))


def _messages(whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if whole.get("instructions"):
        yield {"role": "system", "content": whole["instructions"]}
    given = whole.get("input")
    if isinstance(given, str):
        yield {"role": "user", "content": given}
        return
    for item in given if isinstance(given, list) else ():
        if not isinstance(item, Mapping) or item.get("type", "message") != "message":
            raise UntranslatedError
        content = item.get("content")
        if content is not None:
            yield {"role": item.get("role") or "user", "content": _content(content)}


def _content(content: object) -> object:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise UntranslatedError
    return [_part(part) for part in content if _is_kept(part)]


def _is_kept(part: object) -> bool:
    if not isinstance(part, Mapping) or part.get("type") == _IMAGE:
        return True
    return part.get("text") is not None


def _part(part: object) -> object:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        raise UntranslatedError
    if part.get("type") == _IMAGE and part.get("detail") and part.get("image_url"):
        image = {"url": part["image_url"], "detail": part["detail"]}
        return {"type": "image_url", "image_url": image}
    if part.get("type") not in _TEXTS:
        raise UntranslatedError
    return {"type": "text", "text": part["text"]}


def _tools(tools: object) -> Iterator[dict[str, Any]]:
    for tool in tools if isinstance(tools, list) else ():
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        if kind in _LOST_TOOLS:
            continue
        if kind != "function":
            raise UntranslatedError
        schema = dict(tool.get("parameters") or {})
        schema.setdefault("type", "object")
        function = {
            "name": tool.get("name") or "",
            "description": tool.get("description") or "",
            "parameters": schema,
            "strict": tool.get("strict") or False,
        }
        yield {"type": "function", "function": function}


def _choice(choice: Any) -> Any:
    if not isinstance(choice, Mapping) or (choice.get("function") or {}).get("name"):
        return choice
    match choice.get("type"):
        case "auto" | "none" as kind:
            return kind
        case "required" | "tool" | "any":
            return "required"
        case "function":
            name = choice.get("name")
            return {"type": "function", "function": {"name": name}} if name else "required"
    raise UntranslatedError


def _format(text: object) -> object:
    form = text.get("format") if isinstance(text, Mapping) else None
    if not isinstance(form, Mapping):
        return None
    if form.get("type") != _JSON:
        return {"type": form["type"]} if form.get("type") == "json_object" else None
    schema = {
        "name": form.get("name", "response_schema"),
        "schema": form.get("schema", {}),
        "strict": form.get("strict", False),
    }
    return {"type": _JSON, _JSON: schema}
