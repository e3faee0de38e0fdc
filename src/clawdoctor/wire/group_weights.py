"""The choice of LiteLLM's router among the deployments of a group, and what makes it fail."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.knowledge import behaviour
from clawdoctor.wire.candidates import uncomparable
from clawdoctor.wire.request import Refused, Source

NO_CHOICE = Refused("litellm", "no-deployments", "No deployments available for selected model", 429)

_STRATEGY = "/router_settings/routing_strategy"


def _text_at(config: LiteLLMConfig, pointer: str) -> str | None:
    node = config.root.at(pointer)
    return node.value if node is not None and isinstance(node.value, str) else None


def order_failure(group: list[Deployment], version: str) -> Refused | None:
    """Return the router's failure to compare the orders of a group. Newer ones accept any type."""
    row = behaviour("litellm", "start-types", version)
    text = "" if row is not None and row.effect == "accepted" else uncomparable(group)
    return Refused("litellm", "weights", text, 500) if text else None


def weight_failure(config: LiteLLMConfig, group: list[Deployment]) -> Refused | None:
    """Return the router's refusal to choose from a group.

    It needs a strategy, for which a key without a value is none, and weights that are numbers.
    """
    written = config.root.at(_STRATEGY)
    if written is not None and written.kind == "null":
        source = Source("router", config.place(_STRATEGY))
        return replace(NO_CHOICE, sources=(source,))
    strategy = _text_at(config, _STRATEGY)
    if strategy not in (None, "simple-shuffle"):
        return None
    for metric in ("weight", "rpm", "tpm"):
        values = [_weight(deployment, metric) for deployment in group]
        if any(isinstance(value, str) for value in values):
            text = f"Deployment {metric} must be numeric"
            return Refused("litellm", "weights", text, 500)
        if any(isinstance(value, (int, float)) and value > 0 for value in values):
            return _unlimited(group)
    return None


def _unlimited(group: list[Deployment]) -> Refused | None:
    """Return LiteLLM's failure to use a limit outside `litellm_params` that is a string."""
    texts = {
        "rpm": "'>=' not supported between instances of 'int' and 'str'",
        "tpm": "unsupported operand type(s) for /: 'str' and 'int'",
    }
    for metric, text in texts.items():
        if any(isinstance(_weight(deployment, metric), str) for deployment in group):
            return Refused("litellm", "weights", text, 500)
    return None


def _weight(deployment: Deployment, metric: str) -> object:
    """Return the router's value of a weight. A limit can also be outside `litellm_params`."""
    beside = deployment.node.get(metric) if metric != "weight" else None
    own = deployment.params.get(metric)
    if beside is not None:
        return beside.value
    if own is None or metric == "weight" or not isinstance(own.value, str):
        return own.value if own is not None else None
    return None  # LiteLLM converts it to a number
