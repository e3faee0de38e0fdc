"""The free probes of the running proxy, with the literal answers of LiteLLM 1.106.2."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from clawdoctor.chain.endpoint import Endpoints, Proxy
from clawdoctor.chain.trust import Trust
from clawdoctor.probes.client import open_http
from clawdoctor.probes.http import Answer, Http, NoAnswer
from clawdoctor.probes.proxy import (
    AliveProxy,
    Liveness,
    ModelsAnswer,
    RunningDeployment,
    RunningDeployments,
    ServedModels,
    alive_proxy,
    fetch_deployments,
    fetch_liveness,
    fetch_models,
    served_models,
)
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.simulator import proxy as simulated
from clawdoctor.simulator.message import Request, Response, network, text_response
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.simulator.serve import refusing_url, serving
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import served_deployment

URL = "http://127.0.0.1:4000"
TRUST = Trust(frozenset({"gateway.example"}))
ALIVE = AliveProxy(1)

ALIVE_BODY = '"I\'m alive!"'
NO_DB = (
    '{"error":{"message":"No connected db.","type":"no_db_connection","param":null,"code":"400"}}'
)
PLAIN_500 = "Internal Server Error"
PRISMA_NO_KEY = (
    '{"error":{"message":"Authentication Error, No api key passed in.","type":"auth_error",'
    '"param":"None","code":"401"}}'
)
PRISMA_EMPTY = (
    '{"error":{"message":"Authentication Error, Malformed API Key passed in. Ensure Key has '
    '`Bearer ` prefix.","type":"auth_error","param":"None","code":"401"}}'
)
NOT_FOUND = '{"detail":"Not Found"}'
MODELS = (
    '{"data":[{"id":"gpt4om","object":"model","created":1677610602,"owned_by":"openai",'
    '"mode":"chat"}],"object":"list"}'
)
PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head></html>"


@pytest.fixture
def http() -> Iterator[Http]:
    client = open_http({}, float("inf"))
    with closing(client.direct):
        yield client


def proxy(url: str | None = URL, key: str | None = "sk-key", reason: str = "") -> Proxy:
    return Proxy("proxy litellm", None, url, reason, None if key is None else Secret(key))


def test_a_healthy_proxy_is_alive(http: Http, httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=f"{URL}/health/liveliness", text=ALIVE_BODY)
    found = fetch_liveness(proxy(), http, TRUST)
    assert isinstance(found, Liveness)
    assert found.is_litellm
    assert isinstance(alive_proxy(proxy(), found), AliveProxy)
    (request,) = httpx_mock.get_requests()
    assert "authorization" not in request.headers


def test_a_base_path_is_kept(http: Http, httpx_mock: HTTPXMock) -> None:
    base = "https://gateway.example/llm"
    httpx_mock.add_response(url=f"{base}/health/liveliness", text=ALIVE_BODY)
    httpx_mock.add_response(url=f"{base}/v1/models", text=MODELS)
    assert isinstance(fetch_liveness(proxy(base), http, TRUST), Liveness)
    found = fetch_models(proxy(base), ALIVE, http, TRUST)
    assert isinstance(found, ModelsAnswer)
    assert served_models(found) == ServedModels(("gpt4om",))


HINTS = [
    (400, NO_DB, {}),
    (401, PRISMA_NO_KEY, {}),
    (401, PRISMA_EMPTY, {}),
    (404, NOT_FOUND, {"x-litellm-version": "1.106.2"}),
]


@pytest.mark.parametrize(("status", "body", "headers"), HINTS)
def test_a_proxy_whose_health_is_hidden_is_alive(
    status: int, body: str, headers: dict[str, str], http: Http, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(url=f"{URL}/health/liveliness", status_code=404, text=NOT_FOUND)
    httpx_mock.add_response(url=f"{URL}/v1/models", status_code=status, text=body, headers=headers)
    found = fetch_liveness(proxy(), http, TRUST)
    assert isinstance(found, Liveness)
    assert found.is_litellm
    assert isinstance(alive_proxy(proxy(), found), AliveProxy)
    assert all("authorization" not in request.headers for request in httpx_mock.get_requests())


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, NOT_FOUND, "not-litellm"),
        (200, PAGE, "not-litellm"),
        (200, "[]", "not-litellm"),
        (200, "", "not-litellm"),
        (302, "", "not-litellm"),
        (500, PLAIN_500, "not-litellm"),
        (502, "<html><title>502 Bad Gateway</title></html>", "proxy-unreachable"),
        (503, "Service Unavailable", "proxy-unreachable"),
        (504, "", "proxy-unreachable"),
        (200, "[" * 70_000, "not-litellm"),
    ],
)
def test_another_server_is_not_litellm(
    status: int, body: str, code: str, http: Http, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(status_code=status, text=body, is_reusable=True)
    found = fetch_liveness(proxy(), http, TRUST)
    assert isinstance(found, Liveness)
    assert not found.is_litellm
    lack = alive_proxy(proxy(), found)
    assert isinstance(lack, Unavailable)
    assert lack.kind == code


def test_a_refused_connection_is_an_unreachable_proxy(http: Http) -> None:
    found = fetch_liveness(proxy(refusing_url()), http, TRUST)
    assert isinstance(found, Liveness)
    lack = alive_proxy(proxy(), found)
    assert isinstance(lack, Unavailable)
    assert (lack.kind, lack.reason) == (
        "proxy-unreachable",
        "the proxy cannot be reached: connection refused",
    )
    assert http.spent.requests == 1


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (proxy(None, reason="its baseUrl is not a URL"), "its baseUrl is not a URL"),
        (
            proxy("https://evil.example"),
            "evil.example is not trusted; --trust-host evil.example allows requests to it",
        ),
    ],
)
def test_an_untrusted_proxy_gets_no_request(refused: Proxy, reason: str, http: Http) -> None:
    assert fetch_liveness(refused, http, TRUST) == Unavailable(reason)
    assert http.spent.requests == 0


def models(
    http: Http, mock: HTTPXMock, status: int, body: str | bytes, key: str | None = "sk-key"
) -> ModelsAnswer:
    content = body.encode() if isinstance(body, str) else body
    mock.add_response(url=f"{URL}/v1/models", status_code=status, content=content)
    found = fetch_models(proxy(key=key), ALIVE, http, TRUST)
    assert isinstance(found, ModelsAnswer)
    return found


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [
        (400, NO_DB, "sk-wrong"),
        (400, NO_DB, "wrong"),
        (500, PLAIN_500, None),
        (401, PRISMA_NO_KEY, None),
        (401, PRISMA_EMPTY, None),
        (401, "", "sk-wrong"),
        (403, "", "sk-wrong"),
    ],
)
def test_a_rejected_key_is_a_refusal(
    status: int, body: str, key: str | None, http: Http, httpx_mock: HTTPXMock
) -> None:
    found = models(http, httpx_mock, status, body, key)
    assert found.refused
    assert found.with_key is (key is not None)
    lack = served_models(found)
    assert isinstance(lack, Unavailable)
    assert lack.kind == "proxy-key-rejected"
    sent = httpx_mock.get_requests()[0].headers.get("authorization")
    assert sent == (f"Bearer {key}" if key else None)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, PLAIN_500),
        (404, NOT_FOUND),
        (200, PAGE),
        (200, ""),
        (200, "{"),
        (200, "[]"),
        (200, '["data"]'),
        (200, "null"),
        (200, "5"),
        (200, '"data"'),
        (200, "{}"),
        (200, '{"data": {"id": "x"}}'),
        (200, '{"data": null}'),
        (200, '{"data": ' + "[" * 60_000),
        (200, "[" * 60_000 + "]" * 60_000),
        (200, '{"data": [' + '{"id": "gpt"},' * 20_000 + '{"id": "x"}]}'),
        (200, '{"data": ' + "9" * 5000 + "}"),
        (200, b"\xff\xfe{\x00"),
        (302, MODELS),
        (429, '{"error":{"message":"slow down"}}'),
    ],
)
def test_a_body_without_a_list_is_unavailable(
    status: int, body: str | bytes, http: Http, httpx_mock: HTTPXMock
) -> None:
    found = models(http, httpx_mock, status, body)
    assert not found.refused
    lack = served_models(found)
    assert isinstance(lack, Unavailable)
    assert lack.kind is None


def test_a_list_contains_its_valid_rows(http: Http, httpx_mock: HTTPXMock) -> None:
    assert served_models(models(http, httpx_mock, 200, MODELS)) == ServedModels(("gpt4om",))
    rows = {"data": [{"id": "a"}, 5, None, ["b"], {"id": "gpt-*"}]}
    found = served_models(models(http, httpx_mock, 200, json.dumps(rows)))
    assert found == ServedModels(("a", "gpt-*"))
    assert found.wildcard
    assert served_models(models(http, httpx_mock, 200, '{"data": []}')) == ServedModels(())


def test_a_list_shows_wildcards() -> None:
    """Measured on LiteLLM 1.106.2: azure/* is listed as azure/Azure-LLM."""
    found = ServedModels(("gpt-4o", "azure/Azure-LLM", "my-*"))
    served = ["gpt-4o", "azure/gpt-5.2", "my-model"]
    assert [name for name in (*served, "gpt-4", "openai/gpt-4o") if found.can_serve(name)] == served
    assert found.wildcard
    assert not ServedModels(("gpt-4o", "Azure-LLM")).wildcard


@pytest.mark.parametrize("key", ["a\nb", "\u00e4bc", "a\x00b"])
def test_a_key_that_does_not_fit_into_a_header_is_not_sent(key: str, http: Http) -> None:
    requests: list[Request] = []
    with serving(lambda _: text_response(401, PRISMA_NO_KEY), requests=requests) as url:
        fetch_models(proxy(url, key), ALIVE, http, TRUST)
    assert all("authorization" not in request.headers for request in requests)


def test_a_reset_connection_is_no_refusal_of_the_key(http: Http) -> None:
    with serving(lambda _: Response(200, fault="reset")) as url:
        found = fetch_models(proxy(url), ALIVE, http, TRUST)
    assert isinstance(found, ModelsAnswer)
    assert isinstance(found.result, NoAnswer)
    assert not found.refused
    lack = served_models(found)
    assert isinstance(lack, Unavailable)
    assert lack.kind is None
    assert "connection reset" in lack.reason


def test_deployments_contain_the_valid_rows(http: Http, httpx_mock: HTTPXMock) -> None:
    rows: list[Any] = [
        {
            "model_name": "gpt",
            "litellm_params": {"model": "azure/d", "api_base": "https://a.openai.azure.com"},
        },
        {"model_name": "gpt", "litellm_params": {"model": "azure/e", "api_base": 5}},
        {"model_name": "none"},
        {"model_name": "list", "litellm_params": []},
        "text",
    ]
    httpx_mock.add_response(url=f"{URL}/v1/model/info", json={"data": rows})
    found = fetch_deployments(proxy(), http)
    first = RunningDeployment("gpt", "azure/d", "https://a.openai.azure.com")
    second = RunningDeployment("gpt", "azure/e", None)
    assert found == RunningDeployments((first, second))
    assert found.of("gpt") == (first, second)
    assert found.of("other") == ()


@pytest.mark.parametrize(("status", "body"), [(403, "{}"), (200, "[]"), (200, PAGE), (404, "")])
def test_deployments_may_be_unavailable(
    status: int, body: str, http: Http, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_response(status_code=status, text=body)
    found = fetch_deployments(proxy(), http)
    assert isinstance(found, Unavailable)
    assert found.kind is None


GROUPS = {
    "gpt": (served_deployment("azure/d", "https://a.openai.azure.com", Secret("k"), "2024-10-21"),),
    "lost": (served_deployment("d", "https://a.openai.azure.com", Secret("k"), "2024-10-21"),),
}


def litellm(**more: Any) -> Any:
    return simulated.handler(LiteLLMProxy(GROUPS, master_key="sk-m", **more), network({}))


@pytest.mark.parametrize("written", ["", "/", "/v1", "/v1/"])
def test_the_simulated_proxy_answers_all_probes(written: str, here: Any, http: Http) -> None:
    requests: list[Request] = []
    with serving(litellm(), requests=requests) as url:
        here.write(
            "home/.openclaw/openclaw.json",
            f'{{ models: {{ providers: {{ litellm: {{ baseUrl: "{url}{written}", '
            'apiKey: "sk-m", models: [{ id: "gpt" }] } } } }',
        )
        (endpoint,) = here.fact(Endpoints).proxies
        liveness = fetch_liveness(endpoint, http, TRUST)
        assert isinstance(liveness, Liveness)
        assert isinstance(alive_proxy(endpoint, liveness), AliveProxy)
        answer = fetch_models(endpoint, ALIVE, http, TRUST)
        assert isinstance(answer, ModelsAnswer)
        listed = served_models(answer)
        assert listed == ServedModels(("gpt",))
        running = fetch_deployments(endpoint, http)
    assert isinstance(running, RunningDeployments)
    assert [row.model for row in running.deployments] == ["azure/d"]
    assert [request.path for request in requests] == [
        "/health/liveliness",
        "/v1/models",
        "/v1/model/info",
    ]
    assert "authorization" not in requests[0].headers


@pytest.mark.parametrize(
    ("key", "prisma", "status"),
    [("sk-x", False, 400), ("x", True, 400), (None, False, 500), (None, True, 401)],
)
def test_the_simulated_proxy_rejects_a_key(
    key: str | None, prisma: bool, status: int, http: Http
) -> None:
    with serving(litellm(has_prisma=prisma)) as url:
        found = fetch_models(proxy(url, key), ALIVE, http, TRUST)
    assert isinstance(found, ModelsAnswer)
    assert isinstance(found.result, Answer)
    assert found.result.status == status
    assert found.refused


def test_a_server_that_need_not_be_litellm_is_alive_with_any_answer(http: Http) -> None:
    with serving(lambda _: text_response(200, PAGE, kind="text/html")) as url:
        server = replace(proxy(url), expected=False)
        found = fetch_liveness(server, http, TRUST)
    assert isinstance(found, Liveness)
    alive = alive_proxy(server, found)
    assert isinstance(alive, AliveProxy)
    assert not alive.is_litellm
    assert isinstance(fetch_models(server, alive, http, TRUST), Absent)


def test_a_web_page_on_the_port_is_not_litellm(http: Http) -> None:
    with serving(lambda _: text_response(200, PAGE, kind="text/html")) as url:
        found = fetch_liveness(proxy(url), http, TRUST)
    assert isinstance(found, Liveness)
    lack = alive_proxy(proxy(), found)
    assert isinstance(lack, Unavailable)
    assert lack.kind == "not-litellm"
