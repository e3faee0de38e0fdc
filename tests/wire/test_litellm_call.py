"""LiteLLM's calls for a turn, compared with those of LiteLLM 1.106.2."""

from __future__ import annotations

from typing import Any

import pytest
from clawdoctor.chain.litellm_call import (
    Call,
    NoCall,
    ProxyDeployment,
    address_call,
    as_served,
    prepare_call,
)
from conftest import Place

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.secret import Secret

NEW, OLD = "1.109.1", "1.106.2"
HOST = "https://contoso-ai.openai.azure.com"
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
TOOL = {"type": "function", "function": {"name": "note", "parameters": {}}}


def deployment(model: str = "azure/prod", **more: Any) -> ProxyDeployment:
    return ProxyDeployment(
        **{
            "model": model,
            "api_base": HOST,
            "api_key": Secret(KEY),
            "api_version": "2024-10-21",
            **more,
        }
    )


def turn(**more: Any) -> dict[str, Any]:
    system = {"role": "system", "content": "Be brief."}
    return {"model": "g", "messages": [system, {"role": "user", "content": "ping"}], **more}


def call(
    target: ProxyDeployment, body: dict[str, Any] | None = None, version: str = OLD, **more: Any
) -> Call:
    made = prepare_call(target, body or turn(), version, drop_params=more.get("drop_params", False))
    assert isinstance(made, Call), made
    return made


def refused(target: ProxyDeployment, body: dict[str, Any], version: str = OLD) -> NoCall:
    made = prepare_call(target, body, version, drop_params=False)
    assert isinstance(made, NoCall), made
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
    assert call(deployment(**{"model": "azure/prod", **more})).url == url


@pytest.mark.parametrize(
    ("more", "headers"),
    [
        ({}, {"api-key": Secret(KEY)}),
        ({"api_version": "v1"}, {"authorization": Secret(f"Bearer {KEY}")}),
        ({"model": "openai/prod"}, {"authorization": Secret(f"Bearer {KEY}")}),
    ],
)
def test_the_key(more: dict[str, Any], headers: dict[str, Secret]) -> None:
    made = call(deployment(**{"model": "azure/prod", **more}))
    assert made.headers == {"content-type": "application/json", **headers}
    assert KEY not in repr(made)


def test_no_call() -> None:
    assert refused(deployment(api_base=None), turn()).reason == "no-base"
    assert refused(deployment(api_key=None), turn()).reason == "no-key"


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({"api_version": "2025-04-01-preview"}, "/openai/responses?api-version=2025-04-01-preview"),
        ({"api_version": "preview"}, "/openai/v1/responses?api-version=preview"),
        ({"api_version": None}, "/openai/v1/responses?api-version=preview"),
    ],
)
def test_the_address_of_responses(more: dict[str, Any], url: str) -> None:
    made = address_call(deployment(**more), {}, OLD, responses=True)
    assert isinstance(made, Call)
    assert (made.url, made.headers["api-key"]) == (HOST + url, Secret(KEY))


def test_a_version_too_old_for_responses_is_sent_by_old_litellm_only() -> None:
    old = address_call(deployment(), {}, OLD, responses=True)
    new = address_call(deployment(), {}, NEW, responses=True)
    assert isinstance(old, Call)
    assert isinstance(new, Call)
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
def test_a_chat_over_the_responses_api(target: ProxyDeployment) -> None:
    body = turn(max_completion_tokens=64, reasoning_effort="medium", tools=[TOOL], stream=True)
    made = call(target, body)
    assert made.responses
    assert made.path.endswith("/responses")
    assert made.body["instructions"] == "Be brief."
    assert made.body["max_output_tokens"] == 64
    assert made.body["reasoning"] == {"effort": "medium"}
    assert made.body["tools"][0]["name"] == "note"
    (message,) = made.body["input"]
    assert message["content"] == [{"type": "input_text", "text": "ping"}]


def test_a_base_model_alone_does_not_bridge() -> None:
    assert not call(deployment(base_model="azure/gpt-5.2-codex")).responses


@pytest.mark.parametrize("version", ["1.81.1", "1.81.13"])
def test_store_is_refused_by_some(version: str) -> None:
    made = refused(deployment(), turn(store=False), version)
    assert (made.reason, made.parameters) == ("parameters", ("store",))
    dropped = call(deployment(), turn(store=False), version, drop_params=True)
    assert "store" not in dropped.body
    own = call(deployment(additional_drop_params=("store",)), turn(store=False), version)
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
    assert (made.reason, made.family) == ("temperature", "gpt-5")
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
    served = as_served(found.deployments[0])
    assert (served.model, served.api_base, served.api_key, served.api_version) == (
        "azure/prod",
        HOST,
        Secret(KEY),
        None,
    )
    assert (served.drop_params, served.additional_drop_params) == (True, ("store",))
    assert (served.base_model, served.mode, served.name) == ("azure/gpt-5.2", "responses", "prod")
    assert KEY not in repr(served)
