"""The names in `callbacks` with which LiteLLM does not start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import value_of
from clawdoctor.knowledge import behaviour, table
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import Names
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import no_member

CALLBACKS = "/litellm_settings/callbacks"
INPUT = "/litellm_settings/input_callback"


def listed_callbacks(listed: Node | None, pointer: str) -> Iterator[tuple[str, Node]]:
    """Yield the pointer and the node of each name in a list of callbacks, or of a single name."""
    if listed is None:
        return
    if isinstance(listed.value, str):
        yield pointer, listed
    for index, item in enumerate(listed.items) if listed.kind == "sequence" else ():
        if isinstance(item.value, str):
            yield join_pointer(pointer, index), item


def input_error(config: LiteLLMConfig, environment: Environment, version: str | None) -> str:
    """Return the error with which LiteLLM exits because of input_callback, or nothing.

    Some versions read its entries when they start, which works with a string or a mapping.
    """
    row, node = behaviour("litellm", "input-callback", version), config.root.at(INPUT)
    if node is None or row is None or row.effect != "start":
        return ""
    if node.kind in ("null", "number", "boolean"):
        return no_member(node)
    value = value_of(config.root.get("litellm_settings"), INPUT, environment.proxy)
    unset = value.state == "unset" and value.found is None
    return "TypeError: argument of type 'NoneType' is not iterable" if unset else ""


def known_callbacks() -> Names:
    """Return the names that `callbacks` accepts in any version that was read."""
    lists = table("callbacks")["lists"]
    ever, since = frozenset(lists["known"]), lists["since"]
    return Names(tuple(lists["versions"]), ever, since, {}, frozenset())


def is_unknown_callback(name: str, config: LiteLLMConfig, version: str | None) -> bool:
    """Whether LiteLLM treats a name in `callbacks` as a Python module that does not exist.

    A name with a dot is the user's module, and callback_settings can define others. A version
    newer than the tables may know the name.
    """
    lists = table("callbacks")["lists"]
    own = own_callback(name, config)
    if own is not None or "." in name or "://" in name:
        return own == "incomplete" and (name in lists["generic"] or name not in lists["known"])
    return litellm_standing(known_callbacks(), name, version) != "known"


def own_callback(name: str, config: LiteLLMConfig) -> Literal["complete", "incomplete"] | None:
    """Return whether callback_settings defines a callback of this name and all that it requires."""
    settings = config.root.get("callback_settings")
    own = settings.get(name) if settings is not None and settings.kind == "mapping" else None
    if own is None or own.text("callback_type") != "generic_api":
        return None
    given = (own.get(key) for key in ("endpoint", "headers"))
    complete = all(node is not None and node.kind != "null" for node in given)
    return "complete" if complete else "incomplete"
