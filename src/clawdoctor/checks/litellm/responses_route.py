"""Whether LiteLLM sends a deployment's requests to Azure's Responses API.

LiteLLM calls the Responses API for a chat request too if the config or the deployment's name
says that the model needs it.
"""

from __future__ import annotations

import re

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.knowledge import table

_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_PREFIX = "responses/"


def is_bridged(deployment: Deployment, config: LiteLLMConfig, *, tools: bool = False) -> bool:
    """Whether a chat request, with tools or without, goes to the Responses API."""
    name = deployment.name
    known = table("litellm")["bridge"]
    if name.startswith(_PREFIX) or without_date(name.casefold()) in known["names"]:
        return True
    if tools and re.match(known["with_tools"], name):
        return True
    # LiteLLM registers model_info by the model's name: an entry applies to all of that name.
    return any(
        (info := other.node.get("model_info")) is not None and info.text("mode") == "responses"
        for other in config.deployments
        if other.model.resolved == deployment.model.resolved
    )


def without_date(name: str) -> str:
    """A model's name without the version at its end."""
    return _DATE.sub("", name)
