"""The request that LiteLLM builds for one deployment from a Responses request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge.litellm import is_catalogued
from clawdoctor.wire.call_parameters import (
    UNTRANSLATED,
    changes_of,
    check_joined,
    drops,
    is_summarized,
    names_at,
    refusal_of,
    with_own,
)
from clawdoctor.wire.called_model import (
    declared_reasoning,
    input_of,
    responses_name,
    uses_other_provider,
    with_stream,
)
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.chat_call import completion
from clawdoctor.wire.chat_settings import CACHE_POINTS
from clawdoctor.wire.foundry_address import has_responses
from clawdoctor.wire.litellm_address import to_responses
from clawdoctor.wire.parameters import Unsupported, unsupported_text
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Unpredicted
from clawdoctor.wire.responses_bridge import reasoning_of
from clawdoctor.wire.responses_parameters import map_responses
from clawdoctor.wire.responses_to_chat import UntranslatedError, as_chat, untranslated
from clawdoctor.wire.served import Sources, in_chat, with_all_headers
from clawdoctor.wire.text_completion import PROVIDER

_CHANGES_MESSAGES = (CACHE_POINTS, "prompt_id", "vector_store_ids")
"""The settings for which LiteLLM turns the input of a Responses request into messages."""


def responses_request(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    """Return LiteLLM's request for a Responses request. Raise StoppedError if it sends none."""
    deployment, proxy = sources.deployment, sources.proxy
    provider, named = path_of(sources)
    whole = with_own(sources, body)
    chat_only = deployment.path[0] == PROVIDER or (
        provider == "azure_ai" and not has_responses(sources)
    )
    if chat_only or deployment.becomes_chat:
        try:
            lost = untranslated(whole, proxy.version) if chat_only else ()
            if lost and not drops(deployment, proxy):
                text = unsupported_text([*lost], deployment.path[0], named).partition(" To drop")[0]
                raise StoppedError(refusal_of(Unsupported("parameters", lost, text)))
            kept = {key: value for key, value in whole.items() if key not in lost}
            chat = as_chat(kept, proxy.version, keeps=chat_only)
        except UntranslatedError:
            raise StoppedError(Unpredicted(UNTRANSLATED)) from None
        chats = replace(sources, deployment=with_all_headers(in_chat(deployment)))
        return completion(chats, body, chat, routed=False)
    if any(deployment.params.get(key) for key in _CHANGES_MESSAGES):
        given = whole.get("input")  # LiteLLM adds messages, or removes its markers again
        whole["input"] = [{"role": "user", "content": given}] if isinstance(given, str) else given
    guarded: object = {} if deployment.params.get("guardrails") else None
    noted = whole.get("metadata", guarded)
    if "metadata" not in body and isinstance(noted, Mapping):  # OpenAI accepts only strings
        whole["metadata"] = {key: value for key, value in noted.items() if isinstance(value, str)}
    effort = whole.get("reasoning_effort")
    if whole.get("reasoning") is None and effort is not None:
        whole["reasoning"] = reasoning_of(effort, summary=is_summarized(proxy))
    check_joined(sources)
    mapped = map_responses(
        whole,
        named.removeprefix("responses/"),
        provider,
        drop=drops(deployment, proxy),
        named=names_at(deployment, "additional_drop_params"),
        allowed=names_at(deployment, "allowed_openai_params"),
        listed=deployment.is_listed(provider)
        and not (provider == "openai" and uses_other_provider(sources))
        and (deployment.noted or is_catalogued(named.removeprefix("azure/"))),
        declared=declared_reasoning(deployment),
        list_version=proxy.list_version,
        efforts=deployment.efforts,
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(refusal_of(mapped))
    extra = whole.get("extra_body")
    sent = {
        **with_stream(
            sources,
            {
                "model": responses_name(named, provider),
                "input": input_of(sources, whole.get("input")),
                **mapped.sent,
            },
        ),
        **(extra if isinstance(extra, Mapping) else {}),
    }
    return to_responses(sources, sent, changes_of(body, sent, {}))
