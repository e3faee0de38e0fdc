"""The deployments of an Azure resource, if the resource lists them.

Microsoft no longer documents this list, but many resources still return it (api-version 2022-12-01,
then 2023-03-15-preview). Without a list, the deployments are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from clawdoctor.chain.azure_deployment import deployment_name
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.litellm import Deployment
from clawdoctor.deferred import dataclass
from clawdoctor.probes.azure import key_header
from clawdoctor.probes.http import Http
from clawdoctor.probes.listing import rows_of
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable

_API_VERSIONS = ("2022-12-01", "2023-03-15-preview")


@dataclass(frozen=True, slots=True)
class ListedDeployment:
    """A deployment of a resource, with its model."""

    name: str
    model: str
    status: str


@dataclass(frozen=True, slots=True)
class DeploymentList:
    """The deployments of a resource, as Azure lists them."""

    deployments: tuple[ListedDeployment, ...]

    def named(self, name: str) -> ListedDeployment | None:
        """Return the deployment with exactly this name, or None."""
        return next((listed for listed in self.deployments if listed.name == name), None)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """The model that Azure lists for a deployment, or None if it is unknown."""

    name: str | None


def fetch_deployment_list(resource: Resource, http: Http) -> DeploymentList | Unavailable:
    """GET /openai/deployments with each api-version until one returns a list."""
    for version in _API_VERSIONS:
        url = f"{resource.origin}/openai/deployments?api-version={version}"
        rows = rows_of(http.get(url, key_header(resource)))
        if rows is not None:
            return DeploymentList(tuple(_listed_deployments(rows)))
    return Unavailable(f"{resource.name} does not list its deployments")


def _listed_deployments(rows: list[Mapping[str, object]]) -> Iterator[ListedDeployment]:
    for row in rows:
        if isinstance(row.get("id"), str):
            status = row.get("status")
            yield ListedDeployment(str(row["id"]), str(row.get("model") or ""), str(status or ""))


def lacks_deployment(listing: DeploymentList, deployment: Deployment) -> bool:
    """Return whether a list lacks the name that LiteLLM requests, ignoring case."""
    name = deployment_name(deployment)
    names = {listed.name.casefold() for listed in listing.deployments}
    return name is not None and name.casefold() not in names


def listed_model(deployment: Deployment, endpoints: Endpoints, facts: Facts) -> ListedModel:
    """Return the model from the deployment list of the resource. A missing list is not a fault."""
    resource, name = endpoints.resource_of(deployment), deployment_name(deployment)
    if resource is None or name is None:
        return ListedModel(None)
    listing = facts.known(DeploymentList, resource)
    found = listing.named(name) if listing is not None else None
    return ListedModel(found.model or None if found is not None else None)
