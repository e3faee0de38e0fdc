"""A chain from `init`, or repaired by `--fix`, carries a turn of the real OpenClaw to Azure.

The turn goes through the real LiteLLM to a simulated Azure resource. The variants of `init`
alternate between the two versions of LiteLLM.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from clawdoctor.repair.carry_out import carry_out
from clawdoctor.repair.init_command import Options, make_chain
from clawdoctor.repair.plan import plan
from clawdoctor.run.situation import Situation
from clawdoctor.simulator import azure
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request
from clawdoctor.simulator.serve import free_port, serving
from clawdoctor.terminal.stream import Terminal
from real.agent import Agent, AgentResult
from real.process import started

pytestmark = pytest.mark.real

AT_ONCE = 2
AZURE_KEY = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
MASTER_KEY = "sk-51b7a8e2c94d0f36"
KEYS = {
    "AZURE_API_KEY": AZURE_KEY,
    "AZURE_OPENAI_API_KEY": AZURE_KEY,
    "LITELLM_MASTER_KEY": MASTER_KEY,
}
DEPLOYMENTS = {
    "gpt52-prod": "gpt-5.2",
    "gpt-4o-mini": "gpt-4o-mini",
    "codex-prod": "gpt-5.2-codex",
    "pro-prod": "gpt-5-pro",
    "sol-prod": "gpt-5.6-sol",
    "east": "gpt-4o",
    "west": "gpt-4o",
    "gpt-4.1": "gpt-4.1",
    "assistant": "gpt-4.1-mini",
}
_COMMENT = re.compile(r"(?:^|\s)(?:#|//) (.*)")
SCENARIOS = Path(__file__).parents[2] / "src/clawdoctor/simulator/scenarios"

Prepare = Callable[[Path, str, int], None]
"""Writes the files of a chain into a folder, for the URL of Azure and the port of the proxy."""


def made_by_init(*deployments: str, docker: bool = False) -> Prepare:
    def prepare(folder: Path, url: str, port: int) -> None:
        situation = Situation(cwd=str(folder), home=str(folder / "home"), environ=KEYS)
        options = Options(url, deployments, port, docker)
        assert make_chain(options, situation, None, Terminal()) is not None

    return prepare


def seed(folder: Path, url: str, port: int) -> None:
    """Write the files of the guide, with real names filled in, and fixed by clawdoctor."""
    names = {
        "https://your-resource.openai.azure.com": url,
        "your-gpt4o-mini-deployment": "gpt-4o-mini",
        "your-gpt5-codex-deployment": "codex-prod",
        "http://localhost:4000": f"http://127.0.0.1:{port}",
    }
    openclaw = folder / "home" / ".openclaw" / "openclaw.json"
    openclaw.parent.mkdir(parents=True)
    for name, target in (
        ("litellm_config.yaml", folder / "litellm_config.yaml"),
        ("openclaw.json", openclaw),
    ):
        text = (SCENARIOS / "seed" / name).read_text("utf-8")
        for old, new in names.items():
            text = text.replace(old, new)
        target.write_text(text, "utf-8")
    _mend(folder)


def _mend(folder: Path, *, unsafe: bool = True) -> None:
    """Fix both files of a chain, and check that every comment is still there."""
    situation = Situation(cwd=str(folder), home=str(folder / "home"), environ=KEYS)
    found = plan(situation, unsafe=unsafe)
    assert len(found.changed) == 2
    carry_out(found, situation)
    for path, before in found.before.items():
        after = Path(path).read_text("utf-8")
        assert all(comment in after for comment in _COMMENT.findall(before.content))


def slips(litellm: str, openclaw: str) -> Prepare:
    """Return a function that writes a hurried user's two files and applies safe fixes."""

    def prepare(folder: Path, url: str, port: int) -> None:
        home = folder / "home" / ".openclaw"
        home.mkdir(parents=True)
        (folder / "litellm_config.yaml").write_text(litellm.replace("URL", url), "utf-8")
        (home / "openclaw.json").write_text(openclaw.replace("4000", str(port)), "utf-8")
        _mend(folder, unsafe=False)

    return prepare


