"""The body of a turn over the Responses API, as OpenClaw sends it."""

from __future__ import annotations

from typing import Any

from clawdoctor.wire.openclaw_body import (
    CACHE_KEY,
    SYSTEM,
    TOOL,
    USER,
    context_tokens,
    limit,
    prompt_cache,
    strict,
    window,
)
from clawdoctor.wire.openclaw_model import AZURE_RESPONSES, ResolvedModel
from clawdoctor.wire.openclaw_params import UserParams
from clawdoctor.wire.openclaw_thinking import responses_effort

_LEAST_TOKENS = 16


def responses_body(model: ResolvedModel, params: UserParams, deployment: str) -> dict[str, Any]:
    """Return the body of a small turn. The system prompt is part of the input."""
    developer = model.reasons and model.effect("responses-role") == "developer"
    messages = (("developer" if developer else "system", SYSTEM), ("user", USER))
    body: dict[str, Any] = {
        "model": deployment,
        "input": [_message(model, role, text) for role, text in messages],
        "stream": True,
        **_cache(model, params),
    }
    if (most := limit(model, params)) is not None:
        body["max_output_tokens"] = max(most, _LEAST_TOKENS)
    body |= params.sampling(model)
    if model.effect("responses-no-tools") == "empty" and model.flag("supportsTools") is False:
        body["tools"] = []
    elif model.enabled("supportsTools", otherwise=True):
        body["tools"] = [{"type": "function", **TOOL, **strict(model)}]
    body |= _reasoning(model)
    if (store := _store(model)) is not None:
        body["store"] = store
    return {**body, **_compaction(model, params), **_metadata(model), **params.added(model)}


def _message(model: ResolvedModel, role: str, text: str) -> dict[str, Any]:
    if role != "user" and model.effect("responses-system") == "text":
        return {"role": role, "content": text}
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


def _cache(model: ResolvedModel, params: UserParams) -> dict[str, Any]:
    """Return the parameters of the prompt cache. Older versions send a key by default."""
    effect = model.effect("responses-cache-key")
    usual = effect == "sent" or (effect == "azure" and model.endpoint == "azure")
    usual = usual or (effect == "azure-hosts" and model.is_at_azure)
    if model.flag("supportsPromptCacheKey") is None and usual:
        return {"prompt_cache_key": CACHE_KEY}
    return prompt_cache(model, params)


def _reasoning(model: ResolvedModel) -> dict[str, Any]:
    named = responses_effort(model) if model.reasons else None
    if named is None:
        return {}
    if named == "none":
        return {"reasoning": {"effort": named}}
    return {
        "reasoning": {"effort": named, "summary": "auto"},
        "include": ["reasoning.encrypted_content"],
    }


def _store(model: ResolvedModel) -> bool | None:
    """Return the value of `store`, or None if OpenClaw does not send it."""
    if model.flag("supportsStore") is False:
        return None
    if _is_stored(model):
        return True
    return None if model.api == AZURE_RESPONSES else False


def _is_stored(model: ResolvedModel) -> bool:
    """Whether OpenClaw lets OpenAI's own service store the turn."""
    match model.effect("thinking-off"):
        case "none":
            return model.is_kept
        case "silent":
            kept = model.api != AZURE_RESPONSES or model.effect("azure-responses-store") == "stored"
            return model.is_native and kept
    return model.is_native


def _metadata(model: ResolvedModel) -> dict[str, Any]:
    """Return the metadata of a turn that newer versions send to OpenAI's own service on Azure."""
    if not model.is_native or _is_openai(model) or model.effect("turn-metadata") != "sent":
        return {}
    names = ("openclaw_session_id", "openclaw_turn_id")
    marks = dict.fromkeys(names, CACHE_KEY)
    return {"metadata": {**marks, "openclaw_turn_attempt": "1", "openclaw_transport": "stream"}}


def _compaction(model: ResolvedModel, params: UserParams) -> dict[str, Any]:
    """Return what OpenClaw sends about long sessions to a provider that stores the turns.

    `params` can turn it on for providers other than openai, and can turn it off.
    """
    wanted = params.first("responsesServerCompaction")
    if _store(model) is not True or wanted is False or not (wanted is True or _is_openai(model)):
        return {}
    named = params.first("responsesCompactThreshold")
    least = max(1000, min(window(model), context_tokens(model)) * 7 // 10)
    tokens = named if isinstance(named, int) and named > 0 else least
    return {"context_management": [{"type": "compaction", "compact_threshold": tokens}]}


def _is_openai(model: ResolvedModel) -> bool:
    return model.route.provider.id.casefold() == "openai"
