"""OpenClaw in a container: its service, and the files of this host that it reads."""

from __future__ import annotations

import os

from clawdoctor.chain.compose.mount import Mount
from clawdoctor.chain.compose.program import openclaw_rank
from clawdoctor.chain.compose.service import Service
from clawdoctor.chain.openclaw_path import candidates
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look

_HOME = "/home/node"
"""The user's home folder in OpenClaw's image."""
_CONFIG = "openclaw.json"


def find_agent(situation: Situation, services: tuple[Service, ...]) -> Service | None:
    """Return the service that runs the OpenClaw of this run, or None.

    A service counts if it mounts the file that this run reads, or if the user named the Compose
    file. Otherwise another OpenClaw on this host may read that file. A file that exists nowhere
    else is found through the service.
    """
    ranked = [(openclaw_rank(service), service) for service in services]
    agents = [service for rank, service in sorted(ranked, key=lambda pair: -pair[0]) if rank]
    path = next((path for path in candidates(situation) if look(os.path.lexists, path)), None)
    for service in agents:
        if path is not None and container_path(service, path) is not None:
            return service
    if not agents or (
        path is not None and situation.compose is None and not _is_open(agents[0], situation)
    ):
        return None
    return agents[0]


def _is_open(service: Service, situation: Situation) -> bool:
    """Return whether a named config may be a service's: no folder of this host holds its own."""
    return situation.openclaw_config is not None and agent_config(service) is None


def container_path(service: Service, path: str) -> str | None:
    """Return the path in the container of a file on this host, or None if it is not mounted."""
    found = (mount.container_path(path) for mount in _innermost_first(service.mounts))
    return next((target for target in found if target is not None), None)


def agent_config(service: Service) -> str | None:
    """Return the openclaw.json on this host that the service reads, or None."""
    named = _value(service, "OPENCLAW_CONFIG_PATH")
    target = named or f"{_state_folder(service)}/{_CONFIG}"
    path = host_path(service, target)
    return path if path is not None and look(os.path.isfile, path) else None


def state_env(service: Service, path: str | None) -> tuple[str | None, bool]:
    """Return OpenClaw's own `.env` on this host, and whether clawdoctor can know that.

    It cannot know if the state folder is a volume without a folder on this host. `path` is the
    config.
    """
    inside = container_path(service, path) if path is not None else None
    folder = os.path.dirname(inside) if inside is not None else _state_folder(service)  # noqa: PTH120
    target = f"{folder}/.env"
    covering = [mount for mount in service.mounts if mount.covers(target)]
    return host_path(service, target), all(mount.source is not None for mount in covering)


def host_path(service: Service, path: str) -> str | None:
    """Return the file on this host that is mounted at a path in the container, or None."""
    covering = [mount for mount in _innermost_first(service.mounts) if mount.covers(path)]
    return covering[0].host_path(path) if covering else None


def _innermost_first(mounts: tuple[Mount, ...]) -> list[Mount]:
    return sorted(mounts, key=lambda mount: -len(mount.target))


def _state_folder(service: Service) -> str:
    named = _value(service, "OPENCLAW_STATE_DIR")
    if named is not None:
        return named.rstrip("/")
    for mount in service.mounts:
        if mount.target.endswith("/.openclaw"):
            return mount.target
        if mount.target.endswith(f"/{_CONFIG}"):
            return os.path.dirname(mount.target)  # noqa: PTH120
    home = _value(service, "OPENCLAW_HOME") or _value(service, "HOME") or _HOME
    return f"{home.rstrip('/')}/.openclaw"


def _value(service: Service, name: str) -> str | None:
    variable = service.environment.get(name)
    return variable.value.reveal() or None if variable is not None and variable.value else None
