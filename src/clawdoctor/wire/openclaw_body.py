"""The body of a chat completions turn, as OpenClaw sends it.

The turn is small: two messages and one tool replace the agent's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.chain.openclaw import Model
from clawdoctor.knowledge import table
from clawdoctor.wire.openclaw_model import CHAT, ResolvedModel, context_windows, own_model
from clawdoctor.wire.openclaw_params import UserParams, limit_of
from clawdoctor.wire.openclaw_thinking import chat_effort, thinks

SYSTEM, USER = "Answer with one word.", "ping"
TOOL: Mapping[str, Any] = {
    "name": "note",
    "description": "Writes a note.",
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
    },
}
CACHE_KEY = "clawdoctor"
_DEFAULT_WINDOW = 200_000
"""The context window, in tokens, of a model that does not declare one."""
_DEFAULT_LIMIT = 8192
"""The output limit of a listed model without `maxTokens`."""


def chat_body(model: ResolvedModel, params: UserParams) -> dict[str, Any]:
    """Return the body of a small turn."""
    effect = model.effect("user-content")
    plain = model.enabled("requiresStringContent") or effect == "text"
    plain = plain or (effect == "with-tools" and model.flag("supportsTools") is False)
    developer = model.reasons and model.enabled(
        "supportsDeveloperRole", otherwise=model.counts_as_openai
    )
    body: dict[str, Any] = {
        "model": model.route.model_id,
        "messages": [
            {"role": "developer" if developer else "system", "content": SYSTEM},
            {"role": "user", "content": USER if plain else [{"type": "text", "text": USER}]},
        ],
        "stream": True,
        **prompt_cache(model, params),
    }
    if _requests_usage(model):
        body["stream_options"] = {"include_usage": True}
    if _sends_store(model):
        body["store"] = False
    body |= params.sampling(model)
    if model.effect("no-tools") == "empty" and model.flag("supportsTools") is False:
        body["tools"] = []
    elif model.enabled("supportsTools", otherwise=True):
        body["tools"] = [{"type": "function", "function": {**TOOL, **strict(model)}}]
        if not model.is_native_chat and model.effect("tool-choice") == "sent":
            body["tool_choice"] = "auto"
    if (most := limit(model, params)) is not None:
        old = model.text("maxTokensField") == "max_tokens"
        body["max_tokens" if old else "max_completion_tokens"] = most
    body |= _thinking(model, has_tools="tools" in body)
    body |= params.added(model)
    if not _sends_store(model):
        body.pop("store", None)
    return body


def limit(model: ResolvedModel, params: UserParams) -> int | None:
    """Return the output limit of a turn, in tokens.

    A model that is not listed has no limit, or in older versions the limit of the first listed
    model. Newer versions leave room for their own prompt in chat completions to unknown hosts.
    """
    most = _wanted(model, params)
    effect = model.effect("small-window")
    if most is None or effect == "ignored":
        return most
    most = min(most, window(model))
    if effect == "window" or model.api != CHAT or model.is_native_chat:
        return most
    room = context_tokens(model)
    return min(most, max(1, room - _prompt(model, room)))


def window(model: ResolvedModel) -> int:
    """Return the context window in tokens, or OpenClaw's default."""
    if (own := own_model(model.route, model.versions)) is not None:
        return int(own["window"])
    sizes = (node.value for node, _ in context_windows(model.route, model.versions))
    return next((size for size in sizes if isinstance(size, int)), _DEFAULT_WINDOW)


def context_tokens(model: ResolvedModel) -> int:
    """Return the tokens of the window that OpenClaw may use. `contextTokens` can reduce them."""
    entry = model.route.model
    own = entry.node.get("contextTokens") if entry is not None else None
    usable = own.value if own is not None and isinstance(own.value, int) else 0
    return usable if usable > 0 else window(model)


def _prompt(model: ResolvedModel, room: int) -> int:
    """Return the tokens that OpenClaw counts for its own prompt in a new workspace."""
    known = table("openclaw_prompt")
    if not model.enabled("supportsTools", otherwise=True):
        return int(known["without_tools"])
    found = [row["tokens"] for row in known["by_window"] if room >= row["from"]]
    return int(found[-1])


