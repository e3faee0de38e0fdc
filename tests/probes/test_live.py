"""The live turn over a made-up network: who is asked, how often, with which key, and when not."""

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

from clawdoctor.chain.question import Questions
from clawdoctor.check import built_in_checks
from clawdoctor.checks.turn_finding import deployment_named
from clawdoctor.probes.client import Way
from clawdoctor.probes.http import Http
from clawdoctor.probes.replies import Replies, loaded_replies
from clawdoctor.run.diagnosis import _reader
from clawdoctor.run.facts import Facts, Unavailable
from clawdoctor.run.loaders import SUBJECTS, loaders

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
CLASSIFY = _reader(built_in_checks())

Handler = Callable[[httpx.Request], httpx.Response]


def pong(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=PONG)


def error(status: int, message: str, **headers: str) -> Handler:
    body = {"error": {"message": message}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, json=body, headers=named)


def in_turn(*answers: Handler) -> Handler:
    """Each answer once, the last one for ever."""
    rest = list(answers)
    lock = threading.Lock()

    def handle(request: httpx.Request) -> httpx.Response:
        with lock:
            answer = rest.pop(0) if len(rest) > 1 else rest[0]
        return answer(request)

    return handle


@dataclass
class Net:
    """Who answers a turn, by host; the free questions are answered as in a healthy chain."""

    proxy: Handler = pong
    azure: Handler = pong
    models: Handler = lambda _: httpx.Response(200, json={"data": []})
    deployments: Handler = lambda _: httpx.Response(404, json={})
    asked: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.asked.append(request)
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
        return [request.url.host for request in self.asked]


def model_list(*deployments: dict[str, Any]) -> str:
    rows = [
        {
            "model_name": "gpt-5.2",
            "litellm_params": {
                "model": "azure/prod",
                "api_base": f"https://{HOST}",
                "api_key": "os.environ/AZURE_KEY",
                "api_version": "2024-10-21",
                **one,
            },
        }
        for one in deployments or ({},)
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
    """One question asked over a net."""

    net: Net
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
def ask(here: Place) -> Iterator[Callable[..., Run]]:
    def play(
        net: Net,
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
        way = Way(lambda: httpx.MockTransport(net.handle), lambda _: True, sleep=net.slept.append)
        deadline = time.monotonic() + seconds
        made = loaders(situation, deadline=deadline, way=way, classify=CLASSIFY)
        facts = Facts(made, SUBJECTS, depth="live", deadline=deadline)
        questions = facts.get(Questions)
        assert isinstance(questions, Questions)
        (question,) = questions.items
        result = facts.get(Replies, question)
        assert not facts.failures
        assert isinstance(result, Replies | Unavailable)
        return Run(net, facts, result)

    yield play


def test_a_turn_that_passes_is_asked_once(ask: Callable[..., Run]) -> None:
    run = ask(Net())
    assert run.replies.passed
    assert run.replies.sound
    assert run.net.hosts() == ["localhost"]
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
def test_a_refusal_is_neither_asked_again_nor_elsewhere(
    ask: Callable[..., Run], status: int, message: str, code: str
) -> None:
    run = ask(Net(proxy=error(status, message)))
    assert [one.kind for one in run.replies.failures] == [code]
    assert run.net.hosts() == ["localhost"]
    assert not run.net.slept


def test_a_cooldown_is_waited_out_once(ask: Callable[..., Run]) -> None:
    said = f"litellm.AuthenticationError: AzureException - {UNAUTHORIZED}"
    run = ask(Net(proxy=in_turn(error(429, COOLING, retry_after="5"), error(401, said))))
    assert [one.kind for one in run.replies.failures] == ["key-rejected"]
    assert run.net.slept == [pytest.approx(5.2)]
    assert run.net.hosts() == ["localhost", "localhost"]


def test_a_cooldown_without_a_time_is_waited_out_too(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=in_turn(error(429, COOLING), pong)))
    assert run.replies.passed
    assert run.net.slept == [pytest.approx(5.2)]


def test_a_cooldown_that_stays_is_asked_at_azure(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(429, COOLING, retry_after="5"), azure=error(401, UNAUTHORIZED)))
    assert [one.kind for one in run.replies.failures] == ["key-rejected", "deployment-cooldown"]
    assert run.net.hosts() == ["localhost", "localhost", HOST]
    assert len(run.net.slept) == 1


