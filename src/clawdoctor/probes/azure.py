"""What Azure answers to what costs nothing: name, connection, key, models, deployments.

The list of deployments is not documented any more and many resources still give it
(2022-12-01, then 2023-03-15-preview): where it is not given nothing is known, and nothing said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clawdoctor.chain.azure_deployment import deployment_name
from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.trust import Trust
from clawdoctor.knowledge.azure import is_undated
from clawdoctor.probes.evidence import TOO_LATE, message_of
from clawdoctor.probes.failure import NAME_NOT_FOUND
from clawdoctor.probes.http import Answer, Http, NoAnswer, fits_header
from clawdoctor.probes.listing import rows_of, rows_so_far
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import AzureRefusal, Kind, Refusal

CONTROL_HOST = "management.azure.com"
"""A name that always exists: where it is not found either, names are not looked up here."""

PLAIN_VERSION = "2024-10-21"
_PRIVATE_TEXT = "Public access is disabled"
_NETWORK_TEXTS = ("Firewall", "Virtual Network", "Public access", "private endpoint")
_OTHER_REFUSALS: Mapping[AzureRefusal, tuple[str, ...]] = {
    "key-auth-disabled": ("AuthenticationTypeDisabled", "Key based authentication is disabled"),
    "role-missing": ("lacks the required data action",),
    "resource-blocked": (
        "temporarily blocked",
        "subscription is disabled",
        "account has been disabled",
    ),
}
_BUSY_TEXT = "high demand"
_VERSION_REFUSALS = ("not supported", "Resource not found", "not allowed")
_BY_STATUS: Mapping[int, AzureRefusal] = {
    401: "key-rejected",
    403: "network-denied",
    429: "rate-limited",
}
LIST_VERSIONS = ("2022-12-01", "2023-03-15-preview")


ACCESS_REFUSALS: tuple[AzureRefusal, ...] = (
    "resource-not-found",
    "resource-unreachable",
    "key-rejected",
    "network-denied",
    "key-auth-disabled",
    "role-missing",
    "rate-limited",
    "resource-blocked",
)
"""What happens instead of a resource accepting the key."""

NETWORK_KINDS: frozenset[Kind] = frozenset(
    {"resource-not-found", "resource-unreachable", "network-denied"}
)
"""What may differ where the proxy runs."""


@dataclass(frozen=True, slots=True)
class ResourceAnswer:
    """A resource's answer to the list of its models with the deployments' own key."""

    result: Answer | NoAnswer
    control_found: bool = True
    addresses: tuple[str, ...] = ()
    """What the name leads to, looked up where a private endpoint may be meant."""

    @property
    def name_unknown(self) -> bool:
        """Whether the host does not exist: other names are found, this one is not."""
        result = self.result
        return (
            isinstance(result, NoAnswer)
            and result.failure == "dns"
            and result.detail == NAME_NOT_FOUND
            and self.control_found
        )

    @property
    def kind(self) -> AzureRefusal | None:
        """What happened instead of the resource accepting the key, or None where it did."""
        return _kind(self.result)


@dataclass(frozen=True, slots=True)
class OpenResource:
    """A resource that lets the key in."""

    latency_ms: int


@dataclass(frozen=True, slots=True)
class Retirements:
    """When Azure stops to serve models: Unix times by the catalogue's ids, as far as it was read.

    The catalogue may be longer than what is read of an answer: what is missing is not known.
    """

    by_id: Mapping[str, int]

    def of(self, model: str) -> int | None:
        """The last of the dates of a model's versions; None where none was read."""
        named = re.compile(
            rf"{re.escape(model)}(?:-\d{{4}}-\d{{2}}-\d{{2}}|-\d{{4}})?", re.IGNORECASE
        )
        found = [when for name, when in self.by_id.items() if named.fullmatch(name)]
        return max(found, default=None)


@dataclass(frozen=True, slots=True)
class VersionAnswers:
    """The answer to the list of models for each api-version that deployments are called with."""

    results: Mapping[str, Answer | NoAnswer]


@dataclass(frozen=True, slots=True)
class ListedDeployment:
    """A deployment that exists, and the model behind it."""

    name: str
    model: str
    status: str


@dataclass(frozen=True, slots=True)
class DeploymentList:
    """The deployments of a resource, as Azure lists them."""

    deployments: tuple[ListedDeployment, ...]

    def named(self, name: str) -> ListedDeployment | None:
        """The deployment of a name, letter by letter."""
        return next((listed for listed in self.deployments if listed.name == name), None)


def lacks_deployment(listing: DeploymentList, deployment: Deployment) -> bool:
    """Whether a resource's list lacks what LiteLLM asks for, in any case of its letters."""
    name = deployment_name(deployment)
    names = {listed.name.casefold() for listed in listing.deployments}
    return name is not None and name.casefold() not in names


def refuses_version(result: Answer | NoAnswer | None) -> bool:
    """Whether an answer says that an api-version, or a path with it, is not known."""
    return (
        isinstance(result, Answer)
        and result.status in (400, 404)
        and any(text in result.body for text in _VERSION_REFUSALS)
    )


@dataclass(frozen=True, slots=True)
class ListedModel:
    """The model that Azure lists behind a deployment; None where that is not known."""

    name: str | None


