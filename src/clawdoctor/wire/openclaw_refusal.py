"""Why OpenClaw refuses to send a request, with the text that the user or the log gets."""

from __future__ import annotations

import ipaddress

from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.route import Route
from clawdoctor.chain.sent_model import SentModel, is_refused_name
from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge.openclaw_api import api_standing
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_key import has_key, provider_key
from clawdoctor.wire.openclaw_model import (
    CHAT,
    RESPONSES,
    api_of,
    base_url,
    context_windows,
    has_login,
    is_complete,
    own_model,
    spoken_api,
    used_base,
)
from clawdoctor.wire.request import Refused, Source, Unpredicted

_CHATGPT = "openai-chatgpt-responses"
LOGINS = ("oauth", "token")
"""The values of `auth` for a login instead of a key."""
OTHER_AUTH = "Configured openai authentication is not compatible with the selected model route."
_NO_SOURCE = "authentication has no compatible credential source for the selected model route."
INTERNAL_NAMES = (".local", ".internal")
_ACCEPTED = ipaddress.ip_network("198.18.0.0/15")
"""A private range that every version accepts, for VPN clients that use made-up addresses."""


def refusal(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | Unpredicted | None:
    """Return why OpenClaw sends no turn for a route, or None if it sends one.

    Some versions were not tested with every fault.
    """
    spoken = spoken_api(route, versions)
    _, where = route.provider.api(route.model)
    if spoken is None:
        text = "No API provider registered for api: undefined"
        return _refused("no-api", text, openclaw, where)
    version = versions.value("openclaw") if versions.known("openclaw") else None
    written = route.provider.api(route.model)[0] is not None
    if version is not None and written and api_standing(spoken, version) == "unknown":
        return _refused(
            "unknown-api", f"{where[1:].replace('/', '.')}: Invalid option", openclaw, where
        )
    if not speaks_like_openai(spoken) and _is_openai(route.provider, versions):
        text = f"{spoken} is not an OpenAI-compatible model adapter."
        return _refused("unknown-api", text, openclaw, where)
    return (
        _refused_secret(route, openclaw, versions)
        or _refused_window(route, openclaw, versions)
        or _refused_route(route, openclaw, environment, versions)
        or _refused_auth(route, openclaw, environment, versions)
        or _refused_key(route, openclaw, environment, versions)
        or _refused_name(route, openclaw, versions)
        or _refused_url(route, openclaw, environment, versions)
    )


def speaks_like_openai(api: str) -> bool:
    """Whether newer versions accept an `api` for their own provider openai."""
    return api in (CHAT, RESPONSES, _CHATGPT)


def _refused(kind: str, text: str, openclaw: OpenClawConfig, pointer: str) -> Refused:
    return Refused("openclaw", kind, text, sources=(Source(kind, openclaw.place(pointer)),))


def _refused_url(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    url = base_url(route, environment.openclaw)
    if url.unset and _stops_at_start(versions):
        return _missing(url, openclaw)
    if not is_complete(url, versions):
        return _refused("invalid-base-url", "Invalid URL.", openclaw, url.pointer)
    if has_login(url, versions):
        text = versions.effect("openclaw", "login-in-url")
        return _refused("invalid-base-url", text, openclaw, url.pointer)
    host = host_of(used_base(url, versions))
    effect = versions.effect("openclaw", "private-hosts")
    if host is None or allows_private(route.provider):
        return None
    named = host == "0.0.0.0" and effect in ("private", "loopback")  # noqa: S104
    if effect != "private" and not named:
        return None
    named = named or host.endswith(INTERNAL_NAMES)
    if named or (not is_loopback(host) and is_blocked(host, effect)):
        raw = api_of(route, versions) == "other"  # OpenAI's client library omits the cause
        text = "Blocked hostname or private/internal" if raw else "Connection error."
        return _refused("blocked-host", text, openclaw, url.pointer)
    return None


def _refused_route(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    """Return the refusal of a URL of the provider openai, which OpenClaw reads before the key."""
    url = base_url(route, environment.openclaw)
    complete = is_complete(url, versions) and not has_login(url, versions)
    if complete or not _is_openai(route.provider, versions):
        return None
    text = "OpenAI model route baseUrl must be a non-empty URL string."
    return _refused("invalid-base-url", text, openclaw, url.pointer)


def _refused_auth(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    """Return the refusal of an `auth` that does not fit the API of the provider openai.

    A key counts as `auth: "api-key"`. Only ChatGPT's own API accepts a login.
    """
    provider, mode = route.provider, route.provider.node.text("auth")
    keyless = mode is None and not has_key(provider, versions, environment.openclaw)
    if keyless or not _is_openai(provider, versions):
        return None
    if (mode in LOGINS) == takes_login(route, versions):
        return None
    pointer = f"{provider.pointer}/auth" if mode else provider.api(route.model)[1]
    return _refused("other-auth", OTHER_AUTH, openclaw, pointer)


def takes_login(route: Route, versions: Versions) -> bool:
    """Whether a route uses the OpenAI API that accepts a login instead of a key."""
    return spoken_api(route, versions) == _CHATGPT


def _refused_name(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Refused | None:
    """Return the refusal of an entry that OpenClaw finds although its id differs."""
    sent = SentModel(route.model, route.model_id)
    if not is_refused_name(route.provider, sent, versions):
        return None
    text = f"Unable to materialize openai/{sent.name} for its prepared api-key route."
    return _refused("other-id", text, openclaw, route.name_pointer)


def _refused_window(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Refused | None:
    """Return the refusal of a model whose window is too small for OpenClaw's own prompt."""
    for node, pointer in context_windows(route, versions):
        if isinstance(node.value, int) and node.value > 0:
            least = int(versions.effect("openclaw", "least-window"))
            if node.value >= least:
                return None
            text = f"Model context window too small ({node.value} tokens"
            return _refused("small-window", text, openclaw, pointer)
    own = own_model(route, versions)
    if own is not None and own["window"] < int(versions.effect("openclaw", "least-window")):
        text = f"Model context window too small ({own['window']} tokens"
        return _refused("small-window", text, openclaw, f"{route.provider.pointer}/models")
    return None


def _refused_secret(
    route: Route, openclaw: OpenClawConfig, versions: Versions
) -> Refused | Unpredicted | None:
    """Return the refusal of a secret without a value, which precedes all others."""
    key = route.provider.api_key
    if not key.unset or key.state != "secret-ref":
        return None
    if versions.effect("openclaw", "unset-secret") != "refused":
        return Unpredicted("this OpenClaw was not tested with a secret without a value")
    text = "failed to resolve secrets from the active gateway snapshot"
    return _refused("unset-secret", text, openclaw, key.pointer)


def _refused_key(
    route: Route, openclaw: OpenClawConfig, environment: Environment, versions: Versions
) -> Refused | None:
    provider, key = route.provider, route.provider.api_key
    nothing = _no_key(route, versions)
    if key.unset and _stops_at_start(versions):
        return _missing(key, openclaw)
    sent = provider_key(provider, versions, environment.openclaw)
    if sent.unset and versions.effect("openclaw", "unset-variable") == "refused":
        return _refused("unset-variable", nothing, openclaw, key.pointer)
    if not has_key(provider, versions, environment.openclaw):
        return _refused("no-key", nothing, openclaw, f"{provider.pointer}/apiKey")
    return None


def _no_key(route: Route, versions: Versions) -> str:
    provider = route.provider
    folded = versions.effect("openclaw", "no-key-name") == "folded"
    folded = folded or provider.api(route.model)[0] is None
    name = provider.id.casefold() if folded else provider.id
    if _is_openai(provider, versions):
        if provider.node.text("auth") is not None:
            return f"Configured {name} {_NO_SOURCE}"
        return f"No route-compatible authentication source is configured for {name}."
    return f'No API key found for provider "{name}".'


def _is_openai(provider: Provider, versions: Versions) -> bool:
    """Whether OpenClaw checks the routes of its own provider openai before it sends a request."""
    own = provider.id.casefold() == "openai"
    return own and versions.effect("openclaw", "no-key-of-openai") == "route"


def _stops_at_start(versions: Versions) -> bool:
    """Whether an unset variable keeps OpenClaw from starting."""
    return versions.effect("openclaw", "unset-variable") == "no-start"


def _missing(setting: Setting[str] | Setting[Secret], openclaw: OpenClawConfig) -> Refused:
    path = setting.pointer[1:].replace("/", ".")
    text = f'Missing env var "{setting.unset[0]}" referenced at config path: {path}'
    return _refused("unset-variable", text, openclaw, setting.pointer)


def allows_private(provider: Provider) -> bool:
    """Whether a provider's settings allow private addresses."""
    node = provider.node.at("/request/allowPrivateNetwork")
    return node is not None and node.value is True


def is_blocked(host: str, effect: str) -> bool:
    """Whether OpenClaw blocks an address that a name resolves to or that baseUrl contains."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    if effect != "private":
        return effect == "loopback" and address.is_loopback
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_link_local or address.is_loopback
    return not address.is_global and address not in _ACCEPTED
