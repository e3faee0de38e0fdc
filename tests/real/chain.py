"""A chain with the real proxy: its files, simulated Azure resources, and a process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from clawdoctor.finding import Report
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.running import running_programs
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.azure import AzureDeployment, AzureResource, Scripted, handler
from clawdoctor.simulator.azure_answers import refusal
from clawdoctor.simulator.message import Request
from clawdoctor.simulator.scene import installed
from clawdoctor.simulator.serve import serving
from real.process import Proxy, started

HERE = Path(__file__).parent
MASTER_KEY = "sk-7d1f0b9c3e5a8264"
AZURE_KEY = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
OTHER_KEY = "e81b6a24c9d04f7385fa1730bd92c64e"
"""A well-formed key that no resource here accepts."""

ENVIRON = {
    "AZURE_OPENAI_API_KEY": AZURE_KEY,
    "AZURE_OTHER_KEY": OTHER_KEY,
    "LITELLM_MASTER_KEY": MASTER_KEY,
}
_LIMITED = refusal("tokens_classic")
RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "open": {},
    "other": {},
    "firewall": {"access": "firewall"},
    "old": {"api_versions": ("2024-10-21",)},
    "busy": {"scripted": (Scripted("GET", "/openai", _LIMITED), Scripted("POST", "/", _LIMITED))},
}


@dataclass(frozen=True, slots=True)
class Chain:
    """The running chain. `requests` are the requests to each Azure resource, by name."""

    folder: Path
    programs: Path
    proxy: Proxy
    requests: Mapping[str, list[Request]]

    def openclaw_config(self, *edits: tuple[str, str], model: str = "good") -> str:
        """Return an openclaw.json that uses a model group of the proxy, with texts replaced."""
        text = (HERE / "openclaw.json").read_text("utf-8")
        named = (('"good"', f'"{model}"'), ("azure-openai/good", f"azure-openai/{model}"))
        return edited(text, ("http://proxy", self.proxy.url), *named, *edits)

    def litellm_config(self, *edits: tuple[str, str]) -> str:
        """Return the proxy's config with texts replaced."""
        return edited((self.folder / "litellm_config.yaml").read_text("utf-8"), *edits)

    def path(self, prefix: Path, openclaw: str | None) -> str:
        """Return a PATH with the real LiteLLM and this version of OpenClaw."""
        versions = {} if openclaw is None else {"openclaw": openclaw}
        return os.pathsep.join((installed(prefix, versions), str(self.programs)))

    def diagnosed(self, situation: Situation) -> Report:
        """Return the report on a situation with the process of the proxy."""
        mine = tuple(
            process
            for process in running_programs().proxies
            if process.pid == self.proxy.process.pid
        )
        return diagnose(replace(situation, processes=mine), mode="free")


@contextmanager
def up(folder: Path, programs: Path) -> Iterator[Chain]:
    """Serve the resources and start the proxy."""
    requests: dict[str, list[Request]] = {name: [] for name in RESOURCES}
    text = (HERE / "litellm_config.yaml").read_text("utf-8")
    with ExitStack() as stack:
        for name, settings in RESOURCES.items():
            deployments = {"gpt-4o-mini": AzureDeployment("gpt-4o-mini")}
            resource = AzureResource(name, AZURE_KEY, deployments, **settings)
            url = stack.enter_context(serving(handler(resource), requests=requests[name]))
            text = text.replace(f"http://{name}\n", f"{url}\n")
        config = folder / "litellm_config.yaml"
        config.write_text(text, "utf-8")
        proxy = stack.enter_context(started(programs, config, folder / "home", ENVIRON))
        ended = proxy.exit_code()
        if ended is not None:
            pytest.fail(f"LiteLLM ended with {ended}:\n{proxy.log}")
        yield Chain(folder, programs, proxy, requests)


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Return a text after replacements. It must contain each old part."""
    for old, new in edits:
        assert old in text, f"not there: {old}"
        text = text.replace(old, new)
    return text
