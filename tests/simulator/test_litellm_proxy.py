"""The simulated proxy's keys, lists, calls and cooldown."""

import json
from dataclasses import replace
from typing import Any

import pytest

from clawdoctor.simulator import azure, proxy
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request, Response, events_of, json_request, network
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import ServedDeployment, served_deployment

KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
MASTER = "sk-demo-2f6c9b7e4a1d"
AZURE = "https://my-resource.openai.azure.com"
HI = [{"role": "user", "content": "ping"}]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
RESOURCE = AzureResource(
    "my-resource",
    KEY,
    {
        "gpt-4o-mini": AzureDeployment("gpt-4o-mini"),
        "gpt-5.2-codex": AzureDeployment("gpt-5.2-codex"),
        "gpt-5.6-sol": AzureDeployment("gpt-5.6-sol"),
        "gpt-5": AzureDeployment("gpt-5", thinks=100),
        "my-codex": AzureDeployment("gpt-5.2-codex"),
        "my-gpt": AzureDeployment("gpt-5.2"),
    },
)
NO_DB = {
    "error": {
        "message": "No connected db.",
        "type": "no_db_connection",
        "param": None,
        "code": "400",
    }
}


class Upstream:
    """A resource that records its requests."""

    def __init__(self, resource: AzureResource = RESOURCE) -> None:
        self.requests: list[Request] = []
        self._resource = resource

    def __call__(self, origin: str, request: Request) -> Response:
        if origin != AZURE:
            raise ConnectionRefusedError(origin)
        self.requests.append(request)
        return azure.answer(self._resource, request)


def deployment(model: str, **changes: Any) -> ServedDeployment:
    given = {"api_base": AZURE, "api_key": Secret(KEY), "api_version": "2025-04-01-preview"}
    return served_deployment(model, **{**given, **changes})


def small_proxy(model: str, **changes: Any) -> LiteLLMProxy:
    """Return a proxy with one group, `m`, of one deployment."""
    return LiteLLMProxy({"m": (deployment(model, **changes),)}, master_key=MASTER)


def chat(model: str = "m", key: str | None = MASTER, **body: Any) -> Request:
    headers = {"authorization": f"Bearer {key}"} if key is not None else {}
    content = {"model": model, "messages": HI, **body}
    return json_request("POST", "/v1/chat/completions", content, headers=headers)


def get(path: str, **headers: str) -> Request:
    return Request("GET", path, {}, headers or {"authorization": f"Bearer {MASTER}"})


def ask(served: LiteLLMProxy, request: Request) -> tuple[int, Any]:
    response = proxy.answer(served, request, Upstream())
    return response.status, json.loads(response.body)


def sent(served: LiteLLMProxy, **body: Any) -> tuple[Request, Any]:
    """Return the request that Azure gets for a turn, and its body."""
    upstream = Upstream()
    proxy.answer(replace(served, retries=0), chat(**body), upstream)
    return upstream.requests[0], json.loads(upstream.requests[0].body)


@pytest.mark.parametrize("path", ["/v1/models", "/models", "/v1/model/info", "/model/info"])
def test_missing_keys(path: str) -> None:
    pip = small_proxy("azure/gpt-4o-mini")
    for headers in ({"x": "y"}, {"authorization": MASTER}, {"authorization": "Bearer "}):
        response = proxy.answer(pip, get(path, **headers), Upstream())
        assert response.status == 500
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.body == b"Internal Server Error"
    image = replace(pip, has_prisma=True)
    status, body = ask(image, get(path, x="y"))
    assert status == 401
    assert body["error"] == {
        "message": "Authentication Error, No api key passed in.",
        "type": "auth_error",
        "param": "None",
        "code": "401",
    }
    assert ask(image, get(path, authorization="Bearer "))[1]["error"]["message"] == (
        "Authentication Error, Malformed API Key passed in. Ensure Key has `Bearer ` prefix."
    )


def test_wrong_and_right_keys() -> None:
    served = small_proxy("azure/gpt-4o-mini")
    assert ask(served, get("/v1/models", authorization="Bearer sk-wrong")) == (400, NO_DB)
    assert ask(served, chat(key="your-litellm-key")) == (400, NO_DB)
    for headers in ({"x-api-key": MASTER}, {"api-key": MASTER}):
        assert ask(served, get("/v1/models", **headers))[0] == 200
    open_to_all = replace(served, master_key=None)
    assert ask(open_to_all, get("/v1/models", x="y"))[0] == 200
    assert ask(open_to_all, chat(key="anything"))[0] == 200


