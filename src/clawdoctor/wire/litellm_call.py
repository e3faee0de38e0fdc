"""The request that LiteLLM makes for one deployment, from the request that it gets.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import has_system_role, names_like
from clawdoctor.source.secret import Secret
from clawdoctor.wire import azure_url
from clawdoctor.wire.azure_credential import (
    API_KEY,
    BEARER,
    Choice,
    NoCredential,
    chat_credential,
    responses_credential,
)
from clawdoctor.wire.azure_url import Address
from clawdoctor.wire.parameters import (
    Mapped,
    Model,
    Unsupported,
    is_sent_as_is,
    map_parameters,
)
from clawdoctor.wire.request import (
    Api,
    Credential,
    HopRequest,
    Outcome,
    Parameters,
    Refused,
    Unpredicted,
)
from clawdoctor.wire.responses_bridge import as_responses, is_bridged, map_responses
from clawdoctor.wire.served import (
    Origin,
    Picked,
    ProxySettings,
    ServedDeployment,
    Sources,
    parameters,
    settings,
    variables,
)

_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)
_NO_RESPONSES_BASE = (
    "api_base is required for Azure AI Studio. Please set the api_base parameter. Passed"
    " `api_base=None`"
)
_NO_EMBEDDINGS_BASE = (
    "No API Base provided for Azure OpenAI LLM provider. Set 'AZURE_API_BASE' in .env"
)
_PATHS = {"chat": "chat/completions", "embeddings": "embeddings", "responses": "responses"}


@dataclass(frozen=True, slots=True)
class Prediction:
    """What LiteLLM does for one deployment, and where each part comes from.

    The keys of `origins` are the parts of a `Source`. `overrides` are the credentials that it does
    not use.
    """

    outcome: Outcome
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    overrides: tuple[Origin, ...] = ()


class _Stopped(Exception):
    def __init__(self, outcome: Refused | Unpredicted) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


def predict(
    deployment: ServedDeployment, proxy: ProxySettings, api: Api, body: Mapping[str, Any]
) -> Prediction:
    """Return LiteLLM's request for a deployment, its refusal, or why it cannot be predicted.

    `api` and `body` are those of the request that the proxy gets.
    """
    sources = Sources(deployment, proxy)
    provider, _ = deployment.path
    try:
        if provider not in ("azure", "openai", "azure_ai"):
            raise _Stopped(
                Unpredicted(f"the provider {provider or 'of this model'} is not modelled")
            )
        if provider == "azure_ai":
            return _foundry(sources, api, body)
        match api:
            case "chat":
                return _chat(sources, body)
            case "responses":
                return _responses(sources, body)
            case "embeddings":
                return _embeddings(sources, body)
        raise _Stopped(Unpredicted("this API is not modelled"))
    except _Stopped as stopped:
        return Prediction(stopped.outcome)


def _chat(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    deployment, proxy = sources.deployment, sources.proxy
    provider, named = deployment.path
    version = azure_url.version_of(sources) if provider == "azure" else None
    model = Model(
        "azure" if provider == "azure" else "openai",
        named,
        deployment.base_model,
        version.value if version is not None else "",
    )
    whole = _with_own(deployment, body)
    bridged = is_bridged(model, whole, proxy.version, declared=_is_declared(deployment, proxy))
    mapped = map_parameters(
        whole,
        model,
        proxy.version,
        drop=_drops(deployment, proxy),
        named=_names(deployment, "additional_drop_params"),
        allowed=(
            *_names(deployment, "allowed_openai_params"),
            *(["reasoning_effort"] if bridged else []),
        ),
    )
    if isinstance(mapped, Unsupported):
        raise _Stopped(_refused(mapped))
    messages = _messages(whole.get("messages"), model)
    if bridged:
        return _bridged(sources, body, whole, messages, mapped)
    sent = _streaming(dict(mapped.sent), model)
    if not sent.get("tools") and not sent.get("functions"):
        sent.pop("tool_choice", None)
    made = {"model": deployment.name, "messages": messages, **sent}
    changes = _changes(body, deployment, made, mapped.renamed)
    if provider == "azure":
        return _at_azure(sources, "chat", made, changes)
    return _at_openai(sources, "chat", made, changes)


def _bridged(
    sources: Sources,
    body: Mapping[str, Any],
    whole: Mapping[str, Any],
    messages: object,
    mapped: Mapped,
) -> Prediction:
    deployment, proxy = sources.deployment, sources.proxy
    summary = proxy.settings.get("reasoning_auto_summary") is True
    streamed = {**mapped.sent, "stream": mapped.sent.get("stream") is True}
    made = as_responses(deployment.name, messages, streamed, summary=summary)
    again = map_responses(
        made,
        deployment.name,
        "azure" if deployment.path[0] == "azure" else "openai",
        drop=_drops(deployment, proxy),
    )
    if isinstance(again, Unsupported):
        raise _Stopped(_refused(again))
    sent = {"model": made["model"], "input": made["input"], **again.sent}
    renamed = {old: new for old, new in _BRIDGED_NAMES.items() if old in whole and new in sent}
    return _to_responses(sources, sent, _changes(body, deployment, sent, renamed))


_BRIDGED_NAMES = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning",
    "verbosity": "text",
    "response_format": "text",
}


def _responses(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    deployment, proxy = sources.deployment, sources.proxy
    provider, named = deployment.path
    if provider not in ("azure", "openai"):
        raise _Stopped(Unpredicted(f"Responses through the provider {provider} are not modelled"))
    whole = _with_own(deployment, body)
    mapped = map_responses(
        whole,
        named,
        "azure" if provider == "azure" else "openai",
        drop=_drops(deployment, proxy),
        named=_names(deployment, "additional_drop_params"),
        allowed=_names(deployment, "allowed_openai_params"),
    )
    if isinstance(mapped, Unsupported):
        raise _Stopped(_refused(mapped))
    extra = whole.get("extra_body")
    sent = {
        "model": deployment.name,
        "input": whole.get("input"),
        **mapped.sent,
        **(extra if isinstance(extra, Mapping) else {}),
    }
    return _to_responses(sources, sent, _changes(body, deployment, sent, {}))


def _to_responses(sources: Sources, sent: Mapping[str, Any], changes: Parameters) -> Prediction:
    if sources.deployment.path[0] == "openai":
        return _at_openai(sources, "responses", sent, changes)
    base = azure_url.base_of(sources)
    if base is None:
        raise _Stopped(_failed("no-base", _NO_RESPONSES_BASE, "APIConnectionError"))
    version = azure_url.responses_version_of(sources, base.value)
    address = azure_url.responses_address(base.value, version.value, sources.proxy.version)
    choice = responses_credential(sources)
    return _prediction(sources, "responses", address, choice, sent, changes, base, version)


def _embeddings(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    deployment = sources.deployment
    provider, named = deployment.path
    whole = _with_own(deployment, body)
    requested = table("litellm_request")
    taken = (*requested["embeddings"], *requested["known"], "input")
    sent = {
        name: value
        for name, value in whole.items()
        if value is not None
        and name not in ("model", "extra_body")
        and (name in taken or is_sent_as_is(name))
    }
    # LiteLLM's client asks for base64 unless the request names another form.
    extra = whole.get("extra_body")
    more = extra if isinstance(extra, Mapping) else {}
    made = {"encoding_format": "base64", **sent, **more, "model": named}
    changes = _changes(body, deployment, made, {})
    if provider == "azure":
        if azure_url.base_of(sources) is None:
            raise _Stopped(_failed("no-base", _NO_EMBEDDINGS_BASE, "APIConnectionError"))
        return _at_azure(sources, "embeddings", made, changes)
    return _at_openai(sources, "embeddings", made, changes)


def _at_azure(
    sources: Sources, api: Api, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    base = azure_url.base_of(sources) or sources.first_of(*variables("AZURE_OPENAI_ENDPOINT"))
    if base is None:
        raise _Stopped(_failed("no-base", _NO_BASE))
    version = azure_url.version_of(sources)
    undated = version.value in table("azure")["undated"]
    choice = chat_credential(sources, v1=undated, embeddings=api == "embeddings")
    if isinstance(choice, NoCredential):
        error = "APIError" if api == "chat" else "APIConnectionError"
        raise _Stopped(_failed(choice.kind, choice.text, error))
    address = azure_url.chat_address(
        base.value, version.value, made["model"], _PATHS[api], sources.proxy.version
    )
    return _prediction(sources, api, address, choice, made, changes, base, version)


def _at_openai(
    sources: Sources, api: Api, made: Mapping[str, Any], changes: Parameters
) -> Prediction:
    base = sources.first_of(
        *parameters("api_base", "base_url"),
        *settings("api_base"),
        *variables("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    )
    if base is None:
        raise _Stopped(Unpredicted("the model is OpenAI's own, not one on Azure"))
    origins = (
        *parameters("api_key"),
        *settings("api_key", "openai_key"),
        *variables("OPENAI_API_KEY"),
    )
    keys = [*sources.all_of(*origins)]
    if not keys:
        raise _Stopped(Unpredicted("LiteLLM has no key for this provider"))
    key, *others = keys
    lost = tuple(picked.origin for picked in others)
    choice = Choice(BEARER, Secret(key.value), (key.origin,), "an API key", lost)
    address = azure_url.openai_address(base.value, _PATHS[api])
    return _prediction(sources, api, address, choice, made, changes, base, None)


def _foundry(sources: Sources, api: Api, body: Mapping[str, Any]) -> Prediction:
    del body
    raise _Stopped(Unpredicted(f"the provider azure_ai is not modelled for {api}"))


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
        headers[choice.header] = Secret(f"Bearer {value.reveal()}") if bearer else value
        origins["credential"] = choice.origins
    for name, (written, origin) in _extra_headers(sources, api).items():
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


def _credential(choice: Choice) -> Credential:
    names = [origin.name for origin in choice.origins if origin.kind == "variable"]
    single = names[0] if len(names) == 1 and len(choice.origins) == 1 else None
    return Credential(choice.header, choice.value, choice.description, single)


def _extra_headers(sources: Sources, api: Api) -> Mapping[str, tuple[str | Secret, Origin]]:
    """Return the headers that the config adds, in lower case, each with its origin.

    Those of litellm_settings count for chats of deployments without headers of their own.
    """
    found: dict[str, tuple[str | Secret, Origin]] = {}
    for block in ("headers", "extra_headers"):
        written = sources.deployment.params.get(block)
        if isinstance(written, Mapping):
            origin = Origin("parameter", block)
            found |= {str(name).lower(): (value, origin) for name, value in written.items()}
    written = sources.proxy.settings.get("headers")
    if not found and api == "chat" and isinstance(written, Mapping):
        origin = Origin("setting", "headers")
        found = {str(name).lower(): (value, origin) for name, value in written.items()}
    return found


def _with_own(deployment: ServedDeployment, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's body with the deployment's own parameters. The request's win."""
    known = table("litellm_request")
    own = {
        name: value
        for name, value in deployment.params.items()
        if value is not None
        and (name in (*known["known"], *known["embeddings"], "extra_body") or is_sent_as_is(name))
        and name not in _HANDLED
    }
    return {**own, **body}


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


