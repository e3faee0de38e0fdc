"""What one Azure deployment does with a turn: its limits, its filter, its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clawdoctor.knowledge.azure import is_older, knows
from clawdoctor.simulator.azure_answers import (
    Turn,
    chat,
    chat_stream,
    invalid,
    refusal,
    responses,
    responses_stream,
)
from clawdoctor.simulator.azure_body import Asked, wrong_body
from clawdoctor.simulator.message import Response

_LETTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class AzureDeployment:
    """A deployment and the model in it.

    `tpm` is its tokens a minute; what cannot fit into a whole minute is refused. `thinks` is how
    many tokens the model spends before its first visible one; where a request's limit is
    smaller, the answer is `exhausted`: empty with finish_reason length, or Azure's 400. `blocks`
    are words on which its content filter fires. `context` overrides what the tables know.
    """

    model: str
    status: Literal["succeeded", "running", "failed", "deleted"] = "succeeded"
    tpm: int = 100_000
    says: str = "pong"
    thinks: int = 0
    exhausted: Literal["length", "refused"] = "refused"
    blocks: tuple[str, ...] = ()
    context: int | None = None


def take(deployment: AzureDeployment, asked: Asked, headers: Mapping[str, str]) -> Response:
    """The answer of a deployment that exists, to a caller who may ask.

    Refused in Azure's order: rate limit, body, content filter.
    """
    size = _size(asked)
    refused = (
        _over_rate(deployment, asked, size)
        or _wrong_model(deployment, asked)
        or wrong_body(deployment.model, asked)
        or _too_long(deployment, size)
        or _filtered(deployment, asked)
    )
    return refused or _turn(deployment, asked, size, headers)


def _size(asked: Asked) -> int:
    body = asked.body
    parts = [body[key] for key in ("messages", "input", "instructions", "tools") if key in body]
    return sum(len(json.dumps(part)) for part in parts) // _LETTERS_PER_TOKEN


def _limit(asked: Asked) -> int | None:
    names = ("max_completion_tokens", "max_tokens", "max_output_tokens")
    given = (asked.body.get(name) for name in names)
    return next((value for value in given if isinstance(value, int)), None)


def _over_rate(deployment: AzureDeployment, asked: Asked, size: int) -> Response | None:
    """429 for a request that is larger than a whole minute's tokens: no waiting helps.

    Azure estimates on arrival: the prompt and the largest answer that the request allows.
    """
    if size + (_limit(asked) or 0) <= deployment.tpm:
        return None
    wait = {"retry-after": "86400", "retry-after-ms": "86400000"}
    if asked.api_version is None:
        return refusal(
            "ratelimitreached_new",
            {
                "requests to gpt-4.1 for gpt-4.1": (
                    f"requests to {asked.deployment} for {deployment.model}"
                ),
                "East US 2": asked.region,
                "call rate": "token rate",
                "under Azure OpenAI API version 2024-10-21": "under Azure OpenAI API version v1",
                "1 second.": "86400 seconds.",
            },
            wait,
        )
    return refusal(
        "tokens_classic",
        {"2024-10-21": asked.api_version, "9 seconds": "86400 seconds"},
        {**wait, "x-ratelimit-reset-tokens": "86400"},
    )


def _wrong_model(deployment: AzureDeployment, asked: Asked) -> Response | None:
    known = knows(deployment.model)
    if asked.operation not in known.get("endpoints", (asked.operation,)):
        if asked.operation == "responses":
            # Documented without a body; the shape is that of the layer's other refusals.
            return invalid("Model not supported", None, None)
        return refusal("operation_not_supported", {"gpt-5.2-codex": deployment.model})
    since = known.get("min_api_version")
    if since and asked.api_version and is_older(asked.api_version, since):
        return refusal("model_requires_newer_api_version", {"2024-12-01-preview": since})
    return None


def _too_long(deployment: AzureDeployment, size: int) -> Response | None:
    known = knows(deployment.model)
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


def _filtered(deployment: AzureDeployment, asked: Asked) -> Response | None:
    said = json.dumps([asked.body.get("messages"), asked.body.get("input")])
    fires = any(word in said for word in deployment.blocks)
    return refusal("content_filter") if fires else None


def _turn(
    deployment: AzureDeployment, asked: Asked, size: int, headers: Mapping[str, str]
) -> Response:
    limit = _limit(asked)
    out = limit is not None and limit <= deployment.thinks
    if out and deployment.exhausted == "refused" and asked.operation == "chat/completions":
        return refusal("reasoning_output_limit")
    spoken = 0 if out else len(deployment.says) // _LETTERS_PER_TOKEN + 1
    thought = limit if out and limit is not None else deployment.thinks
    turn = Turn(
        model=deployment.model,
        text="" if out else deployment.says,
        prompt=size,
        completion=thought + spoken,
        thought=thought,
        finish="length" if out else "stop",
    )
    streamed = asked.body.get("stream") is True
    if asked.operation == "responses":
        return (responses_stream if streamed else responses)(turn, headers)
    if not streamed:
        return chat(turn, headers)
    options = asked.body.get("stream_options") or {}
    return chat_stream(turn, headers, usage=options.get("include_usage") is True)
