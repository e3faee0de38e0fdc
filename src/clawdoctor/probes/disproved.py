"""Refusals that a failed turn disproves, because it failed after Azure had accepted its key."""

from __future__ import annotations

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.probes.azure import ACCESS_REFUSALS
from clawdoctor.probes.replies import AllReplies
from clawdoctor.run.refusal import Kind

_REQUEST_KINDS: frozenset[Kind] = frozenset(
    {
        "deployment-not-found",
        "operation-not-supported",
        "parameter-rejected",
        "content-filtered",
        "context-length-exceeded",
        "tools-need-responses-api",
    }
)
"""Kinds that a resource reports only after it has accepted the key and read the request."""


def disproved_refusals(replies: AllReplies, endpoints: Endpoints) -> frozenset[tuple[Kind, str]]:
    """Return the refusals that a turn disproves, each with the id of its resource."""
    met: list[tuple[Kind, set[str]]] = []
    for failure in (failure for item in replies.replies for failure in item.failures):
        resources = map(endpoints.resource_of, failure.deployments)
        met.append((failure.kind, {resource.id for resource in resources if resource is not None}))
    accepted = [ids for kind, ids in met if kind in _REQUEST_KINDS and len(ids) == 1]
    ids_accepted = frozenset[str]().union(*accepted)
    refused = {(kind, name) for kind, ids in met for name in ids}
    return frozenset((kind, name) for kind in ACCESS_REFUSALS for name in ids_accepted) - refused