@pytest.mark.parametrize(("wait", "asked"), [("4", 2), ("9", 2), ("11", 1), ("x", 1), ("", 1)])
def test_a_rate_limit_is_waited_out_for_ten_seconds_at_most(
    ask: Callable[..., Run], wait: str, asked: int
) -> None:
    run = ask(Net(proxy=error(429, THROTTLED, retry_after=wait)))
    assert len(run.net.asked) == asked
    assert len(run.net.slept) == asked - 1
    assert [one.kind for one in run.replies.failures] == ["rate-limited"]


def test_nothing_is_waited_for_past_the_end_of_the_run(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(429, COOLING, retry_after="5")), seconds=5.0)
    assert not run.net.slept


def test_what_the_text_leaves_open_is_asked_at_azure(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(500, CONNECTION), azure=error(404, "DeploymentNotFound")))
    (failure,) = run.replies.failures
    assert (failure.kind, failure.direct, failure.partial) == ("deployment-not-found", True, False)
    assert failure.hidden_by is run.replies.turn
    assert run.net.hosts() == ["localhost", HOST]


def test_azure_answers_what_the_proxy_cannot_reach(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(500, CONNECTION)))
    assert [(one.kind, one.direct) for one in run.replies.failures] == [
        ("resource-unreachable", False)
    ]
    assert run.replies.direct[0].passed
    assert not run.replies.answered


def test_each_key_goes_to_its_own_host_only(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(500, CONNECTION)))
    to_proxy, to_azure = run.net.asked
    assert to_proxy.headers["authorization"] == f"Bearer {MASTER}"
    assert AZURE_KEY not in str(to_proxy.headers.raw)
    assert to_azure.headers["api-key"] == AZURE_KEY
    assert MASTER not in str(to_azure.headers.raw)
    assert to_azure.url.path == "/openai/deployments/prod/chat/completions"


@pytest.mark.parametrize(
    "one",
    [
        {"api_base": "https://collector.example"},
        {"api_base": "https://contoso.azure-api.net"},
        {"api_base": f"http://{HOST}"},
        {"api_base": f"https://{HOST}.collector.example"},
        {"api_key": "os.environ/SECRET"},
        {"api_key": "os.environ/MISSING"},
    ],
)
def test_a_key_that_does_not_belong_there_stays_here(
    ask: Callable[..., Run], one: dict[str, str]
) -> None:
    environ = {**ENVIRON, "SECRET": "ghp_Zk3vQ9sT7uXwY1aB2cD4"}
    run = ask(Net(proxy=error(500, CONNECTION)), model_list(one), environ=environ)
    assert run.net.hosts() == ["localhost"]
    assert run.replies.direct[0].reason


def test_a_wildcard_is_asked_for_what_was_asked(ask: Callable[..., Run]) -> None:
    rows = json.loads(model_list({"model": "azure/prod-*"}))
    rows["model_list"][0]["model_name"] = "gpt-*"
    run = ask(Net(proxy=error(500, CONNECTION), azure=error(404, MISSING)), json.dumps(rows))
    assert run.net.asked[1].url.path == "/openai/deployments/prod-5.2/chat/completions"
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
    "net",
    [
        Net(models=error(429, "Rate limit is exceeded. Try again in 5 seconds.")),
        Net(models=error(401, "Access denied due to missing subscription key.")),
        Net(models=error(403, "Access denied due to Virtual Network/Firewall rules.")),
        Net(models=reset),
        Net(deployments=listing),
    ],
)
def test_a_gateway_may_give_turns_and_no_lists(ask: Callable[..., Run], net: Net) -> None:
    run = ask(net, model_list({"api_base": GATEWAY, "api_key": AZURE_KEY}))
    assert run.replies.sound


