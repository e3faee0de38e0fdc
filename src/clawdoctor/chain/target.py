"""The targets of OpenClaw's providers: LiteLLM, Azure, or a user's own server."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Literal

from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.router import deployments_for
from clawdoctor.knowledge import table
from clawdoctor.run.situation import DEFAULT_PORT, Situation

Target = Literal["proxy", "azure", "server"]
"""LiteLLM, Azure itself, or a server with OpenAI's API that is not known to be LiteLLM."""

OPENAI_APIS = frozenset({"openai-completions", "openai-responses"})
"""The values of `api` that make OpenClaw use OpenAI's API."""
_LOCAL_NAMES = (".local", ".lan", ".internal", ".home.arpa", ".svc")
_AZURE_PATH = "/openai/v1"
"""The end of a baseUrl that marks a gateway in front of Azure, not LiteLLM."""


def proxy_ports(situation: Situation, compose: Compose | None) -> frozenset[int]:
    """Return the ports on this host that the proxy may use, including LiteLLM's default."""
    ports = {DEFAULT_PORT}
    if compose is not None and compose.proxy is not None:
        inside = compose.proxy.container_port
        ports |= {port.host for port in compose.proxy.ports if port.container == inside}
        ports.add(inside)
    ports |= {process.port for process in situation.processes}
    if situation.proxy_url:
        port = port_of(situation.proxy_url)
        ports |= {port} if port else set()
    return frozenset(ports)


def chain_providers(
    config: OpenClawConfig | None,
    proxy: LiteLLMConfig | None,
    situation: Situation,
    ports: frozenset[int],
) -> Iterator[tuple[Provider, Target]]:
    """Yield the providers that belong to this chain, each with its target."""
    found = {
        provider.id: (provider, target)
        for provider in (config.providers if config is not None else ())
        if (target := _target(provider, proxy, situation, ports)) is not None
    }
    near = [name for name, (it, target) in found.items() if _may_be(it, target, proxy)]
    named = None not in (situation.openclaw_config, situation.litellm_config)
    proxied = any(target == "proxy" for _, target in found.values())
    if named and proxy is not None and not proxied and len(near) == 1:
        # A user who names both files says that they belong together.
        found[near[0]] = (found[near[0]][0], "proxy")
    yield from found.values()


def _may_be(provider: Provider, target: Target, proxy: LiteLLMConfig | None) -> bool:
    """Return whether a server may be the user's LiteLLM: near, and not clearly another one."""
    url = provider.base_url.resolved or ""
    return target == "server" and is_near(host_of(url)) and not _is_other(provider, url, proxy)


def _is_other(provider: Provider, url: str, proxy: LiteLLMConfig | None) -> bool:
    """Return whether the id, the port or the models indicate a server other than LiteLLM."""
    others = table("providers")
    if provider.id.casefold() in others["local"] or port_of(url) in others["ports"]:
        return True
    shared = port_of(url) in others["shared_ports"]
    return shared and bool(provider.models) and not _serves(proxy, provider)


def _serves(proxy: LiteLLMConfig | None, provider: Provider) -> bool:
    return proxy is not None and any(deployments_for(proxy, m.id) for m in provider.models)


def _target(
    provider: Provider,
    proxy: LiteLLMConfig | None,
    situation: Situation,
    ports: frozenset[int],
) -> Target | None:
    """Return the target of a provider, or None if the provider is not part of this chain."""
    url = provider.base_url.resolved or ""
    if "://" not in url:  # OC105 reports it; the meaning is clear
        url = f"http://{url.partition('/')[0] or url}"
    host = host_of(url)
    if is_azure(host):
        return "azure"
    named = situation.proxy_url or ""
    same_port = port_of(url) == port_of(named)
    if named and host == host_of(named) and (same_port or not _is_other(provider, url, proxy)):
        return "proxy"
    name = provider.id.casefold()
    if "litellm" in name:
        return "proxy"
    others = table("providers")
    if is_public(host):
        return None
    here = is_loopback(host) or host == "host.docker.internal" or (host and "." not in host)
    if here and port_of(url) in ports:
        return "proxy"
    if name in others["ids"]:
        return _server(provider, host)
    if "azure" in name and url.rstrip("/").endswith(_AZURE_PATH):
        return "azure"
    if "azure" in name and (proxy is not None or "litellm" in (host or "")):
        return "proxy"  # without LiteLLM's file, it could be another gateway
    if _serves(proxy, provider) and port_of(url) not in others["ports"]:
        return "proxy"
    return _server(provider, host)


def is_public(host: str | None) -> bool:
    """Return whether a host belongs to a public service other than Azure."""
    if host is None:
        return False
    labels = host.split(".")
    domains = {".".join(labels[start:]) for start in range(len(labels))}
    is_bedrock = host.startswith("bedrock") and host.endswith(".amazonaws.com")
    return is_bedrock or not domains.isdisjoint(table("providers")["hosts"])


def is_near(host: str | None) -> bool:
    """Return whether a host is this machine, a container or on a private network."""
    if host is None:
        return False
    if is_loopback(host) or "." not in host or host.endswith(_LOCAL_NAMES):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return False


def _server(provider: Provider, host: str | None) -> Target | None:
    """Return "server" if a provider has a URL and serves a model with OpenAI's API.

    Without `api`, it is unknown which API OpenClaw uses for one of its built-in providers.
    """
    if host is None and not provider.base_url.variables:
        return None
    apis = {provider.api(model)[0] for model in provider.models} or {provider.api(None)[0]}
    known = table("providers")["ids"]
    if None in apis and provider.id.casefold() not in known:
        return "server"
    return "server" if apis & OPENAI_APIS else None
