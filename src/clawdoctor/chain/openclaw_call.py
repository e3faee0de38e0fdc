"""The request that OpenClaw sends for a turn: its API, URL, credential and body.

Measured on the requests of agents' turns in OpenClaw 2026.2.17 to 2026.9.6.
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
from clawdoctor.source.secret import Secret

Api = Literal["chat", "responses", "azure-responses", "other"]
"""Chat completions, Responses, Responses with Azure's header, or an API without live turns."""

MOST_TOKENS = 64
"""The limit on the tokens of an answer."""

_APIS: Mapping[str, Api] = {
    "openai-completions": "chat",
    "openai-responses": "responses",
    "azure-openai-responses": "azure-responses",
}
_KNOWN_AZURE = ".openai.azure.com"
_MOVED_AT = (".openai.azure.com", ".services.ai.azure.com", ".cognitiveservices.azure.com")
_NATIVE, _OLD_VERSION = "azure-responses-version", "2024-12-01-preview"
_NEVER_SENT = ("service_tier", "store")
"""The parameters that OpenClaw removes from a model's `extra_body` for a proxy."""


def api_of(route: Route, versions: Versions) -> Api:
    """Return the API that OpenClaw uses for a route. A missing `api` depends on the version."""
    written, _ = route.provider.api(route.model)
    if written is None:
        silently = versions.effect("openclaw", "missing-api") == "responses"
        return "responses" if silently else "chat"
    return _APIS.get(written, "other")


def url_of(
    api: Api,
    base: str,
    *,
    direct: bool,
    headers: Mapping[str, Secret] | None = None,
    versions: Versions | None = None,
) -> str:
    """Return the URL of a turn. `direct` means that the provider's base URL is Azure's.

    For chat completions at Azure, newer versions move a query of the base URL behind the path,
    and the value of a header `api-version` into the query.
    """
    if api == "azure-responses":
        root = base if not direct else f"{base.partition('/openai')[0]}/openai/v1"
        old = versions is not None and versions.effect("openclaw", _NATIVE) == "dated"
        return f"{root}/responses?api-version={_OLD_VERSION if old else 'preview'}"
    if api == "responses":
        return f"{base}/responses"
    moves = versions is not None and versions.effect("openclaw", "azure-api-version") == "moved"
    if not direct or not moves:
        return f"{base}/chat/completions"
    path, _, query = base.partition("?")
    if takes_api_version(host_of(base)) and "api-version=" not in query:
        named = (value for name, value in (headers or {}).items() if is_api_version_header(name))
        query = next((f"api-version={value.reveal()}" for value in named), query)
    return f"{path.rstrip('/')}/chat/completions{'?' if query else ''}{query}"


def takes_api_version(host: str | None) -> bool:
    """Whether OpenClaw moves a header `api-version` into the query at this host."""
    return (host or "").endswith(_MOVED_AT)


def is_api_version_header(name: str) -> bool:
    """Whether a header is the one that OpenClaw moves."""
    return name.casefold() == "api-version"


def authorization(api: Api, key: Secret | None) -> Mapping[str, Secret]:
    """Return the header with the key. Like OpenClaw, omit a key that no header can hold."""
    if key is None or not key.test(str.isascii) or not key.test(str.isprintable):
        return {}
    if api == "azure-responses":
        return {"api-key": key}
    return {"Authorization": Secret(f"Bearer {key.reveal()}")}


def body_of(
    route: Route, api: Api, versions: Versions, openclaw: OpenClawConfig
) -> Mapping[str, Any]:
    """Return the body of a small turn, changed by the model's `compat` and `params`."""
    compat = _Compat(route.model.node.get("compat") if route.model is not None else None)
    turn = _responses if api in ("responses", "azure-responses") else _chat
    body = turn(route, compat, versions)
    if compat.enabled("supportsPromptCacheKey"):
        body["prompt_cache_key"] = "clawdoctor"
    return {**body, **_params(route, openclaw)}


