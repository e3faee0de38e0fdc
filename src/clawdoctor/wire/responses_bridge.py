"""LiteLLM's bridge from chat completions to the Responses API.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import listed_model, names_like, series_of
from clawdoctor.wire.supported import Model, refuses_effort

_PREFIX = "responses/"
_SUMMARIES = ("reasoningSummary", "reasoning_summary")
_ONLY_OF_CHATS = (
    "max_tokens",
    "max_completion_tokens",
    "response_format",
    "verbosity",
    "web_search_options",
)
"""The parameters of a chat that have another form in the Responses API."""


def is_responses_model(model: Model, litellm: str, mode: str | None) -> bool:
    """Whether LiteLLM sends every chat of a model to the Responses API.

    It does so because of the model's name, or because of the `mode` that a deployment declares. It
    ignores `base_model`.
    """
    listed = model.listed and listed_model(model.name, model.provider, model.list_version).responses
    row = behaviour("litellm", "routing-words", litellm)
    first = row is None or row.effect == "first"
    if mode == "responses" or (listed and (mode is None or (mode == "chat" and first))):
        return True
    return model.name.startswith(_PREFIX) and (mode is None or first)


def needs_responses(
    model: Model, body: Mapping[str, Any], litellm: str, *, native: bool, strict: bool
) -> bool:
    """Whether LiteLLM sends a chat to the Responses API because of its parameters.

    Newer models do not support function tools in chat completions while they reason. `native` is
    False for an `azure_ai` host without its own Responses API, and `strict` for a host of the
    provider `openai` that is not OpenAI's.
    """
    if not native or not names_like(model.name, "reasons") or names_like(model.name, "search"):
        return False
    effort = body.get("reasoning_effort")
    if effort is not None and any(_inside(body, name) is not None for name in _SUMMARIES):
        return True
    return _tools_need_responses(model, body, litellm, strict=strict)


def translatable(extra: object) -> object:
    """Return an `extra_body` without the keys that LiteLLM does not translate in a bridged chat."""
    if not isinstance(extra, Mapping):
        return extra
    return {key: value for key, value in extra.items() if key not in _ONLY_OF_CHATS}


def _tools_need_responses(
    model: Model, body: Mapping[str, Any], litellm: str, *, strict: bool
) -> bool:
    names = table("litellm")["names"]
    series = series_of(model.name)
    effort = body.get("reasoning_effort")
    first = "with_tools"
    if model.provider == "azure_ai":
        first = "foundry_silent" if effort is None else "foundry_explicit"
    if series is None or series < tuple(names[first]) or not _has_function(body):
        return False
    level = effort.get("effort") if isinstance(effort, Mapping) else effort
    summary = effort.get("summary") if isinstance(effort, Mapping) else None
    if level == "none" and summary is None and not refuses_effort(_plain(model), "none"):
        return False
    if effort is not None or model.provider == "azure_ai":
        return True
    if not strict:
        return False
    row = behaviour("litellm", "silent-tools", litellm)
    if row is None or row.effect == "responses":
        return True
    silent = listed_model(model.name, model.provider, model.list_version).silent
    return series >= tuple(names["with_silent_tools"]) and not silent


def _plain(model: Model) -> Model:
    return replace(model, base_model=None, listed=True)


def _has_function(body: Mapping[str, Any]) -> bool:
    return any(
        isinstance(tool, Mapping)
        and tool.get("type") == "function"
        and (isinstance(tool.get("function"), Mapping) or "name" in tool)
        for tool in body.get("tools") or ()
    )


def _inside(body: Mapping[str, Any], key: str) -> object:
    extra = body.get("extra_body")
    return body.get(key, extra.get(key) if isinstance(extra, Mapping) else None)


def without_summary(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without the AI SDKs' names for a summary, which LiteLLM removes."""
    return {key: value for key, value in sent.items() if key not in _SUMMARIES}


def with_summary(sent: Mapping[str, Any], effort: object) -> dict[str, Any]:
    """Return a bridged chat's parameters with its summary as a part of the effort.

    `effort` is the effort of the request, which LiteLLM uses if it drops that of the parameters.
    """
    found = without_summary(sent)
    summary = next((sent[key] for key in _SUMMARIES if sent.get(key) is not None), None)
    if isinstance(effort, Mapping) and "summary" in effort:
        found["reasoning_effort"] = effort
    elif summary is not None:
        level = found.get("reasoning_effort", effort)
        written = (
            level if isinstance(level, Mapping) else {} if level is None else {"effort": level}
        )
        found["reasoning_effort"] = {**written, "summary": summary}
    return found


