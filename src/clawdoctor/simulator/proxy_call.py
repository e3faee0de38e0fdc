"""What the simulated proxy does with a turn: the call that LiteLLM makes, or its own refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.chain.litellm_call import Call, NoCall, ProxyDeployment, address_call, prepare_call
from clawdoctor.simulator.message import Request, Response
from clawdoctor.simulator.proxy_answers import (
    Asked,
    failed,
    unsupported,
    unsupported_temperature,
)

_NO_KEY = (
    "Missing credentials. Please pass one of `api_key`, `azure_ad_token`,"
    " `azure_ad_token_provider`, or the `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN`"
    " environment variables."
)
_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)


def called(
    deployment: ProxyDeployment,
    body: Mapping[str, Any],
    asked: Asked,
    *,
    responses: bool,
    drop_params: bool,
) -> Call | Response:
    """The call for a turn, or what the proxy answers instead of making one."""
    if responses:
        own = {**body, "model": deployment.name}
        call = address_call(deployment, own, asked.version, responses=True)
    else:
        call = prepare_call(deployment, body, asked.version, drop_params=drop_params)
    return _refusal(call, deployment, body, asked) if isinstance(call, NoCall) else call


def request_of(call: Call) -> Request:
    """A call as the server at its origin hears it."""
    headers = {**call.headers, "host": urlsplit(call.origin).netloc}
    return Request("POST", call.path, call.query, headers, json.dumps(call.body).encode())


def _refusal(
    call: NoCall, deployment: ProxyDeployment, body: Mapping[str, Any], asked: Asked
) -> Response:
    match call.reason:
        case "parameters":
            return unsupported(list(call.parameters), deployment.name, asked)
        case "temperature":
            named = deployment.base_model or deployment.name
            o_series = call.family == "o-series"
            return unsupported_temperature(body["temperature"], named, asked, o_series=o_series)
        case "no-base" | "no-key":
            lacking = _NO_BASE if call.reason == "no-base" else _NO_KEY
            return failed(500, f"litellm.APIError: AzureException APIError - {lacking}", asked)
