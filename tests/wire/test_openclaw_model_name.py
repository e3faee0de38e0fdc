"""The name and the limit of a model in a turn, as versions of OpenClaw sent them."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place
from only_request import only_request

from clawdoctor.wire.request import HopRequest

CHAT = "openai-completions"


def body(here: Place, version: str, listed: str, ref: str, api: str | None, **own: Any) -> Any:
    """The body of the turn of the only agent."""
    model = {"id": listed, "name": "x", **own}
    provider = {"baseUrl": "http://127.0.0.1:4000/v1", "apiKey": "sk-x", "models": [model]}
    config = {
        "models": {"providers": {"azure": provider | ({"api": api} if api else {})}},
        "agents": {"defaults": {"model": ref}},
    }
    request = only_request(here, version, config)
    assert isinstance(request, HopRequest), request
    return request.body


@pytest.mark.parametrize(
    ("version", "listed", "ref", "api", "name", "most"),
    [
        ("2026.9.6", "azure/gpt-4o", "azure/gpt-4o", None, "gpt-4o", 1000),
        ("2026.9.6", "azure/gpt-4o", "azure/gpt-4o", CHAT, "azure/gpt-4o", 1000),
        ("2026.9.6", "gpt-4o", "azure/azure/gpt-4o", None, "gpt-4o", 1000),
        ("2026.9.6", "gpt-4o", "azure/azure/gpt-4o", CHAT, "azure/gpt-4o", None),
        ("2026.9.6", "gpt-4o", "azure/GPT-4o", CHAT, "GPT-4o", 1000),
        ("2026.9.6", "gpt-4o", "azure/GPT-4o", None, "GPT-4o", None),
        ("2026.5.12", "azure/gpt-4o", "azure/azure/gpt-4o", None, "gpt-4o", 1000),
        ("2026.5.12", "azure/gpt-4o", "azure/gpt-4o", CHAT, "azure/gpt-4o", 1000),
        ("2026.5.12", "gpt-4o", "azure/azure/other", CHAT, "other", 1000),
        ("2026.3.13", "azure/gpt-4o", "azure/gpt-4o", CHAT, "gpt-4o", 1000),
        ("2026.3.13", "gpt-4o", "azure/azure/gpt-4o", None, "azure/gpt-4o", 1000),
    ],
)
def test_the_entry_and_the_name_are_those_of_the_version(
    here: Place, version: str, listed: str, ref: str, api: str | None, name: str, most: int | None
) -> None:
    sent = body(here, version, listed, ref, api, maxTokens=1000)
    limits = [sent[k] for k in ("max_completion_tokens", "max_output_tokens") if k in sent]
    assert (sent["model"], next(iter(limits), None)) == (name, most)


@pytest.mark.parametrize(
    ("own", "most"),
    [
        ({"contextWindow": 8192}, 1),
        ({"contextWindow": 16000}, 520),
        ({"contextWindow": 32768}, 17017),
        ({"contextWindow": 128000}, 109826),
        ({}, 181826),
        ({"contextWindow": 128000, "contextTokens": 24000}, 8520),
        ({"contextWindow": 128000, "compat": {"supportsTools": False}}, 119684),
        ({"contextWindow": 1000000}, 500000),
    ],
)
def test_the_prompt_takes_its_part_of_the_window(
    here: Place, own: dict[str, Any], most: int
) -> None:
    """Run on 2026.9.6."""
    sent = body(here, "2026.9.6", "m", "azure/m", CHAT, maxTokens=500_000, **own)
    assert sent["max_completion_tokens"] == most
