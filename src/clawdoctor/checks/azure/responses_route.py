"""The changes that make LiteLLM use the Responses API for a deployment."""

from __future__ import annotations

from clawdoctor.chain.litellm import Deployment
from clawdoctor.knowledge.azure import recommended_api_version
from clawdoctor.source.change import Change, Put, Quoted, put


def responses_route(deployment: Deployment, *, newer: bool) -> tuple[Change, ...]:
    """Return the changes that set the route in the model and, if `newer`, the api-version.

    Empty if a variable or a wildcard gives one of them.
    """
    node, version = deployment.model.node, deployment.api_version
    if node is None or deployment.model.state != "written" or deployment.requested:
        return ()
    if newer and version.variable is not None:
        return ()
    dated = put(deployment.params, "/api_version", Quoted(recommended_api_version()))
    return (Put(node, f"azure/responses/{deployment.name}"), *(dated if newer else ()))
