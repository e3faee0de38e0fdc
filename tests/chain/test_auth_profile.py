"""Keys that OpenClaw's onboarding stores outside of openclaw.json."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from conftest import Place

from clawdoctor.chain.auth_profile import AuthProfiles
from clawdoctor.finding import Outcome, Report
from clawdoctor.run.diagnosis import diagnose

KEY = "sk-5b1f7c20e94d4a8f"
STORE = json.dumps(
    {
        "version": 1,
        "profiles": {"litellm:default": {"type": "api_key", "provider": "litellm", "key": KEY}},
    }
)
OPENCLAW = """{
  %s
  models: { providers: { litellm: {
    baseUrl: "%s", api: "openai-completions", %s
    models: [{ id: "gpt-5.2", name: "gpt-5.2", compat: { supportsStore: false } }],
  } } },
  agents: { defaults: { model: { primary: "litellm/gpt-5.2" } } },
}"""
LITELLM = """
model_list:
  - model_name: gpt-5.2
    litellm_params:
      {model: azure/a, api_base: "https://contoso-ai.openai.azure.com", api_key: os.environ/K}
litellm_settings: {drop_params: true}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""
PROFILES = 'auth: { profiles: { "litellm:default": { provider: "litellm", mode: "api_key" } } },'
ENVIRON = {"K": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "LITELLM_MASTER_KEY": "sk-51b7a8e2c94d0f36"}


def database(path: Path, table: str, columns: str, *row: str) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table {table} ({columns})")
        connection.execute(f"insert into {table} values ({','.join('?' for _ in row)})", row)
    connection.close()


def in_state_database(here: Place) -> None:
    path = here.home / ".openclaw/state/openclaw.sqlite"
    database(path, "config_machine_state", "state_key, value_json", "authProfiles.store", STORE)


def in_agent_database(here: Place) -> None:
    path = here.home / ".openclaw/agents/main/agent/openclaw-agent.sqlite"
    database(path, "auth_profile_store", "store_key, store_json", "main", STORE)


def in_agent_file(here: Place) -> None:
    here.write("home/.openclaw/agents/main/agent/auth-profiles.json", STORE)


def in_config(_: Place) -> None:
    """openclaw.json itself names the profile."""


def written(here: Place, config: str) -> None:
    here.write("home/.openclaw/openclaw.json", config)
    here.write("project/litellm_config.yaml", LITELLM)


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.code: check.outcome for check in report.checks}


@pytest.mark.parametrize("url", ["http://127.0.0.1:4000/v1", "https://litellm.example.com/v1"])
@pytest.mark.parametrize("store", [in_state_database, in_agent_database, in_agent_file, in_config])
def test_a_stored_key_is_a_key(here: Place, store: object, url: str) -> None:
    written(here, OPENCLAW % (PROFILES if store is in_config else "", url, ""))
    store(here)  # type: ignore[operator]
    assert here.fact(AuthProfiles).providers == {"litellm"}
    report = diagnose(here.situation(ENVIRON))
    assert not {"OC005", "OC108", "LL202"} & {finding.code for finding in report.findings}
    assert outcomes(report)["LL202"] is Outcome.UNKNOWN
    assert KEY not in repr(report)


def test_a_provider_without_a_key_is_still_reported(here: Place) -> None:
    written(here, OPENCLAW % ("", "http://127.0.0.1:4000/v1", ""))
    report = diagnose(here.situation(ENVIRON))
    assert "LL202" in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("settings", "wins"),
    [
        ("", True),
        ('apiKey: "sk-wrong-1234567",', True),
        ('auth: "api-key", apiKey: "sk-wrong-1234567",', False),
    ],
)
def test_a_profile_wins_unless_the_provider_says_api_key(
    here: Place, settings: str, wins: bool
) -> None:
    written(here, OPENCLAW % (PROFILES, "http://127.0.0.1:4000/v1", settings))
    report = diagnose(here.situation(ENVIRON))
    expected = Outcome.UNKNOWN if wins else Outcome.FAILED
    assert outcomes(report)["LL202"] is expected


def test_a_database_in_use_is_not_read_and_not_written(here: Place) -> None:
    written(here, OPENCLAW % ("", "https://litellm.example.com/v1", ""))
    in_state_database(here)
    folder = here.home / ".openclaw/state"
    (folder / "openclaw.sqlite-wal").write_bytes(b"x" * 100)
    before = sorted(path.name for path in folder.iterdir())
    assert not here.fact(AuthProfiles).complete
    report = diagnose(here.situation(ENVIRON))
    assert outcomes(report)["OC005"] is Outcome.UNKNOWN
    assert sorted(path.name for path in folder.iterdir()) == before


@pytest.mark.parametrize("text", ["", "x", "[]", '{"profiles": 3}', '{"profiles": {"a": 3}}'])
def test_a_store_without_sense(here: Place, text: str) -> None:
    written(here, OPENCLAW % ("", "http://127.0.0.1:4000/v1", ""))
    here.write("home/.openclaw/agents/main/agent/auth-profiles.json", text)
    here.write("home/.openclaw/state/openclaw.sqlite", "no database")
    assert here.fact(AuthProfiles).providers <= {"a"}
