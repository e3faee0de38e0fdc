"""Whether LiteLLM accepts the key of a request that OpenClaw sends.

Read in LiteLLM 1.106.2 to 1.110.2, and measured on their answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.chain.openclaw import Provider
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge import behaviour, newest, table
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_key import LOCAL_KEY
from clawdoctor.wire.request import HopRequest, Refused, Source, Unpredicted
from clawdoctor.wire.resolved import own_variables

MASTER_KEY = "LITELLM_MASTER_KEY"
"""The variable that LiteLLM reads if the config has no master key."""
NO_KEY, OTHER_KEY = "no-proxy-key", "proxy-key"
"""The kinds of the proxy's refusals: a request has no key, or a wrong key."""

_HEADERS = (
    "x-litellm-api-key",
    "authorization",
    "api-key",
    "x-api-key",
    "x-goog-api-key",
    "ocp-apim-subscription-key",
)
"""The headers from which LiteLLM reads a key. The first one counts."""
_STAND_IN = Secret(LOCAL_KEY)
_SCHEMES = ("Bearer ", "Basic ", "bearer ")
_UNRESOLVED = regex(r"\$\{([A-Z_][A-Z0-9_]*)\}|^\$([A-Z_][A-Z0-9_]*)$", re.ASCII)
"""A reference that OpenClaw replaces if the variable is set."""
ENFORCED = "enforce_user_param"
"""The setting that makes the proxy refuse requests without a `user`."""
UNTAGGED = "reject_clientside_metadata_tags"
"""The setting that makes the proxy refuse requests with tags in their metadata."""
_PERMITTED = "dangerously_permit_weak_or_unset_master_key"
_PERMITTED_VARIABLE = "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY"
_PLAIN = (500, "Internal Server Error")
_HEAD = "Authentication Error, "
_UNKNOWN_KEY = (400, "No connected db.")
_VIRTUAL_KEY = (401, "LiteLLM Virtual Key expected.")
_MISSING = (401, f"{_HEAD}No api key passed in.")
_EMPTY_KEY = (401, f"{_HEAD}Malformed API Key passed in. Ensure Key has `Bearer ` prefix.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The proxy accepts the key: it is the master key, or the proxy accepts all requests."""

    by: Literal["master-key", "anyone"]


KeyVerdict = Accepted | Refused | Unpredicted
"""Whether a proxy accepts a key, or why that is not known here."""


@dataclass(frozen=True, slots=True)
class _Lock:
    """The keys that a proxy accepts.

    `key` is the master key; `unknown` says why it is not known here. `others` says why the proxy
    may accept other keys, and `keyless` why it may accept a request without a key.
    """

    key: Secret | None = None
    unknown: str = ""
    others: str = ""
    keyless: str = ""
    anyone: bool = False


def key_verdict(
    request: HopRequest,
    provider: Provider,
    profiles: AuthProfiles,
    config: LiteLLMConfig,
    environment: Environment,
    version: str | None,
) -> KeyVerdict:
    """Return whether the proxy accepts a request's key. `version` is LiteLLM's, if known."""
    lock, credential = _lock(config, environment, version), request.credential
    if lock.anyone:
        return Accepted("anyone")
    if profiles.has_key(provider):
        return Unpredicted("OpenClaw's key is in an auth profile, which clawdoctor does not read")
    if credential is not None and credential.value is None:
        return Unpredicted("OpenClaw's key is a secret that only OpenClaw can read")
    key = read_key(request.headers, key_header(config, environment))
    if not key or key == _STAND_IN:
        if not profiles.complete:
            return Unpredicted("clawdoctor cannot read OpenClaw's key database while it is in use")
        if lock.keyless:
            return Unpredicted(lock.keyless)
        status, text = _answer_without_key(key, config, environment, version)
        return _refused(NO_KEY, status, text, request, config)
    if key == lock.key:
        return Accepted("master-key")
    unset = _unset_name(key, environment)
    reason = lock.others
    if unset:
        reason = f"clawdoctor finds no value for {unset}, to which OpenClaw's key refers"
    if reason or lock.key is None:
        return Unpredicted(reason or lock.unknown)
    return _refused(OTHER_KEY, *_UNKNOWN_KEY, request, config)


def read_key(headers: Mapping[str, str | Secret], own_header: str | None = None) -> Secret | None:
    """Return the key that LiteLLM reads from a request, or None if no header has one.

    The key is empty if LiteLLM finds none in the header. If LiteLLM's config sets `own_header`, it
    is the only header that counts.
    """
    found = {
        name.casefold(): value if isinstance(value, Secret) else Secret(value)
        for name, value in headers.items()
    }
    if own_header is not None:
        return _token(found.get(own_header.casefold(), Secret("")), Secret(""))
    name = next((name for name in _HEADERS if found.get(name)), None)
    if name is None:
        return None
    if name == "authorization":
        return _token(found[name], Secret(""))
    return _token(found[name], found[name]) if name == _HEADERS[0] else found[name]


def _token(value: Secret, otherwise: Secret) -> Secret:
    """Return the key after the word Bearer, or `otherwise` without that word."""
    text = value.reveal()
    scheme = next((scheme for scheme in _SCHEMES if text.startswith(scheme)), None)
    return otherwise if scheme is None else Secret(text.replace(scheme, ""))


def key_header(config: LiteLLMConfig, environment: Environment) -> str | None:
    """Return the header from which LiteLLM reads keys instead of the usual headers, or None."""
    general, pointer = config.root.get("general_settings"), "/general_settings"
    return value_of(general, f"{pointer}/litellm_key_header_name", environment.proxy).resolved


def master_key(config: LiteLLMConfig, environment: Environment) -> Secret | None:
    """Return the proxy's master key, or None if it is unset, unknown or empty."""
    if config.master_key.state != "missing":
        return config.master_key.resolved or None
    general = config.root.get("general_settings")
    # LiteLLM sets these variables before it reads general_settings, and stops here if it is empty.
    own = own_variables(config, environment.proxy) if general and general.entries else {}
    variable = own.get(MASTER_KEY) or environment.proxy.get(MASTER_KEY)
    return variable.value or None if variable is not None else None


def permits_no_key(config: LiteLLMConfig, environment: Environment) -> bool:
    """Whether the user allows a proxy without a key. LiteLLM accepts only a boolean true."""
    node = config.root.at(f"/general_settings/{_PERMITTED}")
    variable = environment.proxy.get(_PERMITTED_VARIABLE)
    return (node is not None and node.value is True) or (
        variable is not None and variable.value.test(lambda text: text.strip().casefold() == "true")
    )


def _lock(config: LiteLLMConfig, environment: Environment, version: str | None) -> _Lock:
    keyless = _other_authentication(config)
    others = keyless
    if not others and _may_have_database(config, environment):
        others = "the proxy has a database, so OpenClaw's key may be a virtual key"
    found = master_key(config, environment)
    if found is not None:
        return _Lock(found, others=others, keyless=keyless)
    if config.root.at("/general_settings/key_management_system") is not None:
        reason = "the master key may come from the secret manager in general_settings"
        return _Lock(None, reason, others, keyless)
    written, name = config.master_key, config.master_key.variable or MASTER_KEY
    problem = "is empty" if environment.proxy.get(name) is not None else "is not set"
    reason = f"{name}, the proxy's master key, {problem} in {environment.proxy.source}"
    required = _requires_key(version or newest("litellm")) and not permits_no_key(
        config, environment
    )
    if required and (version is not None or written.state != "missing"):
        return _Lock(None, reason, others, keyless)
    if written.state == "missing" and not required:
        return _Lock(anyone=True)
    return _Lock(None, reason, others, keyless or f"{reason}; the proxy may accept every request")


def _requires_key(version: str) -> bool:
    row = behaviour("litellm", "master-key", version)
    return row is not None and row.effect == "required"


def _other_authentication(config: LiteLLMConfig) -> str:
    """Return why authentication other than the master key may apply, or nothing."""
    general = config.root.get("general_settings")
    for setting in table("litellm")["other_keys"]["settings"]:
        node = general.get(setting) if general is not None else None
        if node is not None and node.value not in (None, False):
            return f"general_settings.{setting} decides which keys the proxy accepts"
    return ""


def _may_have_database(config: LiteLLMConfig, environment: Environment) -> bool:
    """Whether the proxy has a database, or a reference to a database that is only unset here."""
    general, proxy = config.root.get("general_settings"), environment.proxy
    value = value_of(general, "/general_settings/database_url", proxy)
    return config.models_in_database or (value.state == "unset" and proxy.basis == "assumed")


def _unset_name(key: Secret, environment: Environment) -> str | None:
    """Return an unset variable whose reference is part of the key, or None."""
    found = [first or second for first, second in _UNRESOLVED.findall(key.reveal())]
    return next((name for name in found if name not in environment.openclaw.names()), None)


def is_on(setting: str, config: LiteLLMConfig, environment: Environment) -> bool:
    """Whether a setting of general_settings is on. LiteLLM treats any string as true."""
    general, pointer = config.root.get("general_settings"), f"/general_settings/{setting}"
    value = value_of(general, pointer, environment.proxy)
    return bool(value.resolved or (value.node is not None and value.node.value is True))


def failed_rule(text: str, config: LiteLLMConfig, environment: Environment) -> tuple[int, str]:
    """Return the answer to a request that breaks a rule of the proxy with the text `text`.

    A pip install without a database fails while it builds its own answer.
    """
    has_prisma = _has_prisma(config, environment)
    return (401, f"Authentication Error, {text}") if has_prisma else _PLAIN


def failed_route(path: str, config: LiteLLMConfig, environment: Environment) -> tuple[int, str]:
    """Return the answer to a request for a path that is not in allowed_routes."""
    node = config.root.at("/general_settings/allow_requests_on_db_unavailable")
    asks = node is not None and node.value is True
    if asks and not _has_prisma(config, environment):
        return _PLAIN
    return 403, f"Access forbidden: Route {path} not allowed"


def _has_prisma(config: LiteLLMConfig, environment: Environment) -> bool:
    """Whether LiteLLM has its database package, as the image does."""
    return environment.proxy.container is not None or _may_have_database(config, environment)


def _answer_without_key(
    key: Secret | None, config: LiteLLMConfig, environment: Environment, version: str | None
) -> tuple[int, str]:
    """Return the answer to a request without a key. Some pip installs fail on their own error."""
    if key:
        return _VIRTUAL_KEY if _may_have_database(config, environment) else _UNKNOWN_KEY
    row = behaviour("litellm", "no-api-key", version)
    if row is not None and row.effect == "plain-500" and not _has_prisma(config, environment):
        return _PLAIN
    return _MISSING if key is None else _EMPTY_KEY


def _refused(
    kind: str, status: int, text: str, request: HopRequest, config: LiteLLMConfig
) -> Refused:
    own = request.credential.source if request.credential is not None else None
    sent = (replace(own, part="credential"),) if own is not None else ()
    master = Source("master key", config.place(config.master_key.pointer))
    return Refused("litellm", kind, text, status, sources=(*sent, master))
