"""Values of litellm_settings with which LiteLLM does not start.

Measured on LiteLLM 1.106.2 and 1.108.7. LiteLLM reads the callbacks and the cache when it starts.
An entry of success_callback or failure_callback may be a mapping: LiteLLM starts with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import no_attribute, no_member, not_iterable
from clawdoctor.wire.start_fault import Fault, key_of, kind_of

_SETTINGS = "/litellm_settings"
_LISTS = ("success_callback", "failure_callback")
_CONTENT_SAFETY = "azure_content_safety"
_CONTENT_SAFETY_PARAMS = f"{_CONTENT_SAFETY}_params"
_NO_NAME = ("null", "number", "boolean")


def callback_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the faults of callbacks that are not names."""
    block = config.root.get("litellm_settings")
    if block is None or block.kind != "mapping":
        return
    callbacks = block.get("callbacks")
    if callbacks is not None:
        yield from _callbacks_faults(callbacks)
        yield from _content_safety_faults(callbacks, block)
    for name in _LISTS:
        listed = block.get(name)
        for pointer, node in _entries(listed, f"{_SETTINGS}/{name}") if listed is not None else ():
            if node.kind in _NO_NAME:
                error = not_iterable(node) if node is listed else no_member(node)
                yield _fault(name, pointer, node, error, listed=node is listed)


def _entries(listed: Node, pointer: str) -> Iterator[tuple[str, Node]]:
    if listed.kind != "sequence":
        yield pointer, listed
    for index, item in enumerate(listed.items):
        yield join_pointer(pointer, index), item


def _callbacks_faults(callbacks: Node) -> Iterator[Fault]:
    for pointer, node in _entries(callbacks, f"{_SETTINGS}/callbacks"):
        whole = node is callbacks
        if not isinstance(node.value, str):
            error = no_attribute(node, "startswith")
            yield _fault("callbacks", pointer, node, error, listed=whole)
        elif whole and "." not in node.value:
            error = "ValueError: Empty module name"
            yield _fault("callbacks", pointer, node, error, listed=True)


def _content_safety_faults(callbacks: Node, block: Node) -> Iterator[Fault]:
    """Yield the fault of a callback whose settings are missing."""
    if block.get(_CONTENT_SAFETY_PARAMS) is not None:
        return
    for pointer, node in _entries(callbacks, f"{_SETTINGS}/callbacks"):
        if node is not callbacks and node.value == _CONTENT_SAFETY:
            yield Fault(
                pointer=pointer,
                message=f"the callback {_CONTENT_SAFETY} has no {_CONTENT_SAFETY_PARAMS}",
                label="its settings are missing",
                why="LiteLLM reads them when it starts, and exits with a KeyError.",
                snippet=f"{_CONTENT_SAFETY_PARAMS}:\n"
                "  endpoint: https://<resource>.cognitiveservices.azure.com\n"
                "  api_key: os.environ/AZURE_CONTENT_SAFETY_KEY",
                error=f"KeyError: '{_CONTENT_SAFETY_PARAMS}'",
            )
            return


def _fault(name: str, pointer: str, node: Node, error: str, *, listed: bool) -> Fault:
    """Return the fault of a setting that is not a list, or of an entry that is not a name."""
    message = (
        f"{name} is {kind_of(node)}, not a list of names"
        if listed
        else f"an entry of {name} is {kind_of(node)}, not the name of a callback"
    )
    example = node.entries[0].name if node.entries else "<name>"
    return Fault(
        pointer=key_of(pointer) if node.kind == "mapping" else pointer,
        message=message,
        label="not a list of names" if listed else "only a name belongs here",
        why=f"LiteLLM loads the callbacks by their names when it starts, and exits with "
        f"{'an' if error[0] in 'AEIOU' else 'a'} {error.partition(':')[0]}.",
        snippet=f"{name}:\n  - {example}",
        error=error,
    )
