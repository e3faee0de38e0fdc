"""What is wrong with a config that LiteLLM starts with, and the words for it."""

from __future__ import annotations

from clawdoctor.deferred import dataclass
from clawdoctor.source.change import Change, Put
from clawdoctor.source.node import Kind, Node, join_pointer
from clawdoctor.wire.python_error import no_attribute

STOPS = "the proxy does not start"
_KINDS = {
    "mapping": "keys and values",
    "sequence": "a list",
    "string": "a text",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
    "date": "a date",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a pointer, what LiteLLM makes of it, and what to write instead.

    `sure` is False if the proxy may have another environment than clawdoctor, or may be of a
    version that no table covers. `error` is the text with which LiteLLM exits, where it is known,
    as of 1.106.2 to 1.110.2. `lenient` faults are none to the versions that `start-types` says
    accept them. `changes` mend it, possibly in another way than the user meant (`guessed`). The
    `remedy` says what they do, where that is not to write the `snippet`.
    """

    pointer: str
    message: str
    label: str
    why: str
    snippet: str
    changes: tuple[Change, ...] = ()
    remedy: str = ""
    guessed: bool = False
    consequence: str = STOPS
    sure: bool = True
    error: str = ""
    lenient: bool = False


def key_of(pointer: str) -> str:
    """A pointer below a key that leads nowhere: the report then shows the key, not its value."""
    return join_pointer(pointer, "-")


def kind_of(node: Node) -> str:
    """The type of a value, in words for a message."""
    return kind_word(node.kind)


def kind_word(kind: Kind) -> str:
    """A type, in words for a message."""
    return _KINDS.get(kind, "something else")


def without_dashes(node: Node) -> tuple[Change, ...]:
    """The change that makes one mapping of a list of mappings, if no key stands in two of them."""
    entries = [entry for item in node.items for entry in item.entries]
    names = {entry.name for entry in entries}
    mappings = all(item.kind == "mapping" for item in node.items)
    if not entries or not mappings or len(names) < len(entries):
        return ()
    return (Put(node, {entry.name: entry.value for entry in entries}),)


def no_mapping(
    pointer: str,
    name: str,
    node: Node,
    attribute: str,
    *,
    label: str,
    why: str,
    snippet: str,
    lenient: bool = False,
    changes: tuple[Change, ...] = (),
    remedy: str = "",
    guessed: bool = False,
) -> Fault:
    """The fault of a value that LiteLLM reads by its keys, and that has none.

    `attribute` is the one that Python misses, and `why` says what LiteLLM reads.
    """
    return Fault(
        pointer=pointer,
        message=f"{name} is {kind_of(node)}, not keys and values",
        label=label,
        why=f"{why} when it starts, and exits with an AttributeError.",
        snippet=snippet,
        error=no_attribute(node, attribute),
        lenient=lenient,
        changes=changes,
        remedy=remedy,
        guessed=guessed,
    )
