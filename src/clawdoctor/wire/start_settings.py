"""Faults in litellm_settings with which LiteLLM does not start.

Measured on LiteLLM 1.106.2 and 1.108.7. LiteLLM reads the callbacks and the cache at startup.
An entry of success_callback or failure_callback may be a mapping: LiteLLM starts with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE, value_of
from clawdoctor.source.change import Put
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import NO_MODULE, no_attribute, no_member, not_iterable
from clawdoctor.wire.start_fault import Fault, key_of, kind_of

_SETTINGS = "/litellm_settings"
_LISTS = ("success_callback", "failure_callback")
_AUDIT = "audit_log_callbacks"
_SERVICE = "service_callback"
_CONTENT_SAFETY = "azure_content_safety"
CONTENT_SAFETY_PARAMS = f"{_CONTENT_SAFETY}_params"
_CONTENT_SAFETY_NEEDS = ("endpoint", "api_key")
_NO_NAME = ("null", "number", "boolean")


def callback_faults(config: LiteLLMConfig, environment: Environment) -> Iterator[Fault]:
    """Yield the faults of callbacks that are not names, or not in a list."""
    block = config.root.get("litellm_settings")
    if block is None or block.kind != "mapping":
        return
    for name in ("callbacks", *_LISTS):
        listed = block.get(name)
        if listed is None:
            continue
        yield from _reference_faults(name, listed)
        if isinstance(listed.value, str):
            yield from _text_faults(name, block, environment)
        elif name == "callbacks":
            yield from _callbacks_faults(listed)
            yield from _content_safety_faults(listed, block)
        else:
            yield from _event_faults(name, listed)
    if (listed := block.get(_SERVICE)) is not None and listed.kind in _NO_NAME:
        error = no_member(listed)
        yield _fault(_SERVICE, f"{_SETTINGS}/{_SERVICE}", listed, error, listed=True)
    if (listed := block.get(_AUDIT)) is not None:
        yield from _reference_faults(_AUDIT, listed)
    yield from _old_guardrail_faults(block.get("guardrails"))


def _event_faults(name: str, listed: Node) -> Iterator[Fault]:
    for pointer, node in _entries(listed, f"{_SETTINGS}/{name}"):
        if node.kind in _NO_NAME:
            error = not_iterable(node) if node is listed else no_member(node)
            yield _fault(name, pointer, node, error, listed=node is listed)


def _text_faults(name: str, block: Node, environment: Environment) -> Iterator[Fault]:
    """Yield the fault of a string, including a reference to a variable, instead of a list.

    LiteLLM reads the string of an event letter by letter, and treats a dot as a Python module.
    """
    value = value_of(block, f"{_SETTINGS}/{name}", environment.proxy)
    assert value.node is not None
    text = value.resolved or ""
    if value.state == "unset" and value.found is None:
        missing = "object has no attribute 'startswith'"
        error = "AttributeError: 'NoneType' " + missing
        if name != "callbacks":
            error = "TypeError: 'NoneType' object is not iterable"
        yield _fault(name, value.pointer, value.node, error, listed=True)
    elif ("." in text) != (name == "callbacks"):
        yield _fault(name, value.pointer, value.node, NO_MODULE, listed=True)


def _reference_faults(name: str, listed: Node) -> Iterator[Fault]:
    """Yield the references to variables in a list of callbacks, which LiteLLM does not expand."""
    for pointer, node in _entries(listed, f"{_SETTINGS}/{name}"):
        text = node.value
        if node is not listed and isinstance(text, str) and text.startswith(REFERENCE):
            yield Fault(
                pointer=pointer,
                message=f"an entry of {name} is a reference to a variable",
                label=f"LiteLLM does not expand references in {name}",
                why="LiteLLM treats the entry as a Python module at startup, and exits with an "
                "AttributeError.",
                snippet=f'{name}: ["<name>"]',
                error=f"AttributeError: module 'os' has no attribute '{text.partition('.')[2]}'",
            )


def _old_guardrail_faults(listed: Node | None) -> Iterator[Fault]:
    """Yield the faults of the guardrails in litellm_settings."""
    pointer = f"{_SETTINGS}/guardrails"
    if listed is None or listed.kind == "null":
        return
    if listed.kind != "sequence":
        error = "AttributeError: 'str' object has no attribute 'items'"
        if listed.kind not in ("mapping", "string"):
            error = not_iterable(listed)
        yield _guardrail_fault(pointer, error)
    for index, item in enumerate(listed.items):
        place = join_pointer(pointer, index)
        if item.kind != "mapping":
            yield _guardrail_fault(place, no_attribute(item, "items"))
        for name, guardrail in item.children() if item.kind == "mapping" else ():
            callbacks = guardrail.get("callbacks") if guardrail.kind == "mapping" else None
            if callbacks is not None and callbacks.kind == "sequence":
                continue
            error = "ValidationError: 1 validation error for GuardrailItem"
            if guardrail.kind != "mapping":
                error = "GuardrailItem() argument after ** must be a mapping"
            elif callbacks is None:
                error = "TypeError: GuardrailItem.__init__() missing 1 required positional argument"
            yield _guardrail_fault(join_pointer(place, name), error)


def _guardrail_fault(pointer: str, error: str) -> Fault:
    return Fault(
        pointer=key_of(pointer),
        message="a guardrail in litellm_settings has no list of callbacks",
        label="must be a list of guardrails, each with its list of callbacks",
        why="LiteLLM creates its guardrails at startup, and exits with an error.",
        snippet="guardrails:\n  - <name>:\n      callbacks: [<callback>]",
        error=error,
    )


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


def _content_safety_faults(callbacks: Node, block: Node) -> Iterator[Fault]:
    """Yield the fault of a callback whose settings are missing or unknown."""
    named = [pointer for pointer, node in _entries(callbacks, "") if node.value == _CONTENT_SAFETY]
    if not named or callbacks.kind != "sequence":
        return
    params = block.get(CONTENT_SAFETY_PARAMS)
    pointer, problem = f"{_SETTINGS}/{CONTENT_SAFETY_PARAMS}", ""
    if params is None:
        pointer = f"{_SETTINGS}/callbacks{named[0]}"
        problem, error = f"no {CONTENT_SAFETY_PARAMS}", f"KeyError: '{CONTENT_SAFETY_PARAMS}'"
    elif params.kind != "mapping":
        problem = f"{kind_of(params)} as its {CONTENT_SAFETY_PARAMS}"
        error = no_attribute(params, "items")
    else:
        call = "TypeError: _PROXY_AzureContentSafety.__init__()"
        given = [entry.name for entry in params.entries]
        other = [name for name in given if name not in (*_CONTENT_SAFETY_NEEDS, "thresholds")]
        missing = [name for name in _CONTENT_SAFETY_NEEDS if name not in given]
        if other:
            pointer = key_of(join_pointer(pointer, other[0]))
            problem = f'a setting "{other[0]}", which LiteLLM does not know'
            error = f"{call} got an unexpected keyword argument '{other[0]}'"
        elif missing:
            problem = f"no {' and no '.join(missing)} in its {CONTENT_SAFETY_PARAMS}"
            plural = "s" if len(missing) > 1 else ""
            names = " and ".join(f"'{name}'" for name in missing)
            error = f"{call} missing {len(missing)} required positional argument{plural}: {names}"
    if problem:
        yield Fault(
            pointer=pointer,
            message=f"the callback {_CONTENT_SAFETY} has {problem}",
            label="not the settings that it needs"
            if params is not None
            else "its settings are missing",
            why="LiteLLM reads these settings at startup, and exits with "
            f"{'an' if error[0] in 'AEIOU' else 'a'} {error.partition(':')[0]}.",
            snippet=f"{CONTENT_SAFETY_PARAMS}:\n"
            "  endpoint: https://<resource>.cognitiveservices.azure.com\n"
            "  api_key: os.environ/AZURE_CONTENT_SAFETY_KEY",
            error=error,
        )


def _fault(name: str, pointer: str, node: Node, error: str, *, listed: bool) -> Fault:
    """Return the fault of a setting that is not a list, or of an entry that is not a name."""
    message = (
        f"{name} is {kind_of(node)}, not a list of names"
        if listed
        else f"an entry of {name} is {kind_of(node)}, not the name of a callback"
    )
    example = node.entries[0].name if node.entries else "<name>"
    named = node.kind == "string" and "." not in str(node.value)  # with a dot it is a module
    right = [node] if named else []
    return Fault(
        pointer=key_of(pointer) if node.kind == "mapping" else pointer,
        message=message,
        label="not a list of names" if listed else "must be a name",
        why=f"LiteLLM loads the callbacks by name at startup, and exits with "
        f"{'an' if error[0] in 'AEIOU' else 'a'} {error.partition(':')[0]}.",
        snippet=f"{name}:\n  - {example}",
        error=error,
        changes=(Put(node, right),) if listed and (named or node.kind == "null") else (),
        remedy="put the name in a list" if named else "write an empty list",
        step=f"make {name} a list of names" if listed else "",
        guessed=named,  # LiteLLM builds a callback in a list, which may require a package
    )
