"""Find the endpoints of the chain and the keys that the chain is predicted to send to them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.route import Chain
from clawdoctor.chain.shown import is_harmless
from clawdoctor.run.situation import Situation
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import BEARER
from clawdoctor.wire.proxy_key import key_header
from clawdoctor.wire.requests import Requests
from clawdoctor.wire.sent_key import sent_by_litellm, sent_by_openclaw


def load_endpoints(
    situation: Situation,
    chain: Chain,
    compose: Compose | None,
    litellm: LiteLLMConfig | None,
    environment: Environment,
    requests: Requests,
) -> Endpoints:
    """Return the proxies of the chain's providers and the resources of LiteLLM's deployments.

    Each has the key that the chain is predicted to send to it.
    """
    header = key_header(litellm, environment) if litellm is not None else None
    proxies = tuple(_proxies(situation, chain, compose, requests, header))
    outside = compose is None or compose.proxy is None
    here = outside and any(
        is_loopback(host_of(proxy.url or "")) and not proxy.in_container for proxy in proxies
    )
    if not proxies and outside:
        here = True  # only LiteLLM's file is checked: assume that it runs on this host
    direct = tuple(_direct_resources(chain, requests))
    return Endpoints(proxies, (*_resources(chain, requests, here), *direct))


def _direct_resources(chain: Chain, requests: Requests) -> Iterator[Resource]:
    """Yield the resources that OpenClaw calls directly from this host."""
    for provider, target in chain.providers:
        url = provider.base_url.resolved or ""
        parts = split(url)
        if target == "azure" and parts is not None and parts.scheme in ("http", "https"):
            origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
            host = provider.base_url.quoted(parts.hostname or "")
            reference = host if host != parts.hostname else ""
            name = f"resource {host} of {provider.id}"
            sent = sent_by_openclaw(provider, chain, requests)
            yield Resource(
                id=name,
                origin=origin,
                deployments=(),
                setting=sent.setting,
                key=sent.key,
                here=True,
                provider=provider,
                reference=reference,
            )


def _proxies(
    situation: Situation,
    chain: Chain,
    compose: Compose | None,
    requests: Requests,
    header: str | None,
) -> Iterator[Proxy]:
    for provider, target in chain.servers:
        option = situation.proxy_url if target == "proxy" else None
        names = provider.base_url.variables if option is None else ()
        written = provider.base_url.resolved or ""
        url, reason, inside = _proxy_url(option, written, compose)
        if names and url is None:  # the reason may quote the host
            reason = (
                f"the value of {' and '.join(names)} in its baseUrl is not a URL "
                "that this host can reach"
            )
        if provider.base_url.unset and option is None:
            url, reason = None, f"clawdoctor finds no value for {provider.base_url.unset[0]}"
        named = option is not None
        if not named:
            url, reason = _without_hidden_parts(provider, url, reason)
        suffix = _suffix(option or written)
        sent = sent_by_openclaw(provider, chain, requests, header)
        yield Proxy(
            id=f"proxy {provider.id}",
            provider=provider,
            url=url,
            reason=reason,
            key=sent.key,
            in_container=inside,
            key_header=header or BEARER,
            key_reason=sent.reason,
            key_variables=sent.setting.variables,
            suffix=suffix,
            named=named,
            url_variables=names,
            expected=target == "proxy",
        )
    if situation.proxy_url is not None and not chain.proxy_providers:
        url, reason, inside = _proxy_url(situation.proxy_url, "", compose)
        key = Secret(situation.environ.get("LITELLM_MASTER_KEY", ""))
        yield Proxy("proxy", None, url, reason, key or None, inside)


def _without_hidden_parts(
    provider: Provider, url: str | None, reason: str
) -> tuple[str | None, str]:
    """Return the URL and the reason without the values of variables.

    A path from a variable may be a secret, and each request line shows the path.
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


def _proxy_url(
    option: str | None, written: str, compose: Compose | None
) -> tuple[str | None, str, bool]:
    """Return the URL of --proxy-url unchanged, or OpenClaw's baseUrl as this host reaches it."""
    if option is None:
        return _from_here(written, compose, "its baseUrl")
    return _from_here(option, compose, "--proxy-url", mapped=False)


def _from_here(
    written: str, compose: Compose | None, what: str, *, mapped: bool = True
) -> tuple[str | None, str, bool]:
    """Return the URL as this host reaches it, or the reason, and whether it is in a container."""
    parts = split(written)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None, f"{what} is not an http URL", False
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


def _resources(chain: Chain, requests: Requests, here: bool) -> Iterator[Resource]:
    groups: dict[tuple[str, Secret | None, str], list[Deployment]] = {}
    settings: dict[tuple[str, Secret | None, str], Value[Secret]] = {}
    for deployment in chain.deployments:
        origin = _origin(deployment)
        if origin is not None:
            sent = sent_by_litellm(deployment, requests)
            group = (origin, sent.key, sent.reason)
            groups.setdefault(group, []).append(deployment)
            settings.setdefault(group, sent.setting)
    counts: dict[str, int] = {}
    for group, deployments in groups.items():
        origin, key, reason = group
        host = origin.partition("://")[2]
        hosts = [deployment.api_base.quoted(host) for deployment in deployments]
        reference = "" if host in hosts else hosts[0]
        host = reference or host
        counts[host] = counts.get(host, 0) + 1
        name = host if counts[host] == 1 else f"{host} (key {counts[host]})"
        yield Resource(
            id=f"resource {name}",
            origin=origin,
            deployments=tuple(deployments),
            setting=settings[group],
            key=key,
            here=here,
            reason=reason,
            reference=reference,
        )


def _origin(deployment: Deployment) -> str | None:
    """Return the scheme and host of a deployment's `api_base`, or None if it is not on Azure."""
    parts = split(deployment.api_base.resolved or "")
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    if deployment.provider != "azure" and not is_azure(parts.hostname):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".casefold()
