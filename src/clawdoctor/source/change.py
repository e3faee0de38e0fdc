"""What a fix changes in a file, said by node. The writers follow the file's own style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from clawdoctor.deferred import dataclass
from clawdoctor.source.node import Entry, Node, split_pointer
from clawdoctor.source.text import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """A text that replaces a span of a file. An empty span inserts the text."""

    span: Span
    text: str


Value: TypeAlias = (
    "str | int | float | bool | Mapping[str, Value] | Sequence[Value] | Node | Quoted | None"
)
"""What to write. A node stands for its own text in the file, copied as it is."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A string that gets quotes even where the format needs none."""

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
    """Give a key another name."""

    entry: Entry
    name: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a key with its value from a mapping.

    Comments stay, but not those in a block that was copied whole (`joined`).
    """

    mapping: Node
    entry: Entry
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Copy the keys or items of a container to the end of another one, with their comments.

    Only YAML's block style has them in lines of their own, so only there it can be written.
    """

    into: Node
    part: Node


@dataclass(frozen=True, slots=True)
class Nest:
    """Put neighbouring keys of a mapping below another key of it, which is added if it is missing.

    As for a `Join`, only YAML's block style can be edited so.
    """

    mapping: Node
    entries: tuple[Entry, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Itemize:
    """Make an item of a list of each key of a mapping: the key's name becomes a value in it.

    The value is the first one of the item, below `key`. `listed` says that the mapping is an item
    of a list already, so that it has its dash. As for a `Join`, only YAML's block style can be
    edited so.
    """

    mapping: Node
    key: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Straighten:
    """Write straight quotes for the typographic ones around a plain string of YAML.

    The text between them, which may be secret, is not written again.
    """

    node: Node


@dataclass(frozen=True, slots=True)
class SplitKey:
    """Put the missing blank after the first colon of a plain string of YAML, such as `key:value`.

    The string then is a mapping. Its value, which may be secret, is not written again.
    """

    node: Node


Change: TypeAlias = (
    Put | Add | Append | Rename | Remove | Join | Nest | Itemize | Straighten | SplitKey
)


def put(root: Node, pointer: str, value: Value) -> tuple[Change, ...]:
    """Return the change after which `pointer` has a value: its key is added if it is missing.

    Missing parents become mappings. The result is empty if the nearest existing parent is neither
    a mapping nor empty.
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
    """Return the changes that take a key from one place in a file to another, value and all."""
    parent, _, _ = pointer.rpartition("/")
    mapping, token = root.at(parent), split_pointer(pointer)[-1]
    entry = mapping.entry(token) if mapping is not None else None
    if mapping is None or entry is None or entry.merged:
        return ()
    added = put(root, to, entry.value)
    return (*added, Remove(mapping, entry, joined=True)) if added else ()


def span_of(change: Change) -> Span:
    """The span of the node in which a change takes place. Its path names the file."""
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
