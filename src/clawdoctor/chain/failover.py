"""LiteLLM's fallbacks from one model group to another."""

from __future__ import annotations

from clawdoctor.chain.litellm import LiteLLMConfig

_BLOCKS = ("/router_settings", "/litellm_settings")


def falls_back(group: str, config: LiteLLMConfig) -> bool:
    """Whether the file names a fallback for a group or for all groups."""
    for block in _BLOCKS:
        default = config.root.at(f"{block}/default_fallbacks")
        if default is not None and default.items:
            return True
        listed = config.root.at(f"{block}/fallbacks")
        for item in listed.items if listed is not None else ():
            if any(name in (group, "*") for name, _ in item.children()):
                return True
    return False
