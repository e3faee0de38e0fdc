"""The URL, credential and headers of LiteLLM's requests.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.source.secret import Secret
from clawdoctor.wire import azure_url
from clawdoctor.wire.addressed import addressed
from clawdoctor.wire.azure_credential import (
    BEARER,
    KEY,
    NO_OPENAI_KEY,
    Choice,
    NoCredential,
    chat_credential,
    gateway_credential,
    responses_credential,
)
from clawdoctor.wire.called_path import openai_base, path_of
from clawdoctor.wire.foundry_address import responses_at_foundry
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Api, Parameters, Unpredicted
from clawdoctor.wire.request_failures import (
    NO_RESPONSES_BASE,
    PATHS,
    check_token,
    client_failed,
    failed,
    no_base,
    unconnected,
)
from clawdoctor.wire.served import Picked, Sources, parameters, settings, variables

_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)

_GATEWAY = "gateway.ai.cloudflare.com"


def at_azure(
    sources: Sources,
    api: Api,
    made: Mapping[str, Any],
    changes: Parameters,
    *,
    o_series: bool = False,
    completes_text: bool = False,
) -> Prediction:
    """Return a chat, embeddings or text completion request through the provider `azure`."""
    error = "APIError" if api == "chat" and not o_series else "APIConnectionError"
    version = azure_url.version_of(sources)
    undated = version.value in table("azure")["undated"]
    base = azure_url.base_of(sources)
    if api == "chat" and not o_series and base is not None and _GATEWAY in base.value:
        return _at_gateway(sources, base, version, made, changes)
    path = "completions" if completes_text else PATHS[api]
    endpoint = variables("AZURE_OPENAI_ENDPOINT")
    choice = chat_credential(sources, v1=undated, embeddings=api == "embeddings")
    if isinstance(choice, NoCredential) and choice.status is not None:
        raise StoppedError(failed(choice.kind, choice.text, "BadRequestError", choice.status))
    check_token(sources, error, embeddings=api == "embeddings")
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    if isinstance(choice, NoCredential):
        called = choice.kind == "token-provider" and api == "chat"
        late = called or choice.text == NO_OPENAI_KEY  # the client looks for the base before
        if late and not undated and base is None and sources.first_of(*endpoint) is None:
            raise StoppedError(failed("no-base", _NO_BASE, error))
        refused = failed(choice.kind, choice.text, "APIError" if called else error)
        raise StoppedError(refused, {"credential": choice.origins})
    if base is None and sources.is_empty(azure_url.BASE_VARIABLES[0]):
        raise StoppedError(unconnected(sources, api))
    if base is None and not undated:
        base = sources.first_of(*endpoint)
        if base is None and sources.is_empty("AZURE_OPENAI_ENDPOINT"):
            raise StoppedError(unconnected(sources, api))
    if base is None and undated:
        raise StoppedError(replace(unconnected(sources, api), kind="no-base"))
    if base is None:
        raise StoppedError(failed("no-base", _NO_BASE, error))
    address = azure_url.chat_address(
        base.value, version.value, made["model"], path, sources.proxy.version
    )
    return addressed(sources, api, address, choice, made, changes, base, version)


def _at_gateway(
    sources: Sources, base: Picked, version: Picked, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    """Return a chat through Cloudflare's gateway. LiteLLM sends the model only in the path."""
    choice = gateway_credential(sources)
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    if isinstance(choice, NoCredential):
        raise StoppedError(failed(choice.kind, choice.text))
    address = azure_url.gateway_address(base.value, version.value, made["model"])
    body = {**made, "model": None}
    return addressed(sources, "chat", address, choice, body, changes, base, version)


def at_openai(
    sources: Sources, api: Api, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    """Return a request through the provider `openai`."""
    base = openai_base(sources)
    origins = (
        *parameters("api_key"),
        *settings("api_key", "openai_key"),
        *variables("OPENAI_API_KEY"),
    )
    keys = [*sources.all_of(*origins)]
    if not keys and api != "responses":
        raise StoppedError(client_failed(sources, "no-key", NO_OPENAI_KEY))
    if base is None:
        raise StoppedError(Unpredicted("OpenAI itself serves this model, not Azure"))
    if keys:
        key, *others = keys
        lost = tuple(picked.origin for picked in others)
        choice = Choice(BEARER, Secret(key.value), (key.origin,), KEY, lost)
    else:
        written = "" if sources.is_empty("OPENAI_API_KEY") else "None"
        said = f'the word "{written}"' if written else "an empty string"
        choice = Choice(BEARER, Secret(written), (), f"{said}, because no API key is set")
    address = azure_url.openai_address(
        base.value, PATHS[api], sources.proxy.version, sdk=api != "responses"
    )
    return addressed(sources, api, address, choice, made, changes, base, None)


def to_responses(
    sources: Sources, sent: Mapping[str, Any], changes: Parameters, *, bridged: bool = False
) -> Prediction:
    """Return a Responses request through the deployment's provider. A bridged one was a chat."""
    provider, _ = path_of(sources)
    if provider == "openai":
        return at_openai(sources, "responses", sent, changes)
    if provider == "azure_ai":
        return responses_at_foundry(sources, sent, changes)
    foundry = sources.deployment.path[0] == "azure_ai" and not bridged
    check_token(sources, "APIConnectionError", foundry=foundry)
    choice = responses_credential(sources)
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    base = azure_url.base_of(sources)
    if base is None and sources.is_empty(azure_url.BASE_VARIABLES[0]):
        raise StoppedError(unconnected(sources, "responses"))
    if base is None and foundry:
        raise StoppedError(no_base(NO_RESPONSES_BASE))
    if base is None:
        raise StoppedError(failed("no-base", NO_RESPONSES_BASE, "APIConnectionError"))
    version = azure_url.responses_version_of(sources, base.value)
    address = azure_url.responses_address(base.value, version.value, sources.proxy.version)
    return addressed(sources, "responses", address, choice, sent, changes, base, version)
