"""Run a program as a whole process, and measure it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one process: CPU seconds, seconds of the clock, and the most memory in MB."""

    cpu: float
    wall: float
    memory: float


def cost_of(
    command: Sequence[str],
    cwd: Path,
    environ: Mapping[str, str],
    *,
    stdin: Path | None = None,
    runs: int = 3,
) -> Cost:
    """Return the least cost of several runs. The first one, which fills caches, does not count.

    Raises RuntimeError if the program was ended by a signal.
    """
    costs = [_run(command, cwd, environ, stdin) for _ in range(runs + (runs > 1))]
    counted = costs[1:] or costs
    return Cost(
        min(cost.cpu for cost in counted),
        min(cost.wall for cost in counted),
        min(cost.memory for cost in counted),
    )


def _run(command: Sequence[str], cwd: Path, environ: Mapping[str, str], stdin: Path | None) -> Cost:
    with (stdin or Path(os.devnull)).open("rb") as text:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environ),
            stdin=text,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        raise RuntimeError(f"signal {-process.returncode} ended {command[0]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)
