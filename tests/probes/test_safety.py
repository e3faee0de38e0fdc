"""Whole runs: a key goes only where its user would send it, and a run ends in time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from clawdoctor.finding import CheckOutcome, Outcome, Report
from clawdoctor.formats.json import to_json
from clawdoctor.probes.client import Network
from clawdoctor.probes.http import CONNECT_SECONDS, READ_SECONDS
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.simulator import azure, proxy
from clawdoctor.simulator.azure import AzureDeployment, AzureResource
from clawdoctor.simulator.message import Request, Response, json_response, network, text_response
from clawdoctor.simulator.proxy import LiteLLMProxy
from clawdoctor.simulator.serve import refusing_url, serving
from clawdoctor.source.secret import Secret
from clawdoctor.wire.served import served_deployment

KEY = "0123456789abcdef0123456789abcdef"
MASTER = "sk-m4ster-Qx7Wk2Zv9Bn4"
NOBODY = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The hosts that a run looks up. The lookup finds none of them."""
    names: list[str] = []

    def lookup(host: str | bytes, *args: object, **options: object) -> None:
        names.append(host.decode() if isinstance(host, bytes) else host)
        raise NOBODY

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield names
    monkeypatch.undo()


def openclaw(url: str, key: str = "${LITELLM_MASTER_KEY}") -> str:
    return json.dumps(
        {
            "models": {
                "mode": "merge",
                "providers": {
                    "litellm": {
                        "baseUrl": url,
                        "apiKey": key,
                        "api": "openai-completions",
                        "models": [{"id": "gpt", "name": "gpt"}],
                    }
                },
            },
            "agents": {"defaults": {"model": {"primary": "litellm/gpt"}}},
        }
    )


def litellm(*bases: str, key: str = "os.environ/AZURE_API_KEY", version: str = "2024-10-21") -> str:
    rows = [
        {
            "model_name": "gpt" if n == 0 else f"gpt-{n}",
            "litellm_params": {
                "model": f"azure/d{n}",
                "api_base": base,
                "api_key": key,
                "api_version": version,
            },
        }
        for n, base in enumerate(bases)
    ]
    settings = {"master_key": "os.environ/LITELLM_MASTER_KEY"}
    return json.dumps(
        {
            "model_list": rows,
            "litellm_settings": {"drop_params": True},
            "general_settings": settings,
        }
    )


ENVIRON = {"LITELLM_MASTER_KEY": MASTER, "AZURE_API_KEY": KEY, "ANYTHING": "ghp_Zx8Cv7Bn6Mq5Wt4"}


def named(here: Any, **more: Any) -> Situation:
    """A situation with the files of a pull request, named by option."""
    situation = here.situation(
        dict(ENVIRON),
        openclaw_config="openclaw.json",
        litellm_config="litellm_config.yaml",
        **more,
    )
    assert isinstance(situation, Situation)
    return situation


def outcome(report: Report, code: str) -> CheckOutcome:
    return next(check for check in report.checks if check.code == code)


def all_formats(report: Report) -> list[str]:
    return [
        to_json(report),
        repr(report),
        *(render(report, verbose=verbose, width=88) for verbose in (False, True)),
        render(report, verbose=True, color=True),
        render(report, width=40, unicode=False),
    ]


def probe(here: Any, base_url: str, api_base: str, *, key: str = KEY, **more: Any) -> Report:
    here.write("project/openclaw.json", openclaw(base_url))
    here.write("project/litellm_config.yaml", litellm(api_base, key=key))
    report = diagnose(named(here, **more), mode="free", timeout=10)
    assert report.internal_errors == ()
    return report


HERE = "http://127.0.0.1:1/v1"


def test_an_untrusted_proxy_in_a_named_config_gets_no_request(
    here: Any, looked_up: list[str]
) -> None:
    report = probe(here, "https://gateway.evil.example/v1", "https://contoso.openai.azure.com")
    assert not [name for name in looked_up if "evil" in name]
    for code in ("PX001", "PX003", "PX004"):
        found = outcome(report, code)
        assert found.outcome is Outcome.UNKNOWN
        assert "--trust-host gateway.evil.example" in found.reason


