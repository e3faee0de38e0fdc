"""What an Azure deployment does without and LiteLLM then looks for in variables of its own."""

from __future__ import annotations

from dataclasses import dataclass

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.knowledge import table

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
"""Other parameters that do as well: another name, or an identity in place of a key."""
_EVERYWHERE = (
    "/credential_list",
    "/router_settings/default_litellm_params",
    "/litellm_settings/default_litellm_params",
    "/litellm_settings/enable_azure_ad_token_refresh",
)
"""Settings that give something to all deployments: what, is not looked at."""
_FOR_ALL = {
    "api_base": ("/litellm_settings/api_base",),
    "api_key": ("/litellm_settings/api_key", "/litellm_settings/azure_key"),
}
"""Where one value is given to all of LiteLLM's requests."""
_IDENTITY = (
    "AZURE_CREDENTIAL",
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_USERNAME",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
)
"""Variables with which Azure's own libraries find an identity."""


@dataclass(frozen=True, slots=True)
class AbsentSetting:
    """A parameter that is nowhere, and the variables in which LiteLLM would look for it."""

    name: str
    variables: tuple[str, ...]

    @property
    def listed(self) -> str:
        """The variables, in a sentence."""
        *first, last = self.variables
        return f"{', '.join(first)} nor {last}" if first else last


def absent_settings(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> tuple[AbsentSetting, ...]:
    """Address and key of a deployment, where nothing at all gives it one."""
    params = deployment.params
    if deployment.provider != "azure" or params.get("litellm_credential_name") is not None:
        return ()
    if any(config.root.at(pointer) is not None for pointer in _EVERYWHERE):
        return ()
    found = []
    for name, instead in _INSTEAD.items():
        variables: tuple[str, ...] = tuple(table("litellm")["fallback_variables"][name])
        given = any(params.get(one) is not None for one in (name, *instead))
        general = _FOR_ALL[name]
        seen = (*variables, *_IDENTITY) if name == "api_key" else variables
        set_here = any((one := environment.proxy.get(v)) and one.value for v in seen)
        later = any(config.root.at(f"/environment_variables/{v}") is not None for v in seen)
        everywhere = any(config.root.at(pointer) is not None for pointer in general)
        if not (given or set_here or later or everywhere):
            found.append(AbsentSetting(name, variables))
    return tuple(found)
