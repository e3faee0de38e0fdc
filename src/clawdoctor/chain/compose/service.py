"""A service of a Compose file: its program, environment, files and ports."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.compose.mount import Found, Mount, path_kind, read_mounts
from clawdoctor.chain.compose.passed import Passed, read_environment
from clawdoctor.chain.compose.port import Port, UnassignedPort, read_ports
from clawdoctor.finding import Place
from clawdoctor.source.node import Node

DEFAULT_CONFIG = "/app/config.yaml"
"""Where the guides mount LiteLLM's config."""

_DEFAULT_PORT = 4000
_PORT = re.compile(r"[0-9]{1,5}")
_SHELLS = ("sh", "bash", "ash", "dash")


@dataclass(frozen=True, slots=True)
class Service:
    """A service. `complete` is False if an `env_file` could not be read.

    `command` is the entrypoint, if given, followed by the command. `host_network` means that the
    container uses the host's ports. `config_path` is the file on the host that is mounted where
    LiteLLM reads its config, and `config_found` its kind. `hides_app` is a folder of the host that
    is mounted over LiteLLM's own program. `shown_image` and `shown_command` have the references of
    the file in place of the variables' values.
    """

    name: str
    pointer: str
    node: Node
    image: str | None
    command: tuple[str, ...]
    environment: Mapping[str, Passed] = field(repr=False)
    complete: bool
    ports: tuple[Port, ...]
    config_path: str | None
    unassigned_ports: tuple[UnassignedPort, ...] = ()
    mounts: tuple[Mount, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    host_network: bool = False
    config_found: Found = "unknown"
    hides_app: Mount | None = None
    shown_image: str = ""
    shown_command: tuple[str, ...] = ()

    def option(self, *names: str) -> str | None:
        """Return the value of an option of the command, or None."""
        return _option(self.command, *names)

    @property
    def config_option(self) -> str | None:
        """The config's path in the container, or None if no option or variable gives it."""
        return _config_option(self.command, self.environment)

    @property
    def shown_config(self) -> str:
        """The config's path in the container as a report may quote it."""
        written = _option(self.shown_command, "--config", "-c")
        if written is None and self.config_option is not None:
            return "$CONFIG_FILE_PATH"
        return written or DEFAULT_CONFIG

    @property
    def container_port(self) -> int:
        """The port on which LiteLLM listens inside the container, 4000 by default."""
        return _container_port(self.command, self.environment)

    @property
    def network_of(self) -> str | None:
        """The container whose network it shares (`service:NAME`, `container:NAME`), or None."""
        mode = self.node.text("network_mode") or ""
        return mode if mode.startswith(("service:", "container:")) else None

    @property
    def repository(self) -> str:
        """The image without its tag and digest."""
        image = (self.image or "").partition("@")[0]
        head, colon, tail = image.rpartition(":")
        return head if colon and "/" not in tail else image

    @property
    def official(self) -> bool:
        """Whether it runs LiteLLM's official image, whose content is known."""
        owner = "/".join(self.repository.split("/")[-2:])
        return not self.builds and owner.startswith(("berriai/litellm", "litellm/litellm"))

    @property
    def builds(self) -> bool:
        """Whether its image is built locally, so that a Dockerfile can hold settings."""
        return self.node.get("build") is not None


def read_service(
    root: Node, name: str, node: Node, pointer: str, shell: Mapping[str, str]
) -> Service:
    """Return a service as Compose starts it. `shell` holds the variables for interpolation."""
    image = node.text("image")
    environment, complete = read_environment(node, pointer, shell)
    entrypoint = node.get("entrypoint")
    if entrypoint is not None and entrypoint.kind == "null":
        entrypoint = None
    arguments = _arguments(entrypoint) + _arguments(node.get("command"))
    command = _unwrapped(tuple(interpolate(argument, shell)[0] for argument in arguments))
    shown_command = _unwrapped(arguments)
    mounts = tuple(read_mounts(root, node, pointer, shell))
    published = tuple(read_ports(node, pointer, shell))
    ports = tuple(port for port in published if isinstance(port, Port))
    mode = node.get("network_mode")
    host_network = mode is not None and mode.value == "host"
    if mode is not None and host_network:  # the container's port is the host's
        port = _container_port(command, environment)
        place = Place(mode.span.path, f"{pointer}/network_mode", mode.span)
        ports = (Port(port, port, place),)
    config_path = _config_path(_config_option(command, environment), mounts)
    return Service(
        name=name,
        pointer=pointer,
        node=node,
        image=interpolate(image, shell)[0] if image else None,
        command=command,
        environment=environment,
        complete=complete,
        ports=ports,
        config_path=config_path,
        unassigned_ports=tuple(port for port in published if isinstance(port, UnassignedPort)),
        mounts=mounts,
        entrypoint=None if entrypoint is None else _arguments(entrypoint),
        host_network=host_network,
        config_found=path_kind(config_path) if config_path is not None else "unknown",
        hides_app=next((mount for mount in mounts if _hides_app(mount)), None),
        shown_image=image or "",
        shown_command=shown_command,
    )


def litellm_rank(service: Service) -> int:
    """Return 2 if a service certainly runs LiteLLM, 1 if its image's name suggests it, else 0."""
    image = (service.image or "").partition("@")[0]
    last = image.rpartition("/")[2].partition(":")[0]
    if any(os.path.basename(argument) == "litellm" for argument in service.command[:3]):  # noqa: PTH119
        return 2
    if last in ("litellm", "litellm-database", "litellm-non_root"):
        return 2
    return 1 if "litellm" in last or "/litellm" in image else 0


def _option(command: tuple[str, ...], *names: str) -> str | None:
    for index, argument in enumerate(command):
        name, equals, value = argument.partition("=")
        if name in names:
            return value if equals else next(iter(command[index + 1 : index + 2]), None)
    return None


def _config_option(command: tuple[str, ...], environment: Mapping[str, Passed]) -> str | None:
    named = environment.get("CONFIG_FILE_PATH")
    written = _option(command, "--config", "-c")
    return written or (named.value.reveal() if named is not None and named.value else None)


def _container_port(command: tuple[str, ...], environment: Mapping[str, Passed]) -> int:
    written = _option(command, "--port")
    variable = environment.get("PORT")
    if written is None and variable is not None and variable.value is not None:
        written = variable.value.reveal()
    return int(written) if written and _PORT.fullmatch(written) else _DEFAULT_PORT


def _arguments(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node.value, str):
        try:
            return tuple(shlex.split(node.value))
        except ValueError:  # an open quote: Compose rejects it, clawdoctor reads on
            return tuple(node.value.split())
    return tuple(str(item.value) for item in node.items if item.value is not None)


def _unwrapped(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command inside `sh -c "..."`, or the command itself."""
    if len(command) < 3 or os.path.basename(command[0]) not in _SHELLS:  # noqa: PTH119
        return command
    script = next((b for a, b in pairwise(command) if a[:1] == "-"), "")
    try:
        return tuple(shlex.split(script))
    except ValueError:
        return tuple(script.split())


def _hides_app(mount: Mount) -> bool:
    """Whether a mounted folder hides the image's /app and lacks the script that starts LiteLLM."""
    if mount.target != "/app" or mount.source is None or mount.found == "file":
        return False
    return path_kind(f"{mount.source}/docker/prod_entrypoint.sh") == "missing"


def _config_path(written: str | None, mounts: tuple[Mount, ...]) -> str | None:
    """Return the file on the host that is mounted where the service's `--config` points."""
    target = written or DEFAULT_CONFIG
    if not target.startswith("/"):
        target = os.path.normpath(f"/app/{target}")
    covering = [mount for mount in mounts if mount.covers(target)]
    innermost = max(covering, key=lambda mount: len(mount.target), default=None)
    return innermost.host_path(target) if innermost is not None else None
