"""The endpoints of the chain: OpenClaw's proxies, and the Azure resources.

URLs are as this host reaches them: the name of a Compose service is mapped to the port that the
service publishes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.route import Chain
from clawdoctor.chain.shown import is_harmless
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret


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
    key: Secret | None = None
    in_container: bool = False
    suffix: str = "/v1"
    """The rest of OpenClaw's baseUrl after `url`: /v1, or nothing."""
    named: bool = False
    """Whether the user named the URL by --proxy-url."""
    url_variables: tuple[str, ...] = ()
    """The variables whose values `url` contains."""
    expected: bool = True
    """Whether LiteLLM is expected to answer. It may be another server of the user's own."""

    @property
    def noun(self) -> str:
        """What a report calls it."""
        return "proxy" if self.expected else "server"

    @property
    def address(self) -> str:
        """Its host and port as a report may quote them."""
        parts = split(self.url or "")
        return self.quoted(parts.netloc) if parts is not None else "the baseUrl"

    def quoted(self, part: str) -> str:
        """Return a part of the URL if a report may quote it, else the baseUrl as written."""
        if self.provider is None or self.named or is_harmless(part):
            return part
        return self.provider.base_url.quoted(part)

    @property
    def headers(self) -> Mapping[str, Secret]:
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
    key: Secret | None = None
    here: bool = False
    provider: Provider | None = None
    reference: str = ""
    """The text that stands for the host in a report, if a variable hides it."""

    @property
    def shown_host(self) -> str:
        """The host name as a report may quote it."""
        return self.reference or self.host

    @property
    def host(self) -> str:
        """The host name."""
        return host_of(self.origin) or self.origin

    @property
    def url_variables(self) -> tuple[str, ...]:
        """The variables whose values `origin` contains; none if a deployment writes it out."""
        if self.provider is not None:
            return self.provider.base_url.variables
        bases = [deployment.api_base.variables for deployment in self.deployments]
        return () if () in bases else tuple(dict.fromkeys(name for base in bases for name in base))

    @property
    def key_variables(self) -> tuple[str, ...]:
        """The variables whose values `key` contains."""
        if self.provider is not None:
            return self.provider.api_key.variables
        return self.deployments[0].api_key.variables

    @property
    def name(self) -> str:
        """The first label of an Azure host, or the whole host if it is not Azure's."""
        if self.reference:
            return self.reference
        return self.host.partition(".")[0] if is_azure(self.host) else self.host


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


def load_endpoints(
    situation: Situation,
    chain: Chain,
    compose: Compose | None,
) -> Endpoints:
    """Return the proxies of the chain's providers and the resources of LiteLLM's deployments."""
    proxies = tuple(_proxies(situation, chain, compose))
    outside = compose is None or compose.proxy is None
    here = outside and any(
        is_loopback(host_of(proxy.url or "")) and not proxy.in_container for proxy in proxies
    )
    if not proxies and outside:
        here = True  # only LiteLLM's file is checked: assume that it runs on this host
    direct = tuple(_direct_resources(chain))
    return Endpoints(proxies, (*_resources(chain, here), *direct))


def _direct_resources(chain: Chain) -> Iterator[Resource]:
    """Yield the resources that OpenClaw calls directly, which it does from this host."""
    for provider, target in chain.providers:
        url = provider.base_url.resolved or ""
        parts = split(url)
        if target == "azure" and parts is not None and parts.scheme in ("http", "https"):
            origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
            host = provider.base_url.quoted(parts.hostname or "")
            reference = host if host != parts.hostname else ""
            name = f"resource {host} of {provider.id}"
            yield Resource(name, origin, (), _key(provider), True, provider, reference)


