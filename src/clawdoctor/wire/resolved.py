"""The values of LiteLLM's config: its deployments and settings with resolved references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clawdoctor.chain.drop_params import drops_params
from clawdoctor.chain.environment import Environment, Variable, Variables
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.knowledge.litellm import is_noted_elsewhere
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import ProxySettings, ServedDeployment, modes_of, text_of

VARIABLES = "/environment_variables"
"""The section whose values LiteLLM adds to its environment after it resolves references."""
_OWN = "environment_variables of LiteLLM's config"
DEFAULTS = "/router_settings/default_litellm_params"
"""Default parameters of every request. They override a deployment's own."""
_USAGE = "/general_settings/always_include_stream_usage"
_OVERWRITTEN = "AZURE_API_VERSION"
"""The variable that the proxy, after it reads the config, overwrites with its option or the
option's default."""
_VERSION_OPTION = "--api_version"


def served(deployment: Deployment, variables: Variables) -> ServedDeployment:
    """Return a deployment of the config as LiteLLM has it."""
    info = deployment.node.get("model_info")
    model = deployment.params.get("model")
    written = text_of(_resolved(model, variables)) if model is not None else None
    params = dict(_values(deployment.params, variables))
    params.pop("model", None)
    return ServedDeployment(
        deployment.model.resolved or "",
        params,
        dict(_values(info, variables)) if info is not None and info.kind == "mapping" else {},
        noted=(not deployment.requested or written is None or "*" not in written)
        and not is_noted_elsewhere(deployment.model.resolved or ""),
    )


def proxy_settings(
    config: LiteLLMConfig,
    environment: Environment,
    version: str,
    arguments: tuple[str, ...] = (),
) -> ProxySettings:
    """Return the settings of a config for all deployments. `arguments` start the proxy."""
    block = config.root.get("litellm_settings")
    defaults = config.root.at(DEFAULTS)
    written = config.root.at(_USAGE)
    usage = _resolved(written, environment.proxy) if written is not None else None
    variables = environment.proxy
    known = {name: variable.value for name, variable in variables.values.items()}
    known |= {name: own.value for name, own in own_variables(config, variables).items()}
    known.pop(_OVERWRITTEN, None)
    if (version_argument := _value_of(_VERSION_OPTION, arguments)) is not None:
        known[_OVERWRITTEN] = Secret(version_argument)
    router = config.root.get("router_settings")
    return ProxySettings(
        version,
        drop_params=drops_params(config, None, variables, arguments),
        settings=dict(_values(block, variables)) if block is not None else {},
        variables=known,
        modes=modes_of(_modes(config, variables)),
        defaults=dict(_values(defaults, variables)) if defaults is not None else {},
        usage=usage if isinstance(usage, bool) else None,
        router=dict(_values(router, variables)) if router is not None else {},
    )


def own_variables(config: LiteLLMConfig, variables: Variables) -> dict[str, Variable]:
    """Return the variables that the config itself sets, each with the variables that it uses."""
    block = config.root.at(VARIABLES)
    found: dict[str, Variable] = {}
    for name, node in block.children() if block is not None else ():
        value = _resolved(node, variables)  # LiteLLM turns an unset variable into the word None
        if not isinstance(value, (dict, list)):
            place = config.place(join_pointer(VARIABLES, name))
            found[name] = Variable(
                name, Secret(str(value)), _OWN, "known", place, tuple(_uses(node, variables))
            )
    return found


def _uses(node: Node, variables: Variables) -> Iterator[str]:
    if isinstance(node.value, str) and node.value.startswith(REFERENCE):
        name = node.value.removeprefix(REFERENCE)
        yield name
        variable = variables.get(name)
        yield from variable.uses if variable is not None else ()


def _value_of(option: str, arguments: tuple[str, ...]) -> str | None:
    """Return the value of an option on a command line. The last one counts."""
    found = None
    for argument, after in zip(arguments, (*arguments[1:], ""), strict=False):
        name, equals, value = argument.partition("=")
        if name == option:
            found = value if equals else after
    return found or None


def _modes(config: LiteLLMConfig, variables: Variables) -> Iterator[tuple[str, str | None]]:
    for deployment in config.deployments:
        info = deployment.node.get("model_info")
        if info is not None:
            yield served(deployment, variables).noted_as, info.text("mode")


def _values(block: Node, variables: Variables) -> Iterator[tuple[str, Any]]:
    for name, node in block.children() if block.kind == "mapping" else ():
        yield name, _resolved(node, variables)


def _resolved(node: Node, variables: Variables) -> Any:
    """Return a value as LiteLLM has it: None for an unset variable."""
    if isinstance(node.value, str) and node.value.startswith(REFERENCE):
        variable = variables.get(node.value.removeprefix(REFERENCE))
        return variable.value.reveal() if variable is not None else None
    if node.kind == "mapping":
        return {name: _resolved(child, variables) for name, child in node.children()}
    if node.kind == "sequence":  # LiteLLM resolves references in its mappings only
        return [
            _resolved(item, variables) if item.kind == "mapping" else item.python()
            for item in node.items
        ]
    return node.value
