"""The tables, and the facts of a package that each of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refresh import openclaw_facts
from refresh.litellm_facts import lists_of, values_of
from refresh.model_map import read_map, rows_of
from refresh.package import Package, Program
from refresh.python_source import Sources

PROGRAM_OF: Mapping[str, Program] = {
    "litellm_models": "litellm",
    "litellm_params": "litellm",
    "litellm_providers": "litellm",
    "litellm_settings": "litellm",
    "openclaw_api": "openclaw",
    "openclaw_config": "openclaw",
    "openclaw_settings": "openclaw",
}
"""The tables by name, with the program that each is about."""


def measured(package: Package) -> dict[str, dict[str, Any]]:
    """Return the facts from a package, by table and section."""
    if package.program == "openclaw":
        return openclaw_facts.facts_of(package)
    sources = Sources(package)
    found: dict[str, dict[str, Any]] = {**lists_of(sources)}
    found["litellm_settings"] |= {"values": values_of(sources)}
    found["litellm_models"] = dict(rows_of(read_map(package)))
    return found
