"""The deployments that get a request in ways other than a plain choice from a group.

Measured on LiteLLM 1.106.2 and 1.108.7: groups with an `order` or with teams, auto routers, and the
copies of requests that LiteLLM sends to a `silent_model`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.source.node import Node
from clawdoctor.wire.python_error import python_type
from clawdoctor.wire.request import HopRequest, Unpredicted

CHOSEN = Unpredicted("LiteLLM's auto router chooses a model based on the content of the request")
TAGGED = Unpredicted("LiteLLM chooses a deployment by the tags of the request")
OWN_FALLBACKS = Unpredicted("LiteLLM tries the fallbacks in litellm_params after a failure")
_YES = ("true", "1", "yes", "y", "t", "on")
_ROUTER = "auto_router/"
_OWN_MODELS = frozenset({"auto_router_embedding_model", "classifier_llm_config"})
"""Settings with the models that an auto router itself uses."""


def without_teams(group: list[Deployment]) -> list[Deployment]:
    """Return the deployments of a group that a request without a team can get.

    LiteLLM gives it a team's deployment only if all deployments of the group have a team.
    """
    return [each for each in group if not _has_team(each)] or group


def is_blocked(deployment: Deployment) -> bool:
    """Whether `model_info` blocks a deployment: LiteLLM then sends nothing to it."""
    node = _noted(deployment, "blocked")
    return node is not None and str(node.value).casefold() in _YES


def reserved(name: str, group: list[Deployment]) -> bool:
    """Whether LiteLLM keeps a group for its team: under an alias, it does not know the name."""
    return bool(group) and all(_has_team(each) and each.group != name for each in group)


def _has_team(deployment: Deployment) -> bool:
    team = _noted(deployment, "team_id")
    return team is not None and team.kind != "null"


def _noted(deployment: Deployment, key: str) -> Node | None:
    """Return a setting of the deployment's model_info."""
    info = deployment.node.get("model_info")
    return info.get(key) if info is not None and info.kind == "mapping" else None


def levels(group: list[Deployment]) -> list[list[Deployment]]:
    """Return the deployments of a group by their `order`.

    LiteLLM tries a level only after the previous level fails. If a deployment has an `order`,
    deployments without one get nothing.
    """
    orders = {each.entry_id: _order(each) for each in group}
    found = sorted({order for order in orders.values() if order is not None})
    if not found:
        return [group]
    return [[each for each in group if orders[each.entry_id] == order] for order in found]


def uncomparable(group: list[Deployment]) -> str:
    """Return Python's error about an `order` that it cannot hash or compare, if any.

    The order of two types in the text varies from request to request.
    """
    nodes = [node for each in group if (node := _order_node(each)) is not None]
    unhashable = [node for node in nodes if node.kind in ("sequence", "mapping")]
    if unhashable:
        return f"unhashable type: '{python_type(unhashable[0])}'"
    found: list[Any] = [node.value for node in nodes]
    try:
        min(found, default=None)
    except TypeError as error:
        return str(error).partition(" of ")[0]
    return ""


def _order_node(deployment: Deployment) -> Node | None:
    node = deployment.params.get("order")
    return node if node is not None and node.kind != "null" else None


def _order(deployment: Deployment) -> int | None:
    for block in (deployment.params, deployment.node.get("model_info")):
        node = block.get("order") if block is not None and block.kind == "mapping" else None
        if node is not None and node.value is not None:
            try:
                return int(str(node.value))
            except ValueError:
                return None
    return None


def is_auto_router(deployment: Deployment) -> bool:
    """Whether a deployment is a router that chooses another model."""
    return (deployment.model.resolved or "").startswith(_ROUTER)


def routed_names(config: LiteLLMConfig, group: list[Deployment]) -> list[str]:
    """Return the groups in the settings of a group's auto routers."""
    found: dict[str, None] = {}
    for deployment in filter(is_auto_router, group):
        for key, node in deployment.params.children():
            if key != "model" and key not in _OWN_MODELS:
                found |= dict.fromkeys(_texts(node.python()))
    return [name for name in found if name in config.groups or name in config.aliases]


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str() if value.lstrip().startswith("{"):
            try:
                yield from _texts(json.loads(value))
            except ValueError:
                return
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                if key not in _OWN_MODELS:
                    yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)


def has_tags(request: HopRequest, config: LiteLLMConfig, group: list[Deployment]) -> bool:
    """Whether tags decide which deployments of a group get a request.

    Without tags, it can get all of them, unless one is a default or has a pattern for user agents.
    """
    filters = config.root.at("/router_settings/enable_tag_filtering")
    if filters is None or filters.value is not True:
        return False
    named = any(name.lower() == "x-litellm-tags" for name in request.headers)
    metadata = request.body.get("metadata")
    inside = metadata.get("tags") if isinstance(metadata, Mapping) else None
    return named or bool(request.body.get("tags") or inside) or any(map(_chooses_by_tag, group))


def _chooses_by_tag(deployment: Deployment) -> bool:
    tags, pattern = deployment.params.get("tags"), deployment.params.get("tag_regex")
    written = tags.python() if tags is not None else None
    return pattern is not None or (isinstance(written, (str, list)) and "default" in written)


def mirrored_names(group: list[Deployment]) -> list[str]:
    """Return the names to which LiteLLM sends a copy of each chat that a group gets."""
    found: dict[str, None] = {}
    for deployment in group:
        node = deployment.params.get("silent_model")
        values = [node, *node.items] if node is not None else []
        found |= dict.fromkeys(each.value for each in values if isinstance(each.value, str))
    return [*found]