def _is_declared(deployment: ServedDeployment, proxy: ProxySettings) -> bool:
    return deployment.mode == "responses" or deployment.model in proxy.as_responses


def _drops(deployment: ServedDeployment, proxy: ProxySettings) -> bool:
    return proxy.drop_params or deployment.params.get("drop_params") in (True, "true", "True", 1)


def _names(deployment: ServedDeployment, key: str) -> tuple[str, ...]:
    written = deployment.params.get(key)
    return (
        tuple(item for item in written if isinstance(item, str))
        if isinstance(written, list)
        else ()
    )


def _messages(messages: object, model: Model) -> object:
    """Return the messages. Models of the o series keep the role `developer`; most lose `system`."""
    family = model.family
    if not isinstance(messages, list):
        return messages
    roles = {"developer": "system"}
    if family is not None and family.developer_role:
        roles = {} if has_system_role(_plain_name(model)) else {"system": "user"}
    return [_message(message, roles) for message in messages]


def _plain_name(model: Model) -> str:
    return model.name.removeprefix("o_series/")


def _message(message: object, roles: Mapping[str, str]) -> object:
    if not isinstance(message, Mapping):
        return message
    given = {key: value for key, value in message.items() if value is not None}
    role = given.get("role")
    return {**given, "role": roles[role]} if role in roles else given


