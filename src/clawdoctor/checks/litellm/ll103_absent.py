"""The settings that LiteLLM looks for in variables if a deployment lacks them: part of LL103."""

from __future__ import annotations

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY, credential_pointers, named_credential
from clawdoctor.chain.litellm_value import REFERENCE, value_of
from clawdoctor.deferred import dataclass
from clawdoctor.source.node import Node
from clawdoctor.wire.azure_credential import CREDENTIAL_VARIABLES
from clawdoctor.wire.azure_url import BASE_VARIABLES
from clawdoctor.wire.requests import Requests

_EVERYWHERE = (
    "/router_settings/default_litellm_params",
    "/litellm_settings/default_litellm_params",
)
"""Settings that give values to all deployments. The check does not read those values."""
_VARIABLES = {"api_base": BASE_VARIABLES, "api_key": CREDENTIAL_VARIABLES}


@dataclass(frozen=True, slots=True)
class AbsentSetting:
    """A parameter that is not set anywhere, and the variables that LiteLLM tries instead."""

    name: str
    variables: tuple[str, ...]

    @property
    def listed(self) -> str:
        """Return the variables, joined for a sentence."""
        *first, last = self.variables
        return f"{', '.join(first)} and {last}" if first else last


def absent_settings(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment, requests: Requests
) -> tuple[AbsentSetting, ...]:
    """Return api_base and api_key, each only if nothing gives it a value."""
    if deployment.provider != "azure" or _has_unknown_credential(deployment, config, environment):
        return ()
    if _gives_everywhere(config):
        return ()
    unset = _has_unset(deployment, environment)
    return tuple(
        AbsentSetting(name, _VARIABLES[name])
        for name in requests.lacks(deployment)
        if not _is_written(deployment, name) and not (unset and name == "api_key")
    )


def sibling_value(name: str, deployment: Deployment, config: LiteLLMConfig) -> Node | None:
    """Return the value that all other deployments of the resource have for a parameter.

    A key counts only if it is a reference to a variable. For an address, all Azure deployments
    count.
    """
    found: dict[object, Node] = {}
    for other in config.deployments:
        node = other.params.get(name)
        related = name == "api_base" or (other.host is not None and other.host == deployment.host)
        text = str(node.value) if node is not None else ""
        if node is None or not text or other.provider != "azure" or not related:
            continue
        if name != "api_key" or text.startswith(REFERENCE):
            found[node.value] = node
    return next(iter(found.values())) if len(found) == 1 else None


def is_given(name: str, deployment: Deployment, config: LiteLLMConfig, requests: Requests) -> bool:
    """Return whether LiteLLM finds a key or an address elsewhere if the deployment's is unset."""
    return _gives_everywhere(config) or name not in requests.lacks(deployment)


def _is_written(deployment: Deployment, name: str) -> bool:
    names = ("api_base", "base_url") if name == "api_base" else (name,)
    return any(_is_given(deployment.params.get(each)) for each in names)


def _has_unset(deployment: Deployment, environment: Environment) -> bool:
    """Return whether a parameter refers to an unset variable. LL103 reports that variable."""
    params = deployment.params
    names = [name for name, _ in params.children()]
    return any(value_of(params, f"/{name}", environment.proxy).state == "unset" for name in names)


def _gives_everywhere(config: LiteLLMConfig) -> bool:
    return any(config.root.at(pointer) is not None for pointer in _EVERYWHERE)


def _is_given(node: Node | None) -> bool:
    """Return whether a parameter has a value. LiteLLM treats null and an empty string as unset."""
    return node is not None and (bool(node.items) or bool(node.entries) or bool(node.value))


def _has_unknown_credential(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> bool:
    """Return whether the values come from a credential that the file lacks. See LL117."""
    if not _is_given(deployment.params.get(KEY)):
        return False
    name = named_credential(deployment.params, environment.proxy)
    return name not in credential_pointers(config.root)
