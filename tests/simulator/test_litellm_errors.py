"""Upstream's errors verbatim, as the real LiteLLM 1.106.2 forwards them."""

import json
from dataclasses import replace
from typing import Any

import pytest

from clawdoctor.simulator import proxy
from clawdoctor.simulator.azure_answers import refusal
from clawdoctor.simulator.message import (
    Request,
    Response,
    events_of,
    json_request,
    json_response,
    sse,
    text_response,
)
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import served_deployment

AZURE = "https://my-resource.openai.azure.com"
OUTCOME = "\n\nLiteLLM: model group 'm' failed with the error above. No fallback was attempted."
OLDER = ". Received Model Group=m\nAvailable Model Group Fallbacks=None"
INVALID = "invalid_request_error"
INTERNAL = "internal_server_error"
GATEWAY = "<html><head><title>502 Bad Gateway</title></head></html>"
CAPTIVE = text_response(200, "<html>captive portal login</html>", kind="text/html")
DENIED = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a"
    " valid key for an active subscription and use a correct regional API endpoint for your"
    " resource."
)


def turn(
    got: Response | OSError,
    model: str = "azure/gpt-4o-mini",
    path: str = "/v1/chat/completions",
    version: str = "1.106.2",
    **body: Any,
) -> Response:
    served = LiteLLMProxy(
        {"m": (served_deployment(model, AZURE, Secret("key"), "2025-04-01-preview"),)},
        version=version,
        retries=0,
    )

    def upstream(origin: str, request: Request) -> Response:
        assert origin == AZURE
        if isinstance(got, OSError):
            raise got
        return got

    content = {"model": "m", "messages": [{"role": "user", "content": "x"}], **body}
    return proxy.answer(served, json_request("POST", path, content), upstream)


