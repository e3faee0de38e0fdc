"""The simulated proxy's call for a turn, or its own refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.chain.litellm_call import Call, NoCall, ProxyDeployment, address_call, prepare_call
from clawdoctor.simulator.message import Request, Response
from clawdoctor.simulator.proxy_answers import (
    CallContext,
    failed,
    unsupported,
    unsupported_temperature,
)
from clawdoctor.source.secret import Secret

_NO_KEY = (
    "Missing credentials. Please pass one of `api_key`, `azure_ad_token`,"
    " `azure_ad_token_provider`, or the `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN`"
    " environment variables."
)
_NO_BASE = (
    "Must provide one of the `base_url` or `azure_endpoint` arguments, or the"
    " `AZURE_OPENAI_ENDPOINT` environment variable"
)


def make_call(
    deployment: ProxyDeployment,
    body: Mapping[str, Any],
    context: CallContext,
    *,
    responses: bool,
    drop_params: bool,
) -> Call | Response:
    """Return the call for a turn, or the proxy's response if it makes none."""
    if responses:
        own = {**body, "model": deployment.name}
        call = address_call(deployment, own, context.version, responses=True)
    else:
        call = prepare_call(deployment, body, context.version, drop_params=drop_params)
    return _refusal(call, deployment, body, context) if isinstance(call, NoCall) else call


def request_of(call: Call) -> Request:
    """Return a call as a request to the server at its origin."""
    headers = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in call.headers.items()
    }
    headers["host"] = urlsplit(call.origin).netloc
    return Request("POST", call.path, call.query, headers, json.dumps(call.body).encode())


def _refusal(
    call: NoCall, deployment: ProxyDeployment, body: Mapping[str, Any], context: CallContext
) -> Response:
    match call.reason:
        case "parameters":
            return unsupported(list(call.parameters), deployment.name, context)
        case "temperature":
            named = deployment.base_model or deployment.name
            o_series = call.family == "o-series"
            return unsupported_temperature(body["temperature"], named, context, o_series=o_series)
        case "no-base" | "no-key":
            lacking = _NO_BASE if call.reason == "no-base" else _NO_KEY
            return failed(500, f"litellm.APIError: AzureException APIError - {lacking}", context)
