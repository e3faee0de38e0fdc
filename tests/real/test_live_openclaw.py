"""The real OpenClaw's agent answers if clawdoctor says so, and sends the same request.

clawdoctor's turn may differ from a real turn only in the agent's prompt and tools.
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
from real.agent import Agent, AgentResult
from real.chain import MASTER_KEY
from real.groups import ENVIRON
from real.live import Edits, Live, RunSettings

pytestmark = pytest.mark.real

AT_ONCE = 2
SIZES = ("max_completion_tokens", "max_output_tokens", "max_tokens")
"""The limits of an answer. clawdoctor sets a lower limit than OpenClaw."""
COMPAT = "            compat: { supportsStore: false },\n"
RESPONSES: Edits = (('"openai-completions"', '"openai-responses"'),)
AZURE_RESPONSES: Edits = (('"openai-completions"', '"azure-openai-responses"'),)


@dataclass(frozen=True, slots=True)
class Healthy:
    """A healthy chain, and the path of its requests to Azure. `straight` chains have no proxy."""

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
class Comparison:
    """The answer of the agent, the report, and the requests of both to Azure."""

    agent: AgentResult
    report: Report
    by_agent: list[Any]
    by_clawdoctor: list[Any]


@pytest.fixture(scope="module")
def comparisons(
    litellm_programs: Path,
    openclaw_program: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[str, Comparison]:
    """Return the runs of each chain, by an agent, two at a time, and then by clawdoctor.

    All chains share a proxy.
    """
    agent = Agent(*openclaw_program)
    keys = {**ENVIRON, "LITELLM_MASTER_KEY": MASTER_KEY}

    def by_agent(case: Healthy) -> AgentResult:
        home = tmp_path_factory.mktemp("home")
        (home / ".openclaw").mkdir()
        config = live.openclaw_config(chain, (case.group,), case.edits_in(chain))
        (home / ".openclaw/openclaw.json").write_text(config, "utf-8")
        return agent.ask(home, keys)

    def by_clawdoctor(case: Healthy) -> Report:
        settings = RunSettings((case.group,), case.edits_in(chain), files_visible=not case.straight)
        return live.run_report(chain, settings, tmp_path_factory.mktemp("run"))

    def requests(case: Healthy) -> list[Any]:
        received = chain.azure.requests[case.resource]
        return [
            request.json
            for request in received
            if (request.method, request.path) == ("POST", case.path)
        ]

    with live.up(
        tmp_path_factory.mktemp("chain"), litellm_programs, azures.stand_in_resource
    ) as chain:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(by_agent, CHAINS.values()))
        first = [requests(case) for case in CHAINS.values()]
        reports = [by_clawdoctor(case) for case in CHAINS.values()]
        both = [requests(case) for case in CHAINS.values()]
    return {
        name: Comparison(answers[at], reports[at], first[at], both[at][len(first[at]) :])
        for at, name in enumerate(CHAINS)
    }


@pytest.mark.parametrize("name", CHAINS)
def test_the_agent_answers_where_clawdoctor_says_so(
    name: str, comparisons: Mapping[str, Comparison]
) -> None:
    answer, report = comparisons[name].agent, comparisons[name].report
    assert answer.exit_code == 0, answer
    assert "pong" in answer.output.split(), answer
    model = f"azure-openai/{CHAINS[name].group}"
    assert (report.verdict, report.exit_code, report.answers_with) == ("answers", 0, model)
    reported = [
        finding.code for finding in report.findings if finding.severity is not Severity.INFO
    ]
    assert not reported


@pytest.mark.parametrize("name", CHAINS)
def test_clawdoctor_sends_the_request_of_the_agent(
    name: str, comparisons: Mapping[str, Comparison]
) -> None:
    ours, theirs = (
        _shape(requests)
        for requests in (comparisons[name].by_clawdoctor, comparisons[name].by_agent)
    )
    assert ours == theirs


def _shape(requests: list[Any]) -> dict[str, Any]:
    """Return a request without its texts: its values, and the keys of its messages and tools."""
    assert len(requests) == 1
    body = dict(requests[0])
    messages = body.pop("messages", None) or body.pop("input")
    tools = body.pop("tools")
    body |= {name: "a limit" for name in SIZES if name in body}
    return {
        **body,
        "roles": list(
            dict.fromkeys((message["role"], tuple(sorted(message))) for message in messages)
        ),
        "tools": {(tuple(sorted(tool)), tuple(sorted(tool.get("function", ())))) for tool in tools},
    }