def listed_model(deployment: Deployment, endpoints: Endpoints, facts: Facts) -> ListedModel:
    """What the resource's list says, if there is one: no lack of it is a fault."""
    resource, name = endpoints.resource_of(deployment), deployment_name(deployment)
    if resource is None or name is None:
        return ListedModel(None)
    listing = facts.known(DeploymentList, resource)
    found = listing.named(name) if listing is not None else None
    return ListedModel(found.model or None if found is not None else None)


def ask_resource(resource: Resource, http: Http, trust: Trust) -> ResourceAnswer | Unavailable:
    """GET /openai/models with the key: it proves host, network and key at once."""
    refused = trust.refuses(resource.origin)
    if refused is not None:
        return Unavailable(refused)
    if resource.key is None:
        return Unavailable(_keyless(resource))
    withheld = trust.withholds(resource.origin, resource.key)
    if withheld is not None:
        return Unavailable(withheld)
    result = http.get(_models_url(resource, PLAIN_VERSION), _key(resource))
    if http.is_over(result):
        return Unavailable(TOO_LATE)
    found = True
    if isinstance(result, NoAnswer) and result.failure == "dns" and is_azure(resource.host):
        found = http.resolves(CONTROL_HOST)
    private = isinstance(result, Answer) and _PRIVATE_TEXT in result.body
    return ResourceAnswer(result, found, http.addresses(resource.host) if private else ())


def _keyless(resource: Resource) -> str:
    if resource.provider is not None:
        unset = resource.provider.api_key.unset
        return f"{unset[0]} is not set here" if unset else "OpenClaw's key for it is not known here"
    value = resource.deployments[0].api_key
    if value.variable is not None:
        return f"{value.variable} is not set here"
    params = resource.deployments[0].params
    if any(params.get(name) for name in ("azure_ad_token", "tenant_id", "client_id")):
        return "the deployment signs in with Entra ID, which clawdoctor does not do"
    return "the deployment has no api_key in the config"


def opened(answer: ResourceAnswer) -> OpenResource | Unavailable:
    """The resource, if it accepts the key; else its refusal."""
    result, kind = answer.result, answer.kind
    if kind is not None:
        return Unavailable(_reason(result), Refusal(kind))
    if isinstance(result, NoAnswer) or result.status != 200:
        return Unavailable(_reason(result))
    return OpenResource(result.latency_ms)


def retirements(answer: ResourceAnswer) -> Retirements:
    """The dates in the list of models with which the key was tried: `deprecation.inference`."""
    body = answer.result.body if isinstance(answer.result, Answer) else ""
    dates: dict[str, int] = {}
    for row in rows_so_far(body):
        ends = row.get("deprecation")
        when = ends.get("inference") if isinstance(ends, Mapping) else None
        if isinstance(when, int) and isinstance(row.get("id"), str):
            dates[str(row["id"])] = when
    return Retirements(dates)


def ask_versions(resource: Resource, http: Http) -> VersionAnswers:
    """GET the models once more for each api-version in use that has not been tried."""
    return VersionAnswers(
        {
            version: http.get(_models_url(resource, version), _key(resource))
            for version in resource.api_versions
            if version != PLAIN_VERSION
        }
    )


def ask_list(resource: Resource, http: Http) -> DeploymentList | Unavailable:
    """GET /openai/deployments, best effort."""
    for version in LIST_VERSIONS:
        url = f"{resource.origin}/openai/deployments?api-version={version}"
        rows = rows_of(http.get(url, _key(resource)))
        if rows is not None:
            return DeploymentList(tuple(_listed(rows)))
    return Unavailable(f"{resource.name} does not list its deployments")


def _listed(rows: list[Mapping[str, object]]) -> Iterator[ListedDeployment]:
    for row in rows:
        if isinstance(row.get("id"), str):
            status = row.get("status")
            yield ListedDeployment(str(row["id"]), str(row.get("model") or ""), str(status or ""))


def _models_url(resource: Resource, version: str) -> str:
    if is_undated(version):
        return f"{resource.origin}/openai/v1/models"
    return f"{resource.origin}/openai/models?api-version={version}"


def _key(resource: Resource) -> dict[str, str]:
    key = resource.key or ""
    return {"api-key": key} if fits_header(key) else {}


def _kind(result: Answer | NoAnswer) -> AzureRefusal | None:
    """What an answer refuses. 429 is Azure's rate limit: no proxy is in between."""
    if isinstance(result, NoAnswer):
        return "resource-not-found" if result.failure == "dns" else "resource-unreachable"
    if "does not map to a resource" in result.body:
        return "resource-not-found"
    for kind, texts in _OTHER_REFUSALS.items():
        if result.status in (401, 403) and any(text in result.body for text in texts):
            return kind
    if result.status == 403 and not any(text in result.body for text in _NETWORK_TEXTS):
        return None  # a refusal that no check knows
    if result.status == 429 and _BUSY_TEXT in result.body:
        return None  # the service's capacity, not this customer's quota
    return _BY_STATUS.get(result.status)


def _reason(result: Answer | NoAnswer) -> str:
    if isinstance(result, NoAnswer):
        return f"Azure is not reached: {result.detail}"
    said = message_of(result)
    return f'Azure answers {result.status} "{said}"' if said else f"Azure answers {result.status}"
