"""The ports that a service publishes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.finding import Place
from clawdoctor.source.node import Node

_LONG = re.compile(
    r"(?:(?:(?P<ip>\[[^\]]*\]|[^:\[\]]*):)?(?P<host>[0-9-]*):)?(?P<container>[0-9-]+)"
    r"(?:/(?P<protocol>\w+))?"
)
_RANGE = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_HIGHEST = 65535
_EVERYWHERE = ("", "0.0.0.0", "::", "*")  # noqa: S104  what users write


@dataclass(frozen=True, slots=True)
class Port:
    """A published TCP port: on the host, and in the container. `ip` is empty for every address."""

    host: int
    container: int
    place: Place
    ip: str = ""


@dataclass(frozen=True, slots=True)
class LoosePort:
    """A port of the container that is published, but to no certain port of the host."""

    container: int
    place: Place


def read_ports(node: Node, pointer: str, shell: Mapping[str, str]) -> Iterator[Port | LoosePort]:
    """The published ports, ranges port by port; what is no port at all is left out."""
    ports = node.get("ports")
    for index, item in enumerate(ports.items if ports is not None else ()):
        place = Place(item.span.path, f"{pointer}/ports/{index}", item.span)
        if item.kind == "mapping":
            words = [_word(item, name, shell) for name in ("host_ip", "published", "target")]
            protocol = _word(item, "protocol", shell)
        else:
            match = _LONG.fullmatch(interpolate(str(item.value), shell)[0].strip())
            if match is None:
                continue
            words = [match["ip"] or "", match["host"] or "", match["container"]]
            protocol = match["protocol"] or ""
        if protocol in ("", "tcp"):
            yield from _pairs(words[0].strip("[]"), words[1], words[2], place)


def _word(node: Node, name: str, shell: Mapping[str, str]) -> str:
    child = node.get(name)
    return "" if child is None or child.value is None else interpolate(str(child.value), shell)[0]


def _pairs(ip: str, host: str, container: str, place: Place) -> Iterator[Port | LoosePort]:
    inside, outside = _range(container), _range(host)
    if inside is None or (host and outside is None):
        return
    if outside is None or len(outside) != len(inside):
        for port in inside:
            yield LoosePort(port, place)
        return
    for here, there in zip(outside, inside, strict=True):
        yield Port(here, there, place, "" if ip in _EVERYWHERE else ip)


def _range(text: str) -> range | None:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    return range(first, last + 1) if 0 < first <= last <= _HIGHEST else None


Interface = Literal["every", "loopback", "other"]


def interface(port: Port) -> Interface:
    """To whom a published port is open."""
    if not port.ip:
        return "every"
    return "loopback" if port.ip.startswith("127.") or port.ip in ("::1", "localhost") else "other"
