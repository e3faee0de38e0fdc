"""Docker Compose files, as far as they decide how the proxy runs.

Compose interpolates `${NAME}` in its own file, from the shell and from `.env` beside it. What it
passes on is all that the service has: `environment` and `env_file`.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from clawdoctor.chain.dotenv import assignments
from clawdoctor.chain.situation import Situation
from clawdoctor.facts import Absent, Unavailable
from clawdoctor.finding import Place
from clawdoctor.source.node import Node, SyntaxFault, join_pointer
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

FILE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""Where Compose looks, in its order."""

_REFERENCE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)"
    r"|\{(?P<braced>[A-Za-z_]\w*)(?:(?P<operator>:?[-?+])(?P<operand>[^}]*))?\})"
)


@dataclass(frozen=True, slots=True)
class Passed:
    """A variable that a service gets. `value` is None where it is passed on but not set here.

    `from_shell` marks a value that depends on the shell in which Compose is run.
    """

    name: str
    value: str | None = field(repr=False)
    place: Place
    from_shell: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """A published port: on the host, and in the container."""

    host: int
    container: int
    place: Place


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `complete` is False where an `env_file` could not be read."""

    name: str
    pointer: str
    node: Node
    image: str | None
    command: tuple[str, ...]
    environment: Mapping[str, Passed] = field(repr=False)
    complete: bool
    ports: tuple[Port, ...]
    config_path: str | None

    def option(self, *names: str) -> str | None:
        """The value of an option of the service's command."""
        for index, argument in enumerate(self.command):
            name, equals, value = argument.partition("=")
            if name in names:
                return value if equals else next(iter(self.command[index + 1 : index + 2]), None)
        return None

    @property
    def container_port(self) -> int:
        """The port on which LiteLLM listens inside the container; 4000 unless it is told."""
        port = self.option("--port") or ""
        return int(port) if port.isdecimal() else 4000


@dataclass(frozen=True, slots=True)
class Compose:
    """A Compose file that runs a LiteLLM proxy."""

    path: str
    root: Node
    text: Text
    services: tuple[Service, ...]
    proxy: Service | None


def load_compose(situation: Situation) -> Compose | Absent | Unavailable:
    """The named Compose file, or the one in the current folder if LiteLLM runs in it."""
    path = _find(situation)
    if path is None:
        return Absent("there is no Compose file")
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return Unavailable(text.message, "DK001", place=Place(path, ""))
    source = parse_yaml(text, tags="ignore")
    if isinstance(source, SyntaxFault):
        if situation.compose is None and "litellm" not in text.content:
            return Absent("the Compose file here does not run LiteLLM")
        place = Place(path, "", source.span, source.message)
        return Unavailable(source.message, "DK001", place=place)
    shell = {**_dot_env(Path(path).parent / ".env"), **situation.environ}
    services = tuple(_services(source.root, path, shell))
    proxy = next((service for service in services if _runs_litellm(service)), None)
    if proxy is None:
        return Absent("no service of the Compose file runs LiteLLM")
    return Compose(path, source.root, text, services, proxy)


def _find(situation: Situation) -> str | None:
    if situation.compose is not None:
        return situation.path(situation.compose)
    paths = (situation.path(name) for name in FILE_NAMES)
    return next((path for path in paths if Path(path).is_file()), None)


def interpolate(text: str, variables: Mapping[str, str]) -> tuple[str, bool]:
    """A string as Compose sees it, and whether it depends on a variable that is not set."""
    missing = False

    def replace(match: re.Match[str]) -> str:
        nonlocal missing
        if match["escaped"]:
            return "$"
        name = match["bare"] or match["braced"]
        operator, operand = match["operator"] or "", match["operand"] or ""
        value = variables.get(name)
        unset = value is None or (value == "" and operator.startswith(":"))
        if operator.endswith("+"):
            return "" if unset else operand
        if not unset:
            return value or ""
        if operator.endswith("-"):
            return operand
        missing = True
        return ""

    return _REFERENCE.sub(replace, text), missing


def _services(root: Node, path: str, shell: Mapping[str, str]) -> Iterator[Service]:
    services = root.get("services")
    for name, node in services.children() if services is not None else ():
        if node.kind != "mapping":
            continue
        pointer = f"/services/{name}"
        image = node.text("image")
        environment, complete = _environment(node, path, pointer, shell)
        command = _command(node.get("entrypoint")) + _command(node.get("command"))
        yield Service(
            name=name,
            pointer=pointer,
            node=node,
            image=interpolate(image, shell)[0] if image else None,
            command=tuple(interpolate(word, shell)[0] for word in command),
            environment=environment,
            complete=complete,
            ports=tuple(_ports(node, path, pointer, shell)),
            config_path=_config_path(node, command, path, shell),
        )