def _chat(route: Route, compat: _Compat, versions: Versions) -> dict[str, Any]:
    plain = compat.enabled("requiresStringContent")
    content: Any = "ping" if plain else [{"type": "text", "text": "ping"}]
    limit = "max_tokens" if compat.text("maxTokensField") == "max_tokens" else None
    body: dict[str, Any] = {
        "model": route.model_id,
        "messages": [
            {"role": "system", "content": "Answer with one word."},
            {"role": "user", "content": content},
        ],
        "stream": True,
        limit or "max_completion_tokens": MOST_TOKENS,
    }
    if _requests_usage(route, compat, versions):
        body["stream_options"] = {"include_usage": True}
    if _sends_store(route, compat, versions):
        body["store"] = False
    if compat.enabled("supportsTools", otherwise=True):
        strict = _sends_strict(route, compat, versions)
        options = {"strict": False} if strict else {}
        body["tools"] = [{"type": "function", "function": {**_TOOL, **options}}]
        if versions.effect("openclaw", "tool-choice") == "sent":
            body["tool_choice"] = "auto"
    if route.model is not None and _reasons(route, compat):
        body["reasoning_effort"] = "medium"
    return body


def _responses(route: Route, compat: _Compat, versions: Versions) -> dict[str, Any]:
    """Return the body for Responses: system prompt in the input, no tool_choice (2026.9.6)."""
    messages = (("system", "Answer with one word."), ("user", "ping"))
    body: dict[str, Any] = {
        "model": route.model_id,
        "input": [
            {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
            for role, text in messages
        ],
        "stream": True,
        "max_output_tokens": MOST_TOKENS,
    }
    if compat.enabled("supportsStore", otherwise=True):
        body["store"] = False
    if compat.enabled("supportsTools", otherwise=True):
        options = {"strict": False} if _sends_strict(route, compat, versions) else {}
        body["tools"] = [{"type": "function", **_TOOL, **options}]
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


def _requests_usage(route: Route, compat: _Compat, versions: Versions) -> bool:
    if (flag := compat.flag("supportsUsageInStreaming")) is not None:
        return flag
    effect = versions.effect("openclaw", "stream-usage")
    loopback = is_loopback(host_of(route.provider.base_url.resolved or ""))
    return effect == "sent" or (effect == "loopback" and loopback)


def _sends_store(route: Route, compat: _Compat, versions: Versions) -> bool:
    """Whether OpenClaw sends `store`. Newer versions send it only to known Azure hosts."""
    if compat.flag("supportsStore") is False:
        return False
    return _is_known_azure(route) or versions.effect("openclaw", "store") == "sent"


def _sends_strict(route: Route, compat: _Compat, versions: Versions) -> bool:
    sent = versions.effect("openclaw", "strict-tools") == "sent" or _is_known_azure(route)
    return sent or compat.enabled("supportsStrictMode")


def _is_known_azure(route: Route) -> bool:
    """Whether OpenClaw recognises the host as Azure's. It does not recognise those of Foundry."""
    return (host_of(route.provider.base_url.resolved or "") or "").endswith(_KNOWN_AZURE)


def _reasons(route: Route, compat: _Compat) -> bool:
    """Whether the turn names a reasoning effort. A proxy gets one only if `compat` allows it."""
    assert route.model is not None
    reasoning = route.model.node.get("reasoning")
    if reasoning is None or reasoning.value is not True:
        return False
    return compat.enabled("supportsReasoningEffort", otherwise=_is_known_azure(route))


def _params(route: Route, openclaw: OpenClawConfig) -> Mapping[str, Any]:
    """Return what the user adds to each request of a model: `params` and its `extra_body`."""
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
    return {name: value.python() for name in names if (value := node.get(name)) is not None}


@dataclass(frozen=True, slots=True)
class _Compat:
    """A model's `compat`, or None if it has none."""

    node: Node | None

    def flag(self, name: str) -> bool | None:
        """Return the value of a switch, or None if it is not set."""
        found = self.node.get(name) if self.node is not None else None
        return found.value if found is not None and isinstance(found.value, bool) else None

    def enabled(self, name: str, *, otherwise: bool = False) -> bool:
        """Return the value of a switch, or its default."""
        flag = self.flag(name)
        return otherwise if flag is None else flag

    def text(self, name: str) -> str | None:
        """Return a string setting, or None."""
        return self.node.text(name) if self.node is not None else None
