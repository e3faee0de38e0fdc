"""The requests for embeddings that clawdoctor predicts, against those that OpenClaw sent.

Each row of openclaw_embeddings.jsonl is a whole openclaw.json, and the request of its memory search
that arrived for the text "ping".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import Place

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Version
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw import openclaw_request
from clawdoctor.wire.request import HopRequest, Outcome, Refused, Unpredicted

Row = Mapping[str, Any]

ROWS: list[Row] = [
    json.loads(line)
    for line in Path(__file__)
    .with_name("openclaw_embeddings.jsonl")
    .read_text("utf-8")
    .splitlines()
]


def outcome(here: Place, config: Row, version: str) -> Outcome:
    """The prediction for the only memory search of a config."""
    here.write("project/openclaw.json", json.dumps(config))
    options = {"openclaw_config": "openclaw.json"}
    chain = here.fact(Chain, {}, **options)
    openclaw = here.fact(OpenClawConfig, {}, **options)
    environment = here.fact(Environment, {}, **options)
    assert isinstance(chain, Chain)
    assert isinstance(openclaw, OpenClawConfig)
    assert isinstance(environment, Environment)
    (route,) = [route for route in chain.routes if route.purpose == "embedding"]
    return openclaw_request(route, openclaw, environment, Versions(Version(version, ""), None))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['version']}-{row['name']}")
def test_the_request_is_the_one_that_openclaw_sent(here: Place, row: Row) -> None:
    request = outcome(here, row["config"], row["version"])
    assert isinstance(request, HopRequest), request
    headers = {
        name.casefold(): value.reveal() if isinstance(value, Secret) else value
        for name, value in request.headers.items()
    }
    assert request.api == "embeddings"
    assert (request.url, headers, request.body) == (row["url"], row["headers"], row["body"])


@pytest.mark.parametrize(
    ("version", "url"),
    [
        ("2026.5.7", "http://127.0.0.1:4000/v1?x=1/embeddings"),
        ("2026.7.1", "http://127.0.0.1:4000/v1?x=1/embeddings"),
        ("2026.8.2", "http://127.0.0.1:4000/v1/embeddings?x=1"),
    ],
)
def test_a_query_in_the_base_url(here: Place, version: str, url: str) -> None:
    """Run on these versions."""
    base = "http://127.0.0.1:4000/v1?x=1"
    search = {"provider": "openai", "model": "e", "remote": {"baseUrl": base, "apiKey": "k"}}
    models = {"providers": {"openai": {"baseUrl": base, "apiKey": "k", "models": []}}}
    old = {"models": models, "agents": {"defaults": {"memorySearch": search}}}
    new = {"models": models, "memory": {"search": search}}
    request = outcome(here, new if version == "2026.8.2" else old, version)
    assert isinstance(request, HopRequest), request
    assert unquote(request.url) == url


@pytest.mark.parametrize("version", ["2026.8.2", "2026.9.6"])
def test_a_provider_that_the_config_lacks_is_not_predicted(here: Place, version: str) -> None:
    """Run on these versions: "Unknown memory embedding provider"."""
    base = "http://127.0.0.1:4000/v1"
    search = {"provider": "azure-openai", "model": "e", "remote": {"baseUrl": base, "apiKey": "k"}}
    models = {"providers": {"litellm": {"baseUrl": base, "apiKey": "k", "models": []}}}
    found = outcome(here, {"models": models, "memory": {"search": search}}, version)
    assert isinstance(found, Unpredicted), found


def test_openai_sends_no_key_of_another_base_url(here: Place) -> None:
    """Run on 2026.9.6: the search fails before it asks."""
    provider = {"baseUrl": "http://127.0.0.1:4000/v1", "apiKey": "k", "models": []}
    search = {"provider": "openai", "model": "e", "remote": {"baseUrl": "http://127.0.0.1:4000"}}
    config = {"models": {"providers": {"openai": provider}}, "memory": {"search": search}}
    refused = outcome(here, config, "2026.9.6")
    assert isinstance(refused, Refused)
    assert refused.kind == "no-key"
    assert "openai embedding credentials are not configured" in refused.text
