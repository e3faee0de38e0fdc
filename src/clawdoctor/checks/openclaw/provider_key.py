"""What fixes call a provider's key, its variable and the program that receives it."""

from __future__ import annotations

import re

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.target import Target
from clawdoctor.wire.proxy_key import MASTER_KEY

AZURE_KEY = "AZURE_OPENAI_API_KEY"

KEYS: dict[Target, str] = {
    "proxy": "the proxy's master key",
    "azure": "a key of your Azure resource",
    "server": "the server's key",
}
"""What `apiKey` must contain."""


def receiver(target: Target) -> str:
    """Return the program that receives OpenClaw's requests."""
    return "Azure" if target == "azure" else f"the {target}"


def key_variable(provider: str, target: Target, litellm: LiteLLMConfig | None = None) -> str:
    """Return the variable for a provider's key: the one in LiteLLM's config, or the usual one."""
    if target == "azure":
        return AZURE_KEY
    if target == "server":
        return f"{re.sub(r'[^A-Z0-9]+', '_', provider.upper()).strip('_')}_API_KEY"
    return (litellm.master_key.variable if litellm is not None else None) or MASTER_KEY