def test_what_needs_no_key() -> None:
    served = small_proxy("azure/gpt-4o-mini")
    for path in ("/health/liveliness", "/health/liveness"):
        assert ask(served, get(path, x="y")) == (200, "I'm alive!")
    ready = {"status": "healthy", "db": "Not connected"}
    assert ask(served, get("/health/readiness", x="y")) == (200, ready)
    assert ask(served, get("/openapi.json", x="y"))[1]["info"]["version"] == "1.106.2"
    assert ask(served, get("/nope", x="y")) == (404, {"detail": "Not Found"})
    assert ask(served, get("/v1/v1/models")) == (404, {"detail": "Not Found"})
    assert ask(served, get("/v1/chat/completions")) == (405, {"detail": "Method Not Allowed"})


def test_lists() -> None:
    served = LiteLLMProxy(
        {
            "mini": (deployment("azure/gpt-4o-mini"),),
            "mine": (deployment("azure/my-gpt", base_model="azure/gpt-5.2"),),
            "opaque": (deployment("azure/x", mode="responses"), deployment("azure/y")),
            "dropped": (deployment("my-own"),),
        },
        master_key=MASTER,
    )
    head = {"object": "model", "created": 1677610602, "owned_by": "openai"}
    assert ask(served, get("/v1/models"))[1] == {
        "data": [
            {
                "id": "mini",
                **head,
                "mode": "chat",
                "max_input_tokens": 128000,
                "max_output_tokens": 16384,
            },
            {
                "id": "mine",
                **head,
                "mode": "chat",
                "max_input_tokens": 272000,
                "max_output_tokens": 128000,
            },
            {"id": "opaque", **head, "mode": "responses"},
        ],
        "object": "list",
    }
    rows = ask(served, get("/v1/model/info"))[1]["data"]
    assert [row["model_name"] for row in rows] == ["mini", "mine", "opaque", "opaque"]
    assert rows[0]["litellm_params"]["model"] == "azure/gpt-4o-mini"
    assert rows[0]["litellm_params"]["api_base"] == AZURE
    assert rows[1]["model_info"]["base_model"] == "azure/gpt-5.2"
    assert len({row["model_info"]["id"] for row in rows}) == 4
    assert KEY not in json.dumps(rows)
    assert ask(served, get("/v1/models/mini"))[1]["owned_by"] == "azure"
    missing = {"detail": "The model `nope` does not exist or is not accessible"}
    assert ask(served, get("/v1/models/nope")) == (404, missing)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"model": "nope"}, "/chat/completions"),
        ({"model": "azure-openai/m"}, "/chat/completions"),
        ({}, "/responses"),
    ],
)
def test_unknown_models(body: dict[str, str], path: str) -> None:
    headers = {"authorization": f"Bearer {MASTER}"}
    request = json_request("POST", path, body, headers=headers)
    text = (
        f"{path}: Invalid model name passed in model={body.get('model')}. Call `/v1/models` to"
        " view available models for your key."
    )
    assert ask(small_proxy("azure/gpt-4o-mini"), request) == (
        400,
        {
            "error": {
                "message": text,
                "type": "invalid_request_error",
                "param": None,
                "code": "400",
                "provider_specific_fields": {"error": text},
            }
        },
    )


def test_a_turn() -> None:
    response = proxy.answer(small_proxy("azure/gpt-4o-mini"), chat(), Upstream())
    body = json.loads(response.body)
    assert body["model"] == "m"
    assert body["choices"][0]["message"]["content"] == "pong"
    assert response.headers["x-litellm-version"] == "1.106.2"
    assert response.headers["x-litellm-model-name"] == "azure/gpt-4o-mini"
    assert response.headers["x-litellm-model-api-base"] == AZURE
    assert response.headers["llm_provider-x-ms-region"] == "East US 2"
    assert response.headers["x-ratelimit-limit-tokens"] == "100000"


def test_versions_are_named_by_success_and_by_responses() -> None:
    wrong = small_proxy("azure/nope")
    assert "x-litellm-version" not in proxy.answer(wrong, chat(), Upstream()).headers
    assert "x-litellm-version" not in proxy.answer(wrong, get("/v1/models"), Upstream()).headers
    request = replace(chat(), path="/v1/responses")
    assert proxy.answer(wrong, request, Upstream()).headers["x-litellm-version"] == "1.106.2"


