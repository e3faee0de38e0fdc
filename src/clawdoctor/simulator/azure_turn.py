"""A simulated Azure deployment: its limits, its filter and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge.azure import is_older, model_row
from clawdoctor.simulator.azure_answers import (
    Turn,
    chat,
    chat_stream,
    invalid,
    refusal,
    responses,
    responses_stream,
)
from clawdoctor.simulator.azure_body import TurnRequest, wrong_body
from clawdoctor.simulator.message import Response

_LETTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class AzureDeployment:
    """A deployment and its model.

    `tpm` is its limit in tokens per minute; a request that alone exceeds it is rejected. `thinks`
    is the number of tokens that the model spends before the first visible one. If a request's limit
    is smaller, `exhausted` gives the answer: empty with finish_reason length, or Azure's 400.
    `blocks` are phrases that the content filter blocks. `context` overrides the tables.
    """

    model: str
    status: Literal["succeeded", "running", "failed", "deleted"] = "succeeded"
    tpm: int = 100_000
    says: str = "pong"
    thinks: int = 0
    exhausted: Literal["length", "refused"] = "refused"
    blocks: tuple[str, ...] = ()
    context: int | None = None


def answer_turn(
    deployment: AzureDeployment, request: TurnRequest, headers: Mapping[str, str]
) -> Response:
    """Return the answer of an existing deployment to an authorised caller.

    The checks run in Azure's order: rate limit, body, content filter.
    """
    size = _size(request)
    refused = (
        _over_rate(deployment, request, size)
        or _wrong_model(deployment, request)
        or wrong_body(deployment.model, request)
        or _too_long(deployment, size)
        or _filtered(deployment, request)
    )
    return refused or _turn(deployment, request, size, headers)


def _size(request: TurnRequest) -> int:
    body = request.body
    parts = [body[key] for key in ("messages", "input", "instructions", "tools") if key in body]
    return sum(len(json.dumps(part)) for part in parts) // _LETTERS_PER_TOKEN


def _limit(request: TurnRequest) -> int | None:
    names = ("max_completion_tokens", "max_tokens", "max_output_tokens")
    given = (request.body.get(name) for name in names)
    return next((value for value in given if isinstance(value, int)), None)


def _over_rate(deployment: AzureDeployment, request: TurnRequest, size: int) -> Response | None:
    """Return a 429 if a request alone exceeds the limit of a minute, so that waiting is useless.

    On arrival, Azure counts the prompt and the largest answer that the request allows.
    """
    if size + (_limit(request) or 0) <= deployment.tpm:
        return None
    wait = {"retry-after": "86400", "retry-after-ms": "86400000"}
    if request.api_version is None:
        return refusal(
            "ratelimitreached_new",
            {
                "requests to gpt-4.1 for gpt-4.1": (
                    f"requests to {request.deployment} for {deployment.model}"
                ),
                "East US 2": request.region,
                "call rate": "token rate",
                "under Azure OpenAI API version 2024-10-21": "under Azure OpenAI API version v1",
                "1 second.": "86400 seconds.",
            },
            wait,
        )
    return refusal(
        "tokens_classic",
        {"2024-10-21": request.api_version, "9 seconds": "86400 seconds"},
        {**wait, "x-ratelimit-reset-tokens": "86400"},
    )


def _wrong_model(deployment: AzureDeployment, request: TurnRequest) -> Response | None:
    known = model_row(deployment.model)
    if request.operation not in known.get("endpoints", (request.operation,)):
        if request.operation == "responses":
            # Documented without a body; the form is that of the layer's other refusals.
            return invalid("Model not supported", None, None)
        return refusal("operation_not_supported", {"gpt-5.2-codex": deployment.model})
    since = known.get("min_api_version")
    if since and request.api_version and is_older(request.api_version, since):
        return refusal("model_requires_newer_api_version", {"2024-12-01-preview": since})
    return None


def _too_long(deployment: AzureDeployment, size: int) -> Response | None:
    known = model_row(deployment.model)
    most = deployment.context or known.get("max_input") or known.get("context")
    if most is None or size <= most:
        return None
    return refusal(
        "context_length",
        {
            "300000 tokens": f"{most} tokens",
            "350564 tokens (100 in the messages, 350464 in the functions)": f"{size} tokens",
        },
    )


def _filtered(deployment: AzureDeployment, request: TurnRequest) -> Response | None:
    prompt = json.dumps([request.body.get("messages"), request.body.get("input")])
    fires = any(phrase in prompt for phrase in deployment.blocks)
    return refusal("content_filter") if fires else None


def _turn(
    deployment: AzureDeployment, request: TurnRequest, size: int, headers: Mapping[str, str]
) -> Response:
    limit = _limit(request)
    exhausted = limit is not None and limit <= deployment.thinks
    if exhausted and deployment.exhausted == "refused" and request.operation == "chat/completions":
        return refusal("reasoning_output_limit")
    visible = 0 if exhausted else len(deployment.says) // _LETTERS_PER_TOKEN + 1
    thought = limit if exhausted and limit is not None else deployment.thinks
    turn = Turn(
        model=deployment.model,
        text="" if exhausted else deployment.says,
        prompt=size,
        completion=thought + visible,
        thought=thought,
        finish="length" if exhausted else "stop",
    )
    streamed = request.body.get("stream") is True
    if request.operation == "responses":
        return (responses_stream if streamed else responses)(turn, headers)
    if not streamed:
        return chat(turn, headers)
    options = request.body.get("stream_options") or {}
    return chat_stream(turn, headers, usage=options.get("include_usage") is True)
