"""How LiteLLM's HTTP clients handle a request: the headers they add, and what they do not send.

Measured on the requests of LiteLLM 1.106.2 and 1.108.7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.deferred import regex
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import brings_openai_3, family_of
from clawdoctor.source.secret import Secret
from clawdoctor.wire.called_path import path_of
from clawdoctor.wire.prediction import Prediction, StoppedError
from clawdoctor.wire.request import Api, HopRequest, Refused
from clawdoctor.wire.request_failures import client_failed, failed, hides_failures
from clawdoctor.wire.served import Origin, Sources, parameters, settings, variables
from clawdoctor.wire.text_completion import PROVIDER

_LINE_BREAK = regex(r"[\r\n\0]")
_NAME = regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


def check_timeout(sources: Sources, api: Api, *, streams: bool) -> None:
    """Raise StoppedError if the timeout of a request is a string that is not a number.

    LiteLLM reads the timeout before it checks the parameters of a request: from the deployment,
    else from the router (not for Responses), else from litellm_settings.
    """
    if api == "embeddings":
        return  # its client rejects it
    general = sources.proxy.settings.get("request_timeout", 0)
    if general is None:
        text = "float() argument must be a string or a real number, not 'NoneType'"
        made = failure_of(sources, text).text if api == "chat" else text
        raise StoppedError(Refused("litellm", "timeout", made, 500))
    own = sources.deployment.params
    names = [*(["stream_timeout"] if streams else []), "timeout", "request_timeout"]
    router: dict[str, object] = {}
    if api != "responses":
        router = {**sources.proxy.router, "timeout": _router_timeout(sources)}
    values = [own.get(name) for name in names] + [router.get(name) for name in names[:-1]]
    written = next((value for value in (*values, general) if value), None)
    if not isinstance(written, str) or is_number(written):
        return
    if api == "responses" and written in own.values():
        text = "1 validation error for float\n  Input should be a valid number"
    elif api == "responses":
        text = f"could not convert string to float: '{written}'"
    else:
        text = (
            f"litellm.APIConnectionError: {_exception(sources)} - could not convert string to"
            f" float: '{written}'"
        )
    raise StoppedError(Refused("litellm", "timeout", text, 500))


def _router_timeout(sources: Sources) -> object:
    """Return the router's timeout, unless that of litellm_settings is a number and replaces it."""
    general = sources.proxy.settings.get("request_timeout")
    is_set = general and not (isinstance(general, str) and not is_number(general))
    return None if is_set else sources.proxy.router.get("timeout")


def check_limit(sources: Sources) -> None:
    """Raise StoppedError if the limit of parallel requests is a string or negative."""
    limit = _limit(sources)
    if isinstance(limit, str):
        text = "'>=' not supported between instances of 'int' and 'str'"
        raise StoppedError(Refused("litellm", "weights", text, 500))
    if isinstance(limit, (int, float)) and limit < 0:
        text = "Deployment has all max_parallel_requests slots in use."
        raise StoppedError(Refused("litellm", "parallel", text, 429))


def _limit(sources: Sources) -> object:
    """Return a deployment's limit of parallel requests.

    It is its own, else its `rpm`, else six for every thousand of its `tpm`, else the router's.
    """
    params = sources.deployment.params
    own, requests, tokens = (params.get(key) for key in ("max_parallel_requests", "rpm", "tpm"))
    if own is not None:
        return own
    if requests is not None:  # LiteLLM converts these two to numbers
        return float(requests) if _counts(requests) else None
    if tokens is not None:
        return int(float(tokens) / 1000 * 6) if _counts(tokens) else None
    return sources.proxy.router.get("default_max_parallel_requests")


def _counts(value: object) -> bool:
    return isinstance(value, (int, float)) or (isinstance(value, str) and is_number(value))


def check_headers(sources: Sources, api: Api) -> None:
    """Raise StoppedError if a deployment's headers are not a mapping: LiteLLM adds its own."""
    for name in ("extra_headers", "headers"):
        value = sources.deployment.params.get(name)
        fits = value is None or isinstance(value, Mapping)
        if fits or (name == "headers" and (api == "responses" or not value)):
            continue
        if api == "embeddings":
            raise StoppedError(_no_embedding_headers(sources, name, value))
        if value:
            raise StoppedError(failure_of(sources, _no_headers(sources, value, api)))


