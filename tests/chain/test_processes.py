"""Which LiteLLM processes and services of a machine belong to the chain."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place

from clawdoctor.chain.processes import load_proxy_units, processes_of_chain
from clawdoctor.finding import Report
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Process

MINE = Process(7, ("litellm", "--config", "config.yaml", "--port", "4100"), "/mine")
OTHER = Process(5, ("litellm", "--config=config.yaml"), "/other")

OPENCLAW = """{
  models: { providers: {
    litellm: {
      baseUrl: "%s", apiKey: "${LITELLM_MASTER_KEY}", api: "openai-completions",
      models: [{ id: "gpt-5.2", name: "gpt-5.2", compat: { supportsStore: false } }],
    },
    spare: {
      baseUrl: "http://localhost:4300/v1", api: "openai-completions",
      models: [{ id: "x", name: "x" }],
    },
  } },
  agents: { defaults: { model: { primary: "litellm/gpt-5.2" } } },
}"""
LITELLM = """
model_list:
  - model_name: gpt-5.2
    litellm_params:
      model: azure/gpt52-prod
      api_base: https://contoso-ai.openai.azure.com
      api_key: os.environ/AZURE_OPENAI_API_KEY
      api_version: "2025-04-01-preview"
litellm_settings: {drop_params: true}
general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}
"""
ENVIRON = {
    "AZURE_OPENAI_API_KEY": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "LITELLM_MASTER_KEY": "sk-51b7a8e2c94d0f36",
}
NAMED: dict[str, Any] = {
    "openclaw_config": "openclaw.json",
    "litellm_config": "litellm_config.yaml",
}


@pytest.mark.parametrize(
    ("url", "pids"),
    [
        ("http://localhost:4100/v1", [7]),
        ("http://127.0.0.1:4000", [5]),
        ("http://[::1]:4000", [5]),
        ("http://host.docker.internal:4000/v1", [5]),
        ("http://localhost:4200/v1", []),
        ("http://localhost/v1", []),
        ("http://litellm.example.com:4000/v1", []),
        ("http://192.168.1.5:4100/v1", []),
        ("${PROXY}/v1", [7]),
    ],
)
def test_the_proxy_that_openclaw_uses(here: Place, url: str, pids: list[int]) -> None:
    here.write("project/openclaw.json", OPENCLAW % url)
    situation = here.situation(
        {"PROXY": "http://localhost:4100"},
        openclaw_config="openclaw.json",
        processes=(OTHER, MINE),
    )
    assert [process.pid for process in processes_of_chain(situation)] == pids


def test_a_provider_that_no_agent_uses_does_not_count(here: Place) -> None:
    here.write("project/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    spare = Process(9, ("litellm", "--port", "4300"), "/")
    situation = here.situation(openclaw_config="openclaw.json", processes=(spare,))
    assert processes_of_chain(situation) == ()


@pytest.mark.parametrize("url", ["http://localhost:4100", "localhost:4100"])
def test_the_proxy_that_the_option_names(here: Place, url: str) -> None:
    situation = here.situation({}, proxy_url=url, processes=(OTHER, MINE))
    assert processes_of_chain(situation) == (MINE,)


def test_a_process_counts_where_it_listens_and_not_where_it_should(here: Place) -> None:
    here.write("project/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    moved = Process(6, ("litellm", "--port", "4000"), "/", {}, frozenset({51234}))
    there = Process(8, ("litellm", "--port", "4700"), "/", {}, frozenset({4000}))
    situation = here.situation(openclaw_config="openclaw.json", processes=(moved, there))
    assert processes_of_chain(situation) == (there,)


def test_a_process_with_the_config_of_this_run(here: Place) -> None:
    path = here.write("project/litellm_config.yaml", LITELLM)
    mine = Process(7, ("litellm", "--config", path.name, "--port", "4100"), str(here.project))
    options: tuple[dict[str, Any], ...] = ({"litellm_config": path.name}, {})
    for more in options:
        situation = here.situation(processes=(OTHER, mine), **more)
        assert processes_of_chain(situation) == (mine,)


def test_a_config_that_is_a_link(here: Place) -> None:
    path = here.write("project/litellm_config.yaml", LITELLM)
    (here.home / "config.yaml").symlink_to(path)
    mine = Process(7, ("litellm", "--config", str(here.home / "config.yaml")), "/")
    situation = here.situation(litellm_config=path.name, processes=(mine,))
    assert processes_of_chain(situation) == (mine,)


def stranger(pid: int, *arguments: str, **more: Any) -> Process:
    """A LiteLLM of another project, with another key and another port."""
    environ = {"LITELLM_MASTER_KEY": "sk-another-project-77", "AZURE_OPENAI_API_KEY": ""}
    return Process(pid, ("/v/bin/python", "/v/bin/litellm", *arguments), "/other", environ, **more)


STRANGERS = {
    "another port": (stranger(1, "--port", "4001"),),
    "another config": (stranger(1, "--config", "config.yaml", "--port", "4001"),),
    "same name elsewhere": (stranger(1, "--config", "litellm_config.yaml", "--port", "4001"),),
    "three": tuple(stranger(pid, "--port", str(4000 + pid)) for pid in (1, 2, 3)),
    "random port": (stranger(1, "--port", "4000", listening=frozenset({38211})),),
    "starting": (stranger(1, "--port", "4000", listening=frozenset()),),
    "no environment": (Process(1, ("litellm", "--port", "4001"), "/other"),),
    "port of its variable": (Process(1, ("litellm",), "/other", {"PORT": "4009"}),),
    "port of another provider": (stranger(1, "--port", "4300"),),
    "an old config of this project": (
        stranger(1, "--config", "old_config.yaml", "--port", "4444"),
    ),
}


def severe(report: Report) -> set[str]:
    return {finding.code for finding in report.findings if finding.severity.rank < 2}


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("named", [NAMED, {}], ids=["named", "found"])
def test_strangers_change_nothing(here: Place, name: str, named: dict[str, str]) -> None:
    here.write("project/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    here.write("home/.openclaw/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    here.write("project/litellm_config.yaml", LITELLM)
    alone = diagnose(here.situation(ENVIRON, **named))
    beside = diagnose(here.situation(ENVIRON, processes=STRANGERS[name], **named))
    assert not severe(alone)
    assert beside.findings == alone.findings
    assert beside.verdict == alone.verdict


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_do_not_lend_their_config(here: Place, name: str) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    here.write("other/config.yaml", "model_list: []")
    moved = tuple(
        Process(p.pid, p.arguments, str(here.project.parent / "other"), p.environ, p.listening)
        for p in STRANGERS[name]
    )
    report = diagnose(here.situation(ENVIRON, processes=moved))
    assert not [item for item in report.inputs if item.kind == "litellm" and item.found]
    assert not severe(report) & {"LL201", "LL202", "LL203"}


def test_the_proxy_on_the_port_lends_its_config_and_environment(here: Place) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    path = here.write("other/config.yaml", LITELLM)
    environ = {**ENVIRON, "LITELLM_MASTER_KEY": "sk-77b1c2d3e4f50617"}
    mine = Process(7, ("litellm", "--config", "config.yaml"), str(path.parent), environ)
    report = diagnose(here.situation(ENVIRON, processes=(mine,)))
    assert [item.path for item in report.inputs if item.kind == "litellm"] == [str(path)]
    assert "LL202" in severe(report)


UNIT = "[Service]\nWorkingDirectory=%s\nExecStart=/opt/v/bin/litellm --config %s --port %d\n"


@pytest.mark.parametrize(
    ("config", "port", "own"),
    [
        ("litellm_config.yaml", 4444, True),
        ("other.yaml", 4000, True),
        ("other.yaml", 4444, False),
    ],
)
def test_a_service_counts_by_its_port_or_config(
    here: Place, config: str, port: int, own: bool
) -> None:
    here.write("project/openclaw.json", OPENCLAW % "http://localhost:4000/v1")
    here.write("project/litellm_config.yaml", LITELLM)
    unit = here.write("home/.config/systemd/user/llm.service", UNIT % (here.project, config, port))
    found = load_proxy_units(here.situation(**NAMED), None).units
    assert [item.path for item in found] == ([str(unit)] if own else [])
