"""Requests to an Azure resource that cost nothing: the list of its models, by api-version.

A successful answer proves that the name exists, the host is reachable and Azure accepts the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.shown import refusal_text
from clawdoctor.chain.trust import Trust
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge.azure import is_api_version, is_undated
from clawdoctor.probes.evidence import message_of
from clawdoctor.probes.http import Answer, Http, NoAnswer, fits_header
from clawdoctor.probes.listing import rows_of, rows_so_far
from clawdoctor.probes.network_failure import NAME_NOT_FOUND
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.refusal import AzureRefusal, Classify, Kind, Refusal
from clawdoctor.source.secret import Secret
from clawdoctor.wire.requests import Requests

CONTROL_HOST = "management.azure.com"
"""A name that always exists: if it is not found either, name lookup does not work here."""

PLAIN_VERSION = "2024-10-21"
_LAST_DATE = 253_402_300_800
"""The first Unix time after the year 9999, which no date can hold."""
_PRIVATE_TEXT = "Public access is disabled"
_VERSION_REFUSALS = ("not supported", "Resource not found", "not allowed")
_BY_STATUS: Mapping[int, AzureRefusal] = {401: "key-rejected", 429: "rate-limited"}
"""The meaning of a status without a telling text. 429 is Azure's own limit: there is no proxy."""

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
"""The kinds of refusal if a resource does not accept the key."""

NETWORK_KINDS: frozenset[Kind] = frozenset(
    {"resource-not-found", "resource-unreachable", "network-denied"}
)
"""Kinds that may differ on the machine where the proxy runs."""


@dataclass(frozen=True, slots=True)
class ResourceAnswer:
    """A resource's answer to a request for its models with the key of its deployments.

    `kind` is the refusal, or None if the resource accepts the key.
    """

    result: Answer | NoAnswer
    kind: AzureRefusal | None = None
    control_found: bool = True
    addresses: tuple[str, ...] = ()
    """The addresses of the name, if the answer suggests a private endpoint."""

    @property
    def name_unknown(self) -> bool:
        """Whether the host does not exist: another name is found, but this one is not."""
        result = self.result
        return (
            isinstance(result, NoAnswer)
            and result.failure == "dns"
            and result.detail == NAME_NOT_FOUND
            and self.control_found
        )


@dataclass(frozen=True, slots=True)
class OpenResource:
    """A resource that accepts the key."""

    latency_ms: int


@dataclass(frozen=True, slots=True)
class Retirements:
    """The dates when Azure retires models: Unix times by the ids of the catalogue.

    The catalogue may be longer than the part of the answer that is read, so a missing id proves
    nothing.
    """

    by_id: Mapping[str, int]

    def of(self, model: str) -> int | None:
        """Return the latest date of a model's versions, or None if there is no date."""
        names = re.compile(
            rf"{re.escape(model)}(?:-\d{{4}}-\d{{2}}-\d{{2}}|-\d{{4}})?", re.IGNORECASE
        )
        found = [when for name, when in self.by_id.items() if names.fullmatch(name)]
        return max(found, default=None)


@dataclass(frozen=True, slots=True)
class VersionAnswers:
    """The answer to a request for the models, for each api-version of the deployments."""

    results: Mapping[str, Answer | NoAnswer]


def refuses_version(result: Answer | NoAnswer | None) -> bool:
    """Return whether an answer rejects an api-version, or a path with it."""
    return (
        isinstance(result, Answer)
        and result.status in (400, 404)
        and any(text in result.body for text in _VERSION_REFUSALS)
    )


def models_loader(classify: Classify) -> Callable[..., ResourceAnswer | Unavailable]:
    """Return the loader of `ResourceAnswer`. `classify` reads error texts as `explain` does."""

    def load_models(resource: Resource, http: Http, trust: Trust) -> ResourceAnswer | Unavailable:
        return fetch_models(resource, http, trust, classify)

    return load_models


