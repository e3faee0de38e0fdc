"""The request that LiteLLM builds for one deployment from the request that it receives.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import (
    capability_standing,
    is_catalogued,
    is_read_as_another,
    names_like,
    noted_key,
    series_of,
    streams_responses,
)
from clawdoctor.wire import azure_url
from clawdoctor.wire.candidates import OWN_FALLBACKS
from clawdoctor.wire.litellm_address import (
    Prediction,
    StoppedError,
    at_azure,
    at_foundry,
    at_openai,
    embedded_at_foundry,
    failed,
    has_responses,
    is_openai_itself,
    path_of,
    to_responses,
)
from clawdoctor.wire.messages import (
    keeps_cache_marks,
    messages_for,
    with_cache_marks,
    with_plain_text,
    with_streaming,
    with_usage,
    without_cache_marks,
    without_system,
)
from clawdoctor.wire.parameters import (
    Mapped,
    Unsupported,
    is_sent_as_is,
    map_parameters,
    unsupported_text,
)
from clawdoctor.wire.request import Api, Parameters, Refused, Unpredicted
from clawdoctor.wire.responses_bridge import (
    as_responses,
    is_responses_model,
    needs_responses,
    reasoning_of,
    translatable,
    with_summary,
    without_summary,
)
from clawdoctor.wire.responses_input import sent_input
from clawdoctor.wire.responses_parameters import map_responses
from clawdoctor.wire.responses_to_chat import UntranslatedError, as_chat, untranslated
from clawdoctor.wire.sending import (
    check_headers,
    check_key,
    check_limit,
    check_timeout,
    failure_of,
    sent_by_client,
    with_text_key,
)
from clawdoctor.wire.served import (
    YES,
    ProxySettings,
    ServedDeployment,
    Sources,
    as_used,
    in_chat,
    text_of,
)
from clawdoctor.wire.supported import ChatProvider, Model
from clawdoctor.wire.text_completion import PROVIDER, map_text, prompt_of, refused_argument

_NO_EMBEDDINGS_BASE = (
    "No API Base provided for Azure OpenAI LLM provider. Set 'AZURE_API_BASE' in .env"
)


_UNTRANSLATED = "clawdoctor cannot predict how LiteLLM converts this Responses request"
_ALL_TO_RESPONSES = "route_all_chat_openai_to_responses"
_PRIORITY = "priority"
_OF_AZURE = "litellm.APIError: AzureException APIError - "
_NAMED_BY = {"openai": ("OpenAIException", "OPENAI"), "azure_ai": ("Azure_aiException", "AZURE_AI")}
"""The exceptions of other providers, and their word in the names of variables."""
_OTHER_PROXY = "use_litellm_proxy"
_PREVIEW = "enable_preview_features"
_CACHE_POINTS = "cache_control_injection_points"
_CHANGES_MESSAGES = (_CACHE_POINTS, "prompt_id", "vector_store_ids")
"""The settings for which LiteLLM turns the input of a Responses request into messages."""
_OVERRIDABLE = (
    "drop_params",
    "additional_drop_params",
    "allowed_openai_params",
    "api_key",
    "api_version",
    "responses_api_version",
    "extra_headers",
    "headers",
    "organization",
    "timeout",
    "use_chat_completions_api",
    _CACHE_POINTS,
)
"""The settings of a deployment that a request overrides."""
_OWN_CACHE_MARKS = (5, 6)
"""The first GPT series on Foundry with its own cache markers."""


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
        return _is_bridged(sources, _with_own(sources, body, "chat"))
    except StoppedError:
        return False


def _model(sources: Sources) -> Model:
    provider, named = path_of(sources)
    version = azure_url.version_of(sources).value if provider == "azure" else ""
    listed = sources.deployment.is_listed(provider)
    base = sources.deployment.base_model
    declared = sources.deployment.info.get("supports_tool_choice")
    noted = isinstance(declared, bool) and sources.deployment.noted
    tools = declared if noted else None
    efforts = sources.deployment.efforts
    return Model(provider, named, base, version, listed, sources.proxy.list_version, tools, efforts)


def _is_bridged(sources: Sources, whole: Mapping[str, Any]) -> bool:
    if _is_responses_model(sources):
        return True
    model = _model(sources)
    native = model.provider != "azure_ai" or has_responses(sources)
    strict = model.provider == "azure" or is_openai_itself(sources)
    return needs_responses(model, whole, sources.proxy.version, native=native, strict=strict)


def _is_responses_model(sources: Sources) -> bool:
    mode = _mode(sources)
    if sources.proxy.settings.get(_ALL_TO_RESPONSES) is True and path_of(sources)[0] == "openai":
        return True
    return is_responses_model(_model(sources), sources.proxy.version, mode)


def _made(sources: Sources, api: Api, body: Mapping[str, Any]) -> Prediction:
    match api:
        case "chat":
            return _chat(sources, body)
        case "responses":
            return _responses(sources, body)
        case "embeddings":
            return _embeddings(sources, body)
    raise StoppedError(Unpredicted("clawdoctor does not support this API"))


def _chat(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    proxy = sources.proxy
    body = _without_priority(body, proxy)
    if proxy.settings.get(_PREVIEW) and path_of(sources)[0] == "openai":
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_PREVIEW}"))
    _check_model_list(sources.deployment)
    asked = with_usage(body, always=proxy.usage)
    whole = _with_own(sources, asked, "chat")
    whole["messages"] = _marked(sources.deployment, whole.get("messages"))
    return _completed(sources, body, whole, routed=True)


def _without_priority(body: Mapping[str, Any], proxy: ProxySettings) -> Mapping[str, Any]:
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


def _completed(
    sources: Sources,
    body: Mapping[str, Any],
    whole: Mapping[str, Any],
    *,
    routed: bool,
) -> Prediction:
    """Return the chat for a request. `routed` means that the router passes it on as a chat."""
    deployment, proxy = sources.deployment, sources.proxy
    whole = _merged(sources, whole)
    if deployment.path[0] == PROVIDER:
        return _text_completed(sources, body, whole, routed=routed)
    model = _model(sources)
    provider, bridged = model.provider, routed and _is_bridged(sources, whole)
    # LiteLLM removes the prefix from a name before it checks the parameters.
    plain = not routed or (bridged and not _keeps_prefix(sources))
    seen = replace(model, name=model.name.replace("responses/", "")) if plain else model
    model = seen if not routed else model
    if bridged and "extra_body" in whole:
        whole = {**whole, "extra_body": translatable(whole["extra_body"])}
    _check_allowed(sources)
    mapped = map_parameters(
        whole,
        seen,
        proxy.version,
        drop=_drops(deployment, proxy),
        named=_names(deployment, "additional_drop_params"),
        allowed=(
            *_names(deployment, "allowed_openai_params"),
            *(["reasoning_effort"] if routed and _is_responses_model(sources) else []),
        ),
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(_refused(mapped))
    if bridged:
        return _bridged(sources, body, whole, model, mapped)
    messages = messages_for(whole.get("messages"), model, proxy.version)
    if _CACHE_POINTS in deployment.params and not keeps_cache_marks(model):
        messages = without_cache_marks(messages)
    sent = _with_streaming(mapped, whole.get("extra_body"), model, streams=_streams(sources))
    if not routed and "stream" not in whole:
        sent.pop("stream", None)
    if provider != "azure_ai" and _takes_efforts(model):
        sent = without_summary(sent)
    if not sent.get("tools") and not sent.get("functions"):
        sent.pop("tool_choice", None)
    made = {"model": _sent_name(model), "messages": messages, **sent, **_leaked(sources)}
    renamed = mapped.renamed if routed else _renamed(_CHAT_NAMES, body, made)
    changes = _changes(body, deployment, made, renamed)
    if provider == "azure_ai":
        return at_foundry(sources, {**made, "messages": with_plain_text(messages)}, changes)
    if provider == "azure":
        family = model.family
        o_series = family is not None and family.name == "o-series"
        return at_azure(sources, "chat", made, changes, o_series=o_series)
    return at_openai(sources, "chat", made, changes)


def _merged(sources: Sources, whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a chat without system messages if its deployment does not support them."""
    if sources.deployment.params.get("supports_system_message") is not False:
        return whole
    try:
        merged = without_system(whole.get("messages"), _model(sources), sources.proxy.version)
    except TypeError as error:
        raise StoppedError(failure_of(sources, str(error))) from None
    return {**whole, "messages": merged}


