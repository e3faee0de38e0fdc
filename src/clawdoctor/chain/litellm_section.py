"""The sections of LiteLLM's config, and misspellings of their names.

LiteLLM ignores a section that it does not know, without a word (1.106.2 to 1.110.2).
"""

from __future__ import annotations

from clawdoctor.knowledge.did_you_mean import misspells, typing_errors
from clawdoctor.source.node import Entry, Node

SECTIONS = ("litellm_settings", "general_settings", "router_settings", "environment_variables")
_MOST_ERRORS = 2


def misspelt_section(root: Node, name: str) -> Entry | None:
    """Return the first section whose name is a misspelling of `name`, which the file lacks."""
    if root.kind != "mapping" or root.get(name) is not None:
        return None
    for entry in root.entries:
        if entry.value.kind == "mapping" and is_misspelling(entry.name, name):
            return entry
    return None


def is_misspelling(written: str, name: str) -> bool:
    """Return whether a key at the top of a config can only be a misspelled section."""
    errors = typing_errors(written, name)
    slips = errors is not None and errors <= _MOST_ERRORS
    return written not in SECTIONS and (slips or misspells(written, (name,)))
