"""Where clawdoctor runs and with which options: the fact on which all others depend."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_PORT = 4000
"""The port on which LiteLLM listens by default."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running LiteLLM of this user. `environ` is None if it is not readable."""

    pid: int
    arguments: tuple[str, ...]
    cwd: str
    environ: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def config_path(self) -> str | None:
        """The config with which the process was started."""
        written = self.option("--config", "-c")
        return os.path.normpath(os.path.join(self.cwd, written)) if written else None  # noqa: PTH118

    @property
    def port(self) -> int:
        """The port: LiteLLM takes it from its option, else from the variable PORT."""
        written = self.option("--port") or (self.environ or {}).get("PORT") or ""
        return int(written) if written.isdecimal() else DEFAULT_PORT

    def option(self, *names: str) -> str | None:
        """The value of a command-line option, written `--name value` or `--name=value`."""
        for index, argument in enumerate(self.arguments):
            name, equals, value = argument.partition("=")
            if name in names:
                if equals:
                    return value
                following = self.arguments[index + 1 : index + 2]
                return following[0] if following else None
        return None


@dataclass(frozen=True, slots=True)
class Situation:
    """The current folder, the user's home, the environment, and the files named by option.

    Named paths are as the user wrote them, relative to `cwd`. `log_folder` is the folder of
    OpenClaw's own logs; if it is empty, the run does not look for them.
    """

    cwd: str
    home: str
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    openclaw_config: str | None = None
    litellm_config: str | None = None
    compose: str | None = None
    env_file: str | None = None
    log: str | None = None
    log_folder: str = ""
    proxy_url: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    processes: tuple[Process, ...] = ()
    now: float = field(default_factory=time.time)
    """The time of the run, in seconds of Unix time."""

    @property
    def ci(self) -> bool:
        """Whether this is a CI machine, where an unset variable proves little."""
        return self.environ.get("CI", "").casefold() not in ("", "0", "false")

    @property
    def half_chain(self) -> bool:
        """Whether one of the two configs was named and the other was not."""
        return (self.openclaw_config is None) != (self.litellm_config is None)

    def running(self, config: str | None) -> tuple[Process, ...]:
        """The proxies that may use a config: those that were not started with another."""
        if config is None:
            return self.processes
        return tuple(process for process in self.processes if process.config_path in (None, config))

    def path(self, written: str) -> str:
        """The absolute path for a path that a user wrote, with `~` and `cwd` resolved."""
        if written == "~" or written.startswith("~/"):
            written = self.home + written[1:]
        return os.path.normpath(os.path.join(self.cwd, written))  # noqa: PTH118


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of the run, in seconds of Unix time."""

    now: float


def litellm_processes(proc: Path = Path("/proc")) -> tuple[Process, ...]:
    """The LiteLLM proxies that this user runs, from /proc; none without /proc."""
    found = []
    for folder in proc.glob("[0-9]*"):
        process = _litellm_process(folder)
        if process is not None:
            found.append(process)
    return tuple(sorted(found, key=lambda process: process.pid))


def _litellm_process(folder: Path) -> Process | None:
    try:
        if folder.stat().st_uid != os.getuid():
            return None
        arguments = _fields(folder / "cmdline")
        if not _runs_litellm(arguments):
            return None
        cwd = str((folder / "cwd").readlink())
        environ = dict(pair.partition("=")[::2] for pair in _fields(folder / "environ"))
    except OSError:  # the process has ended, or belongs to a container
        return None
    return Process(int(folder.name), tuple(arguments), cwd, environ)


def _fields(path: Path) -> list[str]:
    raw = path.read_bytes().decode("utf-8", "surrogateescape")
    return [field for field in raw.split("\0") if field]


def _runs_litellm(arguments: list[str]) -> bool:
    """Whether this is `litellm ...`, `python /path/litellm ...` or `python -m litellm...`."""
    head = arguments[:3]
    if any(os.path.basename(argument) == "litellm" for argument in head[:2]):  # noqa: PTH119
        return True
    return len(head) == 3 and head[1] == "-m" and head[2].split(".")[0] == "litellm"
