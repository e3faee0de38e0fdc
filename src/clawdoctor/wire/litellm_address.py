"""The URL, credential and headers of LiteLLM's requests.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import brings_openai_3, is_openais
from clawdoctor.source.secret import Secret
from clawdoctor.wire import azure_url
from clawdoctor.wire.azure_credential import (
    API_KEY,
    BAD_TENANT,
    BEARER,
    KEY,
    NO_OPENAI_KEY,
    Choice,
    NoCredential,
    bad_tenant,
    chat_credential,
    gateway_credential,
    responses_credential,
    token_credential,
)
from clawdoctor.wire.azure_url import FOUNDRY_BASE, Address
from clawdoctor.wire.request import (
    Api,
    Credential,
    HopRequest,
    Outcome,
    Parameters,
    Refused,
    Unpredicted,
)
from clawdoctor.wire.served import (
    Origin,
    Picked,
    Sources,
    parameters,
    settings,
    text_of,
    variables,
)
from clawdoctor.wire.supported import ChatProvider
from clawdoctor.wire.text_completion import PROVIDER

_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)
_NO_RESPONSES_BASE = (
    "api_base is required for Azure AI Studio. Please set the api_base parameter. Passed"
    " `api_base=None`"
)
_NO_FOUNDRY_BASE = (
    "api_base is required for the Azure AI Foundry Responses API. Set the api_base parameter or the"
    " AZURE_AI_API_BASE environment variable."
)
_NO_FOUNDRY_KEY = (
    "Missing Azure AI credentials - set an API key (`api_key` or AZURE_AI_API_KEY), or Entra ID /"
    " OAuth credentials (`tenant_id` + `client_id` + `client_secret`, `azure_ad_token`, an OIDC"
    " token, or a managed identity with `litellm.enable_azure_ad_token_refresh = True`)"
)
_NO_PROVIDER = "LLM Provider NOT provided. Pass in the LLM provider you are trying to call."
_BACKSLASH = "Invalid URL: backslash"
_COMPATIBLE = "openai_compatible_providers"
_LISTING = "litellm_provider"
_GATEWAY = "gateway.ai.cloudflare.com"
_OPENAI = "api.openai.com"
_FIRST_PRINTABLE = ord(" ")
_PATHS = {"chat": "chat/completions", "embeddings": "embeddings", "responses": "responses"}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What LiteLLM does for one deployment, and where each part comes from.

    The keys of `origins` are the parts of a `Source`. `overrides` are the credentials that LiteLLM
    does not use.
    """

    outcome: Outcome
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    overrides: tuple[Origin, ...] = ()


class StoppedError(Exception):
    """LiteLLM sends nothing, or its request is unknown. `origins` are the settings that stop it."""

    def __init__(
        self,
        outcome: Refused | Unpredicted,
        origins: Mapping[str, tuple[Origin, ...]] | None = None,
    ) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome, self.origins = outcome, origins or {}


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
    _check_tenant(sources, error, embeddings=api == "embeddings")
    path = "completions" if completes_text else _PATHS[api]
    endpoint = variables("AZURE_OPENAI_ENDPOINT")
    choice = chat_credential(sources, v1=undated, embeddings=api == "embeddings")
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    if isinstance(choice, NoCredential):
        if choice.status is not None:
            raise StoppedError(failed(choice.kind, choice.text, "BadRequestError", choice.status))
        called = choice.kind == "token-provider" and api == "chat"
        late = called or choice.text == NO_OPENAI_KEY  # the client looks for the base before
        if late and not undated and base is None and sources.first_of(*endpoint) is None:
            raise StoppedError(failed("no-base", _NO_BASE, error))
        refused = failed(choice.kind, choice.text, "APIError" if called else error)
        raise StoppedError(refused, {"credential": choice.origins})
    if base is None and sources.is_empty(azure_url.BASE_VARIABLES[0]):
        raise StoppedError(_unconnected(sources, api))
    if base is None and not undated:
        base = sources.first_of(*endpoint)
        if base is None and sources.is_empty("AZURE_OPENAI_ENDPOINT"):
            raise StoppedError(_unconnected(sources, api))
    if base is None and undated:
        raise StoppedError(replace(_unconnected(sources, api), kind="no-base"))
    if base is None:
        raise StoppedError(failed("no-base", _NO_BASE, error))
    address = azure_url.chat_address(
        base.value, version.value, made["model"], path, sources.proxy.version
    )
    return _prediction(sources, api, address, choice, made, changes, base, version)


