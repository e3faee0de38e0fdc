"""The real OpenClaw, asked one message by one of its agents."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Agent:
    """The program, and the folder with the Node that it needs."""

    program: Path
    node: Path

    def ask(self, home: Path, environ: Mapping[str, str], message: str = "ping") -> Heard:
        """The agent's answer; its config is in `home`/.openclaw."""
        done = subprocess.run(
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
        return Heard(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the program ended with, and what it wrote."""

    exit_code: int
    said: str
    log: str
