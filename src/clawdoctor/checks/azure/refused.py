"""What several checks of Azure share: a refusal that a free probe met, and names for commands."""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.finding import Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.run.facts import Unavailable
from clawdoctor.run.refusal import AzureRefusal


def refusal(
    kind: AzureRefusal,
    resource: Resource,
    answer: ResourceAnswer,
    opened: OpenResource | Unavailable,
    configs: Configs,
    *,
    message: str,
    why: str,
    setting: str,
    label: str,
    fix: Fix,
) -> Iterator[Finding | Unknown]:
    """A resource that answered the list of its models with what a check owns.

    `setting` is LiteLLM's name of where to look.
    """
    if answer.kind != kind:
        if isinstance(opened, Unavailable):
            yield Unknown(opened.reason)
        return
    place, related = configs.of_resource(resource, setting, label)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=place,
        consequence=message,
        related=related,
        evidence=(http_evidence(answer.result),),
        fixes=(fix,),
    )


def account_of(resource: Resource) -> str:
    """The resource's name for Azure's command line; a region's host does not tell it."""
    return "<resource>" if is_regional(resource) else resource.name


def is_regional(resource: Resource) -> bool:
    """Whether the host is a region's, which many resources share."""
    return ".api.cognitive." in resource.host
