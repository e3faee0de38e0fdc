"""The models of Azure, OpenAI and Foundry in LiteLLM's list of models.

The rows are looked up the way LiteLLM does it: by the provider's own name, then by the bare name,
then by both without the date at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from refresh.package import Package

Row = dict[str, Any]

_FILE = "litellm/model_prices_and_context_window_backup.json"
_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_O_SERIES = re.compile(r"o\d")
_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_OPTIONAL = ("none", "xhigh")
"""Efforts that LiteLLM rejects unless its list says that the model has them."""
_ENDPOINTS = {
    "/v1/chat/completions": "chat/completions",
    "/v1/responses": "responses",
    "/v1/embeddings": "embeddings",
}


@dataclass(frozen=True)
class ModelMap:
    """The list of models in a version of LiteLLM."""

    entries: Mapping[str, Row]

    @cached_property
    def _lower(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in reversed([*self.entries])}

    def entry(self, name: str) -> Row | None:
        """Return the entry with exactly this name, ignoring case."""
        key = name if name in self.entries else self._lower.get(name.casefold())
        return self.entries[key] if key is not None else None

    def found(self, name: str, provider: str) -> Row | None:
        """Return the entry that LiteLLM uses for a model of a provider."""
        bare = _DATE.sub("", name)
        for key in (f"{provider}/{name}", name, f"{provider}/{bare}", bare):
            entry = self.entry(key)
            if entry is not None and _serves(entry, provider):
                return entry
        return None

    def flag(self, name: str, provider: str, key: str) -> Any:
        """Return a value of a model, from the bare name's entry if its own does not have it."""
        entry = self.found(name, provider)
        if entry is None:
            return None
        value = entry.get(key)
        return value if value is not None else (self.entry(name) or {}).get(key)


def _serves(entry: Row, provider: str) -> bool:
    owner = entry.get("litellm_provider")
    return owner in (None, provider) or (provider == "azure_ai" and owner in ("azure", "openai"))


def read_map(package: Package) -> ModelMap:
    """Return the list of models in a wheel."""
    entries: dict[str, Row] = json.loads(package.read(_FILE))
    whole = {name: _resolved(row, entries) for name, row in entries.items()}
    return ModelMap({name: row for name, row in whole.items() if "litellm_provider" in row})


def _resolved(row: Row, entries: Mapping[str, Row]) -> Row:
    """Return the row of an alias, completed from the model's own row."""
    own = entries.get(row.get("alias_of", ""), {})
    return {**own, **row}


def rows_of(models: ModelMap) -> dict[str, dict[str, Row]]:
    """Return the relevant facts about each model, by provider and name."""
    return {
        "azure": {name: _row(models, name, "azure") for name in _names(models, "azure")},
        "openai": {name: _openai_row(models, name) for name in _names(models, "openai")},
        "azure_ai": {name: _row(models, name, "azure_ai") for name in _names(models, "azure_ai")},
    }


def _names(models: ModelMap, provider: str) -> Iterator[str]:
    for name, entry in sorted(models.entries.items()):
        if provider == "openai":
            if "/" not in name and entry["litellm_provider"] == "openai":
                yield name
        elif name.startswith(f"{provider}/") and (name.count("/") == 1 or _is_for_text(entry)):
            yield name.partition("/")[2]


def _is_for_text(entry: Row) -> bool:
    """Return whether a model with a region or a deployment type before its name generates text."""
    return entry.get("mode") in ("chat", "responses")


def _row(models: ModelMap, name: str, provider: str) -> Row:
    """Return the row of a model. Keys without a value, and the mode `chat`, are left out."""
    entry = models.found(name, provider) or {}

    def flag(key: str) -> Any:
        return models.flag(name, provider, key)

    given = {level: flag(f"supports_{level}_reasoning_effort") for level in _EFFORTS}
    endpoints = (_ENDPOINTS.get(path) for path in entry.get("supported_endpoints", ()))
    row: Row = {
        "mode": entry.get("mode") if entry.get("mode") != "chat" else None,
        "input": _whole(entry.get("max_input_tokens")),
        "output": _whole(entry.get("max_output_tokens")),
        "endpoints": sorted({path for path in endpoints if path is not None}),
        "reasoning": flag("supports_reasoning"),
        "tools": entry.get("supports_function_calling"),
        "tool_choice": flag("supports_tool_choice") is True or None,
        "images": flag("supports_vision") is True or None,
        "supports": [level for level in _OPTIONAL if given[level] is True],
        "refuses": [level for level in _EFFORTS if given[level] is False],
        "default": flag("default_reasoning_effort"),
        "retires": entry.get("deprecation_date"),
        "successor": (entry.get("successor_model") or "").rpartition("/")[2],
    }
    return {key: value for key, value in row.items() if value not in (None, "", [])}


def _openai_row(models: ModelMap, name: str) -> Row:
    row = _row(models, name, "openai")
    if models.flag(name, "openai", "supports_system_messages") is True:
        row["system"] = True
    parallel = models.flag(name, "openai", "supports_parallel_function_calling")
    if _O_SERIES.match(name) and parallel is True:
        row["parallel"] = True
    return row


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
