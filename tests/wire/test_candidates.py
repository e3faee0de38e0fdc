"""Deployments that get a request otherwise than by a plain choice, as in LiteLLM 1.106.2."""

from __future__ import annotations

import pytest
from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.wire.litellm import Upstream, upstream
from clawdoctor.wire.request import Api, HopRequest, Refused, Unpredicted

KEYS = {"LITELLM_MASTER_KEY": "sk-master-0123456789"}


def entry(group: str, model: str, params: str = "", info: str = "") -> str:
    beside = f"\n    model_info: {{{info}}}" if info else ""
    return (
        f"  - model_name: {group!r}\n    litellm_params: {{model: {model!r},"
        f" api_base: 'https://r.openai.azure.com', api_key: k, api_version: '2024-10-21'"
        f"{params and ', ' + params}}}{beside}\n"
    )


def made(here: Place, config: str, model: str = "g", api: Api = "chat") -> Upstream:
    here.write("project/litellm_config.yaml", f"model_list:\n{config}")
    found, environment = here.fact(LiteLLMConfig, KEYS), here.fact(Environment, KEYS)
    what = "messages" if api == "chat" else "input"
    body = {"model": model, what: [{"role": "user", "content": "hi"}]}
    request = HopRequest("openclaw", api, "http://p", "/v1/x", {}, {}, body)
    return upstream(request, found, environment, "1.106.2")


def reached(upstream: Upstream) -> list[tuple[str, str]]:
    return [(each.deployment.model.resolved or "", each.via) for each in upstream.attempts]


def test_a_higher_order_is_tried_after_a_failure(here: Place) -> None:
    config = (
        entry("g", "azure/second", "order: 2")
        + entry("g", "azure/first", "order: 1")
        + entry("g", "azure/never")
        + entry("g", "azure/third", info="order: 3")
        + entry("f", "azure/last")
        + "router_settings: {fallbacks: [{g: [f]}]}\n"
    )
    assert reached(made(here, config)) == [
        ("azure/first", "group"),
        ("azure/second", "fallback"),
        ("azure/third", "fallback"),
        ("azure/last", "fallback"),
    ]


def test_the_same_order_is_a_plain_group(here: Place) -> None:
    config = entry("g", "azure/a", "order: 1") + entry("g", "azure/b", "order: '1'")
    assert reached(made(here, config)) == [("azure/a", "group"), ("azure/b", "group")]


TIERS = entry("small", "azure/small") + entry("large", "azure/large") + entry("embed", "azure/e")
COMPLEXITY = (
    "  - model_name: g\n    litellm_params:\n      model: auto_router/complexity_router\n"
    "      complexity_router_config:\n        tiers: {SIMPLE: small, COMPLEX: [large]}\n"
    "        classifier_llm_config: {model: embed}\n"
)
SEMANTIC = (
    "  - model_name: g\n    litellm_params:\n      model: auto_router/mine\n"
    '      auto_router_config: \'{"routes": [{"name": "small"}]}\'\n'
    "      auto_router_default_model: large\n      auto_router_embedding_model: embed\n"
)


@pytest.mark.parametrize("router", [COMPLEXITY, SEMANTIC])
def test_an_auto_router_chooses_by_what_the_request_says(here: Place, router: str) -> None:
    found = made(here, TIERS + router)
    assert reached(found) == [("azure/small", "auto"), ("azure/large", "auto")]
    assert all(isinstance(each.outcome, Unpredicted) for each in found.attempts)


def test_an_auto_router_with_its_routes_in_another_file(here: Place) -> None:
    router = SEMANTIC.replace("auto_router_config:", "auto_router_config_path:")
    router = router.replace("default_model: large", "default_model: elsewhere")
    (only,) = made(here, TIERS + router.replace("small", "x")).attempts
    assert only.outcome == Unpredicted(
        "LiteLLM's auto router chooses a model based on the content of the request"
    )


def test_a_copy_of_a_chat_goes_to_the_silent_model(here: Place) -> None:
    config = (
        entry("g", "azure/a", "silent_model: [m, none]")
        + entry("m", "azure/m", "silent_model: n")
        + entry("n", "azure/n")
    )
    found = made(here, config)
    assert reached(found) == [("azure/a", "group"), ("azure/m", "mirror")]
    copy = found.attempts[1].outcome
    assert isinstance(copy, HopRequest)
    assert "silent_model" not in copy.body
    assert reached(made(here, config, api="responses")) == [("azure/a", "group")]


@pytest.mark.parametrize(
    ("model", "reached_model"),
    [("ghost", "None/ghost"), ("gpt-4o", "openai/gpt-4o"), ("a/b", "a/b")],
)
def test_a_wildcard_with_two_stars(here: Place, model: str, reached_model: str) -> None:
    found = made(here, entry("*/*", "azure/*"), model)
    assert reached(found) == [(reached_model, "wildcard")]
    refused = found.attempts[0].outcome
    if model == "ghost":
        assert isinstance(refused, Refused)
        assert refused.text.endswith("You passed model=None/ghost")


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("", "g"),
        ("router_settings: {default_fallbacks: [gone]}\n", "gone"),
        ("router_settings: {fallbacks: [{'*': [gone]}]}\n", "gone"),
        ("router_settings: {fallbacks: [{g: [gone]}]}\n", "g"),
    ],
)
def test_the_name_in_the_refusal_of_a_group_without_deployments(
    here: Place, more: str, named: str
) -> None:
    dropped = "supported_environments: [production]"
    found = made(here, entry("g", "azure/a", info=dropped) + more)
    assert found.refused is not None
    assert found.refused.text.startswith(f"litellm.BadRequestError: You passed in model={named}. ")
