"""Requests that the simulated models accept and refuse, and their answers."""

import json
from typing import Any

import pytest

from clawdoctor.simulator.azure import AzureDeployment, AzureResource, answer
from clawdoctor.simulator.message import Response, events_of, json_request

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
HI = [{"role": "user", "content": "ping"}]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
INVALID = "invalid_request_error"
NEWEST = "2025-04-01-preview"


def ask(
    deployment: AzureDeployment, version: str | None = NEWEST, path: str = "", **body: Any
) -> Response:
    """Send a turn: chat unless `path` is `responses`, on the v1 API if there is no version."""
    resource = AzureResource("r", KEY, {"dep": deployment})
    responses = path == "responses"
    start: dict[str, Any] = {"input": "ping"} if responses else {"messages": HI}
    tail = path or "chat/completions"
    if version is None:
        url = f"/openai/v1/{tail}"
    else:
        url = "/openai/responses" if responses else f"/openai/deployments/dep/{tail}"
    query = {"api-version": version} if version else {}
    content = {"model": "dep", **start, **body}
    request = json_request("POST", url, content, query=query, headers={"api-key": KEY})
    return answer(resource, request)


def error(response: Response) -> Any:
    assert response.status >= 400
    return json.loads(response.body)["error"]


@pytest.mark.parametrize("version", [NEWEST, None])
def test_one_piece(version: str | None) -> None:
    body = json.loads(ask(AzureDeployment("gpt-4o-mini"), version).body)
    assert body["choices"][0]["message"]["content"] == "pong"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert body["usage"]["total_tokens"] > 0
    whole = json.loads(ask(AzureDeployment("gpt-5.2-codex"), version, "responses").body)
    assert whole["output"][-1]["content"][0]["text"] == "pong"
    assert whole["status"] == "completed"


