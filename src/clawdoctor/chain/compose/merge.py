"""Several Compose files as one, and services that extend others, by Compose's own rules.

Mappings are merged, what a variable's name tells apart by that name, other lists are joined, a
command is replaced. Every node keeps the span of the file it stands in, and nothing that is
overridden is dropped from a mapping: its secrets are still in a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clawdoctor.source.node import Entry, Node

_REPLACED = ("command", "entrypoint", "test")
_BY_NAME = ("environment", "labels", "args", "extra_hosts", "sysctls")
_DEEPEST = 8

Open = Callable[[str, Node], Node | None]
"""The root of another Compose file that a node names, or None where there is none to read."""


def merged(base: Node, over: Node, key: str = "") -> Node:
    """One value from two of the same key; `over` is the later one."""
    if over.kind == "null":
        return base
    if key in _BY_NAME and base.kind != over.kind:
        base, over = _named(base), _named(over)
    if base.kind == over.kind == "mapping":
        entries = base.entries
        for name, node in over.children():
            before, written = base.entry(name), over.entry(name)
            assert written is not None
            if before is None:
                entries += (written,)
                continue
            value = merged(before.value, node, name)
            joined = value.kind in ("mapping", "sequence") and value.span == before.value.span
            entries += (replace(before if joined else written, value=value),)
        return replace(base, entries=entries)
    if base.kind == over.kind == "sequence" and key not in _REPLACED:
        kept = base.items
        if key == "volumes":
            again = {mount_target(item) for item in over.items}
            kept = tuple(item for item in kept if mount_target(item) not in again)
        return replace(base, items=kept + over.items)
    return over


def extended(root: Node, open_file: Open) -> Node:
    """The file with every service's `extends` resolved."""
    services = root.entry("services")
    if services is None or services.value.kind != "mapping":
        return root
    entries = services.value.entries
    for name, node in services.value.children():
        if node.kind == "mapping" and node.get("extends") is not None:
            entry = services.value.entry(name)
            assert entry is not None
            entries += (replace(entry, value=_extended(root, node, open_file, 0)),)
    whole = replace(services, value=replace(services.value, entries=entries))
    return replace(root, entries=(*root.entries, whole))


def _extended(root: Node, node: Node, open_file: Open, depth: int) -> Node:
    extends = node.get("extends")
    if extends is None or depth > _DEEPEST:
        return node
    name = extends.value if extends.kind != "mapping" else extends.text("service")
    file = extends.text("file")
    source = open_file(file, extends) if file is not None else root
    services = source.get("services") if source is not None else None
    base = services.get(str(name)) if services is not None else None
    if source is None or base is None or base.kind != "mapping":
        return node
    # A service's own dependencies are not handed down.
    return merged(_extended(source, base, open_file, depth + 1), node)


def mount_target(item: Node) -> str:
    """Where a volume is mounted: what tells volumes apart."""
    if item.kind == "mapping":
        return item.text("target") or ""
    words = str(item.value).split(":")
    ends_in_mode = len(words) > 2 and not words[-1].startswith("/")
    return words[-2] if ends_in_mode else words[-1]


def _named(node: Node) -> Node:
    """A list of `NAME=value` as the mapping that it means."""
    if node.kind != "sequence":
        return node
    entries = []
    for item in node.items:
        if isinstance(item.value, str):
            name, equals, value = item.value.partition("=")
            meant = Node("string", item.span, value) if equals else Node("null", item.span)
            entries.append(Entry(name, item, meant))
    return Node("mapping", node.span, entries=tuple(entries))
