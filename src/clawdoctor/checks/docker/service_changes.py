"""Build the changes of a service in a Compose file. Users change a `docker run` line by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clawdoctor.chain.compose import Compose, Service
from clawdoctor.deferred import regex
from clawdoctor.source.change import Add, Append, Change, Put, Quoted, Value, put
from clawdoctor.source.node import Node

_MAPPING = regex(
    r"(?:(?P<ip>[0-9]+(?:\.[0-9]+){3}|\[[^\]]*\]):)?(?:[0-9]+:)?[0-9]+(?P<protocol>/tcp)?"
)
_MODE = regex(r":[a-zA-Z]+(?:,[a-zA-Z]+)*$")


def pass_variable(service: Service, name: str) -> tuple[Change, ...]:
    """Pass a variable of the shell on to the container."""
    listed = _part(service, "environment")
    reference = f"${{{name}}}"
    if listed is None or listed.kind == "null":
        return _added(service, "environment", {name: reference})
    items = listed.items or _written_as_list(listed)
    if listed.kind == "mapping" and not items:
        return (Add(listed, name, reference),)
    same = any(isinstance(item.value, str) and "=${" in item.value for item in items)
    written = f"{name}={reference}" if same else name
    return (Append(replace(listed, kind="sequence", entries=(), items=items), written),)


def publish_port(service: Service, host: int, container: int) -> tuple[Change, ...]:
    """Publish a port of the container on this machine alone."""
    return _appended(service, "ports", Quoted(f"127.0.0.1:{host}:{container}"))


def map_port(compose: Compose, pointer: str, host: int, container: int) -> tuple[Change, ...]:
    """Change the ports of an entry of `ports`, and keep its address on this machine."""
    node = compose.root.at(pointer)
    if node is not None and node.kind == "mapping":
        ports = {"target": container, "published": host}
        return tuple(
            change
            for key, port in ports.items()
            if (old := node.get(key)) is None or str(old.value) != str(port)
            for change in put(node, f"/{key}", port)
        )
    match = _MAPPING.fullmatch(str(node.value)) if node is not None else None
    if node is None or match is None:
        return ()
    address = match["ip"] or ("127.0.0.1" if ":" not in str(node.value) else "")
    written = f"{host}:{container}{match['protocol'] or ''}"
    return (Put(node, Quoted(f"{address}:{written}" if address else written)),)


def mount_file(service: Service, source: str, target: str) -> tuple[Change, ...]:
    """Mount a file of this host, read-only."""
    return _appended(service, "volumes", f"{source}:{target}:ro")


def mount_instead(compose: Compose, pointer: str, source: str, target: str) -> tuple[Change, ...]:
    """Mount a file of this host instead of an entry of `volumes`, in the same mode."""
    node = compose.root.at(pointer)
    if node is None or not isinstance(node.value, str):
        return ()
    mode = _MODE.search(node.value)
    return (Put(node, f"{source}:{target}{mode[0] if mode else ''}"),)


def name_host(service: Service) -> tuple[Change, ...]:
    """Make host.docker.internal known in a container on Linux."""
    listed = _part(service, "extra_hosts")
    if listed is not None and (listed.kind == "mapping" or "host.docker.internal" in str(listed)):
        return ()
    return _appended(service, "extra_hosts", Quoted("host.docker.internal:host-gateway"))


def start_with(service: Service, key: str, words: Sequence[str]) -> tuple[Change, ...]:
    """Start the program with these words; `key` is `command` or `entrypoint`."""
    return _added(service, key, [Quoted(word) for word in words])


def _appended(service: Service, key: str, value: Value) -> tuple[Change, ...]:
    listed = _part(service, key)
    if listed is None or listed.kind == "null":
        return _added(service, key, [value])
    return (Append(listed, value),) if listed.kind == "sequence" else ()


def _added(service: Service, key: str, value: Value) -> tuple[Change, ...]:
    """Set a key of a service. Users change a service with `extends` by hand."""
    if service.by_hand or service.node.get("extends") is not None:
        return ()
    return put(service.node, f"/{key}", value)


def _part(service: Service, key: str) -> Node | None:
    return None if service.by_hand else service.node.get(key)


def _written_as_list(mapping: Node) -> tuple[Node, ...]:
    """Return the items of a list that was merged with a mapping and read as one."""
    return tuple(entry.key for entry in mapping.entries if entry.key.span == entry.value.span)
