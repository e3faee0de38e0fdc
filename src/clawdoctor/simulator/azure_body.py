"""The request bodies that a model accepts: argument names by api-version, values by model.

The knowledge tables give the facts about models, so that the demo and the checks agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge.azure import PARAMETERS, feature_since, is_older, model_row, reasons
from clawdoctor.simulator.azure_answers import invalid, refusal
from clawdoctor.simulator.message import Response

Operation = Literal["chat/completions", "responses"]

_SAMPLING = ("top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs")
# The first api-version with the argument, according to the changelog. Older versions do not know
# its name. The v1 API knows all of them.
_SINCE = {
    **{name: feature_since(name) for name in ("store", *PARAMETERS)},
    "metadata": "2024-12-01-preview",
    "reasoning_effort": "2024-12-01-preview",
    "user_security_context": "2024-12-01-preview",
    "prediction": "2025-01-01-preview",
}
_CHAT = frozenset(
    {*_SINCE, *_SAMPLING}
    | {"audio", "data_sources", "function_call", "functions", "logit_bias", "max_tokens"}
    | {"messages", "modalities", "model", "n", "prompt_cache_key", "response_format"}
    | {"safety_identifier", "seed", "service_tier", "stop", "stream", "temperature"}
    | {"tool_choice", "tools", "user", "verbosity"}
)
_RESPONSES = frozenset(
    {"background", "include", "input", "instructions", "max_output_tokens", "max_tool_calls"}
    | {"metadata", "model", "parallel_tool_calls", "previous_response_id", "prompt"}
    | {"prompt_cache_key", "reasoning", "safety_identifier", "service_tier", "store", "stream"}
    | {"temperature", "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user"}
)


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """A turn as it reaches a deployment. `api_version` is None on the v1 API."""

    operation: Operation
    deployment: str
    api_version: str | None
    region: str
    body: Mapping[str, Any]


def wrong_body(model: str, request: TurnRequest) -> Response | None:
    """Return the refusal of a body that this model or api-version does not accept, or None."""
    if request.operation == "responses":
        return _wrong_responses_body(model, request.body)
    return _wrong_argument(model, request) or _wrong_chat_body(model, request.body)


def _wrong_argument(model: str, request: TurnRequest) -> Response | None:
    """Reject unknown arguments. Azure checks the names before the values."""
    version = request.api_version
    unknown = [
        name
        for name in request.body
        if name not in _CHAT
        or (version and name in _SINCE and is_older(version, _SINCE[name]))
        or (name == "reasoning_effort" and model_row(model).get("reasoning") is False)
    ]
    if not unknown:
        return None
    plural = "s" if len(unknown) > 1 else ""
    quoted = {"argument supplied: max_completion_tokens": f"argument{plural} supplied: "}
    quoted = {key: text + ", ".join(sorted(unknown)) for key, text in quoted.items()}
    return refusal("unrecognized_argument", quoted)


def _wrong_chat_body(model: str, body: Mapping[str, Any]) -> Response | None:
    messages = body.get("messages")
    if messages is None:
        text = "Missing required parameter: 'messages'."
        return invalid(text, "messages", "missing_required_parameter")
    if messages == []:
        text = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got"
            " an empty array instead."
        )
        return invalid(text, "messages", "empty_array")
    if not model_row(model).get("reasoning"):
        return None
    if "max_tokens" in body:
        return refusal("unsupported_parameter_max_tokens")
    sampled = _sampled(body) if reasons(model, body.get("reasoning_effort")) else None
    return sampled or _tools_with_reasoning(model, body)


def _sampled(body: Mapping[str, Any]) -> Response | None:
    """Reject sampling arguments and other temperatures while a model reasons."""
    if body.get("temperature") not in (None, 1):
        return refusal("unsupported_value_temperature", {"0.2": str(body["temperature"])})
    sent = next((name for name in _SAMPLING if body.get(name) is not None), None)
    if sent is None:
        return None
    text = f"Unsupported parameter: '{sent}' is not supported with this model."
    return invalid(text, sent, "unsupported_parameter")


def _tools_with_reasoning(model: str, body: Mapping[str, Any]) -> Response | None:
    rule = model_row(model).get("tools_on_chat", "yes")
    effort = body.get("reasoning_effort")
    if not body.get("tools") or rule == "yes" or (rule != "none" and effort == "none"):
        return None
    if effort is None and rule == "without-effort":
        return None
    return refusal("function_tools_with_reasoning", {"gpt-5.6-sol": model})


def _wrong_responses_body(model: str, body: Mapping[str, Any]) -> Response | None:
    unknown = next((name for name in body if name not in _RESPONSES), None)
    if unknown:
        return invalid(f"Unknown parameter: '{unknown}'.", unknown, "unknown_parameter")
    if "input" not in body and "previous_response_id" not in body:
        text = "Missing required parameter: 'input'."
        return invalid(text, "input", "missing_required_parameter")
    limit = body.get("max_output_tokens")
    if isinstance(limit, int) and limit < 16:  # the minimum of the Responses API
        text = (
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16,"
            f" but got {limit} instead."
        )
        return invalid(text, "max_output_tokens", "integer_below_min_value")
    if model_row(model).get("reasoning") and body.get("temperature") not in (None, 1):
        text = "Unsupported parameter: 'temperature' is not supported with this model."
        return invalid(text, "temperature", "unsupported_parameter")
    return None
