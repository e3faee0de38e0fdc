"""The model that LiteLLM takes a deployment for, and what it knows of this model."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import (
    is_read_as_another,
    names_like,
    noted_key,
    streams_responses,
)
from clawdoctor.wire import azure_url
from clawdoctor.wire.call_parameters import drops
from clawdoctor.wire.called_path import is_openai_itself, path_of
from clawdoctor.wire.foundry_address import has_responses
from clawdoctor.wire.responses_bridge import is_responses_model, needs_responses
from clawdoctor.wire.responses_input import sent_input
from clawdoctor.wire.served import ServedDeployment, Sources
from clawdoctor.wire.supported import ChatProvider, Model
from clawdoctor.wire.text_completion import PROVIDER

_ALL_TO_RESPONSES = "route_all_chat_openai_to_responses"


def model_of(sources: Sources) -> Model:
    """Return the model for which LiteLLM maps the parameters of a request."""
    provider, named = path_of(sources)
    version = azure_url.version_of(sources).value if provider == "azure" else ""
    listed = sources.deployment.is_listed(provider)
    base = sources.deployment.base_model
    declared = sources.deployment.info.get("supports_tool_choice")
    noted = isinstance(declared, bool) and sources.deployment.noted
    tools = declared if noted else None
    efforts = sources.deployment.efforts
    return Model(provider, named, base, version, listed, sources.proxy.list_version, tools, efforts)


def is_bridged(sources: Sources, whole: Mapping[str, Any]) -> bool:
    """Whether LiteLLM sends a chat to the Responses API."""
    if goes_to_responses(sources):
        return True
    model = model_of(sources)
    native = model.provider != "azure_ai" or has_responses(sources)
    strict = model.provider == "azure" or is_openai_itself(sources)
    return needs_responses(model, whole, sources.proxy.version, native=native, strict=strict)


def goes_to_responses(sources: Sources) -> bool:
    """Whether LiteLLM sends all chats for a deployment to the Responses API."""
    mode = mode_of(sources)
    if sources.proxy.settings.get(_ALL_TO_RESPONSES) is True and path_of(sources)[0] == "openai":
        return True
    return is_responses_model(model_of(sources), sources.proxy.version, mode)


def native_streaming(sources: Sources) -> object:
    """Return supports_native_streaming of `model_info`, which LiteLLM notes at startup."""
    return sources.deployment.info.get("supports_native_streaming") if _is_noted(sources) else None


def _is_noted_elsewhere(sources: Sources, name: str) -> bool:
    """Whether another deployment notes a name with its mode under the provider that is used."""
    return noted_key(f"{path_of(sources)[0]}/{name}") in sources.proxy.modes


def _is_noted(sources: Sources) -> bool:
    """Whether LiteLLM notes a deployment as a model of the provider that it uses."""
    deployment, provider = sources.deployment, path_of(sources)[0]
    own = deployment.path[0] == provider
    return own and deployment.noted and not deployment.names_provider_twice


def input_of(sources: Sources, given: object) -> object:
    """Return the input items that LiteLLM sends for those of a Responses request."""
    provider, litellm = path_of(sources)[0], sources.proxy.version
    return sent_input(given, provider, litellm, drop=drops(sources.deployment, sources.proxy))


def declared_reasoning(deployment: ServedDeployment) -> object:
    """Return supports_reasoning of `model_info`, which LiteLLM registers at startup."""
    return deployment.info.get("supports_reasoning") if deployment.noted else None


def responses_name(name: str, provider: ChatProvider) -> str:
    """Return the name of a model in a request to the Responses API."""
    if provider == "openai":
        return name.removeprefix("responses/")
    for word in ("responses/", "o_series/", "azure_ai/"):
        name = name.replace(word, "")
    return name


def with_stream(sources: Sources, sent: dict[str, Any]) -> dict[str, Any]:
    """Return a Responses request, without `stream` if LiteLLM does the streaming itself."""
    deployment = sources.deployment
    provider, _ = path_of(sources)
    never = table("litellm_models")["streamed"]["never"]
    declared = native_streaming(sources)
    other = provider == "openai" and (
        uses_other_provider(sources) or is_read_as_another(sent["model"])
    )
    if other or not deployment.is_listed(provider):
        streams = False
    elif isinstance(declared, bool):
        streams = declared
    elif provider != "azure" and sent["model"] in never:
        streams = False
    elif _is_noted(sources) or (
        uses_other_provider(sources) and _is_noted_elsewhere(sources, sent["model"])
    ):
        streams = True
    else:
        plain = sent["model"].removeprefix("azure/") if provider == "azure" else sent["model"]
        streams = streams_responses(plain, provider, sources.proxy.list_version)
    if streams or sent.get("stream") is not True:
        return sent
    return {key: value for key, value in sent.items() if key != "stream"}


def takes_efforts(model: Model) -> bool:
    """Whether LiteLLM handles a model as one with a reasoning effort."""
    word = table("litellm")["routing_words"]["families"]["efforts"].rstrip("/")
    if model.provider == "azure" and word in model.judged:
        return True
    return names_like(model.judged, "reasons")


def sent_name(model: Model) -> str:
    """Return the name in a chat's body. LiteLLM removes only the word for a route or a family."""
    family = model.family
    if model.provider == "azure_ai":
        return re.sub(table("litellm")["names"]["foundry_router_prefix"], "", model.name)
    if model.provider != "azure" or family is None:
        return model.name
    return model.name.replace(table("litellm")["routing_words"]["families"][family.name], "")


def mode_of(sources: Sources) -> str | None:
    """Return the mode that LiteLLM finds for a deployment.

    LiteLLM looks up a noted mode under the provider that it uses, which may be a different one.
    Newer versions know the mode of the deployment itself.
    """
    deployment, proxy = sources.deployment, sources.proxy
    provider, name = path_of(sources)
    row = behaviour("litellm", "routing-words", proxy.version)
    first = row is None or row.effect == "first"
    other = uses_other_provider(sources)
    if other or not deployment.is_listed(provider):
        if first:
            return deployment.mode
        return proxy.modes.get(noted_key(f"{provider}/{name}")) if other else None
    if first and deployment.mode == "responses":
        return "responses"
    return proxy.modes.get(
        noted_key(deployment.noted_as if deployment.noted else f"{provider}/{name}")
    )


def keeps_prefix(sources: Sources) -> bool:
    """Whether LiteLLM looks up the parameters of a bridged chat by its name with the prefix."""
    row = behaviour("litellm", "routing-words", sources.proxy.version)
    return mode_of(sources) == "responses" and row is not None and row.effect != "first"


def uses_other_provider(sources: Sources) -> bool:
    """Whether LiteLLM uses a different provider from the one in the model."""
    return sources.deployment.path[0] not in (path_of(sources)[0], PROVIDER)
