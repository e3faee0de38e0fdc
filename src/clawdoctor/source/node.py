"""One frozen node type for JSON5 and YAML, with the span of every key and value.

Nodes know no file format. Lookups take JSON pointers (RFC 6901); the pointer of the root is "".
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import field
from functools import lru_cache
from typing import Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.text import Position, Span

_INDEX = regex(r"0|[1-9][0-9]{0,8}")

Kind = Literal["mapping", "sequence", "string", "number", "boolean", "null", "date", "other"]
Scalar = str | int | float | bool | datetime.date | None
"""The value of a scalar node. `datetime.datetime` is a `datetime.date`."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a file.

    `value` holds a scalar's Python value and is None for containers. `alias` is the span of the
    YAML alias (or merge key) that inserts this node here; `span` is the place of the value itself.
    """

    kind: Kind
    span: Span
    value: Scalar = None
    entries: tuple[Entry, ...] = ()
    items: tuple[Node, ...] = ()
    alias: Span | None = None
    _by_name: dict[str, Entry] | None = field(default=None, init=False, repr=False, compare=False)

    def entry(self, key: str) -> Entry | None:
        """Return the effective entry of `key`, which in both formats is the last one."""
        by_name = self._by_name
        return (self._effective() if by_name is None else by_name).get(key)

    def _effective(self) -> dict[str, Entry]:
        """Return the effective entries by name. A mapping is indexed once, at first use."""
        by_name = self._by_name
        if by_name is None:
            by_name = {entry.name: entry for entry in self.entries}
            object.__setattr__(self, "_by_name", by_name)
        return by_name

    def get(self, key: str) -> Node | None:
        """Return the value of `key` in a mapping, or None."""
        by_name = self._by_name
        entry = (self._effective() if by_name is None else by_name).get(key)
        return None if entry is None else entry.value

    def text(self, key: str) -> str | None:
        """Return the value of `key` if it is a string, else None."""
        node = self.get(key)
        return node.value if node is not None and isinstance(node.value, str) else None

    def at(self, pointer: str) -> Node | None:
        """Return the node at a JSON pointer, or None."""
        node: Node | None = self
        for token in split_pointer(pointer):
            if node is None:
                return None
            node = node.child(token)
        return node

    def child(self, token: str) -> Node | None:
        """Return the member or item that a pointer token names, or None."""
        if self.kind == "mapping":
            return self.get(token)
        if self.kind == "sequence" and _INDEX.fullmatch(token) and int(token) < len(self.items):
            return self.items[int(token)]
        return None

    def children(self) -> Iterator[tuple[str, Node]]:
        """Yield the token and node of each child. Only the effective entry of a key counts."""
        if self.kind == "sequence":
            for index, item in enumerate(self.items):
                yield str(index), item
        for name, entry in self._effective().items():
            yield name, entry.value

    def python(self) -> object:
        """Return the plain Python value: dicts, lists and scalars. Keys are strings."""
        if self.kind == "mapping":
            return {name: node.python() for name, node in self.children()}
        if self.kind == "sequence":
            return [item.python() for item in self.items]
        return self.value


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value. `name` is the key as a string, even if YAML reads it as a number.

    `merged` marks an entry that a YAML merge key (`<<`) added.
    """

    name: str
    key: Node
    value: Node
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file: its path and its root node."""

    path: str
    root: Node


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Why a text does not parse, and where. The message quotes no text of the file."""

    message: str
    span: Span


@lru_cache(4096)
def split_pointer(pointer: str) -> tuple[str, ...]:
    """Return the tokens of a JSON pointer, unescaped."""
    if not pointer:
        return ()
    return tuple(t.replace("~1", "/").replace("~0", "~") for t in pointer[1:].split("/"))


def join_pointer(pointer: str, token: str | int) -> str:
    """Return the pointer of a child."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def nearest_existing(root: Node, pointer: str) -> tuple[str, Span | None]:
    """Return the pointer and span of the node at a pointer, or of its nearest existing ancestor.

    If the node exists, the span is that of its value. Otherwise it is that of the ancestor's key.
    An item of a sequence has no key, so its first key or its opening bracket is used. For the root,
    the span is None.
    """
    found, span, node = "", None, root
    tokens = split_pointer(pointer)
    for depth, token in enumerate(tokens):
        entry = node.entry(token) if node.kind == "mapping" else None
        child = entry.value if entry else node.child(token)
        if child is None:
            return found, span
        found, node = join_pointer(found, token), child
        if depth == len(tokens) - 1:
            span = child.span
        else:
            span = entry.key.span if entry else _opening(child)
    return found, span


def _opening(item: Node) -> Span:
    start = item.span.start
    for entry in item.entries:  # merged entries come first, and their keys are elsewhere
        if entry.key.span.start == start:
            return entry.key.span
    return Span(item.span.path, start, Position(start.line, start.column + 1))
