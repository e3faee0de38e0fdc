"""Which Azure deployment LiteLLM asks for."""

from __future__ import annotations

from clawdoctor.chain.azure_host import split
from clawdoctor.chain.litellm import Deployment
from clawdoctor.knowledge import table


def name_for(deployment: Deployment, asked: str) -> str:
    """The name behind the provider's prefix; a wildcard's star is what was asked for in its place.

    Where the request is not one that the wildcard meets, the star stays.
    """
    head, star, tail = deployment.group.partition("*")
    if star and asked.startswith(head) and asked.endswith(tail):
        return deployment.name.replace("*", asked[len(head) : len(asked) - len(tail)])
    return deployment.name


def deployment_name(deployment: Deployment) -> str | None:
    """The name in the path or body of LiteLLM's request; None where there is none to compare.

    Routing words before the name (`responses/`, `o_series/`) are LiteLLM's own; an `api_base`
    that already ends in a deployment's path decides. Wildcards and other providers have none.
    """
    if deployment.provider != "azure" or "*" in deployment.name:
        return None
    parts = split(deployment.api_base.resolved or "")
    _, found, rest = (parts.path if parts is not None else "").partition("/deployments/")
    if found and rest:
        return rest.partition("/")[0]
    name = deployment.name
    for word in table("litellm")["routing_words"]["azure"]:
        name = name.removeprefix(f"{word}/")
    return name if name and "/" not in name else None
