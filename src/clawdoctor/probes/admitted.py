"""What a turn that failed proves all the same: that Azure let it in."""

from __future__ import annotations

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.probes.azure import OWNERS
from clawdoctor.probes.replies import AllReplies

_OF_THE_REQUEST = ("AZ101", "AZ103", "AZ106", "AZ107", "AZ108", "AZ109")
"""What only a resource says that has read the request, and that has let its key in."""


def past_the_door(replies: AllReplies, endpoints: Endpoints) -> frozenset[tuple[str, str]]:
    """What free probes may say of a resource that has read a turn, and refused it for itself."""
    failures = [failure for one in replies.heard for failure in one.failures]
    met = [
        (failure.code, {one.id for d in failure.deployments if (one := endpoints.resource_of(d))})
        for failure in failures
    ]
    inside = {one for code, ids in met if code in _OF_THE_REQUEST and len(ids) == 1 for one in ids}
    outside = {(code, one) for code, ids in met for one in ids}
    return frozenset((code, one) for code in OWNERS for one in inside) - outside
