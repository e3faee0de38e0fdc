"""Whether Azure has the paths that LiteLLM makes of an `api_base`: part of LL106."""

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
"""The paths of Azure, by the API of a request."""
_V1 = "/openai/v1"
_NOT_FOUND = "Azure would answer 404 to every request"


@dataclass(frozen=True, slots=True)
class BaseFault:
    """What is wrong with an api_base, and the right one. Empty if only the user knows it.

    `general` is the message for a value that a report must not quote, if it is another.
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
    """The fault of a path, or of a query, from which LiteLLM builds a wrong address."""
    path = re.sub("/{2,}", "/", parts.path).rstrip("/")
    if not path and not parts.query:
        return None  # LL105 reports a model without a name, which makes the address wrong, too
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
        return replace(fault, why=f"{fault.why} LiteLLM {newer} and later take it as it is.")
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
        message=f"api_base ends in {_ending(path, parts)}, which LiteLLM adds by itself",
        label=f"only {base} belongs here",
        why="LiteLLM puts /openai/deployments/... behind it, and Azure answers 404 "
        '"Resource not found".',
        consequence=_NOT_FOUND,
        base=base,
        severity=severity,
        general="api_base has a path or a query, which LiteLLM adds by itself",
    )
    if path == _V1:
        return _v1_fault(versions, fault)
    if path.startswith("/api/projects/"):
        return replace(
            fault,
            message="api_base is the address of a Foundry project, not of the resource",
            label=f"{base} is the resource",
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
            message="api_base leads to chat completions, but this model is asked for Responses",
            general="",
            why="LiteLLM puts /openai/responses behind it, and Azure answers 404 "
            '"Resource not found".',
        )
    problem = "has an api-version in it, but does not end in /chat/completions"
    why = "LiteLLM sends its requests to this very address."
    if not parts.query:
        problem = "is more than the endpoint"
        why = "LiteLLM puts the path of its own requests behind it."
    return replace(
        fault,
        message=f"api_base {problem}",
        why=f'{why} Azure answers 404 "Resource not found".',
        general="",
    )


def _is_azures(request: HopRequest) -> bool:
    """Whether Azure has the path of a request, and the rest of the path is not in the query."""
    if "/" in request.query.get("api-version", ""):
        return False
    path = re.sub("/{2,}", "/", request.path).rstrip("/")
    name = re.escape(str(request.body.get("model") or ""))
    return re.fullmatch(_PATHS[request.api].format(name=name), path) is not None


def _ending(path: str, parts: SplitResult) -> str:
    return path or f"?{parts.query.partition('=')[0]}=..."


def _v1_fault(versions: Versions, fault: BaseFault) -> BaseFault:
    """The fault of /openai/v1. Newer LiteLLM completes it if the api-version belongs to v1."""
    row = behaviour("litellm", "v1-base", versions.value("litellm"))
    if fault.severity is Severity.INFO:
        row = behaviours("litellm", "v1-base")[0]
    assert row is not None, "the rows of v1-base leave a version out"
    stated = versions.stated("litellm", "LiteLLM")
    otherwise = ". Otherwise" if row.effect == "with-v1-version" else ", and"
    return replace(
        fault,
        message="api_base ends in /openai/v1, which does not go with azure/",
        general="",
        why=f"{row.says}{otherwise} Azure answers 404. {stated}.",
    )
