"""Faults in a config with which LiteLLM starts, and the words to describe them."""

from __future__ import annotations

from clawdoctor.deferred import dataclass
from clawdoctor.source.change import Change, Put
from clawdoctor.source.node import Kind, Node, join_pointer
from clawdoctor.wire.python_error import no_attribute

STOPS = "the proxy does not start"
_KINDS = {
    "mapping": "a mapping",
    "sequence": "a list",
    "string": "a string",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
    "date": "a date",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault at a pointer, how LiteLLM handles it, and what to write instead.

    `sure` is False if the proxy may have a different environment from clawdoctor's, or may have a
    version that no table covers. `error` is the text with which LiteLLM exits, if known, in 1.106.2
    to 1.110.2. A `lenient` fault is harmless in the versions that accept it according to
    `start-types`. `changes` fix it, possibly not in the way that the user meant (`guessed`).
    `remedy` says what they do if they do not write the `snippet`, and `step` what a person does
    first if that is not to write the `snippet`.
    """

    pointer: str
    message: str
    label: str
    why: str
    snippet: str
    changes: tuple[Change, ...] = ()
    remedy: str = ""
    step: str = ""
    guessed: bool = False
    consequence: str = STOPS
    sure: bool = True
    error: str = ""
    lenient: bool = False

    @property
    def title(self) -> str:
        """What to do, in an infinitive clause."""
        if self.changes and self.remedy:
            return self.remedy
        if self.step:
            return self.step
        if "\n" in self.snippet:
            return _lines_to_write(self.snippet)
        key = self.snippet.partition(":")[0].removeprefix("- ")
        incomplete = "..." in self.snippet or "<" in self.snippet
        return f"write {key} like this: `{self.snippet}`" if incomplete else f"write {self.snippet}"


def _lines_to_write(snippet: str) -> str:
    """Return how to write a section, for a reader who does not see the example."""
    key, _, rest = snippet.removeprefix("- ").partition(":\n")
    lines = rest.splitlines()
    first = lines[0].strip()
    if first.startswith("- "):
        name, colon, _ = first.removeprefix("- ").partition(":")
        return (
            f'write {key} as a list, with a "-" before each {name.strip("<>") if colon else "item"}'
        )
    if len(lines) == 1:
        return f"under {key}, write {first}"
    indent = len(lines[0]) - len(lines[0].lstrip())
    names = [line.strip().partition(":")[0] for line in lines if line[indent : indent + 1] != " "]
    if len(names) == 1:
        return f"under {key}, write {names[0]} with its settings as shown"
    return f"under {key}, write {', '.join(names[:-1])} and {names[-1]}, one per line"


def key_of(pointer: str) -> str:
    """A pointer under a key that leads nowhere, so that the report shows the key, not its value."""
    return join_pointer(pointer, "-")


def kind_of(node: Node) -> str:
    """The type of a value, in words for a message."""
    return kind_word(node.kind)


def kind_word(kind: Kind) -> str:
    """A type, in words for a message."""
    return _KINDS.get(kind, "something else")


def without_dashes(node: Node) -> tuple[Change, ...]:
    """The change that merges a list of mappings into one, if no key is in two of them."""
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
    """The fault of a value without keys from which LiteLLM reads keys.

    `attribute` is the attribute that Python does not find, and `why` says what LiteLLM reads.
    """
    return Fault(
        pointer=pointer,
        message=f"{name} is {kind_of(node)}, not a mapping",
        label=label,
        why=f"{why} at startup, and exits with an AttributeError.",
        snippet=snippet,
        error=no_attribute(node, attribute),
        lenient=lenient,
        changes=changes,
        remedy=remedy,
        guessed=guessed,
    )
