"""What OpenClaw sends for a turn: the API, the address, the key's header and the body.

Measured on OpenClaw 2026.2.17 to 2026.9.6 (the requests that agents' turns sent).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.source.node import Node

Api = Literal["chat", "responses", "azure-responses", "other"]
"""Chat completions, Responses, the latter with Azure's own header, or one that is not asked."""

MOST_TOKENS = 64
"""Tokens that a turn may cost on the way back."""

_APIS: Mapping[str, Api] = {
    "openai-completions": "chat",
    "openai-responses": "responses",
    "azure-openai-responses": "azure-responses",
}
_KNOWN_AZURE = ".openai.azure.com"
_NEVER_SENT = ("service_tier", "store")
"""What OpenClaw strips from a model's `extra_body` before it asks a proxy."""


def api_of(route: Route, versions: Versions) -> Api:
    """The API that OpenClaw uses for a route; what a missing `api` means is its version's."""
    written, _ = route.provider.api(route.model)
    if written is None:
        silently = versions.effect("openclaw", "missing-api") == "responses"
        return "responses" if silently else "chat"
    return _APIS.get(written, "other")


def url_of(api: Api, base: str, *, direct: bool) -> str:
    """The address of a turn on a provider's base; `direct` is a base on Azure itself."""
    if api == "azure-responses":
        root = base if not direct else f"{base.partition('/openai')[0]}/openai/v1"
        return f"{root}/responses?api-version=preview"
    return f"{base}/responses" if api == "responses" else f"{base}/chat/completions"


def authorization(api: Api, key: str | None) -> Mapping[str, str]:
    """The header with the key; a key that no header can hold is not sent, as by OpenClaw."""
    if key is None or not key.isascii() or not key.isprintable():
        return {}
    return {"api-key": key} if api == "azure-responses" else {"Authorization": f"Bearer {key}"}


def body_of(
    route: Route, api: Api, versions: Versions, openclaw: OpenClawConfig
) -> Mapping[str, Any]:
    """The body of a small turn, with what the model's `compat` and `params` change in it."""
    compat = _Compat(route.model.node.get("compat") if route.model is not None else None)
    turn = _responses if api in ("responses", "azure-responses") else _chat
    body = turn(route, compat, versions)
    if compat.says("supportsPromptCacheKey"):
        body["prompt_cache_key"] = "clawdoctor"
    return {**body, **_params(route, openclaw)}


def _chat(route: Route, compat: _Compat, versions: Versions) -> dict[str, Any]:
    plain = compat.says("requiresStringContent")
    asked: Any = "ping" if plain else [{"type": "text", "text": "ping"}]
    limit = "max_tokens" if compat.text("maxTokensField") == "max_tokens" else None
    body: dict[str, Any] = {
        "model": route.model_id,
        "messages": [
            {"role": "system", "content": "Answer with one word."},
            {"role": "user", "content": asked},
        ],
        "stream": True,
        limit or "max_completion_tokens": MOST_TOKENS,
    }
    if _wants_usage(route, compat, versions):
        body["stream_options"] = {"include_usage": True}
    if _sends_store(route, compat, versions):
        body["store"] = False
    if compat.says("supportsTools", otherwise=True):
        strict = _says_strict(route, compat, versions)
        told = {"strict": False} if strict else {}
        body["tools"] = [{"type": "function", "function": {**_TOOL, **told}}]
        if versions.effect("openclaw", "tool-choice") == "sent":
            body["tool_choice"] = "auto"
    if route.model is not None and _reasons(route, compat):
        body["reasoning_effort"] = "medium"
    return body


def _responses(route: Route, compat: _Compat, versions: Versions) -> dict[str, Any]:
    """The system prompt is part of the input, and no tool_choice is sent (2026.9.6)."""
    asked = (("system", "Answer with one word."), ("user", "ping"))
    body: dict[str, Any] = {
        "model": route.model_id,
        "input": [
            {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
            for role, text in asked
        ],
        "stream": True,
        "max_output_tokens": MOST_TOKENS,
    }
    if compat.says("supportsStore", otherwise=True):
        body["store"] = False
    if compat.says("supportsTools", otherwise=True):
        told = {"strict": False} if _says_strict(route, compat, versions) else {}
        body["tools"] = [{"type": "function", **_TOOL, **told}]
    return body


_TOOL: Mapping[str, Any] = {
    "name": "note",
    "description": "Writes a note.",
    "parameters": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
    },
}


def _wants_usage(route: Route, compat: _Compat, versions: Versions) -> bool:
    if (said := compat.flag("supportsUsageInStreaming")) is not None:
        return said
    effect = versions.effect("openclaw", "stream-usage")
    loopback = is_loopback(host_of(route.provider.base_url.resolved or ""))
    return effect == "sent" or (effect == "loopback" and loopback)


def _sends_store(route: Route, compat: _Compat, versions: Versions) -> bool:
    """Newer versions send it to what they know as Azure only."""
    if compat.flag("supportsStore") is False:
        return False
    return _is_known_azure(route) or versions.effect("openclaw", "store") == "sent"


def _says_strict(route: Route, compat: _Compat, versions: Versions) -> bool:
    sent = versions.effect("openclaw", "strict-tools") == "sent" or _is_known_azure(route)
    return sent or compat.says("supportsStrictMode")


def _is_known_azure(route: Route) -> bool:
    """Whether OpenClaw takes the host for Azure's: those of Foundry are any host to it."""
    return (host_of(route.provider.base_url.resolved or "") or "").endswith(_KNOWN_AZURE)


def _reasons(route: Route, compat: _Compat) -> bool:
    """Whether the turn asks for an effort: a proxy is only sent one where `compat` says so."""
    assert route.model is not None
    reasoning = route.model.node.get("reasoning")
    if reasoning is None or reasoning.value is not True:
        return False
    return compat.says("supportsReasoningEffort", otherwise=_is_known_azure(route))


def _params(route: Route, openclaw: OpenClawConfig) -> Mapping[str, Any]:
    """What the user adds to each request of a model: `params`, and in them `extra_body`."""
    named = openclaw.root.at("/agents/defaults/models")
    entry = named.get(route.id) if named is not None and named.kind == "mapping" else None
    found: dict[str, Any] = {}
    for node in (route.model.node if route.model is not None else None, entry):
        params = node.get("params") if node is not None and node.kind == "mapping" else None
        found |= _plain(params, ("temperature", "top_p", "parallel_tool_calls"))
        extra = params.get("extra_body") if params is not None else None
        names = [name for name, _ in extra.children()] if extra is not None else []
        found |= _plain(extra, tuple(name for name in names if name not in _NEVER_SENT))
    return found


def _plain(node: Node | None, names: tuple[str, ...]) -> Mapping[str, Any]:
    if node is None or node.kind != "mapping":
        return {}
    return {name: one.python() for name in names if (one := node.get(name)) is not None}


@dataclass(frozen=True, slots=True)
class _Compat:
    """A model's `compat`, which may be missing."""

    node: Node | None

    def flag(self, name: str) -> bool | None:
        """What a switch is set to; None where it is not."""
        found = self.node.get(name) if self.node is not None else None
        return found.value if found is not None and isinstance(found.value, bool) else None

    def says(self, name: str, *, otherwise: bool = False) -> bool:
        """What a switch is set to, or its default."""
        said = self.flag(name)
        return otherwise if said is None else said

    def text(self, name: str) -> str | None:
        """A setting that is a word."""
        return self.node.text(name) if self.node is not None else None
