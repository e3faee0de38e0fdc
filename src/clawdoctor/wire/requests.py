"""The predicted requests of a chain: what OpenClaw sends, and what LiteLLM sends for it.

A run predicts them once. Checks compare them with what the next hop accepts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import start_arguments
from clawdoctor.chain.dropped import Drop
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import newest
from clawdoctor.knowledge.azure import is_for_chat
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.wire.azure_credential import CREDENTIAL_VARIABLES
from clawdoctor.wire.azure_url import base_of, responses_version_of, version_of
from clawdoctor.wire.litellm import attempt
from clawdoctor.wire.litellm_call import bridges, predict
from clawdoctor.wire.openclaw import openclaw_request, turn_body, turn_headers
from clawdoctor.wire.openclaw_key import needs_no_key
from clawdoctor.wire.openclaw_model import api_of
from clawdoctor.wire.proxy_key import KeyVerdict, key_verdict
from clawdoctor.wire.request import Api, HopRequest, Outcome, Refused, Unpredicted
from clawdoctor.wire.resolved import proxy_settings, served
from clawdoctor.wire.served import ProxySettings, Sources
from clawdoctor.wire.startup import drops

_NO_CONFIG = Unpredicted("OpenClaw's config is not known")
_LACKS = {"no-key": "api_key", "no-base": "api_base"}
_STAND_INS = {"api_key": "0" * 32, "api_base": "https://resource.openai.azure.com"}
_CREDENTIALS = frozenset(
    {"api_key", "azure_ad_token", "azure_ad_token_provider", "tenant_id", "client_id"}
    | {"client_secret", "azure_username", "azure_password"}
)
_VARIABLES = frozenset({*CREDENTIAL_VARIABLES, "AZURE_USERNAME", "AZURE_PASSWORD"})
_MESSAGES = [{"role": "user", "content": "ping"}]
_TOOL = {"type": "function", "function": {"name": "read", "parameters": {"type": "object"}}}


@dataclass(frozen=True, slots=True)
class Requests:
    """The predicted requests of a chain.

    `sent` are OpenClaw's requests by route. `upstream` are LiteLLM's requests by deployment: all
    requests that the deployment can get. A deployment that no route reaches gets the request of a
    plain client with a tool. `dropped` are the deployments that LiteLLM drops at startup.
    """

    sent: Mapping[str, Outcome] = field(default_factory=dict, repr=False)
    upstream: Mapping[str, tuple[Outcome, ...]] = field(default_factory=dict, repr=False)
    dropped: Mapping[str, Drop] = field(default_factory=dict)
    _received: Mapping[str, tuple[HopRequest, ...]] = field(default_factory=dict, repr=False)
    _keyed: Mapping[str, HopRequest | Unpredicted] = field(default_factory=dict, repr=False)
    _known_version: str | None = None
    _litellm: tuple[LiteLLMConfig, Environment, ProxySettings] | None = field(
        default=None, repr=False
    )
    _bridged: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False)

    def to(self, deployment: Deployment, versions: Versions | None = None) -> tuple[Outcome, ...]:
        """Return what LiteLLM sends to a deployment, by default in the installed version.

        `versions` are the versions known now. A live turn can show that another version runs.
        """
        version = _version(versions)
        if self._litellm is None or version in (None, self._litellm[2].version):
            return self.upstream.get(deployment.id, ())
        config, environment, proxy = self._litellm
        assert version is not None
        proxy = replace(proxy, version=version)
        received = self._received.get(deployment.id, ())
        return tuple(attempt(deployment, made, config, environment, proxy) for made in received)

    def made_of(
        self, request: HopRequest, deployment: Deployment, versions: Versions | None = None
    ) -> Outcome:
        """Return what LiteLLM sends to a deployment for any request."""
        if self._litellm is None:
            return Unpredicted("LiteLLM's config is not known")
        config, environment, proxy = self._litellm
        proxy = replace(proxy, version=_version(versions) or proxy.version)
        return attempt(deployment, request, config, environment, proxy)

    def keyed(self, route: Route) -> HopRequest | Unpredicted:
        """Return the request of a route. Only its headers and its credential are complete.

        It exists even if OpenClaw sends nothing for a reason other than its key.
        """
        return self._keyed.get(route.id, _NO_CONFIG)

    def key_verdict(self, route: Route, profiles: AuthProfiles) -> KeyVerdict:
        """Return whether the proxy accepts the key of a route."""
        made = self.keyed(route)
        if isinstance(made, Unpredicted):
            return made
        if self._litellm is None:
            return Unpredicted("LiteLLM's config is not known")
        config, environment, _ = self._litellm
        return key_verdict(made, route.provider, profiles, config, environment, self._known_version)

    def lacks(self, deployment: Deployment) -> tuple[str, ...]:
        """Return those of `api_key` and `api_base` that neither the config nor a variable sets."""
        if self._litellm is None or all(map(_is_whole, self.to(deployment))):
            return ()
        _, environment, proxy = self._litellm
        proxy, target = replace(proxy, drop_params=True), served(deployment, environment.proxy)
        found: list[str] = []
        for made in self.received(deployment):
            for _ in _LACKS:
                outcome = predict(target, proxy, made.api, made.body).outcome
                if isinstance(outcome, Refused):
                    name = _LACKS.get(outcome.kind)
                else:
                    name = None if _is_whole(outcome) else "api_key"
                if name is None or name in found:
                    break
                found.append(name)
                target = replace(target, params={**target.params, name: _STAND_INS[name]})
        return tuple(found)

    def bridged(self, deployment: Deployment, versions: Versions | None = None) -> bool:
        """Return whether LiteLLM sends chats for a deployment to the Responses API."""
        if self._litellm is None:
            return False
        _, environment, proxy = self._litellm
        version = _version(versions) or proxy.version
        key = (deployment.id, version)
        if key not in self._bridged:
            proxy = replace(proxy, version=version)
            target = served(deployment, environment.proxy)
            chats = (made for made in self.received(deployment) if made.api == "chat")
            self._bridged[key] = any(bridges(target, proxy, made.body) for made in chats)
        return self._bridged[key]

    def received(self, deployment: Deployment) -> tuple[HopRequest, ...]:
        """Return the requests that a deployment can get."""
        return self._received.get(deployment.id, ())

    def reaching(
        self, deployment: Deployment, versions: Versions | None = None
    ) -> tuple[Outcome, ...]:
        """Return what LiteLLM sends to a deployment without the parameters that it rejects.

        Checks of URLs and credentials use this, because rejected parameters have their own check.
        """
        found = self.to(deployment, versions)
        if self._litellm is None or not any(_names_parameters(made) for made in found):
            return found
        config, environment, proxy = self._litellm
        proxy = replace(proxy, version=_version(versions) or proxy.version, drop_params=True)
        return tuple(
            attempt(deployment, received, config, environment, proxy)
            if _names_parameters(made)
            else made
            for made, received in zip(found, self._received[deployment.id], strict=True)
        )

    def addressed(
        self, deployment: Deployment, versions: Versions | None = None
    ) -> tuple[HopRequest, ...]:
        """Return LiteLLM's requests to the URL of a deployment, whatever its credentials are.

        A deployment without a request gets a plain chat.
        """
        if self._litellm is None:
            return ()
        _, environment, proxy = self._litellm
        known = {name: proxy.variables[name] for name in proxy.variables.keys() - _VARIABLES}
        version = _version(versions) or proxy.version
        proxy = replace(proxy, version=version, drop_params=True, variables=known)
        target = served(deployment, environment.proxy)
        params = {name: target.params[name] for name in target.params.keys() - _CREDENTIALS}
        target = replace(target, params={**params, "api_key": _STAND_INS["api_key"]})
        body = {"model": deployment.group, "messages": _MESSAGES}
        found = (
            predict(target, proxy, made.api, made.body).outcome
            for made in self.received(deployment) or (_request("chat", body),)
        )
        return tuple(made for made in found if isinstance(made, HopRequest))

    def api_versions(
        self, deployment: Deployment, versions: Versions | None = None
    ) -> tuple[str, ...]:
        """Return the api-versions of the requests to an azure/ deployment. v1 has no date."""
        if self._litellm is None:
            return ()
        queries = [
            made.query
            for made in self.reaching(deployment, versions)
            if isinstance(made, HopRequest)
        ]
        sent = dict.fromkeys(query["api-version"] for query in queries if "api-version" in query)
        if sent:
            return tuple(sent)
        _, environment, proxy = self._litellm
        proxy = replace(proxy, version=_version(versions) or proxy.version)
        sources = Sources(served(deployment, environment.proxy), proxy)
        apis = {made.api for made in self.received(deployment)}
        if apis == {"responses"} or self.bridged(deployment, versions):
            base = base_of(sources)
            return (responses_version_of(sources, base.value if base is not None else "").value,)
        return (version_of(sources).value,)

    def drop_of(self, deployment: Deployment) -> Drop | None:
        """Return why LiteLLM drops a deployment at startup, or None."""
        return self.dropped.get(deployment.entry_id)


def _version(versions: Versions | None) -> str | None:
    return versions.value("litellm") if versions is not None else None


def _is_whole(made: Outcome) -> bool:
    """Whether LiteLLM sends a request with a credential, or may send one."""
    if not isinstance(made, HopRequest):
        return isinstance(made, Unpredicted)
    return made.credential is not None or bool({"authorization", "api-key"} & made.headers.keys())


def _names_parameters(made: Outcome) -> bool:
    return isinstance(made, Refused) and bool(made.parameters)


def load_requests(
    situation: Situation,
    chain: Chain,
    environment: Environment,
    installed: InstalledVersions,
    compose: Compose | Absent,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig | None,
) -> Requests:
    """Predict the requests of all routes and deployments.

    An unknown version is treated as the newest known version.
    """
    versions = installed.versions
    sent = {
        route.id: openclaw_request(route, openclaw, environment, versions)
        for route in chain.routes
        if openclaw is not None
    }
    keyed = {
        route.id: _keyed(route, sent[route.id], openclaw, environment, versions)
        for route in chain.routes
        if openclaw is not None
    }
    if litellm is None:
        return Requests(sent, _keyed=keyed)
    version = versions.value("litellm") or newest("litellm")
    arguments = start_arguments(situation, compose, litellm)
    proxy = proxy_settings(litellm, environment, version, arguments)
    received: dict[str, dict[str, HopRequest]] = {}
    for route in chain.routes:
        made = _received(route, sent.get(route.id), openclaw, versions)
        for deployment in route.deployments if made is not None else ():
            assert made is not None
            key = repr((made.api, made.body))
            received.setdefault(deployment.id, {}).setdefault(key, made)
    upstream: dict[str, tuple[Outcome, ...]] = {}
    gets: dict[str, tuple[HopRequest, ...]] = {}
    for deployment in chain.deployments:
        own = tuple(received.get(deployment.id, {}).values()) or tuple(_plain(deployment))
        gets[deployment.id] = own
        upstream[deployment.id] = tuple(
            attempt(deployment, made, litellm, environment, proxy) for made in own
        )
    dropped = drops(litellm, environment, version)
    return Requests(
        sent,
        upstream,
        dropped,
        gets,
        keyed,
        versions.value("litellm"),
        (litellm, environment, proxy),
    )


def _keyed(
    route: Route,
    sent: Outcome,
    openclaw: OpenClawConfig,
    environment: Environment,
    versions: Versions,
) -> HopRequest | Unpredicted:
    if isinstance(sent, HopRequest):
        return sent
    if route.purpose == "embedding":
        return Unpredicted("OpenClaw sends no request for its memory search")
    headers, credential = turn_headers(route, openclaw, environment, versions)
    if credential is None and not needs_no_key(route.provider, versions):
        return Unpredicted("OpenClaw has no key in its config; it may have one in its auth store")
    api = api_of(route, versions)
    return HopRequest("openclaw", api, "", "", {}, headers, {}, credential)


def _received(
    route: Route, sent: Outcome | None, openclaw: OpenClawConfig | None, versions: Versions
) -> HopRequest | None:
    """Return what a proxy gets from a route, even if OpenClaw now refuses to send it."""
    if isinstance(sent, HopRequest):
        return sent
    if openclaw is None or route.purpose == "embedding":
        return None
    body = turn_body(route, openclaw, versions)
    return _request(api_of(route, versions), body) if body else None


def _plain(deployment: Deployment) -> Iterator[HopRequest]:
    """Yield a client's request for a deployment, unless it is for images, speech or the like."""
    name = deployment.requested or deployment.group
    model = f"{deployment.model.resolved or ''} {name}".casefold()
    info = deployment.node.get("model_info")
    mode = info.text("mode") if info is not None else None
    if "*" in model:
        return
    if mode == "embedding" or "embed" in model:
        yield _request("embeddings", {"model": name, "input": ["ping"]})
    elif is_for_chat(model):
        yield _request(
            "chat", {"model": name, "messages": _MESSAGES, "stream": True, "tools": [_TOOL]}
        )


def _request(api: Api, body: Mapping[str, Any]) -> HopRequest:
    return HopRequest("openclaw", api, "", "", {}, {}, body)
