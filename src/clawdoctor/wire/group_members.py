"""The deployments and fallbacks to which LiteLLM's router can pass a request for a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.router import (
    ANY,
    fallback_names,
    fallbacks_of,
    own_deployments,
    own_fallbacks,
)
from clawdoctor.knowledge.litellm import takes_stream_options
from clawdoctor.wire.candidates import routed_names, without_teams
from clawdoctor.wire.served import ProxySettings
from clawdoctor.wire.startup import drop_at_start

Via = Literal["group", "alias", "wildcard", "id", "model", "fallback", "auto", "mirror"]


def is_chosen(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether a request chooses a deployment by its `model`. LiteLLM then reads no other name."""
    named = model in config.groups or model in config.ids or model in config.aliases
    return not named and not has_wildcards(config, environment, version)


def has_wildcards(config: LiteLLMConfig, environment: Environment, version: str | None) -> bool:
    """Whether a deployment with a wildcard as its name is not dropped at startup."""
    wildcards = [deployment for _, found in config.patterns for deployment in found]
    return any(drop_at_start(config, each, environment, version) is None for each in wildcards)


def takes_usage(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> bool:
    """Whether the proxy requests token counts for a streamed chat: if all models support it."""
    living = [] if model in config.ids else living_of(config, model, environment, version)
    models = [each.model.resolved or "" for each in living if each.model.resolved != model]
    return all(takes_stream_options(name) for name in models or [model])


def living_of(
    config: LiteLLMConfig, name: str, environment: Environment, version: str | None
) -> list[Deployment]:
    """Return the deployments of a name that LiteLLM does not drop at startup.

    Without its wildcard, a name may be the `model` of a deployment.
    """
    found = own_deployments(config, name)
    living = [each for each in found if drop_at_start(config, each, environment, version) is None]
    if living or not any(each.requested for each in found):
        return without_teams(living)
    return chosen_of(config, name, environment, version)


def chosen_of(
    config: LiteLLMConfig, model: str, environment: Environment, version: str | None
) -> list[Deployment]:
    """Return the deployments of a `model` that LiteLLM does not drop at startup."""
    named = [each for each in config.deployments if each.model.resolved == model]
    return without_teams(
        [each for each in named if drop_at_start(config, each, environment, version) is None]
    )


def attempted_names(
    config: LiteLLMConfig,
    model: str,
    environment: Environment,
    version: str | None,
    given: object = None,
) -> Iterator[tuple[str, Via | None]]:
    """Yield the model and the names of its fallbacks, each once, in the order of attempts.

    The fallbacks of an auto router and of the groups that it can choose follow these groups.
    A list of names in the request, `given`, replaces the list of the config.
    """
    yield model, None
    own = given_fallbacks(given)
    if own is not None:
        yield from ((name, "fallback") for name in own)
        return
    routed = routed_names(config, living_of(config, model, environment, version))
    for name in routed:
        yield name, "auto"
    seen_names = {model, *routed}
    waiting = [name for first in (model, *routed) for name in fallbacks_of(config, first)]
    while waiting:
        name = waiting.pop(0)
        if name not in seen_names:
            seen_names.add(name)
            waiting += own_fallbacks(config, name) or ()
            yield name, "fallback"


def fallback_changes(proxy: ProxySettings, model: str, name: str) -> dict[str, Any]:
    """Return what the fallback of a model to a name changes in the request.

    A fallback can be a mapping of `model` and other parameters.
    """
    chains = proxy.router.get("fallbacks") or proxy.settings.get("fallbacks")
    named = [chain for chain in _list(chains) if isinstance(chain, Mapping)]
    targets = [
        chain[key] for key in (*fallback_names(model), ANY) for chain in named if key in chain
    ]
    for target in _list(targets[0]) if targets else ():
        if isinstance(target, Mapping) and target.get("model") == name:
            return {part: value for part, value in target.items() if part != "model"}
    return {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def given_fallbacks(given: object) -> list[str] | None:
    """Return the fallbacks of a request if they are a list of names."""
    named = isinstance(given, list) and all(isinstance(name, str) for name in given)
    return given if isinstance(given, list) and named else None
