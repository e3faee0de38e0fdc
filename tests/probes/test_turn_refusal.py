"""The refusal in a failed turn, by its text and by its status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from clawdoctor.check import Check, built_in_checks
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.network_failure import NetworkFailure
from clawdoctor.probes.replies import Replies
from clawdoctor.probes.turn import read_turn
from clawdoctor.probes.turn_refusal import UNSETTLED, refusal_of_turn
from clawdoctor.run.classifier import classifier
from clawdoctor.run.refusal import PluginKind, Refusal, RefusalKind
from clawdoctor.simulator.azure_answers import names, refusal
from clawdoctor.simulator.proxy_answers import (
    CallContext,
    cooling,
    empty_key,
    failed,
    no_key,
    refused_upstream,
    torn,
    unknown_model,
    unreachable,
    wrong_key,
)
from clawdoctor.wire.question import Question

CLASSIFY = classifier(built_in_checks())
REQUEST = CallContext("gpt-5.2", "AzureException", "1.106.2")
UNSUPPORTED = (
    "litellm.UnsupportedParamsError: azure does not support parameters: ['store'], for model=prod."
    " To drop these, set `litellm.drop_params=True`"
)


def kind_of(body: str, status: int, *, direct: bool = False, upstream: bool = False) -> str:
    headers = {"llm_provider-apim-request-id": "1"} if upstream else {}
    answer = Answer("POST", "http://p/v1/chat/completions", status, headers, body, 5)
    return refusal_of_turn(read_turn(answer), CLASSIFY, direct=direct).kind


def error(message: str, status: int, *, direct: bool = False) -> str:
    return kind_of(json.dumps({"error": {"message": message}}), status, direct=direct)


AZURE = {
    "operation_not_supported": "operation-not-supported",
    "unsupported_parameter_max_tokens": "parameter-rejected",
    "unsupported_value_temperature": "parameter-rejected",
    "function_tools_with_reasoning": "tools-need-responses-api",
    "unrecognized_argument": "parameter-rejected",
    "api_version_not_supported": "api-version-unsupported",
    "api_version_not_allowed_v1": "api-version-unsupported",
    "api_version_missing": "api-version-unsupported",
    "model_requires_newer_api_version": "api-version-unsupported",
    "responses_requires_newer_api_version": "api-version-unsupported",
    "json_schema_requires_version": "api-version-unsupported",
    "tool_choice_required_version": "api-version-unsupported",
    "context_length": "context-length-exceeded",
    "string_above_max_length": "parameter-rejected",
    "content_filter": "content-filtered",
    "custom_subdomain": "role-missing",
    "token_tenant": "role-missing",
    "invalid_key": "key-rejected",
    "unauthorized_token": "key-rejected",
    "missing_credentials_apim": "key-rejected",
    "missing_subscription_key_apim": "key-rejected",
    "permission_denied": "role-missing",
    "permission_denied_data_action": "role-missing",
    "firewall": "network-denied",
    "vnet_wrong_endpoint": "network-denied",
    "public_access_disabled": "network-denied",
    "key_auth_disabled": "key-auth-disabled",
    "resource_blocked": "resource-blocked",
    "deployment_not_found": "deployment-not-found",
    "deployment_not_found_v1": "deployment-not-found",
    "resource_not_found": "api-version-unsupported",
    "subdomain": "resource-not-found",
    "timeout": "service-error",
    "tokens_classic": "rate-limited",
    "calls_classic": "rate-limited",
    "ratelimitreached_new": "rate-limited",
    "capacity": "service-error",
    "server_error": "service-error",
}


def test_all_refusals_of_azure_are_covered() -> None:
    assert set(AZURE) == set(names()) - {"reasoning_output_limit"}


@pytest.mark.parametrize("name", AZURE)
def test_each_error_of_azure_has_its_kind(name: str) -> None:
    response = refusal(name)
    assert kind_of(response.content.decode(), response.status, direct=True) == AZURE[name]


@pytest.mark.parametrize("name", AZURE)
@pytest.mark.parametrize("raw", [False, True])
def test_each_error_that_litellm_passes_on_has_its_kind(name: str, raw: bool) -> None:
    request = CallContext("gpt-5.2", "AzureException", "1.106.2", raw=raw)
    response = refused_upstream(refusal(name), request)
    assert kind_of(response.content.decode(), response.status) == AZURE[name]


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (cooling("g", ["id"], 5), "deployment-cooldown"),
        (unknown_model("/chat/completions", "g"), "model-not-served"),
        (failed(400, UNSUPPORTED, REQUEST), "parameter-rejected-by-litellm"),
        (unreachable(REQUEST), "resource-unreachable"),
        (wrong_key(), "proxy-key-rejected"),
        (no_key(has_prisma=True), "proxy-key-rejected"),
        (empty_key(has_prisma=True), "proxy-key-rejected"),
        (no_key(has_prisma=False), "unrecognised-failure"),
    ],
)
def test_each_error_of_the_proxy_has_its_kind(response: Any, kind: str) -> None:
    assert kind_of(response.content.decode(), response.status) == kind


def test_a_torn_stream_is_not_settled() -> None:
    response = torn(REQUEST)
    assert kind_of(response.content.decode(), response.status) in UNSETTLED


def test_a_wait_of_a_day_is_a_rate_limit_as_explain_says() -> None:
    response = refusal("tokens_classic", {"9 seconds": "86400 seconds"})
    assert kind_of(response.content.decode(), response.status, direct=True) == "rate-limited"
    assert kind_of(response.content.decode(), response.status) == "rate-limited"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "parameter-rejected"),
        (401, "key-rejected"),
        (403, "network-denied"),
        (404, "api-version-unsupported"),
        (408, "service-error"),
        (418, "unrecognised-failure"),
        (429, "rate-limited"),
        (500, "service-error"),
        (503, "service-error"),
    ],
)
def test_the_status_decides_for_an_unknown_text(status: int, kind: str) -> None:
    """Azure's status decides. The proxy's status proves little unless it is Azure's."""
    assert error("Something new.", status, direct=True) == kind
    assert error("Something new.", status) == "unrecognised-failure"
    text = json.dumps({"error": {"message": "litellm.NewError: AzureException NewError - New."}})
    assert kind_of(text, status, upstream=True) == kind
    if status >= 500:
        assert (
            kind_of(text, status) == "unrecognised-failure"
        )  # LiteLLM gives its own errors the same name


