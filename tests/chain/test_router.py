"""The deployments that LiteLLM's router tries. Each row was run on LiteLLM 1.106.2."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.dropped import drop_of
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.router import deployments_for, fallbacks_of


def config(here: Any, *groups: tuple[str, str], more: str = "", **environ: str) -> Any:
    entries = "".join(
        f'  - model_name: "{name}"\n    litellm_params: {{model: "{model}"}}\n'
        for name, model in groups
    )
    here.write("project/litellm_config.yaml", f"model_list:\n{entries}{more}")
    return here.fact(LiteLLMConfig, environ=environ) if environ else here.fact(LiteLLMConfig)


def models(found: LiteLLMConfig, asked: str) -> list[str]:
    return [deployment.model.shown for deployment in deployments_for(found, asked)]


@pytest.mark.parametrize(
    ("name", "model", "asked", "requested"),
    [
        ("azure/*", "azure/*", "azure/gpt-4o", ["azure/gpt-4o"]),
        ("azure/*", "azure/*", "gpt-4o", []),
        ("*", "azure/*", "gpt-4o", ["azure/gpt-4o"]),
        ("*", "azure/*", "azure/gpt-4o", ["azure/azure/gpt-4o"]),
        ("*", "*", "azure/gpt-4o", ["azure/gpt-4o"]),
        ("openai/*", "azure/*", "gpt-4o", ["azure/gpt-4o"]),
        ("openai/*", "azure/q", "gpt-5-mini", ["azure/q"]),
        ("openai/*", "azure/q", "gpt-image-9", ["azure/q"]),
        ("openai/*", "azure/q", "gpt-5-mini-eu", []),
        ("openai/*", "azure/q", "gpt-9", []),
        ("None/*", "azure/q", "gpt-9", ["azure/q"]),
        ("anthropic/*", "azure/q", "claude-opus-9", ["azure/q"]),
        ("anthropic/*", "azure/q", "claude-foo", []),
        ("vertex_ai/*", "azure/q", "gemini-2.5-pro", ["azure/q"]),
        ("amazon_nova/*", "azure/q", "amazon_nova-x", ["azure/q"]),
        ("team-*", "azure/gpt-4o", "team-x", ["azure/gpt-4o"]),
        ("a*b*", "azure/x*", "aXbY", ["aXbY"]),
        ("a*", "azure/x*-y*", "aQ", ["azure/xQ-y*"]),
        ("azure/*-x", "azure/*-x", "azure/foo-x-more", ["azure/foo-x"]),
        ("gpt-[4]", "azure/q", "gpt-4", []),
        ("[ab]*", "azure/w", "[ab]1", ["azure/w"]),
        ("g", "azure/gpt-4.1", "azure/gpt-4.1", ["azure/gpt-4.1"]),
        ("g", "azure/gpt-4.1", "gpt-4.1", []),
    ],
)
def test_a_name_and_what_is_requested_for_it(
    here: Any, name: str, model: str, asked: str, requested: list[str]
) -> None:
    assert models(config(here, (name, model)), asked) == requested


def test_the_most_specific_wildcard_wins(here: Any) -> None:
    found = config(here, ("gpt-*", "azure/gpt-*"), ("gpt-4*", "azure/four-*"))
    assert models(found, "gpt-4o") == ["azure/four-o"]
    assert models(found, "gpt-5") == ["azure/gpt-5"]


def test_a_group_has_all_its_deployments(here: Any) -> None:
    found = config(here, ("chat", "azure/a"), ("chat", "azure/b"), ("*", "azure/*"))
    assert models(found, "chat") == ["azure/a", "azure/b"]


ALIASES = """router_settings:
  model_group_alias:
    a: g
    b: {model: g, hidden: true}
    c: a
    d: nothing
    e: azure/gpt-4.1
    g: {model: g, hidden: false}
