"""No finding quotes a variable's value that can be a secret, before anything is redacted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import small_chain

from clawdoctor.finding import Command, Mode, Report
from clawdoctor.run.diagnosis import examine
from clawdoctor.simulator.scene import scene

LITELLM = small_chain.LITELLM.replace("${AZURE", "os.environ/AZURE").replace("KEY}", "KEY")
OPENCLAW = small_chain.OPENCLAW.replace("\n    api:", ' headers: { A: "b" },\n    api:')
COMPOSE = """\
services:
  litellm:
    image: ghcr.io/berriai/litellm:v1.106.2
    command: ["--config", "/app/config.yaml", "--port", "4000"]
    ports: ["4000:4000"]
    volumes: ["./litellm_config.yaml:/app/config.yaml"]
    environment: [AZURE_OPENAI_API_KEY, LITELLM_MASTER_KEY]
"""
KEYS = {
    "AZURE_OPENAI_API_KEY": "5f3a2b1c9d4e5f60718293a4b5c6d7e8",
    "LITELLM_MASTER_KEY": "sk-Hj4Qw9Lm2Xz7",
}
VALUES = (
    "ghp_Zq8vW3xK5mN7pL2rT9",
    "zebra-quartz-violin",
    "8F3A2B1C9D4E5F60718293A4B5C6D7E9",
    "azure/zebra-quartz-violin",
    "zebra-quartz/violin-walnut",
    "https://zebra-quartz.corp.example/violin?walnut=maple-cedar",
    "https://zebra:quartz-violin@contoso.openai.azure.com/walnut-maple",
    "http://127.0.0.1:4000/zebra-quartz-violin",
    "http://zebra-quartz-violin:4000/v1",
    "zebra-quartz.openai.azure.con",
    "2024-10-21-zebra-quartz",
    "/zebra/quartz/violin.yaml",
    " zebra-quartz-violin\n",
)
"""Texts that can be in any variable. Each has the shape that some setting wants, or nearly so."""

LITELLM_CHANGES = (
    ("azure/my-gpt4o", "os.environ/X"),
    ("https://contoso.openai.azure.com", "os.environ/X"),
    ("api_base: https://contoso.openai.azure.com", "base_url: os.environ/X"),
    ("os.environ/AZURE_OPENAI_API_KEY", "os.environ/X"),
    ("api_key", "api_keyy"),
    ('"2024-10-21"', "os.environ/X"),
    ("os.environ/LITELLM_MASTER_KEY", "os.environ/X"),
)
OPENCLAW_CHANGES = (
    ("http://localhost:4000/v1", "${X}"),
    ("http://localhost:4000/v1", "https://${X}.openai.azure.com/openai/v1"),
    ("http://localhost:4000/v1", "https://${X}.openai.azure.com"),
    ("http://localhost:4000/v1", "https://contoso.openai.azure.com/${X}"),
    ("http://localhost:4000/v1", "http://localhost:4000/${X}"),
    ("http://localhost:4000/v1", "http://${X}:4000/v1"),
    ("http://localhost:4000/v1", "http://${X}:4000/v1/chat/completions"),
    ("http://localhost:4000/v1", "http://user:${X}@localhost:4000/v1?a=b"),
    ("http://localhost:4000/v1", "${X}:4000"),
    ("${LITELLM_MASTER_KEY}", "${X}"),
    ("${LITELLM_MASTER_KEY}", "$X"),
    ('"b"', '"${X}"'),
)
COMPOSE_CHANGES = (
    ("v1.106.2", "${X}"),
    ("ghcr.io/berriai/litellm", "${X}"),
    ("--port", "${X}"),
    ("/app/config.yaml", "${X}"),
    ("./litellm_config.yaml", "${X}"),
    ("./litellm_config.yaml:/app/config.yaml", "${X}:/app"),
    ("./litellm_config.yaml:/app/config.yaml", "${X}"),
    ('"4000:4000"', '"${X}:4000:4000"'),
    ("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_API_KEY=${X}"),
)


def leaked(report: Report, value: str) -> set[str]:
    """The runs of eight characters of a value that occur in a report."""
    shown = repr(report)
    known = LITELLM + OPENCLAW + COMPOSE + "azure.com/openai http://127.0.0.1:4000/"
    runs = {value[at : at + 8] for at in range(len(value) - 7)}
    return {run for run in runs if run in shown and run not in known and "://" not in run}


def examined(here: Any, value: str, mode: Mode, *, compose: bool) -> Report:
    situation = here.situation(
        {**KEYS, "X": value},
        openclaw_config="openclaw.json",
        litellm_config="litellm_config.yaml",
        compose="compose.yaml" if compose else None,
    )
    with scene({}, situation) as up:
        return examine(situation, mode=mode, network=up.network, timeout=20)[0]


@pytest.fixture
def chain(here: Any) -> Any:
    here.write("project/litellm_config.yaml", LITELLM)
    here.write("project/openclaw.json", OPENCLAW)
    return here


def changes() -> Iterator[tuple[str, str, str, str]]:
    for name, text, pairs in (
        ("litellm_config.yaml", LITELLM, LITELLM_CHANGES),
        ("openclaw.json", OPENCLAW, OPENCLAW_CHANGES),
        ("compose.yaml", COMPOSE, COMPOSE_CHANGES),
    ):
        for old, new in pairs:
            assert old in text
            yield name, text, old, new


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text", "old", "new"), [*changes()])
def test_no_value_of_a_variable_is_quoted(
    chain: Any, name: str, text: str, old: str, new: str
) -> None:
    chain.write(f"project/{name}", text.replace(old, new, 1))
    for value in VALUES:
        report = examined(chain, value, "free", compose=name == "compose.yaml")
        assert not report.internal_errors
        assert leaked(report, value) == set(), value


def test_a_harmless_value_is_quoted(chain: Any) -> None:
    """Without this, the test above could pass because nothing is quoted at all."""
    changed = LITELLM.replace("https://contoso.openai.azure.com", "os.environ/X")
    chain.write("project/litellm_config.yaml", changed)
    value = "https://fabrikam-west.openai.azure.com/openai/v1"
    report = examined(chain, value, "offline", compose=False)
    assert leaked(report, value)
    assert re.search(r"fabrikam-west", repr(report.findings))


@pytest.mark.parametrize("old", ["LITELLM_MASTER_KEY", "AZURE_OPENAI_API_KEY"])
def test_no_name_of_a_variable_becomes_code_in_a_command(chain: Any, old: str) -> None:
    name = 'A"; touch zebra; echo "'
    changed = LITELLM.replace(f"os.environ/{old}", f"'os.environ/{name}'")
    chain.write("project/litellm_config.yaml", changed)
    report = examined(chain, "x", "free", compose=False)
    actions = [
        action for finding in report.findings for fix in finding.fixes for action in fix.actions
    ]
    assert actions
    assert not [a for a in actions if isinstance(a, Command) and "zebra" in a.text]
