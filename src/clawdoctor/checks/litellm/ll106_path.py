"""Faults of an `api_base` from which LiteLLM builds a path that Azure lacks: part of LL106."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import SplitResult

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Applicability, Severity, Version
from clawdoctor.knowledge import behaviour, behaviours
from clawdoctor.wire.request import HopRequest
from clawdoctor.wire.requests import Requests

_DEPLOYMENT = regex(r"/openai/deployments/[^/]+")
_AT_DEPLOYMENT = r"/openai/(?:v1|deployments/(?:[^/]+|{name}))"
_PATHS = {
    "chat": f"{_AT_DEPLOYMENT}/chat/completions",
    "embeddings": f"{_AT_DEPLOYMENT}/embeddings",
    "responses": r"/openai(?:/v1)?/responses",
}
"""Azure's paths, by the API of a request."""
_V1 = "/openai/v1"
_NOT_FOUND = "the path in api_base is wrong, so Azure would answer 404"


@dataclass(frozen=True, slots=True)
class BaseFault:
    """The fault of an api_base, and the right value. `base` is empty if only the user knows it.

    `general` replaces `message` if a report must not quote the value. It is empty if `message`
    quotes nothing.
    """

    message: str
    label: str
    why: str
    consequence: str
    base: str
    applicability: Applicability = "safe"
    severity: Severity = Severity.ERROR
    general: str = ""


def path_fault(
    deployment: Deployment, requests: Requests, versions: Versions, parts: SplitResult
) -> BaseFault | None:
    """Return the fault of a path or a query from which LiteLLM builds a wrong URL."""
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    if not path and not parts.query:
        return None  # LL105 reports a model without a name, which also makes the URL wrong
    sent, severity = requests.addressed(deployment, versions), Severity.ERROR
    if all(map(_is_azures, sent)):
        if versions.known("litellm"):
            return None
        older = Version(behaviours("litellm", "v1-base")[0].until or "", "assumed")
        sent = requests.addressed(deployment, replace(versions, litellm=older))
        if all(map(_is_azures, sent)):
            return None
        severity = Severity.INFO
    fault = _path_fault(path, parts, sent, versions, severity)
    if severity is Severity.INFO and path != _V1:
        newer = behaviours("litellm", "v1-base")[-1].since
        return replace(fault, why=f"{fault.why} LiteLLM {newer} and later accept it.")
    return fault


def _path_fault(
    path: str,
    parts: SplitResult,
    sent: tuple[HopRequest, ...],
    versions: Versions,
    severity: Severity,
) -> BaseFault:
    responses = all(made.api == "responses" for made in sent)
    base = f"https://{parts.netloc.rpartition('@')[2]}"
    fault = BaseFault(
        message=f"api_base ends in {_ending(path, parts)}, but LiteLLM adds the path itself",
        label=f"put only {base} here",
        why='LiteLLM appends /openai/deployments/..., and Azure answers 404 "Resource not found".',
        consequence=_NOT_FOUND,
        base=base,
        severity=severity,
        general="api_base has a path or a query, but LiteLLM adds the path itself",
    )
    if path == _V1:
        return _v1_fault(versions, fault)
    if path.startswith("/api/projects/"):
        return replace(
            fault,
            message="api_base is the URL of a Foundry project, not of the resource",
            label=f"the resource is at {base}",
            general="",
        )
    if "/openai" not in path and path:
        return replace(
            fault,
            message=f"api_base has the path {path}, which Azure does not have",
            general="api_base has a path that Azure does not have",
        )
    if _DEPLOYMENT.match(path) is None and path:
        return fault
    if responses:
        return replace(
            fault,
            message="api_base is for chat completions, but this model gets Responses requests",
            general="",
            why='LiteLLM appends /openai/responses, and Azure answers 404 "Resource not found".',
        )
    problem = "contains an api-version, but does not end in /chat/completions"
    why = "LiteLLM sends its requests to exactly this URL."
    if not parts.query:
        problem = "contains more than the endpoint"
        why = "LiteLLM appends the path of its own requests."
    return replace(
        fault,
        message=f"api_base {problem}",
        why=f'{why} Azure answers 404 "Resource not found".',
        general="",
    )


def _is_azures(request: HopRequest) -> bool:
    """Return whether Azure has the path of a request and no part of it is in the query."""
    if "/" in request.query.get("api-version", ""):
        return False
    path = re.sub("/{2,}", "/", request.path).rstrip("/")
    name = re.escape(str(request.body.get("model") or ""))
    return re.fullmatch(_PATHS[request.api].format(name=name), path) is not None


def _ending(path: str, parts: SplitResult) -> str:
    return path or f"?{parts.query.partition('=')[0]}=..."


def _v1_fault(versions: Versions, fault: BaseFault) -> BaseFault:
    """Return the fault of /openai/v1. Newer LiteLLM accepts it if the api-version belongs to v1."""
    row = behaviour("litellm", "v1-base", versions.value("litellm"))
    if fault.severity is Severity.INFO:
        row = behaviours("litellm", "v1-base")[0]
    assert row is not None, "the rows of v1-base leave a version out"
    stated = versions.stated("litellm", "LiteLLM")
    otherwise = ". Otherwise" if row.effect == "with-v1-version" else ", and"
    return replace(
        fault,
        message="api_base ends in /openai/v1, which does not work with azure/",
        general="",
        why=f"{row.says}{otherwise} Azure answers 404. {stated}.",
    )