def test_a_streamed_turn() -> None:
    request = chat(stream=True, stream_options={"include_usage": True})
    response = proxy.answer(small_proxy("azure/gpt-4o-mini"), request, Upstream())
    events = events_of(response)
    assert {event["model"] for event in events} == {"m"}
    assert events[0]["choices"] == []
    choices = [choice for event in events for choice in event["choices"]]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == "pong"
    assert events[-1]["usage"]["completion_tokens"] == 2
    assert response.chunks[-1] == b"data: [DONE]\n\n"
    bare = events_of(proxy.answer(small_proxy("azure/gpt-4o-mini"), chat(stream=True), Upstream()))
    assert not any("usage" in event for event in bare)


@pytest.mark.parametrize(
    ("changes", "path", "version", "header"),
    [
        ({}, "/openai/deployments/my-gpt/chat/completions", "2025-04-01-preview", "api-key"),
        (
            {"api_version": None},
            "/openai/deployments/my-gpt/chat/completions",
            "2025-02-01-preview",
            "api-key",
        ),
        ({"api_version": "preview"}, "/openai/v1/chat/completions", None, "authorization"),
        (
            {"api_base": f"{AZURE}/openai/v1/"},
            "/openai/v1/openai/deployments/my-gpt/chat/completions",
            "2025-04-01-preview",
            "api-key",
        ),
        (
            {"api_base": f"{AZURE}/openai/v1/", "api_version": "v1"},
            "/openai/v1//openai/v1/chat/completions",
            None,
            "authorization",
        ),
        (
            {"api_base": f"{AZURE}/openai/deployments/my-gpt"},
            "/openai/deployments/my-gpt/chat/completions",
            "2025-04-01-preview",
            "api-key",
        ),
        (
            {"model": "openai/my-gpt", "api_base": f"{AZURE}/openai/v1"},
            "/openai/v1/chat/completions",
            None,
            "authorization",
        ),
    ],
)
def test_addresses(changes: dict[str, Any], path: str, version: str | None, header: str) -> None:
    request, _ = sent(small_proxy(**{"model": "azure/my-gpt", **changes}))
    assert (request.path, request.query.get("api-version")) == (path, version)
    bearer = header == "authorization"
    assert request.headers[header] == (f"Bearer {KEY}" if bearer else KEY)
    assert MASTER not in str(dict(request.headers))


@pytest.mark.parametrize(
    ("changes", "litellm", "path", "version"),
    [
        ({"model": "azure/gpt-5.2-codex"}, "1.106.2", "/openai/responses", "2024-10-21"),
        ({"model": "azure/gpt-5.2-codex"}, "1.109.1", "/openai/v1/responses", "preview"),
        ({"model": "azure/responses/my-codex"}, "1.106.2", "/openai/responses", "2024-10-21"),
        (
            {"model": "azure/my-codex", "mode": "responses"},
            "1.106.2",
            "/openai/responses",
            "2024-10-21",
        ),
        (
            {"model": "azure/my-codex", "base_model": "azure/gpt-5.2-codex"},
            "1.106.2",
            "/openai/deployments/my-codex/chat/completions",
            "2024-10-21",
        ),
        (
            {"model": "openai/responses/my-codex", "api_base": f"{AZURE}/openai/v1"},
            "1.106.2",
            "/openai/v1/responses",
            None,
        ),
    ],
)
def test_the_bridge(changes: dict[str, Any], litellm: str, path: str, version: str | None) -> None:
    served = replace(small_proxy(**{"api_version": "2024-10-21", **changes}), version=litellm)
    request, _ = sent(served)
    assert (request.path, request.query.get("api-version")) == (path, version)


def test_the_bridge_there_and_back() -> None:
    served = small_proxy("azure/gpt-5.2-codex")
    messages = [{"role": "system", "content": "be brief"}, *HI]
    body = {"messages": messages, "max_completion_tokens": 64, "tools": TOOLS, "foo": 1}
    _, upstream = sent(served, **body, reasoning_effort="low", store=False)
    assert upstream == {
        "stream": False,
        "model": "gpt-5.2-codex",
        "input": [
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_text", "text": "ping"}],
            }
        ],
        "instructions": "be brief",
        "max_output_tokens": 64,
        "reasoning": {"effort": "low"},
        "store": False,
        "tools": [
            {
                "type": "function",
                "name": "f",
                "parameters": {"type": "object"},
                "strict": None,
                "description": None,
            }
        ],
    }
    whole = ask(served, chat())[1]
    assert whole["object"] == "chat.completion"
    assert whole["choices"][0]["message"] == {"content": "pong", "role": "assistant"}
    events = events_of(proxy.answer(served, chat(stream=True), Upstream()))
    assert events[0]["choices"][0]["delta"]["content"] == "pong"
    assert events[1]["choices"][0]["finish_reason"] == "stop"


