"""The structure of LiteLLM's config: whether keys are where LiteLLM reads them."""

from __future__ import annotations

from clawdoctor.chain.litellm_section import SECTIONS
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.node import Node

_LIST, _PARAMS, _INFO = "model_list", "litellm_params", "model_info"
_BESIDE = (_PARAMS, _INFO, "model_name")
_CONNECTION = ("model", "api_key", "api_base", "api_version")
_COMPLETE = {"general_settings": "general", "router_settings": "router"}
"""The list of known settings for each section that has one."""
_SETTINGS = "litellm_settings"


def is_in_shape(root: Node) -> bool:
    """Return whether all keys of a config are where LiteLLM reads them, and have a value."""
    return (
        root.kind == "mapping"
        and all(_is_section(name, node) for name, node in root.children())
        and all(map(_is_deployment, _items(root.get(_LIST))))
    )


def _is_section(name: str, node: Node) -> bool:
    if node.kind not in ("mapping", "sequence"):
        return False
    names = _names(node)
    if not names.isdisjoint((*SECTIONS, _LIST, *_BESIDE)):
        return False
    listed = (_items(inner) for key, inner in node.children() if key.endswith("fallbacks"))
    if not all(_is_fallback(item) for items in listed for item in items):
        return False
    if name == _SETTINGS:
        return names.isdisjoint(names_in(_SETTINGS, "general").ever)
    return name not in _COMPLETE or names <= names_in(_SETTINGS, _COMPLETE[name]).ever


def _is_fallback(item: Node) -> bool:
    if item.kind != "mapping":
        return True
    return len(item.entries) == 1 and item.entries[0].value.kind in ("sequence", "string")


def _is_deployment(item: Node) -> bool:
    params = item.get(_PARAMS)
    names, inside = _names(item), _names(params)
    return (
        {"model_name", _PARAMS} <= names <= {*_BESIDE}
        and params is not None
        and params.get("model") is not None
        and inside.isdisjoint(_BESIDE)
        and inside <= names_in(_PARAMS, "known").ever
        and _names(item.get(_INFO)).isdisjoint(_CONNECTION)
    )


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if node is not None else ()


def _names(node: Node | None) -> frozenset[str]:
    if node is None or node.kind != "mapping":
        return frozenset()
    return frozenset(name for name, _ in node.children())