def plain(status: int, message: str) -> Response:
    return json_response(status, {"error": {"code": str(status), "message": message}})


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("got", "status", "kind", "text", "param"),
    [
        (
            refusal("invalid_key"),
            401,
            "authentication_error",
            f"litellm.AuthenticationError: AzureException AuthenticationError - {DENIED}",
            None,
        ),
        (
            refusal("unauthorized_token"),
            401,
            "authentication_error",
            "litellm.AuthenticationError: AzureException AuthenticationError - Unauthorized. Access"
            " token is missing, invalid, audience is incorrect"
            " (https://cognitiveservices.azure.com), or have expired.",
            None,
        ),
        (
            refusal("firewall"),
            403,
            "permission_error",
            "litellm.APIError: AzureException APIError - Access denied due to Virtual"
            " Network/Firewall rules.",
            None,
        ),
        (
            refusal("deployment_not_found"),
            404,
            INVALID,
            "litellm.NotFoundError: AzureException NotFoundError - The API deployment for this"
            " resource does not exist. If you created the deployment within the last 5 minutes,"
            " please wait a moment and try again.",
            None,
        ),
        (
            refusal("resource_not_found"),
            404,
            INVALID,
            "litellm.NotFoundError: AzureException NotFoundError - Resource not found",
            None,
        ),
        (
            refusal("operation_not_supported", {"gpt-5.2-codex": "gpt-5-codex"}),
            400,
            INVALID,
            "litellm.BadRequestError: AzureException - The chatCompletion operation does not work"
            " with the specified model, gpt-5-codex. Please choose different model and try again."
            " You can learn more about which models can be used with each operation here:"
            " https://go.microsoft.com/fwlink/?linkid=2197993.",
            None,
        ),
        (
            refusal("unsupported_parameter_max_tokens"),
            400,
            INVALID,
            "litellm.BadRequestError: AzureException BadRequestError - Unsupported parameter:"
            " 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
        ),
        (
            refusal("unrecognized_argument", {"max_completion_tokens": "foo_bar"}),
            400,
            INVALID,
            "litellm.BadRequestError: AzureException BadRequestError - Unrecognized request"
            " argument supplied: foo_bar",
            None,
        ),
        (
            plain(
                400,
                "This model's maximum context length is 128000 tokens. However, your messages"
                " resulted in 200001 tokens. Please reduce the length of the messages.",
            ),
            400,
            INVALID,
            "litellm.ContextWindowExceededError: litellm.BadRequestError: AzureException"
            " ContextWindowExceededError - This model's maximum context length is 128000 tokens."
            " However, your messages resulted in 200001 tokens. Please reduce the length of the"
            " messages.\nmodel=m. context_window_fallbacks=None. fallbacks=None.\n\nSet"
            " 'context_window_fallback' - https://docs.litellm.ai/docs/routing#fallbacks",
            None,
        ),
        (
            refusal("timeout"),
            408,
            INVALID,
            "litellm.Timeout: AzureException Timeout - The operation was timeout.\n\nDeployment"
            " Info: request_timeout: None\ntimeout: None",
            None,
        ),
        (
            plain(424, "Failed dependency"),
            424,
            INVALID,
            "litellm.APIError: AzureException APIError - Failed dependency",
            None,
        ),
        (
            plain(429, "Please retry after 7 seconds."),
            429,
            "throttling_error",
            "litellm.RateLimitError: AzureException RateLimitError - Please retry after 7 seconds.",
            None,
        ),
        (
            plain(500, "The server had an error while processing your request. Sorry about that!"),
            500,
            INTERNAL,
            "litellm.APIError: AzureException APIError - The server had an error while processing"
            " your request. Sorry about that!",
            None,
        ),
        (
            text_response(502, GATEWAY, kind="text/html"),
            502,
            INTERNAL,
            f"litellm.BadGatewayError: AzureException BadGatewayError - {GATEWAY}",
            None,
        ),
        (
            Response(503),
            503,
            INTERNAL,
            "litellm.ServiceUnavailableError: AzureException ServiceUnavailableError - Error code:"
            " 503",
            None,
        ),
        (
            ConnectionRefusedError(),
            500,
            INTERNAL,
            "litellm.APIConnectionError: AzureException APIConnectionError - Connection error.",
            None,
        ),
        (
            Response(200, fault="reset"),
            500,
            INTERNAL,
            "litellm.APIConnectionError: AzureException APIConnectionError - Connection error.",
            None,
        ),
    ],
)
def test_errors(
    got: Response | OSError, status: int, kind: str, text: str, param: str | None, stream: bool
) -> None:
    response = turn(got, stream=stream)
    assert response.status == status
    assert response.headers["content-type"] == "application/json"
    error = {"message": text + OUTCOME, "type": kind, "param": param, "code": str(status)}
    assert json.loads(response.body) == {"error": error}


