"""A running oracle: LiteLLM's own Python answers one case after the other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parents[2]
Case = Mapping[str, Any]
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Oracle:
    """A LiteLLM that answers cases. `version` is what it says of itself."""

    version: str
    process: subprocess.Popen[str]

    def ask(self, case: Case) -> Answer:
        """Return what LiteLLM does with a case: its start, its deployments, its requests."""
        self.send(case)
        return self.receive()

    def send(self, case: Case) -> None:
        """Send a case, and do not wait for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{json.dumps(case)}\n")
        self.process.stdin.flush()

    def receive(self) -> Answer:
        """Return the answer to the oldest case that was sent."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the oracle has ended")
        answer: Answer = json.loads(line)
        return answer


@contextmanager
def launched(programs: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """Launch an oracle with the Python of a LiteLLM, and end it."""
    with subprocess.Popen(
        [programs / "python", "-m", "real.differential.litellm_oracle"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=home,
        env={
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(_TESTS),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        },
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ready(process: subprocess.Popen[str]) -> Oracle:
    """Return a launched oracle when it can answer: its imports take seconds."""
    assert process.stdout is not None
    first = process.stdout.readline()
    if not first:
        raise RuntimeError("the oracle does not start")
    return Oracle(json.loads(first)["version"], process)