def _runs_litellm(service: Service) -> bool:
    image = (service.image or "").partition("@")[0]
    if "litellm" in image.rpartition("/")[2] or "/litellm" in image:
        return True
    return any(os.path.basename(word) == "litellm" for word in service.command[:3])  # noqa: PTH119


def _command(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if isinstance(node.value, str):
        try:
            return tuple(shlex.split(node.value))
        except ValueError:  # an open quote: Compose refuses it, we only read on
            return tuple(node.value.split())
    return tuple(str(item.value) for item in node.items)


def _environment(
    node: Node, path: str, pointer: str, shell: Mapping[str, str]
) -> tuple[dict[str, Passed], bool]:
    """The variables of a service: env_file first, `environment` over it."""
    passed: dict[str, Passed] = {}
    complete = True
    for file in _env_files(node):
        target = Path(path).parent / interpolate(file, shell)[0]
        text = read_text(target)
        if isinstance(text, Unreadable):
            complete = False
            continue
        for one in assignments(text):
            place = Place(str(target), "", one.span)
            passed[one.name] = Passed(one.name, one.value, place)
    for name, value, place in _written_variables(node, path, f"{pointer}/environment"):
        if value is None:
            passed[name] = Passed(name, shell.get(name), place, from_shell=True)
        else:
            result, missing = interpolate(value, shell)
            depends = missing or _REFERENCE.search(value) is not None
            passed[name] = Passed(name, None if missing else result, place, depends)
    return passed, complete


def _env_files(node: Node) -> Iterator[str]:
    files = node.get("env_file")
    if files is None:
        return
    for item in (files,) if files.kind != "sequence" else files.items:
        name = item.text("path") if item.kind == "mapping" else item.value
        if isinstance(name, str):
            yield name


def _written_variables(
    node: Node, path: str, pointer: str
) -> Iterator[tuple[str, str | None, Place]]:
    environment = node.get("environment")
    if environment is None:
        return
    for entry in environment.entries:
        value = entry.value.value
        written = None if value is None else _scalar(value)
        yield entry.name, written, Place(path, join_pointer(pointer, entry.name), entry.value.span)
    for index, item in enumerate(environment.items):
        name, equals, value = str(item.value).partition("=")
        yield name, value if equals else None, Place(path, join_pointer(pointer, index), item.span)


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _ports(node: Node, path: str, pointer: str, shell: Mapping[str, str]) -> Iterator[Port]:
    ports = node.get("ports")
    for index, item in enumerate(ports.items if ports is not None else ()):
        place = Place(path, f"{pointer}/ports/{index}", item.span)
        if item.kind == "mapping":
            host, container = item.get("published"), item.get("target")
            pair = (str(host.value if host else ""), str(container.value if container else ""))
        else:
            words = interpolate(str(item.value), shell)[0].partition("/")[0].split(":")
            pair = (words[-2] if len(words) > 1 else "", words[-1])
        if pair[0].isdecimal() and pair[1].isdecimal():
            yield Port(int(pair[0]), int(pair[1]), place)


def _config_path(
    node: Node, command: tuple[str, ...], path: str, shell: Mapping[str, str]
) -> str | None:
    """The file on the host that is mounted where the service's `--config` points."""
    wanted = next((b for a, b in pairwise(command) if a == "--config"), None)
    wanted = wanted or "/app/config.yaml"
    volumes = node.get("volumes")
    for item in volumes.items if volumes is not None else ():
        if item.kind == "mapping":
            source, target = item.text("source"), item.text("target")
        else:
            source, _, rest = str(item.value).partition(":")
            target = rest.partition(":")[0]
        if not source or not target:
            continue
        source = interpolate(source, shell)[0]
        if target == wanted:
            return str(Path(path).parent / source)
        if wanted.startswith(target.rstrip("/") + "/"):
            return str(Path(path).parent / source / wanted[len(target.rstrip("/")) + 1 :])
    return None


def _dot_env(path: Path) -> dict[str, str]:
    text = read_text(path)
    return {} if isinstance(text, Unreadable) else {a.name: a.value for a in assignments(text)}
