"""The request that LiteLLM builds for one deployment from a chat.

It is a chat, or a request to the Responses API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge import behaviour
from clawdoctor.knowledge.litellm import names_like
from clawdoctor.wire.call_parameters import (
    UNTRANSLATED,
    changes_of,
    check_allowed,
    check_joined,
    drops,
    is_summarized,
    names_at,
    refusal_of,
    renamed_in,
    with_own,
)
from clawdoctor.wire.called_model import (
    declared_reasoning,
    goes_to_responses,
    input_of,
    is_bridged,
    keeps_prefix,
    model_of,
    native_streaming,
    responses_name,
    sent_name,
    takes_efforts,
    with_stream,
)
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.chat_settings import (
    CACHE_POINTS,
    check_model_list,
    leaked,
    marked,
    with_merged_system,
    without_priority,
)
from clawdoctor.wire.foundry_address import at_foundry, has_responses
from clawdoctor.wire.litellm_address import at_azure, at_openai, to_responses
from clawdoctor.wire.messages import (
    keeps_cache_marks,
    messages_for,
    with_json_results,
    with_plain_text,
    with_streaming,
    with_usage,
    without_cache_marks,
)
from clawdoctor.wire.parameters import Mapped, Unsupported, map_parameters
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Unpredicted
from clawdoctor.wire.responses_bridge import (
    as_responses,
    translatable,
    with_summary,
    without_summary,
)
from clawdoctor.wire.responses_parameters import map_responses
from clawdoctor.wire.responses_to_chat import UntranslatedError, as_chat
from clawdoctor.wire.served import Sources
from clawdoctor.wire.supported import Model
from clawdoctor.wire.text_call import text_completion
from clawdoctor.wire.text_completion import PROVIDER

_PREVIEW = "enable_preview_features"


def chat_request(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    """Return LiteLLM's request for a chat. Raise StoppedError if it sends none."""
    proxy = sources.proxy
    body = without_priority(body, proxy)
    if proxy.settings.get(_PREVIEW) and path_of(sources)[0] == "openai":
        raise StoppedError(Unpredicted(f"clawdoctor cannot predict requests with {_PREVIEW}"))
    check_model_list(sources.deployment)
    asked = with_usage(body, always=proxy.usage)
    whole = with_own(sources, asked, "chat")
    whole["messages"] = marked(sources.deployment, whole.get("messages"))
    return completion(sources, body, whole, routed=True)


def completion(
    sources: Sources, body: Mapping[str, Any], whole: Mapping[str, Any], *, routed: bool
) -> Prediction:
    """Return the chat for a request. `routed` means that the router passes it on as a chat."""
    deployment, proxy = sources.deployment, sources.proxy
    whole = with_merged_system(sources, whole)
    if deployment.path[0] == PROVIDER:
        return text_completion(sources, body, whole, routed=routed)
    model = model_of(sources)
    provider, bridged = model.provider, routed and is_bridged(sources, whole)
    # LiteLLM removes the prefix from a name before it checks the parameters.
    plain = not routed or (bridged and not keeps_prefix(sources))
    seen = replace(model, name=model.name.replace("responses/", "")) if plain else model
    model = seen if not routed else model
    if bridged and "extra_body" in whole:
        whole = {**whole, "extra_body": translatable(whole["extra_body"])}
    check_allowed(sources)
    mapped = map_parameters(
        whole,
        seen,
        proxy.version,
        drop=drops(deployment, proxy),
        named=names_at(deployment, "additional_drop_params"),
        allowed=(
            *names_at(deployment, "allowed_openai_params"),
            *(["reasoning_effort"] if routed and goes_to_responses(sources) else []),
        ),
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(refusal_of(mapped))
    if bridged:
        return _bridged(sources, body, whole, model, mapped)
    messages = messages_for(whole.get("messages"), model, proxy.version)
    if CACHE_POINTS in deployment.params and not keeps_cache_marks(model):
        messages = without_cache_marks(messages)
    sent = _with_streaming(
        mapped, whole.get("extra_body"), model, streams=native_streaming(sources)
    )
    if not routed and "stream" not in whole:
        sent.pop("stream", None)
    if provider != "azure_ai" and takes_efforts(model):
        sent = without_summary(sent)
    if not sent.get("tools") and not sent.get("functions"):
        sent.pop("tool_choice", None)
    made = {"model": sent_name(model), "messages": messages, **sent, **leaked(sources)}
    renamed = mapped.renamed if routed else renamed_in(_CHAT_NAMES, body, made)
    changes = changes_of(body, made, renamed)
    if provider == "azure_ai":
        if names_like(model.name, "foundry_json_results"):
            messages = with_json_results(messages)
        return at_foundry(sources, {**made, "messages": with_plain_text(messages)}, changes)
    if provider == "azure":
        family = model.family
        o_series = family is not None and family.name == "o-series"
        return at_azure(sources, "chat", made, changes, o_series=o_series)
    return at_openai(sources, "chat", made, changes)


def _with_streaming(
    mapped: Mapped, extra: object, model: Model, *, streams: object
) -> dict[str, Any]:
    """Return the parameters with LiteLLM's options for streaming. extra_body wins."""
    sent = with_streaming(dict(mapped.sent), model, streams=streams)
    if isinstance(extra, Mapping) and "stream_options" in mapped.sent.keys() & extra.keys():
        sent["stream_options"] = extra["stream_options"]
    return sent


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
        check_joined(sources)
    summary = is_summarized(proxy)
    plain = replace(model, name=model.name.replace("responses/", ""))
    messages = messages_for(whole.get("messages"), plain, proxy.version, bridged=True)
    streamed = {
        **with_summary(mapped.sent, whole.get("reasoning_effort")),
        "stream": mapped.sent.get("stream") is True,
    }
    name = responses_name(model.name, model.provider)
    made = as_responses(name, messages, streamed, proxy.version, summary=summary)
    again = map_responses(
        made,
        model.name.replace("responses/", ""),
        model.provider,
        drop=drops(deployment, proxy),
        declared=declared_reasoning(deployment),
        list_version=proxy.list_version,
        efforts=deployment.efforts,
    )
    if isinstance(again, Unsupported):
        raise StoppedError(refusal_of(again))
    given = input_of(sources, made["input"])
    sent = {"model": made["model"], "input": given, **again.sent}
    if model.provider == "azure_ai" and not has_responses(sources):
        if "max_output_tokens" in sent:  # only the Responses API has a lower limit
            sent["max_output_tokens"] = made["max_output_tokens"]
        try:
            chat = as_chat(sent, proxy.version, keeps=True)
        except UntranslatedError:
            raise StoppedError(Unpredicted(UNTRANSLATED)) from None
        return completion(sources, body, chat, routed=False)
    sent = with_stream(sources, sent)
    renamed = renamed_in(_BRIDGED_NAMES, whole, sent)
    changes = changes_of(body, sent, renamed)
    return to_responses(sources, sent, changes, bridged=True)


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