def _check_tenant(sources: Sources, error: str, *, embeddings: bool = False) -> None:
    """Raise StoppedError if LiteLLM, before it looks for a base, cannot get an Entra ID token."""
    origins = bad_tenant(sources, embeddings=embeddings)
    if not origins:
        return
    refused = failed("tenant", BAD_TENANT, error)
    if path_of(sources)[0] == "azure_ai":
        text = f"litellm.{error}: {error}: Azure_aiException - {BAD_TENANT}"
        refused = Refused("litellm", "tenant", text, 500)
    raise StoppedError(refused, {"credential": origins})


def _at_gateway(
    sources: Sources,
    base: Picked,
    version: Picked,
    made: Mapping[str, Any],
    changes: Parameters,
) -> Prediction:
    """Return a chat through Cloudflare's gateway. LiteLLM sends the model only in the path."""
    choice = gateway_credential(sources)
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    if isinstance(choice, NoCredential):
        raise StoppedError(failed(choice.kind, choice.text))
    address = azure_url.gateway_address(base.value, version.value, made["model"])
    body = {**made, "model": None}
    return _prediction(sources, "chat", address, choice, body, changes, base, version)


def at_openai(
    sources: Sources, api: Api, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    """Return a request through the provider `openai`."""
    base = _openai_base(sources)
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
        base.value, _PATHS[api], sources.proxy.version, sdk=api != "responses"
    )
    return _prediction(sources, api, address, choice, made, changes, base, None)


def _openai_base(sources: Sources) -> Picked | None:
    return sources.first_of(
        *parameters("api_base", "base_url"),
        *settings("api_base"),
        *variables("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    )


def is_openai_itself(sources: Sources) -> bool:
    """Whether the provider `openai` sends a request to OpenAI: if no base says otherwise."""
    base = _openai_base(sources)
    host = urlsplit(base.value).hostname or "" if base is not None else _OPENAI
    return f".{host}".endswith(f".{_OPENAI}")


def path_of(sources: Sources) -> tuple[ChatProvider, str]:
    """Return the provider that LiteLLM uses, and the model's name without the provider.

    LiteLLM treats an OpenAI model of the provider `azure_ai` as a model of the provider `azure`,
    unless its URL belongs to Foundry.
    """
    provider, name = sources.deployment.path
    match provider:
        case "azure" if name in table("litellm_providers")["azure_others"]:
            return "openai", sources.deployment.model
        case "azure" | "azure_text":
            return "azure", name
        case "openai":
            return provider, name
        case "azure_ai":
            base = sources.first_of(*parameters("api_base", "base_url"), *variables(FOUNDRY_BASE))
            plain = name.partition("/")[2] or name
            elsewhere = not _is_foundry(base.value) if base else sources.is_empty(FOUNDRY_BASE)
            _check_listing(sources, elsewhere=elsewhere)
            if elsewhere and is_openais(plain):
                return "azure", name
            _check_compatible(sources)
            if re.search(table("litellm")["names"]["foundry_others"], name, re.IGNORECASE):
                raise StoppedError(Unpredicted("clawdoctor does not support this azure_ai model"))
            return "azure_ai", name
    if not provider:
        raise StoppedError(Unpredicted("clawdoctor does not support the provider of this model"))
    if provider not in table("litellm_providers")["providers"]:
        model = sources.deployment.model
        text = f"litellm.BadRequestError: {_NO_PROVIDER} You passed model={model}"
        raise StoppedError(Refused("litellm", "no-provider", text, 400))
    raise StoppedError(Unpredicted(f"clawdoctor does not support the provider {provider}"))


def _check_listing(sources: Sources, *, elsewhere: bool) -> None:
    """Raise StoppedError if `model_info` gives a Foundry model to a provider, except OpenAI."""
    chosen = text_of(sources.deployment.info.get(_LISTING))
    if chosen is not None and (elsewhere or chosen != "openai"):
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_LISTING}"))


def _check_compatible(sources: Sources) -> None:
    """Raise StoppedError if the config changes the providers that have OpenAI's API."""
    listed = sources.proxy.settings.get(_COMPATIBLE)
    if listed is not None and not (isinstance(listed, list) and "azure_ai" in listed):
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_COMPATIBLE}"))