def _check_allowed(sources: Sources) -> None:
    """Raise StoppedError if `allowed_openai_params` is not a list or a string."""
    value = sources.deployment.params.get("allowed_openai_params")
    if value and isinstance(value, (bool, int, float)):
        kind = type(value).__name__
        text = f"'{kind}' object is not iterable"
        if path_of(sources)[0] == "azure":
            text = f"Value after * must be an iterable, not {kind}"
        raise StoppedError(failure_of(sources, text))


def _check_joined(sources: Sources) -> None:
    """Raise StoppedError if `allowed_openai_params`, to which LiteLLM adds names, is not a list."""
    added = sources.deployment.params.get("allowed_openai_params")
    if added and not isinstance(added, list):
        text = f'can only concatenate list (not "{type(added).__name__}") to list'
        raise StoppedError(failure_of(sources, text))


def _streams(sources: Sources) -> object:
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


def _with_streaming(
    mapped: Mapped, extra: object, model: Model, *, streams: object
) -> dict[str, Any]:
    """Return the parameters with LiteLLM's options for streaming. extra_body wins."""
    sent = with_streaming(dict(mapped.sent), model, streams=streams)
    if isinstance(extra, Mapping) and "stream_options" in mapped.sent.keys() & extra.keys():
        sent["stream_options"] = extra["stream_options"]
    return sent


