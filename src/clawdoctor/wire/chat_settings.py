"""The settings of a deployment, or of its router, that change or stop a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.litellm import series_of
from clawdoctor.wire.called_model import model_of
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.messages import with_cache_marks, without_system
from clawdoctor.wire.prediction import StoppedError
from clawdoctor.wire.request import Refused, Unpredicted
from clawdoctor.wire.sending import failure_of
from clawdoctor.wire.served import ProxySettings, ServedDeployment, Sources, text_of

_PRIORITY = "priority"

CACHE_POINTS = "cache_control_injection_points"

_OWN_CACHE_MARKS = (5, 6)
"""The first GPT series on Foundry with its own cache markers."""


def without_priority(body: Mapping[str, Any], proxy: ProxySettings) -> Mapping[str, Any]:
    """Return a chat without its priority, which LiteLLM does not send.

    Raise StoppedError if the router has a default priority, with which older versions fail.
    """
    own = body.get(_PRIORITY)
    if own is not None and not isinstance(own, int):
        return body
    row = behaviour("litellm", "default-priority", proxy.version)
    fails = row is not None and row.effect == "fails"
    if fails and isinstance(proxy.router.get(f"default_{_PRIORITY}"), int):
        text = f"missing 1 required positional argument: '{_PRIORITY}'"
        raise StoppedError(Refused("litellm", "priority", text, 500))
    return {name: value for name, value in body.items() if name != _PRIORITY}


def with_merged_system(sources: Sources, whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a chat without system messages if its deployment does not support them."""
    if sources.deployment.params.get("supports_system_message") is not False:
        return whole
    try:
        merged = without_system(whole.get("messages"), model_of(sources), sources.proxy.version)
    except TypeError as error:
        raise StoppedError(failure_of(sources, str(error))) from None
    return {**whole, "messages": merged}


def leaked(sources: Sources) -> dict[str, Any]:
    """Return the settings of a deployment that LiteLLM also adds to the body of a chat."""
    provider, params = path_of(sources)[0], sources.deployment.params
    found: dict[str, Any] = {}
    row = behaviour("litellm", "foundry-token", sources.proxy.version)
    in_body = row is not None and row.effect == "in-body"
    leaks = provider == "openai" or (provider == "azure_ai" and in_body)
    if leaks and params.get("azure_ad_token") is not None:
        found["azure_ad_token"] = text_of(params["azure_ad_token"]) or ""
    if provider == "azure_ai" and params.get("extra_headers") is not None:
        found["extra_headers"] = params["extra_headers"]
    return found


def marked(deployment: ServedDeployment, messages: object) -> object:
    """Return messages with the cache markers that the deployment requests."""
    points = deployment.params.get(CACHE_POINTS)
    if not points:
        return messages
    marked = with_cache_marks(messages, points)
    provider, name = deployment.path
    series = series_of(name)
    own = provider == "azure_ai" and series is not None and series >= _OWN_CACHE_MARKS
    if marked is None or own:
        raise StoppedError(Unpredicted(f"clawdoctor does not support these {CACHE_POINTS}"))
    return marked


def check_model_list(deployment: ServedDeployment) -> None:
    """Raise StoppedError for a `model_list` in `litellm_params`: LiteLLM calls all its models."""
    listed = deployment.params.get("model_list")
    if listed is None:
        return
    if listed:
        raise StoppedError(Unpredicted("clawdoctor does not support model_list in litellm_params"))
    text = "litellm.APIConnectionError: max_workers must be greater than 0"
    raise StoppedError(Refused("litellm", "model-list", text, 500))
