"""The proxies and resources of a chain, and how this host reaches them."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.endpoint import Endpoints, Proxy, Resource
from clawdoctor.source.secret import Secret

LITELLM = """
model_list:
  - model_name: gpt
    litellm_params: {model: azure/one, api_base: https://a.openai.azure.com, api_key: k}
"""
SERVICE = """
services:
  %s:
    image: ghcr.io/berriai/litellm:v1.81.0
    command: --config /app/config.yaml
    ports: [%s]
"""


def proxies(
    here: Any, url: str, compose: str | None = None, environ: dict[str, str] | None = None, **m: Any
) -> tuple[Proxy, ...]:
    here.write(
        "home/.openclaw/openclaw.json",
        f'{{ models: {{ providers: {{ litellm: {{ baseUrl: "{url}", apiKey: "${{KEY}}", '
        'models: [{ id: "gpt" }] } } } }',
    )
    if compose is not None:
        here.write("project/compose.yaml", compose)
    here.write("project/litellm_config.yaml", LITELLM)
    endpoints = here.fact(Endpoints, environ, **m)
    assert isinstance(endpoints, Endpoints)
    return endpoints.proxies


def proxy(here: Any, url: str, compose: str | None = None, **more: Any) -> Proxy:
    (found,) = proxies(here, url, compose, **more)
    return found


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://localhost:4000/v1", "http://localhost:4000"),
        ("http://localhost:4000", "http://localhost:4000"),
        ("http://localhost:4000/v1/", "http://localhost:4000"),
        ("http://localhost:4000//", "http://localhost:4000"),
        ("http://127.0.0.1:4000/litellm/v1", "http://127.0.0.1:4000/litellm"),
        ("http://localhost:4000/v1/v1", "http://localhost:4000/v1"),
        ("http://localhost:4000/v1?a=b#c", "http://localhost:4000"),
        ("http://0.0.0.0:4000/v1", "http://127.0.0.1:4000"),
        ("http://0.0.0.0/v1", "http://127.0.0.1:80"),
        ("http://[::1]:4000/v1", "http://[::1]:4000"),
        ("http://[fd00::5]:4000/v1", "http://[fd00::5]:4000"),
        ("https://gateway.example/v1", "https://gateway.example"),
        ("https://user:secret@gateway.example:8443/p/v1", "https://gateway.example:8443/p"),
        ("http://host.docker.internal:4000/v1", "http://127.0.0.1:4000"),
        ("https://host.docker.internal/base/v1", "https://127.0.0.1:443/base"),
    ],
)
def test_where_a_base_url_leads_from_here(here: Any, written: str, url: str) -> None:
    found = proxy(here, written)
    assert (found.url, found.in_container) == (url, False)
    assert found.id == "proxy litellm"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("localhost:4000/v1", "its baseUrl is not an http URL"),
        ("ftp://localhost/v1", "its baseUrl is not an http URL"),
        ("http://[::1/v1", "its baseUrl is not an http URL"),
        ("http://localhost:port/v1", "its baseUrl is not an http URL"),
        ("http://litellm:4000/v1", "litellm is a name that only a container knows"),
        ("${UNSET_URL}", "clawdoctor finds no value for UNSET_URL"),
    ],
)
def test_an_unknown_address(here: Any, written: str, reason: str) -> None:
    found = proxy(here, written)
    assert (found.url, found.reason) == (None, reason)


@pytest.mark.parametrize(
    ("written", "ports", "url", "inside"),
    [
        ("http://litellm:4000/v1", '"4000:4000"', "http://127.0.0.1:4000", True),
        ("http://litellm:4000/v1", '"8080:4000"', "http://127.0.0.1:8080", True),
        ("http://LiteLLM:4000/base/v1", '"8080:4000"', "http://127.0.0.1:8080/base", True),
        ("http://litellm:4000/v1", '"127.0.0.1:8080:4000/tcp"', "http://127.0.0.1:8080", True),
        (
            "http://litellm:4000/v1",
            "{target: 4000, published: 8080}",
            "http://127.0.0.1:8080",
            True,
        ),
        ("http://litellm:4000/v1", '"5000:5000"', None, True),
        ("http://litellm:4000/v1", "", None, True),
        ("http://litellm/v1", '"4000:4000"', None, True),
        ("http://other:4000/v1", '"4000:4000"', None, True),
        ("http://localhost:8080/v1", '"8080:4000"', "http://localhost:8080", True),
        ("http://localhost:4000/v1", '"8080:4000"', "http://localhost:4000", False),
        ("http://host.docker.internal:8080/v1", '"8080:4000"', "http://127.0.0.1:8080", True),
        ("http://0.0.0.0:8080/v1", '"8080:4000"', "http://127.0.0.1:8080", True),
    ],
)
@pytest.mark.parametrize("name", ["litellm", "LiteLLM"])
def test_from_beside_a_container(
    here: Any, name: str, written: str, ports: str, url: str | None, inside: bool
) -> None:
    found = proxy(here, written, SERVICE % (name, ports))
    assert (found.url, found.in_container) == (url, inside)
    if url is None:
        assert found.reason


def test_a_proxy_that_is_named_is_meant_from_here(here: Any) -> None:
    compose = SERVICE % ("litellm", '"8080:4000"')
    for named, url in (
        ("http://gpu-box:4000/v1", "http://gpu-box:4000"),
        ("http://litellm:4000", "http://litellm:4000"),
        ("http://host.docker.internal:4000", "http://host.docker.internal:4000"),
        ("http://0.0.0.0:4000", "http://127.0.0.1:4000"),
        ("gpu-box:4000", None),
    ):
        found = proxy(here, "http://localhost:4000/v1", compose, proxy_url=named)
        assert found.url == url
    assert found.reason == "--proxy-url is not an http URL"


def test_a_proxy_that_is_named_stands_for_what_is_not_set(here: Any) -> None:
    assert proxy(here, "${UNSET_URL}", proxy_url="http://localhost:1").url == "http://localhost:1"


def test_the_key_is_openclaw_s(here: Any) -> None:
    found = proxy(here, "http://localhost:4000/v1", environ={"KEY": " sk-secret \n"})
    assert found.key == Secret("sk-secret")
    assert "sk-secret" not in repr(found)


def test_a_proxy_alone_has_the_master_key(here: Any) -> None:
    endpoints = here.fact(Endpoints, {"LITELLM_MASTER_KEY": "sk-m"}, proxy_url="http://a.b:1")
    (found,) = endpoints.proxies
    assert (found.id, found.url, found.key, found.provider) == (
        "proxy",
        "http://a.b:1",
        Secret("sk-m"),
        None,
    )
    assert (
        here.fact(Endpoints, {"LITELLM_MASTER_KEY": ""}, proxy_url="http://a").proxies[0].key
        is None
    )


def resources(here: Any, *rows: str, **more: Any) -> tuple[Resource, ...]:
    listed = "".join(
        f"\n  - {{model_name: m{n}, litellm_params: {{{row}}}}}" for n, row in enumerate(rows)
    )
    here.write("project/litellm_config.yaml", f"model_list:{listed or ' []'}\n")
    found = here.fact(Endpoints, **more)
    assert isinstance(found, Endpoints)
    return found.resources


def row(base: str, key: str = "k1", model: str = "azure/d", more: str = "") -> str:
    return f'model: {model}, api_base: "{base}", api_key: "{key}"{more}'


def test_all_spellings_give_one_resource(here: Any) -> None:
    (found,) = resources(
        here,
        row("https://a.openai.azure.com"),
        row("https://a.openai.azure.com/"),
        row("https://A.OpenAI.azure.com/openai/v1/"),
        row("  https://a.openai.azure.com/openai/deployments/d/chat/completions?api-version=x "),
        row("https://me:pw@a.openai.azure.com"),
    )
    assert (found.origin, found.name, found.host) == (
        "https://a.openai.azure.com",
        "a",
        "a.openai.azure.com",
    )
    assert found.id == "resource a.openai.azure.com"
    assert len(found.deployments) == 5
    assert found.key == Secret("k1")


def test_two_keys_are_two_resources(here: Any) -> None:
    found = resources(
        here,
        row("https://a.openai.azure.com", "k1"),
        row("https://a.openai.azure.com", "k2"),
        row("https://a.openai.azure.com", "k1"),
        row("https://a.openai.azure.com", "os.environ/NONE"),
        row("http://a.openai.azure.com", "k1"),
    )
    assert [(resource.id, resource.key, len(resource.deployments)) for resource in found] == [
        ("resource a.openai.azure.com", Secret("k1"), 2),
        ("resource a.openai.azure.com (key 2)", Secret("k2"), 1),
        ("resource a.openai.azure.com (key 3)", None, 1),
        ("resource a.openai.azure.com (key 4)", Secret("k1"), 1),
    ]


def test_what_is_on_azure(here: Any) -> None:
    found = resources(
        here,
        row("https://api.openai.com/v1", model="openai/gpt-4o"),
        row("https://a.openai.azure.com/openai/v1", model="openai/d"),
        row("https://gateway.example/azure"),
        row("https://c.azure-api.net:8443/x"),
        row("http://127.0.0.1:9/x", model="mistral/large"),
        row("your-resource"),
        row("ftp://a.openai.azure.com"),
        row("https://b.openai.azure.com:port"),
        row(""),
        row("os.environ/NONE"),
    )
    assert [(resource.origin, resource.name) for resource in found] == [
        ("https://a.openai.azure.com", "a"),
        ("https://gateway.example", "gateway.example"),
        ("https://c.azure-api.net:8443", "c.azure-api.net"),
    ]


def test_each_deployment_finds_its_resource(here: Any) -> None:
    resources(
        here,
        row("https://a.openai.azure.com", "k1"),
        row("https://a.openai.azure.com", "k2"),
        row("https://api.openai.com", model="openai/x"),
    )
    endpoints = here.fact(Endpoints)
    first, second = endpoints.resources
    assert endpoints.resource_of(first.deployments[0]) is first
    assert endpoints.resource_of(second.deployments[0]) is second


@pytest.mark.parametrize(
    ("url", "compose", "expected"),
    [
        ("http://localhost:4000/v1", None, True),
        ("http://0.0.0.0:4000/v1", None, True),
        ("http://127.0.0.1.evil.example:4000/v1", None, False),
        ("https://gateway.example/v1", None, False),
        ("http://litellm:4000/v1", None, False),
        ("http://localhost:4000/v1", SERVICE % ("litellm", '"4000:4000"'), False),
        ("http://litellm:4000/v1", SERVICE % ("litellm", '"4000:4000"'), False),
    ],
)
def test_whether_the_proxy_runs_on_this_host(
    here: Any, url: str, compose: str | None, expected: bool
) -> None:
    proxies(here, url, compose)
    (found,) = here.fact(Endpoints).resources
    assert found.here is expected


def test_the_proxy_s_config_alone_is_assumed_to_run_here(here: Any) -> None:
    (found,) = resources(here, row("https://a.openai.azure.com"))
    assert found.here
    assert resources(here) == ()


def test_an_address_does_not_show_the_value_of_another_variable(here: Any) -> None:
    here.write(
        "project/openclaw.json",
        '{ models: { providers: { azure: { baseUrl: "https://${NPM_AUTH}.openai.azure.com", '
        'apiKey: "k", models: [{ id: "gpt" }] } } } }',
    )
    here.write(
        "project/litellm_config.yaml", LITELLM.replace("https://a.openai.azure.com", "os.environ/B")
    )
    environ = {"NPM_AUTH": "secret1", "B": "https://secret2.openai.azure.com"}
    endpoints = here.fact(Endpoints, environ, openclaw_config="openclaw.json")
    written = "https://${NPM_AUTH}.openai.azure.com"
    through_litellm, direct = endpoints.resources
    assert (through_litellm.id, through_litellm.name) == ("resource os.environ/B", "os.environ/B")
    assert (direct.id, direct.name) == (
        f"resource {written} of azure",
        written,
    )


def test_the_reason_for_no_address_does_not_show_a_variable(here: Any) -> None:
    found = proxy(here, "http://${BOX}:4000/v1", environ={"BOX": "secret"})
    assert (found.url, found.reason) == (
        None,
        "the value of BOX in its baseUrl is not a URL that this host can reach",
    )


AZURE = "api_base: https://a.openai.azure.com, api_version: '2024-10-21'"
ENVIRONMENT = {"AZURE_API_KEY": "e" * 32}


def azure_resources(
    here: Any, *params: str, environ: dict[str, str] | None = None
) -> list[Resource]:
    """The resources of deployments with these parameters."""
    listed = [
        f"  - {{model_name: gpt, litellm_params: {{model: azure/d{index}, {AZURE}{more}}}}}\n"
        for index, more in enumerate(params)
    ]
    here.write("project/litellm_config.yaml", "model_list:\n" + "".join(listed))
    return list(here.fact(Endpoints, environ).resources)


def test_a_deployment_without_a_key_has_that_of_the_environment(here: Any) -> None:
    (found,) = azure_resources(here, "", environ=ENVIRONMENT)
    assert found.key == Secret("e" * 32)
    assert found.key_variables == ("AZURE_API_KEY",)


def test_deployments_share_a_resource_by_the_key_that_is_sent(here: Any) -> None:
    same = azure_resources(here, f", api_key: {'e' * 32}", "", environ=ENVIRONMENT)
    assert [len(found.deployments) for found in same] == [2]
    other = azure_resources(here, f", api_key: {'f' * 32}", "", environ=ENVIRONMENT)
    assert [found.key for found in other] == [Secret("f" * 32), Secret("e" * 32)]


def test_a_token_is_no_key(here: Any) -> None:
    (found,) = azure_resources(here, ", azure_ad_token: token")
    assert found.key is None
    assert "Entra ID" in found.reason


def proxy_with(here: Any, settings: str, litellm: str = "") -> Proxy:
    """The proxy of a provider with these settings."""
    here.write(
        "home/.openclaw/openclaw.json",
        '{ models: { providers: { litellm: { baseUrl: "http://localhost:4000/v1", '
        f'api: "openai-completions", {settings}, models: [{{ id: "gpt" }}] }} }} }} }}',
    )
    here.write("project/litellm_config.yaml", LITELLM + litellm)
    environ = {"KEY": "sk-good", "LITELLM_API_KEY": "sk-own"}
    (found,) = here.fact(Endpoints, environ).proxies
    assert isinstance(found, Proxy)
    return found


def test_the_key_of_a_proxy_is_what_openclaw_sends(here: Any) -> None:
    own = proxy_with(here, 'apiKey: "sk-written"')
    assert (own.key, own.key_variables) == (Secret("sk-own"), ("LITELLM_API_KEY",))
    header = proxy_with(here, 'apiKey: "x", headers: { Authorization: "Bearer ${KEY}" }')
    assert (header.key, header.key_variables) == (Secret("sk-good"), ("KEY",))


def test_the_proxy_reads_its_key_in_a_header_of_its_own(here: Any) -> None:
    settings = 'apiKey: "x", headers: { "X-Mine": "Bearer ${KEY}" }'
    more = "general_settings: {litellm_key_header_name: X-Mine}\n"
    found = proxy_with(here, settings, more)
    assert (found.key_header, found.key) == ("X-Mine", Secret("sk-good"))


def test_a_key_that_is_unset_here_has_a_reason(here: Any) -> None:
    found = proxy(here, "http://localhost:4000/v1", environ={})
    assert found.key is None
    assert found.key_reason == ("clawdoctor finds no value for KEY, to which OpenClaw's key refers")
