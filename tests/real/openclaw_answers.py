"""The literal texts of the real OpenClaw: its verdicts on broken configs, and failed turns."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from real import azures
from real.answers import hidden, written
from real.chain import edited
from real.groups import AZURE_KEY, OTHER_KEY
from real.install import openclaw_package
from real.live import Edits

HERE = Path(__file__).parent
_SECONDS = 240
_GOOD = "gpt-4o-mini"
_KEY = "${LITELLM_MASTER_KEY}"
_API = '        api: "openai-completions",\n'
_URL = '        baseUrl: "http://proxy/v1",\n'
CONFIGS: Mapping[str, Edits] = {
    "as it is": (),
    "with a misspelt key": (("baseUrl", "baseURL"),),
    "without baseUrl": ((_URL, ""),),
    "with an api that is not known": (("openai-completions", "openai-chat"),),
    "with api pi-messages": (("openai-completions", "pi-messages"),),
    "with api openai-codex-responses": (("openai-completions", "openai-codex-responses"),),
    "with a text for a number": (("contextWindow: 128000", 'contextWindow: "128000"'),),
    "with a syntax error": (('input: ["text"]', 'input ["text"]'),),
    "with an unknown section": (("agents: {", "agentz: {}, agents: {"),),
}
TURNS: Mapping[str, tuple[str, Edits]] = {
    "that works": (_GOOD, ()),
    "with a deployment that does not exist": ("gone", ()),
    "with a refused key": (_GOOD, ((_KEY, "${AZURE_OTHER_KEY}"),)),
    "with an unset variable": (_GOOD, ((_KEY, "${CONTOSO_UNSET_KEY}"),)),
    "without a key": (_GOOD, ((f'        apiKey: "{_KEY}",\n', ""),)),
    "without api": (_GOOD, ((_API, ""),)),
    "behind a firewall": (_GOOD, (("//open", "//firewall"),)),
    "at a page": (_GOOD, (("//open", "//portal"),)),
    "at a closed port": (_GOOD, (("//open", "//closed"),)),
    "with a model that fails": ("failing", ()),
    "with a prompt that is too long": ("too-long", ()),
    "with a filtered prompt": ("prompt-filtered", ()),
    "with an answer without content": ("empty", ()),
    "with a model that is not configured": (_GOOD, (("azure-openai/gpt", "azure-openai/gpt-x"),)),
}
"""The deployment of each turn, and the edits of its config."""
_RUN = (
    (re.compile(r"(?m)^\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)? "), "TIME "),
    (re.compile(r"\b\d+(?:\.\d+)?(?=ms\b)"), "N"),
    (re.compile(r"(?<=(?:Ms|ms)=)\d+(?:\.\d+)?"), "N"),
    (re.compile(r"\bpid[ =]\d+"), "pid N"),
    (re.compile(r"(?<=diagId=)\S+"), "ID"),
    (re.compile(r"(?<=providerPayloadBytes=)\d+"), "N"),
)
_NOISE = re.compile(
    r"^\[(?:sqlite|session-sqlite|memory|diagnostic|agents/agent-command|plugins)"
    r"|^\[state/agent-db|\[trace:"
    r"|tool-search: |transient |Preserved orphaned|auth profile failure state|failover decision"
    r"|model-fetch\] response .* status=200 "
)
"""Lines about the machine, about slow answers, and about retries that fit into the time."""


def answers_of_openclaw(folder: Path, version: str) -> str:
    """Return what this version prints about each config, and in each turn."""
    package, node = openclaw_package(version)
    program = [str(node / "node"), str(package / "openclaw.mjs")]
    path = os.pathsep.join((str(node), "/usr/bin", "/bin"))
    text = (HERE / "openclaw.json").read_text("utf-8")
    environ = {"PATH": path, "LITELLM_MASTER_KEY": AZURE_KEY, "AZURE_OTHER_KEY": OTHER_KEY}

    with azures.up(azures.stand_in_resource) as azure:
        names = {url.removeprefix("http://"): name for name, url in azure.bases.items()}

        def said(name: str, edits: Edits, *arguments: str) -> str:
            home = folder / name.replace(" ", "-")
            (home / ".openclaw").mkdir(parents=True)
            config = edited(text, *edits)
            for resource, url in azure.bases.items():
                config = config.replace(f"http://{resource}/", f"{url}/")
            (home / ".openclaw/openclaw.json").write_text(config, "utf-8")
            done = subprocess.run(
                [*program, *arguments],
                cwd=home,
                env={**environ, "HOME": str(home)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            answer = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
            for url, resource in names.items():
                answer = answer.replace(url, resource)
            answer = answer.replace(str(home), "HOME").replace(str(package), "OPENCLAW")
            return hidden(_plain(answer))

        turn = ("agent", "--local", "--agent", "main", "--message", "ping")
        straight = ("http://proxy/v1", "http://open/openai/v1")
        jobs = [
            *((f"config {name}", edits, ("config", "validate")) for name, edits in CONFIGS.items()),
            *(
                (
                    f"turn {name}",
                    (straight, ('"good"', f'"{model}"'), ("/good", f"/{model}"), *edits),
                    turn,
                )
                for name, (model, edits) in TURNS.items()
            ),
        ]
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda job: said(job[0], job[1], *job[2]), jobs)
            return written(dict(zip((job[0] for job in jobs), answers, strict=True)))


def _plain(text: str) -> str:
    """Return the lines that say why something failed, each once."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    for pattern, word in _RUN:
        text = pattern.sub(word, text)
    lines = (line.rstrip() for line in text.splitlines() if line.strip())
    return "\n".join(dict.fromkeys(line for line in lines if not _NOISE.search(line)))