def test_a_proxy_in_the_users_own_config_gets_requests(here: Any, looked_up: list[str]) -> None:
    here.write("home/.openclaw/openclaw.json", openclaw("https://gateway.example/v1"))
    report = diagnose(here.situation(dict(ENVIRON)), mode="free", timeout=10)
    assert set(looked_up) == {"gateway.example"}  # for its address and for the connection
    assert outcome(report, "PX001").outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "more",
    [{"trusted_hosts": ("GATEWAY.example",)}, {"proxy_url": "https://gateway.example:443/base"}],
)
def test_a_proxy_that_the_user_names_gets_requests(
    here: Any, looked_up: list[str], more: dict[str, Any]
) -> None:
    report = probe(here, "https://gateway.example/v1", "https://evil.example", **more)
    assert set(looked_up) == {"gateway.example"}
    assert outcome(report, "PX001").outcome is Outcome.FAILED
    assert outcome(report, "AZ001").outcome is Outcome.UNKNOWN


def test_trust_in_a_host_is_not_trust_in_another(here: Any, looked_up: list[str]) -> None:
    probe(
        here,
        "https://gateway.example.evil.example/v1",
        "https://evil.example",
        trusted_hosts=("gateway.example",),
    )
    assert looked_up == []


FOREIGN = [
    "https://evil.example/",
    "https://contoso.openai.azure.com.evil.example",
    "https://evil-openai.azure.com",
    "https://contoso.openai.azure.com@evil.example",
    "https://contoso.openai.azure.com:443@evil.example",
    "https://contoso.openai.azure.com.",
    "HTTPS://EVIL.EXAMPLE",
    "https://evil.example\\.openai.azure.com",
    "https://evil.example\u3002openai.azure.com",
    "https://\u0435vil.example",
    "https://evil.example:443/.openai.azure.com",
    "https://evil.example#@contoso.openai.azure.com",
    "https://evil.example?x=.openai.azure.com",
    "http://localhost.evil.example:4000",
    "http://127.0.0.1.evil.example:4000",
    "http://0x7f000001:4000",
    "http://169.254.169.254",
    "https://contoso.azure-api.net",
    "  https://evil.example  ",
    "https://evil.exam\tple",
]


@pytest.mark.quick(8)
@pytest.mark.parametrize("base", FOREIGN)
def test_an_untrusted_host_gets_no_lookup_and_no_socket(
    here: Any, looked_up: list[str], base: str
) -> None:
    report = probe(here, base + "/v1", base, key="os.environ/ANYTHING")
    assert looked_up == []
    assert report.cost.requests == 0
    for code in ("PX003", "AZ003"):
        assert outcome(report, code).outcome in (Outcome.UNKNOWN, Outcome.NOT_APPLICABLE)


def test_a_variable_of_the_environment_is_not_sent(here: Any, looked_up: list[str]) -> None:
    report = probe(here, HERE, "https://evil.example/", key="os.environ/ANYTHING")
    assert set(looked_up) <= {"127.0.0.1"}
    found = outcome(report, "AZ003")
    assert found.outcome is Outcome.UNKNOWN
    assert "--trust-host evil.example" in found.reason
    assert not [text for text in all_formats(report) if ENVIRON["ANYTHING"] in text]


@pytest.mark.parametrize(
    ("base", "key"),
    [
        ("http://contoso.openai.azure.com", KEY),
        ("https://contoso.openai.azure.com", "os.environ/ANYTHING"),
        ("https://contoso.openai.azure.com", "os.environ/LITELLM_MASTER_KEY"),
        ("https://contoso.openai.azure.com", "sk-" + KEY),
    ],
)
def test_azure_gets_only_azure_keys_over_https(
    here: Any, looked_up: list[str], base: str, key: str
) -> None:
    report = probe(here, HERE, base, key=key)
    assert set(looked_up) <= {"127.0.0.1"}
    assert outcome(report, "AZ003").outcome is Outcome.UNKNOWN


