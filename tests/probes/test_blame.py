"""Whose failure a failed turn is, by its text and by its shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from clawdoctor.check import built_in_checks
from clawdoctor.probes.blame import TURN_FAILED, UNSETTLED, Blame, blame_of
from clawdoctor.probes.failure import Failure
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.turn import read_turn
from clawdoctor.run.diagnosis import _reader
from clawdoctor.simulator.azure_answers import names, refusal
from clawdoctor.simulator.proxy_answers import (
    Asked,
    cooling,
    empty_key,
    no_key,
    refused_upstream,
    torn,
    unknown_model,
    unreachable,
    unsupported,
    wrong_key,
)

CLASSIFY = _reader(built_in_checks())
ASKED = Asked("gpt-5.2", "AzureException", "1.106.2")


def blamed(body: str, status: int, *, direct: bool = False, passed_on: bool = False) -> str:
    headers = {"llm_provider-apim-request-id": "1"} if passed_on else {}
    answer = Answer("POST", "http://p/v1/chat/completions", status, headers, body, 5)
    return blame_of(read_turn(answer), CLASSIFY, direct=direct).code


def error(message: str, status: int, *, direct: bool = False) -> str:
    return blamed(json.dumps({"error": {"message": message}}), status, direct=direct)


AZURE = {
    "operation_not_supported": "AZ103",
    "unsupported_parameter_max_tokens": "AZ106",
    "unsupported_value_temperature": "AZ106",
    "function_tools_with_reasoning": "AZ109",
    "unrecognized_argument": "AZ106",
    "api_version_not_supported": "AZ102",
    "api_version_not_allowed_v1": "AZ102",
    "api_version_missing": "AZ102",
    "model_requires_newer_api_version": "AZ102",
    "responses_requires_newer_api_version": "AZ102",
    "json_schema_requires_version": "AZ102",
    "tool_choice_required_version": "AZ102",
    "context_length": "AZ108",
    "string_above_max_length": "AZ106",
    "content_filter": "AZ107",
    "custom_subdomain": "AZ006",
    "token_tenant": "AZ006",
    "invalid_key": "AZ003",
    "unauthorized_token": "AZ003",
    "missing_credentials_apim": "AZ003",
    "missing_subscription_key_apim": "AZ003",
    "permission_denied": "AZ006",
    "permission_denied_data_action": "AZ006",
    "firewall": "AZ004",
    "vnet_wrong_endpoint": "AZ004",
    "public_access_disabled": "AZ004",
    "key_auth_disabled": "AZ005",
    "resource_blocked": "AZ112",
    "deployment_not_found": "AZ101",
    "deployment_not_found_v1": "AZ101",
    "resource_not_found": "AZ102",
    "subdomain": "AZ001",
    "timeout": "AZ111",
    "tokens_classic": "AZ104",
    "calls_classic": "AZ104",
    "ratelimitreached_new": "AZ104",
    "capacity": "AZ111",
    "server_error": "AZ111",
}


def test_no_refusal_is_left_out() -> None:
    assert set(AZURE) == set(names()) - {"reasoning_output_limit"}


@pytest.mark.parametrize("name", AZURE)
def test_what_azure_says(name: str) -> None:
    got = refusal(name)
    assert blamed(got.content.decode(), got.status, direct=True) == AZURE[name]


@pytest.mark.parametrize("name", AZURE)
@pytest.mark.parametrize("raw", [False, True])
def test_what_litellm_makes_of_it(name: str, raw: bool) -> None:
    asked = Asked("gpt-5.2", "AzureException", "1.106.2", raw=raw)
    got = refused_upstream(refusal(name), asked)
    assert blamed(got.content.decode(), got.status) == AZURE[name]


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (cooling("g", ["id"], 5), "PX103"),
        (unknown_model("/chat/completions", "g"), "PX004"),
        (unsupported(["store"], "prod", ASKED), "PX101"),
        (unreachable(ASKED), "AZ002"),
        (wrong_key(), "PX003"),
        (no_key(has_prisma=True), "PX003"),
        (empty_key(has_prisma=True), "PX003"),
        (no_key(has_prisma=False), TURN_FAILED),
    ],
)
def test_what_the_proxy_says_itself(response: Any, code: str) -> None:
    assert blamed(response.content.decode(), response.status) == code


def test_a_stream_that_was_torn_is_not_settled() -> None:
    got = torn(ASKED)
    assert blamed(got.content.decode(), got.status) in UNSETTLED


def test_a_wait_of_a_day_is_a_rate_limit_as_explain_says() -> None:
    got = refusal("tokens_classic", {"9 seconds": "86400 seconds"})
    assert blamed(got.content.decode(), got.status, direct=True) == "AZ104"
    assert blamed(got.content.decode(), got.status) == "AZ104"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "AZ106"),
        (401, "AZ003"),
        (403, "AZ004"),
        (404, "AZ102"),
        (408, "AZ111"),
        (418, TURN_FAILED),
        (429, "AZ104"),
        (500, "AZ111"),
        (503, "AZ111"),
    ],
)
def test_a_text_that_nobody_knows(status: int, code: str) -> None:
    """Azure's number tells it; the proxy's says little unless Azure stands behind it."""
    assert error("Something new.", status, direct=True) == code
    assert error("Something new.", status) == TURN_FAILED
    text = json.dumps({"error": {"message": "litellm.NewError: AzureException NewError - New."}})
    assert blamed(text, status, passed_on=True) == code
    if status >= 500:
        assert blamed(text, status) == TURN_FAILED  # LiteLLM calls faults of its own so, too


def test_the_proxys_words_are_no_words_of_azure() -> None:
    text = "Budget has been exceeded! Current cost: 1, Max budget: 1"
    assert error(text, 429) == "PX105"
    assert error(text, 429, direct=True) == "AZ104"


@pytest.mark.parametrize(
    ("failure", "by_proxy", "by_azure"),
    [
        ("timeout", "PX107", "AZ002"),
        ("reset", "PX001", "AZ002"),
        ("dns", "PX001", "AZ001"),
        ("tls", "PX001", "AZ002"),
    ],
)
def test_silence(failure: Failure, by_proxy: str, by_azure: str) -> None:
    turn = read_turn(NoAnswer("POST", "http://p", failure, "x"))
    assert blame_of(turn, CLASSIFY, direct=False) == Blame(by_proxy)
    assert blame_of(turn, CLASSIFY, direct=True) == Blame(by_azure)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "PX104"),
        ("<html></html>", "PX104"),
        ('data: {"choices":[{"delta":{"content":"a"}}]}\n', "PX104"),
        ('data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n', "AZ107"),
    ],
)
def test_status_200(body: str, code: str) -> None:
    assert blamed(body, 200) == code
    assert blamed(body, 200, direct=True) == code
