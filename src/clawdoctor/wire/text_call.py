"""The requests that LiteLLM builds for `azure_text`, Azure's completions of plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.wire import azure_url
from clawdoctor.wire.call_parameters import (
    changes_of,
    drops,
    names_at,
    refusal_of,
    renamed_in,
    with_own,
)
from clawdoctor.wire.litellm_address import at_azure
from clawdoctor.wire.parameters import Unsupported
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Refused, Unpredicted
from clawdoctor.wire.request_failures import failed
from clawdoctor.wire.served import Sources
from clawdoctor.wire.text_completion import PROVIDER, map_text, prompt_of, refused_argument


def text_completion(
    sources: Sources, body: Mapping[str, Any], whole: Mapping[str, Any], *, routed: bool
) -> Prediction:
    """Return LiteLLM's completion of plain text for a chat. Raise StoppedError if it sends none."""
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
        drop=drops(deployment, sources.proxy),
        named=names_at(deployment, "additional_drop_params"),
        allowed=names_at(deployment, "allowed_openai_params"),
    )
    if isinstance(mapped, Unsupported):
        raise StoppedError(refusal_of(mapped))
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
    changes = changes_of(body, made, renamed_in({"messages": "prompt"}, body, made))
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


def no_text_embedding(sources: Sources, body: Mapping[str, Any]) -> Refused:
    """Return the refusal of an embeddings request through `azure_text`, which has no embeddings."""
    name = sources.deployment.path[1]
    named = names_at(sources.deployment, "additional_drop_params")
    own = with_own(sources, body)
    taken = table("litellm_request")["embeddings"]
    unfit = {key: own[key] for key in own if key in taken and key not in named}
    if unfit and not drops(sources.deployment, sources.proxy):
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