def fetch_models(
    resource: Resource, http: Http, trust: Trust, classify: Classify
) -> ResourceAnswer | Unavailable:
    """GET /openai/models with the key, which tests host, network and key at once."""
    direct = resource.provider is not None
    refused = trust.refuses(resource.origin, resource.url_variables, openclaw=direct)
    if refused is not None:
        return Unavailable(refusal_text(refused, resource.host, resource.shown_host))
    if resource.key is None:
        return Unavailable(_missing_key_reason(resource))
    withheld = trust.withholds(resource.origin, resource.key.reveal()) or trust.keeps(
        resource.key_variables, openclaw=direct
    )
    if withheld is not None:
        return Unavailable(withheld)
    result = http.get(_models_url(resource, PLAIN_VERSION), key_header(resource))
    if (over := http.why_over(result)) is not None:
        return Unavailable(over)
    if (untrusted := http.untrusted(result)) is not None:
        return Unavailable(untrusted)
    found = True
    if isinstance(result, NoAnswer) and result.failure == "dns" and is_azure(resource.host):
        found = http.resolves(CONTROL_HOST)
    private = isinstance(result, Answer) and _PRIVATE_TEXT in result.body
    kind = _refusal_kind(resource, result, classify)
    return ResourceAnswer(result, kind, found, http.addresses(resource.host) if private else ())


def _missing_key_reason(resource: Resource) -> str:
    if resource.provider is not None:
        unset = resource.provider.api_key.unset
        return (
            f"clawdoctor finds no value for {unset[0]}"
            if unset
            else "clawdoctor does not know OpenClaw's key for it"
        )
    variable = resource.deployments[0].api_key.variable
    if not resource.reason and variable is not None:
        return f"clawdoctor finds no value for {variable}"
    return resource.reason or "the deployment has no api_key in the config"


def open_resource(answer: ResourceAnswer) -> OpenResource | Unavailable:
    """Return the resource if it accepts the key, else its refusal."""
    result, kind = answer.result, answer.kind
    if kind is not None:
        return Unavailable(_reason(result), Refusal(kind))
    if isinstance(result, NoAnswer) or result.status != 200:
        return Unavailable(_reason(result))
    if rows_of(result) is None and not any(rows_so_far(result.body)):
        return Unavailable("the answer is not Azure's list of models")
    return OpenResource(result.latency_ms)


def read_retirements(answer: ResourceAnswer) -> Retirements:
    """Return the dates in the list of models: the field `deprecation.inference`."""
    body = answer.result.body if isinstance(answer.result, Answer) else ""
    dates: dict[str, int] = {}
    for row in rows_so_far(body):
        ends = row.get("deprecation")
        when = ends.get("inference") if isinstance(ends, Mapping) else None
        if isinstance(when, int) and 0 < when < _LAST_DATE and isinstance(row.get("id"), str):
            dates[str(row["id"])] = when
    return Retirements(dates)


def fetch_models_by_version(
    resource: Resource, http: Http, trust: Trust, requests: Requests
) -> VersionAnswers:
    """GET the models with each used api-version that `fetch_models` does not try.

    A string that is not an api-version may be a secret from a variable, so it is put in no URL.
    """
    sent = [item for item in resource.deployments if trust.withholds_parameters(item) is None]
    versions = dict.fromkeys(each for item in sent for each in requests.api_versions(item))
    return VersionAnswers(
        {
            version: http.get(_models_url(resource, version), key_header(resource))
            for version in versions
            if version != PLAIN_VERSION and is_api_version(version)
        }
    )


def _models_url(resource: Resource, version: str) -> str:
    if is_undated(version):
        return f"{resource.origin}/openai/v1/models"
    return f"{resource.origin}/openai/models?api-version={version}"


def key_header(resource: Resource) -> dict[str, Secret]:
    """Return the header with the resource's key, or {} if the key does not fit into a header."""
    key = resource.key or Secret("")
    return {"api-key": key} if key.test(fits_header) else {}


def _refusal_kind(
    resource: Resource, result: Answer | NoAnswer, classify: Classify
) -> AzureRefusal | None:
    if isinstance(result, NoAnswer):
        return "resource-not-found" if result.failure == "dns" else "resource-unreachable"
    return answered_refusal(resource.origin, result, classify)


def answered_refusal(origin: str, answer: Answer, classify: Classify) -> AzureRefusal | None:
    """Return the kind of refusal by the answer's text, else by its status, or None for others."""
    if not 400 <= answer.status < 500:
        return None
    refusal = classify(f"{origin} HTTP {answer.status}: {answer.body}")
    if refusal is not None:
        return next((kind for kind in ACCESS_REFUSALS if kind == refusal.kind), None)
    return _BY_STATUS.get(answer.status)


def _reason(result: Answer | NoAnswer) -> str:
    if isinstance(result, NoAnswer):
        return f"Azure cannot be reached: {result.detail}"
    status, message = f"Azure answers {result.status}", message_of(result)
    return f'{status} "{message}"' if message else status
