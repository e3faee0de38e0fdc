"""Providers outside this chain that agents use."""

from __future__ import annotations

from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.knowledge import table


def unchecked_providers(config: OpenClawConfig, chain: Chain) -> tuple[str, ...]:
    """Return the ids of the providers outside this chain whose models agents use."""
    here = {provider.id for provider, _ in chain.providers}
    known = {provider.id for provider in config.providers} | set(table("providers")["ids"])
    used = dict.fromkeys(ref.provider for ref in config.refs)
    return tuple(name for name in used if name is not None and name in known - here)


def asks_elsewhere(config: OpenClawConfig, chain: Chain) -> bool:
    """Return whether an agent also names a model of a provider outside this chain."""
    return bool(unchecked_providers(config, chain))
