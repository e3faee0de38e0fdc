"""LiteLLM's calls for a turn, compared with those of LiteLLM 1.106.2."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.secret import Secret
from clawdoctor.wire.litellm_call import predict
from clawdoctor.wire.request import HopRequest, Refused
from clawdoctor.wire.resolved import served
from clawdoctor.wire.served import ProxySettings, ServedDeployment, modes_of, served_deployment

NEW, OLD = "1.109.1", "1.106.2"
HOST = "https://contoso-ai.openai.azure.com"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
TOOL = {"type": "function", "function": {"name": "note", "parameters": {}}}


def deployment(model: str = "azure/prod", **more: Any) -> ServedDeployment:
    given = {"api_base": HOST, "api_key": Secret(KEY), "api_version": "2024-10-21", **more}
    return served_deployment(model, **given)


def turn(**more: Any) -> dict[str, Any]:
    system = {"role": "system", "content": "Be brief."}
    return {"model": "g", "messages": [system, {"role": "user", "content": "ping"}], **more}


def call(
    target: ServedDeployment, body: dict[str, Any] | None = None, version: str = OLD, **more: Any
) -> HopRequest:
    made = predict(target, ProxySettings(version, **more), "chat", body or turn()).outcome
    assert isinstance(made, HopRequest), made
    return made


def refused(target: ServedDeployment, body: dict[str, Any], version: str = OLD) -> Refused:
    made = predict(target, ProxySettings(version), "chat", body).outcome
    assert isinstance(made, Refused), made
    return made


def answered(target: ServedDeployment, version: str = OLD) -> HopRequest:
    made = predict(target, ProxySettings(version), "responses", {"input": "hi"}).outcome
    assert isinstance(made, HopRequest), made
    return made


CLASSIC = "/openai/deployments/prod/chat/completions"


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({}, f"{HOST}{CLASSIC}?api-version=2024-10-21"),
        ({"api_base": f"{HOST}/"}, f"{HOST}{CLASSIC}?api-version=2024-10-21"),
        (
            {"api_base": f"{HOST}/openai/deployments/prod"},
            f"{HOST}{CLASSIC}?api-version=2024-10-21",
        ),
        ({"api_base": f"{HOST}/openai/v1"}, f"{HOST}/openai/v1{CLASSIC}?api-version=2024-10-21"),
        ({"api_version": "v1"}, f"{HOST}/openai/v1/chat/completions"),
        ({"api_version": "preview"}, f"{HOST}/openai/v1/chat/completions"),
        (
            {"model": "openai/prod", "api_base": f"{HOST}/openai/v1"},
            f"{HOST}/openai/v1/chat/completions",
        ),
    ],
)
def test_the_address_of_a_chat(more: dict[str, Any], url: str) -> None:
    assert call(deployment(**more)).url == url


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        ({}, {"api-key": Secret(KEY)}),
        ({"api_version": "v1"}, {"authorization": Secret(f"Bearer {KEY}")}),
        ({"model": "openai/prod"}, {"authorization": Secret(f"Bearer {KEY}")}),
    ],
)
def test_the_key(more: dict[str, Any], headers: dict[str, Secret]) -> None:
    made = call(deployment(**more))
    assert made.headers == {"content-type": "application/json", **headers}
    assert KEY not in repr(made)


def test_no_call() -> None:
    assert refused(deployment(api_base=None), turn()).kind == "no-base"
    assert refused(deployment(api_key=None), turn()).kind == "no-key"


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"api_version": "2025-04-01-preview"}, "/openai/responses?api-version=2025-04-01-preview"),
        ({"api_version": "preview"}, "/openai/v1/responses?api-version=preview"),
        ({"api_version": None}, "/openai/v1/responses?api-version=preview"),
    ],
)
def test_the_address_of_responses(more: dict[str, Any], url: str) -> None:
    made = answered(deployment(**more))
    assert (made.url, made.headers["api-key"]) == (HOST + url, Secret(KEY))


def test_a_version_too_old_for_responses_is_sent_by_old_litellm_only() -> None:
    old, new = answered(deployment()), answered(deployment(), NEW)
    assert old.url == f"{HOST}/openai/responses?api-version=2024-10-21"
    assert new.url == f"{HOST}/openai/v1/responses?api-version=preview"


@pytest.mark.parametrize(
    "target",
    [
        deployment("azure/responses/prod"),
        deployment("azure/prod", mode="responses"),
        deployment("azure/gpt-5.2-codex"),
    ],
)
def test_a_chat_over_the_responses_api(target: ServedDeployment) -> None:
    body = turn(max_completion_tokens=64, reasoning_effort="medium", tools=[TOOL], stream=True)
    made = call(target, body, modes=modes_of([(target.noted_as, target.mode)]))
    assert made.api == "responses"
    assert made.path.endswith("/responses")
    assert made.body["instructions"] == "Be brief."
    assert made.body["max_output_tokens"] == 64
    assert made.body["reasoning"] == {"effort": "medium"}
    assert made.body["tools"][0]["name"] == "note"
    (message,) = made.body["input"]
    assert message["content"] == [{"type": "input_text", "text": "ping"}]


def test_a_base_model_alone_does_not_bridge() -> None:
    assert call(deployment(base_model="azure/gpt-5.2-codex")).api == "chat"


@pytest.mark.parametrize("version", ["1.81.1", "1.81.13"])
def test_store_is_refused_by_some(version: str) -> None:
    made = refused(deployment(), turn(store=False), version)
    assert (made.kind, made.parameters) == ("parameters", ("store",))
    dropped = call(deployment(), turn(store=False), version, drop_params=True)
    assert "store" not in dropped.body
    own = call(deployment(additional_drop_params=["store"]), turn(store=False), version)
    assert "store" not in own.body


@pytest.mark.parametrize("version", ["1.81.0", "1.81.14", OLD, NEW])
def test_store_passes_others(version: str) -> None:
    assert call(deployment(), turn(store=False), version).body["store"] is False


def test_an_effort_for_a_model_that_litellm_does_not_know() -> None:
    made = refused(deployment(), turn(reasoning_effort="low"))
    assert made.parameters == ("reasoning_effort",)
    known = deployment(base_model="azure/gpt-5.2")
    assert call(known, turn(reasoning_effort="low")).body["reasoning_effort"] == "low"


def test_a_temperature_for_a_reasoner() -> None:
    target = deployment(base_model="azure/gpt-5-mini")
    made = refused(target, turn(temperature=0.2))
    assert made.kind == "temperature"
    assert call(target, turn(temperature=1)).body["temperature"] == 1
    assert "temperature" not in call(target, turn(temperature=0.2), drop_params=True).body


def test_max_tokens_is_translated_where_the_model_is_known() -> None:
    known = call(deployment(base_model="azure/gpt-5-mini"), turn(max_tokens=5)).body
    assert known["max_completion_tokens"] == 5
    assert "max_tokens" not in known
    assert call(deployment(), turn(max_tokens=5)).body["max_tokens"] == 5


def test_the_developer_becomes_the_system() -> None:
    body = {"model": "g", "messages": [{"role": "developer", "content": "x"}]}
    assert call(deployment(), body).body["messages"][0]["role"] == "system"
    kept = call(deployment("azure/o3"), body)
    assert kept.body["messages"][0]["role"] == "developer"


def test_a_stream_requests_usage() -> None:
    assert call(deployment(), turn(stream=True)).body["stream_options"] == {"include_usage": True}
    assert "stream_options" not in call(deployment(), turn()).body


def test_a_deployment_of_the_file(here: Place) -> None:
    here.write(
        "project/litellm_config.yaml",
        "model_list:\n"
        "  - model_name: g\n"
        "    litellm_params:\n"
        "      model: azure/prod\n"
        f"      api_base: {HOST}\n"
        "      api_key: os.environ/KEY\n"
        "      drop_params: true\n"
        "      additional_drop_params: [store]\n"
        "    model_info: {base_model: azure/gpt-5.2, mode: responses}\n",
    )
    found = here.fact(LiteLLMConfig, {"KEY": KEY})
    environment = here.fact(Environment, {"KEY": KEY})
    target = served(found.deployments[0], environment.proxy)
    assert (target.model, target.api_base, target.api_version) == ("azure/prod", HOST, None)
    assert target.params["api_key"] == KEY
    assert (target.params["drop_params"], target.params["additional_drop_params"]) == (
        True,
        ["store"],
    )
    assert (target.base_model, target.mode, target.name) == ("azure/gpt-5.2", "responses", "prod")
    assert KEY not in repr(target)
