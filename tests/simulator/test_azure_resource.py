"""Access to the simulated Azure, and the responses of each path and api-version."""

import json
from dataclasses import replace
from typing import Any

import pytest

from clawdoctor.simulator.azure import (
    AzureDeployment,
    AzureResource,
    Scripted,
    answer,
    handler,
)
from clawdoctor.simulator.azure_answers import names, refusal
from clawdoctor.simulator.message import Request, Response, json_request

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
RESOURCE = AzureResource(
    "my-resource",
    KEY,
    {
        "my-mini": AzureDeployment("gpt-4o-mini"),
        "my-codex": AzureDeployment("gpt-5.2-codex"),
        "new": AzureDeployment("gpt-4o-mini", status="running"),
    },
)
DENIED = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a"
    " valid key for an active subscription and use a correct regional API endpoint for your"
    " resource."
)
GONE = (
    "The API deployment for this resource does not exist. If you created the deployment within the"
    " last 5 minutes, please wait a moment and try again."
)
NOT_FOUND = {"error": {"code": "404", "message": "Resource not found"}}
OLD = {"api-version": "2024-10-21"}
KEYED = {"api-key": KEY}
HI = {"messages": [{"role": "user", "content": "ping"}]}


def content(response: Response) -> tuple[int, Any]:
    return response.status, json.loads(response.body)


def get(path: str, version: str | None = None, **headers: str) -> Request:
    query = {"api-version": version} if version else {}
    return Request("GET", path, query, headers or KEYED)


def chat(name: str, version: str | None = "2024-10-21") -> Request:
    path = f"/openai/deployments/{name}/chat/completions"
    query = {"api-version": version} if version else {}
    return json_request("POST", path, HI, query=query, headers=KEYED)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("invalid_key", 401, {"error": {"code": "401", "message": DENIED}}),
        (
            "unauthorized_token",
            401,
            {
                "statusCode": 401,
                "message": "Unauthorized. Access token is missing, invalid, audience is incorrect"
                " (https://cognitiveservices.azure.com), or have expired.",
            },
        ),
        ("resource_not_found", 404, NOT_FOUND),
        ("deployment_not_found", 404, {"error": {"code": "DeploymentNotFound", "message": GONE}}),
        (
            "vnet_wrong_endpoint",
            403,
            {
                "code": "403",
                "message": "A Virtual Network is configured for this resource. Please use the"
                " correct endpoint for making requests. Check https://aka.ms/cogsvc-vnet for more"
                " details.",
            },
        ),
    ],
)
def test_refusals_are_literal(name: str, status: int, body: object) -> None:
    assert content(refusal(name)) == (status, body)


def test_every_refusal_can_be_given() -> None:
    for name in names():
        response = refusal(name)
        assert response.status >= 400
        assert json.loads(response.body)


@pytest.mark.parametrize(
    ("headers", "classic", "v1"),
    [
        ({"api-key": KEY}, 200, 200),
        ({"authorization": f"Bearer {KEY}"}, "flat", 200),
        ({"api-key": "wrong"}, 401, 401),
        ({"authorization": "Bearer wrong"}, "flat", 401),
        ({}, 401, 401),
        ({"api-key": "${AZURE_OPENAI_API_KEY}"}, 401, 401),
    ],
)
def test_keys(headers: dict[str, str], classic: object, v1: object) -> None:
    for path, query, expected in (
        ("/openai/models", OLD, classic),
        ("/openai/v1/models", {}, v1),
    ):
        status, body = content(answer(RESOURCE, Request("GET", path, query, headers)))
        assert status == (401 if expected == "flat" else expected)
        if expected == "flat":
            assert body["statusCode"] == 401
        elif expected == 401:
            assert body == {"error": {"code": "401", "message": DENIED}}


@pytest.mark.parametrize(
    ("access", "code", "text"),
    [
        ("firewall", "403", "Access denied due to Virtual Network/Firewall rules."),
        ("private", "403", "Public access is disabled. Please configure private endpoint."),
        (
            "key-auth-disabled",
            "AuthenticationTypeDisabled",
            "Key based authentication is disabled for this resource.",
        ),
    ],
)
def test_the_network_refuses_before_the_key(access: Any, code: str, text: str) -> None:
    closed = replace(RESOURCE, access=access)
    for key in (KEY, "wrong"):
        response = answer(closed, get("/openai/v1/models", None, **{"api-key": key}))
        assert content(response) == (403, {"error": {"code": code, "message": text}})


def test_a_blocked_resource_still_wants_its_key() -> None:
    blocked = replace(RESOURCE, access="blocked")
    status, body = content(answer(blocked, get("/openai/v1/models")))
    assert status == 403
    assert body["error"]["message"].startswith("Your resource has been temporarily blocked")
    wrong = answer(blocked, get("/openai/v1/models", None, **{"api-key": "wrong"}))
    assert wrong.status == 401


@pytest.mark.parametrize("version", ["2022-12-01", "2023-03-15-preview"])
def test_two_old_versions_list_deployments(version: str) -> None:
    status, body = content(answer(RESOURCE, get("/openai/deployments", version)))
    assert status == 200
    rows = [(row["id"], row["model"], row["status"]) for row in body["data"]]
    assert rows == [
        ("my-mini", "gpt-4o-mini", "succeeded"),
        ("my-codex", "gpt-5.2-codex", "succeeded"),
        ("new", "gpt-4o-mini", "running"),
    ]


