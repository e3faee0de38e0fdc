"""Find a name in baseUrl that no container of the Compose file has (part of DK104)."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_host import is_loopback
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.source.change import Put

_AUTHORITY = regex(r"(?<=://)[^/?#]+")
_OTHER_NAMES = ("extra_hosts", "links", "external_links", "network_mode")
"""Settings that let a service resolve other names than those of its network."""


def unknown_name_finding(
    compose: Compose, service: Service, provider: Provider, openclaw: OpenClawConfig, host: str
) -> Finding | None:
    """Return the finding for a name without a dot that OpenClaw's container cannot resolve.

    It is an error only if no other Compose file can add a container to the network.
    """
    agent = compose.openclaw
    if agent is None or "." in host or ":" in host or is_loopback(host):
        return None
    if any(agent.node.get(name) is not None for name in _OTHER_NAMES) or service.host_network:
        return None
    if any(host in other.hosts for other in compose.services):
        return None
    shown = provider.base_url.quoted(host)
    closed = compose.root.get("networks") is None and not agent.by_hand
    label = f'no container is named "{shown}"' if shown == host else "no container has this name"
    return Finding(
        severity=Severity.ERROR if closed else Severity.WARNING,
        message=f'{label}; LiteLLM\'s container is "{service.name}"',
        detail=(
            "On a Docker network, a container's host name is the name of its service. "
            "OpenClaw's container cannot resolve other names."
        ),
        place=openclaw.place(provider.base_url.pointer, "no container has this name"),
        consequence=label,
        related=(compose.place(service.pointer, "LiteLLM runs here"),),
        fixes=(_fix(provider, service),),
    )


def _fix(provider: Provider, service: Service) -> Fix:
    address = f"{service.name}:{service.container_port}"
    title = f"use {address} as the host and port"
    actions = (CHECK_AGAIN,)
    if provider.base_url.hidden:
        return Fix(title=title, actions=(Step(f"In the baseUrl, {title}"), *actions))
    url = _AUTHORITY.sub(address, provider.base_url.resolved or "", count=1)
    node = provider.base_url.node if not provider.base_url.variables else None
    return Fix(
        title=title,
        applicability="manual" if node is None else "unsafe",
        changes=() if node is None else (Put(node, url),),
        snippet=f'baseUrl: "{url}",',
        actions=actions,
    )
