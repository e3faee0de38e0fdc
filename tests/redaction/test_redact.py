import base64
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from report_cases import reported
from steps import assert_proportional

from clawdoctor.finding import (
    CheckOutcome,
    Command,
    Edit,
    Evidence,
    Excerpt,
    Fix,
    Input,
    Outcome,
    Place,
    Report,
    RouteLine,
    Severity,
    Step,
    Version,
)
from clawdoctor.redaction import (
    Redactor,
    Secret,
    excerpt,
    names_secret,
    redact_report,
    redact_text,
    redactor,
    secrets_in,
    secrets_in_unparsed,
    variables_in,
)
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.node import Node, Source
from clawdoctor.source.text import Position, Span, Text
from clawdoctor.source.yaml import parse_yaml

KEY = "Zq7-canaryK3yWm0PvLx9"
MARK = "<redacted>"


def yaml_root(content: str) -> tuple[Text, Node]:
    text = Text("/x/config.yaml", content)
    source = parse_yaml(text)
    assert isinstance(source, Source), source
    return text, source.root


def json_root(content: str) -> tuple[Text, Node]:
    text = Text("/x/openclaw.json", content)
    source = parse_json5(text)
    assert isinstance(source, Source), source
    return text, source.root


def values(content: str) -> set[str]:
    return {secret.value for secret in secrets_in(yaml_root(content)[1])}


def shown(content: str, needle: str, caret: str | None = None) -> tuple[str, str]:
    """The excerpt of the line with `needle`, and the text under its caret."""
    text, root = yaml_root(content)
    return shown_with(text, [*secrets_in(root)], needle, caret)


def shown_with(
    text: Text, secrets: list[Secret], needle: str, caret: str | None = None
) -> tuple[str, str]:
    start = text.content.index(needle)
    if caret is not None:
        start = text.content.index(caret, start)
    span = text.span(start, start + len(caret if caret is not None else needle))
    got = excerpt(text, span, secrets, redactor(secrets))
    assert got is not None
    return got.text, got.text[got.start - 1 : got.end - 1]


# Which names are secret


SECRET_NAMES = """
apiKey api_key api-key API_KEY apikey APIKey OPENAI_APIKEY LITELLM_MASTER_KEY master_key key
keys azure_ad_token client_secret botToken appToken token tokens x-api-key X-API-Key password
POSTGRES_PASSWORD authorization Authorization proxy-authorization subscription-key apiKey2
Ocp-Apim-Subscription-Key API_KEY_2 AZURE_API_KEY_EU litellm.api.key aws_secret_access_key
aws_access_key_id secret passwd SMTP_PASS GITHUB_PAT LITELLM_SALT_KEY primaryKey
LANGFUSE_PUBLIC_KEY accessTokens privateKey token_secret APIKEYs
"""


@pytest.mark.parametrize("name", SECRET_NAMES.split())
def test_secret_names_are_recognised(name: str) -> None:
    assert names_secret(name)


HARMLESS_NAMES = """
maxTokens max_tokens contextTokens context_tokens token_limit tokenLimit tokenizer
maxTokensField key_alias keyName key_name keyPath key_file token_url tokenUrl TOKEN_ENDPOINT
max_completion_tokens reserveTokens reserveTokensFloor input_cost_per_token keyboard keyword
output_cost_per_reasoning_token tokens_per_minute_limit promptCacheKey prompt_cache_key
key_management_system key_management_settings monkey hotkey model api_base apiVersion name
litellm_key_header_name secretRef pass_through_endpoints upperbound_key_generate_params
custom_key_generate public_key_ttl PWD JWT_PUBLIC_KEY_URL secretary keychain
"""


@pytest.mark.parametrize("name", HARMLESS_NAMES.split())
def test_harmless_names_are_not_secret(name: str) -> None:
    assert not names_secret(name)


# Which values are secret


