"""Whom to ask: the proxies that OpenClaw sends to, and the Azure resources behind them.

Also where we stand: a name that only a container knows is mapped to the port that its service
publishes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlunsplit

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.knowledge import table
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.situation import Situation


@dataclass(frozen=True, slots=True)
class Proxy:
    """A LiteLLM proxy as one OpenClaw provider uses it.

    `url` is where it is asked from here, without a path such as /v1; None where that cannot be
    told, for `reason`. `key` is what OpenClaw sends, if it can be known.
    """

    id: str
    provider: Provider | None
    url: str | None
    reason: str
    key: str | None = field(default=None, repr=False)
    in_container: bool = False
    suffix: str = "/v1"
    """What OpenClaw's baseUrl has behind `url`: /v1, or nothing."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What OpenClaw sends besides its key."""
        return self.provider.headers if self.provider is not None else {}


@dataclass(frozen=True, slots=True)
class Resource:
    """An Azure resource as deployments use it: the origin of `api_base`, and a key.

    `provider` is OpenClaw's where OpenClaw asks it itself; it then has no deployments.

    `here` says that the proxy runs on this host outside a container, so that what fails from
    here fails for it too.
    """

    id: str
    origin: str
    deployments: tuple[Deployment, ...]
    key: str | None = field(default=None, repr=False)
    here: bool = False
    provider: Provider | None = None

    @property
    def host(self) -> str:
        """The host name."""
        return host_of(self.origin) or self.origin

    @property
    def name(self) -> str:
        """The resource's name: the first label of its host, or the whole where it is no name."""
        return self.host.partition(".")[0] if is_azure(self.host) else self.host

    @property
    def api_versions(self) -> tuple[str, ...]:
        """The api-versions that its deployments are called with, LiteLLM's default included."""
        return tuple(dict.fromkeys(api_version_of(one) for one in self.deployments))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All that can be asked."""

    proxies: tuple[Proxy, ...]
    resources: tuple[Resource, ...]

    def resource_of(self, deployment: Deployment) -> Resource | None:
        """The resource that a deployment is on, or None where that cannot be told."""
        return next((one for one in self.resources if deployment in one.deployments), None)

    def resource_for(self, provider: Provider) -> Resource | None:
        """The resource that OpenClaw asks itself through a provider."""
        named = (one for one in self.resources if one.provider is not None)
        return next((one for one in named if one.provider == provider), None)

    def proxy_of(self, provider: Provider) -> Proxy | None:
        """The proxy that a provider leads to."""
        named = (one for one in self.proxies if one.provider is not None)
        return next((one for one in named if one.provider == provider), None)


def api_version_of(deployment: Deployment) -> str:
    """The api-version that LiteLLM sends for a deployment."""
    default = table("versions")["litellm"]["default-api-version"][0]["effect"]
    return deployment.api_version.resolved or str(default)


def load_endpoints(
    situation: Situation,
    chain: Chain,
    openclaw: OpenClawConfig | Absent | Unavailable,
    litellm: LiteLLMConfig | Absent | Unavailable,
    compose: Compose | Absent | Unavailable,
) -> Endpoints:
    """The proxies of the chain's providers, and the resources of LiteLLM's deployments."""
    service = compose if isinstance(compose, Compose) else None
    proxies = tuple(_proxies(situation, chain, service))
    config = litellm if isinstance(litellm, LiteLLMConfig) else None
    del openclaw
    here = service is None and any(
        is_loopback(host_of(one.url or "")) and not one.in_container for one in proxies
    )
    if not proxies and service is None:
        here = True  # LiteLLM's file is checked alone: it is meant to run where it lies
    straight = tuple(_straight(chain))
    return Endpoints(proxies, (*_resources(config, here), *straight))


def _straight(chain: Chain) -> Iterator[Resource]:
    """The resources that OpenClaw asks itself: what fails from here fails for it too."""
    for provider, target in chain.providers:
        url = provider.base_url.resolved or ""
        parts = split(url)
        if target == "azure" and parts is not None and parts.scheme in ("http", "https"):
            origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
            name = f"resource {parts.hostname} of {provider.id}"
            yield Resource(name, origin, (), _key(provider), True, provider)


def _proxies(situation: Situation, chain: Chain, compose: Compose | None) -> Iterator[Proxy]:
    for provider in chain.proxy_providers:
        url, reason, inside = _asked_at(situation, provider.base_url.resolved or "", compose)
        if provider.base_url.unset and situation.proxy_url is None:
            url, reason = None, f"{provider.base_url.unset[0]} is not set here"
        suffix = _suffix(situation.proxy_url or provider.base_url.resolved or "")
        key = _key(provider)
        yield Proxy(f"proxy {provider.id}", provider, url, reason, key, inside, suffix)
    if situation.proxy_url is not None and not chain.proxy_providers:
        url, reason, inside = _asked_at(situation, "", compose)
        key = situation.environ.get("LITELLM_MASTER_KEY") or None
        yield Proxy("proxy", None, url, reason, key, inside)


def _suffix(written: str) -> str:
    parts = split(written)
    return "/v1" if parts is not None and parts.path.rstrip("/").endswith("/v1") else ""


def _key(provider: Provider) -> str | None:
    return (provider.api_key.resolved or "").strip() or None


def _asked_at(
    situation: Situation, written: str, compose: Compose | None
) -> tuple[str | None, str, bool]:
    """What --proxy-url names is meant from here; what OpenClaw has is meant from OpenClaw."""
    if situation.proxy_url is None:
        return _from_here(written, compose, "its baseUrl")
    return _from_here(situation.proxy_url, compose, "--proxy-url", mapped=False)


def _from_here(
    written: str, compose: Compose | None, what: str, *, mapped: bool = True
) -> tuple[str | None, str, bool]:
    """Where a base URL leads from this host, why it may not, and whether into a container."""
    parts = split(written)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None, f"{what} is no http URL", False
    path = parts.path.rstrip("/").removesuffix("/v1").rstrip("/")
    netloc = parts.netloc.rpartition("@")[2]
    service = compose.proxy if compose is not None else None
    inside = service is not None and port_of(written) in {p.host for p in service.ports}
    if parts.hostname == "0.0.0.0":  # noqa: S104  what users write for their own machine
        netloc = f"127.0.0.1:{port_of(written)}"
    elif not mapped:
        pass
    elif parts.hostname == "host.docker.internal":
        netloc = f"127.0.0.1:{port_of(written)}"
    elif service is not None and parts.hostname == service.name.casefold():
        host = next((p.host for p in service.ports if p.container == port_of(written)), None)
        if host is None:
            return None, f"{service.name} publishes no port on this host", True
        netloc, inside = f"127.0.0.1:{host}", True
    elif not set(".:") & set(parts.hostname) and not is_loopback(parts.hostname):
        return None, f"{parts.hostname} is a name that only a container knows", True
    return urlunsplit((parts.scheme, netloc, path, "", "")), "", inside


def _resources(config: LiteLLMConfig | None, here: bool) -> Iterator[Resource]:
    groups: dict[tuple[str, str | None], list[Deployment]] = {}
    for deployment in config.deployments if config is not None else ():
        origin = _origin(deployment)
        if origin is not None:
            groups.setdefault((origin, deployment.api_key.resolved), []).append(deployment)
    seen: dict[str, int] = {}
    for (origin, key), deployments in groups.items():
        host = origin.partition("://")[2]
        seen[host] = seen.get(host, 0) + 1
        name = host if seen[host] == 1 else f"{host} (key {seen[host]})"
        yield Resource(f"resource {name}", origin, tuple(deployments), key, here)


def _origin(deployment: Deployment) -> str | None:
    """Scheme and host of an Azure deployment's `api_base`; None for what is not Azure's."""
    parts = split(deployment.api_base.resolved or "")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if deployment.provider != "azure" and not is_azure(parts.hostname):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