def _is_foundry(base: str) -> bool:
    parts = urlsplit(base)
    host = (parts.hostname or "").endswith(".services.ai.azure.com")
    return host and "/openai/deployments" not in parts.path


def _given_foundry_base(sources: Sources) -> Picked | None:
    return sources.first_of(
        *parameters("api_base", "base_url"), *variables(FOUNDRY_BASE), *settings("api_base")
    )


def _foundry_base(sources: Sources, api: Api) -> Picked:
    base = _given_foundry_base(sources)
    if base is None and api == "embeddings":
        raise StoppedError(Unpredicted("LiteLLM sends this embeddings request to OpenAI itself"))
    if base is None and sources.is_empty(FOUNDRY_BASE):
        raise StoppedError(client_failed(sources, "no-base", f"/{_PATHS['chat']}"))
    if base is None:
        raise StoppedError(_no_base(_NO_FOUNDRY_BASE if api == "responses" else _NO_RESPONSES_BASE))
    return base


def _no_base(text: str) -> Refused:
    whole = f"litellm.APIConnectionError: APIConnectionError: Azure_aiException - {text}"
    return Refused("litellm", "no-base", whole, 500)


def _foundry_choice(sources: Sources, base: str, api: Api) -> Choice | None:
    keys = [
        *sources.all_of(
            *parameters("api_key"), *variables("AZURE_AI_API_KEY"), *settings("api_key")
        )
    ]
    if not keys:
        _check_tenant(sources, "APIConnectionError")
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
        base.value, version.value if version is not None else None, _PATHS["chat"]
    )
    choice = _foundry_choice(sources, base.value, "chat")
    return _prediction(sources, "chat", address, choice, made, changes, base, version)


def has_responses(sources: Sources) -> bool:
    """Whether LiteLLM sends Foundry requests to the Responses API: only on Azure hosts.

    Without any URL, LiteLLM looks for a credential before it refuses the request.
    """
    base = _given_foundry_base(sources)
    if base is None and sources.is_empty(FOUNDRY_BASE):
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
    if _is_foundry(root):
        parts = urlsplit(root)
        path = f"{parts.path.rstrip('/').removesuffix('/models')}/models"
        root = parts._replace(path=path).geturl()
    address = azure_url.openai_address(root, _PATHS["embeddings"], sources.proxy.version)
    return _prediction(sources, "embeddings", address, choice, made, changes, base, None)


def _embedding_choice(sources: Sources) -> Choice | None:
    """Return the credential of a Foundry embeddings request. OpenAI's client may have a key."""
    own = (*parameters("api_key"), *variables("AZURE_AI_API_KEY"), *settings("api_key"))
    key = sources.first_of(*own)
    if key is None:
        _check_tenant(sources, "APIConnectionError")
        token = token_credential(sources)
        if isinstance(token, Unpredicted):
            raise StoppedError(token)
        if token is not None:
            return token
        key = sources.first_of(*variables("OPENAI_API_KEY"))
    return Choice(BEARER, Secret(key.value), (key.origin,), KEY) if key is not None else None


def _to_foundry(
    sources: Sources, name: str, sent: Mapping[str, Any], changes: Parameters
) -> Prediction:
    del name
    given = _given_foundry_base(sources)
    choice = _foundry_choice(sources, given.value if given is not None else "", "responses")
    if choice is None:
        text = (
            f"litellm.APIConnectionError: APIConnectionError: Azure_aiException - {_NO_FOUNDRY_KEY}"
        )
        raise StoppedError(Refused("litellm", "no-key", text, 500))
    base = _foundry_base(sources, "responses")
    address = azure_url.foundry_responses_address(base.value)
    return _prediction(sources, "responses", address, choice, sent, changes, base, None)


def to_responses(
    sources: Sources, sent: Mapping[str, Any], changes: Parameters, *, bridged: bool = False
) -> Prediction:
    """Return a Responses request through the deployment's provider. A bridged one was a chat."""
    provider, name = path_of(sources)
    if provider == "openai":
        return at_openai(sources, "responses", sent, changes)
    if provider == "azure_ai":
        return _to_foundry(sources, name, sent, changes)
    _check_tenant(sources, "APIConnectionError")
    choice = responses_credential(sources)
    if isinstance(choice, Unpredicted):
        raise StoppedError(choice)
    base = azure_url.base_of(sources)
    if base is None and sources.is_empty(azure_url.BASE_VARIABLES[0]):
        raise StoppedError(_unconnected(sources, "responses"))
    if base is None and sources.deployment.path[0] == "azure_ai" and not bridged:
        raise StoppedError(_no_base(_NO_RESPONSES_BASE))
    if base is None:
        raise StoppedError(failed("no-base", _NO_RESPONSES_BASE, "APIConnectionError"))
    version = azure_url.responses_version_of(sources, base.value)
    address = azure_url.responses_address(base.value, version.value, sources.proxy.version)
    return _prediction(sources, "responses", address, choice, sent, changes, base, version)


