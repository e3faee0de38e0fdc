"""Routes, what belongs to the chain, and what is in use."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.route import Chain

LITELLM = """
model_list:
  - model_name: big
    litellm_params: {model: azure/one, api_base: https://a.openai.azure.com}
  - model_name: big
    litellm_params: {model: azure/two, api_base: https://b.openai.azure.com}
  - model_name: small
    litellm_params: {model: azure/three}
  - model_name: spare
    litellm_params: {model: azure/four}
"""


def chain(here: Any, openclaw: str | None, litellm: str | None = LITELLM, **more: Any) -> Any:
    if openclaw is not None:
        here.write("home/.openclaw/openclaw.json", openclaw)
    if litellm is not None:
        here.write("project/litellm_config.yaml", litellm)
    return here.fact(Chain, **more)


def provider(name: str, url: str, *models: str, agents: str = "") -> str:
    listed = ", ".join(f'{{ id: "{model}" }}' for model in models)
    return (
        f'{{ models: {{ providers: {{ "{name}": {{ baseUrl: "{url}", models: [{listed}] }} }} }},'
        f" agents: {{ defaults: {{ {agents} }} }} }}"
    )


def test_a_route_joins_model_group_and_deployments(here: Any) -> None:
    found = chain(
        here,
        provider(
            "azure-openai",
            "http://localhost:4000/v1",
            "big",
            "small",
            agents='model: { primary: "azure-openai/big", fallbacks: ["azure-openai/unlisted"] }',
        ),
    )
    assert {r.id: [d.name for d in r.deployments] for r in found.routes} == {
        "azure-openai/big": ["one", "two"],
        "azure-openai/small": ["three"],
        "azure-openai/unlisted": [],
    }
    assert {key: usage for key, usage in found.usage.items() if key.startswith("azure")} == {
        "azure-openai/big": "used",
        "azure-openai/small": "configured",
        "azure-openai/unlisted": "used",
    }
    groups = {group.name: found.usage[group.id] for group in found.groups}
    assert groups == {"big": "used", "small": "configured", "spare": "unreached"}
    assert found.subject_routes["group big"] == frozenset({"azure-openai/big"})
    assert found.subject_routes["group spare"] == frozenset()


@pytest.mark.parametrize(
    ("name", "url", "target"),
    [
        ("azure-openai", "http://localhost:4000/v1", "proxy"),
        ("mine", "http://127.0.0.1:4000", "proxy"),
        ("mine", "http://litellm:4000/v1", "proxy"),
        ("litellm", "https://proxy.example.org/v1", "proxy"),
        ("my-litellm", "http://10.0.0.2:8000", "proxy"),
        ("mine", "https://contoso-ai.openai.azure.com/openai/v1", "azure"),
        ("mine", "https://contoso.services.ai.azure.com/openai/v1", "azure"),
        ("mine", "https://contoso-ai.openai.azure.us", "azure"),
        ("anthropic", "https://api.anthropic.com", None),
        ("mine", "https://openrouter.ai/api/v1", None),
        ("ollama", "http://localhost:11434", None),
        ("lmstudio", "http://localhost:1234/v1", None),
        ("vllm", "http://localhost:8000/v1", None),
        ("mine", "http://localhost:8080/v1", "server"),
        ("custom-192-168-1-50-4000", "http://192.168.1.50:4000/v1", "server"),
        ("relay", "https://relay.example.com/v1", "server"),
        ("relay", "https://api.relax.ai/v1", "server"),
        ("relay", "${RELAY_URL}", "server"),
        ("mine", "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1", None),
        ("mine", "https://llm-12.elb.eu-west-1.amazonaws.com/v1", "server"),
        ("openai", "https://api.openai.com/v1", None),
        ("azure-openai", "https://api.openai.com/v1", None),
    ],
)
def test_what_belongs_to_the_chain(here: Any, name: str, url: str, target: str | None) -> None:
    found = chain(here, provider(name, url, "model-of-another"))
    assert [kind for _, kind in found.providers] == ([target] if target else [])


def test_a_provider_of_models_that_the_proxy_serves_leads_to_it(here: Any) -> None:
    found = chain(here, provider("mine", "https://gateway.contoso.example/v1", "big"))
    assert [kind for _, kind in found.providers] == ["proxy"]


def test_the_ports_that_compose_publishes(here: Any) -> None:
    here.write(
        "project/compose.yaml",
        "services:\n  p:\n    image: berriai/litellm:main-stable\n    ports: ['14000:4000']\n",
    )
    found = chain(here, provider("mine", "http://localhost:14000/v1", "x"))
    assert [kind for _, kind in found.providers] == ["proxy"]


def test_the_proxy_that_is_named(here: Any) -> None:
    found = chain(
        here,
        provider("mine", "https://gw.contoso.example/v1", "x"),
        proxy_url="https://gw.contoso.example",
    )
    assert [kind for _, kind in found.providers] == ["proxy"]


@pytest.mark.parametrize(
    ("name", "url", "model", "target"),
    [
        ("vllm", "http://localhost:8000/v1", "x", "server"),
        ("vllm", "http://localhost:4000/v1", "x", "proxy"),
        ("lmstudio", "http://localhost:1234/v1", "x", "server"),
        ("mine", "http://localhost:8000/v1", "x", "server"),
        ("mine", "http://localhost:8000/v1", "big", "proxy"),
        ("mine", "http://localhost:8333/v1", "x", "proxy"),
    ],
)
@pytest.mark.parametrize("proxy_url", [None, "http://localhost:4000"])
def test_a_local_server_is_no_litellm_though_both_files_are_named(
    here: Any, name: str, url: str, model: str, target: str, proxy_url: str | None
) -> None:
    text = provider(name, url, model).replace("models: [", 'api: "openai-completions", models: [')
    files = {
        "openclaw_config": str(here.home / ".openclaw/openclaw.json"),
        "litellm_config": str(here.project / "litellm_config.yaml"),
    }
    found = chain(here, text, proxy_url=proxy_url, **files)
    assert [kind for _, kind in found.providers] == [target]


def test_litellm_alone_counts_every_group_as_used(here: Any) -> None:
    assert set(chain(here, None).usage.values()) == {"used"}


def test_where_no_agent_names_a_model_all_of_them_count(here: Any) -> None:
    found = chain(here, provider("azure-openai", "http://localhost:4000", "big"))
    assert found.usage["azure-openai/big"] == "used"


def test_openclaw_alone_has_routes_without_deployments(here: Any) -> None:
    found = chain(here, provider("azure-openai", "http://localhost:4000", "big"), None)
    assert [(r.id, r.deployments) for r in found.routes] == [("azure-openai/big", ())]
