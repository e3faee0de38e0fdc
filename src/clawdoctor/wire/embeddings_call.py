"""The embeddings request that LiteLLM builds for one deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import names_like
from clawdoctor.wire import azure_url
from clawdoctor.wire.call_parameters import changes_of, drops, with_own
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.foundry_address import embedded_at_foundry
from clawdoctor.wire.litellm_address import at_azure, at_openai
from clawdoctor.wire.parameters import is_sent_as_is
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Refused
from clawdoctor.wire.request_failures import failed
from clawdoctor.wire.served import Sources, text_of
from clawdoctor.wire.text_call import no_text_embedding
from clawdoctor.wire.text_completion import PROVIDER

_NO_EMBEDDINGS_BASE = (
    "No API Base provided for Azure OpenAI LLM provider. Set 'AZURE_API_BASE' in .env"
)


def embeddings_request(sources: Sources, body: Mapping[str, Any]) -> Prediction:
    """Return LiteLLM's request for embeddings. Raise StoppedError if it sends none."""
    deployment = sources.deployment
    provider, named = path_of(sources)
    if deployment.path[0] == PROVIDER:
        raise StoppedError(no_text_embedding(sources, body))
    whole = with_own(sources, body)
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
        if not drops(deployment, sources.proxy):
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
    changes = changes_of(body, made, {})
    if provider == "azure":
        if azure_url.base_of(sources) is None and not sources.is_empty("AZURE_API_BASE"):
            raise StoppedError(failed("no-base", _NO_EMBEDDINGS_BASE, "APIConnectionError"))
        return at_azure(sources, "embeddings", made, changes)
    if provider == "azure_ai":
        return embedded_at_foundry(sources, made, changes)
    return at_openai(sources, "embeddings", made, changes)
