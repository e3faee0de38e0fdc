"""What the versions that were looked at tell of the others."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import clawdoctor.knowledge
from clawdoctor.knowledge import behaviour, release, table
from clawdoctor.knowledge.azure import model_named
from clawdoctor.knowledge.measured import (
    Names,
    Standing,
    looked_at,
    measured,
    model_facts,
    names_in,
    newest_looked_at,
    rows,
)
from clawdoctor.knowledge.openclaw_api import api_standing, api_values
from clawdoctor.knowledge.openclaw_config import key_standing, refused_since

NAMES = Names(
    versions=("1.2.0", "1.9.0", "1.10.0"),
    ever=frozenset({"always", "new", "old", "gap"}),
    since={"new": "1.10.0"},
    until={"old": "1.2.0"},
    not_in=frozenset({("1.9.0", "gap")}),
)


@pytest.mark.parametrize(
    ("version", "standings"),
    [
        ("1.1.0", "known unseen known known unseen"),
        ("1.2.0", "known unknown known known unknown"),
        ("1.5.0", "known unknown unseen unseen unknown"),
        ("1.9.0", "known unknown unknown unknown unknown"),
        ("1.9.9", "known unseen unknown unseen unknown"),
        ("1.10.0", "known known unknown known unknown"),
        ("1.11.0", "known known unseen known unseen"),
        (None, "known known unseen known unseen"),
        ("nightly", "known known unseen known unseen"),
    ],
)
def test_standing(version: str | None, standings: str) -> None:
    words = ("always", "new", "old", "gap", "never")
    assert " ".join(NAMES.standing(word, version) for word in words) == standings


@pytest.mark.parametrize(
    ("value", "version", "standing"),
    [
        ("openai-codex-responses", "2026.5.22", "known"),
        ("openai-codex-responses", "2026.6.1", "unseen"),
        ("openai-codex-responses", "2026.6.11", "unknown"),
        ("pi-messages", "2026.8.2", "unknown"),
        ("pi-messages", "2026.9.1", "unseen"),
        ("pi-messages", "2026.9.6", "known"),
        ("quantum-messages", "2026.9.6", "unknown"),
        ("quantum-messages", "2031.1.1", "unseen"),
    ],
)
def test_values_of_api(value: str, version: str, standing: Standing) -> None:
    assert api_standing(value, version) == standing
    assert (value in api_values(version)) == (standing != "unknown" and "quantum" not in value)


def test_the_tables_are_about_the_same_versions() -> None:
    for name in ("litellm_models", "litellm_params", "litellm_providers", "litellm_settings"):
        assert looked_at(name)[-1] == newest_looked_at("litellm")
    for name in ("openclaw_api", "openclaw_config", "openclaw_settings"):
        assert looked_at(name)[-1] == newest_looked_at("openclaw")


def test_the_hand_written_rows_say_what_no_package_says() -> None:
    """A row that a package has as well would hide a change of it."""
    measured = names_in("litellm_params", "known").ever
    assert not measured & {*table("litellm_params")["also"]}


@pytest.mark.parametrize(
    "name", ["switchyard_router_config", "allow_legacy_cloud_file_ids", "api_base", "no-log"]
)
def test_keys_of_litellm_params(name: str) -> None:
    assert names_in("litellm_params", "known").standing(name, "1.110.2") == "known"


def test_a_row_wins_over_the_list_of_models_only_where_it_says_why() -> None:
    path = Path(clawdoctor.knowledge.__file__).with_name("models.toml")
    for name, row in tomllib.loads(path.read_text("utf-8"))["models"].items():
        listed = model_facts(rows("litellm_models", "azure").get(name, {}))
        for key in {*row} & {*listed}:
            assert row[key] != listed[key], f"{name}: {key} stands in LiteLLM's list already"
            if listed[key] != []:
                assert row["why"].startswith(f"{key}: "), (name, key)


@pytest.mark.parametrize(
    ("model", "retires"),
    [("o3-mini", "2026-11-19"), ("codex-mini", "2026-11-15"), ("gpt-5.2-chat", "2026-06-29")],
)
def test_retirements(model: str, retires: str) -> None:
    found = model_named(model)
    assert found is not None
    assert found.retires == retires


def test_the_limit_of_gpt_chat_latest() -> None:
    found = model_named("gpt-chat-latest")
    assert found is not None
    assert found.context == 400_000
    assert table("models")["models"]["gpt-chat-latest"]["max_input"] == 272_000


@pytest.mark.parametrize("version", looked_at("litellm_settings"))
def test_the_rows_on_versions_agree_with_the_wheels(version: str) -> None:
    values = measured("litellm_settings")["values"]
    (default,) = values["azure_api_version"]
    row = behaviour("litellm", "default-api-version", version)
    assert row is not None
    assert row.effect == default["value"]
    client = behaviour("litellm", "openai-client", version)
    assert client is not None
    ranges = [run for run in values["requires.openai"] if not _is_later(run, version)]
    allowed = int(ranges[-1]["value"].rpartition("<")[2].partition(".")[0])
    assert int(client.effect) < allowed


def _is_later(run: dict[str, str], version: str) -> bool:
    since, wanted = release(run.get("since", "0.0")), release(version)
    assert since is not None
    assert wanted is not None
    return since > wanted


@pytest.mark.parametrize(
    ("pointer", "version", "standing"),
    [
        ("/agents/entries/main", "2026.5.12", "unknown"),
        ("/agents/list/0/id", "2026.5.12", "known"),
        ("/agents/list/0/id", "2026.9.6", "unknown"),
        ("/agents/defaults/utilityModel", "2026.6.20", "unseen"),
        ("/channels/telegram/anything", "2026.3.13", "known"),
        ("/models/providers/x/models/3/cost/input", "2026.2.17", "known"),
        ("/nonsense", "2026.9.6", "unknown"),
        ("/nonsense", "2031.1.1", "unseen"),
    ],
)
def test_keys_of_openclaw(pointer: str, version: str, standing: Standing) -> None:
    assert key_standing(pointer, version) == standing


@pytest.mark.parametrize(
    ("pointer", "since"),
    [
        ("/agents/defaults/llm", "2026.5.12"),
        ("/agents/defaults/embeddedPi", "2026.6.11"),
        ("/agents/defaults/model", None),
        ("/agents/defaults/nonsense", None),
    ],
)
def test_a_key_that_went(pointer: str, since: str | None) -> None:
    assert refused_since(pointer) == since
