"""The live turn over made-up servers: where it goes, with which key, and when it is not sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from conftest import Place
from more_time import with_more_time

from clawdoctor.check import built_in_checks
from clawdoctor.checks.turn_finding import deployment_named
from clawdoctor.probes.client import Network
from clawdoctor.probes.http import Http
from clawdoctor.probes.replies import Replies, loaded_replies
from clawdoctor.run.classifier import classifier
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.needs import Unavailable
from clawdoctor.wire.question import Questions

AZURE_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OTHER_KEY = "e81b6a24c9d04f7385fa1730bd92c64e"
MASTER = "sk-51b7a8e2c94d0f36"
HOST = "contoso-ai.openai.azure.com"
ENVIRON = {"AZURE_KEY": AZURE_KEY, "OTHER_KEY": OTHER_KEY, "LITELLM_MASTER_KEY": MASTER}
USAGE = {"prompt_tokens": 20, "completion_tokens": 2}
PONG = {"choices": [{"message": {"content": "pong"}, "finish_reason": "stop"}], "usage": USAGE}
COOLING = "No deployments available for selected model, Try again in 5 seconds."
UNAUTHORIZED = "Access denied due to invalid subscription key or wrong API endpoint."
CONNECTION = "litellm.APIConnectionError: AzureException APIConnectionError - Connection error."
THROTTLED = "litellm.RateLimitError: AzureException RateLimitError - have exceeded the call rate"
MISSING = "The API deployment for this resource does not exist."
CLASSIFY = classifier(built_in_checks())

Handler = Callable[[httpx.Request], httpx.Response]


def pong(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=PONG)


def error(status: int, message: str, **headers: str) -> Handler:
    body = {"error": {"message": message}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json=body, headers=named)


def in_turn(*answers: Handler) -> Handler:
    """Give each answer once, then repeat the last."""
    rest = list(answers)
    lock = threading.Lock()

    def handle(request: httpx.Request) -> httpx.Response:
        with lock:
            answer = rest.pop(0) if len(rest) > 1 else rest[0]
        return answer(request)

    return handle


@dataclass
class Servers:
    """The answers to a turn, by host. All else is answered as in a healthy chain."""

    proxy: Handler = pong
    azure: Handler = pong
    models: Handler = lambda _: httpx.Response(200, json={"data": []})
    deployments: Handler = lambda _: httpx.Response(404, json={})
    turns: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.turns.append(request)
            loopback = request.url.host == "localhost"
            return self.proxy(request) if loopback else self.azure(request)
        match request.url.path:
            case "/health/liveliness":
                return httpx.Response(200, json="I'm alive!")
            case "/v1/models":
                return httpx.Response(200, json={"data": [{"id": "gpt-5.2"}]})
            case "/openai/models" | "/openai/v1/models":
                return self.models(request)
            case "/openai/deployments":
                return self.deployments(request)
        return httpx.Response(404, json={})

    def hosts(self) -> list[str]:
        return [request.url.host for request in self.turns]


def model_list(*deployments: dict[str, Any]) -> str:
    rows = [
        {
            "model_name": "gpt-5.2",
            "litellm_params": {
                "model": "azure/prod",
                "api_base": f"https://{HOST}",
                "api_key": "os.environ/AZURE_KEY",
                "api_version": "2024-10-21",
                **deployment,
            },
        }
        for deployment in deployments or ({},)
    ]
    return json.dumps({"model_list": rows})


def openclaw(url: str = "http://localhost:4000/v1", key: str = MASTER) -> str:
    provider = {
        "baseUrl": url,
        "apiKey": key,
        "api": "openai-completions",
        "models": [{"id": "gpt-5.2", "name": "GPT-5.2"}],
    }
    return json.dumps(
        {
            "models": {"providers": {"azure-openai": provider}},
            "agents": {"defaults": {"model": {"primary": "azure-openai/gpt-5.2"}}},
        }
    )


@dataclass
class Run:
    """The result of a question, and the servers that it went to."""

    servers: Servers
    facts: Facts
    result: Replies | Unavailable

    @property
    def replies(self) -> Replies:
        assert isinstance(self.result, Replies), self.result
        return self.result

    @property
    def spent(self) -> tuple[int, int, int]:
        http = self.facts.loaded(Http)
        assert isinstance(http, Http)
        spent = http.spent
        return spent.billable_requests, spent.prompt_tokens, spent.completion_tokens


@pytest.fixture
def send(here: Place) -> Iterator[Callable[..., Run]]:
    def run(
        servers: Servers,
        litellm: str | None = None,
        config: str | None = None,
        *,
        seconds: float = 60.0,
        environ: dict[str, str] | None = None,
    ) -> Run:
        here.write("project/openclaw.json", config or openclaw())
        if litellm != "":
            here.write("project/litellm_config.yaml", litellm or model_list())
        situation = here.situation(
            ENVIRON if environ is None else environ, openclaw_config="openclaw.json"
        )
        network = Network(
            lambda: httpx.MockTransport(servers.handle), lambda _: True, sleep=servers.slept.append
        )
        deadline = time.monotonic() + seconds
        made = loaders(situation, deadline=deadline, network=network, classify=CLASSIFY)
        facts = Facts(made, SUBJECTS, depth="live", deadline=deadline)
        questions = facts.get(Questions)
        assert isinstance(questions, Questions)
        (question,) = questions.items
        result = facts.get(Replies, question)
        assert not facts.failures
        assert isinstance(result, Replies | Unavailable)
        return Run(servers, facts, result)

    yield run


def test_a_turn_that_passes_is_sent_once(send: Callable[..., Run]) -> None:
    run = send(Servers())
    assert run.replies.passed
    assert run.replies.sound
    assert run.servers.hosts() == ["localhost"]
    assert run.spent == (1, 20, 2)


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        (401, f"litellm.AuthenticationError: AzureException - {UNAUTHORIZED}", "key-rejected"),
        (
            403,
            "AzureException APIError - Access denied due to Virtual Network/Firewall",
            "network-denied",
        ),
        (
            404,
            "AzureException - The API deployment for this resource does not exist",
            "deployment-not-found",
        ),
        (
            400,
            "litellm.UnsupportedParamsError: azure does not support parameters",
            "parameter-rejected-by-litellm",
        ),
        (500, "AzureException - The server had an error processing your request", "service-error"),
    ],
)
def test_a_turn_is_not_repeated_after_a_clear_refusal(
    send: Callable[..., Run], status: int, message: str, code: str
) -> None:
    run = send(Servers(proxy=error(status, message)))
    assert [failure.kind for failure in run.replies.failures] == [code]
    assert run.servers.hosts() == ["localhost"]
    assert not run.servers.slept


def test_the_run_waits_once_for_a_cooldown(send: Callable[..., Run]) -> None:
    message = f"litellm.AuthenticationError: AzureException - {UNAUTHORIZED}"
    run = send(Servers(proxy=in_turn(error(429, COOLING, retry_after="5"), error(401, message))))
    assert [failure.kind for failure in run.replies.failures] == ["key-rejected"]
    assert run.servers.slept == [pytest.approx(5.2)]
    assert run.servers.hosts() == ["localhost", "localhost"]


def test_the_run_waits_for_a_cooldown_without_a_time(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=in_turn(error(429, COOLING), pong)))
    assert run.replies.passed
    assert run.servers.slept == [pytest.approx(5.2)]


def test_a_turn_goes_to_azure_if_the_cooldown_stays(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(429, COOLING, retry_after="5"), azure=error(401, UNAUTHORIZED)))
    assert [failure.kind for failure in run.replies.failures] == [
        "key-rejected",
        "deployment-cooldown",
    ]
    assert run.servers.hosts() == ["localhost", "localhost", HOST]
    assert len(run.servers.slept) == 1


@pytest.mark.parametrize(("wait", "count"), [("4", 2), ("9", 2), ("11", 1), ("x", 1), ("", 1)])
def test_the_run_waits_at_most_ten_seconds_for_a_rate_limit(
    send: Callable[..., Run], wait: str, count: int
) -> None:
    run = send(Servers(proxy=error(429, THROTTLED, retry_after=wait)))
    assert len(run.servers.turns) == count
    assert len(run.servers.slept) == count - 1
    assert [failure.kind for failure in run.replies.failures] == ["rate-limited"]


def test_the_run_does_not_wait_past_its_end(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(429, COOLING, retry_after="5")), seconds=5.0)
    assert not run.servers.slept


def test_a_turn_goes_to_azure_if_the_text_leaves_the_cause_open(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(500, CONNECTION), azure=error(404, "DeploymentNotFound")))
    (failure,) = run.replies.failures
    assert (failure.kind, failure.direct, failure.partial) == ("deployment-not-found", True, False)
    assert failure.hidden_by is run.replies.turn
    assert run.servers.hosts() == ["localhost", HOST]


def test_the_proxy_fails_to_reach_a_resource_that_answers(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(500, CONNECTION)))
    assert [(failure.kind, failure.direct) for failure in run.replies.failures] == [
        ("resource-unreachable", False)
    ]
    assert run.replies.direct[0].passed
    assert not run.replies.answered


def test_each_key_goes_to_its_own_host_only(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(500, CONNECTION)))
    to_proxy, to_azure = run.servers.turns
    assert to_proxy.headers["authorization"] == f"Bearer {MASTER}"
    assert AZURE_KEY not in str(to_proxy.headers.raw)
    assert to_azure.headers["api-key"] == AZURE_KEY
    assert MASTER not in str(to_azure.headers.raw)
    assert to_azure.url.path == "/openai/deployments/prod/chat/completions"


@pytest.mark.parametrize(
    "deployment",
    [
        {"api_base": "https://collector.example"},
        {"api_base": "https://contoso.azure-api.net"},
        {"api_base": f"http://{HOST}"},
        {"api_base": f"https://{HOST}.collector.example"},
        {"api_key": "os.environ/SECRET"},
        {"api_key": "os.environ/MISSING"},
    ],
)
def test_a_key_goes_only_to_azure_and_only_with_its_shape(
    send: Callable[..., Run], deployment: dict[str, str]
) -> None:
    environ = {**ENVIRON, "SECRET": "ghp_Zk3vQ9sT7uXwY1aB2cD4"}
    run = send(Servers(proxy=error(500, CONNECTION)), model_list(deployment), environ=environ)
    assert run.servers.hosts() == ["localhost"]
    assert run.replies.direct[0].reason


def test_a_wildcard_deployment_gets_the_requested_name(send: Callable[..., Run]) -> None:
    rows = json.loads(model_list({"model": "azure/prod-*"}))
    rows["model_list"][0]["model_name"] = "gpt-*"
    run = send(Servers(proxy=error(500, CONNECTION), azure=error(404, MISSING)), json.dumps(rows))
    assert run.servers.turns[1].url.path == "/openai/deployments/prod-5.2/chat/completions"
    (failure,) = run.replies.failures
    assert (failure.kind, deployment_named(failure, run.replies)) == (
        "deployment-not-found",
        "prod-5.2",
    )


def reset(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("reset")


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused") from ConnectionRefusedError()


def listing(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"data": [{"id": "another", "model": "gpt-4o"}]})


GATEWAY = "http://127.0.0.1:9100"


@pytest.mark.parametrize(
    "servers",
    [
        Servers(models=error(429, "Rate limit is exceeded. Try again in 5 seconds.")),
        Servers(models=error(401, "Access denied due to missing subscription key.")),
        Servers(models=error(403, "Access denied due to Virtual Network/Firewall rules.")),
        Servers(models=reset),
        Servers(deployments=listing),
    ],
)
def test_a_gateway_may_forward_turns_without_lists(
    send: Callable[..., Run], servers: Servers
) -> None:
    run = send(servers, model_list({"api_base": GATEWAY, "api_key": AZURE_KEY}))
    assert run.replies.sound


@pytest.mark.parametrize(
    ("base", "servers", "code"),
    [
        (GATEWAY, Servers(models=refuse), "resource-unreachable"),
        (f"https://{HOST}", Servers(models=error(401, UNAUTHORIZED)), "key-rejected"),
        (f"https://{HOST}", Servers(deployments=listing), "deployment-not-found"),
    ],
)
def test_no_turn_is_sent_after_a_refused_free_probe(
    send: Callable[..., Run], base: str, servers: Servers, code: str
) -> None:
    run = send(servers, model_list({"api_base": base, "api_key": AZURE_KEY}))
    assert isinstance(run.result, Unavailable)
    assert run.result.kind == code
    assert not run.servers.turns


def test_no_turn_is_sent_to_an_untrusted_proxy(send: Callable[..., Run]) -> None:
    run = send(Servers(), None, openclaw("https://litellm.example/v1"))
    assert isinstance(run.result, Unavailable)
    assert not run.servers.turns


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"http://{HOST}/openai/v1", AZURE_KEY),
        (f"https://{HOST}/openai/v1", "ghp_Zk3vQ9sT7uXwY1aB2cD4"),
        ("https://contoso.azure-api.net/openai/v1", AZURE_KEY),
    ],
)
def test_a_direct_turn_guards_the_key(send: Callable[..., Run], url: str, key: str) -> None:
    run = send(Servers(), "", openclaw(url, key))
    assert isinstance(run.result, Unavailable)
    assert not run.servers.turns


def test_a_direct_turn_passes(send: Callable[..., Run]) -> None:
    run = send(Servers(), "", openclaw(f"https://{HOST}/openai/v1", AZURE_KEY))
    assert run.replies.sound
    (request,) = run.servers.turns
    assert request.headers["authorization"] == f"Bearer {AZURE_KEY}"


def by_deployment(**answers: Handler) -> Handler:
    return lambda request: answers[request.url.path.split("/")[3]](request)


def test_each_deployment_of_a_group_gets_a_turn(send: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    servers = Servers(azure=by_deployment(first=pong, second=gone))
    run = send(servers, model_list({"model": "azure/first"}, {"model": "azure/second"}))
    (failure,) = run.replies.failures
    assert (failure.kind, failure.partial) == ("deployment-not-found", True)
    assert [deployment.model.resolved for deployment in failure.deployments] == ["azure/second"]
    assert run.replies.answered
    assert not run.replies.sound
    assert sorted(run.servers.hosts()) == [HOST, HOST, "localhost"]
    assert run.spent == (3, 40, 4)


def test_a_turn_may_meet_the_broken_deployment_of_two(send: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    servers = Servers(proxy=gone, azure=by_deployment(first=gone, second=pong))
    run = send(servers, model_list({"model": "azure/first"}, {"model": "azure/second"}))
    assert [(failure.kind, failure.partial) for failure in run.replies.failures] == [
        ("deployment-not-found", True)
    ]
    assert run.replies.answered
    assert not run.replies.passed


def test_all_deployments_of_a_group_fail(send: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    run = send(
        Servers(proxy=gone, azure=gone),
        model_list({"model": "azure/first"}, {"model": "azure/second"}),
    )
    assert [(failure.kind, failure.partial) for failure in run.replies.failures] == [
        ("deployment-not-found", False)
    ] * 2
    assert not run.replies.answered


def test_a_deployment_without_a_turn_does_not_count_as_answering(send: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    servers = Servers(proxy=gone, azure=gone)
    run = send(
        servers, model_list({"model": "azure/first"}, {"api_base": "https://collector.example"})
    )
    assert [failure.partial for failure in run.replies.failures] == [False]


def test_a_resource_that_only_the_proxy_reaches_is_no_failure(send: Callable[..., Run]) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    servers = Servers(azure=by_deployment(first=pong, second=broken))
    run = send(servers, model_list({"model": "azure/first"}, {"model": "azure/second"}))
    assert not run.replies.failures


def test_a_fallback_of_litellm_is_found(send: Callable[..., Run]) -> None:
    def spare(request: httpx.Request) -> httpx.Response:
        headers = {"x-litellm-attempted-fallbacks": "1", "x-litellm-model-group": "spare"}
        return httpx.Response(200, json=PONG, headers=headers)

    run = send(Servers(proxy=spare, azure=error(401, UNAUTHORIZED)))
    assert run.replies.fallback == "spare"
    assert [(failure.kind, failure.partial) for failure in run.replies.failures] == [
        ("key-rejected", True)
    ]
    questions = run.facts.get(Questions)
    assert isinstance(questions, Questions)
    replies = loaded_replies(questions, run.facts)
    assert replies.proven == {"azure-openai/gpt-5.2"}
    assert replies.shaky == {deployment.id for deployment in run.replies.weak}
    assert len(replies.shaky) == 1


def test_a_turn_ends_with_the_run(send: Callable[..., Run]) -> None:
    release = threading.Event()

    def hanging(request: httpx.Request) -> httpx.Response:
        release.wait(600)
        return pong(request)

    run = send(Servers(proxy=hanging), seconds=0.4)
    release.set()
    assert isinstance(run.result, Unavailable)
    assert run.result.kind is None


def test_a_late_deployment_does_not_hide_the_others(send: Callable[..., Run]) -> None:
    release = threading.Event()

    def hanging(request: httpx.Request) -> httpx.Response:
        release.wait(600)
        return pong(request)

    two = model_list({"model": "azure/first"}, {"model": "azure/second"})

    def attempt(seconds: float) -> None:
        azure = by_deployment(first=error(404, "DeploymentNotFound"), second=hanging)
        run = send(Servers(azure=azure), two, seconds=seconds)
        assert [failure.kind for failure in run.replies.failures] == ["deployment-not-found"]
        assert not run.replies.direct[1].passed

    with_more_time(attempt, 2.3)
    release.set()


def test_a_deployment_gets_no_turn_without_enough_time(send: Callable[..., Run]) -> None:
    def attempt(seconds: float) -> None:
        spent = threading.Event()

        def slow(request: httpx.Request) -> httpx.Response:
            spent.wait(seconds - 0.6)
            return error(500, CONNECTION)(request)

        run = send(Servers(proxy=slow), seconds=seconds)
        (direct,) = run.replies.direct
        assert (direct.turn, direct.refusal) == (None, None)
        assert direct.reason
        assert run.servers.hosts() == ["localhost"]

    with_more_time(attempt, 0.9)


def test_fifty_deployments_get_turns_at_the_same_time(send: Callable[..., Run]) -> None:
    active, peak = 0, 0
    lock = threading.Lock()
    full = threading.Event()

    def counting(request: httpx.Request) -> httpx.Response:
        nonlocal active, peak
        with lock:
            active += 1
            peak = max(peak, active)
            if active == 16:
                full.set()
        full.wait(60)
        with lock:
            active -= 1
        return pong(request)

    run = send(Servers(azure=counting), model_list(*({"model": f"azure/d{n}"} for n in range(50))))
    assert run.replies.sound
    assert len(run.servers.turns) == 51
    assert peak == 16
    assert run.spent == (51, 51 * 20, 51 * 2)


def test_fifty_resources_do_not_wait_for_each_other(send: Callable[..., Run]) -> None:
    barrier = threading.Barrier(50)

    def waiting(request: httpx.Request) -> httpx.Response:
        barrier.wait(60)
        return pong(request)

    rows = ({"api_base": f"https://resource-{n}.openai.azure.com"} for n in range(50))
    run = send(Servers(azure=waiting), model_list(*rows))
    assert run.replies.sound
    assert len(run.servers.turns) == 51


@pytest.mark.parametrize("served", [[], ["other"]])
def test_no_turn_is_sent_for_a_model_that_is_not_listed(
    send: Callable[..., Run], served: list[str]
) -> None:
    class Other(Servers):
        def handle(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/models":
                return httpx.Response(200, json={"data": [{"id": name} for name in served]})
            return super().handle(request)

    run = send(Other())
    assert isinstance(run.result, Unavailable)
    assert run.result.kind == "model-not-served"
    assert not run.servers.turns


def test_only_the_proxy_gets_a_turn_without_litellms_file(send: Callable[..., Run]) -> None:
    run = send(Servers(proxy=error(500, CONNECTION)), "")
    assert run.servers.hosts() == ["localhost"]
    assert [failure.kind for failure in run.replies.failures] == ["resource-unreachable"]
