"""OpenClaw's gateway: the process and the service definition that use the config of this run.

A gateway with another config, profile or state folder belongs to another chain.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from clawdoctor.chain.openclaw_file import OpenClawFile, find_openclaw_config
from clawdoctor.chain.unit import Unit, read_agents, read_units
from clawdoctor.run.needs import Absent
from clawdoctor.run.running import runs_gateway
from clawdoctor.run.situation import Process, Situation, option

_WORDS = ("openclaw", "clawdbot", "moltbot")


def gateway_process(situation: Situation, file: OpenClawFile) -> Process | None:
    """Return the running gateway that reads this config, if its environment is readable."""
    path = os.path.realpath(file.path)
    for process in situation.gateways:
        if process.environ is None:
            continue
        config = _config(process.environ, process.arguments, process.cwd, situation.home)
        if config is not None and os.path.realpath(config) == path:
            return process
    return None


def gateway_unit(situation: Situation, file: OpenClawFile) -> Unit | None:
    """Return the systemd unit or the launchd agent that starts a gateway with this config."""
    path = os.path.realpath(file.path)
    for unit in _gateway_units(situation):
        environ = {name: found.value for name, found in unit.variables.items()}
        config = _config(environ, unit.arguments, unit.cwd, situation.home)
        if config is not None and os.path.realpath(config) == path:
            return unit
    return None


def gateway_configs(situation: Situation) -> tuple[str, ...]:
    """Return the configs of the gateways that run or have a service, if they exist."""
    home = situation.home
    found = [
        _config(process.environ, process.arguments, process.cwd, home)
        for process in situation.gateways
        if process.environ is not None
    ]
    for unit in _gateway_units(situation):
        environ = {name: found.value for name, found in unit.variables.items()}
        found.append(_config(environ, unit.arguments, unit.cwd, home))
    return tuple(dict.fromkeys(path for path in found if path is not None))


def _gateway_units(situation: Situation) -> Iterator[Unit]:
    home = situation.home
    for word in _WORDS:
        units = read_units(user_units(situation), word, home)
        for unit in (*units, *read_agents(f"{home}/Library/LaunchAgents", word, home)):
            if runs_gateway(unit.arguments):
                yield unit


def user_units(situation: Situation) -> tuple[str, ...]:
    """Return the folders of systemd units that a user's services can come from."""
    own = f"{situation.home}/.config/systemd/user"
    etc = situation.etc
    return (own, f"{etc}/systemd/user", f"{etc}/systemd/system") if etc else (own,)


def _config(
    environ: Mapping[str, str], arguments: Sequence[str], cwd: str, home: str
) -> str | None:
    """Return the config of a gateway with this start, or None if the file does not exist."""
    home = environ.get("HOME") or home
    profile = option(arguments, "--profile") or environ.get("OPENCLAW_PROFILE") or ""
    profile = profile or ("dev" if "--dev" in arguments else "")
    if profile.casefold() not in ("", "default"):
        environ = {"OPENCLAW_STATE_DIR": f"{home}/.openclaw-{profile}", **environ}
    situation = Situation(cwd, home, environ)
    found = find_openclaw_config(situation)
    if isinstance(found, Absent):
        return None
    state = environ.get("OPENCLAW_STATE_DIR")
    if state and not environ.get("OPENCLAW_CONFIG_PATH"):
        # The usual config does not belong to a gateway whose state folder has no config.
        own = found.path.startswith(situation.path(state).rstrip("/") + "/")
        return found.path if own else None
    return found.path
