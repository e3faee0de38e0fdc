"""The input items of a Responses request, as LiteLLM sends them.

Measured on the requests of LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from clawdoctor.knowledge import behaviour
from clawdoctor.wire.messages import without_cache_marks
from clawdoctor.wire.supported import ChatProvider

_OWN_REASONING = "rs_"
"""The start of the id of a reasoning item that LiteLLM made. A UUID follows."""
_CALL_IDS = {"function_call": "fc", "custom_tool_call": "ctc", "tool_search_call": "tsc"}
"""The starts of the ids that OpenAI gives to calls."""
_RANDOM = 4
"""The version of a random UUID."""
_UNSET = ("status", "content", "encrypted_content")


def sent_input(given: object, provider: ChatProvider, litellm: str, *, drop: bool) -> object:
    """Return the input as LiteLLM sends it: without fields that OpenAI or Azure rejects."""
    if not isinstance(given, list):
        return given
    row = behaviour("litellm", "reasoning-input", litellm)
    strict = row is not None and row.effect == "content"
    replayed = [item for item in given if provider == "azure_ai" or not _is_own_reasoning(item)]
    items = [_sent_item(item, provider, strict=strict, drop=drop) for item in replayed]
    return without_cache_marks(items)


def _sent_item(item: Any, provider: ChatProvider, *, strict: bool, drop: bool) -> Any:
    if not isinstance(item, Mapping):
        return item
    kind, found, gone = item.get("type"), dict(item), set()
    if kind == "reasoning":
        whole = isinstance(item.get("id"), str) and isinstance(item.get("summary"), list)
        gone = {key for key, value in item.items() if value is None and (whole or key in _UNSET)}
        if provider != "openai":
            gone |= {"status"} if whole or strict else set()
            gone |= {"content"} if strict and drop else set()
    elif kind == "message" and provider != "openai":
        gone = {"status"}
    prefix, name = _CALL_IDS.get(str(kind)), found.get("id")
    if prefix is not None and provider != "azure_ai" and isinstance(name, str):
        gone |= set() if name.startswith(prefix) else {"id"}
    return {key: value for key, value in found.items() if key not in gone}


def _is_own_reasoning(item: Any) -> bool:
    """Whether LiteLLM made a reasoning item for a model of another provider."""
    name = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(name, str) or item.get("type") != "reasoning":
        return False
    _, prefix, rest = name.rpartition(_OWN_REASONING)
    try:
        made = uuid.UUID(rest)
    except ValueError:
        return False
    return bool(prefix) and made.version == _RANDOM and name == f"{_OWN_REASONING}{made}"