def _streaming(sent: dict[str, Any], model: Model) -> dict[str, Any]:
    """Return the parameters with what LiteLLM says itself about streaming.

    It asks for the usage, for its own accounting. Only its own client for Azure says that a request
    is not streamed.
    """
    family = model.family
    o_series = model.provider == "azure" and family is not None and family.name == "o-series"
    streams = sent.get("stream") is True
    if streams and not (o_series and names_like(_plain_name(model), "fakes_streams")):
        return {"stream_options": {"include_usage": True}, **sent}
    if model.provider == "azure" and not o_series:
        return {**sent, "stream": False}
    return {key: value for key, value in sent.items() if key not in ("stream", "stream_options")}


def _changes(
    body: Mapping[str, Any],
    deployment: ServedDeployment,
    sent: Mapping[str, Any],
    renamed: Mapping[str, str],
) -> Parameters:
    del deployment
    names = tuple(sent)
    new = (*renamed.values(),)
    added = tuple(name for name in names if name not in body and name not in new)
    dropped = tuple(name for name in body if name not in names and name not in renamed)
    return Parameters(names, added, dict(renamed), dropped)


def _refused(unsupported: Unsupported) -> Refused:
    text = f"litellm.UnsupportedParamsError: {unsupported.text}"
    return Refused("litellm", unsupported.kind, text, 400, unsupported.parameters)


def _failed(kind: str, text: str, error: str = "APIError") -> Refused:
    return Refused("litellm", kind, f"litellm.{error}: AzureException {error} - {text}", 500)
