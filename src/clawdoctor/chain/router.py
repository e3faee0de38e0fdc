"""The deployments that LiteLLM's router tries for a requested model.

Measured on LiteLLM 1.106.2 and 1.108.7. A requested name can be, in the router's order: the id of a
deployment, an alias (followed once), a model group, the most specific wildcard, and the whole
`model` of a deployment. Only a config with a wildcard passes other names to the router, which then
tries their fallbacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.knowledge import table
from clawdoctor.knowledge.litellm import may_be_listed, vendor_of
from clawdoctor.source.node import Node, join_pointer

BLOCKS = ("/router_settings", "/litellm_settings")
"""The sections that can contain fallbacks. LiteLLM uses the first that does."""
FALLBACKS = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
CHECKED_FALLBACKS = ("fallbacks", "content_policy_fallbacks")
"""The settings that the router checks when it starts. It accepts any context_window_fallbacks.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2.
"""
DEFAULT = "default_fallbacks"
ANY = "*"
"""The name that sets fallbacks for every group."""
ONLY_MODEL = "/general_settings/completion_model"
"""The setting of a model that replaces the model of every request."""
MODEL_ALIASES = "/litellm_settings/model_alias_map"
"""The models that replace the requested ones. The proxy reads them before the router's aliases."""


def requested_name(config: LiteLLMConfig, model: str) -> str:
    """Return the model that LiteLLM uses for the model in a request."""
    return replacement(config, model)[0]


def replacement(config: LiteLLMConfig, model: str) -> tuple[str, str]:
    """Return the model that LiteLLM uses for the model in a request, and what sets it.

    The second item is the pointer of a setting, or empty if the model stays the same.
    """
    pointer, only = "", config.root.at(ONLY_MODEL)
    if only is not None and isinstance(only.value, str) and only.value:
        model, pointer = only.value, ONLY_MODEL
    place = join_pointer(MODEL_ALIASES, model)
    mapped = config.root.at(place)
    if mapped is not None and isinstance(mapped.value, str):
        return mapped.value, place
    return model, pointer


def deployments_for(config: LiteLLMConfig, model: str) -> tuple[Deployment, ...]:
    """Return the deployments that a request for `model` can reach without an earlier failure.

    Fallbacks count only if the model itself has no deployment. A wildcard gives deployments with
    the model name that LiteLLM requests.
    """
    model = requested_name(config, model)
    found = own_deployments(config, model)
    if found or not is_known(config, model):
        return found
    return _by_fallback(config, model, frozenset({model}))


def is_accepted(config: LiteLLMConfig, model: str) -> bool:
    """Return whether the proxy passes a request to its router."""
    return is_known(config, requested_name(config, model))


def is_known(config: LiteLLMConfig, model: str) -> bool:
    """Return whether the router gets a model that the proxy uses: a known name, or a wildcard."""
    known = model in config.groups or model in config.aliases or model in config.ids
    return known or bool(config.patterns) or bool(own_deployments(config, model))


def is_served_unlisted(config: LiteLLMConfig, model: str) -> bool:
    """Return whether the router accepts a name that may be missing from the proxy's model list."""
    listed = model in config.groups or model in config.aliases
    return not listed and bool(deployments_for(config, model))


def own_deployments(config: LiteLLMConfig, model: str) -> tuple[Deployment, ...]:
    """Return the deployments of a name, without those of its fallbacks."""
    if model not in config.groups and model in config.ids:
        return (config.ids[model],)
    return named_deployments(config, config.aliases.get(model, model))


def named_deployments(config: LiteLLMConfig, name: str) -> tuple[Deployment, ...]:
    """Return the deployments of an alias's target: the router follows only one alias."""
    if name in config.groups:
        return config.groups[name]
    members = _routing_group(config, name)
    if members:
        return members
    for candidate in (name,) if "/" in name else (name, _with_provider(name)):
        for pattern, deployments in config.patterns:
            match = pattern.match(candidate)
            if match is not None:
                return tuple(_filled(deployment, match, name) for deployment in deployments)
    return tuple(d for d in config.deployments if d.model.resolved == name)


