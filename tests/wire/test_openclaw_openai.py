"""What versions of OpenClaw made of their provider openai, and of blanks after a base URL."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place
from only_request import only_request

from clawdoctor.wire.request import HopRequest, Outcome, Refused, Unpredicted

CHAT, RESPONSES = "openai-completions", "openai-responses"
_REASONING = {"reasoning": True, "compat": {"supportsReasoningEffort": True}}
REFUSED = "Unable to materialize openai/gpt-5.2 for its prepared api-key route."


def outcome(here: Place, version: str, listed: str, ref: str, **provider: Any) -> Outcome:
    """The prediction for the only agent, whose model's provider has one entry."""
    defaults = {"model": ref, "models": {ref: {"params": provider.pop("params", {})}}}
    model = {"id": listed, "name": "x", **provider.pop("model", {})}
    entry = {"baseUrl": "http://127.0.0.1:4000/v1", "apiKey": "sk-x", "api": CHAT, **provider}
    entry = {name: value for name, value in entry.items() if value is not None}
    entry["models"] = [model]
    providers = {ref.partition("/")[0]: entry}
    config = {"models": {"providers": providers}, "agents": {"defaults": defaults}}
    return only_request(here, version, config)


def sent(here: Place, version: str, listed: str, ref: str, **provider: Any) -> HopRequest:
    found = outcome(here, version, listed, ref, **provider)
    assert isinstance(found, HopRequest), found
    return found


@pytest.mark.parametrize(
    ("version", "listed", "ref", "api"),
    [
        ("2026.9.6", "openai/gpt-5.2", "openai/gpt-5.2", CHAT),
        ("2026.9.6", "openai/gpt-5.2", "OpenAI/gpt-5.2", CHAT),
        ("2026.9.6", "OpenAI/gpt-5.2", "openai/gpt-5.2", RESPONSES),
        ("2026.8.2", "openai/gpt-5.2", "openai/openai/gpt-5.2", CHAT),
        ("2026.8.2", "openai/gpt-5.2", "openai/gpt-5.2", CHAT),
    ],
)
def test_an_id_that_begins_with_openai_is_refused(
    here: Place, version: str, listed: str, ref: str, api: str
) -> None:
    found = outcome(here, version, listed, ref, api=api)
    assert isinstance(found, Refused), found
    assert (found.kind, found.text) == ("other-id", REFUSED)


@pytest.mark.parametrize(
    ("version", "listed", "ref", "api", "name"),
    [
        ("2026.9.6", "openai/gpt-5.2", "openai/openai/gpt-5.2", CHAT, "openai/gpt-5.2"),
        ("2026.9.6", "openai/gpt-5.2", "openai/gpt-5.2", None, "gpt-5.2"),
        ("2026.9.6", "openai/gpt-5.2", "openai/GPT-5.2", CHAT, "GPT-5.2"),
        ("2026.8.2", "gpt-5.2", "openai/openai/gpt-5.2", CHAT, "gpt-5.2"),
        ("2026.5.12", "openai/gpt-5.2", "openai/gpt-5.2", CHAT, "openai/gpt-5.2"),
    ],
)
def test_an_id_that_is_found_as_it_is_is_sent(
    here: Place, version: str, listed: str, ref: str, api: str | None, name: str
) -> None:
    assert sent(here, version, listed, ref, api=api).body["model"] == name