def as_responses(
    name: str, messages: object, sent: Mapping[str, Any], litellm: str, *, summary: bool = False
) -> dict[str, Any]:
    """Return the Responses body into which LiteLLM converts a chat.

    `sent` are the parameters that LiteLLM would send to chat completions. It drops those that the
    Responses API does not have. `summary` requests a summary of the reasoning.
    """
    row = behaviour("litellm", "bridged-system", litellm)
    place = row.effect if row is not None else ""
    kept = place == "items" and sent.get("truncation") != "auto"
    items, instructions = _input_of(messages, keeps_system=kept)
    bridged: dict[str, Any] = {"model": name, "input": items}
    if instructions is not None and items and not (place != "instructions" and _wants_json(sent)):
        bridged["instructions"] = instructions
    elif instructions is not None:
        text = {"type": "input_text", "text": instructions}
        bridged["input"] = [{"type": "message", "role": "system", "content": [text]}, *items]
    for key, value in sent.items():
        if key == "instructions" and key in bridged:
            continue  # the system messages override the parameter
        if key == "reasoning_effort" and "reasoning" in sent:
            continue  # the Responses API's own parameter overrides it
        new, made = _bridged(key, value, summary=summary)
        before = bridged.get(new)
        if isinstance(before, Mapping) and isinstance(made, Mapping):
            made = {**before, **made}
        elif isinstance(before, list) and isinstance(made, list):
            made = [*before, *made]
        bridged[new] = made
    given = sent.get("reasoning")  # LiteLLM sends it even if it is empty
    return {
        key: value
        for key, value in bridged.items()
        if value is not None and (value != {} or (key == "reasoning" and given is not None))
    }


def _bridged(key: str, value: Any, *, summary: bool) -> tuple[str, Any]:
    """Return a parameter's name and value for the Responses API, or None if LiteLLM drops it."""
    match key:
        case "max_tokens" | "max_completion_tokens":
            return "max_output_tokens", value
        case "reasoning_effort":
            return "reasoning", reasoning_of(value, summary=summary)
        case "verbosity":
            return "text", {"verbosity": value}
        case "response_format":
            return "text", _format(value)
        case "tools":
            return "tools", [_flat(tool) for tool in value]
        case "web_search_options":
            own = value if isinstance(value, Mapping) else {}
            return "tools", [{"type": "web_search", **own}]
        case "tool_choice":
            return key, _choice(value)
        case "user" if isinstance(value, str):
            return key, value[:64]
    return key, value if key in table("litellm_request")["responses"] else None


def _wants_json(sent: Mapping[str, Any]) -> bool:
    form = sent.get("response_format")
    return isinstance(form, Mapping) and form.get("type") == "json_object"


def _input_of(messages: object, *, keeps_system: bool) -> tuple[list[dict[str, Any]], str | None]:
    """Return the input items of a chat's messages and its instructions."""
    items: list[dict[str, Any]] = []
    instructions: list[str] = []
    leading = not keeps_system
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, Mapping):
            continue
        role, content = message.get("role"), message.get("content", "")
        leading = leading and role == "system"
        if leading and isinstance(content, str):
            instructions.append(content)
        else:
            items += _items_of(message, str(role), content)
    return items, " ".join(instructions) if instructions else None


def _items_of(message: Mapping[str, Any], role: str, content: object) -> Iterator[dict[str, Any]]:
    if role == "tool":
        output = [] if content is None else _parts(content, "user")
        yield {
            "type": "function_call_output",
            "call_id": message.get("tool_call_id"),
            "output": output,
        }
        return
    calls = message.get("tool_calls") if role == "assistant" else None
    if content if calls else content is not None:
        yield {"type": "message", "role": role, "content": _parts(content, role)}
    for call in calls or ():
        made = call.get("function") or {}
        yield {
            "type": "function_call",
            "call_id": call.get("id"),
            **{key: made[key] for key in ("name", "arguments") if key in made},
        }


def _parts(content: object, role: str) -> list[Any]:
    kind = "output_text" if role == "assistant" else "input_text"
    if isinstance(content, str):
        return [{"type": kind, "text": content}]
    return [_part(part, kind) for part in content] if isinstance(content, list) else []


def _part(part: Any, kind: str) -> Any:
    if isinstance(part, str):
        return {"type": kind, "text": part}
    if not isinstance(part, Mapping):
        return part
    if part.get("type") == "text":
        return {"type": kind, "text": part.get("text")}
    if part.get("type") == "image_url":
        image = part.get("image_url")
        found = image if isinstance(image, Mapping) else {"url": image}
        detail = found.get("detail") or "auto"
        return {"type": "input_image", "image_url": found.get("url"), "detail": detail}
    return dict(part)


def _flat(tool: Any) -> Any:
    inner = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(inner, Mapping) or tool.get("type") != "function":
        return tool
    keys = ("name", "parameters", "strict", "description")
    return {"type": "function", **{key: inner.get(key) for key in keys}}


def _choice(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kind = value.get("type")
    if kind in ("auto", "none", "required"):
        return kind
    inner = value.get(kind) if isinstance(kind, str) else None
    name = value.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None)
    return {"type": kind, "name": name} if kind in ("function", "custom") and name else value


def reasoning_of(value: Any, *, summary: bool) -> dict[str, Any]:
    """Return the Responses API's `reasoning` for an effort. `summary` requests a summary."""
    if isinstance(value, Mapping):
        return dict(value)
    return {"effort": value, **({"summary": "detailed"} if summary else {})}


def _format(value: Any) -> dict[str, Any]:
    kind = value.get("type") if isinstance(value, Mapping) else None
    if kind == "json_schema":
        schema = value.get("json_schema") or {}
        return {
            "format": {
                "type": kind,
                "name": schema.get("name", "response_schema"),
                "schema": schema.get("schema", {}),
                "strict": schema.get("strict", False),
            }
        }
    return {"format": {"type": kind}} if kind in ("json_object", "text") else {}
