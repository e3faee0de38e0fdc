"""Where clawdoctor says that an agent answers, the real OpenClaw's agent does, asked in one shape.

What clawdoctor's turn may lack of a real one are the agent's prompt and its many tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clawdoctor.finding import Report, Severity
from real import azures, live
from real.agent import Agent, Heard
from real.chain import MASTER_KEY
from real.groups import ENVIRON
from real.live import Asked, Edits, Live

pytestmark = pytest.mark.real

AT_ONCE = 2
SIZES = ("max_completion_tokens", "max_output_tokens", "max_tokens")
"""clawdoctor spends less than the model may say."""
COMPAT = "            compat: { supportsStore: false },\n"
RESPONSES: Edits = (('"openai-completions"', '"openai-responses"'),)
AZURE_RESPONSES: Edits = (('"openai-completions"', '"azure-openai-responses"'),)


@dataclass(frozen=True, slots=True)
class Healthy:
    """A chain in order, and what Azure is asked in it. `straight`: by OpenClaw itself."""

    group: str
    path: str
    edits: Edits = ()
    resource: str = "open"
    straight: bool = False

    def edits_in(self, chain: Live) -> Edits:
        if not self.straight:
            return self.edits
        azure = (f"{chain.proxy.url}/v1", f"{chain.azure.bases[self.resource]}/openai/v1")
        return (azure, ("${LITELLM_MASTER_KEY}", "${CONTOSO_AZURE_KEY}"), *self.edits)


CHAINS = {
    "chat completions": Healthy("good", "/openai/deployments/gpt-4o-mini/chat/completions"),
    "a model that reasons": Healthy(
        "second",
        "/openai/deployments/assistant-prod/chat/completions",
        ((COMPAT, ""), ("reasoning: false", "reasoning: true")),
    ),
    "Responses API": Healthy("on-responses", "/openai/responses", RESPONSES),
    "Responses API with store": Healthy(
        "codex", "/openai/responses", (*RESPONSES, (COMPAT, "")), "unlisted"
    ),
    "straight to Azure": Healthy("gpt-4o-mini", "/openai/v1/chat/completions", straight=True),
    "straight to Azure's Responses API": Healthy(
        "coder-prod", "/openai/v1/responses", AZURE_RESPONSES, straight=True
    ),
}


@dataclass(frozen=True, slots=True)
class Met:
    """What the agent said, what was reported, and the requests of both that Azure heard."""

    agent: Heard
    report: Report
    by_agent: list[Any]
    by_clawdoctor: list[Any]


@pytest.fixture(scope="module")
def met(
    litellm_programs: Path,
    openclaw_program: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Met]:
    """All chains through one proxy: asked by agents, two at a time, and then by clawdoctor."""
    agent = Agent(*openclaw_program)
    keys = {**ENVIRON, "LITELLM_MASTER_KEY": MASTER_KEY}

    def by_agent(one: Healthy) -> Heard:
        home = tmp_path_factory.mktemp("home")
        (home / ".openclaw").mkdir()
        config = live.openclaw_config(chain, (one.group,), one.edits_in(chain))
        (home / ".openclaw/openclaw.json").write_text(config, "utf-8")
        return agent.ask(home, keys)

    def by_clawdoctor(one: Healthy) -> Report:
        asking = Asked((one.group,), one.edits_in(chain), seen=not one.straight)
        return live.asked(chain, asking, tmp_path_factory.mktemp("run"))

    def requests(one: Healthy) -> list[Any]:
        heard = chain.azure.heard[one.resource]
        return [asked.json for asked in heard if (asked.method, asked.path) == ("POST", one.path)]

    with live.up(tmp_path_factory.mktemp("chain"), litellm_programs, azures.stood_in) as chain:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            said = list(pool.map(by_agent, CHAINS.values()))
        first = [requests(one) for one in CHAINS.values()]
        reports = [by_clawdoctor(one) for one in CHAINS.values()]
        both = [requests(one) for one in CHAINS.values()]
    return {
        name: Met(said[at], reports[at], first[at], both[at][len(first[at]) :])
        for at, name in enumerate(CHAINS)
    }


@pytest.mark.parametrize("name", CHAINS)
def test_the_agent_answers_where_clawdoctor_says_so(name: str, met: Mapping[str, Met]) -> None:
    said, report = met[name].agent, met[name].report
    assert said.exit_code == 0, said
    assert "pong" in said.said.split(), said
    model = f"azure-openai/{CHAINS[name].group}"
    assert (report.verdict, report.exit_code, report.answers_with) == ("answers", 0, model)
    told = [one.code for one in report.findings if one.severity is not Severity.INFO]
    assert not told


@pytest.mark.parametrize("name", CHAINS)
def test_clawdoctor_asks_in_the_shape_of_the_agent(name: str, met: Mapping[str, Met]) -> None:
    ours, theirs = (_shape(one) for one in (met[name].by_clawdoctor, met[name].by_agent))
    assert ours == theirs


def _shape(requests: list[Any]) -> dict[str, Any]:
    """All that one request says besides its texts: which keys there are, and of which kinds."""
    assert len(requests) == 1
    body = dict(requests[0])
    asked = body.pop("messages", None) or body.pop("input")
    tools = body.pop("tools")
    body |= {name: "a limit" for name in SIZES if name in body}
    return {
        **body,
        "roles": list(dict.fromkeys((one["role"], tuple(sorted(one))) for one in asked)),
        "tools": {(tuple(sorted(one)), tuple(sorted(one.get("function", ())))) for one in tools},
    }