def test_a_trusted_gateway_gets_azure_keys_only(here: Any, looked_up: list[str]) -> None:
    trusted = {"trusted_hosts": ("gateway.example",)}
    probe(here, HERE, "https://gateway.example", key="os.environ/ANYTHING", **trusted)
    assert set(looked_up) <= {"127.0.0.1"}
    probe(here, HERE, "https://gateway.example", key="os.environ/AZURE_API_KEY", **trusted)
    assert "gateway.example" in looked_up


@pytest.fixture
def traffic() -> tuple[Network, list[httpx.Request]]:
    """A network where each host is LiteLLM, and the requests that it gets."""
    sent: list[httpx.Request] = []
    lock = threading.Lock()

    def handle(request: httpx.Request) -> httpx.Response:
        with lock:
            sent.append(request)
        if request.url.path.endswith("/health/liveliness"):
            return httpx.Response(200, text='"I\'m alive!"')
        return httpx.Response(200, json={"data": []})

    return Network(lambda: httpx.MockTransport(handle), lambda _: True), sent


def test_each_key_goes_to_its_own_server(
    here: Any, traffic: tuple[Network, list[httpx.Request]]
) -> None:
    network, sent = traffic
    here.write("project/openclaw.json", openclaw("http://user:pw@localhost:4000/base/v1"))
    here.write(
        "project/litellm_config.yaml", litellm("https://u:p@contoso.openai.azure.com:443/openai/")
    )
    diagnose(named(here), mode="free", network=network, timeout=10)
    to_proxy = [request for request in sent if request.url.host == "localhost"]
    to_azure = [request for request in sent if request.url.host == "contoso.openai.azure.com"]
    assert len(to_proxy) + len(to_azure) == len(sent)
    assert to_proxy
    assert to_azure
    for request in to_proxy:
        assert KEY not in str(request.headers.raw)
        assert request.headers.get("authorization") in (None, f"Bearer {MASTER}")
        assert request.url.path.startswith("/base/")
    for request in to_azure:
        assert MASTER not in str(request.headers.raw)
        assert request.headers["api-key"] == KEY
        assert "authorization" not in request.headers
    for request in sent:
        assert KEY not in str(request.url)
        assert MASTER not in str(request.url)
        assert not request.url.userinfo


def test_no_key_goes_to_a_server_that_is_not_litellm(here: Any) -> None:
    requests: list[Request] = []
    with serving(lambda _: text_response(200, "<html></html>"), requests=requests) as url:
        probe(here, f"{url}/v1", "https://evil.example")
    assert requests
    assert all(MASTER not in str(request.headers) for request in requests)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_key_follows_a_redirect(here: Any, status: int) -> None:
    stolen: list[Request] = []
    requests: list[Request] = []

    def handle(request: Request) -> Response:
        if request.path == "/health/liveliness":
            return json_response(200, "I'm alive!")
        return Response(status, {"location": f"{thief}{request.path}"})

    with (
        serving(lambda _: json_response(200, {"data": []}), requests=stolen) as thief,
        serving(handle, requests=requests) as url,
    ):
        probe(here, f"{url}/v1", url)
    assert len(requests) >= 3
    assert stolen == []


CANARY = 'Zq7Wk2Xv9Bn4Mc8L"/Rt5&Yp3+Gh6%Jd1 Fs0=Ua'


def echoes(key: str) -> list[str]:
    escaped = "".join(f"\\u{ord(char):04x}" for char in key)
    inner = json.dumps(key)[1:-1]
    return [
        key,
        inner,
        escaped,
        inner.replace("/", "\\/"),
        quote(key, safe=""),
        quote_plus(key),
        f"https://user:{quote(key, safe='')}@host/?key={quote_plus(key)}",
        "".join(char + "\x1b[0m" for char in key),
        "\x00".join(key),
        "x" * 185 + key,
        key[:20] + "..." + key[-12:],
    ]


