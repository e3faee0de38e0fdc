"""Where clawdoctor runs and with which options: the fact that all others depend on."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import field

from clawdoctor.deferred import dataclass

DEFAULT_PORT = 4000
"""The port that LiteLLM listens on by default."""
DEFAULT_TIMEOUT = 60.0
"""Seconds after which a run ends, even if a server has not answered."""


@dataclass(frozen=True, slots=True)
class Process:
    """A running LiteLLM or OpenClaw of this user. `environ` is None if it is unreadable.

    `listening` holds the TCP ports that the process listens on. It is None if that is unknown: the
    process then counts as listening on the port that it was started with.
    """

    pid: int
    arguments: tuple[str, ...]
    cwd: str
    environ: Mapping[str, str] | None = field(default=None, repr=False)
    listening: frozenset[int] | None = None

    @property
    def config_path(self) -> str | None:
        """The config that the process was started with."""
        written = self.option("--config", "-c")
        return os.path.normpath(os.path.join(self.cwd, written)) if written else None  # noqa: PTH118

    @property
    def ports(self) -> frozenset[int]:
        """The ports that the process listens on."""
        return frozenset({self._start_port}) if self.listening is None else self.listening

    @property
    def port(self) -> int:
        """The port that the process was started with, or the first that it listens on."""
        start, ports = self._start_port, self.ports
        return start if start in ports or not ports else min(ports)

    @property
    def _start_port(self) -> int:
        """LiteLLM's port: that of its option, else of the variable PORT."""
        written = self.option("--port") or (self.environ or {}).get("PORT") or ""
        return int(written) if written.isdecimal() else DEFAULT_PORT

    def option(self, *names: str) -> str | None:
        """Return the value of a command-line option, written `--name value` or `--name=value`."""
        return option(self.arguments, *names)


def option(arguments: Sequence[str], *names: str) -> str | None:
    """Return the value of a command-line option, written `--name value` or `--name=value`."""
    for index, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in names:
            if equals:
                return value
            following = arguments[index + 1 : index + 2]
            return following[0] if following else None
    return None


@dataclass(frozen=True, slots=True)
class Situation:
    """The current folder, the user's home, the environment, and the files from options.

    Named paths are as the user wrote them, relative to `cwd`. `log_folder` is the folder of
    OpenClaw's own logs and `etc` that of the machine's settings; if one is empty, the run does not
    look there. `processes` are LiteLLM proxies, and `gateways` are those of OpenClaw.
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
    gateways: tuple[Process, ...] = ()
    etc: str = ""
    config_files: tuple[str, ...] = ()
    """clawdoctor's own config files, which decide which findings count."""
    plugins: tuple[str, ...] = ()
    """The names of the entry points whose checks run besides the built-in ones."""
    repeated: str = ""
    """The options that name files, as a shell reads them, for the commands of the report."""
    now: float = field(default_factory=time.time)
    """The time of the run, in seconds of Unix time."""

    @property
    def ci(self) -> bool:
        """Whether this is a CI machine, where an unset variable proves little."""
        return self.environ.get("CI", "").casefold() not in ("", "0", "false")

    @property
    def half_chain(self) -> bool:
        """Whether exactly one of the two configs was named."""
        return (self.openclaw_config is None) != (self.litellm_config is None)

    def running(self, config: str | None) -> tuple[Process, ...]:
        """Return the proxies that may use a config: those that were not started with another."""
        if config is None:
            return self.processes
        return tuple(process for process in self.processes if process.config_path in (None, config))

    def path(self, written: str) -> str:
        """Return the absolute path for a user's path, with `~` and `cwd` resolved."""
        if written == "~" or written.startswith(("~/", f"~{os.path.sep}")):
            written = self.home + written[1:]
        return os.path.normpath(os.path.join(self.cwd, written))  # noqa: PTH118


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of the run, in seconds of Unix time."""

    now: float
