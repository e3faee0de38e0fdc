"""What LiteLLM does with the path of an Azure `api_base`: tested with 1.106.2 and 1.109.1."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import SplitResult

from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.versions import Versions
from clawdoctor.finding import Applicability, Severity
from clawdoctor.knowledge import behaviour, behaviours
from clawdoctor.knowledge.azure import is_undated
from clawdoctor.wire.requests import Requests

_DEPLOYMENT = re.compile(r"/openai/deployments/[^/]+")
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
    received = requests.received(deployment)
    responses = requests.bridged(deployment) or (
        bool(received) and all(made.api == "responses" for made in received)
    )
    undated = is_undated(deployment.api_version.resolved or "")
    if _is_fine(path, parts.query, responses=responses, undated=undated):
        return None
    base = f"https://{parts.netloc.rpartition('@')[2]}"
    fault = BaseFault(
        message=f"api_base ends in {_ending(path, parts)}, which LiteLLM adds by itself",
        label=f"only {base} belongs here",
        why="LiteLLM puts /openai/deployments/... behind it, and Azure answers 404 "
        '"Resource not found".',
        consequence=_NOT_FOUND,
        base=base,
        general="api_base has a path or a query, which LiteLLM adds by itself",
    )
    if path == "/openai/v1":
        return _v1_fault(deployment, versions, fault, responses=responses)
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


def _is_fine(path: str, query: str, *, responses: bool, undated: bool) -> bool:
    """Whether LiteLLM builds the right address (tested with 1.106.2 and 1.109.1)."""
    versioned = "api-version=" in query
    if undated and not responses:
        return not path and not versioned
    if responses:
        return path in ("", "/openai", "/openai/responses")
    if versioned:
        return bool(_DEPLOYMENT.match(path)) and path.endswith("/completions")
    return not path or _DEPLOYMENT.fullmatch(path) is not None


def _ending(path: str, parts: SplitResult) -> str:
    return path or f"?{parts.query.partition('=')[0]}=..."


def _v1_fault(
    deployment: Deployment, versions: Versions, fault: BaseFault, *, responses: bool
) -> BaseFault | None:
    """The fault of /openai/v1. Newer LiteLLM completes it if the api-version belongs to v1."""
    row = behaviour("litellm", "v1-base", versions.value("litellm"))
    assert row is not None, "the rows of v1-base leave a version out"
    api_version = deployment.api_version.resolved
    undated = responses or is_undated(api_version or "")
    severity = Severity.ERROR
    if undated and row.effect == "with-v1-version":
        if versions.known("litellm"):
            return None
        row = behaviours("litellm", "v1-base")[0]
        severity = Severity.INFO
    stated = versions.stated("litellm", "LiteLLM")
    otherwise = ". Otherwise" if row.effect == "with-v1-version" else ", and"
    return replace(
        fault,
        message="api_base ends in /openai/v1, which does not go with azure/",
        general="",
        why=f"{row.says}{otherwise} Azure answers 404. {stated}.",
        severity=severity,
    )
