"""Send one message to an agent of the real OpenClaw."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Agent:
    """OpenClaw's program, and the folder of its Node."""

    program: Path
    node: Path

    def ask(self, home: Path, environ: Mapping[str, str], message: str = "ping") -> AgentResult:
        """Return the answer of the agent. Its config is in `home`/.openclaw."""
        completed = subprocess.run(
            [self.program, "agent", "--local", "--agent", "main", "--message", message],
            cwd=home,
            env={
                "HOME": str(home),
                "PATH": os.pathsep.join((str(self.node), "/usr/bin", "/bin")),
                **environ,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return AgentResult(completed.returncode, completed.stdout, completed.stderr)


@dataclass(frozen=True, slots=True)
class AgentResult:
    """The exit code of the program, and its output on stdout and stderr."""

    exit_code: int
    output: str
    log: str
