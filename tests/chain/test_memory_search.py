"""Memory search: where OpenClaw asks for embeddings, and under which name (run on 2026.9.6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cases import diagnosed

from clawdoctor.chain.route import Chain
from clawdoctor.finding import Report
from clawdoctor.run.needs import Absent
from clawdoctor.wire.question import Questions

CONFIG = """{
  models: { providers: {
    litellm: {
      baseUrl: "http://127.0.0.1:4000/v1", apiKey: "${LITELLM_MASTER_KEY}",
      api: "openai-completions",
      models: [{ id: "gpt-5.2", name: "x" }, { id: "embed", name: "y", contextWindow: 8191 }],
    },
    claude: { baseUrl: "http://localhost:4000", api: "anthropic-messages", models: [] },
    azure: { baseUrl: "https://a.openai.azure.com/openai/v1", api: "openai-completions" },
  } },
  agents: { defaults: { model: { primary: "litellm/gpt-5.2" }%s }%s },
%s}"""
LITELLM = """
model_list:
  - model_name: gpt-5.2
    litellm_params: {model: azure/gpt-5.2, api_base: https://a.openai.azure.com, api_key: %s}
  - model_name: embed
    litellm_params:
      {model: azure/text-embedding-3-small, api_base: https://a.openai.azure.com, api_key: %s}
"""
MODEL = "/memory/search/model"


def config(search: str = "", older: str = "", agents: str = "", more: str = "") -> str:
    shared = f"  memory: {{ search: {search} }},\n" if search else ""
    older = f", memorySearch: {older}" if older else ""
    return CONFIG % (older, f", {agents}" if agents else "", shared + more)


def found(here: Any, text: str) -> list[tuple[str, str]]:
    """The ids of the routes of memory search, and where their models are set."""
    here.write("home/.openclaw/openclaw.json", text)
    environ = {"LITELLM_MASTER_KEY": "sk-1", "URL": "http://localhost:4000/v1"}
    routes = here.fact(Chain, environ).routes
    return [(route.id, route.used_by[0]) for route in routes if route.purpose == "embedding"]


@pytest.mark.parametrize(
    ("search", "model"),
    [
        ('{ provider: "litellm", model: "embed" }', "litellm/embed"),
        ('{ provider: "LiteLLM", model: "litellm/embed" }', "litellm/embed"),
        ('{ provider: "litellm", model: "openai-compatible/embed" }', "litellm/embed"),
        (
            '{ provider: "openai-compatible", model: "e", remote: { baseUrl: "${URL}" } }',
            "litellm/e",
        ),
        ('{ model: "openai/e", remote: { baseUrl: "${URL}" } }', "litellm/openai/e"),
        ('{ provider: "auto", remote: { baseUrl: "${URL}/" } }', "litellm/text-embedding-3-small"),
        ('{ remote: { baseUrl: "http://localhost:4000" } }', "litellm/text-embedding-3-small"),
        ('{ provider: "azure", model: "embed" }', "azure/embed"),
    ],
)
def test_a_search_that_leads_to_a_provider_is_a_route(here: Any, search: str, model: str) -> None:
    assert found(here, config(search)) == [(model, MODEL)]
    older = "/agents/defaults/memorySearch/model"
    assert found(here, config(older=search)) == [(model, older)]


@pytest.mark.parametrize(
    "search",
    [
        '{ rememberAcrossConversations: false, model: "" }',
        '{ enabled: false, provider: "litellm", model: "embed" }',
        '{ provider: "none", model: "embed" }',
        '{ provider: "ollama", model: "embed", remote: { baseUrl: "${URL}" } }',
        '{ provider: "litellm" }',
        '{ provider: "claude", model: "embed" }',
        '{ provider: "nobody", model: "embed" }',
        '{ model: "embed" }',
        '{ model: "embed", remote: { baseUrl: "${GONE}" } }',
        '{ model: "embed", remote: { baseUrl: "http://localhost:4001/v1" } }',
        '{ model: "embed", remote: { baseUrl: "http://localhost:4000/azure/openai" } }',
        '{ model: "embed", remote: { baseUrl: "https://a.openai.azure.com/openai/v1" } }',
        '{ model: "embed", remote: { baseUrl: "http://[" } }',
        '{ model: 4, provider: [], remote: "x" }',
        '"on"',
    ],
)
def test_other_searches_are_no_route(here: Any, search: str) -> None:
    assert found(here, config(search)) == []


def test_without_settings_there_is_no_route(here: Any) -> None:
    assert found(here, config()) == []


@pytest.mark.parametrize(
    "more", ['memory: { backend: "qmd", search: %s },', 'plugins: { slots: { memory: "other" } },']
)
def test_another_plugin_searches_without_these_settings(here: Any, more: str) -> None:
    search = '{ provider: "litellm", model: "embed" }'
    assert (
        found(here, config("" if "%s" in more else search, more=more.replace("%s", search))) == []
    )
    assert found(here, config(search, more='plugins: { slots: { memory: "memory-core" } },'))


def test_an_agent_inherits_what_it_does_not_set(here: Any) -> None:
    agents = 'entries: { ops: { memory: { search: { model: "own" } } }, dev: { memory: {} } }'
    text = config('{ provider: "litellm", model: "embed" }', agents=agents)
    assert found(here, text) == [
        ("litellm/embed", MODEL),
        ("litellm/own", "/agents/entries/ops/memory/search/model"),
    ]
    agents = 'list: [{ id: "ops", memorySearch: { provider: "litellm", model: "own" } }]'
    text = config(older='{ provider: "none" }', agents=agents)
    assert found(here, text) == [("litellm/own", "/agents/list/0/memorySearch/model")]


def test_a_model_that_an_agent_answers_with_is_no_embedding_model(here: Any) -> None:
    text = config('{ provider: "litellm", model: "gpt-5.2" }')
    assert found(here, text) == []


def test_it_is_used_and_gets_no_turn(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", config('{ provider: "litellm", model: "embed" }'))
    here.write("project/litellm_config.yaml", LITELLM % ("k", "k"))
    chain = here.fact(Chain)
    assert chain.usage["litellm/embed"] == chain.usage["group embed"] == "used"
    assert [route.id for route in chain.chat_routes] == ["litellm/gpt-5.2"]
    first, second = chain.deployments
    assert (chain.embeds_only(first), chain.embeds_only(second)) == (False, True)
    questions = here.fact(Questions, models=("litellm/embed",))
    assert [question.model for question in questions.items] == ["gpt-5.2"]
    embedding = next(route for route in chain.routes if route.id == "litellm/embed")
    assert isinstance(questions.of(embedding), Absent)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """The report on a chain whose embedding model would be wrong for messages."""
    folder = tmp_path / "project"
    folder.mkdir()
    text = config(
        '{ provider: "litellm", model: "embed", remote: { apiKey: "sk-other-4f1b2c3d" } }'
    )
    (folder / "openclaw.json").write_text(text, "utf-8")
    (folder / "litellm_config.yaml").write_text(
        LITELLM % ("os.environ/AZURE_API_KEY", "os.environ/GONE"), "utf-8"
    )
    environ = {"LITELLM_MASTER_KEY": "sk-home-4f1b2c3d", "AZURE_API_KEY": "0f" * 16}
    settings = {"environ": environ, "versions": {"openclaw": "2026.3.7"}}
    return diagnosed(folder, settings, tmp_path)


def test_checks_of_messages_leave_it_alone(report: Report) -> None:
    about = {
        finding.code
        for finding in report.findings
        if "litellm/embed" in finding.routes and finding.subjects != ("chain",)
    }
    assert about == {"LL103", "LL202"}  # its own key is not the master key
    (failover,) = (finding for finding in report.findings if finding.code == "OC112")
    assert all("litellm/embed" not in (fix.snippet or "") for fix in failover.fixes)