@pytest.mark.parametrize(
    "content",
    [
        f"api_key: {KEY}",
        f"a: [{{litellm_params: {{api_key: '{KEY}'}}}}]",
        f"models: {{providers: {{other: {{apiKey: {KEY}}}}}}}",
        f"LITELLM_MASTER_KEY: {KEY}",
        f"keys: [{KEY}]",
        f"keys: [{{name: prod, value: {KEY}}}]",
        f"apiKey: {{value: {KEY}}}",
        f"api_key: {KEY}\napi_keys: x",
        f"extra_headers: {{X-Whatever: {KEY}}}",
        f"headers: {{x: [{KEY}]}}",
        f"default_headers: {{Authorization: Bearer {KEY}}}",
        f"authorization: Bearer {KEY}",
        f"environment: [LITELLM_MASTER_KEY={KEY}]",
        f"environment: ['LITELLM_MASTER_KEY=${{OLD:-{KEY}}}']",
        f"environment: {{LITELLM_MASTER_KEY: {KEY}}}",
        f"env: {{vars: {{AZURE_API_KEY: {KEY}}}}}",
        f"environment_variables: {{AZURE_API_KEY: {KEY}}}",
        f"x: http://user:{KEY}@host/v1",
        f"x: http://{KEY}@host/v1",
        f"DATABASE_URL: postgresql://u:{KEY}@db:5432/litellm",
        f"DATABASE_URL: ${{DATABASE_URL:-postgresql://u:{KEY}@db:5432/litellm}}",
        f"'http://user:{KEY}@host': 1",
        f"x: https://h.example/openai?api-version=1&api-key={KEY}",
        f"x: https://h.example/openai?subscription-key={KEY}&x=1",
        f"x: https://h.example/blob?sp=r&sig={KEY}",
        f"x: Endpoint=https://h;AccountKey={KEY};x=1",
        f"command: litellm --api_key {KEY} --port 4000",
        f"command: litellm --api_key={KEY} --port 4000",
        f"command: ['--api_key', '{KEY}']",
        f"command: sh -c 'export LITELLM_KEY={KEY} && litellm'",
        f"x: 'curl -H \"Authorization: Bearer {KEY}\"'",
        f"x: &k {KEY}\napi_key: *k",
        f"base: &b {{api_key: {KEY}}}\nother: {{<<: *b}}",
        f"api_key: ${{LITELLM_KEY:-{KEY}}}",
        f"api_key: ${{A:-${{B:-{KEY}}}}}",
        f"secrets: {{main: {KEY}}}",
        f"secrets: [{KEY}]",
        f"api_key: |\n  {KEY}\n",
        f"api_key: one\napi_key: {KEY}",
    ],
)
def test_canary_is_found_at_every_place(content: str) -> None:
    text = Text("/x/config.yaml", content)
    source = parse_yaml(text)
    if not isinstance(source, Source):  # the parser may refuse a duplicate key
        secrets = [*secrets_in_unparsed(text)]
    else:
        secrets = [*secrets_in(source.root)]
    hide = redactor(secrets)
    assert KEY in {secret.value.strip() for secret in secrets}
    assert KEY[:9] not in redact_text(hide, f"401: {KEY} is wrong")
    number = content[: content.index(KEY)].count("\n") + 1
    span = Span(text.path, Position(number, 1), Position(number, 2))
    got = excerpt(text, span, secrets, hide)
    assert got is not None
    assert "canary" not in got.text
    assert MARK in got.text


