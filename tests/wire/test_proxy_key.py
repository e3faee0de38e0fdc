"""Whether the proxy accepts the key of a request, and how LiteLLM finds the key in it."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.chain.route import Chain
from clawdoctor.source.secret import Secret
from clawdoctor.wire.proxy_key import Accepted, read_key
from clawdoctor.wire.request import Refused, Unpredicted
from clawdoctor.wire.requests import Requests

KEY = "sk-51b7a8e2c94d0f36"
NO_PROFILES = AuthProfiles(frozenset())


@pytest.mark.parametrize(
    ("headers", "own_header", "key"),
    [
        ({}, None, None),
        ({"authorization": "Bearer k"}, None, "k"),
        ({"authorization": "bearer k"}, None, "k"),
        ({"authorization": "Basic k"}, None, "k"),
        ({"authorization": "Bearer Bearer k"}, None, "k"),
        ({"authorization": "k"}, None, ""),
        ({"authorization": "k", "api-key": "other"}, None, ""),
        ({"API-Key": "k"}, None, "k"),
        ({"x-api-key": "k"}, None, "k"),
        ({"authorization": "Bearer other", "x-litellm-api-key": "k"}, None, "k"),
        ({"authorization": "", "api-key": "k"}, None, "k"),
        ({"authorization": "Bearer other", "x-mine": "Bearer k"}, "X-Mine", "k"),
        ({"authorization": "Bearer k"}, "X-Mine", ""),
        ({"x-mine": "k"}, "X-Mine", ""),
    ],
)
def test_where_litellm_reads_a_key(
    headers: dict[str, str], own_header: str | None, key: str | None
) -> None:
    """As get_api_key of LiteLLM 1.106.2, 1.108.7 and 1.110.2 reads it."""
    assert read_key(headers, own_header) == (None if key is None else Secret(key))


def verdict(
    here: Any,
    key: str = "",
    *,
    provider: str = "",
    config: str = "general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}",
    environ: dict[str, str] | None = None,
    profiles: AuthProfiles = NO_PROFILES,
    **more: Any,
) -> Any:
    """Return the verdict on the only route of a chain."""
    own = f'apiKey: "{key}", ' if key else ""
    here.write(
        "home/.openclaw/openclaw.json",
        '{ models: { providers: { litellm: { baseUrl: "http://localhost:4000/v1", '
        f'api: "openai-completions", {own}{provider} models: [{{ id: "gpt" }}] }} }} }}, '
        'agents: { defaults: { model: { primary: "litellm/gpt" } } } }',
    )
    here.write(
        "project/litellm_config.yaml",
        f"model_list: [{{model_name: gpt, litellm_params: {{model: azure/x}}}}]\n{config}\n",
    )
    chain, requests = here.fact(Chain, environ, **more), here.fact(Requests, environ, **more)
    (route,) = chain.routes
    return requests.key_verdict(route, profiles)


def test_the_master_key_is_accepted(here: Any) -> None:
    environ = {"LITELLM_MASTER_KEY": KEY}
    assert verdict(here, "${LITELLM_MASTER_KEY}", environ=environ) == Accepted("master-key")


def test_no_key_is_refused_whatever_the_master_key_is(here: Any) -> None:
    found = verdict(here)
    assert isinstance(found, Refused)
    assert (found.kind, found.status) == ("no-proxy-key", 401)
    assert found.text == "Authentication Error, No api key passed in."


def test_a_key_without_the_word_bearer_is_malformed(here: Any) -> None:
    found = verdict(here, provider=f'headers: {{ Authorization: "{KEY}" }}, apiKey: "x",')
    assert (found.kind, found.status) == ("no-proxy-key", 401)
    assert "Malformed API Key passed in" in found.text


def test_another_key_is_refused_only_if_the_master_key_is_known(here: Any) -> None:
    found = verdict(here, "sk-other", environ={"LITELLM_MASTER_KEY": KEY})
    assert (found.kind, found.status, found.text) == ("proxy-key", 400, "No connected db.")
    unknown = verdict(here, "sk-other")
    assert isinstance(unknown, Unpredicted)
    assert unknown.reason == "LITELLM_MASTER_KEY, the proxy's master key, is not set in this shell"


def test_an_empty_master_key_is_not_known(here: Any) -> None:
    unknown = verdict(here, "sk-other", environ={"LITELLM_MASTER_KEY": ""})
    assert unknown.reason == "LITELLM_MASTER_KEY, the proxy's master key, is empty in this shell"


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ("general_settings: {master_key: sk-a, custom_auth: auth.check}", {}),
        ("general_settings: {master_key: sk-a, enable_oauth2_auth: true}", {}),
        ("", {}),  # the version is not known: an older one lets everyone in
    ],
)
def test_a_request_without_a_key_may_get_in(
    here: Any, config: str, environ: dict[str, str]
) -> None:
    assert isinstance(verdict(here, config=config, environ=environ), Unpredicted)


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ("general_settings: {master_key: sk-a, custom_auth: auth.check}", {}),
        ("general_settings: {master_key: sk-a, database_url: postgresql://x}", {}),
        ("general_settings: {master_key: sk-a, database_url: os.environ/DB}", {}),
        ("general_settings: {master_key: sk-a}", {"DATABASE_URL": "postgresql://x"}),
        ("general_settings: {key_management_system: azure_key_vault}", {}),
    ],
)
def test_another_key_may_get_in(here: Any, config: str, environ: dict[str, str]) -> None:
    assert isinstance(verdict(here, "sk-b", config=config, environ=environ), Unpredicted)


def test_no_key_is_refused_even_with_a_database(here: Any) -> None:
    assert isinstance(verdict(here, environ={"DATABASE_URL": "postgresql://x"}), Refused)


def test_a_proxy_that_is_allowed_to_have_no_key_accepts_all(here: Any) -> None:
    config = "general_settings: {dangerously_permit_weak_or_unset_master_key: true}"
    assert verdict(here, "sk-b", config=config) == Accepted("anyone")
    assert verdict(here, config=config) == Accepted("anyone")


def test_the_variables_of_the_config_count_after_general_settings(here: Any) -> None:
    own = "environment_variables: {LITELLM_MASTER_KEY: sk-a}"
    config = f"general_settings: {{disable_spend_logs: true}}\n{own}"
    assert verdict(here, "sk-a", config=config) == Accepted("master-key")
    assert isinstance(verdict(here, "sk-a", config=own), Unpredicted)


def test_a_profile_or_an_unreadable_store_may_hold_the_key(here: Any) -> None:
    stored = AuthProfiles(frozenset({"litellm"}))
    assert isinstance(verdict(here, profiles=stored), Unpredicted)
    assert isinstance(verdict(here, profiles=AuthProfiles(frozenset(), False)), Unpredicted)


def test_a_variable_of_openclaws_that_is_not_set_here_says_nothing(here: Any) -> None:
    unknown = verdict(here, "${PROXY_KEY}", environ={"LITELLM_MASTER_KEY": KEY})
    assert unknown.reason == (
        "clawdoctor finds no value for PROXY_KEY, to which OpenClaw's key refers"
    )