def _no_headers(sources: Sources, value: object, api: Api) -> str:
    """Return Python's error about headers to which LiteLLM adds its own."""
    kind = type(value).__name__
    if api == "responses" and _checks_headers(sources):
        return f"'{kind}' object is not a mapping"
    if isinstance(value, (str, list)):
        return "dictionary update sequence element #0 has length"  # a number follows
    return f"'{kind}' object is not iterable"


def _checks_headers(sources: Sources) -> bool:
    row = behaviour("litellm", "header-types", sources.proxy.version)
    return row is None or row.effect == "checked"


def _no_embedding_headers(sources: Sources, name: str, value: object) -> Refused:
    kind = type(value).__name__
    if _checks_headers(sources):
        text = f"litellm.UnsupportedParamsError: {name} must be a JSON object"
        return Refused("litellm", "headers", text, 400)
    if name == "extra_headers":
        made = failure_of(sources, f"'{kind}' object has no attribute 'update'")
        return replace(made, status=400)
    if path_of(sources)[0] == "azure":
        return failure_of(sources, f"'{kind}' object is not a mapping")
    return client_failed(sources, "headers", "1 validation error for nullable[dict[str,str]]")


def with_text_key(sources: Sources) -> Sources:
    """Return the sources with a numeric key converted to a string."""
    key = sources.deployment.params.get("api_key")
    if not isinstance(key, (int, float)):
        return sources
    params = {**sources.deployment.params, "api_key": str(key)}
    return replace(sources, deployment=replace(sources.deployment, params=params))


def check_key(sources: Sources, api: Api, *, maps: bool) -> None:
    """Raise StoppedError if the key in a credential of the config is a number.

    `maps` means that LiteLLM is about to check the parameters of the request.
    """
    key = sources.deployment.params.get("api_key")
    if not isinstance(key, (int, float)):
        return
    origins = {"credential": parameters("api_key")}
    provider, kind = path_of(sources)[0], type(key).__name__
    if maps != (api == "responses" or provider == "azure_ai"):
        return
    if api == "responses":  # LiteLLM's text continues with what it expects
        text = f"litellm.APIConnectionError: {_exception(sources)} - "
        raise StoppedError(Refused("litellm", "key-type", text, 500), origins)
    match provider:
        case "azure":
            text = f"'{kind}' object has no attribute 'encode'"
        case "openai":
            text = f"'{kind}' object has no attribute 'strip'"
        case "azure_ai":
            text = "GetLLMProvider Exception - dynamic_api_key needs to be a string."
    raise StoppedError(Refused("litellm", "key-type", text, 400), origins)


def is_number(text: str) -> bool:
    """Whether Python can convert a string to a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def failure_of(sources: Sources, text: str) -> Refused:
    """Return the failure of LiteLLM's own code while it builds a chat."""
    whole = f"litellm.APIConnectionError: {_exception(sources)} - {text}"
    return Refused("litellm", "failure", whole, 500)


def _exception(sources: Sources) -> str:
    if sources.deployment.path[0] == PROVIDER:
        return "Azure_textException APIConnectionError"
    match path_of(sources)[0]:
        case "azure":
            return "AzureException APIConnectionError"
        case "openai":
            return "APIConnectionError: OpenAIException"
    return "APIConnectionError: Azure_aiException"


def sent_by_client(made: Prediction, sources: Sources, api: Api) -> Prediction:
    """Return a prediction with the headers of LiteLLM's HTTP client.

    A request that the client rejects becomes a refusal: a header whose value is not a string, a
    header whose name is not a token, a body that is not JSON.
    """
    request = made.outcome
    if not isinstance(request, HopRequest):
        return made
    if api == "embeddings" and (late := _late(sources)) is not None:
        return Prediction(late)
    if (fault := _not_json(request.body)) is not None:
        text = f"Object of type {fault} is not JSON serializable"
        return Prediction(_refused(sources, api, "no-json", text))
    if (refused := _refused_header(request, sources, api)) is not None:
        return Prediction(refused)
    made_headers = {name: _stripped(value) for name, value in request.headers.items()}
    if any(_has_line_break(value) for value in made_headers.values()):
        return Prediction(_refused_line_break(sources, request.api))
    request = replace(request, headers=made_headers)
    made = replace(made, outcome=request)
    if request.api == "responses" or path_of(sources)[0] == "azure_ai":
        return made
    headers, origins = dict(made_headers), dict(made.origins)
    for name, picked in _client_headers(sources, api).items():
        if name not in headers:
            headers[name] = picked[0]
            origins[f"header {name}"] = (picked[1],)
    return replace(made, outcome=replace(request, headers=headers), origins=origins)