@pytest.mark.parametrize(
    "content",
    [
        "api_key: os.environ/AZURE_API_KEY",
        "api_key: os.environ.AZURE_API_KEY",
        "api_key: os.environ/azure-openai-key",
        "authorization: Bearer os.environ/AZURE_API_KEY",
        "api_key: os.environ['AZURE_API_KEY']",
        "api_key: ${AZURE_API_KEY}",
        "api_key: ${AZURE_API_KEY",
        "api_key: ${AZURE_API_KEY:-}",
        "api_key: ${AZURE_API_KEY:-${LITELLM_MASTER_KEY}}",
        "api_key: ${AZURE_API_KEY:?set AZURE_API_KEY first}",
        "api_key: $AZURE_API_KEY",
        "api_key: '{{AZURE_API_KEY}}'",
        "api_key: AZURE_API_KEY",
        "authorization: Bearer ${AZURE_API_KEY}",
        "headers: {authorization: 'Bearer ${AZURE_API_KEY}', Content-Type: application/json}",
        "headers: {Accept: text/event-stream, user-agent: openclaw-gateway/1.0}",
        "environment: [LITELLM_MASTER_KEY, 'LITELLM_MASTER_KEY=${LITELLM_MASTER_KEY}', A=b]",
        "x: http://${DB_USER}:${DB_PASSWORD}@host",
        "api_key: your-litellm-key",
        "api_key: <your-key>",
        "api_key: sk-...",
        "api_key: ''",
        "api_key:",
        "apiKey: {source: env, provider: default, id: LITELLM_PROD}",
        "apiKey: {source: exec, provider: vault, id: litellm/api-key}",
        "keyRef: {source: env, provider: default, id: litellm-prod}",
        "primaryKey: true",
        "supportsPromptCacheKey: true",
        "maxTokens: 128000",
        "max_tokens: '128000'",
        "tokens: 128000",
        "tokens: '128000'",
        "input_cost_per_token: 0.00000125",
        "maxTokensField: max_completion_tokens",
        "key_alias: production-team",
        "services: {litellm: {secrets: [litellm_master_key]}}",
        "secrets: {db: {file: ./db-secret.txt}}",
        "secrets: {providers: {default: {source: env, allowlist: [SOME_NAME]}}}",
        "x: https://contoso.openai.azure.com:443/openai?api-version=2024-10-21&x=@y",
        "x: http://[::1]:4000/a@b",
        "x: a@b.example",
        "models: [{name: gpt-4o-mini-2024-07-18, litellm_params: {model: azure/gpt-4o-mini}}]",
    ],
)
def test_harmless_values_are_shown(content: str) -> None:
    assert values(content) == set()


def test_parts_have_their_own_spans() -> None:
    line = f'x: "postgresql://user:{KEY}@db/litellm"'
    assert shown(line, line) == ((masked := f'x: "postgresql://user:{MARK}@db/litellm"'), masked)
    line = f"api_key: ${{LITELLM_KEY:-{KEY}}}"
    assert shown(line, line)[0] == f"api_key: ${{LITELLM_KEY:-{MARK}}}"
    line = f"api_key: Bearer {KEY}"
    assert shown(line, line)[0] == f"api_key: Bearer {MARK}"
    line = f'x: "\\x70ostgresql://user:{KEY}@db"'
    assert shown(line, line)[0] == f'x: "{MARK}"'


def test_a_key_in_place_of_its_variable_is_secret() -> None:
    line = f"api_key: os.environ/{KEY}"
    assert values(line) == {KEY}
    assert shown(line, line)[0] == f"api_key: os.environ/{MARK}"
    assert values("api_key: Bearer os.environ/sk-1234") == {"sk-1234"}
    assert values("api_key: os.environ/") == set()


def test_numbers_and_dates_of_a_secret_name_are_secret() -> None:
    assert values("master_key: 1234567890") == {"1234567890"}
    assert values("password: 2024-01-01") == {"2024-01-01"}
    assert values("headers: {x: 12345678}") == {"12345678"}


def test_encoded_credentials_are_found() -> None:
    pair = base64.b64encode(f"admin:{KEY}".encode()).decode()
    assert KEY in values(f"headers: {{Authorization: Basic {pair}}}")
    hide = redactor(secrets_in(yaml_root("x: http://admin:pw1@host")[1]))
    assert redact_text(hide, base64.b64encode(b"admin:pw1").decode()) == MARK


def test_an_alias_bomb_ends() -> None:
    span = Span("/x", Position(1, 1), Position(1, 2))
    node = Node("sequence", span, items=(Node("string", span, "http://u:pw@host"),))
    for _ in range(64):
        node = Node("sequence", span, items=(node, node))
    assert "pw" in {secret.value for secret in secrets_in(node)}


def test_variables_with_secrets_are_found() -> None:
    _, root = yaml_root(
        "api_key: os.environ/A_KEY\n"
        "token: {source: env, provider: default, id: B_NAME}\n"
        "x: http://${DB_USER}:${DB_WORD}@host\n"
        "headers: {a: 'Bearer ${C_NAME}', b: D_NAME}\n"
        "password: pre-${E_NAME}-post\n"
        "environment: ['MY_KEY=${F_NAME:-${G_NAME}}']\n"
        "api_base: os.environ/NOT_THIS\n"
        "model: ${NOR_THIS}\n"
    )
    expected = {"A_KEY", "B_NAME", "DB_WORD", "C_NAME", "D_NAME", "E_NAME", "F_NAME", "G_NAME"}
    assert expected == set(variables_in(root))


