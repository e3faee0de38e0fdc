"""What an excerpt of a parsed file shows: harmless settings, and nothing else."""

from __future__ import annotations

import base64

import pytest
from marked import lines, marked

from clawdoctor.redaction.hide import redact_text
from clawdoctor.redaction.regions import Marked, mark
from clawdoctor.source.node import Node
from clawdoctor.source.secret import HIDDEN
from clawdoctor.source.text import Position, Span

KEY = "Zq7-canaryK3yWm0PvLx9"
WORD = "hunterhunter"


@pytest.mark.parametrize("key", [KEY, WORD])
@pytest.mark.parametrize(
    "content",
    [
        "api_key: {}",
        "api_keyy: {}",
        "apiKye: {}",
        "apikee: {}",
        "whatever: {}",
        "a: [{{litellm_params: {{api_key: '{}'}}}}]",
        "models: {{providers: {{other: {{apiKey: {}}}}}}}",
        "LITELLM_MASTER_KEY: {}",
        "keys: [{}]",
        "keys: [{{name: prod, value: {}}}]",
        "apiKey: {{value: {}}}",
        "api_key: {}\napi_keys: x",
        "extra_headers: {{X-Whatever: {}}}",
        "headers: {{x: [{}]}}",
        "default_headers: {{Authorization: Bearer {}}}",
        "authorization: Bearer {}",
        "environment: [LITELLM_MASTER_KEY={}]",
        "environment: [ANYTHING={}]",
        "environment: ['LITELLM_MASTER_KEY=${{OLD:-{}}}']",
        "environment: {{LITELLM_MASTER_KEY: {}}}",
        "env: {{vars: {{AZURE_API_KEY: {}}}}}",
        "env: {{vars: {{FOO: {}}}}}",
        "environment_variables: {{AZURE_API_KEY: {}}}",
        "api_base: http://user:{}@host/v1",
        "api_base: http://{}@host/v1",
        "api_base: http://{}:@host/v1",
        "api_base: {}",
        "api_version: {}",
        "vertex_credentials: {}",
        "api_key: 'pre{{{}}}'",
        "api_key: 'pre{{{{{}}}}}'",
        "api_key: 'pre${{{}}}post'",
        "password: pre-os.environ/{}",
        "headers: {{x: 'p${}'}}",
        "api_base: https://contoso.openai.azure.com:{}",
        "api_base: https://contoso.openai.azure.com:4000{}",
        "api_base: http://localhost:{}/v1",
        "api_base: https://u:{}",
        "api_base: https://u:a#b{}@h.example/v1",
        "api_base: 'https://contoso.openai.azure.com {}'",
        "api_base: https://contoso.openai.azure.com;key={}",
        "model: azure/my-gpt4o {}",
        "mode: {}",
        "type: {}",
        "level: {}",
        "routing_strategy: {}",
        "ports: ['4000:{}']",
        "timeout: {}",
        "environment: {{LITELLM_MODE: {}}}",
        "environment: {{AZURE_API_BASE: 'http://localhost:{}'}}",
        "command: ['-k', '{}']",
        "healthcheck: {{test: [CMD, curl, -u, 'admin:{}']}}",
        "command: curl --header 'x-key: {}' http://localhost:4000/health",
        "DATABASE_URL: postgresql://u:{}@db:5432/litellm",
        "DATABASE_URL: ${{DATABASE_URL:-postgresql://u:{}@db:5432/litellm}}",
        "'http://user:{}@host': 1",
        "api_base: https://h.example/openai?api-version=1&api-key={}",
        "api_base: https://h.example/openai?code={}",
        "api_base: https://h.example/{}/v1",
        "api_base: https://h.example/v1#{}",
        "x: Endpoint=https://h;AccountKey={};x=1",
        "command: litellm --api_key {} --port 4000",
        "command: litellm --api_key={} --port 4000",
        "command: litellm --whatever {} --port 4000",
        "command: ['--api_key', '{}']",
        "command: sh -c 'export LITELLM_KEY={} && litellm'",
        "command: 'curl -H \"Authorization: Bearer {}\"'",
        "x: &k {}\napi_key: *k",
        "base: &b {{api_key: {}}}\nother: {{<<: *b}}",
        "api_key: ${{LITELLM_KEY:-{}}}",
        "api_key: ${{A:-${{B:-{}}}}}",
        "secrets: {{main: {}}}",
        "secrets: [{}]",
        "api_key: |\n  {}\n",
        "api_key: one\napi_key: {}",
        "model: x # {}",
        "model: x  # api_key {}",
        "# {}",
    ],
)
def test_no_line_shows_a_canary(content: str, key: str) -> None:
    content = content.format(key)
    assert key[:8] not in lines(content)
    assert key[-8:] not in lines(content)


