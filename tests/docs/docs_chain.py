"""A folder in which the examples of the documents run: a chain, a simulator and stand-ins.

`clawdoctor` is the real program, isolated from the machine. Without --offline it calls a simulated
proxy and a simulated Azure. Other programs are stand-ins, which only check that the files in their
arguments exist. A command that calls only clawdoctor runs in this process, which is faster; bash
runs the others.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import command_line
from documents import ROOT
from installed_plugin import EXAMPLE, install_example

import clawdoctor
from clawdoctor.finding import Report
from clawdoctor.run import diagnosis
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.simulator import demo
from clawdoctor.simulator.scene import scene

MASTER_KEY = f"sk-{'c0ffee' * 4}"
AZURE_KEY = "0f1e2d3c" * 4
FILES = {
    "openclaw.json": """{
  "meta": { "lastTouchedVersion": "2026.9.6" },
  "models": {
    "providers": {
      "litellm": {
        "baseUrl": "http://127.0.0.1:4000/v1",
        "apiKey": "${LITELLM_MASTER_KEY}",
        "api": "openai-completions",
        "models": [{ "id": "o3", "name": "o3" }, { "id": "gpt-5.2", "name": "gpt-5.2" }]
      }
    }
  },
  "agents": {
    "defaults": { "model": { "primary": "litellm/o3", "fallbacks": ["litellm/gpt-5.2"] } }
  }
}
""",
    "litellm_config.yaml": """model_list:
  - model_name: o3
    litellm_params:
      model: azure/responses/o3-datazone
      api_base: https://myres-eus2.openai.azure.com
      azure_ad_token: os.environ/AZURE_AD_TOKEN
      api_version: "2025-04-01-preview"
  - model_name: gpt-5.2
    litellm_params:
      model: azure/gpt-5.2
      api_base: https://myres-eus2.openai.azure.com
      api_key: ${AZURE_API_KEY}
      api_version: "2024-10-21"
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
""",
    "docker-compose.yml": """services:
  litellm:
    image: ghcr.io/berriai/litellm:v1.106.2
    command: ["--config", "/app/config.yaml"]
    ports: ["4000:4000"]
    volumes: ["./litellm_config.yaml:/app/config.yaml"]
    env_file: [.env]
""",
    ".env": f"""LITELLM_MASTER_KEY={MASTER_KEY}
AZURE_AD_TOKEN=eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYiJ9.c2lnbmF0dXJl
AZURE_API_KEY={AZURE_KEY}
""",
    "error.log": "10:00:00 - ERROR: No API provider registered for api: undefined\n",
}
SCENE = {
    "proxy": {"at": "http://127.0.0.1:4000", "version": "1.106.2"},
    "azure": {
        "myres-eus2": {
            "key": AZURE_KEY,
            "deployments": {"gpt-5.2": "gpt-5.2", "o3-datazone": "o3"},
        }
    },
}
PROGRAMS = ("docker", "git", "litellm", "mkdocs", "npm", "openclaw", "pip", "pipx", "pre-commit")
LOGS = "/tmp/openclaw"
"""OpenClaw's log folder in the documents. The examples use one of their own."""

_FAILURE = re.compile(r"Traceback|^bash: ", re.MULTILINE)
_PROGRAM = """#!{python}
import sys
sys.path[:0] = {path!r}
from docs_chain import main
main()
"""
_STAND_IN = """#!/bin/sh
for argument; do
    case "$argument" in
        ./* | */ | *.whl) test -e "$argument" || { echo "no such file: $argument" >&2; exit 2; } ;;
    esac
done
"""


class Place:
    """A folder with the chain, and the programs that its examples call."""

    def __init__(self, root: Path) -> None:
        self.project, self.logs, programs, home = (
            root / name for name in ("project", "logs", "programs", "home")
        )
        for folder in (self.project, self.logs, programs, home):
            folder.mkdir()
        for name, text in FILES.items():
            (self.project / name).write_text(text, "utf-8")
        log = self.logs / f"openclaw-{date.today()}.log"
        log.write_text(FILES["error.log"], "utf-8")
        (self.project / f"clawdoctor-{clawdoctor.__version__}-py3-none-any.whl").touch()
        (self.project / "examples").symlink_to(ROOT / "examples")
        (self.project / "scripts").mkdir()
        scripts = [path.name for path in (ROOT / "scripts").iterdir() if os.access(path, os.X_OK)]
        for path in (
            *(programs / name for name in PROGRAMS),
            *(self.project / "scripts" / name for name in scripts),
        ):
            _program(path, _STAND_IN)
        install_example(root / "site")
        modules = [
            *map(str, (ROOT / "src", ROOT / "tests", Path(__file__).parent)),
            *map(str, (root / "site", EXAMPLE / "src")),
        ]
        _program(programs / "clawdoctor", _PROGRAM.format(python=sys.executable, path=modules))
        self.environ = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(home),
            "OPENCLAW_CONFIG_PATH": str(self.project / "openclaw.json"),
            "COLUMNS": "80",
            "PYTHONUTF8": "1",
        }

    def run(self, command: str) -> command_line.Done:
        """Run a command. Fail if it fails, where an exit code of 1 is a result of clawdoctor."""
        command = command.replace(LOGS, str(self.logs)).replace(" --watch", "")  # no terminal here
        words = list(shlex.shlex(command, posix=True, punctuation_chars="();<>|&$`"))
        shell = any(set(word) & set("();<>|&$`") for word in words)
        plain = words[0] == "clawdoctor" and not words[1].startswith("-") and not shell
        done = self._run_here(shlex.split(command, comments=True)) if plain else self._bash(command)
        said = f"{command}\n{done.stdout}\n{done.stderr}"
        assert done.returncode <= 1, said
        assert not _FAILURE.search(done.stderr), said
        return done

    def _run_here(self, words: list[str]) -> command_line.Done:
        if words[1:2] == ["init"]:  # a new chain needs an empty folder
            with tempfile.TemporaryDirectory() as empty:
                environ = {"PATH": self.environ["PATH"], "HOME": empty}
                return command_line.run_here(words[1:], Path(empty), environ)
        with simulated_network(words, self.project, self.environ):
            return command_line.run_here(words[1:], self.project, self.environ)

    def _bash(self, command: str) -> command_line.Done:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=self.project,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=300,
            check=False,
        )
        return command_line.Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def simulated_network(words: list[str], project: Path, environ: dict[str, str]) -> Iterator[None]:
    """Let a run that sends requests call the servers of the chain. Each run takes 12 ms."""
    with ExitStack() as stack:
        network = None
        if words[1:2] == ["run"] and "--offline" not in words:
            situation = Situation(str(project), environ["HOME"], environ)
            network = stack.enter_context(scene(SCENE, situation)).network

        def timeless(situation: Situation, **options: Any) -> Report:
            return replace(diagnose(situation, **{"network": network, **options}), duration_ms=12)

        for module in (diagnosis, demo):
            stack.enter_context(mock.patch.object(module, "diagnose", timeless))
        yield


def main() -> None:
    """Run the command line of this process. This is the program of the examples."""
    from clawdoctor.__main__ import main as run_clawdoctor

    with (
        command_line.isolated(),
        simulated_network(sys.argv, Path.cwd(), dict(os.environ)),
    ):
        run_clawdoctor()


def _program(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o755)
