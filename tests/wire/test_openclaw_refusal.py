"""What OpenClaw refuses before it sends anything, and where the parts of a request come from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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

AZURE = "https://contoso.openai.azure.com"
PUBLIC = "https://llm.contoso.example/v1"
SECRET = {"source": "env", "provider": "default", "id": "NOT_SET"}


def outcome(
    here: Place,
    version: str | None = "2026.9.6",
    environ: dict[str, str] | None = None,
    **provider: Any,
) -> Outcome:
    entry = {
        "baseUrl": "http://localhost:4000/v1",
        "apiKey": "k",
        "api": "openai-completions",
        "models": [{"id": "gpt-5.2", "name": "x"}],
        **provider,
    }
    entry = {name: value for name, value in entry.items() if value is not None}
    config = {
        "models": {"providers": {"litellm-x": entry}},
        "agents": {"defaults": {"model": "litellm-x/gpt-5.2"}},
    }
    here.write("project/openclaw.json", json.dumps(config))
    options = {"openclaw_config": "openclaw.json"}
    chain = here.fact(Chain, environ or {}, **options)
    openclaw = here.fact(OpenClawConfig, environ or {}, **options)
    environment = here.fact(Environment, environ or {}, **options)
    assert isinstance(chain, Chain)
    assert isinstance(openclaw, OpenClawConfig)
    assert isinstance(environment, Environment)
    versions = Versions(Version(version, "") if version else None, None)
    return openclaw_request(chain.routes[0], openclaw, environment, versions)


def sent(here: Place, *arguments: Any, **provider: Any) -> HopRequest:
    found = outcome(here, *arguments, **provider)
    assert isinstance(found, HopRequest), found
    return found


NO_KEY = 'No API key found for provider "litellm-x".'


@pytest.mark.parametrize(
    ("version", "provider", "kind", "text"),
    [
        (
            "2026.2.17",
            {"api": None},
            "no-api",
            "No API provider registered for api: undefined",
        ),
        ("2026.9.6", {"api": "openai-completion"}, "unknown-api", "Invalid option"),
        ("2026.3.13", {"api": "azure-openai-responses"}, "unknown-api", "Invalid option"),
        ("2026.9.6", {"baseUrl": PUBLIC, "apiKey": None}, "no-key", NO_KEY),
        (
            "2026.9.6",
            {"baseUrl": PUBLIC, "apiKey": None, "headers": {"api-key": "k"}},
            "no-key",
            NO_KEY,
        ),
        ("2026.9.6", {"apiKey": None, "api": None}, "no-key", NO_KEY),
        ("2026.9.6", {"apiKey": None, "auth": "oauth"}, "no-key", NO_KEY),
        ("2026.3.13", {"baseUrl": "http://10.0.0.9:4000", "apiKey": None}, "no-key", NO_KEY),
        (
            "2026.3.13",
            {"models": [{"id": "gpt-5.2", "name": "x", "contextWindow": 8192}]},
            "small-window",
            "Model context window too small (8192 tokens",
        ),
        ("2026.9.6", {"baseUrl": "localhost:4000/v1"}, "invalid-base-url", "Invalid URL."),
        ("2026.9.6", {"baseUrl": "${NOT_SET}/v1"}, "invalid-base-url", "Invalid URL."),
        (
            "2026.2.17",
            {"apiKey": "${NOT_SET}"},
            "unset-variable",
            'Missing env var "NOT_SET" referenced at config path: '
            "models.providers.litellm-x.apiKey",
        ),
        ("2026.4.15", {"apiKey": "${NOT_SET}"}, "unset-variable", NO_KEY),
        ("2026.5.12", {"apiKey": "${NOT_SET}"}, "unset-variable", NO_KEY),
        ("2026.6.11", {"apiKey": "${NOT_SET}"}, "unset-variable", NO_KEY),
        (
            "2026.4.24",
            {"models": [{"id": "gpt-5.2", "name": "x", "contextWindow": 8192}]},
            "small-window",
            "Model context window too small (8192 tokens",
        ),
        (
            "2026.9.6",
            {"apiKey": SECRET},
            "unset-secret",
            "failed to resolve secrets",
        ),
        (
            "2026.3.13",
            {"apiKey": SECRET, "models": [{"id": "gpt-5.2", "name": "x", "contextWindow": 8192}]},
            "unset-secret",
            "failed to resolve secrets",
        ),
        ("2026.5.12", {"baseUrl": "http://10.0.0.9:4000"}, "blocked-host", "Connection error."),
    ],
)
def test_openclaw_refuses(
    here: Place, version: str, provider: Mapping[str, Any], kind: str, text: str
) -> None:
    found = outcome(here, version, **provider)
    assert isinstance(found, Refused), found
    assert (found.by, found.kind) == ("openclaw", kind)
    assert text in found.text
    (source,) = found.sources
    assert source.place is not None
    assert source.place.path.endswith("openclaw.json")


def test_an_untested_version_is_not_predicted(here: Place) -> None:
    found = outcome(here, "2026.2.26", apiKey=SECRET)
    assert isinstance(found, Unpredicted), found


@pytest.mark.parametrize(
    ("version", "provider", "environ"),
    [
        ("2026.3.13", {"apiKey": "${NOT_SET}"}, {}),
        ("2026.7.1", {"apiKey": "${NOT_SET}"}, {}),
        ("2026.9.6", {"apiKey": "${NOT_SET}"}, {}),
        (
            "2026.5.12",
            {"models": [{"id": "gpt-5.2", "name": "x", "contextWindow": 8192}]},
            {},
        ),
        ("2026.9.6", {"apiKey": None}, {}),
        ("2026.9.6", {"baseUrl": "http://10.0.0.9:4000", "apiKey": None}, {}),
        (
            "2026.5.12",
            {"baseUrl": "http://10.0.0.9:4000", "request": {"allowPrivateNetwork": True}},
            {},
        ),
        (None, {"api": None}, {}),
    ],
)
def test_openclaw_sends(
    here: Place, version: str | None, provider: Mapping[str, Any], environ: Mapping[str, str]
) -> None:
    sent(here, version, environ, **provider)


def test_the_dialects_of_other_vendors_are_not_predicted(here: Place) -> None:
    found = outcome(here, api="anthropic-messages")
    assert isinstance(found, Unpredicted)
    assert "anthropic-messages" in found.reason


def test_an_unset_variable_is_sent_as_it_is_written(here: Place) -> None:
    request = sent(here, apiKey="${NOT_SET}")
    assert request.headers["Authorization"] == Secret("Bearer ${NOT_SET}")
    assert request.credential is not None
    assert request.credential.name == "NOT_SET"


def test_the_variable_of_the_key_is_named_and_its_value_is_not(here: Place) -> None:
    request = sent(here, "2026.9.6", {"MY_KEY": "sk-51b7a8e2c94d0f36"}, apiKey="${MY_KEY}")
    credential = request.credential
    assert credential is not None
    assert (credential.header, credential.name) == ("Authorization", "MY_KEY")
    assert credential.source is not None
    assert credential.source.variable is not None
    assert "sk-51b7a8e2c94d0f36" not in f"{request} {credential}"


def test_a_header_of_the_config_wins_over_the_key(here: Place) -> None:
    request = sent(here, headers={"Authorization": "Bearer own"})
    credential = request.credential
    assert credential is not None
    assert credential.value == Secret("Bearer own")
    assert [source.place.pointer for source in credential.overrides if source.place] == [
        "/models/providers/litellm-x/apiKey"
    ]


def test_the_api_version_of_a_variable_and_the_deployment_of_another(here: Place) -> None:
    environ = {
        "AZURE_OPENAI_API_VERSION": "v1",
        "AZURE_OPENAI_DEPLOYMENT_NAME_MAP": "gpt-4o=four, GPT-5.2 = five",
    }
    base = f"{AZURE}/openai/v1"
    request = sent(here, "2026.9.6", environ, baseUrl=base, api="azure-openai-responses")
    assert request.url == f"{base}/responses?api-version=v1"
    assert request.body["model"] == "five"
    variables = [s.variable.name for s in request.sources if s.variable is not None]
    assert variables == ["AZURE_OPENAI_API_VERSION"]


def test_a_base_url_with_a_blank_variable_keeps_its_default_version(here: Place) -> None:
    environ = {"AZURE_OPENAI_API_VERSION": " "}
    request = sent(here, "2026.5.12", environ, baseUrl=AZURE, api="azure-openai-responses")
    assert request.url == f"{AZURE}/responses?api-version=2024-12-01-preview"


@pytest.mark.parametrize("url", ["http://[::1", "https://a\uff20b.openai.azure.com", "http://a\\b"])
def test_a_url_that_leads_to_no_certain_host_is_not_predicted(here: Place, url: str) -> None:
    assert isinstance(outcome(here, baseUrl=url), Unpredicted)
