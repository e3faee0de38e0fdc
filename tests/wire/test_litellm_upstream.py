"""LiteLLM's requests with the places of their parts, measured on 1.106.2 and 1.108.7."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm import Upstream, upstream
from clawdoctor.wire.request import Api, HopRequest, Refused
from clawdoctor.wire.startup import Startup, startup

OLD, NEW = "1.106.2", "1.108.7"
KEYS = {"LITELLM_MASTER_KEY": "sk-master-0123456789"}
HEAD = "model_list:\n  - model_name: g\n    litellm_params:\n"


def chain(here: Place, config: str, environ: dict[str, str]) -> tuple[LiteLLMConfig, Environment]:
    here.write("project/litellm_config.yaml", config)
    env = {**KEYS, **environ}
    return here.fact(LiteLLMConfig, env), here.fact(Environment, env)


def sent(
    here: Place, params: str, version: str = OLD, environ: dict[str, str] | None = None, **body: Any
) -> Upstream:
    config, environment = chain(here, HEAD + params, environ or {})
    whole = {"model": "g", "messages": [{"role": "user", "content": "hi"}], **body}
    request = HopRequest("openclaw", "chat", "http://p", "/v1/chat/completions", {}, {}, whole)
    return upstream(request, config, environment, version)


def first(made: Upstream) -> HopRequest:
    outcome = made.attempts[0].outcome
    assert isinstance(outcome, HopRequest), outcome
    return outcome


DATED = (
    "      model: azure/prod\n      api_base: https://r.openai.azure.com\n"
    '      api_version: "2024-10-21"\n'
)


def test_a_variable_wins_over_the_file_on_the_v1_route_only(here: Place) -> None:
    token = "      azure_ad_token: the-token\n"
    key = {"AZURE_API_KEY": "from-env"}
    dated = first(sent(here, DATED + token, environ=key))
    assert dated.headers["authorization"] == Secret("Bearer the-token")
    assert dated.credential is not None
    assert dated.credential.source is not None
    assert dated.credential.source.place is not None
    assert dated.credential.source.place.pointer.endswith("/litellm_params/azure_ad_token")
    assert [lost.variable.name for lost in dated.credential.overrides if lost.variable] == [
        "AZURE_API_KEY"
    ]
    undated = first(sent(here, DATED.replace("2024-10-21", "preview") + token, environ=key))
    assert undated.url == "https://r.openai.azure.com/openai/v1/chat/completions"
    assert undated.headers["authorization"] == Secret("Bearer from-env")
    assert undated.credential is not None
    assert undated.credential.name == "AZURE_API_KEY"


def test_a_key_and_a_token_are_refused_by_the_newer_client(here: Place) -> None:
    params = DATED + "      azure_ad_token: the-token\n      api_key: the-key\n"
    assert "the-token" in str(first(sent(here, params)).headers["authorization"].reveal())  # type: ignore[union-attr]
    refused = sent(here, params, NEW).attempts[0].outcome
    assert isinstance(refused, Refused)
    assert "mutually exclusive" in refused.text


def test_an_address_from_credential_list(here: Place) -> None:
    params = "      model: azure/prod\n      litellm_credential_name: c\n"
    credential = (
        "credential_list:\n  - credential_name: c\n    credential_values:\n"
        "      api_base: https://c.openai.azure.com\n      api_key: os.environ/CRED\n"
        "    credential_info: {}\n"
    )
    made = first(sent(here, params + credential, environ={"CRED": "cred-key"}))
    assert made.url == (
        "https://c.openai.azure.com/openai/deployments/prod/chat/completions"
        "?api-version=2025-02-01-preview"
    )
    places = {source.part: source.place for source in made.sources}
    assert places["url"] is not None
    assert places["url"].pointer == "/credential_list/0/credential_values/api_base"
    assert [s.says for s in made.sources if s.part == "api-version"] == [
        "LiteLLM defaults to 2025-02-01-preview if api_version is missing."
    ]
    assert made.credential is not None
    assert (made.credential.name, made.headers["api-key"]) == ("CRED", Secret("cred-key"))


def test_what_becomes_of_the_parameters(here: Place) -> None:
    params = DATED.replace("prod", "gpt-5-mini") + "      api_key: k\n      tmp: x\n"
    made = first(sent(here, params, max_tokens=5, metadata={"a": 1}, stream=True))
    assert made.parameters.renamed == {"max_tokens": "max_completion_tokens"}
    assert set(made.parameters.added) == {"tmp", "stream_options"}
    assert made.parameters.dropped == ("metadata",)
    assert made.body["model"] == "gpt-5-mini"


def test_an_unknown_model(here: Place) -> None:
    made = sent(here, DATED + "      api_key: k\n", model="other")
    assert made.refused is not None
    assert made.refused.text == (
        "/chat/completions: Invalid model name passed in model=other. Call `/v1/models` to view"
        " available models for your key."
    )


def started(here: Place, config: str, version: str = OLD, **environ: str) -> Startup:
    return startup(*chain(here, config, environ), version)


@pytest.mark.parametrize(
    ("more", "old", "new"),
    [
        ("", True, True),
        ("router_settings: {fallbacks: [{g: other}]}\n", True, False),
        ("router_settings: {routing_strategy: round-robin}\n", False, False),
        ("general_settings: {master_key: sk-1234}\n", False, False),
        ("litellm_settings: [drop_params]\n", False, False),
        ("litellm_settings: {fallbacks: {g: [other]}}\n", False, False),
    ],
)
def test_the_start(here: Place, more: str, old: bool, new: bool) -> None:
    config = HEAD + DATED + more
    assert (started(here, config).refused is None) is old
    assert (started(here, config, NEW).refused is None) is new


@pytest.mark.parametrize(
    "params",
    [
        "      model: my-deployment\n",
        "      model: unheard/of\n",
        "      model: azure/x\n      api_version: 2024-10-21\n",
        "      model: azure/x\n      api_key: 951098078\n",
        "      model: '*/*'\n",
        "      model: gpt-*\n",
        "      model: azure/x\n    model_info: {supported_environments: [production]}\n",
    ],
)
def test_a_deployment_that_does_not_exist_after_the_start(here: Place, params: str) -> None:
    made = started(here, HEAD + params)
    assert made.refused is None
    assert [deployment.group for deployment, _ in made.dropped] == ["g"]
    assert sent(here, params).refused is not None


@pytest.mark.parametrize("model", ["'*'", "dall-e-3", "azure/*"])
def test_a_deployment_that_exists_after_the_start(here: Place, model: str) -> None:
    assert started(here, f"{HEAD}      model: {model}\n").dropped == ()


def test_the_proxy_overwrites_the_variable_of_the_api_version(here: Place) -> None:
    params = DATED.rpartition("      api_version")[0] + "      api_key: k\n"
    environ = {"AZURE_API_VERSION": "2024-06-01"}
    assert first(sent(here, params, environ=environ)).query == {"api-version": "2025-02-01-preview"}
    config, environment = chain(here, HEAD + params, environ)
    body = {"model": "g", "messages": []}
    request = HopRequest("openclaw", "chat", "http://p", "/v1/chat/completions", {}, {}, body)
    option = ("--config", "c.yaml", "--api_version=2024-05-01")
    made = first(upstream(request, config, environment, OLD, option))
    assert made.query == {"api-version": "2024-05-01"}


@pytest.mark.parametrize("base", ["r.openai.azure.com", "${MY_BASE}"])
def test_nothing_goes_to_an_address_without_a_scheme(here: Place, base: str) -> None:
    params = f"      model: azure/prod\n      api_base: {base}\n      api_key: k\n"
    outcome = sent(here, params).attempts[0].outcome
    assert isinstance(outcome, Refused)
    assert outcome.kind == "no-scheme"


SDK = "litellm.InternalServerError: InternalServerError: OpenAIException - "
OWN = "litellm.InternalServerError: InternalServerError: Azure_aiException - "


@pytest.mark.parametrize(
    ("model", "api", "version", "text"),
    [
        ("openai/x", "chat", OLD, f"{SDK}Connection error."),
        ("openai/x", "responses", OLD, SDK),
        ("openai/x", "embeddings", OLD, f"{SDK}Connection error."),
        ("openai/x", "chat", NEW, SDK),
        ("azure_ai/x", "chat", OLD, OWN),
        ("azure_ai/x", "embeddings", OLD, f"{OWN}Connection error."),
        ("azure_ai/x", "embeddings", NEW, OWN),
    ],
)
def test_what_litellm_says_of_an_address_without_a_scheme(
    here: Place, model: str, api: Api, version: str, text: str
) -> None:
    """Asked of LiteLLM 1.106.2, 1.108.7 and 1.110.2. The text goes on with the address."""
    params = f"      model: {model}\n      api_base: r.openai.azure.com\n      api_key: k\n"
    config, environment = chain(here, HEAD + params, {})
    asks: dict[str, Any] = {"messages": []} if api == "chat" else {"input": "hi"}
    body = {"model": "g", **asks}
    request = HopRequest("openclaw", api, "http://p", f"/v1/{api}", {}, {}, body)
    (made,) = upstream(request, config, environment, version).attempts
    assert isinstance(made.outcome, Refused)
    assert made.outcome.text == text


@pytest.mark.parametrize(
    ("model", "mode", "path"),
    [
        ("azure/responses/gpt-4.1", "embedding", "/deployments/responses/gpt-4.1/chat/completions"),
        ("azure/responses/gpt-4.1", "", "/openai/v1/responses"),
        ("azure/prod", "responses", "/openai/v1/responses"),
    ],
)
def test_the_declared_mode_decides_on_the_api(
    here: Place, model: str, mode: str, path: str
) -> None:
    params = f"      model: {model}\n      api_base: https://r.openai.azure.com\n      api_key: k\n"
    info = f"    model_info:\n      mode: {mode}\n" if mode else ""
    assert first(sent(here, params + info)).path.endswith(path)


def test_a_name_keeps_the_word_of_another_family(here: Place) -> None:
    made = first(sent(here, DATED.replace("prod", "gpt5_series/o3") + "      api_key: k\n"))
    assert made.body["model"] == "gpt5_series/o3"
