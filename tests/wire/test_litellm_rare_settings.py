"""Settings that few configs have, compared with LiteLLM 1.106.2 and 1.108.7."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.request import Api, HopRequest, Outcome, Refused, Unpredicted
from clawdoctor.wire.served import ProxySettings, served_deployment

OLD, NEW = "1.106.2", "1.108.7"
HOST = "https://contoso-ai.openai.azure.com"
OTHER = "https://other.openai.azure.com"
GATEWAY = "https://gateway.ai.cloudflare.com/v1/acc/gw/azure-openai/contoso"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
VERSION = "api-version=2024-10-21"


def outcome(version: str = OLD, api: Api = "chat", **more: Any) -> Outcome:
    given = {
        "model": "azure/prod",
        "api_base": HOST,
        "api_key": Secret(KEY),
        "api_version": "2024-10-21",
        **more,
    }
    asks: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}]}
    body = asks if api == "chat" else {"input": "hi"}
    return predict(served_deployment(**given), ProxySettings(version), api, body).outcome


def sent(version: str = OLD, api: Api = "chat", **more: Any) -> HopRequest:
    made = outcome(version, api, **more)
    assert isinstance(made, HopRequest), made
    return made


@pytest.mark.parametrize(
    ("api", "more", "url"),
    [
        (
            "chat",
            {"base_url": OTHER},
            f"{OTHER}/openai/deployments/prod/chat/completions?{VERSION}",
        ),
        (
            "responses",
            {"base_url": OTHER, "api_version": "2025-04-01-preview"},
            f"{HOST}/openai/responses?api-version=2025-04-01-preview",
        ),
        (
            "chat",
            {"model": "azure/responses/prod", "deployment_id": "dep-9"},
            f"{HOST}/openai/deployments/dep-9/chat/completions?{VERSION}",
        ),
        ("chat", {"api_base": GATEWAY}, f"{GATEWAY}/prod/chat/completions?{VERSION}"),
        (
            "chat",
            {"api_base": f"{HOST} "},
            f"{HOST}%20/openai/deployments/prod/chat/completions?{VERSION}",
        ),
        (
            "responses",
            {"api_base": f"{HOST}/a?api-version="},
            f"{HOST}/a/openai/responses?api-version=",
        ),
    ],
)
def test_the_address(api: Api, more: dict[str, Any], url: str) -> None:
    assert sent(OLD, api, **more).url == url


def test_a_star_stays_in_the_path() -> None:
    assert sent(NEW, model="azure/*").path == "/openai/deployments/*/chat/completions"


def test_an_empty_token_counts_as_a_token() -> None:
    assert sent(OLD, azure_ad_token="").headers["authorization"] == Secret("Bearer")
    made = outcome(NEW, azure_ad_token="")
    assert isinstance(made, Refused)
    assert "mutually exclusive" in made.text


def test_blanks_around_a_key() -> None:
    assert sent(OLD, api_key=Secret(f"{KEY}\t ")).headers["api-key"] == Secret(KEY)


@pytest.mark.parametrize(("value", "kind"), [("DefaultAzureCredential", "str"), (True, "bool")])
def test_a_token_provider_that_is_no_function(value: object, kind: str) -> None:
    made = outcome(OLD, azure_ad_token_provider=value)
    assert isinstance(made, Refused)
    assert made.text.endswith(f"AzureException APIError - '{kind}' object is not callable")
    with_key = outcome(NEW, azure_ad_token_provider=value)
    assert isinstance(with_key, Refused)
    assert "mutually exclusive" in with_key.text


def test_oidc_tokens() -> None:
    made = outcome(OLD, azure_ad_token="oidc/azure/", api_key=None)
    assert isinstance(made, Refused)
    assert (made.status, made.text) == (
        422,
        "litellm.BadRequestError: AzureException BadRequestError - AZURE_CLIENT_ID and"
        " AZURE_TENANT_ID must be set",
    )
    entra: dict[str, Any] = {"client_id": "c", "tenant_id": "t"}
    assert isinstance(outcome(OLD, azure_ad_token="oidc/google/x", **entra), Unpredicted)
    assert isinstance(outcome(OLD, azure_ad_token="oidc/google/x"), Refused)


@pytest.mark.parametrize(
    ("api", "router", "general", "text"),
    [
        ("chat", {"timeout": "60s"}, {}, "could not convert string to float: '60s'"),
        ("chat", {"stream_timeout": "60s"}, {}, None),
        ("responses", {"timeout": "60s"}, {}, None),
        ("chat", {"timeout": "60"}, {}, None),
        ("chat", {}, {"request_timeout": "60s"}, "could not convert string to float: '60s'"),
        ("responses", {}, {"request_timeout": "60s"}, "could not convert string to float: '60s'"),
        ("embeddings", {"timeout": "60s"}, {}, "Connection error."),
    ],
)
def test_a_timeout_of_the_whole_proxy(
    api: Api, router: dict[str, Any], general: dict[str, Any], text: str | None
) -> None:
    """Asked of LiteLLM 1.106.2, 1.108.7 and 1.110.2."""
    proxy = ProxySettings(OLD, router=router, settings=general)
    deployment = served_deployment(model="azure/prod", api_base=HOST, api_key=Secret(KEY))
    body: dict[str, Any] = {"messages": []} if api == "chat" else {"input": "hi"}
    made = predict(deployment, proxy, api, body).outcome
    assert isinstance(made, Refused) is (text is not None)
    assert text is None or (isinstance(made, Refused) and text in made.text)


def test_base_url_wins_on_the_way_to_a_chat() -> None:
    made = sent(api="responses", base_url=OTHER, use_chat_completions_api=True)
    assert made.url == f"{OTHER}/openai/deployments/prod/chat/completions?{VERSION}"


@pytest.mark.parametrize(
    ("model", "role"), [("openai/responses/o3", "developer"), ("openai/responses/mine", "system")]
)
def test_the_role_developer_over_the_responses_api(model: str, role: str) -> None:
    body = {
        "messages": [{"role": "developer", "content": "be brief"}, {"role": "user", "content": "x"}]
    }
    target = served_deployment(model, f"{HOST}/openai/v1", Secret(KEY))
    made = predict(target, ProxySettings(OLD), "chat", body).outcome
    assert isinstance(made, HopRequest)
    assert ("instructions" in made.body) is (role == "system")
    assert made.body["input"][0]["role"] == ("user" if role == "system" else role)


@pytest.mark.parametrize(
    ("model", "base", "path"),
    [
        ("azure_ai/responses/o3", HOST, "/openai/responses"),
        (
            "azure_ai/responses/o3",
            "https://a.services.ai.azure.com",
            "/openai/v1/responses",
        ),
        ("azure_ai/responses/mine", HOST, "/openai/v1/responses"),
    ],
)
def test_a_responses_model_of_openai_through_azure_ai(model: str, base: str, path: str) -> None:
    assert sent(model=model, api_base=base).path == path


@pytest.mark.parametrize(("version", "bridged"), [(OLD, False), (NEW, False), ("1.110.2", True)])
def test_the_mode_of_an_azure_ai_deployment_that_litellm_takes_for_azure(
    version: str, bridged: bool
) -> None:
    made = sent(version, model="azure_ai/gpt-5", mode="responses")
    assert (made.api == "responses") is bridged


@pytest.mark.parametrize(("model", "bridged"), [("openai/gpt-4o", True), ("azure/gpt-4o", False)])
def test_all_chats_of_openai_to_the_responses_api(model: str, bridged: bool) -> None:
    settings = {"route_all_chat_openai_to_responses": True}
    target = served_deployment(model, f"{HOST}/openai/v1", Secret(KEY))
    body = {"messages": [{"role": "user", "content": "hi"}]}
    made = predict(target, ProxySettings(OLD, settings=settings), "chat", body).outcome
    assert isinstance(made, HopRequest)
    assert (made.api == "responses") is bridged


@pytest.mark.parametrize(
    ("base_model", "taken"),
    [("o3-mini", True), ("azure/o3-mini", True), ("gpt-5", True), ("gpt-4o", False)],
)
def test_a_base_model_adds_parameters_at_foundry(base_model: str, taken: bool) -> None:
    target = served_deployment(
        "azure_ai/mine", "https://a.services.ai.azure.com", Secret(KEY), base_model=base_model
    )
    body = {"messages": [{"role": "user", "content": "hi"}], "reasoning_effort": "none"}
    made = predict(target, ProxySettings(OLD), "chat", body).outcome
    assert isinstance(made, HopRequest if taken else Refused), made


@pytest.mark.parametrize(
    ("name", "versions"),
    [
        ("supports_vision", {"1.106.12"}),
        ("token_count_model", {"1.106.12"}),
        ("reasoning_modes", {"1.106.12", "1.108.0", "1.108.14"}),
        ("thinking_on_by_default", {"1.106.12", "1.108.0", "1.108.14", "1.109.0"}),
        ("token_count_tool_framing", {"1.106.12", "1.108.0", "1.108.14", "1.109.0"}),
        ("supports_per_turn_control", {"1.106.12", "1.108.0", "1.109.0"}),
    ],
)
@pytest.mark.parametrize("version", ["1.106.12", "1.108.0", "1.108.14", "1.109.0", "1.110.2"])
def test_a_capability_is_sent_until_litellm_knows_it(
    name: str, versions: set[str], version: str
) -> None:
    given: dict[str, Any] = {name: True}
    assert (name in sent(version, **given).body) is (version in versions)


def test_a_null_in_extra_body_is_sent() -> None:
    made = sent(extra_body={"a": None, "b": 1}, temperature=0.3)
    assert (made.body["a"], made.body["b"]) == (None, 1)
    assert sent(extra_body={"temperature": None}, temperature=0.3).body["temperature"] is None


@pytest.mark.parametrize(
    ("version", "url"),
    [
        ("1.108.14", f"{HOST}/openai/v1/chat/completions"),
        ("1.110.2", f"{HOST}/openai/v1/?a=b/chat/completions"),
    ],
)
def test_a_query_on_the_v1_route(version: str, url: str) -> None:
    made = sent(version, api_base=f"{HOST}/openai/v1?a=b", api_version="preview")
    assert made.url.replace("%2F", "/") == url


@pytest.mark.parametrize(
    ("version", "names"),
    [
        (OLD, {"token_exchange_scope", "rpd", "responses_api_version"}),
        (NEW, {"rpd", "responses_api_version"}),
        ("1.110.2", set()),
    ],
)
@pytest.mark.parametrize("model", ["azure/gpt-4o", "azure_ai/grok-3", "openai/gpt-4o"])
def test_a_setting_of_newer_versions_is_a_parameter_for_older_ones(
    model: str, version: str, names: set[str]
) -> None:
    given: dict[str, Any] = {
        "rpd": 5,
        "token_exchange_scope": "s",
        "responses_api_version": "preview",
    }
    made = sent(version, model=model, **given)
    assert made.body.keys() & given.keys() == names


@pytest.mark.parametrize("tenant", ["<your-tenant>", "contoso.onmicrosoft.com ", "bad_tenant"])
@pytest.mark.parametrize(
    ("api", "more", "error"),
    [
        ("chat", {}, "APIError: AzureException APIError"),
        ("chat", {"api_base": None}, "APIError: AzureException APIError"),
        ("chat", {"api_version": "preview"}, "APIError: AzureException APIError"),
        ("chat", {"model": "azure/o3"}, "APIConnectionError: AzureException APIConnectionError"),
        ("embeddings", {}, "APIConnectionError: AzureException APIConnectionError"),
        ("responses", {}, "APIConnectionError: AzureException APIConnectionError"),
        (
            "chat",
            {"model": "azure_ai/grok-3", "api_base": "https://a.services.ai.azure.com"},
            "APIConnectionError: APIConnectionError: Azure_aiException",
        ),
    ],
)
def test_a_tenant_with_letters_that_no_tenant_has(
    api: Api, more: dict[str, Any], error: str, tenant: str
) -> None:
    client: dict[str, Any] = {"tenant_id": tenant, "client_id": "c", "client_secret": "s"}
    client["api_key"] = None
    made = outcome(OLD, api, **client, **more)
    assert isinstance(made, Refused), made
    assert (made.kind, made.text) == ("tenant", f"litellm.{error} - Invalid tenant ID provided.")
    assert isinstance(
        outcome(OLD, **{**client, "tenant_id": "contoso.onmicrosoft.com"}), HopRequest
    )
    assert isinstance(outcome(OLD, **{**client, "api_key": Secret(KEY)}), HopRequest)


@pytest.mark.parametrize(("version", "path"), [(OLD, "chat/completions"), ("1.110.2", "responses")])
def test_the_mode_of_a_model_of_another_vendor(version: str, path: str) -> None:
    target = served_deployment(
        "azure/mistral-large-latest", f"{HOST}/v1", Secret(KEY), mode="responses"
    )
    noted = ProxySettings(version, modes={"azure/mistral-large-latest": "responses"})
    body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
    made = predict(target, noted, "chat", body).outcome
    assert isinstance(made, HopRequest)
    assert made.url == f"{HOST}/v1/{path}"
    asked = predict(target, noted, "responses", {"input": "hi", "stream": True}).outcome
    assert isinstance(asked, HopRequest)
    assert "stream" not in asked.body
