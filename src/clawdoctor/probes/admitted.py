"""What a failed turn proves all the same: that Azure accepted its key."""

from __future__ import annotations

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.probes.azure import ACCESS_REFUSALS
from clawdoctor.probes.replies import AllReplies
from clawdoctor.run.refusal import Kind

_OF_THE_REQUEST: frozenset[Kind] = frozenset(
    {
        "deployment-not-found",
        "operation-not-supported",
        "parameter-rejected",
        "content-filtered",
        "context-length-exceeded",
        "tools-need-responses-api",
    }
)
"""What a resource answers only once it has accepted the key and read the request."""


def admitted_refusals(replies: AllReplies, endpoints: Endpoints) -> frozenset[tuple[Kind, str]]:
    """The refusals that free probes met and that a turn disproves, each with its resource's id."""
    met: list[tuple[Kind, set[str]]] = []
    for failure in (failure for each in replies.replies for failure in each.failures):
        resources = map(endpoints.resource_of, failure.deployments)
        met.append((failure.kind, {resource.id for resource in resources if resource is not None}))
    within = [ids for kind, ids in met if kind in _OF_THE_REQUEST and len(ids) == 1]
    admitted = frozenset[str]().union(*within)
    refused = {(kind, name) for kind, ids in met for name in ids}
    return frozenset((kind, name) for kind in ACCESS_REFUSALS for name in admitted) - refused