def answers(text: str) -> list[Response]:
    raw = text.encode()
    body = b'{"error":{"message":"Authentication Error, no: %s","code":"401"}}' % raw
    headers = {"server": "".join(char for char in text if char.isprintable())}
    return [
        Response(401, {"content-type": "application/json"}, body),
        Response(401, {"content-type": "text/html"}, b"<html><title>%s</title>" % raw),
        Response(401, headers, raw),
        Response(
            200, headers, b'{"data":[{"id":"%s","model_name":"%s","status":"%s"}]}' % ((raw,) * 3)
        ),
        Response(404, headers, raw),
        Response(403, {}, b'{"error":{"message":"Virtual Network/Firewall rules %s"}}' % raw),
        Response(429, {"retry-after": headers["server"]}, raw),
    ]


def always(response: Response) -> Callable[[Request], Response]:
    return lambda _: response


RUNS = {CANARY[i : i + 8] for i in range(len(CANARY) - 7)}
RUNS |= {quote(CANARY, safe="")[i : i + 12] for i in range(len(quote(CANARY, safe="")) - 11)}


@pytest.mark.quick(4)
@pytest.mark.parametrize("echo", echoes(CANARY), ids=range(len(echoes(CANARY))))
def test_no_output_contains_an_echoed_key(here: Any, echo: str) -> None:
    """Each answer comes from a proxy, from a proxy that is alive, and from a resource."""

    def alive(response: Response) -> Callable[[Request], Response]:
        healthy = json_response(200, "I'm alive!")
        return lambda request: healthy if request.path == "/health/liveliness" else response

    with ExitStack() as stack:
        config = json.loads(openclaw(""))
        providers = config["models"]["providers"]
        provider = providers.pop("litellm")
        bases = []
        for number, response in enumerate(answers(echo)):
            bases.append(stack.enter_context(serving(always(response))))
            url = stack.enter_context(serving(alive(response)))
            providers[f"litellm-{number}"] = {**provider, "baseUrl": f"{bases[-1]}/v1"}
            providers[f"litellm-{number}-alive"] = {**provider, "baseUrl": f"{url}/v1"}
        here.write("project/openclaw.json", json.dumps(config))
        here.write("project/litellm_config.yaml", litellm(*bases))
        situation = here.situation(
            {"LITELLM_MASTER_KEY": CANARY, "AZURE_API_KEY": CANARY},
            openclaw_config="openclaw.json",
            litellm_config="litellm_config.yaml",
        )
        report = diagnose(situation, mode="free")
    assert report.internal_errors == ()
    for code in ("PX002", "PX003", "AZ003", "AZ004"):
        assert outcome(report, code).outcome is Outcome.FAILED
    for text in (to_json(report), repr(report), render(report, verbose=True)):
        assert not [run for run in RUNS if run in text]
        assert "\x00" not in text


def silent(_: Request) -> Response:
    return Response(200, fault="hang")


def test_a_run_ends_in_time_with_unknown_outcomes(here: Any) -> None:
    with serving(silent) as url, serving(silent) as other:
        here.write("project/openclaw.json", openclaw(f"{url}/v1"))
        here.write("project/litellm_config.yaml", litellm(other))
        report = diagnose(named(here), mode="free", timeout=0.5)
    for code in ("PX001", "PX003", "PX004", "AZ001", "AZ002", "AZ003", "AZ101"):
        assert outcome(report, code).outcome is Outcome.UNKNOWN, code
    assert not [finding for finding in report.findings if finding.code.startswith(("PX", "AZ"))]
    assert report.internal_errors == ()


def test_a_run_with_forty_silent_resources_ends_in_time(here: Any) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(silent)) for _ in range(40)]
        here.write("project/litellm_config.yaml", litellm(*urls))
        situation = here.situation(dict(ENVIRON), litellm_config="litellm_config.yaml")
        report = diagnose(situation, mode="free", timeout=0.5)
    for code in ("AZ002", "AZ003"):
        assert outcome(report, code).outcome is Outcome.UNKNOWN, code


def test_a_hanging_request_does_not_keep_the_process_alive(here: Any) -> None:
    with serving(silent) as url:
        here.write("project/openclaw.json", openclaw(f"{url}/v1"))
        here.write("project/litellm_config.yaml", litellm(url))
        script = (
            "from clawdoctor.run.situation import Situation\n"
            "from clawdoctor.run.diagnosis import diagnose\n"
            f"diagnose(Situation({str(here.project)!r}, {str(here.home)!r}, "
            f"{ENVIRON!r}, openclaw_config='openclaw.json', "
            "litellm_config='litellm_config.yaml'), mode='free', timeout=0.5)\n"
            "print('done')\n"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=600
        )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "done\n", "")


