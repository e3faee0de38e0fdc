"""A model as OpenClaw sees it: its API, its endpoint, its `compat` and its thinking level.

Read in the packages of OpenClaw 2026.3.13, 2026.5.12, 2026.7.1 and 2026.9.6, and measured on the
requests of agents' turns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Variables
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.openclaw_setting import Setting, setting
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node
from clawdoctor.wire.request import Api

CHAT, RESPONSES, AZURE_RESPONSES = (
    "openai-completions",
    "openai-responses",
    "azure-openai-responses",
)
_APIS: Mapping[str, Api] = {CHAT: "chat", RESPONSES: "responses", AZURE_RESPONSES: "responses"}

EndpointClass = Literal["azure", "local", "custom"]
"""Azure OpenAI, this machine, or any other host, which OpenClaw treats as a proxy."""

_AZURE = ".openai.azure.com"
_AZURE_OF_RESPONSES = (
    _AZURE,
    ".cognitiveservices.azure.com",
    ".services.ai.azure.com",
    ".api.cognitive.microsoft.com",
)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal")
OPENAI_FAMILY = ("openai", "azure-openai", "azure-openai-responses")
"""Provider ids that OpenClaw treats as OpenAI's own if the host is Azure's."""


def spoken_api(route: Route, versions: Versions) -> str | None:
    """Return the value of `api` that OpenClaw uses. The default depends on the version.

    None means that OpenClaw stops because `api` is missing.
    """
    written, _ = route.provider.api(route.model)
    if written is not None:
        return written
    if route.provider.id.casefold() == AZURE_RESPONSES and _brings_api(route.model_id, versions):
        return AZURE_RESPONSES
    effect = versions.effect("openclaw", "missing-api")
    return {"responses": RESPONSES, "fatal": None}.get(effect, CHAT)


def _brings_api(model: str, versions: Versions) -> bool:
    """Whether OpenClaw knows the API of its own provider azure-openai-responses."""
    if versions.effect("openclaw", "missing-api") != "responses":
        return versions.effect("openclaw", "missing-api") == "completions"
    return model in table("openclaw_models")["models"]


def known_model(route: Route, versions: Versions) -> Mapping[str, Any] | None:
    """Return OpenClaw's built-in entry for an OpenAI model, or None."""
    return _own_entry(route) if versions.effect("openclaw", "own-models") == "used" else None


def _own_entry(route: Route) -> Mapping[str, Any] | None:
    if route.provider.id.casefold() not in ("openai", AZURE_RESPONSES):
        return None
    found: Mapping[str, Any] | None = table("openclaw_models")["models"].get(route.model_id)
    return found


def may_be_own(route: Route, versions: Versions) -> bool:
    """Whether a version may use a built-in entry, and its effect on the request is not known."""
    unsure = versions.effect("openclaw", "own-models") == "not-seen"
    return unsure and route.model is None and _own_entry(route) is not None


def own_model(route: Route, versions: Versions) -> Mapping[str, Any] | None:
    """Return OpenClaw's built-in entry for a model that openclaw.json does not list, or None."""
    return known_model(route, versions) if route.model is None else None


def api_of(route: Route, versions: Versions) -> Api:
    """Return the API of a route's turns."""
    return _APIS.get(spoken_api(route, versions) or CHAT, "other")


def base_url(route: Route, variables: Variables) -> Setting[str]:
    """Return the base URL of a route's model, or the provider's if the model has none."""
    model = route.model
    if model is not None and model.node.get("baseUrl") is not None:
        own = setting(model.node, f"{model.pointer}/baseUrl", variables)
        if own.resolved:
            return own
    return route.provider.base_url


def used_base(url: Setting[str], versions: Versions) -> str:
    """Return a base URL as OpenClaw uses it. Older versions keep spaces at its end."""
    text = url.resolved or ""
    if versions.effect("openclaw", "blank-after-url") != "kept":
        return text.strip()
    raw = url.node.value if url.node is not None and isinstance(url.node.value, str) else ""
    whole = f"{text.lstrip()}{raw[len(raw.rstrip()) :]}"
    return re.sub(r"[\t\n\r]", "", whole)


def is_complete(url: Setting[str], versions: Versions) -> bool:
    """Whether OpenClaw can send a request to a base URL."""
    base = used_base(url, versions)
    has_scheme = base.casefold().startswith(("http://", "https://"))
    blank_in_host = re.search(r"//[^/?#]* $", base)
    return not url.unset and has_scheme and blank_in_host is None


