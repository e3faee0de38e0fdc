"""The simulated proxy's upstream call for a turn, or its own refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clawdoctor.simulator.message import Request, Response
from clawdoctor.simulator.proxy_answers import CallContext, failed
from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.request import Api, HopRequest, Refused
from clawdoctor.wire.served import ProxySettings, ServedDeployment


def make_call(
    deployment: ServedDeployment,
    proxy: ProxySettings,
    api: Api,
    body: Mapping[str, Any],
    context: CallContext,
) -> HopRequest | Response:
    """Return the call for a turn, or the proxy's response if it makes no call."""
    outcome = predict(deployment, proxy, api, body).outcome
    match outcome:
        case HopRequest():
            return outcome
        case Refused():
            return failed(outcome.status or 500, outcome.text, context)
    return failed(500, f"litellm.APIError: {context.provider} APIError - {outcome.reason}", context)


def request_of(call: HopRequest) -> Request:
    """Return a call as a request to the server at its origin."""
    headers = {
        name: value.reveal() if isinstance(value, Secret) else value
        for name, value in call.headers.items()
    }
    headers["host"] = urlsplit(call.origin).netloc
    return Request("POST", call.path, call.query, headers, json.dumps(call.body).encode())
