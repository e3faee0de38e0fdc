"""LiteLLM's bridge from chat completions to the Responses API.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import listed_model, names_like, series_of
from clawdoctor.wire.parameters import (
    ChatProvider,
    Mapped,
    Model,
    Unsupported,
    refuses_effort,
)

_PREFIX = "responses/"
_SUMMARIES = ("reasoningSummary", "reasoning_summary")


def is_bridged(
    model: Model, body: Mapping[str, Any], litellm: str, *, declared: bool = False
) -> bool:
    """Whether LiteLLM sends a chat to the Responses API.

    It does so by the model's name, by the mode that a deployment declares (`declared`), or because
    newer models take no function tools on chat completions while they reason. It does not look at
    `base_model`.
    """
    name = model.name
    if declared or name.startswith(_PREFIX) or listed_model(name, model.provider).responses:
        return True
    if not names_like(name, "reasons") or names_like(name, "search"):
        return False
    effort = body.get("reasoning_effort")
    if effort is not None and any(_inside(body, key) is not None for key in _SUMMARIES):
        return True
    return _tools_need_responses(model, body, litellm)


def _tools_need_responses(model: Model, body: Mapping[str, Any], litellm: str) -> bool:
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
    if model.provider != "azure":
        return False  # it is not known to be OpenAI itself
    row = behaviour("litellm", "silent-tools", litellm)
    if row is None or row.effect == "responses":
        return True
    silent = listed_model(model.name, model.provider).silent
    return series >= tuple(names["with_silent_tools"]) and not silent


def _plain(model: Model) -> Model:
    return Model(model.provider, model.name, None, model.api_version)


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


def as_responses(
    name: str, messages: object, sent: Mapping[str, Any], litellm: str, *, summary: bool = False
) -> dict[str, Any]:
    """Return the body for the Responses API that LiteLLM makes of a chat.

    `sent` are the parameters as LiteLLM would send them to chat completions. It drops those that the
    Responses API does not have. `summary` asks for a summary of the reasoning.
    """
    items, instructions = _input_of(messages)
    bridged: dict[str, Any] = {"model": name, "input": items}
    if instructions is not None and items and not _keeps_system(sent, litellm):
        bridged["instructions"] = instructions
    elif instructions is not None:
        text = {"type": "input_text", "text": instructions}
        bridged["input"] = [{"type": "message", "role": "system", "content": [text]}, *items]
    allowed = table("litellm_request")["responses"]
    for key, value in sent.items():
        if key in ("max_tokens", "max_completion_tokens"):
            bridged["max_output_tokens"] = value
        elif key == "reasoning_effort":
            bridged["reasoning"] = _reasoning(value, summary=summary)
        elif key == "verbosity":
            bridged["text"] = {**bridged.get("text", {}), "verbosity": value}
        elif key == "response_format":
            bridged["text"] = {**bridged.get("text", {}), **_format(value)}
        elif key == "tools":
            bridged["tools"] = [_flat(tool) for tool in value]
        elif key == "web_search_options":
            found = {"type": "web_search", **(value if isinstance(value, Mapping) else {})}
            bridged["tools"] = [*bridged.get("tools", ()), found]
        elif key == "tool_choice":
            bridged["tool_choice"] = _choice(value)
        elif key == "user" and isinstance(value, str):
            bridged["user"] = value[:64]
        elif key in allowed and key != "stream_options":
            bridged[key] = value
    return {key: value for key, value in bridged.items() if value is not None and value != {}}


def _keeps_system(sent: Mapping[str, Any], litellm: str) -> bool:
    """Whether the system prompt stays in the input, because the answer has to be JSON."""
    row = behaviour("litellm", "json-object", litellm)
    form = sent.get("response_format")
    asked = isinstance(form, Mapping) and form.get("type") == "json_object"
    return asked and row is not None and row.effect == "input"


def map_responses(
    body: Mapping[str, Any],
    name: str,
    provider: ChatProvider,
    *,
    drop: bool,
    named: tuple[str, ...] = (),
    allowed: tuple[str, ...] = (),
) -> Mapped | Unsupported:
    """Return what LiteLLM sends of the parameters of a request to the Responses API."""
    known = table("litellm_request")
    given = {
        key: value
        for key, value in body.items()
        if key in known["responses"] and value is not None and key not in named
    }
    limit = given.get("max_output_tokens")
    if limit is not None and not (provider == "azure" and _is_o_series(name)):
        given["max_output_tokens"] = max(limit, known["least_output_tokens"])
    given.pop("stream_options", None)
    unfit = [key for key in _unfit(name, provider) if key in given and key not in allowed]
    if unfit and not drop:
        values = {key: given[key] for key in unfit}
        text = (
            f"LlmProviders.{provider.upper()} does not support parameters: {values}, for"
            f" model={name}. To drop these, set `litellm.drop_params=True` or for proxy:\n\n"
            "`litellm_settings:\n drop_params: true`\n"
        )
        return Unsupported("parameters", tuple(unfit), text)
    if "temperature" in unfit:
        del given["temperature"]  # LiteLLM sends the other one, dropping or not
    refused = _check_reasoning(given, name, provider, drop=drop)
    if refused is not None:
        return refused
    if isinstance(given.get("tools"), list) and provider == "azure":
        given["tools"] = [_unnested(tool) for tool in given["tools"]]
    kept = (*given, "input", "model")
    return Mapped(given, {}, tuple(key for key in body if key not in kept))


def _unfit(name: str, provider: ChatProvider) -> tuple[str, ...]:
    """Return the parameters that LiteLLM does not send to the Responses API of a model."""
    if provider != "azure":
        return ()
    return ("context_management", *(["temperature"] if _is_o_series(name) else []))


def _is_o_series(name: str) -> bool:
    return names_like(name, "responses_o_series")


def _check_reasoning(
    given: dict[str, Any], name: str, provider: ChatProvider, *, drop: bool
) -> Unsupported | None:
    if not names_like(name, "reasons") or "o_series" in name:
        return None
    row = listed_model(name.removeprefix("gpt5_series/"), provider)
    reasoning = given.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, Mapping) else None
    never = table("litellm_request")["efforts"]["never_refused"]
    if isinstance(effort, str) and effort in row.refuses and effort not in never:
        if not drop:
            text = (
                f"reasoning.effort={effort} is not supported for {name}. To drop unsupported params"
                " set `litellm.drop_params = True`"
            )
            return Unsupported("effort", ("reasoning",), text)
        rest = {key: value for key, value in dict(reasoning or {}).items() if key != "effort"}
        effort = None
        given.pop("reasoning")
        if rest:
            given["reasoning"] = rest
    silent = "none" in row.supports and (effort == "none" if effort is not None else row.silent)
    value = given.get("temperature")
    if value is not None and value != 1 and not silent:
        if not drop:
            text = (
                f"{name} doesn't support temperature={value} while reasoning is active. Only"
                " temperature=1 is supported unless reasoning.effort resolves to 'none', either set"
                " explicitly on the request or declared as the model's default_reasoning_effort. To"
                " drop unsupported params set `litellm.drop_params = True`"
            )
            return Unsupported("temperature", ("temperature",), text)
        del given["temperature"]
    if "top_p" in given and not silent:
        if not drop:
            text = (
                f"{name} only supports top_p when reasoning.effort resolves to 'none', either set"
                " explicitly on the request or declared as the model's default_reasoning_effort. To"
                " drop unsupported params set `litellm.drop_params = True`"
            )
            return Unsupported("sampling", ("top_p",), text)
        del given["top_p"]
    return None


def _input_of(messages: object) -> tuple[list[dict[str, Any]], str | None]:
    """Return the input items of a chat's messages, and its instructions."""
    items: list[dict[str, Any]] = []
    instructions: list[str] = []
    leading = True
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


def _unnested(tool: Any) -> Any:
    if not isinstance(tool, Mapping) or "function" not in tool:
        return tool
    return {**{key: value for key, value in tool.items() if key != "function"}, **tool["function"]}


def _choice(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kind = value.get("type")
    if kind in ("auto", "none", "required"):
        return kind
    inner = value.get(kind) if isinstance(kind, str) else None
    name = value.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None)
    return {"type": kind, "name": name} if kind in ("function", "custom") and name else value


def _reasoning(value: Any, *, summary: bool) -> dict[str, Any]:
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