"""


@pytest.mark.parametrize(
    ("asked", "served"), [*((x, True) for x in "abeg"), ("c", False), ("d", False)]
)
def test_an_alias_is_followed_once(here: Any, asked: str, served: bool) -> None:
    found = config(here, ("g", "azure/gpt-4.1"), more=ALIASES)
    assert models(found, asked) == (["azure/gpt-4.1"] if served else [])


def test_an_alias_comes_before_a_group_of_its_name(here: Any) -> None:
    more = "router_settings:\n  model_group_alias: {g: h}\n"
    assert models(config(here, ("g", "azure/1"), ("h", "azure/2"), more=more), "g") == ["azure/2"]


FALLBACKS = "litellm_settings:\n  fallbacks:\n    - gpt-4o: [azure/gpt-4o]\n"


def test_a_fallback_answers_for_an_unknown_name_only_with_a_wildcard(here: Any) -> None:
    assert models(config(here, ("azure/*", "azure/*"), more=FALLBACKS), "gpt-4o") == [
        "azure/gpt-4o"
    ]
    assert models(config(here, ("azure/gpt-4o", "azure/x"), more=FALLBACKS), "gpt-4o") == []


def test_default_fallbacks_are_for_names_without_their_own(here: Any) -> None:
    more = "router_settings:\n  default_fallbacks: [good]\n  fallbacks: [{mine: [other]}]\n"
    found = config(here, ("good", "azure/1"), ("z/*", "azure/*"), more=more)
    assert fallbacks_of(found, "mine") == ("other",)
    assert fallbacks_of(found, "nope") == ("good",)
    assert models(found, "nope") == ["azure/1"]


def test_fallbacks_that_name_each_other_end(here: Any) -> None:
    more = "router_settings:\n  fallbacks: [{a: [b]}, {b: [a]}]\n"
    assert models(config(here, ("z/*", "azure/*"), more=more), "a") == []


CREDENTIALS = """credential_list:
  - credential_name: prod
    credential_values:
      api_key: from-list
      api_base: https://q.openai.azure.com
    credential_info: {}
  - credential_name: prod
    credential_values: {api_key: second}
    credential_info: {}
"""


def test_a_credential_adds_what_a_deployment_lacks(here: Any) -> None:
    here.write(
        "project/litellm_config.yaml",
        "model_list:\n"
        "  - model_name: g\n"
        "    litellm_params:\n"
        "      model: azure/a\n"
        "      api_key: os.environ/UNSET\n"
        "      litellm_credential_name: prod\n"
        "  - model_name: h\n"
        "    litellm_params:\n"
        "      model: azure/b\n"
        "      api_base: https://own.openai.azure.com\n"
        "      litellm_credential_name: prod\n" + CREDENTIALS,
    )
    found = here.fact(LiteLLMConfig)
    first, second = found.deployments
    assert (first.host, second.host) == ("q.openai.azure.com", "own.openai.azure.com")
    assert all(d.api_key.resolved.test(lambda key: key == "from-list") for d in (first, second))
    place = found.place("/model_list/0/litellm_params/api_key")
    assert place.pointer == "/credential_list/0/credential_values/api_key"
    assert place.span.start.line == 15


@pytest.mark.parametrize(
    ("model", "params", "info", "reason"),
    [
        ("local/x", "", "", "provider"),
        ("azure/x", "rpm: fast", "", "type"),
        ("azure/x", "rpm: 1.5", "", "type"),
        ("azure/x", "tags: fast", "", "type"),
        ("azure/x", "", "base_model: 4", "type"),
        ("azure/x", "", "supported_environments: [production]", "variable"),
        ("azure/x", "", "supported_environments: production", "environments"),
        ("azure/x", "", "supported_environments: [prod]", "environments"),
        ("azure/x", "timeout: 60s", "", None),
        ("azure/x", 'rpm: "60"', "", None),
        ("azure/x", "max_retries: true", "", None),
        ("azure/x", "rpm: os.environ/UNSET", "", None),
        ("azure/x", "", "supported_environments: null", None),
        ("azure/x", "", "id: 5", None),
        ("langfuse/x", "", "", None),
        ("bitbucket/x", "", "", None),
    ],
)
def test_why_a_deployment_is_dropped(
    here: Any, model: str, params: str, info: str, reason: str | None
) -> None:
    text = f"model_list:\n  - model_name: g\n    litellm_params:\n      model: {model}\n"
    text += f"      {params}\n" if params else ""
    text += f"    model_info:\n      {info}\n" if info else ""
    here.write("project/litellm_config.yaml", text)
    found = here.fact(LiteLLMConfig)
    drop = drop_of(found, found.deployments[0], here.fact(Environment))
    assert (drop.reason if drop is not None else None) == reason
