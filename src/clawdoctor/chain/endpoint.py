"""The endpoints of the chain: OpenClaw's proxies, and the Azure resources.

URLs are as this host reaches them: the name of a Compose service is mapped to the port that the
service publishes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlunsplit

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.route import Chain
from clawdoctor.knowledge import table
from clawdoctor.run.situation import Situation


@dataclass(frozen=True, slots=True)
class Proxy:
    """A LiteLLM proxy as one OpenClaw provider uses it.

    `url` is its address from this host, without a path such as /v1. It is None if the address is
    unknown, and `reason` says why. `key` is the key that OpenClaw sends, if known.
    """

    id: str
    provider: Provider | None
    url: str | None
    reason: str
    key: str | None = field(default=None, repr=False)
    in_container: bool = False
    suffix: str = "/v1"
    """The rest of OpenClaw's baseUrl after `url`: /v1, or nothing."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that OpenClaw sends besides its key."""
        return self.provider.headers if self.provider is not None else {}


@dataclass(frozen=True, slots=True)
class Resource:
    """An Azure resource as deployments use it: the origin of `api_base`, and a key.

    `provider` is set if OpenClaw sends requests to Azure directly. The resource then has no
    deployments.

    `here` means that the program that calls Azure runs on this host outside a container, so that a
    network failure from here affects it too.
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
        """The first label of an Azure host, or the whole host if it is not Azure's."""
        return self.host.partition(".")[0] if is_azure(self.host) else self.host

    @property
    def api_versions(self) -> tuple[str, ...]:
        """The api-versions that LiteLLM sends for its deployments, including LiteLLM's default."""
        return tuple(dict.fromkeys(api_version_of(deployment) for deployment in self.deployments))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """All endpoints of the chain."""

    proxies: tuple[Proxy, ...]
    resources: tuple[Resource, ...]
    _by_subject: Mapping[tuple[str, str], Proxy | Resource] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Index the endpoints: a check asks for the endpoint of each of thousands of subjects."""
        found: dict[tuple[str, str], Proxy | Resource] = {}
        for proxy in self.proxies:
            if proxy.provider is not None:
                found.setdefault(("proxy", proxy.provider.id), proxy)
        for resource in self.resources:
            if resource.provider is not None:
                found.setdefault(("direct", resource.provider.id), resource)
            for deployment in resource.deployments:
                found.setdefault(("deployment", deployment.id), resource)
        object.__setattr__(self, "_by_subject", found)

    def resource_of(self, deployment: Deployment) -> Resource | None:
        """Return the resource of a deployment, or None if it is unknown."""
        found = self._by_subject.get(("deployment", deployment.id))
        return found if isinstance(found, Resource) else None

    def resource_for(self, provider: Provider) -> Resource | None:
        """Return the resource that OpenClaw calls directly through a provider."""
        found = self._by_subject.get(("direct", provider.id))
        return found if isinstance(found, Resource) else None

    def proxy_of(self, provider: Provider) -> Proxy | None:
        """Return the proxy to which a provider leads."""
        found = self._by_subject.get(("proxy", provider.id))
        return found if isinstance(found, Proxy) else None


def api_version_of(deployment: Deployment) -> str:
    """Return the api-version that LiteLLM sends for a deployment."""
    default = table("versions")["litellm"]["default-api-version"][0]["effect"]
    return deployment.api_version.resolved or str(default)


def load_endpoints(
    situation: Situation,
    chain: Chain,
    litellm: LiteLLMConfig | None,
    compose: Compose | None,
) -> Endpoints:
    """Return the proxies of the chain's providers and the resources of LiteLLM's deployments."""
    proxies = tuple(_proxies(situation, chain, compose))
    here = compose is None and any(
        is_loopback(host_of(proxy.url or "")) and not proxy.in_container for proxy in proxies
    )
    if not proxies and compose is None:
        here = True  # only LiteLLM's file is checked: assume that it runs on this host
    direct = tuple(_direct_resources(chain))
    return Endpoints(proxies, (*_resources(litellm, here), *direct))


def _direct_resources(chain: Chain) -> Iterator[Resource]:
    """Yield the resources that OpenClaw calls directly, which it does from this host."""
    for provider, target in chain.providers:
        url = provider.base_url.resolved or ""
        parts = split(url)
        if target == "azure" and parts is not None and parts.scheme in ("http", "https"):
            origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
            name = f"resource {parts.hostname} of {provider.id}"
            yield Resource(name, origin, (), _key(provider), True, provider)


def _proxies(situation: Situation, chain: Chain, compose: Compose | None) -> Iterator[Proxy]:
    for provider in chain.proxy_providers:
        url, reason, inside = _proxy_url(situation, provider.base_url.resolved or "", compose)
        if provider.base_url.unset and situation.proxy_url is None:
            url, reason = None, f"{provider.base_url.unset[0]} is not set here"
        suffix = _suffix(situation.proxy_url or provider.base_url.resolved or "")
        key = _key(provider)
        yield Proxy(f"proxy {provider.id}", provider, url, reason, key, inside, suffix)
    if situation.proxy_url is not None and not chain.proxy_providers:
        url, reason, inside = _proxy_url(situation, "", compose)
        key = situation.environ.get("LITELLM_MASTER_KEY") or None
        yield Proxy("proxy", None, url, reason, key, inside)


def _suffix(written: str) -> str:
    parts = split(written)
    return "/v1" if parts is not None and parts.path.rstrip("/").endswith("/v1") else ""


def _key(provider: Provider) -> str | None:
    return (provider.api_key.resolved or "").strip() or None


def _proxy_url(
    situation: Situation, written: str, compose: Compose | None
) -> tuple[str | None, str, bool]:
    """Return the URL of --proxy-url as it is, or OpenClaw's baseUrl as this host reaches it."""
    if situation.proxy_url is None:
        return _from_here(written, compose, "its baseUrl")
    return _from_here(situation.proxy_url, compose, "--proxy-url", mapped=False)


def _from_here(
    written: str, compose: Compose | None, what: str, *, mapped: bool = True
) -> tuple[str | None, str, bool]:
    """Return the URL as this host reaches it, why there is none, and if it is in a container."""
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
    counts: dict[str, int] = {}
    for (origin, key), deployments in groups.items():
        host = origin.partition("://")[2]
        counts[host] = counts.get(host, 0) + 1
        name = host if counts[host] == 1 else f"{host} (key {counts[host]})"
        yield Resource(f"resource {name}", origin, tuple(deployments), key, here)


def _origin(deployment: Deployment) -> str | None:
    """Return scheme and host of a deployment's `api_base`, or None if it is not on Azure."""
    parts = split(deployment.api_base.resolved or "")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if deployment.provider != "azure" and not is_azure(parts.hostname):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