@pytest.mark.parametrize("version", ["2024-10-21", "2025-04-01-preview", None])
def test_newer_versions_do_not_list(version: str | None) -> None:
    assert content(answer(RESOURCE, get("/openai/deployments", version))) == (404, NOT_FOUND)


def test_many_resources_do_not_list() -> None:
    silent = replace(RESOURCE, lists_deployments=False)
    assert content(answer(silent, get("/openai/deployments", "2022-12-01"))) == (404, NOT_FOUND)


def test_the_catalogue_is_no_list_of_deployments() -> None:
    resource = replace(RESOURCE, retires={"gpt-4o-mini": 1796083200})
    for request in (get("/openai/models", "2024-10-21"), get("/openai/v1/models")):
        status, body = content(answer(resource, request))
        assert status == 200
        rows = {row["id"]: row for row in body["data"]}
        assert rows["gpt-4o-mini-2024-07-18"]["deprecation"] == {"inference": 1796083200}
        assert any(name.startswith("o3-mini") for name in rows)
        assert "my-mini" not in rows


@pytest.mark.parametrize(
    ("version", "status"),
    [("2024-10-21", 200), ("2025-04-01-preview", 200), ("2024-07-18", 404), (None, 404)],
)
def test_versions_of_the_classic_route(version: str | None, status: int) -> None:
    response = answer(RESOURCE, chat("my-mini", version))
    assert response.status == status
    if status == 404:
        assert content(response)[1] == NOT_FOUND


def test_preview_on_the_classic_route_blames_the_deployment() -> None:
    status, body = content(answer(RESOURCE, chat("my-mini", "preview")))
    assert (status, body["error"]["code"]) == (404, "DeploymentNotFound")


@pytest.mark.parametrize("name", ["my-min", "gpt-4o-mini", "new"])
def test_missing_deployments(name: str) -> None:
    assert content(answer(RESOURCE, chat(name)))[1]["error"] == {
        "code": "DeploymentNotFound",
        "message": GONE,
    }
    v1 = json_request("POST", "/openai/v1/chat/completions", {**HI, "model": name}, headers=KEYED)
    assert content(answer(RESOURCE, v1))[1]["error"] == {
        "message": GONE,
        "type": "invalid_request_error",
        "param": None,
        "code": "DeploymentNotFound",
    }


def test_v1_takes_no_dated_version() -> None:
    status, body = content(answer(RESOURCE, get("/openai/v1/models", "2024-10-21")))
    assert status == 400
    assert body == {"error": {"code": "BadRequest", "message": "API version not supported"}}
    foundry = {"host": "r.services.ai.azure.com", **KEYED}
    status, body = content(answer(RESOURCE, get("/openai/v1/models", "2024-10-21", **foundry)))
    assert body["error"]["message"] == (
        "api-version query parameter is not allowed when using /v1 path"
    )
    assert answer(RESOURCE, get("/openai/v1/models", "preview")).status == 200


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            "2024-10-21",
            "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and"
            " later",
        ),
        ("2026-01-14", "API version not supported"),
    ],
)
def test_versions_of_responses(version: str, message: str) -> None:
    body = {"model": "my-codex", "input": "ping"}
    query = {"api-version": version}
    request = json_request("POST", "/openai/responses", body, query=query, headers=KEYED)
    expected = {"error": {"code": "BadRequest", "message": message}}
    assert content(answer(RESOURCE, request)) == (400, expected)


@pytest.mark.parametrize(
    "path", ["/openai/v1/openai/models", "/openai/openai/models", "/models", "/", "/openai/v1"]
)
def test_wrong_paths(path: str) -> None:
    assert content(answer(RESOURCE, get(path, "2024-10-21")))[0] in (400, 404)


def test_answers_name_region_and_request() -> None:
    headers = answer(RESOURCE, chat("my-mini")).headers
    assert headers["x-ms-region"] == "East US 2"
    assert headers["apim-request-id"]
    assert headers["x-ratelimit-limit-tokens"] == "100000"
    assert headers["x-ms-served-model"] == "gpt-4o-mini"
    assert "x-ms-region" not in answer(replace(RESOURCE, access="firewall"), chat("x")).headers


def test_scripted_answers_are_used_up_in_order() -> None:
    busy = Scripted("POST", "/openai/deployments/my-mini/", refusal("server_error"), times=2)
    slow = Scripted("POST", "/openai/", refusal("timeout"), times=1)
    serve = handler(replace(RESOURCE, scripted=(busy, slow)))
    assert [serve(chat("my-mini")).status for _ in range(4)] == [500, 500, 408, 200]
    assert serve(get("/openai/v1/models")).status == 200
    forever = replace(RESOURCE, scripted=(replace(busy, times=None),))
    assert [answer(forever, chat("my-mini"), [chat("my-mini")] * 9).status] == [500]


def test_a_key_is_in_no_repr() -> None:
    assert KEY not in repr(RESOURCE)
    assert KEY not in repr(chat("my-mini"))
