"""The ports that a service publishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.source.node import Node

_SHORT_SYNTAX = regex(
    r"(?:(?:(?P<ip>\[[^\]]*\]|[^:\[\]]*):)?(?P<host>[0-9-]*):)?(?P<container>[0-9-]+)"
    r"(?:/(?P<protocol>\w+))?"
)
_RANGE = regex(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_HIGHEST = 65535
_EVERYWHERE = ("", "0.0.0.0", "::", "*")  # noqa: S104  what users write


@dataclass(frozen=True, slots=True)
class Port:
    """A published TCP port. `ip` is empty if it listens on all addresses of the host.

    `shown_ip` is the address as a report may quote it, without the value of a variable.
    """

    host: int
    container: int
    place: Place
    ip: str = ""
    shown_ip: str = ""


@dataclass(frozen=True, slots=True)
class UnassignedPort:
    """A published port of the container, with a host port that Docker chooses."""

    container: int
    place: Place


def read_ports(
    node: Node, pointer: str, shell: Mapping[str, str]
) -> Iterator[Port | UnassignedPort]:
    """Yield the published ports, each port of a range separately. Invalid entries are skipped."""
    ports = node.get("ports")
    for index, item in enumerate(ports.items if ports is not None else ()):
        place = Place(item.span.path, f"{pointer}/ports/{index}", item.span)
        if item.kind == "mapping":
            fields = [_field(item, name, shell) for name in ("host_ip", "published", "target")]
            protocol = _field(item, "protocol", shell)
        else:
            match = _SHORT_SYNTAX.fullmatch(interpolate(str(item.value), shell)[0].strip())
            if match is None:
                continue
            fields = [match["ip"] or "", match["host"] or "", match["container"]]
            protocol = match["protocol"] or ""
        if protocol in ("", "tcp"):
            written = str(item.text("host_ip") if item.kind == "mapping" else item.value)
            for port in _port_pairs(fields[0].strip("[]"), fields[1], fields[2], place):
                if isinstance(port, Port) and port.ip:
                    port = replace(port, shown_ip=port.ip if port.ip in written else "an address")
                yield port


def _field(node: Node, name: str, shell: Mapping[str, str]) -> str:
    child = node.get(name)
    return "" if child is None or child.value is None else interpolate(str(child.value), shell)[0]


def _port_pairs(
    ip: str, host: str, container: str, place: Place
) -> Iterator[Port | UnassignedPort]:
    inside, outside = _range(container), _range(host)
    if inside is None or (host and outside is None):
        return
    if outside is None or len(outside) != len(inside):
        for port in inside:
            yield UnassignedPort(port, place)
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
    """Return the host's addresses that a published port listens on."""
    if not port.ip:
        return "every"
    return "loopback" if port.ip.startswith("127.") or port.ip in ("::1", "localhost") else "other"
