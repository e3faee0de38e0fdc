"""A deployment's parameter as checks point at it, and what makes a change count.

Several deployments may share one value through a YAML anchor or merge key. It stands at one
place, so all of them point there by the pointer of the first: triage then makes one finding of it.
"""

from __future__ import annotations

from pathlib import Path

from clawdoctor.chain.advice import recreate_service, restart_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.finding import Action, Place, Step
from clawdoctor.source.node import join_pointer


def parameter_place(
    config: LiteLLMConfig, deployment: Deployment, key: str, label: str = ""
) -> Place:
    """Where a parameter of `litellm_params` stands."""
    node = deployment.params.get(key)
    sharing = (
        other
        for other in config.deployments
        if node is not None and (its := other.params.get(key)) is not None and its.span == node.span
    )
    first = next(sharing, deployment)
    return config.place(join_pointer(f"{first.pointer}/litellm_params", key), label)


def alias_places(config: LiteLLMConfig, deployment: Deployment, key: str) -> tuple[Place, ...]:
    """The alias through which the parameter came to this deployment, if it came through one."""
    node = deployment.params.get(key)
    if node is None or node.alias is None:
        return ()
    pointer = join_pointer(f"{deployment.pointer}/litellm_params", key)
    return (Place(config.path, pointer, node.alias, "the same value, through this alias"),)


def restart(config: LiteLLMConfig | None, environment: Environment) -> Action:
    """What makes the proxy run with what the file now says."""
    service = environment.proxy.container
    if service is not None:
        return recreate_service(service)
    if config is None:  # with which file it was started is not known
        return Step("where the proxy runs: restart it after the change")
    return restart_proxy(config.path)


def file_name(path: str) -> str:
    """The file's name, as a sentence names it."""
    return Path(path).name
