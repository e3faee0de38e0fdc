"""Where in LiteLLM's file an answer of Azure is to be mended."""

from __future__ import annotations

from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.checks.litellm.parameter import parameter_place
from clawdoctor.finding import Place


def resource_places(
    resource: Resource, litellm: LiteLLMConfig, setting: str, label: str
) -> tuple[Place, tuple[Place, ...]]:
    """A setting of the resource's first deployment, and the same one of the others."""
    places = [
        parameter_place(litellm, deployment, setting, label if index == 0 else "the same")
        for index, deployment in enumerate(resource.deployments)
    ]
    rest = {(place.path, place.span): place for place in places[1:] if place.span != places[0].span}
    return places[0], tuple(rest.values())


def account_of(resource: Resource) -> str:
    """The resource's name for Azure's command line; a region's host does not tell it."""
    return "<resource>" if is_regional(resource) else resource.name


def is_regional(resource: Resource) -> bool:
    """Whether the host is a region's, which many resources share."""
    return ".api.cognitive." in resource.host
