"""The place of a deployment's parameter, and the action that applies a change.

Several deployments can share a value through a YAML anchor or merge key. All of them return the
place in the first deployment, so that triage merges their findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.advice import APPLY_MANIFEST, CHECK_AGAIN, recreate, restart_proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_file import holds_part
from clawdoctor.chain.litellm_value import Value
from clawdoctor.finding import Action, Command, Finding, Place, Step, Unknown
from clawdoctor.source.node import join_pointer
from clawdoctor.source.secret import Secret


def parameter_place(
    config: LiteLLMConfig, deployment: Deployment, key: str, label: str = ""
) -> Place:
    """Return the place of a parameter of `litellm_params`."""
    node = deployment.params.get(key)
    first = deployment if node is None else config.first_with(key, node) or deployment
    return config.place(join_pointer(f"{first.pointer}/litellm_params", key), label)


def alias_places(config: LiteLLMConfig, deployment: Deployment, key: str) -> tuple[Place, ...]:
    """Return the place of the alias that gives this deployment the parameter, if any."""
    node = deployment.params.get(key)
    if node is None or node.alias is None:
        return ()
    pointer = join_pointer(f"{deployment.pointer}/litellm_params", key)
    return (Place(config.path, pointer, node.alias, "the same value, through this alias"),)


def restart(config: LiteLLMConfig | None, environment: Environment) -> Action:
    """Return the action that restarts the proxy with the changed file."""
    return replace(_restart(config, environment), restarts="LiteLLM")


def _restart(config: LiteLLMConfig | None, environment: Environment) -> Action:
    service = environment.proxy.container
    if service is not None:
        return recreate(service, by_hand=environment.proxy.by_hand)
    if environment.proxy.restart:
        return Command(environment.proxy.restart)
    if config is None:  # it is unknown which file the proxy was started with
        return Step("Restart the proxy where it runs, after the change")
    if holds_part(config.texts[0], config.root):
        return APPLY_MANIFEST
    start = restart_proxy(config.path, environment.proxy_port, environment.env_file)
    return replace(start, first="Stop LiteLLM if it is running (Ctrl-C in its terminal)")


def with_restart(
    found: Iterable[Finding | Unknown], restarting: Action
) -> Iterator[Finding | Unknown]:
    """Yield the findings. Their fixes restart the proxy before clawdoctor checks again."""
    for item in found:
        if not isinstance(item, Finding):
            yield item
            continue
        fixes = []
        for fix in item.fixes:
            first = tuple(act for act in fix.actions if act not in (CHECK_AGAIN, restarting))
            again = (CHECK_AGAIN,) if CHECK_AGAIN in fix.actions else ()
            fixes.append(replace(fix, actions=(*first, restarting, *again)))
        yield replace(item, fixes=tuple(fixes))


def replace_proxy(config: LiteLLMConfig | None, environment: Environment) -> Action:
    """Return the action that stops a proxy with an older file and starts it again."""
    start = restart(config, environment)
    if not isinstance(start, Command) or not start.first:
        return start
    port = environment.proxy_port
    stop = f"Stop the LiteLLM that listens on port {port}: it still uses the old settings"
    return replace(start, first=stop)


def where_set(environment: Environment, name: str = "") -> str:
    """Return where to set a variable of the proxy: "in proxy.env", to begin or end a sentence."""
    scope = environment.proxy
    found = scope.get(name)
    if found is not None and found.place is not None:
        return f"in {file_name(found.place.path)}"
    if scope.container is not None and scope.by_hand:
        return "in the docker run command"
    if scope.container is not None:
        return f"under environment of the Compose service {scope.container}"
    if scope.service:
        return f"in {scope.source}"
    if environment.env_file is not None:
        return f"in {file_name(environment.env_file)}"
    return "in the shell that starts LiteLLM"


def where_found(value: Value[str] | Value[Secret]) -> str:
    """Return where the variable of a setting is set, to begin or end a sentence."""
    if not (value.variable or "").isidentifier():
        return "in the proxy's environment"
    if value.found is not None and value.found.place is not None:
        return f"in {file_name(value.found.place.path)}"
    if value.found is None or value.found.basis == "assumed":
        return "in the shell that starts LiteLLM"
    return f"in {value.found.source}"


def file_name(path: str) -> str:
    """Return the file's name for use in a sentence."""
    return Path(path).name
