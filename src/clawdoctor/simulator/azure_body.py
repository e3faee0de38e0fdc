"""Which bodies a model takes: the arguments' names by api-version, their values by model.

Which model does what is taken from the knowledge tables, so that the demo and the checks cannot
disagree about a model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from clawdoctor.knowledge.azure import is_older, knows, reasons
from clawdoctor.simulator.azure_answers import invalid, refusal
from clawdoctor.simulator.message import Response

Operation = Literal["chat/completions", "responses"]

_SAMPLING = ("top_p", "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs")
# First api-version with the argument (the changelog of the api-versions); older ones do not
# know its name. The v1 API knows all of them.
_SINCE = {
    "max_completion_tokens": "2024-09-01-preview",
    "parallel_tool_calls": "2024-09-01-preview",
    "stream_options": "2024-09-01-preview",
    "metadata": "2024-12-01-preview",
    "reasoning_effort": "2024-12-01-preview",
    "store": "2024-12-01-preview",
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
class Asked:
    """One turn as it reached a deployment. `api_version` is None on the v1 API."""

    operation: Operation
    deployment: str
    api_version: str | None
    region: str
    body: Mapping[str, Any]


def wrong_body(model: str, asked: Asked) -> Response | None:
    """The refusal of a body that this model, or this api-version, does not take."""
    if asked.operation == "responses":
        return _wrong_responses_body(model, asked.body)
    return _wrong_argument(model, asked) or _wrong_chat_body(model, asked.body)


def _wrong_argument(model: str, asked: Asked) -> Response | None:
    """The names of arguments, looked at before their values."""
    version = asked.api_version
    strange = [
        name
        for name in asked.body
        if name not in _CHAT
        or (version and name in _SINCE and is_older(version, _SINCE[name]))
        or (name == "reasoning_effort" and knows(model).get("reasoning") is False)
    ]
    if not strange:
        return None
    plural = "s" if len(strange) > 1 else ""
    quoted = {"argument supplied: max_completion_tokens": f"argument{plural} supplied: "}
    quoted = {key: text + ", ".join(sorted(strange)) for key, text in quoted.items()}
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
    if not knows(model).get("reasoning"):
        return None
    if "max_tokens" in body:
        return refusal("unsupported_parameter_max_tokens")
    sampled = _sampled(body) if reasons(model, body.get("reasoning_effort")) else None
    return sampled or _tools_with_reasoning(model, body)


def _sampled(body: Mapping[str, Any]) -> Response | None:
    """While it reasons, a model takes its own temperature and no other sampling argument."""
    if body.get("temperature") not in (None, 1):
        return refusal("unsupported_value_temperature", {"0.2": str(body["temperature"])})
    sent = next((name for name in _SAMPLING if body.get(name) is not None), None)
    if sent is None:
        return None
    text = f"Unsupported parameter: '{sent}' is not supported with this model."
    return invalid(text, sent, "unsupported_parameter")


def _tools_with_reasoning(model: str, body: Mapping[str, Any]) -> Response | None:
    rule = knows(model).get("tools_on_chat", "yes")
    effort = body.get("reasoning_effort")
    if not body.get("tools") or rule == "yes" or (rule != "none" and effort == "none"):
        return None
    # gpt-5.4 refuses an effort that is sent; later ones also their own default.
    if effort is None and model.startswith("gpt-5.4"):
        return None
    return refusal("function_tools_with_reasoning", {"gpt-5.6-sol": model})


def _wrong_responses_body(model: str, body: Mapping[str, Any]) -> Response | None:
    strange = next((name for name in body if name not in _RESPONSES), None)
    if strange:
        return invalid(f"Unknown parameter: '{strange}'.", strange, "unknown_parameter")
    if "input" not in body and "previous_response_id" not in body:
        text = "Missing required parameter: 'input'."
        return invalid(text, "input", "missing_required_parameter")
    limit = body.get("max_output_tokens")
    if isinstance(limit, int) and limit < 16:  # the least that the Responses API takes
        text = (
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16,"
            f" but got {limit} instead."
        )
        return invalid(text, "max_output_tokens", "integer_below_min_value")
    if knows(model).get("reasoning") and body.get("temperature") not in (None, 1):
        text = "Unsupported parameter: 'temperature' is not supported with this model."
        return invalid(text, "temperature", "unsupported_parameter")
    return None