# A file that does not parse


@pytest.mark.parametrize(
    "content",
    [
        f'{{"apiKey": "{KEY}", "a": }}',
        f'{{"apiKey": "{KEY}',
        f'{{apiKey: {KEY}" , a: 1',
        f'{{apiKey:\n  "{KEY}"',
        f'{{apiKey:\n"{KEY}"',
        f"{{apiKeys: [\n  'abc',\n  '{KEY}'",
        f"api_key: {KEY} # old\n  : x",
        f"  - LITELLM_MASTER_KEY={KEY}\n\t:",
        f"api_key: |\n    {KEY}\n   x: [",
        f"api_key: >-\r\n    {KEY}\r\n   x: [",
        f"api_key: 'it''s {KEY}\n",
        f'\\"apiKey\\": \\"{KEY}\\"',
        f"x: postgres://u:{KEY}@h/ [",
        "[ 8f3a1c9e77b24d5fa0c6e1d2b3948576 ]",
    ],
)
def test_canary_is_found_in_a_file_that_does_not_parse(content: str) -> None:
    text = Text("/x/broken", content)
    secrets = [*secrets_in_unparsed(text)]
    hide = redactor(secrets)
    key = KEY if KEY in content else "8f3a1c9e77b24d5fa0c6e1d2b3948576"
    assert redact_text(hide, f"see:{key}.") == f"see:{MARK}."
    for number in range(1, text.line_count + 1):
        span = Span(text.path, Position(number, 1), Position(number, 2))
        got = excerpt(text, span, secrets, hide)
        assert got is not None
        assert key[5:11] not in got.text


def test_short_secret_is_found_in_a_file_that_does_not_parse() -> None:
    text = Text("/x/broken", '{password: "abc", model: "gpt-4o",')
    assert shown_with(text, [*secrets_in_unparsed(text)], "model")[0] == (
        f'{{password: "{MARK}", model: "gpt-4o",'
    )


@pytest.mark.parametrize(
    "content",
    [
        '{"apiKey": "${LITELLM_KEY}", "maxTokens": 128000,',
        "api_key: os.environ/AZURE_API_KEY_2 # from the vault\n  model: azure/gpt-4o: x",
        "api_key: your-key\nmax_tokens: 4096\n",
        "apiKey: {\n  source: 'env',\n  provider: 'default',\n  id: 'LITELLM_PROD' ",
        "primaryKey: true,,",
        "api_key:\nmodel: azure/gpt-4o\n",
    ],
)
def test_harmless_values_of_a_file_that_does_not_parse_are_shown(content: str) -> None:
    assert [*secrets_in_unparsed(Text("/x", content))] == []


# Free text