def _leaked(sources: Sources) -> dict[str, Any]:
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


def _marked(deployment: ServedDeployment, messages: object) -> object:
    """Return messages with the cache markers that the deployment requests."""
    points = deployment.params.get(_CACHE_POINTS)
    if not points:
        return messages
    marked = with_cache_marks(messages, points)
    provider, name = deployment.path
    series = series_of(name)
    own = provider == "azure_ai" and series is not None and series >= _OWN_CACHE_MARKS
    if marked is None or own:
        raise StoppedError(Unpredicted(f"clawdoctor does not support these {_CACHE_POINTS}"))
    return marked


def _check_model_list(deployment: ServedDeployment) -> None:
    """Raise StoppedError for a `model_list` in `litellm_params`: LiteLLM calls all its models."""
    listed = deployment.params.get("model_list")
    if listed is None:
        return
    if listed:
        raise StoppedError(Unpredicted("clawdoctor does not support model_list in litellm_params"))
    text = "litellm.APIConnectionError: max_workers must be greater than 0"
    raise StoppedError(Refused("litellm", "model-list", text, 500))


def _bridged(
    sources: Sources,
    body: Mapping[str, Any],
    whole: Mapping[str, Any],
    model: Model,
    mapped: Mapped,
) -> Prediction:
    deployment, proxy = sources.deployment, sources.proxy
    row = behaviour("litellm", "bridged-allowed", proxy.version)
    if row is not None and row.effect == "joined":
        _check_joined(sources)
    summary = _is_summarized(proxy)
    plain = replace(model, name=model.name.replace("responses/", ""))
    messages = messages_for(whole.get("messages"), plain, proxy.version, bridged=True)
    streamed = {
        **with_summary(mapped.sent, whole.get("reasoning_effort")),
        "stream": mapped.sent.get("stream") is True,
    }
    name = _responses_name(model.name, model.provider)
    made = as_responses(name, messages, streamed, proxy.version, summary=summary)
    again = map_responses(
        made,
        model.name.replace("responses/", ""),
        model.provider,
        drop=_drops(deployment, proxy),
        declared=_declared(deployment),
        list_version=proxy.list_version,
        efforts=deployment.efforts,
    )
    if isinstance(again, Unsupported):
        raise StoppedError(_refused(again))
    given = _input_of(sources, made["input"])
    sent = {"model": made["model"], "input": given, **again.sent}
    if model.provider == "azure_ai" and not has_responses(sources):
        if "max_output_tokens" in sent:  # only the Responses API has a lower limit
            sent["max_output_tokens"] = made["max_output_tokens"]
        try:
            chat = as_chat(sent, proxy.version, keeps=True)
        except UntranslatedError:
            raise StoppedError(Unpredicted(_UNTRANSLATED)) from None
        return _completed(sources, body, chat, routed=False)
    sent = _streamed(sources, sent)
    renamed = _renamed(_BRIDGED_NAMES, whole, sent)
    changes = _changes(body, deployment, sent, renamed)
    return to_responses(sources, sent, changes, bridged=True)