def test_the_content_filter_keeps_its_details() -> None:
    error = json.loads(turn(refusal("content_filter")).body)["error"]
    assert error["message"] == (
        "litellm.BadRequestError: litellm.ContentPolicyViolationError: The response was filtered"
        " due to the prompt triggering Azure OpenAI's content management policy. Please modify your"
        " prompt and retry. To learn more about our content filtering policies please read our"
        " documentation: https://go.microsoft.com/fwlink/?linkid=2198766\nmodel=m."
        " content_policy_fallback=None. fallbacks=None.\n\nSet 'content_policy_fallback' -"
        " https://docs.litellm.ai/docs/routing#fallbacks" + OUTCOME
    )
    fields = error["provider_specific_fields"]
    assert fields["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert fields["inner_error"] == fields["innererror"]
    assert fields["azure_error"]["code"] == "content_filter"


def test_retry_after_comes_back_under_a_prefix() -> None:
    headers = turn(refusal("tokens_classic")).headers
    assert headers["llm_provider-retry-after"] == "9"
    assert headers["x-ratelimit-reset-tokens"] == "9"
    assert "retry-after" not in headers
    assert "x-litellm-version" not in headers


def test_responses_quotes_the_whole_body() -> None:
    for path, model in (
        ("/v1/responses", "azure/gpt-4o-mini"),
        ("/v1/chat/completions", "azure/gpt-5.2-codex"),
    ):
        got = refusal("responses_requires_newer_api_version")
        error = json.loads(turn(got, model, path).body)["error"]
        assert error["message"] == (
            'litellm.BadRequestError: AzureException - {"error":{"code":"BadRequest","message":'
            '"Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and'
            ' later"}}' + OUTCOME
        )


@pytest.mark.parametrize(
    ("got", "status", "text"),
    [
        (
            refusal("invalid_key"),
            401,
            f"litellm.AuthenticationError: AuthenticationError: OpenAIException - {DENIED}",
        ),
        (
            refusal("resource_not_found"),
            404,
            "litellm.NotFoundError: NotFoundError: OpenAIException - Resource not found",
        ),
        (
            refusal("deployment_not_found_v1"),
            404,
            "litellm.BadRequestError: OpenAIException - The API deployment for this resource does"
            " not exist. If you created the deployment within the last 5 minutes, please wait a"
            " moment and try again.",
        ),
        (
            ConnectionRefusedError(),
            500,
            "litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.",
        ),
    ],
)
def test_the_other_provider(got: Response | OSError, status: int, text: str) -> None:
    response = turn(got, "openai/my-gpt")
    assert response.status == status
    assert json.loads(response.body)["error"]["message"] == text + OUTCOME


def test_older_versions_have_another_ending() -> None:
    error = json.loads(turn(refusal("resource_not_found"), version="1.80.0").body)["error"]
    assert error["message"].endswith(f"Resource not found{OLDER}")


def test_a_page_instead_of_an_answer() -> None:
    whole = turn(CAPTIVE)
    assert whole.status == 500
    assert json.loads(whole.body)["error"]["message"] == (
        "litellm.APIError: AzureException APIError - Unexpected string response from Azure:"
        f" <html>captive portal login</html>{OUTCOME}"
    )
    streamed = turn(CAPTIVE, stream=True)
    assert streamed.status == 200
    assert [event["choices"] for event in events_of(streamed)] == [
        [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    ]


def test_a_stream_without_an_end_is_given_one() -> None:
    delta = {"index": 0, "delta": {"role": "assistant", "content": "po"}, "finish_reason": None}
    half = sse([{"id": "c", "choices": [delta]}])
    first, last = events_of(turn(half, stream=True))
    assert first["choices"][0]["delta"]["content"] == "po"
    assert last["choices"][0]["finish_reason"] == "stop"
    torn = turn(replace(half, fault="truncate"), stream=True)
    assert torn.status == 500
    assert "Response payload is not completed" in json.loads(torn.body)["error"]["message"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"api_key": None},
            "litellm.APIError: AzureException APIError - Missing credentials. Please pass one of"
            " `api_key`, `azure_ad_token`, `azure_ad_token_provider`, or the"
            " `AZURE_OPENAI_API_KEY` or `AZURE_OPENAI_AD_TOKEN` environment variables.",
        ),
        (
            {"api_base": None},
            "litellm.APIError: AzureException APIError - Must provide one of the `base_url` or"
            " `azure_endpoint` arguments, or the `AZURE_OPENAI_ENDPOINT` environment variable",
        ),
        (
            {"model": "my-gpt"},
            "litellm.BadRequestError: You passed in model=m. There are no healthy deployments for"
            " this model",
        ),
    ],
)
def test_what_never_leaves(changes: dict[str, Any], text: str) -> None:
    given = {"api_base": AZURE, "api_key": Secret("key"), "api_version": "2025-04-01-preview"}
    whole = served_deployment(**{"model": "azure/my-gpt", **given, **changes})
    served = LiteLLMProxy({"m": (whole,)}, retries=0)

    def upstream(origin: str, request: Request) -> Response:
        raise AssertionError

    content = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    request = json_request("POST", "/v1/chat/completions", content)
    error = json.loads(proxy.answer(served, request, upstream).body)["error"]
    assert error["message"] == text + OUTCOME


def test_retries() -> None:
    requests: list[Request] = []

    def upstream(origin: str, request: Request) -> Response:
        requests.append(request)
        return plain(500, "no")

    served = LiteLLMProxy({"m": (served_deployment("azure/x", AZURE, Secret("key")),)})
    content = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    request = json_request("POST", "/v1/chat/completions", content)
    assert proxy.answer(served, request, upstream).status == 500
    assert len(requests) == 3
