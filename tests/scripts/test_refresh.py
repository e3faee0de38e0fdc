"""scripts/refresh-knowledge, on small packages."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from refresh.command import main
from refresh.package import MissingPackageError, find_package
from small_packages import MODELS, tarball, wheel

DAY, LATER = date(2026, 11, 29), date(2026, 12, 24)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with two wheels, two packages, and the part of the schema that is hand-written."""
    (tmp_path / "packages").mkdir()
    (tmp_path / "openclaw_schema.json").write_text(
        '{"measured": {"secretIds": {}, "patterns": {}}}'
    )
    wheel(tmp_path / "packages", "1.2.0")
    wheel(
        tmp_path / "packages",
        "1.10.0",
        {
            "types/utils.py": ('AZURE = "azure"', 'AZURE = "azure"\n    NEW = "brandnew"'),
            "caching.py": ('    DISK = "disk"\n', ""),
            "types/litellm_params.py": ('{"caching"}', '{"caching", "quantum"}'),
            "METADATA": ("openai>=2,<3", "openai>=2,<4"),
        },
        {**MODELS, "azure/gpt-6": {"litellm_provider": "azure", "mode": "chat"}},
    )
    tarball(tmp_path / "packages", "2026.3.1")
    tarball(
        tmp_path / "packages",
        "2026.9.6",
        {
            "dist/types-A.mjs": ('"ollama"', '"pi-messages"'),
            "dist/core-B.mjs": ("extra:", "quantum: boolean().optional(),\n\textra:"),
        },
    )
    return tmp_path


ALL = ("--litellm", "1.2.0", "1.10.0", "--openclaw", "2026.3.1", "2026.9.6")


def refresh(place: Path, *arguments: str, today: date = DAY) -> int:
    folders = ("--wheels", str(place / "packages"), "--cache", str(place / "cache"))
    return main([*arguments, *folders, "--tables", str(place / "tables")], today=today)


def table(place: Path, name: str) -> Any:
    return json.loads((place / "tables" / f"{name}.json").read_text())


def texts(place: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (place / "tables").iterdir()}


def test_what_wheels_say(place: Path) -> None:
    assert refresh(place, *ALL) == 0
    providers = table(place, "litellm_providers")
    assert providers["versions"] == {"1.2.0": "2026-11-29", "1.10.0": "2026-11-29"}
    assert providers["providers"] == {
        "all": ["azure", "openai", "poe"],
        "since": {"1.10.0": ["brandnew"]},
    }
    assert providers["hosts"] == {"all": ["api.groq.com", "api.x.ai"]}
    assert providers["callbacks"] == {"all": ["langfuse"]}
    assert table(place, "litellm_params")["known"] == {
        "all": [
            *("api_base", "caching", "langfuse_host", "model", "no-log", "rpm"),
            *("temperature", "user"),
        ],
        "since": {"1.10.0": ["quantum"]},
    }
    settings = table(place, "litellm_settings")
    assert settings["strategies"] == {"all": ["least-busy", "simple-shuffle"]}
    assert settings["caches"] == {"all": ["local"], "until": {"1.2.0": ["disk"]}}
    assert settings["guardrails"] == {"all": ["folder", "local", "other-name"]}
    assert settings["router"] == {"all": ["routing_strategy", "timeout"]}
    assert settings["general"] == {"all": ["master_key"]}
    assert settings["values"] == {
        "azure_api_version": [{"value": "2025-02-01-preview"}],
        "requires.httpx": [{"value": ">=0.28,<1.0"}],
        "requires.litellm-enterprise": [{"value": "==0.1"}],
        "requires.openai": [{"value": ">=2,<3"}, {"since": "1.10.0", "value": ">=2,<4"}],
    }


def test_what_the_list_of_models_says(place: Path) -> None:
    refresh(place, *ALL)
    models = table(place, "litellm_models")
    assert models["azure"]["gpt-5"] == [
        {
            "input": 272000,
            "output": 128000,
            "endpoints": ["chat/completions", "responses"],
            "reasoning": True,  # from the row of the bare name
            "supports": ["xhigh"],
            "refuses": ["none"],
            "retires": "2027-02-09",
        }
    ]
    assert models["azure"]["codex"] == [{"mode": "responses"}]
    assert models["azure"]["gpt-6"] == [{"since": "1.10.0"}]
    assert models["openai"]["gpt-latest"] == models["openai"]["gpt-5"]
    assert models["azure_ai"] == {"phi": [{"tool_choice": True}]}


def test_what_openclaw_says(place: Path) -> None:
    refresh(place, *ALL)
    assert table(place, "openclaw_api")["values"] == {
        "all": ["openai-completions"],
        "since": {"2026.9.6": ["pi-messages"]},
        "until": {"2026.3.1": ["ollama"]},
    }
    keys = table(place, "openclaw_config")["keys"]
    assert keys["since"] == {"2026.9.6": ["/models/providers/*/models/*/quantum"]}
    assert {
        "/agents/defaults/model/primary",
        "/channels/**",
        "/env/*",
        "/memory/on",
        "/plugins/entries/*/config/**",
        "/models/providers/*/models/*/extra/**",
    } <= {*keys["all"]}
    assert table(place, "openclaw_settings")["values"] == {
        "context_tokens": [{"value": 200000}],
        "gateway_port": [{"value": 18789}],
        "model": [{"value": "gpt-5"}],
        "provider": [{"value": "openai"}],
        "requires.node": [{"value": ">=24"}],
        "requires.openai": [{"value": "7.1.0"}],
    }


