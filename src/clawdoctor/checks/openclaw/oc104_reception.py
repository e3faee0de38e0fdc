"""How LiteLLM and Azure handle the parameter store, depending on version and drop_params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from clawdoctor.chain.drop_params import DropParams
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import lacks

PARAMETER = "store"


Reception = Literal["litellm-refuses", "azure-refuses", "disputed", "taken", "unknown"]
"""Who rejects a `store` that OpenClaw sends, if anyone does."""


def reception_of(route: Route, dropping: Mapping[str, DropParams], versions: Versions) -> Reception:
    """Return the worst reception by the deployments that the route may reach."""
    if not dropping:
        return "litellm-refuses" if _litellm_refuses(versions) else "unknown"
    receptions = {
        _deployment_reception(deployment, dropping[deployment.id], versions)
        for deployment in route.deployments
    }
    order: tuple[Reception, ...] = (
        "litellm-refuses",
        "azure-refuses",
        "disputed",
        "unknown",
        "taken",
    )
    return min(receptions, key=order.index)


def _deployment_reception(
    deployment: Deployment, dropping: DropParams, versions: Versions
) -> Reception:
    if PARAMETER in dropping.named:
        return "taken"
    if _litellm_refuses(versions):
        return "taken" if dropping.on else "litellm-refuses"
    api_version = deployment.api_version.resolved
    if api_version in table("azure")["disputed"][PARAMETER]:
        return "disputed"
    if api_version is not None and lacks(api_version, PARAMETER):
        return "azure-refuses"  # drop_params does not drop a `store` that LiteLLM passes on
    sure = api_version is not None and (versions.known("litellm") or dropping.on)
    return "taken" if sure else "unknown"


def _litellm_refuses(versions: Versions) -> bool:
    return versions.known("litellm") and versions.effect("litellm", PARAMETER) == "refused"
