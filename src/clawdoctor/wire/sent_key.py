"""The keys that OpenClaw and LiteLLM are predicted to send, and the settings that provide them."""

from __future__ import annotations

from dataclasses import field, replace
from typing import Generic, TypeVar

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_value import Value
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.route import Chain
from clawdoctor.deferred import dataclass
from clawdoctor.source.secret import Secret
from clawdoctor.wire.azure_credential import KEY
from clawdoctor.wire.proxy_key import read_key
from clawdoctor.wire.request import Credential, HopRequest
from clawdoctor.wire.requests import Requests

_ENTRA = "the deployment signs in with Entra ID, which clawdoctor does not do"

S = TypeVar("S", Setting[Secret], Value[Secret])


@dataclass(frozen=True, slots=True)
class SentKey(Generic[S]):
    """A key, or None with the reason if it is unknown, and the setting that provides it."""

    key: Secret | None = field(repr=False)
    setting: S
    reason: str = ""


def sent_by_openclaw(
    provider: Provider, chain: Chain, requests: Requests, header: str | None = None
) -> SentKey[Setting[Secret]]:
    """Return the key that OpenClaw sends to a provider. `header` is the header for the key."""
    setting = provider.api_key
    chats = (route for route in chain.routes_of(provider) if route.purpose == "chat")
    made = next((requests.keyed(route) for route in chats), None)
    credential = made.credential if isinstance(made, HopRequest) else None
    if isinstance(made, HopRequest) and credential is not None and _is_elsewhere(made, setting):
        source = credential.source
        found = source.variable if source is not None else None
        names = (found.name, *found.uses) if found is not None else ()
        key = read_key(made.headers, header) or None
        return SentKey(key, replace(setting, variables=names, unset=(), resolved=key))
    if setting.unset:
        reason = f"clawdoctor finds no value for {setting.unset[0]}, to which OpenClaw's key refers"
        return SentKey(None, setting, reason)
    if setting.state == "secret-ref" and not setting.resolved:
        return SentKey(None, setting, "OpenClaw's key is a secret that only OpenClaw can read")
    return SentKey(setting.resolved.stripped() or None if setting.resolved else None, setting)


def _is_elsewhere(made: HopRequest, setting: Setting[Secret]) -> bool:
    """Whether a setting other than `apiKey`, or OpenClaw's own variable, provides the key."""
    source = made.credential.source if made.credential is not None else None
    if source is None:
        return False
    other = source.place is not None and source.place.pointer != setting.pointer
    return other or (source.variable is not None and source.variable.name not in setting.variables)


def sent_by_litellm(deployment: Deployment, requests: Requests) -> SentKey[Value[Secret]]:
    """Return the key that LiteLLM sends for a deployment: the key of the first request with one."""
    own = deployment.api_key
    made = (each for each in requests.reaching(deployment) if isinstance(each, HopRequest))
    credential = next((each.credential for each in made if each.credential is not None), None)
    if credential is None:
        return SentKey(own.resolved, own)
    if credential.description != KEY:
        return SentKey(None, own, _ENTRA)
    return SentKey(credential.value, _setting(credential, own))


def _setting(credential: Credential, own: Value[Secret]) -> Value[Secret]:
    """Return the setting that provides a key, if it is not the deployment's own."""
    if credential.value == own.resolved:
        return own
    variable = credential.source.variable if credential.source is not None else None
    if variable is None:
        return Value(own.pointer, own.node, "written", resolved=credential.value)
    name = variable.name
    return Value(own.pointer, own.node, "from-env", None, name, credential.value, variable)
