"""A service of a Compose file: its program, environment, files and ports."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import field

from clawdoctor.chain.compose.command import arguments_of, option, program_command
from clawdoctor.chain.compose.dockerfile import Build, read_build
from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.compose.meant_config import MeantConfig, find_meant_config
from clawdoctor.chain.compose.mount import Found, Mount, innermost, path_kind, read_mounts
from clawdoctor.chain.compose.passed import Passed, read_environment
from clawdoctor.chain.compose.port import Port, UnassignedPort, read_ports
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

DEFAULT_CONFIG = "/app/config.yaml"
"""Where the guides mount LiteLLM's config."""

_DEFAULT_PORT = 4000
_PORT = regex(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Service:
    """A service, or a container that a script starts with `docker run` (`by_hand`).

    `complete` is False if there may be variables that clawdoctor cannot read. `command` is the
    entrypoint, if set, followed by the command, without a surrounding shell. It ends with
    `swallowed`, the arguments that such a shell ignores. `build` is its Dockerfile, if readable.
    `host_network` means that the container uses the host's ports. `config_path` is the file on the
    host that is mounted where LiteLLM reads its config, and `config_found` its kind. Without an
    option, it is the kind of `meant_config`, which LiteLLM does not read. `hides_app` is a folder
    of the host that is mounted over LiteLLM's own program. `shown_image` and `shown_command` have
    the references of the file in place of the variables' values.
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
    swallowed: tuple[str, ...] = ()
    build: Build | None = None
    by_hand: bool = False
    meant_config: MeantConfig | None = None

    def option(self, *names: str) -> str | None:
        """Return the value of an option of the command, or None."""
        return option(self.command, *names)

    @property
    def config_option(self) -> str | None:
        """The config's path in the container, or None if no option or variable sets it."""
        return _config_option(self.command, self.environment)

    @property
    def shown_config(self) -> str:
        """The config's path in the container as a report may quote it."""
        named = self.environment.get("CONFIG_FILE_PATH")
        if named is not None and named.value:
            return "$CONFIG_FILE_PATH"
        return option(self.shown_command, "--config", "-c") or DEFAULT_CONFIG

    @property
    def container_port(self) -> int:
        """The port that LiteLLM listens on inside the container, 4000 by default."""
        return _container_port(self.command, self.environment)

    @property
    def network_of(self) -> str | None:
        """The container whose network it shares (`service:NAME`, `container:NAME`), or None."""
        mode = self.node.text("network_mode") or ""
        return mode if mode.startswith(("service:", "container:")) else None

    @property
    def kind(self) -> str:
        """The noun that precedes its name in a report."""
        return "container" if self.by_hand else "Compose service"

    @property
    def hosts(self) -> frozenset[str]:
        """The names, in lower case, by which other containers of the same network reach it."""
        names = {self.name, self.node.text("container_name"), self.node.text("hostname")}
        networks = self.node.get("networks")
        for _, network in networks.children() if networks is not None else ():
            aliases = network.get("aliases") if network.kind == "mapping" else None
            names |= {str(item.value) for item in (aliases.items if aliases is not None else ())}
        return frozenset(name.casefold() for name in names if name)

    @property
    def repository(self) -> str:
        """The image without its tag and digest."""
        image = (self.image or "").partition("@")[0]
        head, colon, tail = image.rpartition(":")
        return head if colon and "/" not in tail else image

    @property
    def last_name(self) -> str:
        """The last part of the repository: `litellm` of ghcr.io/berriai/litellm:v1.106.2."""
        return self.repository.rpartition("/")[2].casefold()

    @property
    def official(self) -> bool:
        """Whether it runs LiteLLM's official image, whose contents are known."""
        return not self.builds and is_official(self.repository)

    @property
    def builds(self) -> bool:
        """Whether its image is built locally, so that a Dockerfile may hold settings."""
        return self.node.get("build") is not None


def is_official(image: str) -> bool:
    """Return whether an image is LiteLLM's own, in one of its repositories."""
    owner = "/".join(image.split("/")[-2:])
    return owner.startswith(("berriai/litellm", "litellm/litellm"))


def read_service(
    root: Node,
    name: str,
    node: Node,
    pointer: str,
    shell: Mapping[str, str],
    *,
    by_hand: bool = False,
) -> Service:
    """Return a service as Compose starts it. `shell` holds the variables for interpolation."""
    image = node.text("image")
    read = read_build(node, shell)
    build = read[0] if read is not None else None
    environment, complete = read_environment(node, pointer, shell)
    if build is not None:
        environment = {**_built_variables(build), **environment}
    complete = complete and (build is not None or node.get("build") is None)
    entrypoint = node.get("entrypoint")
    if entrypoint is not None and entrypoint.kind == "null":
        entrypoint = None
    arguments = arguments_of(entrypoint) + arguments_of(node.get("command"))
    if build is not None and entrypoint is None:
        arguments = (build.entrypoint or ()) + (
            build.command if node.get("command") is None else arguments
        )
    inside = {
        variable.name: variable.value.reveal()
        for variable in environment.values()
        if variable.value is not None
    }
    started = program_command(tuple(interpolate(word, shell)[0] for word in arguments), inside)
    shown = program_command(arguments)
    # Arguments that a shell ignores still show intent: the checks of files and ports use them.
    command = (*started.words, *started.swallowed)
    mounts = (*_copied_files(build), *read_mounts(root, node, pointer, shell))
    published = tuple(read_ports(node, pointer, shell))
    ports = tuple(port for port in published if isinstance(port, Port))
    mode = node.get("network_mode")
    host_network = mode is not None and mode.value == "host"
    if mode is not None and host_network:  # the container's port is the host's
        port = _container_port(command, environment)
        place = Place(mode.span.path, f"{pointer}/network_mode", mode.span)
        ports = (Port(port, port, place),)
    named = _config_option(command, environment)
    meant = find_meant_config(mounts, environment) if named is None else None
    config_path = _config_path(named, node.text("working_dir"), mounts)
    if meant is not None and meant.path is not None:
        config_path = meant.path
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
        entrypoint=None if entrypoint is None else arguments_of(entrypoint),
        host_network=host_network,
        config_found=path_kind(config_path) if config_path is not None else "unknown",
        hides_app=next((mount for mount in mounts if _hides_app(mount)), None),
        shown_image=image or "",
        shown_command=(*shown.words, *shown.swallowed),
        swallowed=shown.swallowed,
        build=build,
        by_hand=by_hand,
        meant_config=meant,
    )


