"""The failures of LiteLLM and of its clients before they send a request."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.knowledge.litellm import brings_openai_3
from clawdoctor.wire.azure_credential import token_fault
from clawdoctor.wire.azure_url import Address
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.prediction import StoppedError
from clawdoctor.wire.request import Api, Refused
from clawdoctor.wire.served import Sources
from clawdoctor.wire.text_completion import PROVIDER

NO_RESPONSES_BASE = (
    "api_base is required for Azure AI Studio. Please set the api_base parameter. Passed"
    " `api_base=None`"
)

_BACKSLASH = "Invalid URL: backslash"

_FIRST_PRINTABLE = ord(" ")

PATHS = {"chat": "chat/completions", "embeddings": "embeddings", "responses": "responses"}


def check_token(
    sources: Sources, error: str, *, foundry: bool = False, embeddings: bool = False
) -> None:
    """Raise StoppedError if LiteLLM, before it looks for a base, cannot get an Entra ID token.

    `foundry` means that LiteLLM names the provider `azure_ai` in its text.
    """
    fault = token_fault(sources, embeddings=embeddings)
    if fault is None:
        return
    refused = failed(fault.kind, fault.text, error)
    if foundry:
        text = f"litellm.{error}: {error}: Azure_aiException - {fault.text}"
        refused = Refused("litellm", fault.kind, text, 500)
    raise StoppedError(refused, {"credential": fault.origins})


def no_base(text: str) -> Refused:
    """Return the refusal of a Foundry request because no URL is set."""
    whole = f"litellm.APIConnectionError: APIConnectionError: Azure_aiException - {text}"
    return Refused("litellm", "no-base", whole, 500)


def check_url(sources: Sources, api: Api, address: Address, base: str) -> None:
    """Raise StoppedError for a URL to which LiteLLM's client sends nothing."""
    if any(ord(char) < _FIRST_PRINTABLE for char in base):
        text = "Invalid non-printable ASCII character in URL"  # its position follows
        raise StoppedError(Refused("litellm", "control-character", text, 500))
    if not base.lower().startswith(("http://", "https://")):
        raise StoppedError(unconnected(sources, api))
    if "\\" in address.origin:
        raise StoppedError(unconnected(sources, api, "host", _BACKSLASH))


def unconnected(sources: Sources, api: Api, kind: str = "no-scheme", text: str = "") -> Refused:
    """Return the refusal of LiteLLM's client to send a request to a URL, by default without scheme.

    `text` is the client's own, if it does not continue with the URL.
    """
    if hides_failures(sources, api):
        refused = client_failed(sources, kind, "Connection error.", "APIConnectionError")
        if sources.deployment.path[0] == PROVIDER:
            named = refused.text.replace("AzureException", "Azure_textException")
            return replace(refused, text=named)
        return refused
    error = "APIConnectionError" if api == "embeddings" else "APIError"
    return client_failed(sources, kind, text, error)


def hides_failures(sources: Sources, api: Api) -> bool:
    """Whether openai 2 sends the request. It reports "Connection error." if it cannot send it.

    LiteLLM sends Responses requests, and chats through azure_ai, without OpenAI's client.
    """
    by_sdk = path_of(sources)[0] != "azure_ai" or api == "embeddings"
    return api != "responses" and by_sdk and not brings_openai_3(sources.proxy.version)


def client_failed(sources: Sources, kind: str, text: str, error: str = "APIError") -> Refused:
    """Return the failure of a provider's client. `error` is its name in `azure`."""
    match path_of(sources)[0]:
        case "azure":
            return failed(kind, text, error)
        case "openai":
            name = "OpenAIException"
        case "azure_ai":
            name = "Azure_aiException"
    whole = f"litellm.InternalServerError: InternalServerError: {name} - {text}"
    return Refused("litellm", kind, whole, 500)


def failed(kind: str, text: str, error: str = "APIError", status: int = 500) -> Refused:
    """Return the refusal of a request because of a missing setting."""
    return Refused("litellm", kind, f"litellm.{error}: AzureException {error} - {text}", status)
