"""Run a real LiteLLM proxy in its own process, and end it by its id."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from clawdoctor.simulator.serve import free_port

_READY_SECONDS = 240
_END_SECONDS = 10
_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy. `log` is its whole output."""

    process: subprocess.Popen[bytes]
    url: str
    output: Path

    @property
    def log(self) -> str:
        return self.output.read_text("utf-8", "replace")

    def exit_code(self) -> int | None:
        """Wait until the proxy answers. Return None, or the exit code of a proxy that ended."""
        until = time.monotonic() + _READY_SECONDS
        with httpx.Client(trust_env=False) as client:
            while time.monotonic() < until:
                ended = self.process.poll()
                if ended is not None:
                    return ended
                with suppress(httpx.HTTPError):
                    if client.get(f"{self.url}/health/liveliness").status_code == 200:
                        return None
                time.sleep(0.2)
        raise TimeoutError(f"no answer after {_READY_SECONDS} s:\n{self.log}")


@contextmanager
def started(
    programs: Path,
    config: Path,
    home: Path,
    environ: Mapping[str, str],
    port: int | None = None,
) -> Iterator[Proxy]:
    """Start the proxy with a config but without our environment, and end it.

    Without a `port`, it gets a free one.
    """
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    own = {
        "HOME": str(home),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PATH": os.pathsep.join((str(programs), *_SYSTEM)),
    }
    output = home / "litellm.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [programs / "litellm", "--config", config, "--host", "127.0.0.1", "--port", str(port)],
            cwd=config.parent,
            env={**own, **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Proxy(process, f"http://127.0.0.1:{port}", output)
    finally:
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
