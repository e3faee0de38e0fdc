"""The name of the Azure deployment that LiteLLM sends a request to."""

from __future__ import annotations

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.litellm import Deployment
from clawdoctor.knowledge import table


def deployment_name(deployment: Deployment) -> str | None:
    """Return the deployment's name in the path or body of LiteLLM's request, or None.

    LiteLLM removes its routing prefixes (`responses/`, `o_series/`) from the name. A deployment
    in the path of `api_base` takes precedence. Wildcards and other providers give None.
    """
    if deployment.provider != "azure" or "*" in deployment.name:
        return None
    parts = split(deployment.api_base.resolved or "")
    _, found, rest = (parts.path if parts is not None else "").partition("/deployments/")
    if found and rest:
        return rest.partition("/")[0]
    name = deployment.name
    for prefix in table("litellm")["routing_words"]["azure"]:
        name = name.removeprefix(f"{prefix}/")
    return name if name and "/" not in name else None
