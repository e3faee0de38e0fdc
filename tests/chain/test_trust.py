"""The hosts that clawdoctor contacts, and those that may receive a key."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hostile_urls import FOREIGN, UNCLEAR
from hypothesis import given, settings
from hypothesis import strategies as st

from clawdoctor.chain.azure_host import SUFFIXES, host_of, is_azure, is_loopback, port_of, split
from clawdoctor.chain.trust import Trust, looks_like_azure_key

KEY = "0123456789abcdef0123456789ABCDEF"
LONG_KEY = "Ab3" * 28
NOBODY = Trust(frozenset())

OURS = [
    "http://localhost:4000",
    "http://LOCALHOST:4000/v1",
    "http://127.0.0.1:4000",
    "https://127.9.9.9",
    "http://[::1]:4000",
    "http://0.0.0.0:4000",
    *(f"https://contoso{suffix}" for suffix in SUFFIXES),
    "https://CONTOSO.OpenAI.Azure.com/openai",
    "https://contoso.openai.azure.com:8443",
    "https://user:evil.example@contoso.openai.azure.com",
    "https://eastus.api.cognitive.microsoft.com/",
]

NO_URLS = ["", "localhost:4000", "//contoso.openai.azure.com", "https://", "x", "https:///x"]
NO_URLS += ["ftp://localhost", "file://localhost/etc/passwd", "https:/contoso.openai.azure.com"]


@pytest.mark.parametrize("url", OURS)
def test_loopback_and_azure_are_trusted(url: str) -> None:
    assert NOBODY.refuses(url) is None


@pytest.mark.parametrize("url", FOREIGN)
def test_all_others_are_not(url: str) -> None:
    reason = NOBODY.refuses(url)
    assert reason is not None
    assert "--trust-host" in reason


@pytest.mark.parametrize("url", UNCLEAR)
def test_a_url_of_an_unclear_host_is_refused_even_for_a_trusted_host(url: str) -> None:
    everything = frozenset({"evil.example", "contoso.openai.azure.com", "127.0.0.1", "localhost"})
    reason = Trust(everything).refuses(url)
    assert reason is not None
    assert reason.endswith("; nothing was looked up")
    assert (split(url), host_of(url), port_of(url)) == (None, None, None)


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_is_not(url: str) -> None:
    trust = Trust(frozenset({"", "localhost"}))
    assert trust.refuses(url) == "it is not an http URL with a host"


def same_host(url: str) -> bool:
    """Whether httpx connects to the host and port that clawdoctor reads in a URL."""
    read = httpx.URL(url)
    host, port = read.raw_host.decode(), read.port or {"http": 80, "https": 443}.get(read.scheme)
    return (host, port) == (host_of(url), port_of(url))


@pytest.mark.parametrize("url", [*OURS, *FOREIGN])
def test_httpx_connects_to_the_host_that_is_judged(url: str) -> None:
    assert same_host(url)


PIECES = [
    *"ab.:@/\\?#[]%-_ \t\n\r\x00\x0b\xad。．\u200bİK0179xX",
    "://",
    "http",
    "https",
    "localhost",
    "127.0.0.1",
    "evil.example",
    "%2e",
    "%40",
    "::1",
    "xn--",
    ".openai.azure.com",
    ":443",
    "0x7f",
    "::ffff:",
]


@pytest.mark.slow
@settings(max_examples=5_000)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(["http", "https"])
)
def test_httpx_connects_to_no_other_host(rest: str, scheme: str) -> None:
    url = f"{scheme}://{rest}"
    if NOBODY.refuses(url) is None:
        assert same_host(url.strip())


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://[::ffff:127.0.0.1]:4000", True),
        ("http://[::ffff:7f00:1]:4000", True),
        ("http://[::ffff:169.254.169.254]", False),
        ("http://127.0.0.1:4000", True),
        ("http://127.1:4000", False),
        ("http://2130706433:4000", False),
        ("http://evil.localhost:4000", False),
        ("http://localhost.:4000", False),
    ],
)
def test_only_loopback_is_loopback(url: str, loopback: bool) -> None:
    assert is_loopback(host_of(url)) is loopback


HOST_VARIABLES = [
    "AZURE_API_BASE",
    "AZURE_OPENAI_ENDPOINT",
    "AZURE_OPENAI_ENDPOINT_EAST_US_2",
    "AZURE_API_BASE_EU",
    "AZURE_RESOURCE_NAME",
    "OPENAI_BASE_URL",
    "LITELLM_HOST",
    "LITELLM_PROXY_URL",
    "OPENCLAW_LITELLM_DOMAIN",
]
OTHER_VARIABLES = [
    "NPM_AUTH",
    "AWS_SECRET_ACCESS_KEY",
    "DB_PASSWORD",
    "GITHUB_TOKEN",
    "CI",
    "DATABASE_URL",
    "LITELLM_DATABASE_URL",
    "AZURE_STORAGE_URL",
    "OPENCLAW_WEBHOOK_URL",
    "AZURE_API_KEY",
    "AZURE_SECRET_HOST",
    "AZURE_OPENAI_API_KEY_EAST_US_2",
    "OPENAI_ORGANIZATION",
    "AZURE_USER_NAME",
    "HOSTNAME",
    "URL",
    "",
]


@pytest.mark.parametrize("name", HOST_VARIABLES)
def test_a_variable_for_a_host_may_be_in_a_trusted_url(name: str) -> None:
    assert NOBODY.refuses("https://contoso.openai.azure.com", [name]) is None
    reason = NOBODY.refuses("https://value.example/path", [name])
    assert reason == f"the host in {name} is not trusted; name it with --trust-host"


@pytest.mark.parametrize("name", OTHER_VARIABLES)
@pytest.mark.parametrize("url", ["https://value.openai.azure.com", "http://127.0.0.1:4000/value"])
def test_another_variable_may_not(name: str, url: str) -> None:
    reason = NOBODY.refuses(url, ["AZURE_API_BASE", name])
    assert reason == (
        f"its URL contains the value of {name}, which is not a variable for a host; "
        "nothing was looked up (--trust-host allows it)"
    )


def test_a_user_may_name_the_host_or_choose_the_variable() -> None:
    url, names = "https://value.openai.azure.com", ["NPM_AUTH"]
    assert Trust(frozenset({"value.openai.azure.com"})).refuses(url, names) is None
    own = Trust(frozenset(), own_config=True)
    assert own.refuses(url, names, openclaw=True) is None
    assert own.refuses(url, names) is not None  # LiteLLM's config is not the user's own
    assert own.refuses("https://value.example", names, openclaw=True) is not None


@pytest.mark.parametrize(
    "name",
    [
        "LITELLM_MASTER_KEY",
        "AZURE_API_KEY",
        "PROXY_KEY",
        "MY_KEY",
        "AZURE_KEY_SWC",
        "OPENAI_APIKEY",
        "OPENCLAW_GATEWAY_TOKEN",
        "LITELLM_AUTH",
        "ANTHROPIC_API_KEY",
        "AZURE_AD_TOKEN",
    ],
)
def test_a_variable_for_a_key_may_be_sent(name: str) -> None:
    assert NOBODY.keeps([name], openclaw=True) is None


@pytest.mark.parametrize(
    "name",
    [
        "NPM_AUTH",
        "NPM_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "DB_PASSWORD",
        "GITHUB_TOKEN",
        "CI",
        "LITELLM_SALT_KEY",
        "SSH_PRIVATE_KEY",
        "AZURE_STORAGE_ACCESS_KEY",
        "AZURE_CLIENT_SECRET",
        "AZURE_CREDENTIALS",
        "LITELLM_DB_PASSWORD",
    ],
)
def test_another_variable_is_kept(name: str) -> None:
    reason = f"{name} is not a variable for a key of this chain; its value is not sent"
    assert NOBODY.keeps(["LITELLM_MASTER_KEY", name], openclaw=True) == reason
    own = Trust(frozenset(), own_config=True)
    assert own.keeps([name], openclaw=True) is None
    assert own.keeps([name], openclaw=False) == reason


def test_a_host_is_trusted_as_a_whole() -> None:
    trust = Trust(frozenset({"gateway.example"}))
    assert trust.refuses("http://GATEWAY.example:8080/litellm") is None
    for host in ("sub.gateway.example", "gateway.example.evil.example", "evilgateway.example"):
        assert trust.refuses(f"http://{host}") is not None


@pytest.mark.parametrize("host", [None, "", "azure.com", ".azure.com", "a.openai.azure.com/"])
def test_no_azure(host: str | None) -> None:
    assert not is_azure(host)


@pytest.mark.parametrize("host", [None, "", "local", "[", "::", "1::1", "127", "127.0.0.1/8"])
def test_no_loopback(host: str | None) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("key", "shaped"),
    [
        (KEY, True),
        (LONG_KEY, True),
        ("eyJhbGciOi.eyJhdWQi-_.c2lnbmF0dXJl", True),
        (KEY[1:], False),
        (KEY + "\n", False),
        (f" {KEY}", False),
        (LONG_KEY + "A", False),
        (LONG_KEY[:-1] + "-", False),
        ("g" * 32, False),
        ("\uff10" * 32, False),
        ("\u00e9" * 84, False),
        ("eyJhbGciOi.eyJhdWQi", False),
        ("eyJ.a.b c", False),
        ("ghp_0123456789abcdef0123456789abcdef0123", False),
        ("sk-0123456789abcdef0123456789abcdef", False),
        ("AKIAIOSFODNN7EXAMPLE", False),
        ("", False),
    ],
)
def test_the_shape_of_a_key(key: str, shaped: bool) -> None:
    assert looks_like_azure_key(key) is shaped
    withheld = NOBODY.withholds("https://contoso.openai.azure.com", key)
    assert (withheld is None) is shaped
    assert withheld is None or not key.strip() or key.strip() not in withheld


@pytest.mark.parametrize("key", [KEY, "anything"])
def test_a_key_goes_in_clear_to_loopback_only(key: str) -> None:
    assert NOBODY.withholds("http://127.0.0.1:8080", key) is None
    assert NOBODY.withholds("http://localhost:8080", key) is None
    clear = ("http://contoso.openai.azure.com", "http://127.0.0.1.evil.example", "ftp://a", "")
    for url in (*clear, "https://[::1", "https://contoso.openai.azure.com:port"):
        assert NOBODY.withholds(url, key) == "clawdoctor sends a key to Azure only over https"


OPENCLAW = """{ models: { providers: {
  litellm: { baseUrl: "https://Gateway.example:4000/v1", models: [] },
  other: { baseUrl: "${EVIL}", models: [] },
  third: { baseUrl: 5 }, fourth: "x" } } }"""


def hosts(here: Any, environ: dict[str, str] | None = None, **more: Any) -> frozenset[str]:
    found = here.fact(Trust, environ, **more)
    assert isinstance(found, Trust)
    return found.hosts


def test_no_other_host_is_trusted_by_default(here: Any) -> None:
    assert hosts(here) == frozenset()


def test_the_user_s_own_config_is_trusted(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    assert hosts(here) == {"gateway.example"}
    own = str(here.home / ".openclaw" / "openclaw.json")
    assert hosts(here, openclaw_config=own) == {"gateway.example"}


def test_a_variable_in_the_user_s_own_config(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW.replace("${EVIL}", "${HERE_URL}/v1"))
    assert hosts(here, {"HERE_URL": "https://box.example"}) == {"gateway.example", "box.example"}
    here.write("project/.env", "HERE_URL=https://evil.example\n")
    assert hosts(here) == {"gateway.example"}  # the project chooses the host
    here.write("home/.openclaw/.env", "HERE_URL=https://box.example\n")
    (here.project / ".env").unlink()
    assert hosts(here) == {"gateway.example", "box.example"}


def test_a_state_folder_that_is_named(here: Any) -> None:
    path = here.write("state/openclaw.json", OPENCLAW)
    assert hosts(here, {"OPENCLAW_STATE_DIR": str(path.parent)}) == {"gateway.example"}


def test_a_file_of_the_project_is_not(here: Any) -> None:
    path = here.write("project/openclaw.json", OPENCLAW)
    assert hosts(here, openclaw_config="openclaw.json") == frozenset()
    assert hosts(here, {"OPENCLAW_CONFIG_PATH": str(path)}) == frozenset()
    here.write("home/.openclaw/openclaw.json", "{}")
    assert hosts(here, openclaw_config="openclaw.json") == frozenset()
    assert hosts(here, {"OPENCLAW_CONFIG_PATH": str(path)}) == frozenset()


@pytest.mark.parametrize("broken", ["{", "[]", "{ models: [] }", "{ models: { providers: [1] } }"])
def test_a_config_without_hosts(here: Any, broken: str) -> None:
    here.write("home/.openclaw/openclaw.json", broken)
    assert hosts(here) == frozenset()


def test_hosts_that_are_named(here: Any) -> None:
    found = hosts(here, trusted_hosts=("Gateway.Example",), proxy_url="http://BOX.example:1/x")
    assert found == {"gateway.example", "box.example"}
    assert hosts(here, proxy_url="nonsense") == frozenset()
