"""The names in `callbacks` with which LiteLLM does not start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import litellm_standing
from clawdoctor.knowledge.measured import Names
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


def known_callbacks() -> Names:
    """Return the names that `callbacks` takes, in all versions that were looked at."""
    lists = table("callbacks")["lists"]
    ever, since = frozenset(lists["known"]), lists["since"]
    return Names(tuple(lists["versions"]), ever, since, {}, frozenset())


def is_unknown_callback(name: str, config: LiteLLMConfig, version: str | None) -> bool:
    """Whether LiteLLM takes a name in `callbacks` for a Python module that does not exist.

    A name with a dot is a module of the user, and callback_settings can define others. A newer
    version than those of the tables may know the name.
    """
    own = config.root.get("callback_settings")
    standing = litellm_standing(known_callbacks(), name, version)
    if standing == "known" or not _NAME.fullmatch(name):
        return False
    return own is None or own.get(name) is None