def test_stream_of_chat() -> None:
    mini = AzureDeployment("gpt-4o-mini")
    response = ask(mini, stream=True, stream_options={"include_usage": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.chunks[-1] == b"data: [DONE]\n\n"
    first, *middle, last = events_of(response)
    assert first["choices"] == []
    assert first["prompt_filter_results"]
    deltas = [event["choices"][0] for event in middle]
    assert "".join(delta["delta"].get("content", "") for delta in deltas) == "pong"
    assert deltas[-1]["finish_reason"] == "stop"
    assert last["choices"] == []
    assert last["usage"]["prompt_tokens"] > 0
    assert not any(event.get("usage") for event in events_of(ask(mini, stream=True)))


def test_stream_of_responses() -> None:
    response = ask(AzureDeployment("gpt-5.2-codex"), None, "responses", stream=True)
    assert response.chunks[0].startswith(b"event: response.created\ndata: ")
    events = events_of(response)
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert "pong" in [event.get("delta") for event in events]
    assert events[-1]["type"] == "response.completed"
    assert events[-1]["response"]["usage"]["output_tokens"] > 0


@pytest.mark.parametrize("model", ["gpt-5.2-codex", "o3-pro", "gpt-5-pro"])
def test_responses_only_models(model: str) -> None:
    assert error(ask(AzureDeployment(model))) == {
        "code": "OperationNotSupported",
        "message": f"The chatCompletion operation does not work with the specified model, {model}."
        " Please choose different model and try again. You can learn more about which models can"
        " be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.",
    }
    assert ask(AzureDeployment(model), None, "responses").status == 200


@pytest.mark.parametrize(
    ("body", "message", "param", "code"),
    [
        (
            {"max_tokens": 64},
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
            " 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        ),
        (
            {"temperature": 0.7},
            "Unsupported value: 'temperature' does not support 0.7 with this model. Only the"
            " default (1) value is supported.",
            "temperature",
            "unsupported_value",
        ),
        (
            {"top_p": 0.5},
            "Unsupported parameter: 'top_p' is not supported with this model.",
            "top_p",
            "unsupported_parameter",
        ),
        ({"foo_bar": 1}, "Unrecognized request argument supplied: foo_bar", None, None),
        ({"b": 1, "a": 1}, "Unrecognized request arguments supplied: a, b", None, None),
    ],
)
def test_reasoning_models_refuse(
    body: dict[str, Any], message: str, param: str | None, code: str | None
) -> None:
    refused = error(ask(AzureDeployment("gpt-5"), **body))
    assert refused == {"message": message, "type": INVALID, "param": param, "code": code}
    known = param is not None
    assert (ask(AzureDeployment("gpt-4o-mini"), **body).status == 200) is known


def test_quiet_models_take_a_temperature_until_they_reason() -> None:
    quiet = AzureDeployment("gpt-5.2")
    assert ask(quiet, temperature=0.2).status == 200
    assert error(ask(quiet, temperature=0.2, reasoning_effort="low"))["param"] == "temperature"


@pytest.mark.parametrize(
    ("model", "effort", "refused"),
    [
        ("gpt-5.6-sol", None, True),
        ("gpt-5.6-sol", "low", True),
        ("gpt-5.6-sol", "none", False),
        ("gpt-6-astra", "none", True),
        ("gpt-5.4", None, False),
        ("gpt-5.4", "low", True),
        ("gpt-5.5", None, False),
        ("gpt-5.5", "low", True),
        ("gpt-5", "low", False),
        ("gpt-4o-mini", None, False),
    ],
)
def test_tools_with_reasoning(model: str, effort: str | None, refused: bool) -> None:
    sent = {"reasoning_effort": effort} if effort else {}
    response = ask(AzureDeployment(model), tools=TOOLS, **sent)
    assert (response.status == 400) is refused
    if refused:
        assert error(response)["message"] == (
            f"Function tools with reasoning_effort are not supported for {model} in"
            " /v1/chat/completions. To use function tools, use /v1/responses or set"
            " reasoning_effort to 'none'."
        )


def test_store_needs_a_newer_version() -> None:
    mini = AzureDeployment("gpt-4o-mini")
    refused = error(ask(mini, "2024-10-21", store=False))
    assert refused["message"] == "Unrecognized request argument supplied: store"
    assert ask(mini, "2024-12-01-preview", store=False).status == 200
    assert ask(mini, None, store=False).status == 200


def test_o_series_needs_a_newer_version() -> None:
    o3 = AzureDeployment("o3-mini")
    assert error(ask(o3, "2024-10-21")) == {
        "code": "BadRequest",
        # The braces are Azure's own slip.
        "message": "Model {modelName} is enabled only for api versions 2024-12-01-preview and"
        " later",
    }
    assert ask(o3, "2024-12-01-preview").status == 200


def test_the_limit_may_be_used_up_by_thinking() -> None:
    deep = AzureDeployment("gpt-5", thinks=100)
    assert error(ask(deep, max_completion_tokens=64))["message"] == (
        "Could not finish the message because max_tokens or model output limit was reached."
        " Please try again with higher max_tokens."
    )
    assert ask(deep, max_completion_tokens=2048).status == 200
    silent = AzureDeployment("gpt-5", thinks=100, exhausted="length")
    body = json.loads(ask(silent, max_completion_tokens=64).body)
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["choices"][0]["message"]["content"] == ""
    assert body["usage"]["completion_tokens_details"]["reasoning_tokens"] == 64
    whole = json.loads(ask(deep, None, "responses", max_output_tokens=64).body)
    assert whole["incomplete_details"] == {"reason": "max_output_tokens"}


def test_a_prompt_longer_than_the_window() -> None:
    long = [{"role": "user", "content": "x" * 4 * 130_000}]
    refused = error(ask(AzureDeployment("gpt-4o-mini", tpm=10**9), messages=long))
    assert refused["code"] == "context_length_exceeded"
    assert refused["message"].startswith(
        "This model's maximum context length is 128000 tokens. However, your messages resulted in"
    )


def test_a_request_larger_than_the_quota() -> None:
    small = AzureDeployment("gpt-4o-mini", tpm=1000)
    classic = ask(small, "2024-10-21", max_tokens=2000)
    assert classic.status == 429
    assert classic.headers["retry-after"] == "86400"
    assert error(classic)["message"].startswith(
        "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version"
        " 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please"
        " retry after 86400 seconds."
    )
    new = error(ask(small, None, max_tokens=2000))
    assert new["code"] == "RateLimitReached"
    assert new["message"].startswith(
        "Your requests to dep for gpt-4o-mini in East US 2 have exceeded the token rate limit for"
        " your current AIServices S0 pricing tier."
    )


def test_the_filter_comes_last() -> None:
    strict = AzureDeployment("gpt-4o-mini", blocks=("jailbreak",))
    messages = [{"role": "user", "content": "a jailbreak"}]
    refused = error(ask(strict, messages=messages))
    assert refused["code"] == "content_filter"
    assert refused["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert "foo" in error(ask(strict, messages=messages, foo=1))["message"]
    assert ask(strict).status == 200


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"max_output_tokens": 1}, "max_output_tokens", "integer_below_min_value"),
        ({"messages": HI}, "messages", "unknown_parameter"),
        ({"temperature": 0.2}, "temperature", "unsupported_parameter"),
    ],
)
def test_responses_refuses(body: dict[str, Any], param: str, code: str) -> None:
    refused = error(ask(AzureDeployment("gpt-5.2-codex"), None, "responses", **body))
    assert (refused["param"], refused["code"]) == (param, code)


def test_messages_are_required() -> None:
    mini = AzureDeployment("gpt-4o-mini")
    assert error(ask(mini, messages=None))["message"] == "Missing required parameter: 'messages'."
    assert error(ask(mini, messages=[]))["code"] == "empty_array"