def test_tools_move_a_turn_to_responses() -> None:
    assert sent(small_proxy("azure/gpt-5.6-sol"), tools=TOOLS)[0].path == "/openai/responses"
    assert sent(small_proxy("azure/gpt-5.6-sol"))[0].path.endswith("/chat/completions")


@pytest.mark.parametrize(
    ("litellm", "drop_params", "refused"),
    [
        ("1.81.0", False, False),
        ("1.81.1", False, True),
        ("1.81.13", False, True),
        ("1.81.13", True, False),
        ("1.81.14", False, False),
        ("1.106.2", False, False),
    ],
)
def test_store(litellm: str, drop_params: bool, refused: bool) -> None:
    served = replace(small_proxy("azure/gpt-4o-mini"), version=litellm, drop_params=drop_params)
    status, body = ask(served, chat(store=False))
    assert status == (400 if refused else 200)
    if refused:
        assert body["error"]["message"].startswith(
            "litellm.UnsupportedParamsError: azure does not support parameters: ['store'], for"
            " model=gpt-4o-mini. To drop these, set `litellm.drop_params=True` or for proxy:\n\n"
            "`litellm_settings:\n drop_params: true`\n. \n If you want to use these params"
            " dynamically send allowed_openai_params=['store'] in your request."
        )
    else:
        kept = "store" in sent(served, store=False)[1]
        assert kept is not drop_params


def test_parameters_on_their_way() -> None:
    known = small_proxy("azure/gpt-5")
    assert sent(known, max_tokens=50)[1]["max_completion_tokens"] == 50
    assert sent(small_proxy("azure/my-gpt"), max_tokens=50)[1]["max_tokens"] == 50
    base = small_proxy("azure/my-gpt", base_model="azure/gpt-5")
    assert sent(base, max_tokens=50)[1]["max_completion_tokens"] == 50
    assert "metadata" not in sent(known, metadata={"a": "b"})[1]
    developer = [{"role": "developer", "content": "x"}]
    assert sent(known, messages=developer)[1]["messages"][0]["role"] == "system"
    assert sent(small_proxy("azure/o3-mini"), messages=developer)[1]["messages"] == developer
    hot = "litellm.UnsupportedParamsError: gpt-5 doesn't support temperature=0.2 while reasoning"
    assert ask(known, chat(temperature=0.2))[1]["error"]["message"].startswith(hot)
    assert "temperature" not in sent(replace(known, drop_params=True), temperature=0.2)[1]
    picky = small_proxy("azure/gpt-4o-mini", additional_drop_params=["foo", "store"])
    assert {"foo", "store"}.isdisjoint(sent(picky, foo=1, store=True)[1])
    assert sent(replace(known, drop_params=True), foo=1)[1]["foo"] == 1


def test_a_used_up_limit_is_an_empty_answer() -> None:
    status, body = ask(small_proxy("azure/gpt-5"), chat(max_completion_tokens=64))
    assert status == 200
    assert body["choices"][0]["finish_reason"] == "length"
    assert body["choices"][0]["message"]["content"] == ""


def test_a_used_up_limit_is_an_empty_stream() -> None:
    request = chat(max_completion_tokens=64, stream=True, stream_options={"include_usage": True})
    events = events_of(proxy.answer(small_proxy("azure/gpt-5"), request, Upstream()))
    finishes = [event["choices"][0].get("finish_reason") for event in events]
    assert finishes == [None, "length", None]
    assert events[-1]["usage"]["completion_tokens"] == 0


def test_responses_are_passed_on() -> None:
    served = small_proxy("azure/gpt-5.2-codex")
    headers = {"authorization": f"Bearer {MASTER}"}
    body = {"model": "m", "input": "ping", "max_output_tokens": 64}
    whole = ask(served, json_request("POST", "/v1/responses", body, headers=headers))[1]
    assert (whole["model"], whole["status"]) == ("m", "completed")
    streamed = json_request("POST", "/v1/responses", {**body, "stream": True}, headers=headers)
    response = proxy.answer(served, streamed, Upstream())
    events = events_of(response)
    assert events[0]["type"] == "response.created"
    assert events[-1]["type"] == "response.completed"
    assert {event["model"] for event in events} == {"m"}
    assert b"event: " not in response.content
    assert response.chunks[-1] == b"data: [DONE]\n\n"