BY_NAME = """\
# one block for each model
model_list:
\tgpt-4o-mini:  # small
\t\tlitellm_params:
\t\t\tmodel: “azure/gpt-4o-mini”  # from the wiki
\t\t\tapi_base: URL
\t\t\tapi_key: os.env/AZURE_API_KEY
\t\t\tapi_version: ‘2024-10-21’
litellm_settings:
\tdrop-params: true  # OpenClaw sends more
\tgeneral_settings:  # for the proxy
\t\tmaster_key: os.environ/LITELLM_MASTER_KEY
"""
FOR_PEOPLE = """\
{
  models: {
    providers: {
      litellm: {
        mode: "merge", // keep the others
        baseUrl = "http://127.0.0.1:4000/v1/v1",
        apiKey: "${LITELLM_MASTER_KEY}" // the proxy's
        api: "openai-completions",
        models: [
          { id: "gpt-4o-mini", contextWindow: "128k", maxTokens: "16_384" }, // tokens
        ],
      },
    },
  },
  agents: { defaults: { model: { primary: "gpt-4o-mini" } } }, // no provider
}
"""


CHAINS: Mapping[str, Prepare] = {
    "init: chat": made_by_init("gpt-4o-mini"),
    "init: reasoning": made_by_init("gpt52-prod=gpt-5.2"),
    "init: Responses only": made_by_init("codex-prod=gpt-5.2-codex"),
    "init: primary and fallback": made_by_init("gpt52-prod=gpt-5.2", "gpt-4o-mini"),
    "init: Responses only and fallback": made_by_init("pro-prod=gpt-5-pro", "gpt-4o-mini"),
    "init: one model twice": made_by_init("east=gpt-4o", "west=gpt-4o"),
    "init: no tools on chat": made_by_init("sol-prod=gpt-5.6-sol"),
    "init: unknown model": made_by_init("assistant"),
    "init: in Docker": made_by_init("gpt-4.1", docker=True),
    "init: three": made_by_init("codex-prod=gpt-5.2-codex", "gpt52-prod=gpt-5.2", "gpt-4o-mini"),
    "fix: the guide's files": seed,
    "fix: slips in both files": slips(BY_NAME, FOR_PEOPLE),
}


@dataclass(frozen=True, slots=True)
class Carried:
    """The agent's answer, the paths that Azure received, and the proxy's log."""

    agent: AgentResult
    paths: tuple[str, ...]
    log: str


@pytest.fixture(scope="module")
def carried(
    litellm_programs: Path,
    newest_litellm_programs: Path,
    openclaw_program: tuple[Path, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, Future[Carried]]]:
    """Send a turn through each chain, two at a time. Each test waits for its own."""
    agent = Agent(*openclaw_program)
    versions = (litellm_programs, newest_litellm_programs)

    def carry(at: int, name: str) -> Carried:
        folder = tmp_path_factory.mktemp("chain")
        requests: list[Request] = []
        resource = AzureResource(
            name="contoso-ai",
            key=AZURE_KEY,
            deployments={name: AzureDeployment(model) for name, model in DEPLOYMENTS.items()},
        )
        with serving(azure.handler(resource), requests=requests) as url:
            port = free_port()
            CHAINS[name](folder, url, port)
            config, home = folder / "litellm_config.yaml", folder / "proxy"
            with started(versions[at % 2], config, home, KEYS, port) as proxy:
                assert proxy.exit_code() is None, proxy.log
                answer = agent.ask(folder / "home", KEYS)
                log = proxy.log
        shutil.rmtree(folder / "home", ignore_errors=True)
        return Carried(answer, tuple(request.path for request in requests), log)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {name: pool.submit(carry, at, name) for at, name in enumerate(CHAINS)}


@pytest.mark.parametrize("name", CHAINS)
def test_the_agent_answers(name: str, carried: Mapping[str, Future[Carried]]) -> None:
    result = carried[name].result()
    assert result.agent.exit_code == 0, f"{result.agent.log}\n{result.paths}\n{result.log}"
    assert "pong" in result.agent.output, f"{result.agent.log}\n{result.paths}\n{result.log}"
    assert len(result.paths) == 1, result.paths  # the primary answered immediately
