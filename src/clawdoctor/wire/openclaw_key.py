"""The key that OpenClaw finds for a provider: in the provider's variable, in `apiKey`, or none.

Read in the packages of OpenClaw 2026.3.13, 2026.5.12, 2026.8.2 and 2026.9.6, and measured on the
requests of agents' turns.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.environment import Variables
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.openclaw_setting import Setting, is_whole_variable
from clawdoctor.chain.variables import Variable
from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import release, table
from clawdoctor.source.secret import Secret

LOCAL_KEY = "custom-local"
"""The value that OpenClaw uses if it needs no key."""
AWS_KEY = "__aws_sdk_auth__"
"""The key that OpenClaw sends for a provider with `auth: "aws-sdk"` that is not Amazon's."""
_AWS_VARIABLES = ("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_PROFILE")
_LOOPBACK = ("localhost", "0.0.0.0", "127.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1")  # noqa: S104
_ALIASES = ("docker.orb.internal", "host.docker.internal", "host.orb.internal")
_NEAR = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def provider_key(provider: Provider, versions: Versions, variables: Variables) -> Setting[Secret]:
    """Return the key that OpenClaw sends. Its `state` is `missing` if it finds none.

    The variable of a known provider overrides `apiKey`. The bare name of such a variable in
    `apiKey` is a reference. With `auth: "aws-sdk"` OpenClaw uses neither; if there is no key,
    OpenClaw 2026.3.13 and older send the values of Amazon's variables.
    """
    key = as_sent(provider.api_key, versions)
    if is_signed_by_aws(provider, versions):
        return Setting(f"{provider.pointer}/auth", None, "set", resolved=Secret(AWS_KEY))
    if _takes_aws_text(provider):
        return _aws_text(provider, variables)
    variable = winning_variable(provider, versions, variables)
    if variable is None and _is_reference(key, versions):
        assert key.written is not None
        variable = variables.get(key.written.stripped().reveal())
        if variable is None or not variable.value.stripped():
            return replace(key, state="missing", resolved=None)
    if variable is None:
        return key
    return replace(
        key, state="set", resolved=variable.value, variables=(variable.name,), unset=(), hidden=True
    )


def _takes_aws_text(provider: Provider) -> bool:
    """Whether a version without a sentinel uses Amazon's variables for the missing key."""
    return provider.node.text("auth") == "aws-sdk" and not _is_written(provider.api_key)


def _aws_text(provider: Provider, variables: Variables) -> Setting[Secret]:
    """Return the first of Amazon's variables as a key, or the name of the last one."""
    place = f"{provider.pointer}/auth"
    secret = variables.get("AWS_SECRET_ACCESS_KEY")
    for name in _AWS_VARIABLES:
        found = variables.get(name)
        alone = name == "AWS_ACCESS_KEY_ID" and (secret is None or not secret.value.stripped())
        if found is not None and found.value.stripped() and not alone:
            return Setting(place, None, "set", resolved=found.value, variables=(name,), hidden=True)
    return Setting(place, None, "set", resolved=Secret(_AWS_VARIABLES[-1]))


def as_sent(key: Setting[Secret], versions: Versions) -> Setting[Secret]:
    """Return a key or a header as a version sends it. Older versions do not replace `$NAME`."""
    literal = versions.effect("openclaw", "whole-variable") == "literal"
    if not literal or not is_whole_variable(key.written):
        return key
    return replace(key, state="set", resolved=key.written, variables=(), unset=())


def winning_variable(
    provider: Provider, versions: Versions, variables: Variables
) -> Variable | None:
    """Return the provider's own variable that contains its key, or None."""
    prefers = versions.effect("openclaw", "auth-setting") == "prefers-key"
    if prefers and provider.node.text("auth") == "api-key" and _is_written(provider.api_key):
        return None
    names = own_variables(provider.id, versions)
    found = (variables.get(name) for name in names)
    return next((each for each in found if each is not None and each.value.stripped()), None)


def is_signed_by_aws(provider: Provider, versions: Versions) -> bool:
    """Whether OpenClaw leaves the key of a provider to Amazon's library."""
    aws = provider.node.text("auth") == "aws-sdk"
    return aws and versions.effect("openclaw", "aws-auth") == "sentinel"


def own_variables(provider: str, versions: Versions) -> tuple[str, ...]:
    """Return the variables from which OpenClaw reads the key of a provider that it knows."""
    known = table("openclaw_keys")
    names: list[str] = known["variables"].get(provider.strip().casefold(), [])
    return tuple(name for name in names if _is_known(name, versions))


def has_key(provider: Provider, versions: Versions, variables: Variables) -> bool:
    """Whether OpenClaw finds a key for a provider or does not need one."""
    key = provider_key(provider, versions, variables)
    found = key.state not in ("missing", "set") or bool(key.resolved and key.resolved.stripped())
    return found or needs_no_key(provider, versions)


def needs_no_key(provider: Provider, versions: Versions) -> bool:
    """Whether OpenClaw sends a turn without a key: only to nearby hosts, and if `api` is set."""
    node = provider.node
    if _is_written(provider.api_key) or not (node.text("api") or "").strip():
        return False
    if (node.text("auth") or "api-key") != "api-key":
        return False
    own = versions.effect("openclaw", "no-key-of-openai") == "route"
    if own and provider.id.casefold() == "openai":
        return False
    host = (host_of((provider.base_url.resolved or "").strip()) or "").strip("[]")
    effect = versions.effect("openclaw", "keyless-host")
    return effect != "none" and (host in _LOOPBACK or _is_near(host, effect))


def _is_near(host: str, effect: str) -> bool:
    if effect == "loopback":
        return False
    if host.endswith(".local") or (effect == "aliases" and host in _ALIASES):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if effect == "aliases" and address.is_loopback:
        return True
    return any(address in network for network in _NEAR)


def _is_written(key: Setting[Secret]) -> bool:
    return key.state == "secret-ref" or bool(key.written and key.written.stripped())


def is_known_variable(text: str, versions: Versions) -> bool:
    """Whether OpenClaw treats a bare name in `apiKey` as a reference."""
    known = table("openclaw_keys")
    names = {name for each in known["variables"].values() for name in each}
    resolved = versions.effect("openclaw", "own-variable") == "resolved"
    listed = text in known["references"] or (text in names and _is_known(text, versions))
    return resolved and listed


def _is_reference(key: Setting[Secret], versions: Versions) -> bool:
    if key.state != "set" or key.variables or key.written is None:
        return False
    return bool(key.written.stripped().test(lambda text: is_known_variable(text, versions)))


def _is_known(name: str, versions: Versions) -> bool:
    version, since = versions.value("openclaw"), table("openclaw_keys")["since"].get(name)
    found = release(version) if version is not None else None
    first = release(since) if since is not None else None
    return found is None or first is None or found >= first
