"""How OpenClaw's gateway and the proxy were started, or how their services will start them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from clawdoctor.chain.gateway import gateway_process, gateway_unit
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.litellm_install import own_env_file, program_of
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.start_script import Assigned
from clawdoctor.chain.unit import ProxyUnits, Unit
from clawdoctor.chain.variables import Basis, Variable, file_variables, layered
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.run.situation import Process, Situation
from clawdoctor.source.look import look, paths_in
from clawdoctor.source.secret import Secret


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a program: its variables and its folder."""

    values: Mapping[str, Variable]
    basis: Basis
    source: str
    cwd: str
    ignored: Mapping[str, Variable] = field(default_factory=dict)
    restart: str = ""


def gateway_start(situation: Situation, file: OpenClawFile) -> Start | None:
    """Return the start of the gateway that reads this config, from its process or its service."""
    process = gateway_process(situation, file)
    if process is not None:
        return _process_start(process, f"the running gateway (process {process.pid})")
    unit = gateway_unit(situation, file)
    if unit is None:
        return None
    return _unit_start(unit, f"the gateway service ({_short(unit.path, situation)})", situation)


def _process_start(process: Process, source: str) -> Start:
    values = {
        name: Variable(name, Secret(value), source, "known")
        for name, value in (process.environ or {}).items()
    }
    return Start(values, "known", source, process.cwd)


def _unit_start(unit: Unit, source: str, situation: Situation) -> Start:
    """Return the start that a service definition gives, on top of what all user services get."""
    values: dict[str, Variable] = {}
    shared = [f"{situation.etc}/environment"] if situation.etc else []
    if unit.path.endswith(".service"):
        folder = Path(situation.home) / ".config/environment.d"
        for path in (*shared, *(str(path) for path in look(paths_in, folder, "*.conf"))):
            values |= file_variables(path, "known")
    for name, found in unit.variables.items():
        values[name] = _variable(found, source)
    ignored = {name: _variable(found, source) for name, found in unit.ignored.items()}
    return Start(
        values,
        "known" if unit.complete else "assumed",
        source,
        unit.cwd,
        ignored,
        _restart(unit.path, situation),
    )


def _restart(path: str, situation: Situation) -> str:
    """Return the command that restarts a service after a change of its definition."""
    name = shlex.quote(path.rpartition("/")[2])
    if path.endswith(".plist"):
        return f"launchctl unload {shlex.quote(path)}; launchctl load {shlex.quote(path)}"
    is_own = path.startswith(situation.home + "/")
    systemctl = "systemctl --user" if is_own else "sudo systemctl"
    return f"{systemctl} daemon-reload; {systemctl} restart {name}"


def _variable(found: Assigned, source: str) -> Variable:
    span = found.span
    place = Place(span.path, "", span, found.lost) if span is not None else None
    return Variable(found.name, Secret(found.value), source, "known", place)


def imports_shell(file: OpenClawFile, start: Start) -> bool:
    """Return whether OpenClaw adds the variables of a login shell to those of its service."""
    node = file.root.at("/env/shellEnv/enabled")
    variable = start.values.get("OPENCLAW_LOAD_SHELL_ENV")
    wanted = variable is not None and variable.value.test(
        lambda text: text.strip().casefold() in ("1", "true", "yes", "on")
    )
    return wanted or (node is not None and node.value is True)


def proxy_start(
    situation: Situation, file: LiteLLMFile | None, units: ProxyUnits | None
) -> Start | None:
    """Return the start of the proxy, from its process or its service. One with this file wins."""
    path = file.path if file is not None else None
    running = [process for process in situation.processes if process.environ is not None]
    process = max(running, key=lambda process: process.config_path == path, default=None)
    if process is not None:
        start = _process_start(process, f"the running proxy (process {process.pid})")
        return _with_own_file(start, program_of(process.arguments, process.cwd))
    unit = units.units[0] if units is not None and units.units else None
    if unit is None:
        return None
    source = f"LiteLLM's service ({_short(unit.path, situation)})"
    return _with_own_file(
        _unit_start(unit, source, situation), program_of(unit.arguments, unit.cwd)
    )


def _with_own_file(start: Start, program: str | None) -> Start:
    """Add the variables of the `.env` that LiteLLM loads on its own."""
    mode = start.values.get("LITELLM_MODE")
    path = own_env_file(program, mode.value.reveal() if mode is not None else None)
    if path is None:
        return start
    return replace(start, values=layered([start.values, file_variables(path, "known")]))


def _short(path: str, situation: Situation) -> str:
    """Return a path with `~` for the home folder."""
    home = situation.home.rstrip("/") + "/"
    return f"~/{path.removeprefix(home)}" if path.startswith(home) else path
