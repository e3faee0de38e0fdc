"""The messages and streaming parameters of a chat, as LiteLLM sends them.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.litellm import family_of, has_system_role, names_like
from clawdoctor.wire.supported import Model

_MOST_MARKS = 4
_MARKS = ("cache_control",)
_OWN_FIELDS = ("thinking_blocks", "reasoning_content", "provider_specific_fields", *_MARKS)
"""The fields of a message that LiteLLM does not send to Foundry."""


def messages_for(messages: object, model: Model, litellm: str, *, bridged: bool = False) -> object:
    """Return the messages. O-series models keep the role `developer`; most of them lose `system`.

    If only `base_model` says that a model is an o-series model, both roles stay. `bridged` messages
    go to the Responses API and keep `system`.
    """
    if not isinstance(messages, list):
        return messages
    roles = _changed_roles(model, litellm, bridged=bridged)
    return [_message(message, roles) for message in messages]


def without_system(messages: object, model: Model, litellm: str) -> object:
    """Return messages with each system message moved to the start of the next message.

    Raises TypeError with LiteLLM's text if their contents have different types.
    """
    if not isinstance(messages, list) or not all(isinstance(each, Mapping) for each in messages):
        return messages
    roles = _changed_roles(model, litellm, bridged=False)
    developer = {name: role for name, role in roles.items() if name == "developer"}
    given: list[Any] = [_message(each, developer) for each in messages]
    found = []
    for message, after in zip(given, [*given[1:], None], strict=True):
        if message.get("role") != "system":
            found.append(message)
        elif after is None or after.get("role") == "system":
            found.append({"role": "user", "content": message.get("content")})
        elif after.get("role") in ("user", "assistant"):
            after["content"] = _joined(message.get("content"), after.get("content"))
    return found


def _joined(first: object, second: object) -> str:
    """Return two contents as one string, or raise the TypeError of LiteLLM's addition."""
    if not isinstance(first, str):
        name = type(first).__name__
        raise TypeError(f'can only concatenate {name} (not "str") to {name}')
    if not isinstance(second, str):
        name = type(second).__name__
        raise TypeError(f'can only concatenate str (not "{name}") to str')
    return f"{first} {second}"


def _changed_roles(model: Model, litellm: str, *, bridged: bool) -> Mapping[str, str]:
    family, itself = model.family, _is_o_series_itself(model)
    if family is None or not family.developer_role or not (itself or model.provider == "azure"):
        return {"developer": "system"}
    if bridged or not itself:
        return {}
    row = behaviour("litellm", "routing-words", litellm)
    first = row is None or row.effect == "first"
    plain = _plain_name(model) if first else model.name
    return {} if has_system_role(plain) else {"system": "user"}


def _is_o_series_itself(model: Model) -> bool:
    """Whether the name shows the family. LiteLLM does not treat `azure_ai` models differently."""
    own = family_of(model.name)
    return own is not None and own.name == "o-series" and model.provider != "azure_ai"


def _plain_name(model: Model) -> str:
    return model.name.removeprefix("o_series/")


def _message(message: object, roles: Mapping[str, str]) -> object:
    if not isinstance(message, Mapping):
        return message
    given = {key: value for key, value in message.items() if value is not None}
    role = given.get("role")
    return {**given, "role": roles.get(str(role), role)} if role is not None else given


def with_usage(body: Mapping[str, Any], *, always: bool | None = None) -> Mapping[str, Any]:
    """Return the body of a chat as the proxy passes it to its router.

    For its own accounting, the proxy requests token counts for a streamed chat. `always` is False
    if it does not, and True if it keeps the request's own setting.
    """
    if body.get("stream") is not True or always is False:
        return body
    options = body.get("stream_options")
    written = options if isinstance(options, Mapping) else {}
    if (
        always
        and "stream_options" in body
        and ("include_usage" in written or written is not options)
    ):
        return body
    return {**body, "stream_options": {**written, "include_usage": True}}


def with_streaming(sent: dict[str, Any], model: Model, *, streams: object = None) -> dict[str, Any]:
    """Return the parameters with those that LiteLLM itself sets for streaming.

    OpenAI's client does not send `stream` if a request is not streamed. `streams` says whether the
    config declares that the model streams.
    """
    family = model.family
    o_series = model.provider == "azure" and family is not None and family.name == "o-series"
    asked = sent.get("stream") is True
    fakes = o_series and _is_o_series_itself(model) and streams is not True
    if asked and not (fakes and names_like(_plain_name(model), "fakes_streams")):
        return sent
    if model.provider != "openai" and not o_series:
        return {**sent, "stream": False}
    return {key: value for key, value in sent.items() if key not in ("stream", "stream_options")}


def with_json_results(messages: object) -> object:
    """Return messages with each tool result that is not JSON inside a JSON object."""
    if not isinstance(messages, list):
        return messages
    return [_json_result(message) for message in messages]


def _json_result(message: Any) -> Any:
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, str) or message.get("role") != "tool":
        return message
    try:
        json.loads(content)
    except ValueError:
        return {**message, "content": json.dumps({"result": content})}
    return message


def with_plain_text(messages: object) -> object:
    """Return the messages as LiteLLM sends them to Foundry: with lists of texts joined.

    LiteLLM also drops fields that are not part of OpenAI's chat completions.
    """
    if not isinstance(messages, list):
        return messages
    return [_text_message(message) for message in messages]


def _text_message(message: Any) -> Any:
    message = _without_keys(message, _OWN_FIELDS)
    content = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list) or any(part.get("type") != "text" for part in content):
        return message
    texts = "".join(str(part.get("text") or "") for part in content)
    return {**message, "content": texts} if texts else message


def with_cache_marks(messages: object, points: object) -> object | None:
    """Return messages with the markers of `cache_control_injection_points`, as LiteLLM sets them.

    None means that clawdoctor does not support these points. It supports only points with a role.
    """
    if not isinstance(messages, list) or not isinstance(points, list):
        return messages
    if any(
        not isinstance(point, Mapping) or set(point) != {"location", "role"} for point in points
    ):
        return None
    roles = {point["role"] for point in points if point["location"] == "message"}
    marked = [isinstance(found, Mapping) and found.get("role") in roles for found in messages]
    if len(roles) < len(points) or sum(marked) > _MOST_MARKS:
        return None
    return [_marked(found) if mark else found for found, mark in zip(messages, marked, strict=True)]


def keeps_cache_marks(model: Model) -> bool:
    """Whether LiteLLM sends cache markers to a model with chat completions."""
    family = model.family
    return model.provider != "azure_ai" and (family is None or family.name != "o-series")


def without_cache_marks(messages: object) -> object:
    """Return messages without cache markers on any level."""
    return _without_keys(messages, _MARKS)


def _without_keys(value: Any, names: tuple[str, ...]) -> Any:
    """Return a value without some keys on any level."""
    if isinstance(value, list):
        return [_without_keys(item, names) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {key: _without_keys(inner, names) for key, inner in value.items() if key not in names}


def _marked(message: Any) -> Any:
    content, mark = message.get("content"), {"cache_control": {"type": "ephemeral"}}
    if not isinstance(content, list):
        return {**message, **mark}
    *others, last = content or ({},)
    return {**message, "content": [*others, {**last, **mark}]} if content else message