@pytest.mark.parametrize(
    ("base", "net", "code"),
    [
        (GATEWAY, Net(models=refuse), "resource-unreachable"),
        (f"https://{HOST}", Net(models=error(401, UNAUTHORIZED)), "key-rejected"),
        (f"https://{HOST}", Net(deployments=listing), "deployment-not-found"),
    ],
)
def test_what_a_free_probe_has_settled_is_not_asked(
    ask: Callable[..., Run], base: str, net: Net, code: str
) -> None:
    run = ask(net, model_list({"api_base": base, "api_key": AZURE_KEY}))
    assert isinstance(run.result, Unavailable)
    assert run.result.kind == code
    assert not run.net.asked


def test_a_proxy_that_is_not_trusted_is_not_asked(ask: Callable[..., Run]) -> None:
    run = ask(Net(), None, openclaw("https://litellm.example/v1"))
    assert isinstance(run.result, Unavailable)
    assert not run.net.asked


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"http://{HOST}/openai/v1", AZURE_KEY),
        (f"https://{HOST}/openai/v1", "ghp_Zk3vQ9sT7uXwY1aB2cD4"),
        ("https://contoso.azure-api.net/openai/v1", AZURE_KEY),
    ],
)
def test_straight_to_azure_the_key_is_guarded_too(
    ask: Callable[..., Run], url: str, key: str
) -> None:
    run = ask(Net(), "", openclaw(url, key))
    assert isinstance(run.result, Unavailable)
    assert not run.net.asked


def test_straight_to_azure(ask: Callable[..., Run]) -> None:
    run = ask(Net(), "", openclaw(f"https://{HOST}/openai/v1", AZURE_KEY))
    assert run.replies.sound
    (request,) = run.net.asked
    assert request.headers["authorization"] == f"Bearer {AZURE_KEY}"


def by_deployment(**answers: Handler) -> Handler:
    return lambda request: answers[request.url.path.split("/")[3]](request)


