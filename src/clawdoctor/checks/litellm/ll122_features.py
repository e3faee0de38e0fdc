"""The features that known faults of a release affect, and the places that use them: part of LL122.

A row of the table has a feature and may restrict it in `where`. This file defines all features.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.knowledge.litellm import is_openais
from clawdoctor.source.node import Node
from clawdoctor.wire.openclaw_model import spoken_api
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests

_REASONING = "reasoning.encrypted_content"
_V1 = ("v1", "latest", "preview")
_AFFINITY = "encrypted_content_affinity"
_CHECKS = "/router_settings/optional_pre_call_checks"
_TOKENS = ("azure_ad_token", "tenant_id", "client_secret", "azure_username")
_KEYS = ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY")
Where = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Uses:
    """The parts of a chain in which to look for features. Either config may be missing."""

    litellm: LiteLLMConfig | None
    openclaw: OpenClawConfig | None
    chain: Chain
    requests: Requests
    environment: Environment
    versions: Versions


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses a feature, and the ids that it affects. No id means the whole chain."""

    place: Place | None
    subjects: tuple[str, ...] = ()


def uses_of(feature: str, where: Where, uses: Uses) -> tuple[Use, ...]:
    """Return the places that use a feature.

    Raises KeyError for a feature that is not in the vocabulary.
    """
    return tuple(_FEATURES[feature](where, uses))


def _deployments(where: Where, uses: Uses) -> Iterator[Deployment]:
    for item in uses.litellm.deployments if uses.litellm is not None else ():
        info = item.node.get("model_info")
        base = (info.text("base_model") if info is not None else None) or ""
        names = (item.name, base.rpartition("/")[2])
        pattern = where.get("model")
        if item.provider != where.get("provider", "azure"):
            continue
        if pattern is not None and not any(re.search(pattern, name) for name in names):
            continue
        if where.get("openai") and not any(name and is_openais(name) for name in names):
            continue
        yield item


def _azure_model(where: Where, uses: Uses) -> Iterator[Use]:
    for item in _deployments(where, uses):
        assert uses.litellm is not None
        yield Use(uses.litellm.place(f"{item.pointer}/litellm_params/model"))


def _gets_responses(item: Deployment, where: Where, uses: Uses) -> bool:
    """Return whether OpenClaw's Responses requests reach a deployment."""
    return any(
        made.api == "responses"
        and (not where.get("reasoning") or _REASONING in (made.body.get("include") or ()))
        for made in uses.requests.received(item)
    )


def _azure_responses(where: Where, uses: Uses) -> Iterator[Use]:
    for item in _deployments(where, uses):
        if _gets_responses(item, where, uses):
            assert uses.litellm is not None
            yield Use(uses.litellm.place(f"{item.pointer}/litellm_params/model"))


def _entra_on_v1(where: Where, uses: Uses) -> Iterator[Use]:
    config = uses.litellm
    if config is None or any(uses.environment.proxy.get(name) for name in _KEYS):
        return
    refresh = config.root.at("/litellm_settings/enable_azure_ad_token_refresh")
    for item in _deployments(where, uses):
        token = any(item.params.get(name) is not None for name in _TOKENS)
        if item.params.get("api_key") is not None or item.api_version.resolved not in _V1:
            continue
        if token or (refresh is not None and refresh.value is True):
            yield Use(config.place(f"{item.pointer}/litellm_params/api_version"))


def _stream_usage(where: Where, uses: Uses) -> Iterator[Use]:
    pointer = "/general_settings/always_include_stream_usage"
    config = uses.litellm
    node = config.root.at(pointer) if config is not None else None
    if config is None or node is None or node.value is not True:
        return
    if any(_gets_responses(item, where, uses) for item in _deployments(where, uses)):
        yield Use(config.place(pointer))


def _checks(uses: Uses) -> tuple[LiteLLMConfig, Node, tuple[object, ...]] | None:
    """Return the router's list of checks if it contains encrypted_content_affinity."""
    config = uses.litellm
    node = config.root.at(_CHECKS) if config is not None else None
    values = tuple(item.value for item in node.items) if node is not None else ()
    if config is None or node is None or _AFFINITY not in values:
        return None
    return config, node, values


def _affinity_and_deployment(_where: Where, uses: Uses) -> Iterator[Use]:
    found = _checks(uses)
    if found is not None and "deployment_affinity" in found[2]:
        yield Use(found[0].place(_CHECKS))


def _affinity_and_tags(_where: Where, uses: Uses) -> Iterator[Use]:
    found = _checks(uses)
    if found is None:
        return
    tags = found[0].root.at("/router_settings/enable_tag_filtering")
    if tags is not None and tags.value is True:
        yield Use(found[0].place("/router_settings/enable_tag_filtering"))


def _affinity_and_groups(where: Where, uses: Uses) -> Iterator[Use]:
    found = _checks(uses)
    used = {item.group for item in _deployments(where, uses) if _gets_responses(item, where, uses)}
    if found is not None and len(used) > 1:
        yield Use(found[0].place(_CHECKS))


def _is_proxied(route: Route, uses: Uses) -> bool:
    """Return whether LiteLLM forwards a route's items to Azure's Responses API."""
    return any(
        item.provider == "azure" and _gets_responses(item, {}, uses) for item in route.deployments
    )


def _openclaw_to_azure(where: Where, uses: Uses) -> Iterator[Use]:
    for route in uses.chain.chat_routes:
        api = spoken_api(route, uses.versions)
        sent = uses.requests.sent.get(route.id)
        body = sent.body if isinstance(sent, HopRequest) else {}
        reached = route.target == "azure" or (where.get("proxied") and _is_proxied(route, uses))
        if not reached or uses.openclaw is None:
            continue
        if api != where.get("api", api) or route.provider.id != where.get(
            "provider", route.provider.id
        ):
            continue
        if where.get("reasoning") and not ({"reasoning", "reasoning_effort"} & body.keys()):
            continue
        yield Use(uses.openclaw.place(route.name_pointer), (route.id,))


_FEATURES: Mapping[str, Callable[[Where, Uses], Iterator[Use]]] = {
    "azure-model": _azure_model,
    "azure-responses": _azure_responses,
    "entra-on-v1": _entra_on_v1,
    "stream-usage-with-responses": _stream_usage,
    "affinity-with-deployment-affinity": _affinity_and_deployment,
    "affinity-with-tags": _affinity_and_tags,
    "affinity-with-several-groups": _affinity_and_groups,
    "openclaw-to-azure": _openclaw_to_azure,
}
FEATURES = frozenset(_FEATURES)
"""The features that the table may contain."""