def _wanted(model: ResolvedModel, params: UserParams) -> int | None:
    entry = model.route.model
    if entry is None and model.effect("unlisted-limit") == "first":
        entry = next(iter(model.route.provider.models), None)
    if model.effect("extra-params") == "few":
        named = limit_of({"maxTokens": params.values.get("maxTokens")})
        known = own_model(model.route, model.versions)
        declared = known["limit"] if known is not None else _declared_limit(model, entry)
        return named or _capped(model, declared or _DEFAULT_LIMIT)
    own = entry.node.get("params") if entry is not None else None
    most = limit_of(params.values) or (own and limit_of(own.python())) or None
    if most is not None or entry is None:
        return most
    return _capped(model, _declared_limit(model, entry) or _DEFAULT_LIMIT)


def _capped(model: ResolvedModel, limit: int) -> int:
    """Return a declared output limit, or the highest that older versions send."""
    most = model.effect("most-tokens")
    return limit if most == "none" else min(limit, int(most))


def _declared_limit(model: ResolvedModel, entry: Model | None) -> int | None:
    """Return `maxTokens` of the model, or of its provider."""
    own = entry.node.get("maxTokens") if entry is not None else None
    for node in (own, model.route.provider.node.get("maxTokens")):
        if node is not None and isinstance(node.value, int) and node.value > 0:
            return node.value
    return None


def strict(model: ResolvedModel) -> Mapping[str, Any]:
    """Return the `strict` parameter of a tool, if OpenClaw sends it."""
    sent = model.is_native
    if model.api != CHAT:
        sent = sent or model.effect("responses-strict") == "sent"
    elif model.effect("strict-tools") == "sent":
        sent = model.flag("supportsStrictMode") is not False
    return {"strict": False} if sent or model.enabled("supportsStrictMode") else {}


def prompt_cache(model: ResolvedModel, params: UserParams) -> dict[str, Any]:
    """Return the parameters of the prompt cache, which a model must enable."""
    if not model.enabled("supportsPromptCacheKey"):
        return {}
    retention = params.first("cacheRetention")
    if retention == "none":
        return {}
    long = retention == "long" and model.enabled("supportsLongCacheRetention", otherwise=True)
    return {"prompt_cache_key": CACHE_KEY} | ({"prompt_cache_retention": "24h"} if long else {})


def _requests_usage(model: ResolvedModel) -> bool:
    effect = model.effect("stream-usage")
    if effect == "always":
        return True
    usual = effect == "sent" or (effect == "local" and model.endpoint == "local")
    return model.enabled("supportsUsageInStreaming", otherwise=usual)


def _sends_store(model: ResolvedModel) -> bool:
    """Whether OpenClaw sends `store`. Newer versions send it only to Azure OpenAI's own hosts."""
    if model.flag("supportsStore") is False:
        return False
    return model.is_native_chat or model.effect("store") == "sent"


def _thinking(model: ResolvedModel, *, has_tools: bool) -> dict[str, Any]:
    """Return the parameters of the turn that set the effort or turn thinking on."""
    if not model.reasons:
        return {}
    match model.text("thinkingFormat"):
        case "qwen":
            return {"enable_thinking": thinks(model)}
        case "zai" if model.effect("thinking-off") == "silent":
            return {"enable_thinking": thinks(model)}
        case "qwen-chat-template":
            return {"chat_template_kwargs": {"enable_thinking": thinks(model)}}
    found: dict[str, Any] = {}
    if model.text("thinkingFormat") == "together":
        found["reasoning"] = {"enabled": thinks(model)}
        if not thinks(model):
            return found
    usual = model.is_native_chat or model.effect("proxy-effort") == "sent"
    if model.enabled("supportsReasoningEffort", otherwise=usual):
        effort = chat_effort(model, has_tools=has_tools)
        found |= {"reasoning_effort": effort} if effort is not None else {}
    return found