@pytest.mark.parametrize(
    "content",
    [
        "api_key: {}",
        "api_keyy: {}",
        "extra_headers: {{X-Whatever: {}}}",
        "authorization: Bearer {}",
        "environment: {{AZURE_API_KEY: {}}}",
        "api_base: http://user:{}@host/v1",
        "api_base: https://h.example/openai?code={}",
        "api_base: {}",
        "api_version: {}",
        "api_key: ${{LITELLM_KEY:-{}}}",
        "command: litellm --api_key {} --port 4000",
    ],
)
@pytest.mark.parametrize("key", [KEY, WORD])
def test_a_credential_of_a_file_is_hidden_in_every_other_text(content: str, key: str) -> None:
    _, hide = marked(content.format(key))
    assert redact_text(hide, f"401: {key} is wrong") == f"401: {HIDDEN} is wrong"


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
        "api_key: $AZURE_API_KEY",
        "api_key: '{{AZURE_API_KEY}}'",
        "api_key: AZURE_API_KEY",
        "authorization: Bearer ${AZURE_API_KEY}",
        "headers: {authorization: 'Bearer ${AZURE_API_KEY}', Content-Type: application/json}",
        "environment: [LITELLM_MASTER_KEY, 'LITELLM_MASTER_KEY=${LITELLM_MASTER_KEY}']",
        "environment: {PORT: '4000', AZURE_API_VERSION: 2024-10-21}",
        "environment: {AZURE_API_BASE: 'https://contoso.openai.azure.com/'}",
        "environment: {OPENCLAW_MODEL: azure/gpt-4o-mini}",
        "api_key: your-litellm-key",
        "api_key: <your-key>",
        "api_key: sk-1234",
        "api_key: ''",
        "api_key:",
        "apiKey: {source: env, provider: default, id: LITELLM_PROD}",
        "apiKey: {source: exec, provider: vault, id: litellm/api-key}",
        "primaryKey: true",
        "maxTokens: 128000",
        "max_tokens: '128000'",
        "input_cost_per_token: 1.2e-6",
        "whatever: true",
        "drop_parms: true",
        "maxTokensField: max_completion_tokens",
        "image: ghcr.io/berriai/litellm:main-v1.81.3-stable",
        "ports: ['127.0.0.1:4000:4000/tcp']",
        "volumes: ['./litellm_config.yaml:/app/config.yaml:ro']",
        "command: ['--config', /app/config.yaml, --port, '4000', --detailed_debug]",
        "api_base: https://contoso.openai.azure.com:443/openai/deployments/my-gpt/chat/completions",
        "api_base: https://contoso.openai.azure.com/?api-version=2024-10-21",
        "api_base: https://gptkb-d3g3thoxsz5ve.openai.azure.com",
        "api_base: ' https://contoso.openai.azure.com/openai/v1 '",
        "api_base: contoso.openai.azure.com",
        "api_base: https://${RESOURCE}.openai.azure.com",
        "baseUrl: http://localhost:4000/v1/v1",
        "baseUrl: http//localhost:4000/v1",
        "api_version: 2024-10-21",
        "api_version: '2024-10-99'",
        "api_version: v1",
        "api_version: gpt-4o",
        "model: azure/my-gpt52-codex-eastus2-prod",
        "model: azure/${AZURE_DEPLOYMENT}",
        "model: azure/os.environ/AZURE_DEPLOYMENT",
        "models: [{name: 'GPT-5.2 (Azure)', id: gpt-4o-mini-2024-07-18}]",
        "fallbacks: [{gpt-5.2: [gpt-4o, my-fallback]}]",
        "routing_strategy: simple-shuffle",
        "api: openai-completions",
    ],
)
def test_a_harmless_setting_is_shown(content: str) -> None:
    assert lines(content) == content


