"""A predicted request from its URL, its credential and its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clawdoctor.source.secret import Secret
from clawdoctor.wire.azure_credential import API_KEY, BEARER, Choice
from clawdoctor.wire.azure_url import Address
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.prediction import Prediction
from clawdoctor.wire.request import Api, Credential, HopRequest, Parameters
from clawdoctor.wire.request_failures import check_url
from clawdoctor.wire.served import Origin, Picked, Sources
from clawdoctor.wire.text_completion import PROVIDER


def addressed(
    sources: Sources,
    api: Api,
    address: Address,
    choice: Choice | None,
    body: Mapping[str, Any],
    changes: Parameters,
    base: Picked,
    version: Picked | None,
) -> Prediction:
    """Return a request to a URL, with the origin of each part.

    Raise StoppedError for a faulty URL.
    """
    check_url(sources, api, address, base.value)
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