@pytest.mark.parametrize(
    ("version", "ref", "params", "expected"),
    [
        ("2026.9.6", "openai/gpt-5.2", {}, "low"),
        ("2026.9.6", "openai/gpt-5.2", {"textVerbosity": "High"}, "high"),
        ("2026.9.6", "openai/gpt-5.2", {"text_verbosity": "loud"}, None),
        ("2026.9.6", "openai/gpt-4o", {"textVerbosity": "medium"}, "medium"),
        ("2026.9.6", "openai/chat-latest", {"textVerbosity": "low"}, "medium"),
        ("2026.9.6", "azure-openai/gpt-5.2", {}, None),
        ("2026.9.6", "azure-openai/gpt-5.2", {"textVerbosity": "medium"}, "medium"),
        ("2026.9.6", "litellm/gpt-5.2", {"textVerbosity": "medium"}, None),
        ("2026.8.2", "azure-openai/gpt-5.2", {"textVerbosity": "medium"}, None),
        ("2026.5.12", "openai/gpt-5.2", {}, "low"),
        ("2026.3.13", "openai/gpt-5.2", {}, None),
    ],
)
def test_openai_says_how_long_an_answer_may_be(
    here: Place, version: str, ref: str, params: dict[str, str], expected: str | None
) -> None:
    model = ref.partition("/")[2]
    body = sent(here, version, model, ref, api=RESPONSES, params=params).body
    assert body.get("text") == ({"verbosity": expected} if expected else None)


@pytest.mark.parametrize(
    ("ref", "most", "effort"),
    [
        ("openai/gpt-5.2", 32000, "low"),
        ("openai/gpt-4o", 16384, None),
        ("openai/GPT-5.2", 8192, None),
        ("litellm/gpt-5.2", 8192, None),
    ],
)
def test_2026_3_13_has_its_own_entries_of_openai(
    here: Place, ref: str, most: int, effort: str | None
) -> None:
    body = sent(here, "2026.3.13", "other", ref).body
    assert (body["max_completion_tokens"], body.get("reasoning_effort")) == (most, effort)


@pytest.mark.parametrize(
    ("version", "url", "path"),
    [
        ("2026.3.13", " http://localhost:4000/v1 ", "/v1%20/chat/completions"),
        ("2026.3.13", "http://localhost:4000/v1/ ", "/v1/%20/chat/completions"),
        ("2026.3.13", "http://localhost:4000/v1\t", "/v1/chat/completions"),
        ("2026.5.12", "http://localhost:4000/v1 ", "/v1/chat/completions"),
    ],
)
def test_2026_3_13_keeps_blanks_after_a_url(here: Place, version: str, url: str, path: str) -> None:
    assert sent(here, version, "m", "litellm/m", baseUrl=url).path == path


def test_2026_3_13_refuses_a_blank_after_a_host(here: Place) -> None:
    found = outcome(here, "2026.3.13", "m", "litellm/m", baseUrl="http://localhost:4000 ")
    assert isinstance(found, Refused)
    assert found.kind == "invalid-base-url"


def test_openai_without_api_is_not_predicted_for_2026_5_12(here: Place) -> None:
    found = outcome(here, "2026.5.12", "gpt-5.2", "openai/gpt-5.2", api=None)
    assert isinstance(found, Unpredicted)


def test_a_url_of_openai_is_refused_before_a_missing_key(here: Place) -> None:
    found = outcome(here, "2026.9.6", "m", "openai/m", baseUrl="127.0.0.1:4000/v1", apiKey=None)
    assert isinstance(found, Refused)
    assert found.text == "OpenAI model route baseUrl must be a non-empty URL string."


@pytest.mark.parametrize(
    ("model", "thinking", "effort"),
    [
        ("gpt-6-astra", "minimal", "low"),
        ("gpt-6-astra", "off", None),
        ("gpt-6-sol", "minimal", "low"),
        ("gpt-6-sol", "off", "none"),
        ("gpt-6-astra-eu", "minimal", "minimal"),
        ("gpt-5-pro", "low", "high"),
        ("gpt-5-pro-eu", "low", "low"),
        ("gpt-5.1-codex-mini-eu", "low", "low"),
    ],
)
def test_2026_9_6_has_efforts_for_some_models(
    here: Place, model: str, thinking: str, effort: str | None
) -> None:
    more = {"params": {"thinking": thinking}, "model": _REASONING}
    body = sent(here, "2026.9.6", model, f"litellm/{model}", **more).body
    assert body.get("reasoning_effort") == effort
