"""The URL and the credential of LiteLLM's requests through the provider `azure_ai`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.knowledge.litellm import names_like
from clawdoctor.source.secret import Secret
from clawdoctor.wire import azure_url
from clawdoctor.wire.addressed import addressed
from clawdoctor.wire.azure_credential import (
    API_KEY,
    BEARER,
    KEY,
    NO_OPENAI_KEY,
    Choice,
    responses_credential,
    token_credential,
)
from clawdoctor.wire.azure_url import FOUNDRY_BASE
from clawdoctor.wire.called_path import given_foundry_base, is_foundry
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Api, Parameters, Refused, Unpredicted
from clawdoctor.wire.request_failures import (
    NO_RESPONSES_BASE,
    PATHS,
    check_token,
    client_failed,
    no_base,
)
from clawdoctor.wire.served import Picked, Sources, parameters, settings, variables

_NO_FOUNDRY_BASE = (
    "api_base is required for the Azure AI Foundry Responses API. Set the api_base parameter or the"
    " AZURE_AI_API_BASE environment variable."
)

_NO_FOUNDRY_KEY = (
    "Missing Azure AI credentials - set an API key (`api_key` or AZURE_AI_API_KEY), or Entra ID /"
    " OAuth credentials (`tenant_id` + `client_id` + `client_secret`, `azure_ad_token`, an OIDC"
    " token, or a managed identity with `litellm.enable_azure_ad_token_refresh = True`)"
)


def _foundry_base(sources: Sources, api: Api) -> Picked:
    base = given_foundry_base(sources)
    if base is None and api == "embeddings":
        raise StoppedError(Unpredicted("LiteLLM sends this embeddings request to OpenAI itself"))
    if base is None and sources.is_empty(FOUNDRY_BASE):
        raise StoppedError(client_failed(sources, "no-base", f"/{PATHS['chat']}"))
    if base is None:
        raise StoppedError(no_base(_NO_FOUNDRY_BASE if api == "responses" else NO_RESPONSES_BASE))
    return base


def _foundry_choice(sources: Sources, base: str, api: Api) -> Choice | None:
    keys = [
        *sources.all_of(
            *parameters("api_key"), *variables("AZURE_AI_API_KEY"), *settings("api_key")
        )
    ]
    if not keys:
        check_token(sources, "APIConnectionError", foundry=True)
        found = (token_credential if api == "responses" else responses_credential)(sources)
        if isinstance(found, Unpredicted):
            raise StoppedError(found)
        return found
    key, *others = keys
    host = urlsplit(base).hostname or ""
    own = host.endswith((".services.ai.azure.com", ".openai.azure.com"))
    lost = tuple(picked.origin for picked in others)
    header = API_KEY if own else BEARER
    return Choice(header, Secret(key.value), (key.origin,), KEY, lost)


def at_foundry(sources: Sources, made: Mapping[str, Any], changes: Parameters) -> Prediction:
    """Return a chat through the provider `azure_ai`."""
    base = _foundry_base(sources, "chat")
    version = sources.parameter("api_version")
    address = azure_url.foundry_address(
        base.value, version.value if version is not None else None, PATHS["chat"]
    )
    choice = _foundry_choice(sources, base.value, "chat")
    return addressed(sources, "chat", address, choice, made, changes, base, version)


def has_responses(sources: Sources) -> bool:
    """Whether LiteLLM sends Foundry requests to the Responses API: only on Azure hosts.

    It sends only chats to a model router. Without any URL, LiteLLM looks for a credential before it
    refuses the request.
    """
    base = given_foundry_base(sources)
    if base is None and sources.is_empty(FOUNDRY_BASE):
        return False
    if names_like(sources.deployment.path[1], "foundry_router"):
        return False
    host = urlsplit(base.value).hostname or "" if base is not None else ".openai.azure.com"
    return host.endswith((".services.ai.azure.com", ".openai.azure.com"))


def embedded_at_foundry(
    sources: Sources, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    """Return an embeddings request through the provider `azure_ai`, which OpenAI's client sends."""
    base = _foundry_base(sources, "embeddings")
    choice = _embedding_choice(sources)
    if choice is None:
        text = NO_OPENAI_KEY.replace("OPENAI", "AZURE_AI")
        raise StoppedError(client_failed(sources, "no-key", text))
    root = base.value
    if is_foundry(root):
        parts = urlsplit(root)
        path = f"{parts.path.rstrip('/').removesuffix('/models')}/models"
        root = parts._replace(path=path).geturl()
    address = azure_url.openai_address(root, PATHS["embeddings"], sources.proxy.version)
    return addressed(sources, "embeddings", address, choice, made, changes, base, None)


def _embedding_choice(sources: Sources) -> Choice | None:
    """Return the credential of a Foundry embeddings request. OpenAI's client may have a key."""
    own = (*parameters("api_key"), *variables("AZURE_AI_API_KEY"), *settings("api_key"))
    key = sources.first_of(*own)
    if key is None:
        check_token(sources, "APIConnectionError", foundry=True)
        token = token_credential(sources)
        if isinstance(token, Unpredicted):
            raise StoppedError(token)
        if token is not None:
            return token
        key = sources.first_of(*variables("OPENAI_API_KEY"))
    return Choice(BEARER, Secret(key.value), (key.origin,), KEY) if key is not None else None


def responses_at_foundry(
    sources: Sources, sent: Mapping[str, Any], changes: Parameters
) -> Prediction:
    """Return a Responses request through the provider `azure_ai`."""
    given = given_foundry_base(sources)
    choice = _foundry_choice(sources, given.value if given is not None else "", "responses")
    if choice is None:
        text = (
            f"litellm.APIConnectionError: APIConnectionError: Azure_aiException - {_NO_FOUNDRY_KEY}"
        )
        raise StoppedError(Refused("litellm", "no-key", text, 500))
    base = _foundry_base(sources, "responses")
    address = azure_url.foundry_responses_address(base.value)
    return addressed(sources, "responses", address, choice, sent, changes, base, None)