def _prediction(
    sources: Sources,
    api: Api,
    address: Address,
    choice: Choice | None,
    body: Mapping[str, Any],
    changes: Parameters,
    base: Picked,
    version: Picked | None,
) -> Prediction:
    _check_url(sources, api, address, base.value)
    headers: dict[str, str | Secret] = {"content-type": "application/json"}
    origins: dict[str, tuple[Origin, ...]] = {"url": (base.origin,)}
    if version is not None and "api-version" in address.query:
        own = address.query["api-version"] == version.value
        origins["api-version"] = (version.origin if own else base.origin,)
    credential = None
    if choice is not None:
        credential = _credential(choice)
        value = choice.value or Secret("")
        bearer = choice.header == BEARER
        whole = f"Bearer {value.reveal()}" if bearer else value.reveal()
        if choice.value is not None:  # HTTP ignores whitespace around a value
            whole = whole.strip(" \t")
        headers[choice.header] = Secret(whole)
        if choice.beside is not None:
            headers[API_KEY] = choice.beside
        origins["credential"] = choice.origins
    last = choice.header if choice is not None and path_of(sources)[0] == "azure_ai" else None
    for name, (written, origin) in _extra_headers(sources, api).items():
        if name == last and api == "chat":
            continue  # LiteLLM overwrites it with its credential
        headers[name] = written
        origins[f"header {name}"] = (origin,)
        if credential is not None and name in (BEARER, API_KEY):
            credential = None
    for name in changes.added:
        if name in sources.deployment.params:
            origins[f"parameter {name}"] = (Origin("parameter", name),)
    request = HopRequest(
        "litellm",
        api,
        address.origin,
        address.path,
        address.query,
        headers,
        body,
        credential,
        changes,
    )
    return Prediction(request, origins, choice.overrides if choice is not None else ())


def _check_url(sources: Sources, api: Api, address: Address, base: str) -> None:
    """Raise StoppedError for a URL to which LiteLLM's client sends nothing."""
    if any(ord(char) < _FIRST_PRINTABLE for char in base):
        text = "Invalid non-printable ASCII character in URL"  # its position follows
        raise StoppedError(Refused("litellm", "control-character", text, 500))
    if not base.lower().startswith(("http://", "https://")):
        raise StoppedError(_unconnected(sources, api))
    if "\\" in address.origin:
        raise StoppedError(_unconnected(sources, api, "host", _BACKSLASH))


def _unconnected(sources: Sources, api: Api, kind: str = "no-scheme", text: str = "") -> Refused:
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


def _credential(choice: Choice) -> Credential:
    names = [origin.name for origin in choice.origins if origin.kind == "variable"]
    single = names[0] if len(names) == 1 and len(choice.origins) == 1 else None
    return Credential(choice.header, choice.value, choice.description, single)


def _extra_headers(sources: Sources, api: Api) -> Mapping[str, tuple[str | Secret, Origin]]:
    """Return the headers that the config adds, in lower case, each with its origin.

    The headers of litellm_settings apply to chats of deployments without their own headers.
    """
    found: dict[str, tuple[str | Secret, Origin]] = {}
    if api == "embeddings" and path_of(sources)[0] == "azure_ai":
        return found
    for block in ("headers", "extra_headers"):
        written = sources.deployment.params.get(block)
        if isinstance(written, Mapping):
            origin = Origin("parameter", block)
            found |= {str(name).lower(): (value, origin) for name, value in written.items()}
    written = sources.proxy.settings.get("headers")
    text = sources.deployment.path[0] == PROVIDER
    if not found and api == "chat" and not text and isinstance(written, Mapping):
        origin = Origin("setting", "headers")
        found = {str(name).lower(): (value, origin) for name, value in written.items()}
    return found


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