def test_an_unknown_setting_is_hidden_only_at_its_place() -> None:
    content = "note: the proxy cannot answer\nother: proxy\nmore: openclaw\n"
    assert lines(content) == f"note: {HIDDEN}\nother: {HIDDEN}\nmore: {HIDDEN}\n"
    _, hide = marked(content)
    for text in ("openclaw: the proxy cannot", "your proxy cannot answer"):
        assert redact_text(hide, text) == text
    assert redact_text(hide, "is the proxy cannot answer") == f"is {HIDDEN}"


def test_a_hidden_value_that_another_setting_shows_stays_in_other_texts() -> None:
    _, hide = marked("note: openai-completions\napi: openai-completions\n")
    assert redact_text(hide, "api: openai-completions") == "api: openai-completions"


def test_the_sentence_for_an_unset_variable_is_no_credential() -> None:
    _, hide = marked(
        "environment: {AZURE_API_KEY: '${AZURE_API_KEY:?set it in .env or the shell}'}"
    )
    text = "Compose takes it from the shell, or from .env or the file"
    assert redact_text(hide, text) == text
    _, hide = marked(f"environment: {{AZURE_API_KEY: '${{AZURE_API_KEY:?not {KEY}}}'}}")
    assert KEY not in redact_text(hide, f"401: {KEY} is wrong")


def test_a_hidden_part_has_its_own_span() -> None:
    line = f'api_base: "https://user:{KEY}@db.example/v1"'
    assert lines(line) == f'api_base: "https://{HIDDEN}@db.example/v1"'
    assert lines(f"api_key: ${{LITELLM_KEY:-{KEY}}}") == f"api_key: ${{LITELLM_KEY:-{HIDDEN}}}"
    assert lines(f"api_key: Bearer {KEY}") == f"api_key: Bearer {HIDDEN}"
    assert lines(f'api_key: "\\x70re{KEY}"') == f'api_key: "{HIDDEN}"'


def test_a_key_in_place_of_its_variable_is_hidden() -> None:
    assert lines(f"api_key: os.environ/{KEY}") == f"api_key: os.environ/{HIDDEN}"


def test_numbers_and_dates_of_a_secret_name_are_hidden() -> None:
    for content in ("master_key: 1234567890", "password: 2024-01-01", "headers: {x: 12345678}"):
        value = content.rpartition(" ")[2].rstrip("}")
        assert value not in lines(content)
    assert lines("whatever: 12345678") == f"whatever: {HIDDEN}"


def test_the_password_of_a_basic_header_is_hidden_as_it_is_meant() -> None:
    pair = base64.b64encode(f"admin:{WORD}".encode()).decode()
    _, hide = marked(f"headers: {{Authorization: Basic {pair}}}")
    assert redact_text(hide, f"no user with {WORD}") == f"no user with {HIDDEN}"
    assert pair not in redact_text(hide, pair)


def test_an_alias_bomb_ends() -> None:
    span = Span("/x", Position(1, 1), Position(1, 2))
    node = Node("sequence", span, items=(Node("string", span, "http://u:plainword@host"),))
    for _ in range(64):
        node = Node("sequence", span, items=(node, node))
    found = mark(node, [])  # a failing comparison would write the whole tree
    phrases = frozenset({"http://u:plainword@host"})
    assert found == Marked((), frozenset({"u:plainword"}), phrases)


@pytest.mark.parametrize("word", ["CORRECTHORSE", "CorrectHorse9"])
def test_a_word_after_a_dollar_sign_in_a_password_is_hidden(word: str) -> None:
    assert lines(f'api_key: "Tr0ub${word}"') == f'api_key: "{HIDDEN}"'
    assert lines('api_key: "sk-${MY_PART}"') == f'api_key: "{HIDDEN}${{MY_PART}}"'


def test_a_number_like_a_date_in_a_variable_is_hidden() -> None:
    assert lines("environment: {PIN: '20731199'}") == f"environment: {{PIN: '{HIDDEN}'}}"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("api_version: os.envrion/AZURE_API_VERSION", 'api_version: "2025-04-01-preview"'),
        ("custom_auth: custom_auth.user_api_key_auth", "OPENROUTER_API_KEY is not set"),
        ("database_url: postgresql://litellm:{secret}@db/litellm", "general_settings.litellm_x"),
    ],
)
def test_words_of_a_hidden_value_stay_in_other_texts(line: str, text: str) -> None:
    written = f"general_settings:\n  {line.format(secret='hq7-Zr2k9Lx41w')}\n"
    _, hide = marked(written)
    assert redact_text(hide, text) == text