def test_azure_never_sends_an_error_of_the_proxy() -> None:
    text = "Budget has been exceeded! Current cost: 1, Max budget: 1"
    assert error(text, 429) == "budget-exceeded"
    assert error(text, 429, direct=True) == "rate-limited"


@pytest.mark.parametrize(
    ("failure", "by_proxy", "by_azure"),
    [
        ("timeout", "proxy-timeout", "resource-unreachable"),
        ("reset", "proxy-unreachable", "resource-unreachable"),
        ("dns", "proxy-unreachable", "resource-not-found"),
        ("tls", "proxy-unreachable", "resource-unreachable"),
    ],
)
def test_no_answer_has_its_kind(
    failure: NetworkFailure, by_proxy: RefusalKind, by_azure: RefusalKind
) -> None:
    turn = read_turn(NoAnswer("POST", "http://p", failure, "x"))
    assert refusal_of_turn(turn, CLASSIFY, direct=False) == Refusal(by_proxy)
    assert refusal_of_turn(turn, CLASSIFY, direct=True) == Refusal(by_azure)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("", "empty-response"),
        ("<html></html>", "empty-response"),
        ('data: {"choices":[{"delta":{"content":"a"}}]}\n', "empty-response"),
        ('data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}\n', "content-filtered"),
    ],
)
def test_status_200_without_an_answer_has_its_kind(body: str, kind: str) -> None:
    assert kind_of(body, 200) == kind
    assert kind_of(body, 200, direct=True) == kind


def quiet(question: Question, replies: Replies) -> Iterator[Finding]:
    yield from ()


def test_a_text_of_a_plugin_has_the_kind_that_it_owns() -> None:
    kind, texts = PluginKind("acme-throttled"), (rule("certain", "Acme", "Acme is busy"),)
    check = Check("AC001", "acme", "azure", "route", quiet, "Busy.\n", texts=texts, owns=(kind,))
    assert classifier((check,))("Acme is busy today") == Refusal(kind)
    assert classifier((replace(check, owns=()),))("Acme is busy today") is None