def test_the_network_between_them() -> None:
    there = network({AZURE: azure.handler(RESOURCE)})
    assert proxy.answer(small_proxy("azure/gpt-4o-mini"), chat(), there).status == 200
    elsewhere = small_proxy("azure/gpt-4o-mini", api_base="https://other.openai.azure.com")
    status = proxy.answer(elsewhere, chat(), there).status
    assert status == 500


def test_lists_of_wildcards() -> None:
    patterns = {"azure/*": "azure/*", "mine/*": "azure/*", "gpt-*": "azure/gpt-*"}
    groups = {name: (deployment(model),) for name, model in patterns.items()}
    served = LiteLLMProxy(groups, master_key=MASTER)
    listed = ["azure/Azure-LLM", "mine/Azure-LLM"]
    assert [row["id"] for row in ask(served, get("/v1/models"))[1]["data"]] == listed
    assert [row["model_name"] for row in ask(served, get("/v1/model/info"))[1]["data"]] == listed


def test_names_that_are_no_group() -> None:
    """Measured on LiteLLM 1.106.2 with the pattern azure/* and a fallback of gpt-4o."""
    served = LiteLLMProxy(
        {},
        route=lambda name: (deployment(name),) if name.startswith("azure/") else (),
        fallbacks=lambda name: ("azure/gpt-4o-mini",) if name == "mini" else (),
    )
    response = proxy.answer(served, chat("azure/gpt-4o-mini"), Upstream())
    assert response.headers["x-litellm-model-group"] == "azure/gpt-4o-mini"
    assert response.headers["x-litellm-attempted-fallbacks"] == "0"
    response = proxy.answer(served, chat("mini"), Upstream())
    assert response.headers["x-litellm-model-group"] == "azure/gpt-4o-mini"
    assert response.headers["x-litellm-attempted-fallbacks"] == "1"
    status, body = ask(served, chat("nope"))
    assert status == 400
    assert "You passed in model=nope. There are no healthy" in body["error"]["message"]
    status, body = ask(replace(served, route=lambda _: None), chat("nope"))
    assert status == 400
    assert "Invalid model name passed in model=nope." in body["error"]["message"]


def test_cooldown() -> None:
    now = 100.0
    upstream = Upstream()
    served = LiteLLMProxy(
        {
            "badkey": (deployment("azure/gpt-4o-mini", api_key="wrong"),),
            "nodep": (deployment("azure/not-there"),),
            "ok": (deployment("azure/gpt-4o-mini"),),
            "two": (deployment("azure/not-there"), deployment("azure/gpt-4o-mini")),
        }
    )
    serve = proxy.handler(served, upstream, clock=lambda: now)
    assert serve(chat("badkey")).status == 401
    assert serve(chat("nodep")).status == 404
    assert len(upstream.requests) == 2
    hidden = serve(chat("badkey"))
    assert len(upstream.requests) == 2
    assert hidden.status == 429
    assert hidden.headers["retry-after"] == "5"
    error = json.loads(hidden.body)["error"]
    assert error["type"] == "all_deployments_in_cooldown"
    assert error["message"].startswith(
        "No deployments available for selected model, Try again in 5 seconds. All deployments for"
        " selected model are in cooldown. Passed model=badkey. pre-call-checks=False,"
        " cooldown_list=['"
    )
    rows = json.loads(serve(get("/v1/model/info")).body)["data"]
    ids = {row["model_name"]: row["model_info"]["id"] for row in rows}
    assert ids["badkey"] in error["message"]
    assert ids["nodep"] in error["message"]
    assert serve(chat("ok")).status == 200
    assert [serve(chat("two")).status for _ in range(3)] == [404, 200, 200]
    now += 4.9
    assert serve(chat("badkey")).status == 429
    now += 0.2
    assert serve(chat("badkey")).status == 401
    calm = proxy.handler(replace(served, cooldowns=False), upstream)
    assert [calm(chat("badkey")).status for _ in range(2)] == [401, 401]


def test_secrets_are_in_no_repr() -> None:
    assert KEY not in repr(small_proxy("azure/x"))
    assert MASTER not in repr(small_proxy("azure/x"))