def _text_completed(
    sources: Sources, body: Mapping[str, Any], whole: Mapping[str, Any], *, routed: bool
) -> Prediction:
    deployment = sources.deployment
    name = deployment.path[1]
    if routed and "headers" in deployment.params:  # LiteLLM sends only extra_headers
        params = {key: value for key, value in deployment.params.items() if key != "headers"}
        sources = replace(sources, deployment=replace(deployment, params=params))
    if deployment.params.get("azure_ad_token") is not None:
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict azure_ad_token with {PROVIDER}"))
    mapped = map_text(
        whole,
        name,
        sources.proxy.version,
        drop=_drops(deployment, sources.proxy),
        named=_names(deployment, "additional_drop_params"),
        allowed=_names(deployment, "allowed_openai_params"),
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(_refused(mapped))
    sent = dict(mapped.sent)
    if sent.get("stream") is not True:
        sent["stream"] = False if routed or "stream" in whole else None
    fault = refused_argument(sent)
    if azure_url.base_of(sources) is None and not sources.is_empty("AZURE_API_BASE"):
        error = "APIConnectionError"
        text = "api_base is required for Azure OpenAI LLM provider."
        whole_text = f"litellm.{error}: Azure_textException {error} - {text}"
        raise StoppedError(Refused("litellm", "no-base", whole_text, 500))
    if azure_url.version_of(sources).value in table("azure")["undated"]:
        text = "azure_client is not an instance of AsyncAzureOpenAI"
        raise StoppedError(failed("text-v1", text))
    if any(message.get("content") is None for message in whole.get("messages") or ()):
        raise StoppedError(failed("text-messages", "'content'"))
    extra = sent.pop("extra_body", None)
    whole_body = {**sent, **(extra if isinstance(extra, Mapping) else {})}
    given = {key: value for key, value in whole_body.items() if value is not None}
    made = {"model": name, "prompt": prompt_of(whole.get("messages")), **given}
    changes = _changes(body, deployment, made, _renamed({"messages": "prompt"}, body, made))
    try:
        found = at_azure(sources, "chat", made, changes, completes_text=True)
    except StoppedError as stopped:  # the client checks the parameters before the URL
        late = isinstance(stopped.outcome, Refused) and stopped.outcome.kind == "no-scheme"
        if fault is None or not late:
            raise
        raise StoppedError(failed("text-parameters", fault)) from None
    if fault is not None:
        raise StoppedError(failed("text-parameters", fault))
    return found


def _renamed(
    names: Mapping[str, str], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, str]:
    return {old: new for old, new in names.items() if old in before and new in sent}


_CHAT_NAMES = {
    "input": "messages",
    "instructions": "messages",
    "max_output_tokens": "max_tokens",
    "reasoning": "reasoning_effort",
    "text": "response_format",
}


_BRIDGED_NAMES = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning",
    "reasoningSummary": "reasoning",
    "reasoning_summary": "reasoning",
    "verbosity": "text",
    "response_format": "text",
}


