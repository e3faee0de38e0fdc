"""The hosts that clawdoctor contacts, and those that may receive a key."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.azure_host import SUFFIXES, is_azure, is_loopback
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

FOREIGN = [
    "https://contoso.openai.azure.com.evil.example",
    "https://evil-openai.azure.com",
    "https://openai.azure.com",
    "https://contoso.azure-api.net",
    "https://contoso.openai.azure.com@evil.example",
    "https://contoso.openai.azure.com:443@evil.example/",
    "https://a@contoso.openai.azure.com@evil.example",
    "https://evil.example#.openai.azure.com",
    "https://evil.example?.openai.azure.com",
    "https://evil.example/.openai.azure.com",
    "https://evil.example\\.openai.azure.com",
    "https://evil.example%2f.openai.azure.com",
    "https://evil.example\u3002openai.azure.com",
    "https://evil.example\uff0eopenai.azure.com",
    "https://contoso.openai.azure\u3002com.evil.example",
    "https://\u0441ontoso.openai.azure.com",
    "https://evil_\u24ea.openai.azure.com",
    "https://evil.example\x00.openai.azure.com",
    "https://evil.example .openai.azure.com",
    "https://contoso.openai.azure.com.",
    "https://contoso.openai.azure.com..evil.example",
    "http://localhost.evil.example",
    "http://localhost.",
    "http://127.0.0.1.evil.example",
    "http://127.evil.example",
    "http://127.0.0.1.",
    "http://0x7f000001",
    "http://2130706433",
    "http://0177.0.0.1",
    "http://127.1",
    "http://\u0661\u0662\u0667.0.0.1",
    "http://\uff11\uff12\uff17.0.0.1",
    "http://0.0.0.0.evil.example",
    "http://[::ffff:9.9.9.9]",
    "http://[fe80::1]",
    "http://169.254.169.254/latest",
    "http://192.168.1.1:4000",
    "https://evil.example:443",
    "https://evil.example",
    "https://ey-openai.azure.com.evil.example:443/openai",
]

NO_URLS = ["", "localhost:4000", "//contoso.openai.azure.com", "https://", "http://[::1", "x"]
NO_URLS += ["https://contoso.openai.azure.com:port", "https://contoso.openai.azure.com:99999"]
NO_URLS += ["https://evil.example\uff0f.openai.azure.com", "https://a\uff20b.openai.azure.com"]


@pytest.mark.parametrize("url", OURS)
def test_loopback_and_azure_are_trusted(url: str) -> None:
    assert NOBODY.refuses(url) is None


@pytest.mark.parametrize("url", FOREIGN)
def test_all_others_are_not(url: str) -> None:
    reason = NOBODY.refuses(url)
    assert reason is not None
    assert "--trust-host" in reason


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_is_not(url: str) -> None:
    assert Trust(frozenset({"", "localhost"})).refuses(url) == "it is no URL that can be asked"


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
        assert NOBODY.withholds(url, key) == "a key goes to Azure over https only"


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