def _built_variables(build: Build) -> dict[str, Passed]:
    return {
        name: Passed(name, Secret(value), place)
        for name, (value, place) in build.environment.items()
    }


def _copied_files(build: Build | None) -> Iterator[Mount]:
    """Yield the files that the image copies from the build context, as if they were mounted."""
    for source, target, place in build.copied if build is not None else ():
        shown = os.path.basename(source)  # noqa: PTH119
        yield Mount(target, place, shown, source, path_kind(source), target)


def _config_option(command: tuple[str, ...], environment: Mapping[str, Passed]) -> str | None:
    named = environment.get("CONFIG_FILE_PATH")
    if named is not None and named.value:  # it overrides the option
        return named.value.reveal()
    return option(command, "--config", "-c")


def _container_port(command: tuple[str, ...], environment: Mapping[str, Passed]) -> int:
    written = option(command, "--port")
    variable = environment.get("PORT")
    if written is None and variable is not None and variable.value is not None:
        written = variable.value.reveal()
    return int(written) if written and _PORT.fullmatch(written) else _DEFAULT_PORT


def _hides_app(mount: Mount) -> bool:
    """Return whether a mounted folder hides the image's /app and lacks LiteLLM's start script."""
    if mount.target != "/app" or mount.source is None or mount.found == "file":
        return False
    return path_kind(f"{mount.source}/docker/prod_entrypoint.sh") == "missing"


def absolute_path(path: str, folder: str | None) -> str:
    """Return a path in LiteLLM's container. `folder` is its working folder, /app by default."""
    return os.path.normpath(os.path.join(folder or "/app", path))  # noqa: PTH118


def _config_path(written: str | None, folder: str | None, mounts: tuple[Mount, ...]) -> str | None:
    """Return the file on the host that is mounted where the service's `--config` points."""
    target = absolute_path(written or DEFAULT_CONFIG, folder)
    mount = innermost(mounts, target)
    return mount.host_path(target) if mount is not None else None
