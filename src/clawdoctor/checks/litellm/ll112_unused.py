"""Fallbacks that LiteLLM never uses because no request has their name: part of LL112."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.chain.router import ANY, BLOCKS, FALLBACKS, fallback_names, is_accepted
from clawdoctor.source.node import Entry, join_pointer


def unused(config: LiteLLMConfig, chain: Chain) -> Iterator[tuple[str, Entry]]:
    """Yield the fallback entries whose key no request can have as its model, with pointers."""
    for block in BLOCKS:
        for kind in FALLBACKS:
            pointer = f"{block}/{kind}"
            listed = config.root.at(pointer)
            for index, item in enumerate(listed.items if listed is not None else ()):
                for entry in item.entries:
                    if not _is_requested(config, entry.name, chain):
                        yield join_pointer(f"{pointer}/{index}", entry.name), entry


def _is_requested(config: LiteLLMConfig, owner: str, chain: Chain) -> bool:
    """Return whether LiteLLM accepts a request with this name, or OpenClaw sends it."""
    if owner == ANY or is_reference(owner) or is_accepted(config, owner):
        return True
    asked = (*config.groups, *config.aliases, *(route.model_id for route in chain.routes))
    return any(owner in fallback_names(name) for name in asked)
