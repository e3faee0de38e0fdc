"""A program that is newer than the tables: what it may know is no error, and the report says so."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_chain import LITELLM, OPENCLAW

from clawdoctor import __version__
from clawdoctor.__main__ import main
from clawdoctor.finding import Report, Severity
from clawdoctor.formats.json import document
from clawdoctor.knowledge.measured import knowledge_date, looked_at, newest_looked_at
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.simulator.scene import installed

NEWER = {"litellm": "1.999.0", "openclaw": "2031.1.1"}
HEALTHY = LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_OPENAI_API_KEY")
ENVIRON = {"AZURE_OPENAI_API_KEY": "0" * 32, "LITELLM_MASTER_KEY": "sk-a1b2c3d4e5f6a7b8"}


def report(
    here: Any,
    tmp_path: Path,
    litellm: str = HEALTHY,
    openclaw: str = OPENCLAW,
    versions: dict[str, str] = NEWER,
    days: float = 0,
) -> Report:
    here.write("project/litellm_config.yaml", litellm)
    here.write("home/.openclaw/openclaw.json", openclaw)
    path = installed(tmp_path / "prefix", versions)
    now = datetime.fromisoformat(knowledge_date()).replace(tzinfo=UTC) + timedelta(days)
    return diagnose(here.situation({**ENVIRON, "PATH": path}, now=now.timestamp()))


def codes(found: Report, severity: Severity) -> list[str]:
    return sorted({item.code for item in found.findings if item.severity is severity})


def model(parameters: str, name: str = "gpt-4o") -> str:
    return f"model_list:\n  - model_name: {name}\n    litellm_params:\n{parameters}" + (
        "general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY\n"
    )


AZURE = (
    "      api_base: https://contoso.openai.azure.com\n"
    "      api_key: os.environ/AZURE_OPENAI_API_KEY\n"
    '      api_version: "2024-10-21"\n'
)
NEW_THINGS = {
    "a provider": model("      model: brandnew/some-model\n      api_key: abc\n"),
    "a provider at Azure": model(f"      model: azure_next/some-model\n{AZURE}"),
    "a model": model(f"      model: azure/gpt-9\n{AZURE}") + "litellm_settings: {}\n",
    "a model of OpenAI": model("      model: gpt-9\n      api_key: abc\n"),
    "a base_model": HEALTHY.replace(
        "general_settings", "    model_info:\n      base_model: azure/gpt-9\ngeneral_settings"
    ),
    "an api-version": HEALTHY.replace("2024-10-21", "2031-01-01"),
    "a key": model(f"      model: azure/gpt-4o\n      thought_budget_mode: 3\n{AZURE}"),
    "a strategy": HEALTHY + "router_settings:\n  routing_strategy: quantum-routing\n",
    "a router setting": HEALTHY + "router_settings:\n  sends_ahead: true\n",
    "a general setting": HEALTHY + "  guards_ahead: true\n",
    "a litellm setting": HEALTHY + "litellm_settings:\n  looks_ahead: true\n",
    "a cache": HEALTHY
    + "litellm_settings:\n  cache: true\n  cache_params:\n    type: quantum\n    host: a\n",
    "a callback": HEALTHY + 'litellm_settings:\n  callbacks: ["quantum"]\n',
    "a section": HEALTHY + "quantum_settings:\n  a: 1\n",
}


@pytest.mark.parametrize("litellm", NEW_THINGS.values(), ids=NEW_THINGS)
def test_what_a_newer_litellm_may_know_is_no_error(here: Any, tmp_path: Path, litellm: str) -> None:
    assert codes(report(here, tmp_path, litellm), Severity.ERROR) == []


@pytest.mark.parametrize("litellm", NEW_THINGS.values(), ids=NEW_THINGS)
def test_it_is_no_error_where_the_version_is_unknown_and_the_tables_are_old(
    here: Any, tmp_path: Path, litellm: str
) -> None:
    found = report(here, tmp_path, litellm, versions={}, days=100)
    assert codes(found, Severity.ERROR) == []


REPORTED = [
    ("a provider", "LL116"),
    ("a provider at Azure", "LL105"),
    ("a key", "LL111"),
    ("a strategy", "LL119"),
    ("a cache", "LL003"),
    ("a callback", "LL121"),
]


@pytest.mark.parametrize(
    ("versions", "days", "severity"),
    [(NEWER, 0, Severity.WARNING), ({}, 100, Severity.WARNING), ({}, 5, Severity.ERROR)],
    ids=["newer", "unknown-tables-old", "unknown-tables-new"],
)
@pytest.mark.parametrize(("thing", "code"), REPORTED, ids=[thing for thing, _ in REPORTED])
def test_it_does_not_pass_silently(
    here: Any,
    tmp_path: Path,
    thing: str,
    code: str,
    versions: dict[str, str],
    days: float,
    severity: Severity,
) -> None:
    found = report(here, tmp_path, NEW_THINGS[thing], versions=versions, days=days)
    matching = [item for item in found.findings if item.severity is severity]
    assert any(item.code == code and "a newer one may" in item.detail for item in matching)


@pytest.mark.parametrize("versions", [NEWER, {}], ids=["newer", "unknown"])
@pytest.mark.parametrize(
    ("litellm", "code"),
    [
        (model(f"      model: azzure/some-model\n{AZURE}"), "LL105"),
        (model(f"      model: Azure/some-model\n{AZURE}"), "LL105"),
        (model(f"      model: azure/gpt-4o\n      max_retires: 3\n{AZURE}"), "LL111"),
        (HEALTHY + "router_settings:\n  routing_strategy: simple-shufle\n", "LL119"),
        (HEALTHY + 'litellm_settings:\n  callbacks: ["promethius"]\n', "LL121"),
    ],
    ids=["provider", "capital", "key", "strategy", "callback"],
)
def test_a_misspelling_is_an_error_in_every_version(
    here: Any, tmp_path: Path, litellm: str, code: str, versions: dict[str, str]
) -> None:
    found = report(here, tmp_path, litellm, versions=versions, days=100)
    assert code in codes(found, Severity.ERROR)


@pytest.mark.parametrize(("thing", "code"), REPORTED, ids=[thing for thing, _ in REPORTED])
def test_it_is_an_error_in_a_version_that_was_looked_at(
    here: Any, tmp_path: Path, thing: str, code: str
) -> None:
    for version in looked_at("litellm_params"):
        found = report(here, tmp_path, NEW_THINGS[thing], versions={"litellm": version})
        assert code in codes(found, Severity.ERROR), version


@pytest.mark.parametrize(
    ("version", "severity"),
    [("1.106.2", Severity.ERROR), ("1.107.0", Severity.WARNING), ("1.108.7", None)],
    ids=["looked-at-without", "between", "looked-at-with"],
)
def test_a_version_between_two_that_differ_makes_the_finding_milder(
    here: Any, tmp_path: Path, version: str, severity: Severity | None
) -> None:
    litellm = model("      model: bespoke/some-model\n      api_key: abc\n")
    found = report(here, tmp_path, litellm, versions={"litellm": version})
    severities = [item.severity for item in found.findings if item.code == "LL116"]
    assert severities == ([severity] if severity is not None else [])


@pytest.mark.parametrize(
    ("version", "severity"),
    [("1.106.2", Severity.ERROR), ("1.109.0", Severity.WARNING), ("1.110.2", None)],
    ids=["looked-at-without", "between", "looked-at-with"],
)
def test_a_key_of_newer_versions(
    here: Any, tmp_path: Path, version: str, severity: Severity | None
) -> None:
    litellm = model(f"      model: azure/gpt-4o\n      switchyard_router_config: {{a: 1}}\n{AZURE}")
    found = report(here, tmp_path, litellm, versions={"litellm": version})
    severities = [item.severity for item in found.findings if item.code == "LL111"]
    assert severities == ([severity] if severity is not None else [])


@pytest.mark.parametrize(
    ("version", "refused"), [("1.108.7", False), ("1.109.0", False), ("1.110.2", True)]
)
def test_a_cache_that_newer_versions_lack(
    here: Any, tmp_path: Path, version: str, refused: bool
) -> None:
    settings = "litellm_settings:\n  cache: true\n  cache_params:\n    type: disk\n"
    found = report(here, tmp_path, HEALTHY + settings, versions={"litellm": version})
    assert ("LL003" in codes(found, Severity.ERROR)) is refused


NEW_IN_OPENCLAW = {
    "a key of a provider": OPENCLAW.replace("apiKey:", "thinksAhead: true, apiKey:"),
    "a key at the root": OPENCLAW.replace("{\n", "{\n  quantum: { a: 1 },\n", 1),
    "a key of a model": OPENCLAW.replace('id: "gpt-4o"', 'id: "gpt-4o", quantum: 2'),
    "an api": OPENCLAW.replace("openai-completions", "quantum-messages"),
    "a default": OPENCLAW.replace("defaults: {", "defaults: { quantum: { a: 1 },"),
    "a model": OPENCLAW.replace("gpt-4o", "gpt-9"),
}


@pytest.mark.parametrize("openclaw", NEW_IN_OPENCLAW.values(), ids=NEW_IN_OPENCLAW)
def test_what_a_newer_openclaw_may_know_is_no_error(
    here: Any, tmp_path: Path, openclaw: str
) -> None:
    litellm = HEALTHY.replace("model_name: gpt-4o", "model_name: gpt-9")
    chosen = litellm if "gpt-9" in openclaw else HEALTHY
    assert codes(report(here, tmp_path, chosen, openclaw), Severity.ERROR) == []


def test_the_report_says_once_that_a_program_is_newer(here: Any, tmp_path: Path) -> None:
    found = report(here, tmp_path)
    text = " ".join(render(found).split())
    for name, program in (("OpenClaw", "openclaw"), ("LiteLLM", "litellm")):
        known = newest_looked_at(program)
        sentence = f"clawdoctor knows {name} up to {known}; yours is {NEWER[program]}"
        assert text.count(sentence) == 1
    versions: Any = document(found)["versions"]
    assert [versions[name]["newer"] for name in ("openclaw", "litellm")] == [True, True]


def test_nothing_is_said_of_a_known_version(here: Any, tmp_path: Path) -> None:
    known = {program: newest_looked_at(program) for program in NEWER}
    found = report(here, tmp_path, versions=known)
    assert "is newer than" not in render(found)
    versions: Any = document(found)["versions"]
    assert [versions[name]["newer"] for name in ("openclaw", "litellm")] == [False, False]


def test_the_date_of_the_knowledge_is_named(here: Any, tmp_path: Path) -> None:
    found = report(here, tmp_path)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", found.knowledge)
    assert found.knowledge == knowledge_date()
    tool: Any = document(found)["tool"]
    assert tool["knowledge"] == knowledge_date()
    sentence = f"clawdoctor's knowledge is dated {knowledge_date()}"
    assert sentence in " ".join(render(found, verbose=True).split())
    assert sentence not in render(found)
    assert json.dumps(document(found))


@pytest.mark.parametrize("arguments", [["--version", "--json"], ["--json", "--version"]])
def test_version_as_json_names_the_knowledge(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["clawdoctor", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == {
        "schemaVersion": 1,
        "tool": {"name": "clawdoctor", "version": __version__, "knowledge": knowledge_date()},
        "newest": {program: newest_looked_at(program) for program in ("openclaw", "litellm")},
    }
