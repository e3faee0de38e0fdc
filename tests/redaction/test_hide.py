"""A credential is hidden in every other text, in each spelling, to its last character."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from steps import assert_proportional

from clawdoctor.redaction.hide import redact_text, redactor
from clawdoctor.source.secret import HIDDEN

KEY = "Zq7-canaryK3yWm0PvLx9"
HEX = "8f3a1c9e77b24d5fa0c6e1d2b3948576"

FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "json": lambda s: json.dumps(s)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps(s)),
    "json in json in json": lambda s: json.dumps(json.dumps(json.dumps(s))),
    "unicode json": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "quote": quote,
    "quote all": lambda s: quote(s, safe=""),
    "quote twice": lambda s: quote(quote(s, safe=""), safe=""),
    "quote_plus": quote_plus,
    "each character percent-escaped": lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    "each character \\u-escaped": lambda s: "".join(f"\\u{ord(c):04X}" for c in s),
    "each character \\x-escaped": lambda s: "".join(f"\\x{b:02x}" for b in s.encode()),
    "each \\u escape escaped": lambda s: "".join(f"\\\\u{ord(c):04x}" for c in s),
    "decimal entities": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "hexadecimal entities": lambda s: "".join(f"&#x{ord(c):X};" for c in s),
    "shell": shlex.quote,
    "repr": repr,
    "upper case": str.upper,
    "lower case": str.lower,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 of a pair": lambda s: base64.b64encode(f"admin:{s}".encode()).decode(),
    "url-safe base64": lambda s: base64.urlsafe_b64encode(f"x{s}".encode()).decode(),
    "hexadecimal": lambda s: s.encode().hex(),
    "zero-width characters": "\u200b".join,
    "soft hyphens": "\xad".join,
    "control characters": "\x08".join,
}
SPLIT: dict[str, Callable[[str], str]] = {
    "newlines": lambda s: "\n".join(s[i : i + 4] for i in range(0, len(s), 4)),
    "dashes": lambda s: "-".join(s[i : i + 4] for i in range(0, len(s), 4)),
    "spaces": " ".join,
    "dots": ".".join,
    "quotes": lambda s: '" + "'.join(s[i : i + 3] for i in range(0, len(s), 3)),
}


def redacted(secret: str, text: str) -> str:
    return redact_text(redactor([secret]), text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "secret", ["q\"7/é w'\\x+Kn~Pz%9&<Lm", KEY, HEX, "correct-horse-battery", "密钥密钥密钥密钥密"]
)
def test_every_spelling_is_hidden(form: str, secret: str) -> None:
    spelt = FORMS[form](secret)
    got = redacted(secret, f"answer: {spelt}!")
    assert got.count(HIDDEN) == 1
    # Only quotes and the characters around it in Base64 remain beside the marker.
    assert len(got.replace("\\", "").replace('"', "")) <= len(f"answer: {HIDDEN}!") + 8


@pytest.mark.parametrize("form", SPLIT)
@pytest.mark.parametrize("secret", [KEY, HEX])
def test_a_random_key_is_hidden_with_characters_between(form: str, secret: str) -> None:
    got = redacted(secret, f"answer: {SPLIT[form](secret)}!")
    assert got == f"answer: {HIDDEN}!"


def test_the_letters_of_a_wordy_key_are_common_words() -> None:
    secret = "sk-litellm-master-key"
    assert redacted(secret, "the LiteLLM master key") == "the LiteLLM master key"
    assert redacted(secret, "LITELLM_MASTER_KEY") == "LITELLM_MASTER_KEY"
    assert redacted(secret, f"the key {secret}") == f"the key {HIDDEN}"


@pytest.mark.parametrize(
    "secret",
    ["Zq7Wk2Xv9Bn4Mc8L", 'Zq7Wk2Xv9Bn4"', "Zq7Wk2Xv9é", "ключдоступа"],
)
def test_nothing_of_a_json_spelling_is_left(secret: str) -> None:
    for ascii_only in (True, False):
        inner = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        assert redacted(secret, f"[{inner}]") == f"[{HIDDEN}]"
        twice = json.dumps(inner, ensure_ascii=ascii_only)[1:-1]
        assert redacted(secret, f"[{twice}]") == f"[{HIDDEN}]"


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("length", range(9, 16))
def test_a_base64_spelling_is_hidden_in_each_alignment(before: int, length: int) -> None:
    secret = "correct-horse-battery"[:length]
    encoded = base64.b64encode(f"{'a' * before}{secret}bb".encode()).decode().rstrip("=")
    assert redacted(secret, f"[{encoded}]") == f"[{HIDDEN}]"


def test_a_secret_that_a_file_holds_escaped_is_hidden_as_it_is_meant() -> None:
    meant = "p@ssw/rd!x&y=z"
    got = redacted(quote(meant, safe=""), f"the server said {meant}")
    assert got == f"the server said {HIDDEN}"


def test_a_key_that_contains_an_escape_is_hidden_in_part() -> None:
    secret = "Kr@ken#Sp1ll%92^xQ"
    assert redacted(secret, "Received = n#Sp1ll%9") == f"Received = {HIDDEN}"


def test_parts_of_a_secret_are_hidden() -> None:
    secret = "correct-horse-battery"
    hide = redactor([secret])
    assert redact_text(hide, f"key {secret[:8]}***") == f"key {HIDDEN}***"
    assert redact_text(hide, f"key {secret[:7]}***") == f"key {secret[:7]}***"
    assert redact_text(hide, f"{secret}{secret} {secret}") == f"{HIDDEN} {HIDDEN}"
    assert redact_text(hide, secret[:12] + secret[3:]) == HIDDEN


def test_a_text_without_secrets_stays_the_same() -> None:
    text = "nothing to see"
    assert redact_text(redactor([KEY]), text) is text
    assert redact_text(redactor([]), text) is text
    assert redact_text(redactor(["short"]), "a short text") == "a short text"


def test_a_scheme_and_a_known_suffix_are_never_a_part_of_a_secret() -> None:
    hide = redactor(["https://contoso.internal/openai/deployments/x", "plain.openai.azure.com"])
    text = "write https://other.openai.azure.com/openai/deployments/y, see http://localhost:4000"
    assert redact_text(hide, text) == text


def test_a_phrase_is_hidden_as_a_whole_only() -> None:
    hide = redactor([], ["gpt52-prd"])
    assert redact_text(hide, 'no "gpt52-prd"; did you mean "gpt52-prod"?') == (
        f'no "{HIDDEN}"; did you mean "gpt52-prod"?'
    )


def test_a_folder_of_the_run_is_shown_although_it_looks_random() -> None:
    folder = f"/tmp/{HEX[:20]}"
    text = f"{folder}/litellm_config.yaml has {HEX}"
    assert redact_text(redactor([], [], [folder]), text) == text.replace(HEX, HIDDEN)
    assert redact_text(redactor([HEX], [], [folder]), text) == (
        f"/tmp/{HIDDEN}/litellm_config.yaml has {HIDDEN}"
    )


def test_the_value_after_a_secret_name_is_hidden_in_untrusted_text() -> None:
    def untrusted(text: str) -> str:
        return redact_text(redactor([]), text, untrusted=True)

    assert untrusted('{"api_key": "plainword", "model": "x"}') == (
        f'{{"api_key": "{HIDDEN}", "model": "x"}}'
    )
    assert untrusted("headers: Authorization: Bearer plainword") == (
        f"headers: Authorization: {HIDDEN}"
    )
    assert untrusted("url=https://x/y?sig=abcdef12&v=1") == f"url=https://x/y?sig={HIDDEN}&v=1"
    assert untrusted("export AZURE_API_KEY=plainword") == f"export AZURE_API_KEY={HIDDEN}"
    for harmless in (
        "Authentication Error: Received API Key = sk-...1f36",
        "api_key: os.environ/AZURE_API_KEY",
        "max_tokens: 4096, key: missing",
    ):
        assert untrusted(harmless) == harmless


def test_overlapping_secrets_are_hidden() -> None:
    hide = redactor(["abcdefgh12", "12ijklmnop"])
    assert redact_text(hide, "[abcdefgh12ijklmnop]") == f"[{HIDDEN}]"
    assert redact_text(hide, "[abcdefgh1212ijklmnop]") == f"[{HIDDEN}]"


@pytest.mark.parametrize("joint", ["\n", "\r\n", "\\n", " ", "\n    "])
def test_a_pem_key_is_hidden_with_any_line_end(joint: str) -> None:
    body = [base64.b64encode(bytes([i]) * 48).decode() for i in range(40)]
    pem = ["-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----"]
    for hide in (redactor(["\n".join(pem) + "\n"]), redactor([])):
        got = redact_text(hide, f"see {joint.join(pem)} there")
        assert got.replace(HIDDEN, "").split() == ["see", "there"]


def test_secrets_like_the_marker_are_hidden_once() -> None:
    for value in ("hidden>x", "<hidden>", "xyz<hidd", "idden>abc", "den><hid"):
        hide = redactor([value])
        once = redact_text(hide, f"a {value} xyz<hidden>abc <hidden><hidden> b")
        assert redact_text(hide, once) == once


PRINTABLE = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"])
SECRETS = st.text(PRINTABLE, min_size=8, max_size=40).map(str.strip).filter(lambda s: len(s) >= 8)
AROUND = st.text(PRINTABLE, max_size=30)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(SECRETS, SECRETS, AROUND, AROUND, AROUND, st.integers(0, 30), st.integers(0, 30))
def test_no_run_of_a_secret_remains(
    first: str, second: str, a: str, b: str, c: str, start: int, end: int
) -> None:
    for secret in (first, second):  # a public word such as "postgres" is not secret
        assume(redact_text(redactor([secret]), secret) == HIDDEN)
    hide = redactor([first, second])
    text = a + first[start:] + b + second[: len(second) - end] + c + first
    got = redact_text(hide, text)
    rest = got.split(HIDDEN)
    for secret in (first, second):
        for i in range(len(secret) - 7):
            assert all(secret[i : i + 8] not in part for part in rest)
    assert HIDDEN + HIDDEN not in got or HIDDEN in text


def test_work_is_in_proportion_to_the_text() -> None:
    secrets = [base64.b64encode(f"{i:05}-secret-{i * 7919}".encode()).decode() for i in range(200)]
    hide = redactor(secrets)
    body = "".join(f'{{"index": {i}, "value": "nothing"}} ' for i in range(2000))

    def work(size: int) -> Callable[[], object]:
        text = body[: size // 2] + secrets[7] + body[size // 2 : size]
        assert HIDDEN in redact_text(hide, text)
        return lambda: redact_text(hide, text)

    assert_proportional(work, 30_000)


@pytest.mark.quick(3)
@pytest.mark.parametrize(
    "piece",
    ["://a:", "https://a@", "key=", '"', "sk-", "a", "%41", "\\u0041", "&#65;", "\\", "-A1"],
)
def test_hostile_texts_take_work_in_proportion(piece: str) -> None:
    hide = redactor([KEY, HEX])

    def work(size: int) -> Callable[[], object]:
        text = piece * (size // len(piece))
        return lambda: redact_text(hide, text, untrusted=True)

    assert_proportional(work, 30_000)
