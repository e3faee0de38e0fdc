"""The settings that an Azure deployment lacks and LiteLLM looks for in variables: part of LL103."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_credential import KEY, credential_pointers, named_credential
from clawdoctor.knowledge import table
from clawdoctor.source.node import Node

_INSTEAD = {
    "api_base": ("base_url",),
    "api_key": (
        "azure_ad_token",
        "azure_ad_token_provider",
        "tenant_id",
        "client_id",
        "azure_username",
        "azure_scope",
        "client",
    ),
}
"""Parameters that replace it: another name, or an identity instead of a key."""
_EVERYWHERE = (
    "/router_settings/default_litellm_params",
    "/litellm_settings/default_litellm_params",
    "/litellm_settings/enable_azure_ad_token_refresh",
)
"""Settings that give values to all deployments. The check does not read which."""
_FOR_ALL = {
    "api_base": ("/litellm_settings/api_base",),
    "api_key": ("/litellm_settings/api_key", "/litellm_settings/azure_key"),
}
"""Settings that give one value to all of LiteLLM's requests."""
_IDENTITY = (
    "AZURE_CREDENTIAL",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_USERNAME",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
)
"""Variables in which Azure's own libraries find an identity."""


@dataclass(frozen=True, slots=True)
class AbsentSetting:
    """A parameter that is not set anywhere, and the variables in which LiteLLM looks for it."""

    name: str
    variables: tuple[str, ...]

    @property
    def listed(self) -> str:
        """The variables, joined for a sentence that says neither is set."""
        *first, last = self.variables
        return f"{', '.join(first)} nor {last}" if first else last


def absent_settings(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> tuple[AbsentSetting, ...]:
    """The settings api_base and api_key, each if nothing gives it a value."""
    params = deployment.params
    if deployment.provider != "azure" or _has_unknown_credential(deployment, config, environment):
        return ()
    if _gives_everywhere(config):
        return ()
    absent = []
    for name, instead in _INSTEAD.items():
        variables: tuple[str, ...] = tuple(table("litellm")["fallback_variables"][name])
        given = any(_is_given(params.get(parameter)) for parameter in (name, *instead))
        general = _FOR_ALL[name]
        names = (*variables, *_IDENTITY) if name == "api_key" else variables
        set_here = _is_any_set(names, environment)
        later = any(config.root.at(f"/environment_variables/{v}") is not None for v in names)
        everywhere = any(config.root.at(pointer) is not None for pointer in general)
        if not (given or set_here or later or everywhere):
            absent.append(AbsentSetting(name, variables))
    return tuple(absent)


def has_identity(deployment: Deployment, config: LiteLLMConfig, environment: Environment) -> bool:
    """Return whether LiteLLM signs in with an identity where the key is not set."""
    return (
        _gives_everywhere(config)
        or any(_is_given(deployment.params.get(name)) for name in _INSTEAD["api_key"])
        or _is_any_set(_IDENTITY, environment)
    )


def _gives_everywhere(config: LiteLLMConfig) -> bool:
    return any(config.root.at(pointer) is not None for pointer in _EVERYWHERE)


def _is_any_set(names: Iterable[str], environment: Environment) -> bool:
    found = (environment.proxy.get(name) for name in names)
    return any(variable is not None and bool(variable.value) for variable in found)


def _is_given(node: Node | None) -> bool:
    """Return whether a parameter has a value. LiteLLM treats null and an empty text as none."""
    return node is not None and (bool(node.items) or bool(node.entries) or bool(node.value))


def _has_unknown_credential(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> bool:
    """Return whether the values come from a credential that the file does not hold. See LL117."""
    if not _is_given(deployment.params.get(KEY)):
        return False
    name = named_credential(deployment.params, environment.proxy)
    return name not in credential_pointers(config.root)