FORMS: dict[str, Callable[[str], str]] = {
    "json": lambda s: json.dumps(s)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps(s)),
    "unicode json": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "quote": quote,
    "quote all": lambda s: quote(s, safe=""),
    "quote_plus": quote_plus,
    "lower hex": lambda s: quote(s, safe="").replace("%2F", "%2f").replace("%C3%A9", "%c3%a9"),
    "shell": shlex.quote,
    "repr": repr,
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 of a pair": lambda s: base64.b64encode(f"admin:{s}".encode()).decode(),
    "url-safe base64": lambda s: base64.urlsafe_b64encode(f"x{s}".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_spelling_is_hidden(form: str) -> None:
    secret = "q\"7/é w'\\x+Kn~Pz%9&<Lm"
    spelt = FORMS[form](secret)
    got = redact_text(redactor([Secret(secret)]), f"answer: {spelt}!")
    # Only ends shorter than a run and the characters around the secret remain.
    assert got.count(MARK) == 1
    assert len(got) <= len(f"answer: {MARK}!") + 24
    assert "Kn" not in got


def test_parts_of_a_secret_are_hidden() -> None:
    hide = redactor([Secret(KEY)])
    assert redact_text(hide, f"key {KEY[:8]}***") == f"key {MARK}***"
    assert redact_text(hide, f"key {KEY[:7]}***") == f"key {KEY[:7]}***"
    assert redact_text(hide, f"{KEY}{KEY} {KEY}") == f"{MARK} {MARK}"
    assert redact_text(hide, KEY[:12] + KEY[3:]) == MARK


def test_a_text_without_secrets_stays_the_same() -> None:
    text = "nothing to see"
    assert redact_text(redactor([Secret(KEY)]), text) is text
    assert redact_text(redactor([]), text) is text
    assert redact_text(redactor([Secret("short")]), "a short text") == "a short text"


def test_overlapping_secrets_are_hidden() -> None:
    hide = redactor([Secret("abcdefgh12"), Secret("12ijklmnop")])
    assert redact_text(hide, "[abcdefgh12ijklmnop]") == f"[{MARK}]"
    assert redact_text(hide, "[abcdefgh1212ijklmnop]") == f"[{MARK}]"


def test_a_pem_key_is_hidden_with_any_line_end() -> None:
    body = [base64.b64encode(bytes([i]) * 48).decode() for i in range(40)]
    lines = ["-----BEGIN PRIVATE KEY-----", *body, "-----END PRIVATE KEY-----"]
    hide = redactor([Secret("\n".join(lines) + "\n")])
    for joint in ("\n", "\r\n", "\\n", " ", "\n    "):
        got = redact_text(hide, joint.join(lines))
        assert got.replace(MARK, "").strip(joint + " ") == ""


def test_secrets_like_the_marker_are_hidden_once() -> None:
    for value in ("redacted", "<redacted>", "xyz<redac", "edacted>abc", "cted><reda"):
        hide = redactor([Secret(value)])
        text = f"a {value} xyz<redacted>abc <redacted><redacted> b"
        once = redact_text(hide, text)
        assert redact_text(hide, once) == once


PRINTABLE = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"])
SECRETS = st.text(PRINTABLE, min_size=8, max_size=40).map(str.strip).filter(lambda s: len(s) >= 8)
AROUND = st.text(PRINTABLE, max_size=30)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(SECRETS, SECRETS, AROUND, AROUND, AROUND, st.integers(0, 30), st.integers(0, 30))
def test_no_run_of_a_secret_remains(
    first: str, second: str, a: str, b: str, c: str, start: int, end: int
) -> None:
    hide = redactor([Secret(first), Secret(second)])
    text = a + first[start:] + b + second[: len(second) - end] + c + first
    got = redact_text(hide, text)
    rest = got.split(MARK)
    for secret in (first, second):
        for i in range(len(secret) - 7):
            assert all(secret[i : i + 8] not in part for part in rest)
    assert redact_text(hide, got) == got
    assert MARK + MARK not in got or MARK in text


def test_work_is_in_proportion_to_the_text() -> None:
    secrets = [
        Secret(base64.b64encode(f"{i:05}-secret-{i * 7919}".encode()).decode()) for i in range(200)
    ]
    hide = redactor(secrets)
    body = "".join(f'{{"index": {i}, "value": "nothing"}} ' for i in range(2000))

    def work(size: int) -> Callable[[], object]:
        text = body[: size // 2] + secrets[7].value + body[size // 2 : size]
        assert MARK in redact_text(hide, text)
        return lambda: redact_text(hide, text)

    assert_proportional(work, 30_000)


@pytest.mark.parametrize("start", ["", "apiKey: "])
@pytest.mark.parametrize("piece", ["://a:", "key=", '"', "sk-", "a"])
def test_hostile_lengths_take_work_in_proportion(piece: str, start: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = Text("/x", start + piece * (size // len(piece)))
        return lambda: list(secrets_in_unparsed(text))

    assert_proportional(work, 30_000)


# Excerpts


def test_the_caret_moves_with_the_text() -> None:
    line = f'{{"apiKey": "{KEY}", "model": "gpt-4o", "token": "abc"}}'
    text, root = json_root(line)
    secrets = [*secrets_in(root)]
    masked = f'{{"apiKey": "{MARK}", "model": "gpt-4o", "token": "{MARK}"}}'
    for caret, expected in (
        ('"apiKey"', '"apiKey"'),
        (f'"{KEY}"', f'"{MARK}"'),
        (KEY, MARK),
        (KEY[3:9], MARK),
        (KEY[3:] + '", "mo', MARK + '", "mo'),
        ('"gpt-4o"', '"gpt-4o"'),
        ('"abc"', f'"{MARK}"'),
        ("}", "}"),
    ):
        assert shown_with(text, secrets, caret) == (masked, expected)
    end = text.span(len(line), len(line))
    got = excerpt(text, end, secrets, redactor(secrets))
    assert got == Excerpt(1, masked, len(masked) + 1, len(masked) + 1)


def test_a_key_is_hidden_at_other_places_too() -> None:
    content = f"api_key: {KEY}\nmodel: azure/{KEY}-x\n"
    assert shown(content, "model", f"azure/{KEY}-x") == (
        f"model: azure/{MARK}-x",
        f"azure/{MARK}-x",
    )


def test_secrets_on_several_lines_are_hidden() -> None:
    content = f"a: 1\napi_key: |\n  first line\n\n  {KEY}\nmodel: x\n"
    assert shown(content, "api_key")[0] == f"api_key: {MARK}"
    assert shown(content, "first")[0] == f"  {MARK}"
    assert shown(content, KEY)[0].strip() == MARK
    assert shown(content, "model")[0] == "model: x"
    nested = "a:\n  api_key: |\n    abc def\n  model: x\n"
    assert shown(nested, "abc")[0] == f"    {MARK}"
    assert shown(nested, "model")[0] == "  model: x"
    assert shown(content, content[5:40])[1] == f"api_key: {MARK}"
    quoted = 'api_key: "abc\n  def"\nmodel: x\n'
    assert shown(quoted, "api_key")[0] == f'api_key: "{MARK}'
    assert shown(quoted, "def")[0] == f'  {MARK}"'


def test_an_old_key_in_a_comment_is_hidden() -> None:
    content = f"model: azure/gpt-4o # api_key: {KEY}\napi_key: ${{A_KEY}}  # was abc12-{KEY}\n"
    assert shown(content, "azure/gpt-4o") == (
        f"model: azure/gpt-4o # api_key: {MARK}",
        "azure/gpt-4o",
    )
    assert KEY not in shown(content, "${A_KEY}")[0]
    plain = "model: azure/gpt-4o # see https://docs.example/azure\n"
    assert shown(plain, "model")[0] == plain.rstrip()


def test_control_characters_keep_columns() -> None:
    text = Text("/x", "a\x1b[31mb\tc\u202ed\ud800e")
    got = excerpt(text, text.span(6, 9), [], Redactor())
    assert got == Excerpt(1, "a\ufffd[31mb\tc\ufffdd\ufffde", 7, 10)


def test_a_missing_line_has_no_excerpt() -> None:
    text = Text("/x", "a")
    assert excerpt(text, Span("/y", Position(1, 1), Position(1, 2)), [], Redactor()) is None
    assert excerpt(text, Span("/x", Position(2, 1), Position(2, 2)), [], Redactor()) is None
    far = Span("/x", Position(1, 7), Position(1, 9))
    assert excerpt(text, far, [], Redactor()) == Excerpt(1, "a", 2, 2)


LETTERS = st.text("abcdeé中\"' ,:", max_size=8)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(LETTERS, st.text("XYZ0", min_size=1, max_size=12)), max_size=4),
    LETTERS,
    st.integers(0, 80),
    st.integers(0, 80),
)
def test_the_caret_covers_the_same_text(
    parts: list[tuple[str, str]], tail: str, left: int, right: int
) -> None:
    line, spans = "", []
    for around, secret in parts:
        line += around
        spans.append((len(line), len(line) + len(secret)))
        line += secret
    line += tail
    text = Text("/x", line)
    left, right = sorted((min(left, len(line)), min(right, len(line))))
    secrets = [Secret(line[a:b], text.span(a, b)) for a, b in spans]
    hide = redactor(secrets)
    assume(all(redact_text(hide, around) == around for around, _ in parts))
    got = excerpt(text, text.span(left, right), secrets, hide)
    assert got is not None
    hidden = {i for a, b in spans for i in range(a, b)}
    kept = [i for i in range(left, right) if i not in hidden]
    assert got.text[got.start - 1 : got.end - 1].replace(MARK, "") == "".join(
        map(line.__getitem__, kept)
    )
    # Adjacent secrets share a marker, which also covers a caret between them.
    if hidden.isdisjoint(range(left, right)) and not {left - 1, left} <= hidden:
        assert got.text[got.start - 1 : got.end - 1] == line[left:right]
    assert not any(char in got.text for char in "XYZ0")


# The report


def full_report() -> Report:
    span = Span(f"/home/{KEY}/x.yaml", Position(1, 2), Position(1, 5))
    place = Place(span.path, f"/a/{KEY}", span, KEY, Excerpt(1, f"k: {KEY} x", 4, 25))
    finding = reported(
        Severity.ERROR,
        f"bad {KEY}",
        detail=f"\x1b[31m{KEY}\x1b[0m\x07",
        place=place,
        title=KEY,
        consequence=KEY,
        related=(place,),
        evidence=(Evidence("http", KEY, 401, f'{{"key": "{KEY}"}}\r\n'),),
        fixes=(
            Fix(
                KEY,
                "safe",
                (Edit(span, f"api_key: {KEY}\r\n"),),
                KEY,
                (Command(f"export K={KEY}"), Step(f"put {KEY} away")),
            ),
        ),
        subjects=(KEY,),
        code="LL101",
        name="litellm-config",
        stage="openclaw",
        routes=(KEY,),
    )
    route = RouteLine(
        KEY, (KEY,), KEY, (), "broken", "openclaw", hops=(("openclaw", Outcome.FAILED),)
    )
    check = CheckOutcome("LL101", "litellm-config", "openclaw", Outcome.NOT_APPLICABLE, KEY, (KEY,))
    return Report(
        "0.1.0",
        usage_error=KEY,
        verdict="degraded",
        answers_with=KEY,
        inputs=(Input("openclaw", KEY, True, KEY),),
        versions={"openclaw": Version(KEY, KEY), "litellm": None},
        routes=(route,),
        findings=(finding,),
        checks=(check,),
        proxies=(KEY,),
    )


def test_no_string_of_a_report_holds_a_secret() -> None:
    report = redact_report(full_report(), redactor([Secret(KEY)]))
    assert "canary" not in repr(report)
    finding = report.findings[0]
    assert finding.detail == MARK
    assert finding.evidence[0].body == f'{{"key": "{MARK}"}}\n'
    assert finding.evidence[0].status == 401
    assert finding.fixes[0].edits[0].text == f"api_key: {MARK}\r\n"
    assert finding.place is not None
    assert finding.place.pointer == f"/a/{MARK}"
    assert finding.place.excerpt == Excerpt(1, f"k: {MARK} x", 4, 14)
    assert redact_report(report, redactor([Secret(KEY)])) == report


def test_the_vocabulary_stays_unchanged() -> None:
    words = ["litellm-config", "openclaw", "not-applicable", "degraded", "LL101-LL101"]
    before = full_report()
    report = redact_report(before, redactor([Secret(word) for word in words]))
    assert report.verdict == "degraded"
    assert report.findings[0].name == "litellm-config"
    assert report.findings[0].stage == "openclaw"
    assert report.routes[0].hops == before.routes[0].hops
    assert report.routes[0].broken_at == "openclaw"
    assert report.checks[0].outcome is Outcome.NOT_APPLICABLE
    assert report.inputs[0].kind == "openclaw"
    assert set(report.versions) == {"openclaw", "litellm"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[1;31mb\x1b[0m", "ab"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://x\x1b\\b", "ab"),
        ("a\x1bPq\x1b\\b", "ab"),
        ("a\x9b31mb\x85", "ab"),
        ("a\x1b]unfinished", "aunfinished"),
        ("a\x00\x08\x7fb\r\n\tc", "ab\n\tc"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("a\ud800b", "a\ufffdb"),
        (f"{KEY[:5]}\x1b[0m{KEY[5:]}", MARK),
    ],
)
def test_terminal_sequences_are_removed(text: str, expected: str) -> None:
    report = redact_report(replace(Report("1"), usage_error=text), redactor([Secret(KEY)]))
    assert report.usage_error == expected