def has_login(url: Setting[str], versions: Versions) -> bool:
    """Whether a base URL contains a user name or password. `fetch` refuses such a URL."""
    return "@" in re.split(r"[/?#]", used_base(url, versions).partition("//")[2])[0]


def context_windows(route: Route, versions: Versions) -> Iterator[tuple[Node, str]]:
    """Yield the settings of a model's context window with their pointers, the decisive one first.

    Older versions use the window of the first listed model for a model that is not listed.
    """
    places = [(route.model.node, route.model.pointer)] if route.model is not None else []
    places.append((route.provider.node, route.provider.pointer))
    if route.model is None and versions.effect("openclaw", "unlisted-window") == "first":
        places += [(model.node, model.pointer) for model in route.provider.models[:1]]
    for node, pointer in places:
        found = node.get("contextWindow")
        if found is not None:
            yield found, f"{pointer}/contextWindow"


@lru_cache(256)
def endpoint_class(url: str) -> EndpointClass:
    """Return OpenClaw's kind of the host of a base URL. OpenClaw does not know Foundry's hosts."""
    host = host_of(url) or ""
    if host.endswith(_AZURE):
        return "azure"
    return "local" if host in _LOCAL or host.endswith(_LOCAL_SUFFIXES) else "custom"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A route's model with everything that determines the form of its requests.

    `base` is its base URL as OpenClaw uses it, and `api` the value of `api`.
    """

    route: Route
    openclaw: OpenClawConfig
    versions: Versions
    base: str
    api: str

    @property
    def endpoint(self) -> EndpointClass:
        """OpenClaw's kind of the host."""
        return endpoint_class(self.base)

    @property
    def is_native_chat(self) -> bool:
        """Whether OpenClaw knows that the host supports OpenAI's chat completions."""
        return self.endpoint == "azure"

    @property
    def counts_as_openai(self) -> bool:
        """Whether OpenClaw assumes that the host accepts the same parameters as OpenAI."""
        return self.effect("unknown-host") == "openai"

    @property
    def is_native(self) -> bool:
        """Whether OpenClaw treats the provider as OpenAI's own service on Azure."""
        return self.endpoint == "azure" and self.route.provider.id.casefold() in OPENAI_FAMILY

    @property
    def is_at_azure(self) -> bool:
        """Whether OpenClaw treats a host as Azure's for Responses. It knows Foundry there."""
        return (host_of(self.base) or "").endswith(_AZURE_OF_RESPONSES)

    @property
    def is_kept(self) -> bool:
        """Whether OpenClaw lets Azure store a Responses turn, also on a Foundry host."""
        return self.is_native or (
            self.is_at_azure and self.route.provider.id.casefold() in OPENAI_FAMILY
        )

    @property
    def reasons(self) -> bool:
        """Whether openclaw.json or OpenClaw itself declares the model as a reasoning model."""
        if (own := own_model(self.route, self.versions)) is not None:
            return bool(own["reasoning"])
        node = self.route.model.node.get("reasoning") if self.route.model is not None else None
        return node is not None and node.value is True

    def effect(self, topic: str) -> str:
        """Return the behaviour of the version."""
        return self.versions.effect("openclaw", topic)

    def flag(self, name: str) -> bool | None:
        """Return a switch of the model's `compat`, or None if it is not set."""
        found = self._compat(name)
        return found.value if found is not None and isinstance(found.value, bool) else None

    def enabled(self, name: str, *, otherwise: bool = False) -> bool:
        """Return a switch of the model's `compat`, or its default."""
        flag = self.flag(name)
        return otherwise if flag is None else flag

    def text(self, name: str) -> str | None:
        """Return a string of the model's `compat`, or None."""
        found = self._compat(name)
        return found.value if found is not None and isinstance(found.value, str) else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return a list of strings of the model's `compat`, or None."""
        found = self._compat(name)
        if found is None or found.kind != "sequence":
            return None
        return tuple(item.value for item in found.items if isinstance(item.value, str))

    def _compat(self, name: str) -> Node | None:
        compat = self.route.model.node.get("compat") if self.route.model is not None else None
        return compat.get(name) if compat is not None and compat.kind == "mapping" else None
