"""The port on which this chain's proxy should listen, for the command that starts it."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.knowledge import table
from clawdoctor.run.situation import DEFAULT_PORT, Situation

_OF_A_SERVER_IN_FRONT = (80, 443)


def proxy_port(situation: Situation, file: OpenClawFile | None) -> int:
    """Return the port that OpenClaw uses on this machine, or that of the running proxy."""
    for port in (*_named_ports(situation), *_ports_of_providers(file)):
        if port not in _OF_A_SERVER_IN_FRONT:
            return port
    return situation.processes[0].port if situation.processes else DEFAULT_PORT


def _named_ports(situation: Situation) -> Iterator[int]:
    yield from _local_port(situation.proxy_url or "")


def _ports_of_providers(file: OpenClawFile | None) -> Iterator[int]:
    block = file.root.at("/models/providers") if file is not None else None
    others = table("providers")
    found: list[tuple[bool, int]] = []
    for name, provider in block.children() if block is not None else ():
        if name.casefold() in others["ids"] or provider.kind != "mapping":
            continue
        ports = _local_port(provider.text("baseUrl") or "")
        found += [("litellm" not in name.casefold(), p) for p in ports if p not in others["ports"]]
    yield from (port for _, port in sorted(found, key=lambda item: item[0]))


def _local_port(url: str) -> Iterator[int]:
    host, port = host_of(url), port_of(url)
    if host is not None and is_loopback(host) and port is not None:
        yield port
