"""What OpenClaw refuses before it sends anything, with the text that the user or the log sees."""

from __future__ import annotations

import ipaddress

from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge.openclaw_api import api_values
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import own_variable, user_headers
from clawdoctor.wire.openclaw_model import base_url, spoken_api
from clawdoctor.wire.request import Refused, Source

INTERNAL_NAMES = (".local", ".internal")
_ACCEPTED = ipaddress.ip_network("198.18.0.0/15")
"""A private range that every version accepts, for VPN clients that invent addresses."""


def refusal(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    """Return why OpenClaw sends no turn for a route, or None if it sends one."""
    spoken = spoken_api(route, versions)
    _, where = route.provider.api(route.model)
    if spoken is None:
        text = "No API provider registered for api: undefined"
        return _refused("no-api", text, openclaw, where)
    version = versions.value("openclaw") if versions.known("openclaw") else None
    if version is not None and spoken not in api_values(version):
        return _refused(
            "unknown-api", f"{where[1:].replace('/', '.')}: Invalid option", openclaw, where
        )
    return _refused_url(route, openclaw, environment, versions) or _refused_key(
        route, openclaw, environment, versions
    )


def _refused(kind: str, text: str, openclaw: OpenClawConfig, pointer: str) -> Refused:
    return Refused("openclaw", kind, text, sources=(Source(kind, openclaw.place(pointer)),))


def _refused_url(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    url = base_url(route, environment.openclaw)
    if url.unset and _stops_at_start(versions):
        return _missing(url, openclaw)
    written = (url.resolved or "").strip()
    if url.unset or not written.casefold().startswith(("http://", "https://")):
        return _refused("invalid-base-url", "Invalid URL.", openclaw, url.pointer)
    host = host_of(written)
    effect = versions.effect("openclaw", "private-hosts")
    if host is None or allows_private(route.provider) or effect != "private":
        return None
    if host.endswith(INTERNAL_NAMES) or (not is_loopback(host) and is_blocked(host, effect)):
        return _refused("blocked-host", "Connection error.", openclaw, url.pointer)
    return None


def _refused_key(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    provider, key = route.provider, route.provider.api_key
    nothing = f'No API key found for provider "{provider.id}".'
    if key.unset and key.state == "secret-ref":
        text = "failed to resolve secrets from the active gateway snapshot"
        return _refused("unset-secret", text, openclaw, key.pointer)
    if key.unset and _stops_at_start(versions):
        return _missing(key, openclaw)
    if key.unset and versions.effect("openclaw", "unset-variable") == "refused":
        return _refused("unset-variable", nothing, openclaw, key.pointer)
    if not has_key(provider, environment) and not _is_authorized(route, openclaw, environment):
        return _refused("no-key", nothing, openclaw, f"{provider.pointer}/apiKey")
    return None


def _stops_at_start(versions: Versions) -> bool:
    """Whether an unset variable keeps OpenClaw from starting."""
    return versions.effect("openclaw", "unset-variable") == "no-start"


def _missing(setting: Setting[str] | Setting[Secret], openclaw: OpenClawConfig) -> Refused:
    path = setting.pointer[1:].replace("/", ".")
    text = f'Missing env var "{setting.unset[0]}" referenced at config path: {path}'
    return _refused("unset-variable", text, openclaw, setting.pointer)


def has_key(provider: Provider, environment: Environment) -> bool:
    """Whether OpenClaw finds a key for a provider, or needs none: on this machine and near it."""
    key = provider.api_key
    if key.state not in ("missing", "set") or (key.state == "set" and key.written):
        return True
    own = own_variable(provider.id)
    variable = environment.openclaw.get(own) if own is not None else None
    if variable is not None and variable.value:
        return True
    host = host_of(provider.base_url.resolved or "")
    return host is None or _is_private(host)


def _is_authorized(route: Route, openclaw: OpenClawConfig, environment: Environment) -> bool:
    """Whether the config says in another way how OpenClaw authenticates itself."""
    node = route.provider.node
    if node.get("auth") is not None or node.at("/request/auth") is not None:
        return True
    found = user_headers(route, openclaw, environment.openclaw)
    return found.find("authorization") is not None or found.find("api-key") is not None


def allows_private(provider: Provider) -> bool:
    """Whether a provider's settings allow private addresses."""
    node = provider.node.at("/request/allowPrivateNetwork")
    return node is not None and node.value is True


def is_blocked(host: str, effect: str) -> bool:
    """Whether OpenClaw blocks an address to which a name leads, or one that baseUrl contains."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    if effect != "private":
        return effect == "loopback" and address.is_loopback
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_link_local or address.is_loopback
    return not address.is_global and address not in _ACCEPTED


def _is_private(host: str) -> bool:
    """Whether the host is loopback or a private address; a name may resolve to anything."""
    try:
        return is_loopback(host) or ipaddress.ip_address(host).is_private
    except ValueError:
        return False
