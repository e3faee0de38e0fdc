"""The body of a turn over the Responses API, as OpenClaw sends it."""

from __future__ import annotations

from typing import Any

from clawdoctor.wire.openclaw_body import CACHE_KEY, SYSTEM, TOOL, USER, limit, prompt_cache, strict
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
        "input": [
            {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
            for role, text in messages
        ],
        "stream": True,
        **_cache(model, params),
    }
    if (most := limit(model, params)) is not None:
        body["max_output_tokens"] = max(most, _LEAST_TOKENS)
    body |= params.sampling(model)
    if model.enabled("supportsTools", otherwise=True):
        body["tools"] = [{"type": "function", **TOOL, **strict(model)}]
    body |= _reasoning(model)
    if (store := _store(model)) is not None:
        body["store"] = store
    return {**body, **params.added(model)}


def _cache(model: ResolvedModel, params: UserParams) -> dict[str, Any]:
    """Return the parameters of the prompt cache. Older versions send a key without being told."""
    effect = model.effect("responses-cache-key")
    usual = effect == "sent" or (effect == "azure" and model.endpoint == "azure")
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
    """Return the value of `store`, or None if it is left out."""
    if model.flag("supportsStore") is False:
        return None
    if model.is_native and model.effect("thinking-off") == "none":
        return True
    return None if model.api == AZURE_RESPONSES else False
