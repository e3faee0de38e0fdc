"""Changes that fixes make to a file, given by node. The writers follow the file's own style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from clawdoctor.deferred import dataclass
from clawdoctor.source.node import Entry, Node, split_pointer
from clawdoctor.source.text import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A string that replaces a span of a file. An empty span inserts the string."""

    span: Span
    text: str


Value: TypeAlias = (
    "str | int | float | bool | Mapping[str, Value] | Sequence[Value] | Node | Entry | Quoted"
    " | None"
)
"""A value to write.

A node means its own text in the file, copied unchanged. An entry means the text of its value, with
the comment lines above its key where the writer gives it a line of its own.
"""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A string that is quoted even where the format does not require quotes."""

    text: str


@dataclass(frozen=True, slots=True)
class Put:
    """Replace a value."""

    node: Node
    value: Value


@dataclass(frozen=True, slots=True)
class Add:
    """Add a key to a mapping that does not have it, after its last key."""

    mapping: Node
    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Append:
    """Add an item to a sequence."""

    sequence: Node
    value: Value


@dataclass(frozen=True, slots=True)
class Rename:
    """Rename a key."""

    entry: Entry
    name: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a key with its value from a mapping.

    Comments stay, except those of a value that was copied into another container (`copied_to`).
    """

    mapping: Node
    entry: Entry
    copied_to: Node | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Copy the keys or items in a key's container to the end of another one, with their comments.

    Supported in YAML only. Brackets have no place for comments.
    """

    into: Node
    part: Entry


@dataclass(frozen=True, slots=True)
class Nest:
    """Nest adjacent keys of a mapping under another key, which is added if it is missing.

    Supported in YAML's block style only, where each part has lines of its own.
    """

    mapping: Node
    entries: tuple[Entry, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Itemize:
    """Turn each key of a mapping into a list item, with the key's name as a value in it.

    The name is the item's first value, under `key`. `listed` says that the mapping already is a
    list item and has its dash. Like `Join`, supported in YAML's block style only.
    """

    mapping: Node
    key: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Straighten:
    """Replace typographic quotes around a plain YAML string with straight ones.

    The text between them, which may be secret, is not rewritten.
    """

    node: Node


@dataclass(frozen=True, slots=True)
class SplitKey:
    """Insert the missing space after the first colon of a plain YAML string such as `key:value`.

    The string then becomes a mapping. Its value, which may be secret, is not rewritten.
    """

    node: Node


Change: TypeAlias = (
    Put | Add | Append | Rename | Remove | Join | Nest | Itemize | Straighten | SplitKey
)


def put(root: Node, pointer: str, value: Value) -> tuple[Change, ...]:
    """Return the changes that set `pointer` to a value, adding its key if it is missing.

    Missing parents become mappings. The result is empty if the nearest existing parent is neither a
    mapping nor empty.
    """
    node, tokens = root, split_pointer(pointer)
    for depth, token in enumerate(tokens):
        child = node.child(token)
        if child is not None:
            node = child
            continue
        for key in reversed(tokens[depth + 1 :]):
            value = {key: value}
        if node.kind == "mapping":
            return (Add(node, token, value),)
        return (Put(node, {token: value}),) if node.kind == "null" else ()
    return (Put(node, value),)


def move(root: Node, pointer: str, to: str) -> tuple[Change, ...]:
    """Return the changes that move a key and its value to another place in the file."""
    parent, _, _ = pointer.rpartition("/")
    mapping, token = root.at(parent), split_pointer(pointer)[-1]
    entry = mapping.entry(token) if mapping is not None else None
    if mapping is None or entry is None or entry.merged:
        return ()
    match put(root, to, entry):
        case (Add(mapping=into) | Put(node=into, value=Mapping()) as added,):
            return added, Remove(mapping, entry, copied_to=into)
        case (Put() as replaced,):
            return replaced, Remove(mapping, entry)
    return ()


def span_of(change: Change) -> Span:
    """Return the span of the node that a change affects. Its path names the file."""
    match change:
        case Put(node) | Straighten(node) | SplitKey(node):
            return node.span
        case Add(mapping) | Remove(mapping) | Nest(mapping) | Itemize(mapping):
            return mapping.span
        case Append(sequence):
            return sequence.span
        case Rename(entry):
            return entry.key.span
        case Join(into):
            return into.span
