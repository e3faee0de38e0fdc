"""Facts about how LiteLLM treats a model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clawdoctor.knowledge import table


@dataclass(frozen=True, slots=True)
class Family:
    """A family of reasoning models, and how LiteLLM changes a request to one of them."""

    name: str
    refuses: tuple[str, ...]
    """Parameters that LiteLLM does not send to these models and sends to other families."""
    developer_role: bool
    """Whether LiteLLM keeps the role `developer`; otherwise it sends `system`."""


def family_of(model: str) -> Family | None:
    """Return the family that LiteLLM recognises in a `model` or `base_model`, if any."""
    for row in table("litellm")["families"]:
        if re.search(row["pattern"], model):
            return Family(row["name"], tuple(row["refuses"]), row["developer_role"])
    return None
