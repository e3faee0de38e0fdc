"""One service of a Compose file: what runs in it, with what, and how it is reached."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.compose.mount import Found, Mount, look, read_mounts
from clawdoctor.chain.compose.passed import Passed, read_environment
from clawdoctor.chain.compose.port import LoosePort, Port, read_ports
from clawdoctor.finding import Place
from clawdoctor.source.node import Node

DEFAULT_CONFIG = "/app/config.yaml"
"""Where the guides mount LiteLLM's config."""

_DEFAULT_PORT = 4000
_PORT = re.compile(r"[0-9]{1,5}")
_SHELLS = ("sh", "bash", "ash", "dash")


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `complete` is False where an `env_file` could not be read.

    `command` is the entrypoint, if one is given, and the command; `host_network` says that the
    container has no ports of its own; `config_path` is the file on the host that is mounted where
    LiteLLM reads its config, `config_found` what is there; `hides_app` is a folder of the host that
    is mounted over LiteLLM's own program.
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
    loose_ports: tuple[LoosePort, ...] = ()
    mounts: tuple[Mount, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    host_network: bool = False
    config_found: Found = "unknown"
    hides_app: Mount | None = None

    def option(self, *names: str) -> str | None:
        """The value of an option of the service's command."""
        return _option(self.command, *names)

    @property
    def config_option(self) -> str | None:
        """The config's path in the container, as LiteLLM is told; None where nothing says."""
        return _config_option(self.command, self.environment)

    @property
    def container_port(self) -> int:
        """The port on which LiteLLM listens inside the container; 4000 unless it is told."""
        return _container_port(self.command, self.environment)

    @property
    def network_of(self) -> str | None:
        """Whose network it shares: `service:NAME` or `container:NAME`; None for its own."""
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
        """Whether it runs LiteLLM's own image, of which it is known what is in it."""
        owner = "/".join(self.repository.split("/")[-2:])
        return not self.builds and owner.startswith(("berriai/litellm", "litellm/litellm"))

    @property
    def builds(self) -> bool:
        """Whether its image is made here, so that much may stand in a Dockerfile."""
        return self.node.get("build") is not None


def read_service(
    root: Node, name: str, node: Node, pointer: str, shell: Mapping[str, str]
) -> Service:
    """A service as Compose would start it; `shell` is what Compose fills in."""
    image = node.text("image")
    environment, complete = read_environment(node, pointer, shell)
    entrypoint = node.get("entrypoint")
    if entrypoint is not None and entrypoint.kind == "null":
        entrypoint = None
    words = _words(entrypoint) + _words(node.get("command"))
    command = _unwrapped(tuple(interpolate(word, shell)[0] for word in words))
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
        loose_ports=tuple(port for port in published if isinstance(port, LoosePort)),
        mounts=mounts,
        entrypoint=None if entrypoint is None else _words(entrypoint),
        host_network=host_network,
        config_found=look(config_path) if config_path is not None else "unknown",
        hides_app=next((mount for mount in mounts if _hides_app(mount)), None),
    )


def litellm_rank(service: Service) -> int:
    """How surely a service runs LiteLLM: 2 by its image's name or command, 1 by a part of it."""
    image = (service.image or "").partition("@")[0]
    last = image.rpartition("/")[2].partition(":")[0]
    if any(os.path.basename(word) == "litellm" for word in service.command[:3]):  # noqa: PTH119
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
    return written or (named.value if named is not None and named.value else None)


def _container_port(command: tuple[str, ...], environment: Mapping[str, Passed]) -> int:
    written = _option(command, "--port")
    if written is None and (seen := environment.get("PORT")) is not None:
        written = seen.value
    return int(written) if written and _PORT.fullmatch(written) else _DEFAULT_PORT


def _words(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node.value, str):
        try:
            return tuple(shlex.split(node.value))
        except ValueError:  # an open quote: Compose refuses it, we only read on
            return tuple(node.value.split())
    return tuple(str(item.value) for item in node.items if item.value is not None)


def _unwrapped(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command that a shell is told to run, instead of the shell with one long word."""
    if len(command) < 3 or os.path.basename(command[0]) not in _SHELLS:  # noqa: PTH119
        return command
    script = next((b for a, b in pairwise(command) if a[:1] == "-"), "")
    try:
        return tuple(shlex.split(script))
    except ValueError:
        return tuple(script.split())


def _hides_app(mount: Mount) -> bool:
    """Whether a folder lies over the image's /app and lacks the script that starts LiteLLM."""
    if mount.target != "/app" or mount.source is None or mount.found == "file":
        return False
    return look(f"{mount.source}/docker/prod_entrypoint.sh") == "missing"


def _config_path(written: str | None, mounts: tuple[Mount, ...]) -> str | None:
    """The file on the host that is mounted where the service's `--config` points."""
    wanted = written or DEFAULT_CONFIG
    if not wanted.startswith("/"):
        wanted = os.path.normpath(f"/app/{wanted}")
    covering = [mount for mount in mounts if mount.covers(wanted)]
    nearest = max(covering, key=lambda mount: len(mount.target), default=None)
    return nearest.inside(wanted) if nearest is not None else None