def test_the_schema_is_that_of_the_newest_openclaw(place: Path) -> None:
    refresh(place, *ALL)
    schema = json.loads((place / "openclaw_schema.json").read_text())
    assert schema["version"] == "2026.9.6"
    provider = schema["root"]["properties"]["models"]["properties"]["providers"]
    members = provider["additionalProperties"]["properties"]
    assert members["api"] == {"enum": ["openai-completions", "pi-messages"]}
    assert members["baseUrl"] == {"type": "string", "pattern": r"^https?:[/]{2}[\s\S]*$"}
    assert members["models"]["maxItems"] == 3
    model = members["models"]["items"]
    assert model["required"] == ["id", "api"]
    assert model["additionalProperties"] is False
    assert model["properties"]["cost"] == {
        "type": "integer",
        "exclusiveMinimum": 0,
        "maximum": 2048,
    }
    pattern = schema["root"]["properties"]["memory"]["properties"]["at"]["pattern"]
    assert re.fullmatch(pattern, "2028-02-29T10:00:00.5Z")
    assert not re.fullmatch(pattern, "2026-02-29T10:00:00Z")
    assert schema["root"]["properties"]["channels"]["properties"]["pigeon"] == {
        "type": "object",
        "properties": {
            "loft": {"type": "string", "pattern": r"^\ud800-\udfff[\s\S]*$"},
            "pace": {},
        },
        "required": ["loft"],  # the other one has a default
        "additionalProperties": False,
    }
    entries = schema["root"]["properties"]["plugins"]["properties"]["entries"]
    settings = {"zoom": {"type": "number"}}
    assert entries["properties"]["maps"]["properties"]["config"]["properties"] == settings
    assert "odd" not in entries["properties"]  # its schema has a keyword that nothing reads
    assert "properties" not in entries["additionalProperties"]["properties"]["config"]
    refresh(place, "--openclaw", "2026.3.1")
    assert json.loads((place / "openclaw_schema.json").read_text()) == schema


def test_another_version_changes_only_what_it_changes(place: Path) -> None:
    refresh(place, *ALL)
    before = texts(place)
    wheel(
        place / "packages",
        "1.9.0",
        {"types/utils.py": ('AZURE = "azure"', 'AZURE = "azure"\n    NEW = "brandnew"')},
    )
    assert refresh(place, "--litellm", "1.9.0", today=LATER) == 0
    after = texts(place)
    assert {name for name in before if before[name] != after[name]} == {
        *("litellm_models.json", "litellm_params.json", "litellm_providers.json"),
        *("litellm_settings.json", "packages.json"),
    }
    lines = [line.strip(" ,") for line in after["litellm_providers.json"].splitlines()]
    old = [line.strip(" ,") for line in before["litellm_providers.json"].splitlines()]
    assert [line for line in lines if line not in old] == ['"1.9.0": "2026-12-24"', '"1.9.0": [']
    assert table(place, "litellm_params")["known"]["since"] == {"1.10.0": ["quantum"]}
    assert table(place, "litellm_settings")["caches"]["until"] == {"1.9.0": ["disk"]}
    refresh(place, "--forget", "1.9.0")
    assert texts(place) == before


def test_the_order_does_not_matter_and_a_second_run_changes_nothing(place: Path) -> None:
    refresh(place, *ALL)
    first = texts(place)
    assert refresh(place, today=LATER) == 0
    assert texts(place) == first
    for path in (place / "tables").iterdir():
        path.unlink()
    refresh(place, "--openclaw", "2026.9.6")
    refresh(place, "--litellm", "1.10.0")
    refresh(place, "--litellm", "1.2.0", "--openclaw", "2026.3.1")
    assert texts(place) == first


def test_check_writes_nothing_and_shows_the_difference(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refresh(place, *ALL)
    assert refresh(place, "--check") == 0
    path = place / "tables/litellm_providers.json"
    changed = path.read_text().replace('"poe"', '"poet"')
    path.write_text(changed)
    assert refresh(place, "--check", "--litellm", "1.2.0", "1.10.0") == 1
    assert path.read_text() == changed
    shown = capsys.readouterr().out
    assert '-   "poet"\n' in shown
    assert '+   "poe"\n' in shown


def test_a_package_that_is_not_to_be_had_is_named(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refresh.package._PIP", ("/no/pip",))
    monkeypatch.setenv("PATH", "")
    assert refresh(place, "--litellm", "1.2.0", "1.3.0", "--openclaw", "2026.9.9") == 3
    said = capsys.readouterr().err
    assert "litellm 1.3.0" in said
    assert "openclaw 2026.9.9" in said
    assert [*table(place, "litellm_params")["versions"]] == ["1.2.0"]


def test_a_package_of_another_form_is_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wheel(place / "packages", "1.11.0", {"types/utils.py": ("LlmProviders", "Vendors")})
    tarball(place / "packages", "2027.1.1", {"dist/root-C.mjs": ("OpenClawSchema", "Schema")})
    assert refresh(place, "--litellm", "1.11.0", "--openclaw", "2027.1.1") == 3
    said = capsys.readouterr().err
    assert "no LlmProviders in litellm.types.utils" in said
    assert "no OpenClawSchema in OpenClaw 2027.1.1" in said


def test_a_package_is_read_and_not_started(place: Path) -> None:
    started = place / "started"
    change = {"litellm/main.py": ("def comp", f"open({str(started)!r}, 'w')\ndef comp")}
    wheel(place / "packages", "1.11.0", change)
    assert refresh(place, "--litellm", "1.11.0") == 0
    assert not started.exists()


def test_a_missing_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("refresh.package._PIP", ("/no/pip",))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingPackageError, match=r"openclaw 1\.1\.1"):
        find_package("openclaw", "1.1.1", [], tmp_path / "cache")