class Watched(httpx.BaseTransport):
    """The network; it records the time limit of each connection, in seconds."""

    def __init__(self, limits: list[float]) -> None:
        self.inner = httpx.HTTPTransport(verify=False)
        self.limits = limits

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.limits.append(request.extensions["timeout"]["connect"])
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


def test_a_run_does_not_wait_for_a_proxy_that_is_down(here: Any) -> None:
    here.write("project/openclaw.json", openclaw(f"{refusing_url()}/v1"))
    here.write("project/litellm_config.yaml", litellm("https://evil.example"))
    slept: list[float] = []
    network = Network(lambda: Watched([]), lambda _: True, sleep=slept.append)
    report = diagnose(named(here), mode="free", network=network)
    assert slept == []
    assert outcome(report, "PX001").outcome is Outcome.FAILED


@pytest.mark.skipif(sys.platform != "linux", reason="other systems report a full queue differently")
def test_a_run_waits_briefly_for_a_proxy_that_accepts_no_connection(here: Any) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        here.write("project/openclaw.json", openclaw(f"http://127.0.0.1:{address[1]}/v1"))
        here.write("project/litellm_config.yaml", litellm("https://evil.example"))
        limits: list[float] = []
        slept: list[float] = []
        network = Network(lambda: Watched(limits), lambda _: True, sleep=slept.append)
        report = diagnose(named(here), mode="free", network=network)
    assert slept == []
    assert limits
    assert max(limits) <= CONNECT_SECONDS < READ_SECONDS
    assert outcome(report, "PX001").outcome is Outcome.FAILED


def test_fifty_resources_get_requests_at_the_same_time(here: Any) -> None:
    """No resource answers before all resources have a request."""
    count = 50
    deployments = {f"d{n}": AzureDeployment("gpt-4o") for n in range(count)}
    bases = [f"https://r{n}.openai.azure.com" for n in range(count)]
    resource = AzureResource("r", KEY, deployments)
    here.write("project/litellm_config.yaml", litellm(*bases))
    barrier = threading.Barrier(count)
    requested: set[str] = set()
    with serving(azure.handler(resource)) as url:

        class Lane(Watched):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                if request.url.host not in requested:
                    requested.add(request.url.host)
                    barrier.wait(60)
                request.url = httpx.URL(url).copy_with(raw_path=request.url.raw_path)
                return super().handle_request(request)

        network = Network(lambda: Lane([]), lambda _: True)
        situation = here.situation(dict(ENVIRON), litellm_config="litellm_config.yaml")
        report = diagnose(situation, mode="free", network=network, timeout=600)
    assert report.internal_errors == ()
    assert len(outcome(report, "AZ003").subjects) == count
    assert outcome(report, "AZ003").outcome is Outcome.PASSED
    assert outcome(report, "AZ101").outcome is Outcome.PASSED


def test_a_whole_chain_passes(here: Any, tmp_path: Path) -> None:
    groups = {"gpt": (served_deployment("azure/d0", "http://unused", Secret(KEY), "2024-10-21"),)}
    resource = AzureResource("r", KEY, {"d0": AzureDeployment("gpt-4o")})
    running = LiteLLMProxy(groups, master_key=MASTER)
    progress: list[str] = []
    with (
        serving(proxy.handler(running, network({}))) as url,
        serving(azure.handler(resource)) as other,
    ):
        here.write("project/openclaw.json", openclaw(f"{url}/v1"))
        here.write("project/litellm_config.yaml", litellm(other))
        report = diagnose(named(here), mode="free", progress=progress.append)
    assert {outcome(report, code).outcome for code in ("PX001", "PX003", "AZ003", "AZ101")} == {
        Outcome.PASSED
    }
    assert report.cost.requests == len(progress) > 4
    assert not [text for text in all_formats(report) if MASTER in text or KEY in text]
