"""The free probes of an Azure resource, with Azure's literal answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from clawdoctor.chain.endpoint import Endpoints, Resource
from clawdoctor.chain.trust import Trust
from clawdoctor.check import built_in_checks
from clawdoctor.probes.azure import (
    CONTROL_HOST,
    PLAIN_VERSION,
    OpenResource,
    ResourceAnswer,
    fetch_models,
    fetch_models_by_version,
    open_resource,
)
from clawdoctor.probes.azure_deployments import (
    DeploymentList,
    ListedDeployment,
    fetch_deployment_list,
)
from clawdoctor.probes.client import Network, open_http
from clawdoctor.probes.http import Answer, Http, NoAnswer
from clawdoctor.run.classifier import classifier
from clawdoctor.run.needs import Unavailable
from clawdoctor.simulator import azure
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request, Response
from clawdoctor.simulator.serve import refusing_url, serving
from clawdoctor.wire.requests import Requests

KEY = "0123456789abcdef0123456789abcdef"
ORIGIN = "https://contoso.openai.azure.com"
MODELS_URL = f"{ORIGIN}/openai/models?api-version={PLAIN_VERSION}"
TRUST = Trust(frozenset({"gateway.example"}))
OPEN = OpenResource(1)
CLASSIFY = classifier(built_in_checks())

WRONG_KEY = (
    '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API '
    "endpoint. Make sure to provide a valid key for an active subscription and use a correct "
    'regional API endpoint for your resource."}}'
)
FIREWALL = (
    '{"error":{"code":"403","message":"Access denied due to Virtual Network/Firewall rules."}}'
)
PRIVATE = (
    '{"error":{"code":"403","message": "Public access is disabled. Please configure private '
    'endpoint."}}'
)
NO_ROLE = (
    '{"error":{"code":"PermissionDenied","message":"The principal `p` lacks the required data '
    'action `Microsoft.CognitiveServices/accounts/OpenAI/models/read` to perform `GET`."}}'
)
HIGH_DEMAND = (
    '{"error":{"code":"429","message":"The service is experiencing high demand and cannot process '
    'your request at this time."}}'
)
KEYS_OFF = (
    '{"error":{"code":"AuthenticationTypeDisabled","message":"Key based authentication is disabled '
    'for this resource."}}'
)
NO_RESOURCE = '{"error":{"code":"404","message":"Subdomain does not map to a resource."}}'
NOT_FOUND = '{"error":{"code":"404","message": "Resource not found"}}'
PAGE = "<html><head><title>Captive portal login</title></head></html>"


@pytest.fixture
def http() -> Iterator[Http]:
    client = open_http({}, float("inf"))
    with closing(client.direct):
        yield client


def refusing(found: bool) -> tuple[Http, list[str]]:
    looked_up: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        nobody = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise httpx.ConnectError("x") from nobody

    def resolves(host: str) -> bool:
        looked_up.append(host)
        return found

    network = Network(lambda: httpx.MockTransport(handle), resolves)
    return open_http({}, float("inf"), network=network), looked_up


@pytest.fixture
def resource(here: Any) -> Callable[..., Resource]:
    def make(base: str = ORIGIN, key: str = KEY, more: str = "") -> Resource:
        here.write(
            "project/litellm_config.yaml",
            "model_list: [{model_name: gpt, litellm_params: {model: azure/d, "
            f'api_base: "{base}", api_key: "{key}"{more}}}}}]',
        )
        (found,) = here.fact(Endpoints).resources
        assert isinstance(found, Resource)
        return found

    return make


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, WRONG_KEY, "key-rejected"),
        (401, "", "key-rejected"),
        (403, FIREWALL, "network-denied"),
        (403, PRIVATE, "network-denied"),
        (404, NO_RESOURCE, "resource-not-found"),
        (429, '{"error":{"code":"429","message":"Rate limit is exceeded."}}', "rate-limited"),
        (403, KEYS_OFF, "key-auth-disabled"),
        (401, KEYS_OFF, "key-auth-disabled"),
        (400, KEYS_OFF, "key-auth-disabled"),
        (401, NO_ROLE, "role-missing"),
        (403, NO_ROLE, "role-missing"),
        (403, "Your resource has been temporarily blocked", "resource-blocked"),
        (401, "The subscription is disabled", "resource-blocked"),
        (403, "This account has been disabled", "resource-blocked"),
        (429, HIGH_DEMAND, None),
        (403, "", None),
        (404, NOT_FOUND, None),
        (302, "", None),
        (408, "", None),
        (424, "", None),
        (500, '{"error":{"code":"InternalServerError","message":"sorry"}}', None),
        (502, "<html>502 Bad Gateway</html>", None),
        (503, "[" * 60_000, None),
        (307, PAGE, None),
    ],
)
def test_each_answer_has_its_kind_of_refusal(
    status: int,
    body: str,
    code: str | None,
    http: Http,
    httpx_mock: HTTPXMock,
    resource: Callable[..., Resource],
) -> None:
    httpx_mock.add_response(url=MODELS_URL, status_code=status, text=body)
    answer = fetch_models(resource(), http, TRUST, CLASSIFY)
    assert isinstance(answer, ResourceAnswer)
    assert answer.kind == code
    lack = open_resource(answer)
    assert isinstance(lack, Unavailable)
    assert lack.kind == code
    assert httpx_mock.get_requests()[0].headers["api-key"] == KEY


@pytest.mark.parametrize(
    "base",
    [
        ORIGIN,
        f"{ORIGIN}/",
        f"{ORIGIN.upper()}/openai",
        f"{ORIGIN}/openai/deployments/d/chat/completions?api-version=2024-10-21",
    ],
)
def test_a_resource_that_accepts_the_key_is_open(
    base: str, http: Http, httpx_mock: HTTPXMock, resource: Callable[..., Resource]
) -> None:
    httpx_mock.add_response(url=MODELS_URL, text='{"data":[],"object":"list"}')
    answer = fetch_models(resource(base), http, TRUST, CLASSIFY)
    assert isinstance(answer, ResourceAnswer)
    assert isinstance(open_resource(answer), OpenResource)


@pytest.mark.parametrize(
    ("base", "found", "looked_up", "unknown"),
    [
        (ORIGIN, True, [CONTROL_HOST], True),
        (ORIGIN, False, [CONTROL_HOST], False),
        ("https://gateway.example/azure", True, [], True),
    ],
)
def test_a_name_is_unknown_only_if_another_name_is_found(
    base: str, found: bool, looked_up: list[str], unknown: bool, resource: Callable[..., Resource]
) -> None:
    http, names = refusing(found)
    answer = fetch_models(resource(base), http, TRUST, CLASSIFY)
    assert isinstance(answer, ResourceAnswer)
    assert (answer.kind, answer.name_unknown, names) == ("resource-not-found", unknown, looked_up)


def test_a_refused_connection_is_not_an_unknown_name(
    http: Http, resource: Callable[..., Resource]
) -> None:
    answer = fetch_models(resource(refusing_url()), http, TRUST, CLASSIFY)
    assert isinstance(answer, ResourceAnswer)
    assert (answer.kind, answer.name_unknown) == ("resource-unreachable", False)


@pytest.mark.parametrize(
    ("base", "key"),
    [
        ("https://evil.example", KEY),
        ("http://contoso.openai.azure.com", KEY),
        (ORIGIN, "sk-0123456789abcdef0123456789abcdef"),
        (ORIGIN, "os.environ/UNSET"),
        (ORIGIN, ""),
        ("https://gateway.example", "short"),
        ("http://gateway.example", KEY),
    ],
)
def test_no_key_goes_to_an_untrusted_host_or_without_its_shape(
    base: str, key: str, http: Http, resource: Callable[..., Resource]
) -> None:
    lack = fetch_models(resource(base, key), http, TRUST, CLASSIFY)
    assert isinstance(lack, Unavailable)
    assert lack.kind is None
    assert http.spent.requests == 0


def test_the_reason_says_why_there_is_no_key(http: Http, resource: Callable[..., Resource]) -> None:
    unset = fetch_models(resource(key="os.environ/UNSET"), http, TRUST, CLASSIFY)
    entra = fetch_models(resource(key="", more=", azure_ad_token: t"), http, TRUST, CLASSIFY)
    none = fetch_models(resource(key=""), http, TRUST, CLASSIFY)
    reasons = [lack.reason for lack in (unset, entra, none) if isinstance(lack, Unavailable)]
    assert "UNSET" in reasons[0]
    assert "Entra" in reasons[1]
    assert len(set(reasons)) == 3


def test_each_api_version_in_use_is_tried(
    http: Http, httpx_mock: HTTPXMock, here: Any, resource: Callable[..., Resource]
) -> None:
    versioned = resource(more=', api_version: "2024-13-99"')
    url = f"{ORIGIN}/openai/models?api-version=2024-13-99"
    httpx_mock.add_response(url=url, status_code=404, text=NOT_FOUND)
    found = fetch_models_by_version(versioned, http, TRUST, here.fact(Requests)).results
    assert list(found) == ["2024-13-99"]
    assert isinstance(found["2024-13-99"], Answer)


@pytest.mark.parametrize("version", ["v1", "preview", "latest"])
def test_an_undated_api_version_uses_the_v1_route(
    version: str, http: Http, httpx_mock: HTTPXMock, here: Any, resource: Callable[..., Resource]
) -> None:
    httpx_mock.add_response(url=f"{ORIGIN}/openai/v1/models", text="{}")
    versioned = resource(more=f", api_version: {version}")
    found = fetch_models_by_version(versioned, http, TRUST, here.fact(Requests))
    assert list(found.results) == [version]


def test_a_variable_gives_no_deployment_an_api_version(
    http: Http, httpx_mock: HTTPXMock, here: Any, resource: Callable[..., Resource]
) -> None:
    default = "2025-02-01-preview"  # the proxy overwrites the variable when it starts
    httpx_mock.add_response(url=f"{ORIGIN}/openai/models?api-version={default}", text="{}")
    bare = resource()
    requests = here.fact(Requests, {"AZURE_API_VERSION": "2024-06-01"})
    found = fetch_models_by_version(bare, http, TRUST, requests)
    assert list(found.results) == [default]


def test_the_first_api_version_is_not_tried_twice(
    http: Http, here: Any, resource: Callable[..., Resource]
) -> None:
    versioned = resource(more=f', api_version: "{PLAIN_VERSION}"')
    assert fetch_models_by_version(versioned, http, TRUST, here.fact(Requests)).results == {}
    assert http.spent.requests == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "5",
        "{",
        PAGE,
        "{}",
        '{"data": {}}',
        '{"data": null}',
        "[" * 60_000,
        '{"data": ' + "[" * 60_000,
        '{"data": [' + '{"id": "d"},' * 9000 + "{}]}",
    ],
)
def test_a_body_without_a_list_is_unavailable(
    body: str, http: Http, httpx_mock: HTTPXMock, resource: Callable[..., Resource]
) -> None:
    httpx_mock.add_response(text=body, is_reusable=True)
    lack = fetch_deployment_list(resource(), http)
    assert isinstance(lack, Unavailable)
    assert lack.kind is None
    assert [request.url.params["api-version"] for request in httpx_mock.get_requests()] == [
        "2022-12-01",
        "2023-03-15-preview",
    ]


def test_a_list_contains_its_valid_rows(
    http: Http, httpx_mock: HTTPXMock, resource: Callable[..., Resource]
) -> None:
    rows: list[Any] = [
        {"id": "d", "model": "gpt-4o", "status": "succeeded"},
        {"id": "e", "model": None, "status": 5},
        {"id": 7},
        "text",
        None,
    ]
    httpx_mock.add_response(status_code=404, text=NOT_FOUND)
    httpx_mock.add_response(text=json.dumps({"data": rows}))
    found = fetch_deployment_list(resource(), http)
    deployment = ListedDeployment("d", "gpt-4o", "succeeded")
    assert found == DeploymentList((deployment, ListedDeployment("e", "", "5")))
    assert found.named("d") == deployment
    assert found.named("D") is None


def simulated(**more: Any) -> Callable[[Request], Response]:
    deployments = {"d": AzureDeployment("gpt-4o")}
    return azure.handler(AzureResource("contoso", KEY, deployments, **more))


def test_the_simulated_resource_answers_all_probes(
    http: Http, here: Any, resource: Callable[..., Resource]
) -> None:
    requests: list[Request] = []
    with serving(simulated(), requests=requests) as url:
        simulated_resource = resource(f"{url}/openai", more=', api_version: "2024-06-01"')
        answer = fetch_models(simulated_resource, http, TRUST, CLASSIFY)
        assert isinstance(answer, ResourceAnswer)
        assert isinstance(open_resource(answer), OpenResource)
        versions = fetch_models_by_version(simulated_resource, http, TRUST, here.fact(Requests))
        listed = fetch_deployment_list(simulated_resource, http)
    assert isinstance(listed, DeploymentList)
    assert listed.named("d") == ListedDeployment("d", "gpt-4o", "succeeded")
    result = versions.results["2024-06-01"]
    assert isinstance(result, Answer)
    assert result.status == 200
    assert [request.method for request in requests] == ["GET"] * 3
    assert {request.headers["api-key"] for request in requests} == {KEY}


@pytest.mark.parametrize(
    ("access", "code"),
    [
        ("firewall", "network-denied"),
        ("private", "network-denied"),
        ("key-auth-disabled", "key-auth-disabled"),
        ("blocked", "resource-blocked"),
    ],
)
def test_the_simulated_resource_refuses_as_azure_does(
    access: Any, code: str | None, http: Http, resource: Callable[..., Resource]
) -> None:
    with serving(simulated(access=access)) as url:
        answer = fetch_models(resource(url), http, TRUST, CLASSIFY)
    assert isinstance(answer, ResourceAnswer)
    assert answer.kind == code


def test_the_simulated_resource_rejects_a_wrong_key(
    http: Http, resource: Callable[..., Resource]
) -> None:
    with serving(simulated(lists_deployments=False)) as url:
        answer = fetch_models(resource(url, "f" * 32), http, TRUST, CLASSIFY)
        assert isinstance(answer, ResourceAnswer)
        assert answer.kind == "key-rejected"
        assert isinstance(fetch_deployment_list(resource(url), http), Unavailable)


def test_a_truncated_list_is_unavailable(http: Http, resource: Callable[..., Resource]) -> None:
    with serving(lambda _: Response(200, body=b"x" * 100, fault="truncate")) as url:
        answer = fetch_models(resource(url), http, TRUST, CLASSIFY)
        assert isinstance(answer, ResourceAnswer)
        assert isinstance(answer.result, NoAnswer)
        assert answer.kind == "resource-unreachable"
        assert isinstance(fetch_deployment_list(resource(url), http), Unavailable)
