"""Providers outside this chain that agents use."""

from __future__ import annotations

from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.knowledge import table


def asks_elsewhere(config: OpenClawConfig, chain: Chain) -> bool:
    """Whether an agent also names a model of a provider outside this chain."""
    here = {provider.id for provider, _ in chain.providers}
    known = {provider.id for provider in config.providers} | set(table("providers")["ids"])
    return any(ref.provider in known - here for ref in config.refs)
