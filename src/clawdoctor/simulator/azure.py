"""A simulated Azure OpenAI resource: access, paths and deployments."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import lacks, model_row
from clawdoctor.simulator.azure_answers import invalid, refusal
from clawdoctor.simulator.azure_body import Operation, TurnRequest
from clawdoctor.simulator.azure_turn import AzureDeployment, answer_turn
from clawdoctor.simulator.message import Request, Response, json_of, json_response
from clawdoctor.simulator.scripted import Scripted, scripted_answer

__all__ = [
    "AzureDeployment",
    "AzureResource",
    "Scripted",
    "answer",
    "handler",
]

Access = Literal["open", "firewall", "private", "key-auth-disabled", "blocked"]

_OPERATIONS: tuple[Operation, ...] = ("chat/completions", "responses")
_LISTING = ("2022-12-01", "2023-03-15-preview")
"""The api-versions that still list deployments for a key (measured on real resources in 2026)."""
_CREATED = 1795391503
_RETIRES = 1893456000  # 2030-01-01: no real model's date, and too late to matter in a demo


@dataclass(frozen=True, slots=True)
class AzureResource:
    """A resource. `api_versions` are the dated api-versions that it serves.

    `retires` gives the Unix times when models retire, for those that retire soon.
    """

    name: str
    key: str = field(repr=False)
    deployments: Mapping[str, AzureDeployment]
    access: Access = "open"
    lists_deployments: bool = True
    api_versions: tuple[str, ...] = tuple(table("azure")["dated"])
    scripted: tuple[Scripted, ...] = ()
    region: str = "East US 2"
    retires: Mapping[str, int] = field(default_factory=dict)


def handler(resource: AzureResource) -> Callable[[Request], Response]:
    """Return a handler that records its requests, which only `Scripted.times` needs."""
    earlier: list[Request] = []
    lock = threading.Lock()

    def handle(request: Request) -> Response:
        with lock:
            before = tuple(earlier)
            earlier.append(request)
        return answer(resource, request, before)

    return handle


def answer(resource: AzureResource, request: Request, earlier: Sequence[Request] = ()) -> Response:
    """Return the resource's response to a request, after `earlier` requests.

    The checks run in Azure's order, as far as published responses show it: network and key, path
    and api-version, deployment, rate limit, body, content filter.
    """
    response = (
        scripted_answer(resource.scripted, (*earlier, request))
        or _no_access(resource, request)
        or _routed(resource, request)
    )
    always = {"apim-request-id": "00000000-aaaa-bbbb-cccc-000000000001"}
    if resource.access == "open":
        always["x-ms-region"] = resource.region
    headers = {**always, **response.headers}
    return Response(
        response.status, headers, response.body, response.chunks, response.delay, response.fault
    )


def _no_access(resource: AzureResource, request: Request) -> Response | None:
    match resource.access:
        case "firewall":
            return refusal("firewall")
        case "private":
            return refusal("public_access_disabled")
        case "key-auth-disabled":
            return refusal("key_auth_disabled")
        case "open" | "blocked":
            refused = _wrong_key(resource, request)
            blocked = resource.access == "blocked"
            return refused or (refusal("resource_blocked") if blocked else None)


def _wrong_key(resource: AzureResource, request: Request) -> Response | None:
    """Reject a wrong key. Only the v1 API accepts a key as a bearer token."""
    key = request.headers.get("api-key")
    bearer = request.headers.get("authorization", "")
    if key is None and bearer and not _is_v1(request.path):
        return refusal("unauthorized_token")
    if key is None:
        key = bearer.removeprefix("Bearer ")
    return None if key == resource.key else refusal("invalid_key")


def _is_v1(path: str) -> bool:
    return path.startswith("/openai/v1/")


def _routed(resource: AzureResource, request: Request) -> Response:
    version = request.query.get("api-version")
    return (_v1 if _is_v1(request.path) else _classic)(resource, request, version)


def _v1(resource: AzureResource, request: Request, version: str | None) -> Response:
    wanted = (request.method, request.path.removeprefix("/openai/v1/"))
    if wanted[1] in ("models", *_OPERATIONS) and version not in (None, *table("azure")["undated"]):
        foundry = request.headers.get("host", "").endswith(".services.ai.azure.com")
        return refusal(f"api_version_not_{'allowed_v1' if foundry else 'supported'}")
    if wanted == ("GET", "models"):
        return _models(resource)
    for operation in _OPERATIONS:
        if wanted == ("POST", operation):
            return _turn(resource, request, operation, None, None)
    return refusal("resource_not_found")


def _classic(resource: AzureResource, request: Request, version: str | None) -> Response:
    parts = request.path.strip("/").split("/")
    match (request.method, parts):
        case ("GET", ["openai", "models"]) if version in resource.api_versions:
            return _models(resource)
        case ("GET", ["openai", "deployments"]) if version in _LISTING:
            return _deployments(resource)
        case ("POST", ["openai", "responses"]) if version is not None:
            if version not in resource.api_versions:
                return refusal("api_version_not_supported")
            if lacks(version, "responses"):
                return refusal("responses_requires_newer_api_version")
            return _turn(resource, request, "responses", None, version)
        case ("POST", ["openai", "deployments", name, "chat", "completions"]):
            if version == "preview":  # Azure blames the deployment, not the api-version
                return refusal("deployment_not_found")
            if version in resource.api_versions:
                return _turn(resource, request, "chat/completions", name, version)
    return refusal("resource_not_found")


def _turn(
    resource: AzureResource,
    request: Request,
    operation: Operation,
    name: str | None,
    version: str | None,
) -> Response:
    """Answer a turn. The deployment's name is in the path, or else it is the body's `model`."""
    body: Any = json_of(request.body)
    if name is None:
        name = str(body.get("model")) if isinstance(body, dict) else ""
    deployment = resource.deployments.get(name)
    if deployment is None or deployment.status != "succeeded":
        return refusal("deployment_not_found" if version else "deployment_not_found_v1")
    if not isinstance(body, dict):
        return invalid("We could not parse the JSON body of your request.", None, None)
    headers = {
        "x-ratelimit-limit-requests": str(max(1, deployment.tpm // 1000 * 6)),
        "x-ratelimit-limit-tokens": str(deployment.tpm),
        "x-ratelimit-remaining-requests": str(max(1, deployment.tpm // 1000 * 6) - 1),
        "x-ratelimit-remaining-tokens": str(deployment.tpm - len(request.body) // 4),
        "x-ms-deployment-name": name,
        "x-ms-served-model": deployment.model,
    }
    return answer_turn(
        deployment, TurnRequest(operation, name, version, resource.region, body), headers
    )


def _models(resource: AzureResource) -> Response:
    """List the models that the region offers, deployed or not."""
    names = {*table("models")["models"], *(d.model for d in resource.deployments.values())}
    return json_response(
        200, {"data": [_model(resource, name) for name in sorted(names)], "object": "list"}
    )


def _model(resource: AzureResource, name: str) -> dict[str, Any]:
    known = model_row(name)
    version = next(iter(known.get("versions", ())), None)
    return {
        "id": f"{name}-{version}" if version else name,
        "object": "model",
        "status": "succeeded",
        "lifecycle_status": "generally-available",
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "capabilities": {
            "inference": True,
            "completion": False,
            # Real catalogues say so even about codex models, which reject chat completions.
            "chat_completion": True,
            "embeddings": False,
            "fine_tune": False,
        },
        "deprecation": {"inference": resource.retires.get(name, _RETIRES)},
    }


def _deployments(resource: AzureResource) -> Response:
    if not resource.lists_deployments:
        return refusal("resource_not_found")
    rows = [
        {
            "id": name,
            "object": "deployment",
            "model": deployment.model,
            "status": deployment.status,
            "owner": "organization-owner",
            "scale_settings": {"scale_type": "standard"},
            "created_at": _CREATED,
            "updated_at": _CREATED,
        }
        for name, deployment in resource.deployments.items()
    ]
    return json_response(200, {"data": rows, "object": "list"})
