"""The request that LiteLLM builds for one deployment from the request that it receives.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.wire.call_parameters import with_own
from clawdoctor.wire.called_model import is_bridged
from clawdoctor.wire.candidates import OWN_FALLBACKS
from clawdoctor.wire.chat_call import chat_request
from clawdoctor.wire.chat_settings import CACHE_POINTS
from clawdoctor.wire.embeddings_call import embeddings_request
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Api, Refused, Unpredicted
from clawdoctor.wire.responses_call import responses_request
from clawdoctor.wire.sending import (
    check_headers,
    check_key,
    check_limit,
    check_timeout,
    sent_by_client,
    with_text_key,
)
from clawdoctor.wire.served import ProxySettings, ServedDeployment, Sources, as_used, text_of

_OF_AZURE = "litellm.APIError: AzureException APIError - "

_NAMED_BY = {"openai": ("OpenAIException", "OPENAI"), "azure_ai": ("Azure_aiException", "AZURE_AI")}
"""The exceptions of other providers, and their word in the names of variables."""

_OTHER_PROXY = "use_litellm_proxy"

_OVERRIDABLE = (
    "drop_params",
    "additional_drop_params",
    "allowed_openai_params",
    "api_base",
    "base_url",
    "api_key",
    "api_version",
    "responses_api_version",
    "extra_headers",
    "headers",
    "organization",
    "timeout",
    "use_chat_completions_api",
    CACHE_POINTS,
)
"""The settings of a deployment that a request, or a fallback with parameters, overrides."""


def predict(
    deployment: ServedDeployment, proxy: ProxySettings, api: Api, body: Mapping[str, Any]
) -> Prediction:
    """Return LiteLLM's request for a deployment, its refusal, or why it cannot be predicted.

    `api` and `body` belong to the request that the proxy receives.
    """
    own = {name: body[name] for name in _OVERRIDABLE if name in body}
    deployment = replace(deployment, params={**deployment.params, **own})
    sources = Sources(as_used(deployment, proxy, api), proxy)
    if proxy.settings.get(_OTHER_PROXY) is True:
        return Prediction(Unpredicted(f"LiteLLM sends all requests to a proxy ({_OTHER_PROXY})"))
    try:
        _check_fallbacks(deployment, api)
        check_limit(sources)
        check_timeout(sources, api, streams=body.get("stream") is True)
        check_headers(sources, api)
        check_key(sources, api, maps=True)
        if deployment.params.get("mock_response") is not None:
            raise StoppedError(Unpredicted("LiteLLM answers with the deployment's mock_response"))
        made = _made(with_text_key(sources), api, body)
        check_key(sources, api, maps=False)
        return sent_by_client(made, sources, api)
    except StoppedError as stopped:
        if api == "chat" and deployment.params.get("fallbacks"):
            return Prediction(OWN_FALLBACKS)
        return Prediction(_named_by(deployment, stopped.outcome), stopped.origins)
    except ValueError:  # from the URL, for example if its host contains lookalike characters
        return Prediction(Unpredicted("its api_base is not a URL"))


def _check_fallbacks(deployment: ServedDeployment, api: Api) -> None:
    """Raise StoppedError for a chat if `fallbacks` of the deployment are not a list."""
    given = deployment.params.get("fallbacks")
    if api == "chat" and given is not None and not isinstance(given, list):
        raise StoppedError(OWN_FALLBACKS)


def _named_by(
    deployment: ServedDeployment, outcome: Refused | Unpredicted
) -> Refused | Unpredicted:
    """Return a refusal as LiteLLM words it for a chat whose `deployment_id` makes it Azure's.

    LiteLLM then names the provider of the model in the text, and in the names of variables.
    """
    provider = deployment.path[0]
    if not text_of(deployment.params.get("deployment_id")) or not isinstance(outcome, Refused):
        return outcome
    if provider not in _NAMED_BY or not outcome.text.startswith(_OF_AZURE):
        return outcome
    name, word = _NAMED_BY[provider]
    text = outcome.text.removeprefix(_OF_AZURE).replace("OPENAI", word)
    whole = f"litellm.InternalServerError: InternalServerError: {name} - {text}"
    return replace(outcome, text=whole)


def bridges(deployment: ServedDeployment, proxy: ProxySettings, body: Mapping[str, Any]) -> bool:
    """Whether LiteLLM sends a chat for a deployment to the Responses API."""
    try:
        sources = Sources(as_used(deployment, proxy, "chat"), proxy)
        return is_bridged(sources, with_own(sources, body, "chat"))
    except StoppedError:
        return False


def _made(sources: Sources, api: Api, body: Mapping[str, Any]) -> Prediction:
    match api:
        case "chat":
            return chat_request(sources, body)
        case "responses":
            return responses_request(sources, body)
        case "embeddings":
            return embeddings_request(sources, body)
    raise StoppedError(Unpredicted("clawdoctor does not support this API"))
