"""A secret is hidden to its last character, in each spelling by itself."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from clawdoctor.redaction.hide import MARKER, redact_text, redactor
from clawdoctor.redaction.secret import Secret, secrets_in
from clawdoctor.source.node import Source
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml


def redacted(secret: str, text: str) -> str:
    return redact_text(redactor([Secret(secret)]), text)


@pytest.mark.parametrize(
    "secret",
    [
        "Zq7Wk2Xv9Bn4Mc8L",
        'Zq7Wk2Xv9Bn4"',
        "Zq7Wk2Xv9Bn4\\",
        "Zq7Wk2Xv9é",
        "ключдоступа",
        "密钥密钥密钥密钥密",
    ],
)
def test_nothing_of_a_json_spelling_is_left(secret: str) -> None:
    for ascii_only in (True, False):
        inner = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        assert redacted(secret, f"[{inner}]") == f"[{MARKER}]"
        twice = json.dumps(inner, ensure_ascii=ascii_only)[1:-1]
        assert redacted(secret, f"[{twice}]") == f"[{MARKER}]"


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("length", range(9, 16))
@pytest.mark.parametrize("after", range(4))
def test_nothing_of_a_base64_spelling_is_left(before: int, length: int, after: int) -> None:
    """All characters that the secret alone decides are hidden, however it is aligned."""
    secret = "Zq7Wk2Xv9Bn4Mc8L"[:length]
    encoded = base64.b64encode(f"{'a' * before}{secret}{'b' * after}".encode()).decode()
    first, last = -(-before * 8 // 6), (before + length) * 8 // 6
    decided = encoded[first:last]
    got = redacted(secret, f"[{encoded}]")
    assert got == f"[{encoded[:first]}{MARKER}{encoded[last:]}]", decided


def test_a_secret_that_a_file_holds_escaped_is_hidden_as_it_is_meant() -> None:
    meant = "p@ssw/rd!x&y=z"
    assert (
        redacted(quote(meant, safe=""), f"the server said {meant}") == f"the server said {MARKER}"
    )


def secrets_of(content: str) -> set[str]:
    source = parse_yaml(Text("/x", content))
    assert isinstance(source, Source)
    return {secret.value for secret in secrets_in(source.root)}


@pytest.mark.parametrize("name", ["environment", "environ", "env", "vars", "variables"])
def test_a_list_of_variables_holds_secrets(name: str) -> None:
    content = f"{name}: [AZURE_API_KEY=Zq7Wk2Xv9Bn4, LITELLM_PORT=4000-and-more]\n"
    assert secrets_of(content) == {"Zq7Wk2Xv9Bn4"}


PUBLIC_HEADERS = """
accept accept-charset accept-encoding accept-language cache-control connection content-encoding
content-length content-type host origin referer http-referer x-title user-agent api-version
anthropic-version anthropic-beta
"""


@pytest.mark.parametrize("name", PUBLIC_HEADERS.split())
def test_a_header_that_everyone_may_know_is_no_secret(name: str) -> None:
    assert secrets_of(f"extra_headers: {{{name}: value-of-it, x-mine: Zq7Wk2Xv9Bn4}}") == {
        "Zq7Wk2Xv9Bn4"
    }
    assert secrets_of(f"extra_headers: {{{name.upper()}: value-of-it}}") == set()