def may_be_served(config: LiteLLMConfig, model: str) -> bool:
    """Return whether a wildcard matches a name if a newer list of LiteLLM has the model.

    LiteLLM loads its list of models when it starts.
    """
    model = requested_name(config, model)
    if not may_be_listed(model):
        return False
    names = [f"{provider}/{model}" for provider in table("litellm_providers")["providers"]]
    return any(pattern.match(name) for pattern, _ in config.patterns for name in names)


def fallbacks_of(config: LiteLLMConfig, group: str) -> tuple[str, ...]:
    """Return the names that LiteLLM tries after a group fails: its own, else the shared ones."""
    own = own_fallbacks(config, group)
    own = own if own is not None else own_fallbacks(config, ANY)
    if own is not None:
        return own
    for block in BLOCKS:
        default = config.root.at(f"{block}/{DEFAULT}")
        if default is not None and default.items:
            return tuple(_targets(default))
    return ()


def own_fallbacks(config: LiteLLMConfig, group: str) -> tuple[str, ...] | None:
    """Return the fallbacks of a group itself, which a fallback that fails also has."""
    for block in BLOCKS:
        listed = config.root.at(f"{block}/fallbacks")
        if listed is not None and listed.items:
            named = dict(_named_lists(listed))
            found = next((named[name] for name in fallback_names(group) if name in named), None)
            return tuple(_targets(found)) if found is not None else None
    return None


def fallback_names(group: str) -> tuple[str, ...]:
    """Return the names under which LiteLLM looks up the fallbacks of a group, the first first.

    It also finds those of a name without the provider in the group, or with its usual provider.
    """
    head, slash, _ = group.partition("/")
    if not slash:
        return (group, _with_provider(group))
    known = head in table("litellm_providers")["providers"]
    return (group, group.replace(f"{head}/", "")) if known else (group,)


def written_fallbacks(config: LiteLLMConfig, name: str) -> tuple[str, Node] | None:
    """Return the pointer and the value of a fallback setting that LiteLLM uses, or None.

    If the value is empty, whatever its type, LiteLLM uses the next section.
    """
    for block in BLOCKS:
        node = config.root.at(f"{block}/{name}")
        if node is not None and node.python():
            return f"{block}/{name}", node
    return None


def _by_fallback(
    config: LiteLLMConfig, model: str, visited: frozenset[str]
) -> tuple[Deployment, ...]:
    for name in fallbacks_of(config, model):
        if name in visited:
            continue
        found = own_deployments(config, name) or _by_fallback(config, name, visited | {name})
        if found:
            return found
    return ()


def _named_lists(listed: Node) -> Iterator[tuple[str, Node]]:
    for item in listed.items:
        if item.kind == "mapping":
            yield from item.children()


def _targets(listed: Node) -> Iterator[str]:
    if isinstance(listed.value, str):
        yield from listed.value  # LiteLLM before 1.108.1 treats each letter as a name
    for item in listed.items:
        inner = item.get("model") if item.kind == "mapping" else item
        if inner is not None and isinstance(inner.value, str):
            yield inner.value


def _routing_group(config: LiteLLMConfig, name: str) -> tuple[Deployment, ...]:
    listed = config.root.at("/router_settings/routing_groups")
    for item in listed.items if listed is not None else ():
        models = item.get("models") if item.text("group_name") == name else None
        if models is not None:
            groups = (config.groups.get(str(model.value), ()) for model in models.items)
            return tuple(deployment for group in groups for deployment in group)
    return ()


def _with_provider(name: str) -> str:
    """Return a bare name with the provider that LiteLLM finds for it, or with "None"."""
    return f"{vendor_of(name)}/{name}"


def _filled(deployment: Deployment, match: re.Match[str], requested: str) -> Deployment:
    """Return the deployment of a wildcard that serves one model."""
    written = deployment.model.resolved or ""
    segments = match.groups()
    if "*" not in written:
        filled = written
    elif len(segments) > written.count("*"):
        filled = match.string
    else:
        for segment in segments:
            written = written.replace("*", segment, 1)
        filled = written
    shown = deployment.model.shown if deployment.model.hidden else filled
    return replace(
        deployment,
        id=f"{deployment.id} for {requested}",
        requested=requested,
        model=replace(deployment.model, node=None, resolved=filled, shown=shown),
    )
