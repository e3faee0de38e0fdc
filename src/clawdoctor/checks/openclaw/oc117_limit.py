"""How long OpenClaw waits for a silent model, and LiteLLM for Azure: part of OC117."""

from __future__ import annotations

import ipaddress

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.source.node import Node

USUAL = 120
"""OpenClaw's own limit for a host that is not local, in seconds."""
_LOCAL = 600
_SAME_MACHINE = 300
_WHOLE_RUN = {"whole-run": 600, "two-days": 48 * 3600}
_NAMES_OF_THE_HOST = ("host.docker.internal", "host.orb.internal", "docker.orb.internal")
_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "0.0.0.0/32",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_RUN = "/agents/defaults/timeoutSeconds"


@dataclass(frozen=True, slots=True)
class Limit:
    """The seconds after which a program stops waiting, and the setting, or None for a default."""

    seconds: float
    pointer: str | None = None
    node: Node | None = None


def openclaw_limit(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Limit | None:
    """Return how long OpenClaw waits for the model of a route, or None if that is not known."""
    host = host_of(route.provider.base_url.resolved or "")
    effect = versions.effect("openclaw", "model-timeout")
    if host is None or effect == "not-seen":
        return None
    written = own_timeout(route)
    limits = [limit for limit in (written, _seconds(openclaw.root, _RUN, _RUN)) if limit]
    if effect in _WHOLE_RUN:
        return min(limits, key=_length, default=Limit(_WHOLE_RUN[effect]))
    if effect == "capped":
        limits += [] if is_local(host) else [Limit(USUAL)]
    elif written is None and (effect == "kept" or not is_local(host)):
        limits.append(Limit(_usual(host)))
    return min(limits, key=_length, default=None)


def _usual(host: str) -> int:
    if host in _NAMES_OF_THE_HOST:
        return _SAME_MACHINE
    return _LOCAL if is_local(host) else USUAL


def own_timeout(route: Route) -> Limit | None:
    """Return the `timeoutSeconds` of a route's provider."""
    return _seconds(
        route.provider.node, "/timeoutSeconds", f"{route.provider.pointer}/timeoutSeconds"
    )


def is_local(host: str) -> bool:
    """Return whether OpenClaw treats a host as local, for its time limits."""
    if host == "localhost" or host.endswith(".local"):
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return any(address in network for network in _NETWORKS)


def litellm_limit(deployment: Deployment, config: LiteLLMConfig) -> tuple[float, Place] | None:
    """Return how long LiteLLM waits for a streamed answer if its file says so, with the place."""
    params = f"{deployment.pointer}/litellm_params"
    places = (
        (deployment.params, "/stream_timeout", f"{params}/stream_timeout"),
        (deployment.params, "/timeout", f"{params}/timeout"),
        (config.root, "/router_settings/stream_timeout", ""),
        (config.root, "/router_settings/timeout", ""),
        (config.root, "/litellm_settings/request_timeout", ""),
    )
    for parent, key, pointer in places:
        if parent.at(key) is None:
            continue
        limit = _seconds(parent, key, pointer or key)
        place = config.place(pointer or key, "LiteLLM waits this long")
        return (limit.seconds, place) if limit is not None else None
    return None


def _seconds(parent: Node, key: str, pointer: str) -> Limit | None:
    node = parent.at(key)
    value = node.value if node is not None else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return Limit(float(value), pointer, node)


def _length(limit: Limit) -> float:
    return limit.seconds
