"""The parameters of a request to a deployment: the request's and the deployment's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import capability_standing
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.parameters import Unsupported, is_sent_as_is
from clawdoctor.wire.prediction import StoppedError
from clawdoctor.wire.request import Api, Parameters, Refused, Unpredicted
from clawdoctor.wire.request_failures import failed
from clawdoctor.wire.sending import failure_of
from clawdoctor.wire.served import YES, ProxySettings, ServedDeployment, Sources

UNTRANSLATED = "clawdoctor cannot predict how LiteLLM converts this Responses request"


def check_allowed(sources: Sources) -> None:
    """Raise StoppedError if `allowed_openai_params` is not a list or a string."""
    value = sources.deployment.params.get("allowed_openai_params")
    if value and isinstance(value, (bool, int, float)):
        kind = type(value).__name__
        text = f"'{kind}' object is not iterable"
        if path_of(sources)[0] == "azure":
            text = f"Value after * must be an iterable, not {kind}"
        raise StoppedError(failure_of(sources, text))


def check_joined(sources: Sources) -> None:
    """Raise StoppedError if `allowed_openai_params`, to which LiteLLM adds names, is not a list."""
    added = sources.deployment.params.get("allowed_openai_params")
    if added and not isinstance(added, list):
        text = f'can only concatenate list (not "{type(added).__name__}") to list'
        raise StoppedError(failure_of(sources, text))


def renamed_in(
    names: Mapping[str, str], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, str]:
    """Return the renamed parameters among `names` that a request has and that are sent."""
    return {old: new for old, new in names.items() if old in before and new in sent}


def with_own(sources: Sources, body: Mapping[str, Any], api: Api | None = None) -> dict[str, Any]:
    """Return a request's body with the parameters of the config. The request takes precedence."""
    known = table("litellm_request")
    taken = (*known["known"], *known["embeddings"], *known["own"])
    own = {
        name: value
        for name, value in sources.deployment.params.items()
        if value is not None and (name in taken or is_sent_as_is(name, sources.proxy.version))
        if name not in _HANDLED and capability_standing(name, sources.proxy.version) != "known"
    }
    if api == "chat":
        own.pop("stream", None)  # LiteLLM's router always sets whether a chat is streamed
        if body.get("reasoning_effort") is not None:
            own = _without_effort(own)
    merged = {}
    if own.get("tools") is not None and not isinstance(own["tools"], list):
        raise StoppedError(Unpredicted("clawdoctor does not support tools that are not a list"))
    if isinstance(own.get("tools"), list) and isinstance(body.get("tools"), list):
        merged = {"tools": [*own["tools"], *body["tools"]]}
    return {**own, **body, **merged}


def _without_effort(own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deployment's parameters without other forms of the effort that a request sets."""
    found = {key: value for key, value in own.items() if key != "thinking"}
    for key in ("output_config", "reasoning"):
        if isinstance(found.get(key), Mapping):
            found[key] = {name: value for name, value in found[key].items() if name != "effort"}
    if isinstance(found.get("extra_body"), Mapping):
        inner = _without_effort(found["extra_body"])
        inner.pop("reasoning_effort", None)
        found["extra_body"] = inner
    return {key: value for key, value in found.items() if value != {} or own.get(key) == {}}


_HANDLED = (
    "azure_ad_token",
    "tenant_id",
    "client_id",
    "client_secret",
    "azure_username",
    "azure_password",
    "azure_scope",
    "model",
    "api_base",
    "api_key",
    "api_version",
)


def is_summarized(proxy: ProxySettings) -> bool:
    """Whether LiteLLM requests a summary of the reasoning from the Responses API."""
    variable = proxy.variables.get("LITELLM_REASONING_AUTO_SUMMARY")
    return proxy.settings.get("reasoning_auto_summary") is True or (
        variable is not None and variable.test(lambda text: text.lower() == "true")
    )


def drops(deployment: ServedDeployment, proxy: ProxySettings) -> bool:
    """Whether LiteLLM drops the parameters that a deployment does not support."""
    own = deployment.params.get("drop_params")
    return proxy.drop_params or own is True or str(own).lower() in YES


def names_at(deployment: ServedDeployment, key: str) -> tuple[str, ...]:
    """Return the names in a setting of a deployment that lists parameters."""
    written = deployment.params.get(key)
    return (
        tuple(item for item in written if isinstance(item, str))
        if isinstance(written, list)
        else ()
    )


def changes_of(
    body: Mapping[str, Any], sent: Mapping[str, Any], renamed: Mapping[str, str]
) -> Parameters:
    """Return what LiteLLM added to a request, renamed and dropped."""
    names = tuple(sent)
    new = (*renamed.values(),)
    added = tuple(name for name in names if name not in body and name not in new)
    dropped = tuple(name for name in body if name not in names and name not in renamed)
    return Parameters(names, added, dict(renamed), dropped)


def refusal_of(unsupported: Unsupported) -> Refused:
    """Return LiteLLM's refusal of parameters that a deployment does not support."""
    if not unsupported.parameters:
        return failed(unsupported.kind, unsupported.text, "APIConnectionError")
    text = f"litellm.UnsupportedParamsError: {unsupported.text}"
    return Refused("litellm", unsupported.kind, text, 400, unsupported.parameters)