def test_a_group_is_asked_deployment_by_deployment(ask: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    net = Net(azure=by_deployment(one=pong, two=gone))
    run = ask(net, model_list({"model": "azure/one"}, {"model": "azure/two"}))
    (failure,) = run.replies.failures
    assert (failure.kind, failure.partial) == ("deployment-not-found", True)
    assert [one.model.resolved for one in failure.deployments] == ["azure/two"]
    assert run.replies.answered
    assert not run.replies.sound
    assert sorted(run.net.hosts()) == [HOST, HOST, "localhost"]
    assert run.spent == (3, 40, 4)


def test_a_turn_that_met_the_bad_one_of_two(ask: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    net = Net(proxy=gone, azure=by_deployment(one=gone, two=pong))
    run = ask(net, model_list({"model": "azure/one"}, {"model": "azure/two"}))
    assert [(one.kind, one.partial) for one in run.replies.failures] == [
        ("deployment-not-found", True)
    ]
    assert run.replies.answered
    assert not run.replies.passed


def test_a_group_that_fails_as_a_whole(ask: Callable[..., Run]) -> None:
    gone = error(404, "DeploymentNotFound")
    run = ask(
        Net(proxy=gone, azure=gone), model_list({"model": "azure/one"}, {"model": "azure/two"})
    )
    assert [(one.kind, one.partial) for one in run.replies.failures] == [
        ("deployment-not-found", False)
    ] * 2
    assert not run.replies.answered


def test_a_group_of_which_the_rest_could_not_be_asked(ask: Callable[..., Run]) -> None:
    """Nothing is known of the other: it is not said to answer."""
    gone = error(404, "DeploymentNotFound")
    net = Net(proxy=gone, azure=gone)
    run = ask(net, model_list({"model": "azure/one"}, {"api_base": "https://collector.example"}))
    assert [one.partial for one in run.replies.failures] == [False]


def test_a_network_that_only_the_proxy_reaches_is_no_failure(ask: Callable[..., Run]) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    net = Net(azure=by_deployment(one=pong, two=broken))
    run = ask(net, model_list({"model": "azure/one"}, {"model": "azure/two"}))
    assert not run.replies.failures


def test_litellms_fallback_is_seen(ask: Callable[..., Run]) -> None:
    def instead(request: httpx.Request) -> httpx.Response:
        headers = {"x-litellm-attempted-fallbacks": "1", "x-litellm-model-group": "spare"}
        return httpx.Response(200, json=PONG, headers=headers)

    run = ask(Net(proxy=instead, azure=error(401, UNAUTHORIZED)))
    assert run.replies.fallback == "spare"
    assert [(one.kind, one.partial) for one in run.replies.failures] == [("key-rejected", True)]
    questions = run.facts.get(Questions)
    assert isinstance(questions, Questions)
    seen = loaded_replies(questions, run.facts)
    assert seen.proven == {"azure-openai/gpt-5.2"}
    assert seen.shaky == {one.id for one in run.replies.weak}
    assert len(seen.shaky) == 1


def test_the_end_of_the_run_is_kept(ask: Callable[..., Run]) -> None:
    release = threading.Event()

    def hanging(request: httpx.Request) -> httpx.Response:
        release.wait(600)
        return pong(request)

    run = ask(Net(proxy=hanging), seconds=0.4)
    release.set()
    assert isinstance(run.result, Unavailable)
    assert run.result.kind is None


def test_a_late_deployment_does_not_hide_the_others(ask: Callable[..., Run]) -> None:
    release = threading.Event()

    def hanging(request: httpx.Request) -> httpx.Response:
        release.wait(600)
        return pong(request)

    net = Net(azure=by_deployment(one=error(404, "DeploymentNotFound"), two=hanging))
    run = ask(net, model_list({"model": "azure/one"}, {"model": "azure/two"}), seconds=2.3)
    release.set()
    assert [one.kind for one in run.replies.failures] == ["deployment-not-found"]
    assert not run.replies.direct[1].passed


def test_without_time_nothing_is_said_of_a_deployment(ask: Callable[..., Run]) -> None:
    """A silence of a moment is no news."""
    run = ask(Net(proxy=error(500, CONNECTION)), seconds=0.9)
    (direct,) = run.replies.direct
    assert (direct.turn, direct.refusal) == (None, None)
    assert direct.reason
    assert run.net.hosts() == ["localhost"]


def test_fifty_deployments_are_asked_side_by_side(ask: Callable[..., Run]) -> None:
    under_way, most = 0, 0
    lock = threading.Lock()
    full = threading.Event()

    def counting(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            if under_way == 16:
                full.set()
        full.wait(5)
        with lock:
            under_way -= 1
        return pong(request)

    run = ask(Net(azure=counting), model_list(*({"model": f"azure/d{n}"} for n in range(50))))
    assert run.replies.sound
    assert len(run.net.asked) == 51
    assert most == 16
    assert run.spent == (51, 51 * 20, 51 * 2)


def test_fifty_resources_do_not_wait_for_each_other(ask: Callable[..., Run]) -> None:
    together = threading.Barrier(50)

    def waiting(request: httpx.Request) -> httpx.Response:
        together.wait(5)
        return pong(request)

    rows = ({"api_base": f"https://resource-{n}.openai.azure.com"} for n in range(50))
    run = ask(Net(azure=waiting), model_list(*rows))
    assert run.replies.sound
    assert len(run.net.asked) == 51


@pytest.mark.parametrize("served", [[], ["other"]])
def test_a_model_that_is_not_listed_is_not_asked(
    ask: Callable[..., Run], served: list[str]
) -> None:
    class Other(Net):
        def handle(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v1/models":
                return httpx.Response(200, json={"data": [{"id": name} for name in served]})
            return super().handle(request)

    run = ask(Other())
    assert isinstance(run.result, Unavailable)
    assert run.result.kind == "model-not-served"
    assert not run.net.asked


def test_without_litellms_file_only_the_proxy_is_asked(ask: Callable[..., Run]) -> None:
    run = ask(Net(proxy=error(500, CONNECTION)), "")
    assert run.net.hosts() == ["localhost"]
    assert [one.kind for one in run.replies.failures] == ["resource-unreachable"]