def _refused_header(request: HopRequest, sources: Sources, api: Api) -> Refused | None:
    """Return the refusal of a header that the client cannot send, if there is one."""
    written: Mapping[str, object] = request.headers  # values from a file can have any type
    for name, value in written.items():
        if not isinstance(value, (str, Secret)):
            text = f"Header value must be str or bytes, not {type(value)}"
            if (
                api == "chat"
                and brings_openai_3(sources.proxy.version)
                and _validates_headers(sources)
            ):
                text = ""  # of the type that the client expects
            return _refused(sources, api, "header-value", text)
        if not _is_ascii(value):
            return _refused_letter(sources, api)
        if _NAME.fullmatch(name) is None:
            text = "" if api == "responses" else "Connection error."
            return _refused(sources, api, "header-name", text)
    return None


def _late(sources: Sources) -> Refused | None:
    """Return the refusal of an embeddings request with a timeout that is not a number."""
    params, proxy = sources.deployment.params, sources.proxy
    timeout = params.get("timeout") or _router_timeout(sources)
    row = behaviour("litellm", "embeddings-timeout", proxy.version)
    if row is not None and row.effect == "read":
        timeout = timeout or proxy.settings.get("request_timeout")
    if not isinstance(timeout, str) or is_number(timeout):
        return None
    text = "" if brings_openai_3(sources.proxy.version) else "Connection error."
    return client_failed(sources, "timeout", text, "APIConnectionError")


def _validates_headers(sources: Sources) -> bool:
    """Whether the client checks the types of a chat's headers for this model: only openai 3."""
    if not brings_openai_3(sources.proxy.version):
        return False
    provider = path_of(sources)[0]
    family = family_of(sources.deployment.name)
    o_series = family is not None and family.name == "o-series"
    return provider == "openai" or (provider == "azure" and o_series)


def _is_ascii(value: str | Secret) -> bool:
    return value.test(str.isascii) if isinstance(value, Secret) else value.isascii()


def _refused_letter(sources: Sources, api: Api) -> Refused:
    """Return the refusal of a header with a character that HTTP does not allow."""
    error = "APIConnectionError" if api == "embeddings" else "APIError"
    text = "'ascii' codec can't encode character"  # a part of the header follows
    return client_failed(sources, "header-letter", text, error)


def _stripped(value: str | Secret) -> str | Secret:
    """Return a header's value as it is sent: without spaces and tabs around it."""
    if isinstance(value, Secret):
        return Secret(value.reveal().strip(" \t"))
    return value.strip(" \t")


def _has_line_break(value: str | Secret) -> bool:
    if isinstance(value, Secret):
        return value.test(lambda text: bool(_LINE_BREAK.search(text)))
    return bool(_LINE_BREAK.search(value))


def _refused_line_break(sources: Sources, api: Api) -> Refused:
    """Return the refusal of a header with a line break. The answer depends on the client."""
    if hides_failures(sources, api):
        return client_failed(sources, "header-value", "Connection error.", "APIConnectionError")
    text = "Forbidden control character detected in headers. Potential header injection attack."
    error = "APIConnectionError" if api == "embeddings" else "APIError"
    return client_failed(sources, "header-value", text, error)


def _client_headers(sources: Sources, api: Api) -> dict[str, tuple[str, Origin]]:
    """Return the headers that OpenAI's client reads from variables."""
    found: dict[str, tuple[str, Origin]] = {}
    for header, row in table("litellm_request")["client_headers"].items():
        origins = variables(row["variable"])
        if api == "chat" and path_of(sources)[0] == "openai" and "setting" in row:
            own = row["setting"]
            origins = (*parameters(own), *settings(own), *variables(row["litellm"]), *origins)
        if (picked := sources.first_of(*origins)) is not None:
            found[header] = (picked.value, picked.origin)
    return found


def _refused(sources: Sources, api: Api, kind: str, text: str) -> Refused:
    if path_of(sources)[0] != "azure":
        if kind == "header-value" and path_of(sources)[0] == "openai" and api == "embeddings":
            text = ""  # of the type that LiteLLM expects
        return client_failed(sources, kind, text)
    wide = kind != "header-name" and api != "embeddings"
    return failed(kind, text, "APIError" if wide or api == "responses" else "APIConnectionError")


def _not_json(body: Mapping[str, Any]) -> str | None:
    """Return the type of a value in a body that JSON does not support."""
    faults: list[str] = []

    def note(value: object) -> None:
        faults.append(type(value).__name__)

    json.dumps({**body}, default=note, skipkeys=True)
    return faults[0] if faults else None
