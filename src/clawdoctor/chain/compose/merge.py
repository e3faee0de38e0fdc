"""Merging Compose files, and services that extend others, by Compose's own rules.

Mappings are merged. Lists of `NAME=value` are merged by name, other lists are joined, and a command
replaces the earlier one. Every node keeps the span in its own file. A mapping also keeps entries
that are overridden, because their secrets are still in a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clawdoctor.source.node import Entry, Node

_REPLACED = ("command", "entrypoint", "test")
_BY_NAME = ("environment", "labels", "args", "extra_hosts", "sysctls")
_DEEPEST = 8

Open = Callable[[str, Node], Node | None]
"""Return the root of the Compose file that a node names, or None if it cannot be read."""


def merged(base: Node, over: Node, key: str = "") -> Node:
    """Return the merged value of a key; `over` takes precedence over `base`."""
    if over.kind == "null":
        return base
    if key in _BY_NAME and base.kind != over.kind:
        base, over = _by_name(base), _by_name(over)
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
            replaced = {mount_target(item) for item in over.items}
            kept = tuple(item for item in kept if mount_target(item) not in replaced)
        return replace(base, items=kept + over.items)
    return over


def extended(root: Node, open_file: Open) -> Node:
    """Return the file with the `extends` of every service resolved."""
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
    # Services do not inherit dependencies.
    return merged(_extended(source, base, open_file, depth + 1), node)


def mount_target(item: Node) -> str:
    """Return the mount point of a volume, which is how Compose tells volumes apart."""
    if item.kind == "mapping":
        return item.text("target") or ""
    parts = str(item.value).split(":")
    ends_in_mode = len(parts) > 2 and not parts[-1].startswith("/")
    return parts[-2] if ends_in_mode else parts[-1]


def _by_name(node: Node) -> Node:
    """Return a list of `NAME=value` as a mapping."""
    if node.kind != "sequence":
        return node
    entries = []
    for item in node.items:
        if isinstance(item.value, str):
            name, equals, value = item.value.partition("=")
            meant = Node("string", item.span, value) if equals else Node("null", item.span)
            entries.append(Entry(name, item, meant))
    return Node("mapping", node.span, entries=tuple(entries))