def _responses(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    deployment, proxy = sources.deployment, sources.proxy
    provider, named = path_of(sources)
    whole = _with_own(sources, body)
    chat_only = deployment.path[0] == PROVIDER or (
        provider == "azure_ai" and not has_responses(sources)
    )
    if chat_only or deployment.becomes_chat:
        try:
            lost = untranslated(whole, proxy.version) if chat_only else ()
            if lost and not _drops(deployment, proxy):
                text = unsupported_text([*lost], deployment.path[0], named).partition(" To drop")[0]
                raise StoppedError(_refused(Unsupported("parameters", lost, text)))
            kept = {key: value for key, value in whole.items() if key not in lost}
            chat = as_chat(kept, proxy.version, keeps=chat_only)
        except UntranslatedError:
            raise StoppedError(Unpredicted(_UNTRANSLATED)) from None
        chats = replace(sources, deployment=in_chat(deployment))
        return _completed(chats, body, chat, routed=False)
    if any(deployment.params.get(key) for key in _CHANGES_MESSAGES):
        given = whole.get("input")  # LiteLLM adds messages, or removes its markers again
        whole["input"] = [{"role": "user", "content": given}] if isinstance(given, str) else given
    guarded: object = {} if deployment.params.get("guardrails") else None
    noted = whole.get("metadata", guarded)
    if "metadata" not in body and isinstance(noted, Mapping):  # OpenAI accepts only strings
        whole["metadata"] = {key: value for key, value in noted.items() if isinstance(value, str)}
    effort = whole.get("reasoning_effort")
    if whole.get("reasoning") is None and effort is not None:
        whole["reasoning"] = reasoning_of(effort, summary=_is_summarized(proxy))
    _check_joined(sources)
    mapped = map_responses(
        whole,
        named.removeprefix("responses/"),
        provider,
        drop=_drops(deployment, proxy),
        named=_names(deployment, "additional_drop_params"),
        allowed=_names(deployment, "allowed_openai_params"),
        listed=deployment.is_listed(provider)
        and not (provider == "openai" and _uses_other_provider(sources))
        and (deployment.noted or is_catalogued(named.removeprefix("azure/"))),
        declared=_declared(deployment),
        list_version=proxy.list_version,
        efforts=deployment.efforts,
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(_refused(mapped))
    extra = whole.get("extra_body")
    sent = {
        **_streamed(
            sources,
            {
                "model": _responses_name(named, provider),
                "input": _input_of(sources, whole.get("input")),
                **mapped.sent,
            },
        ),
        **(extra if isinstance(extra, Mapping) else {}),
    }
    return to_responses(sources, sent, _changes(body, deployment, sent, {}))


def _input_of(sources: Sources, given: object) -> object:
    provider, litellm = path_of(sources)[0], sources.proxy.version
    return sent_input(given, provider, litellm, drop=_drops(sources.deployment, sources.proxy))


def _declared(deployment: ServedDeployment) -> object:
    """Return supports_reasoning of `model_info`, which LiteLLM registers at startup."""
    return deployment.info.get("supports_reasoning") if deployment.noted else None


def _responses_name(name: str, provider: ChatProvider) -> str:
    """Return the name of a model in a request to the Responses API."""
    if provider == "openai":
        return name.removeprefix("responses/")
    for word in ("responses/", "o_series/", "azure_ai/"):
        name = name.replace(word, "")
    return name


def _streamed(sources: Sources, sent: dict[str, Any]) -> dict[str, Any]:
    """Return a Responses request, without `stream` if LiteLLM does the streaming itself."""
    deployment = sources.deployment
    provider, _ = path_of(sources)
    never = table("litellm_models")["streamed"]["never"]
    declared = _streams(sources)
    other = provider == "openai" and (
        _uses_other_provider(sources) or is_read_as_another(sent["model"])
    )
    if other or not deployment.is_listed(provider):
        streams = False
    elif isinstance(declared, bool):
        streams = declared
    elif provider != "azure" and sent["model"] in never:
        streams = False
    elif _is_noted(sources) or (
        _uses_other_provider(sources) and _is_noted_elsewhere(sources, sent["model"])
    ):
        streams = True
    else:
        plain = sent["model"].removeprefix("azure/") if provider == "azure" else sent["model"]
        streams = streams_responses(plain, provider)
    if streams or sent.get("stream") is not True:
        return sent
    return {key: value for key, value in sent.items() if key != "stream"}


def _embeddings(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    deployment = sources.deployment
    provider, named = path_of(sources)
    if deployment.path[0] == PROVIDER:
        raise StoppedError(_no_text_embedding(sources, body))
    whole = _with_own(sources, body)
    requested = table("litellm_request")
    taken = (*requested["embeddings"], *requested["known"], "input")
    sent = {
        name: value
        for name, value in whole.items()
        if value is not None
        and name not in ("model", "extra_body", "api_type")
        and (name in taken or is_sent_as_is(name, sources.proxy.version))
    }
    # LiteLLM's client requests base64 unless the request sets another format.
    if provider == "openai" and "dimensions" in sent and not names_like(named, "dimensions"):
        if not _drops(deployment, sources.proxy):
            sentence = table("litellm")["texts"]["no_dimensions"]
            text = f"litellm.UnsupportedParamsError: {sentence}"
            refused = Refused("litellm", "parameters", text, 400, ("dimensions",))
            raise StoppedError(refused)
        del sent["dimensions"]
    extra = whole.get("extra_body")
    more = extra if isinstance(extra, Mapping) else {}
    form = {"encoding_format": "base64"} if provider == "azure" else {}
    token = deployment.params.get("azure_ad_token")
    leaked = {"azure_ad_token": text_of(token) or ""} if token is not None else {}
    made = {**form, **sent, **leaked, **more, "model": named}
    changes = _changes(body, deployment, made, {})
    if provider == "azure":
        if azure_url.base_of(sources) is None and not sources.is_empty("AZURE_API_BASE"):
            raise StoppedError(failed("no-base", _NO_EMBEDDINGS_BASE, "APIConnectionError"))
        return at_azure(sources, "embeddings", made, changes)
    if provider == "azure_ai":
        return embedded_at_foundry(sources, made, changes)
    return at_openai(sources, "embeddings", made, changes)


def _no_text_embedding(sources: Sources, body: Mapping[str, Any]) -> Refused:
    """Return the refusal of an embeddings request through `azure_text`, which has no embeddings."""
    name = sources.deployment.path[1]
    named = _names(sources.deployment, "additional_drop_params")
    own = _with_own(sources, body)
    taken = table("litellm_request")["embeddings"]
    unfit = {key: own[key] for key in own if key in taken and key not in named}
    if unfit and not _drops(sources.deployment, sources.proxy):
        text = (
            f"litellm.UnsupportedParamsError: Setting {unfit} is not supported by {PROVIDER}. To"
            " drop it from the call, set `litellm.drop_params = True`."
        )
        return Refused("litellm", "parameters", text, 400, tuple(unfit))
    text = (
        "litellm.BadRequestError: Unmapped LLM provider for this endpoint. You passed"
        f" model={name}, custom_llm_provider={PROVIDER}."
    )
    return Refused("litellm", "no-embeddings", text, 400)


def _with_own(sources: Sources, body: Mapping[str, Any], api: Api | None = None) -> dict[str, Any]:
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


def _takes_efforts(model: Model) -> bool:
    word = table("litellm")["routing_words"]["families"]["efforts"].rstrip("/")
    if model.provider == "azure" and word in model.judged:
        return True
    return names_like(model.judged, "reasons")


def _sent_name(model: Model) -> str:
    """Return the name in a chat's body. LiteLLM removes only the word for the model's family."""
    family = model.family
    if model.provider != "azure" or family is None:
        return model.name
    return model.name.replace(table("litellm")["routing_words"]["families"][family.name], "")


def _mode(sources: Sources) -> str | None:
    """Return the mode that LiteLLM finds for a deployment.

    LiteLLM looks up a noted mode under the provider that it uses, which may be a different one.
    Newer versions know the mode of the deployment itself.
    """
    deployment, proxy = sources.deployment, sources.proxy
    provider, name = path_of(sources)
    row = behaviour("litellm", "routing-words", proxy.version)
    first = row is None or row.effect == "first"
    other = _uses_other_provider(sources)
    if other or not deployment.is_listed(provider):
        if first:
            return deployment.mode
        return proxy.modes.get(noted_key(f"{provider}/{name}")) if other else None
    if first and deployment.mode == "responses":
        return "responses"
    return proxy.modes.get(
        noted_key(deployment.noted_as if deployment.noted else f"{provider}/{name}")
    )


def _keeps_prefix(sources: Sources) -> bool:
    """Whether LiteLLM looks up the parameters of a bridged chat by its name with the prefix."""
    row = behaviour("litellm", "routing-words", sources.proxy.version)
    return _mode(sources) == "responses" and row is not None and row.effect != "first"


def _uses_other_provider(sources: Sources) -> bool:
    """Whether LiteLLM uses a different provider from the one in the model."""
    return sources.deployment.path[0] not in (path_of(sources)[0], PROVIDER)


def _is_summarized(proxy: ProxySettings) -> bool:
    variable = proxy.variables.get("LITELLM_REASONING_AUTO_SUMMARY")
    return proxy.settings.get("reasoning_auto_summary") is True or (
        variable is not None and variable.test(lambda text: text.lower() == "true")
    )


def _drops(deployment: ServedDeployment, proxy: ProxySettings) -> bool:
    own = deployment.params.get("drop_params")
    return proxy.drop_params or own is True or str(own).lower() in YES


def _names(deployment: ServedDeployment, key: str) -> tuple[str, ...]:
    written = deployment.params.get(key)
    return (
        tuple(item for item in written if isinstance(item, str))
        if isinstance(written, list)
        else ()
    )


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
    if not unsupported.parameters:
        return failed(unsupported.kind, unsupported.text, "APIConnectionError")
    text = f"litellm.UnsupportedParamsError: {unsupported.text}"
    return Refused("litellm", unsupported.kind, text, 400, unsupported.parameters)
