"""The parts of a URL that are hidden, in the value of a setting and in any text."""

from __future__ import annotations

import pytest

from clawdoctor.redaction.hide import redact_text, redactor
from clawdoctor.redaction.url import hidden_in_url

HEX = "8f3a1c9e77b24d5fa0c6e1d2b3948576"


def hidden(url: str, *, strict: bool) -> list[str]:
    return [url[start:end] for start, end in hidden_in_url(url, strict=strict)]


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://user:pw@host/v1", ["user:pw"]),
        ("https://user:p/w@host/v1", ["user:p/w"]),
        ("https://user:@host", ["user:"]),
        ("https://key@host", ["key"]),
        ("https://pa#ss@host/v1", ["pa#ss"]),
        ("https://pa/s?s@host/v1", ["pa/s?s"]),
        ("https://portal.azure.com/#@contoso.com/resource/x", ["@contoso.com/resource/x"]),
        ("https://host:4000x/v1", ["x"]),
        ("https://host name/v1", [" name"]),
        ("https://Fj0rdMoon&b3am.openai.azure.com", ["Fj0rdMoon&b3am.openai.azure.com"]),
        (
            "https://lQi4SlPPDFMCkn1/9xQ.openai.azure.com",
            ["lQi4SlPPDFMCkn1", "9xQ.openai.azure.com"],
        ),
        ("https://DESKTOP-4F7K2A1:4000/v1", []),
        ("https://host/v1?code=abc&api-version=2024-10-21", ["abc"]),
        ("https://host/v1?abc", ["abc"]),
        ("https://host/v1?api-version=hunter2", ["hunter2"]),
        ("https://host/v1#frag", ["frag"]),
        ("https://host/tenant/v1", ["tenant"]),
        (f"https://host/{HEX}", [HEX]),
        (f"https://{HEX}.openai.azure.com", [HEX]),
        (f"https://{HEX}.host.example", [HEX]),
        ("https://host/openai/deployments/my-gpt/chat/completions", []),
        ("https://host:4000/v1/v1", []),
        ("https://${RESOURCE}.openai.azure.com/openai", []),
        ("contoso.openai.azure.com/openai", []),
        ("http//localhost:4000/v1", []),
    ],
)
def test_parts_of_a_setting(url: str, parts: list[str]) -> None:
    assert hidden(url, strict=True) == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://user:pw@host/v1.", "see https://<hidden>@host/v1."),
        ("GET https://host/v1?code=abcdefgh: 401", "GET https://host/v1?code=<hidden>: 401"),
        ("https://host/v1?sig=abc", "https://host/v1?sig=<hidden>"),
        (f"https://host/hooks/{HEX}/x", "https://host/hooks/<hidden>/x"),
        ("https://x/models?api-version=2024-10-21:", "https://x/models?api-version=2024-10-21:"),
        ("https://learn.microsoft.com/azure/a-page?view=x#anchor",) * 2,
    ],
)
def test_parts_in_any_text(text: str, expected: str) -> None:
    assert redact_text(redactor([]), text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "connect ECONNREFUSED hunter2@x.example.com:443",
        "Could not resolve host: alice:hunter2@proxy.corp:80",
        "refused: hunter2@10.0.0.5:22",
    ],
)
def test_what_stands_before_a_host_in_an_error_is_hidden(text: str) -> None:
    assert "hunter2" not in redact_text(redactor(()), text, untrusted=True)


@pytest.mark.parametrize(
    "text",
    [
        "npm install openclaw@2026.9.6",
        "azure/my-gpt52 @ my-resource.example",
        "npm i @openai/codex@v1.2.3",
    ],
)
def test_a_version_is_no_host(text: str) -> None:
    assert redact_text(redactor(()), text, untrusted=True) == text
