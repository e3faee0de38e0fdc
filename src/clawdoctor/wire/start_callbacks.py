"""The names in `callbacks` with which LiteLLM does not start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.knowledge import release, table
from clawdoctor.source.node import Node, join_pointer

CALLBACKS = "/litellm_settings/callbacks"
ERROR = "ValueError: Empty module name"
"""What LiteLLM says of a name that it does not know."""
_NAME = re.compile(r"[\w-]{1,60}")


def listed_callbacks(listed: Node | None, pointer: str) -> Iterator[tuple[str, Node]]:
    """Yield the pointer and the node of each name in a list of callbacks, or of a single name."""
    if listed is None:
        return
    if isinstance(listed.value, str):
        yield pointer, listed
    for index, item in enumerate(listed.items) if listed.kind == "sequence" else ():
        if isinstance(item.value, str):
            yield join_pointer(pointer, index), item


def is_unknown_callback(name: str, config: LiteLLMConfig, version: str | None) -> bool:
    """Whether LiteLLM takes a name in `callbacks` for a Python module that does not exist.

    A name with a dot is a module of the user, and callback_settings can define others. A `version`
    of None means the newest in the tables.
    """
    own = config.root.get("callback_settings")
    lists = table("callbacks")["lists"]
    first, running = release(lists["since"].get(name, "")), release(version or "")
    is_new = first is not None and running is not None and running < first
    if (name in lists["known"] and not is_new) or not _NAME.fullmatch(name):
        return False
    return own is None or own.get(name) is None
