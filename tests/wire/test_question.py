"""The turns of a live run, compared with those that OpenClaw sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import Place

from clawdoctor.simulator.scene import installed
from clawdoctor.source.secret import Secret
from clawdoctor.wire.question import MOST_TOKENS, Question, Questions

PROXY = "http://localhost:4000/v1"
AZURE = "https://contoso-ai.openai.azure.com/openai/v1"
KEY = "sk-51b7a8e2c94d0f36"
REF = "azure-openai/gpt-5.2"
BASE = {"model", "messages", "stream", "max_completion_tokens", "tools"}
VERSIONS = ("2026.2.17", "2026.3.13", "2026.5.22", "2026.7.1", "2026.9.6")

Config = Mapping[str, Any]


AGENT = {"user-agent": Secret("OpenAI/JS 7.15.0")}
AZURE_AGENT = {"user-agent": Secret("AzureOpenAI/JS 7.15.0")}


def config(*models: Config, url: str = PROXY, **provider: Any) -> dict[str, Any]:
    named = [{"id": "gpt-5.2", "name": "GPT-5.2", **model} for model in models or ({},)]
    entry = {
        "baseUrl": url,
        "apiKey": KEY,
        "api": "openai-completions",
        "models": named,
        **provider,
    }
    return {
        "models": {"providers": {"azure-openai": entry}},
        "agents": {"defaults": {"model": {"primary": REF}}},
    }


def questions(
    here: Place, tmp_path: Path, written: Config, version: str = "2026.9.6", **more: Any
) -> tuple[Question, ...]:
    here.write("project/openclaw.json", json.dumps(written))
    path = installed(tmp_path / "prefix", {"openclaw": version})
    found = here.fact(Questions, {"PATH": path}, openclaw_config="openclaw.json", **more)
    assert isinstance(found, Questions)
    return found.items


def only_question(
    here: Place, tmp_path: Path, written: Config, version: str = "2026.9.6", **more: Any
) -> Question:
    (only,) = questions(here, tmp_path, written, version, **more)
    return only


def function(body: Config) -> Mapping[str, Any]:
    (tool,) = body["tools"]
    assert tool["type"] == "function"
    inner: Mapping[str, Any] = tool["function"]
    return inner


@pytest.mark.parametrize("version", VERSIONS)
def test_a_turn_without_compat(here: Place, tmp_path: Path, version: str) -> None:
    """The measured matrix, one row per version."""
    body = only_question(here, tmp_path, config(), version).body
    old = version in ("2026.2.17", "2026.3.13")
    expected = BASE | ({"store"} if old else {"tool_choice"})
    expected |= set() if version == "2026.3.13" else {"stream_options"}
    assert set(body) == expected
    assert function(body).get("strict") is (False if old else None)
    assert body.get("store") is (False if old else None)
    assert body.get("tool_choice") == (None if old else "auto")
    assert body["max_completion_tokens"] == MOST_TOKENS
    assert body["stream"] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_the_switch_for_store_holds_everywhere(here: Place, tmp_path: Path, version: str) -> None:
    written = config({"compat": {"supportsStore": False}})
    assert "store" not in only_question(here, tmp_path, written, version).body


@pytest.mark.parametrize(
    ("compat", "more", "less"),
    [
        ({"supportsStore": True}, {}, set()),
        ({"maxTokensField": "max_tokens"}, {"max_tokens": MOST_TOKENS}, {"max_completion_tokens"}),
        ({"supportsUsageInStreaming": False}, {}, {"stream_options"}),
        ({"supportsPromptCacheKey": True}, {"prompt_cache_key": "clawdoctor"}, set()),
        ({"supportsTools": False}, {}, {"tools", "tool_choice"}),
    ],
)
def test_the_switches(
    here: Place, tmp_path: Path, compat: Config, more: Config, less: set[str]
) -> None:
    body = only_question(here, tmp_path, config({"compat": compat})).body
    usual = BASE | {"tool_choice", "stream_options"}
    assert set(body) == (usual | set(more)) - less
    assert {name: body[name] for name in more} == more


def test_strict_tools(here: Place, tmp_path: Path) -> None:
    body = only_question(here, tmp_path, config({"compat": {"supportsStrictMode": True}})).body
    assert function(body)["strict"] is False


@pytest.mark.parametrize(
    ("model", "effort"),
    [
        ({"reasoning": True}, None),
        ({"reasoning": True, "compat": {"supportsReasoningEffort": True}}, "medium"),
        ({"reasoning": False, "compat": {"supportsReasoningEffort": True}}, None),
    ],
)
def test_the_effort(here: Place, tmp_path: Path, model: Config, effort: str | None) -> None:
    assert only_question(here, tmp_path, config(model)).body.get("reasoning_effort") == effort


def test_plain_content(here: Place, tmp_path: Path) -> None:
    body = only_question(here, tmp_path, config({"compat": {"requiresStringContent": True}})).body
    assert body["messages"][-1] == {"role": "user", "content": "ping"}


def test_the_parameters_that_the_user_adds(here: Place, tmp_path: Path) -> None:
    written = config()
    params = {
        "temperature": 0.2,
        "parallel_tool_calls": False,
        "extra_body": {"foo": 1, "store": True, "service_tier": "flex"},
    }
    written["agents"]["defaults"]["models"] = {REF: {"params": params}}
    body = only_question(here, tmp_path, written).body
    assert (body["temperature"], body["parallel_tool_calls"], body["foo"]) == (0.2, False, 1)
    assert body["service_tier"] == "flex"
    assert not {"store", "extra_body"} & set(body)


def test_whom_and_with_which_key(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config())
    assert question.url == f"{PROXY}/chat/completions"
    assert question.headers == AGENT | {"Authorization": Secret(f"Bearer {KEY}")}


def test_a_base_url_without_v1_is_kept(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(url="http://localhost:4000"))
    assert question.url == "http://localhost:4000/chat/completions"


def test_headers_of_the_provider(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(headers={"X-Team": "blue"}))
    assert question.headers["X-Team"] == Secret("blue")


def test_a_user_agent_of_the_provider_replaces_openclaws_own(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(headers={"User-Agent": "curl/8.0"}))
    agents = [value for name, value in question.headers.items() if name.lower() == "user-agent"]
    assert agents == [Secret("curl/8.0")]


def test_a_key_that_no_header_can_hold_is_not_sent(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(apiKey="sk-5\n1b7a8e2c94d0f36"))
    assert "Authorization" not in question.headers


def test_responses(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(api="openai-responses"))
    assert question.url == f"{PROXY}/responses"
    assert (question.body["store"], question.body["max_output_tokens"]) == (False, MOST_TOKENS)
    assert not {"messages", "stream_options", "max_completion_tokens"} & set(question.body)
    assert question.body["tools"][0]["name"] == "note"


def test_responses_without_store(here: Place, tmp_path: Path) -> None:
    written = config({"compat": {"supportsStore": False}}, api="azure-openai-responses")
    question = only_question(here, tmp_path, written)
    assert question.url == f"{PROXY}/responses?api-version=preview"
    assert question.headers == AZURE_AGENT | {"api-key": Secret(KEY)}
    assert "store" not in question.body


def test_straight_to_azure(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config({"reasoning": True}, url=AZURE))
    assert question.url == f"{AZURE}/chat/completions"
    assert question.headers == AGENT | {"Authorization": Secret(f"Bearer {KEY}")}
    assert question.resource is not None
    assert question.proxy is None
    assert set(question.body) == BASE | {"store", "reasoning_effort"}
    assert question.body["store"] is False
    assert function(question.body)["strict"] is False


@pytest.mark.parametrize("url", [AZURE, AZURE.removesuffix("/openai/v1"), f"{AZURE}/"])
def test_straight_to_azures_responses(here: Place, tmp_path: Path, url: str) -> None:
    """OpenClaw adds /openai/v1 to no base URL in an agent's turn."""
    question = only_question(here, tmp_path, config(url=url, api="azure-openai-responses"))
    assert question.url == f"{url.rstrip('/')}/responses?api-version=preview"
    assert question.headers == AZURE_AGENT | {"api-key": Secret(KEY)}


def test_an_api_of_another_kind_gets_no_question(here: Place, tmp_path: Path) -> None:
    question = only_question(here, tmp_path, config(api="anthropic-messages"))
    assert "anthropic-messages" in question.reason


def test_only_what_agents_use_and_what_is_named(here: Place, tmp_path: Path) -> None:
    written = config({}, {"id": "gpt-4o-mini"}, {"id": "gpt-4o"})
    assert [question.model for question in questions(here, tmp_path, written)] == ["gpt-5.2"]
    named = questions(here, tmp_path / "again", written, models=("azure-openai/gpt-4o",))
    assert [question.model for question in named] == ["gpt-5.2", "gpt-4o"]


def test_one_question_for_two_agents(here: Place, tmp_path: Path) -> None:
    written = config()
    written["agents"]["list"] = [{"id": "ops", "model": REF}]
    question = only_question(here, tmp_path, written)
    assert [route.id for route in question.routes] == [REF]