def _proxies(situation: Situation, chain: Chain, compose: Compose | None) -> Iterator[Proxy]:
    for provider, target in chain.servers:
        option = situation.proxy_url if target == "proxy" else None
        names = provider.base_url.variables if option is None else ()
        written = provider.base_url.resolved or ""
        url, reason, inside = _proxy_url(option, written, compose)
        if names and url is None:  # the reason may quote the host
            reason = (
                f"the value of {' and '.join(names)} in its baseUrl is not an address "
                "that this host knows"
            )
        if provider.base_url.unset and option is None:
            url, reason = None, f"{provider.base_url.unset[0]} is not set here"
        named = option is not None
        if not named:
            url, reason = _without_hidden_parts(provider, url, reason)
        suffix = _suffix(option or written)
        key = _key(provider)
        yield Proxy(
            f"proxy {provider.id}",
            provider,
            url,
            reason,
            key,
            inside,
            suffix,
            named,
            names,
            expected=target == "proxy",
        )
    if situation.proxy_url is not None and not chain.proxy_providers:
        url, reason, inside = _proxy_url(situation.proxy_url, "", compose)
        key = Secret(situation.environ.get("LITELLM_MASTER_KEY", ""))
        yield Proxy("proxy", None, url, reason, key or None, inside)


def _without_hidden_parts(
    provider: Provider, url: str | None, reason: str
) -> tuple[str | None, str]:
    """Return the URL and the reason without what a variable hides.

    A path from a variable can be a secret, and each request line shows the path.
    """
    setting = provider.base_url
    host = host_of(setting.resolved or "")
    if host is not None and setting.quoted(host) != host and not is_harmless(host):
        reason = reason.replace(host, f"the host of {setting.shown}")
    path = urlsplit(url).path if url is not None else ""
    if path and setting.quoted(path) != path:
        return None, f"the path of {setting.shown} is not known to be harmless"
    return url, reason


def _suffix(written: str) -> str:
    parts = split(written)
    return "/v1" if parts is not None and parts.path.rstrip("/").endswith("/v1") else ""


def _key(provider: Provider) -> Secret | None:
    key = provider.api_key.resolved
    return key.stripped() or None if key is not None else None


def _proxy_url(
    option: str | None, written: str, compose: Compose | None
) -> tuple[str | None, str, bool]:
    """Return the URL of --proxy-url as it is, or OpenClaw's baseUrl as this host reaches it."""
    if option is None:
        return _from_here(written, compose, "its baseUrl")
    return _from_here(option, compose, "--proxy-url", mapped=False)


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
    elif is_loopback(parts.hostname) and compose is not None and compose.agent_is_alone:
        return None, f"{parts.hostname} is OpenClaw's own container", True
    elif parts.hostname == "host.docker.internal":
        netloc = f"127.0.0.1:{port_of(written)}"
    elif service is not None and parts.hostname in service.hosts:
        host = next((p.host for p in service.ports if p.container == port_of(written)), None)
        if host is None:
            return None, f"{service.name} publishes no port on this host", True
        netloc, inside = f"127.0.0.1:{host}", True
    elif not set(".:") & set(parts.hostname) and not is_loopback(parts.hostname):
        return None, f"{parts.hostname} is a name that only a container knows", True
    return urlunsplit((parts.scheme, netloc, path, "", "")), "", inside


def _resources(chain: Chain, here: bool) -> Iterator[Resource]:
    groups: dict[tuple[str, Secret | None], list[Deployment]] = {}
    for deployment in chain.deployments:
        origin = _origin(deployment)
        if origin is not None:
            groups.setdefault((origin, deployment.api_key.resolved), []).append(deployment)
    counts: dict[str, int] = {}
    for (origin, key), deployments in groups.items():
        host = origin.partition("://")[2]
        hosts = [deployment.api_base.quoted(host) for deployment in deployments]
        reference = "" if host in hosts else hosts[0]
        host = reference or host
        counts[host] = counts.get(host, 0) + 1
        name = host if counts[host] == 1 else f"{host} (key {counts[host]})"
        members = tuple(deployments)
        yield Resource(f"resource {name}", origin, members, key, here, None, reference)


def _origin(deployment: Deployment) -> str | None:
    """Return scheme and host of a deployment's `api_base`, or None if it is not on Azure."""
    parts = split(deployment.api_base.resolved or "")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if deployment.provider != "azure" and not is_azure(parts.hostname):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
