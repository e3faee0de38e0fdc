"""Excerpts of a file that does not parse: nothing that could be a key is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from marked import BROKEN, lines, marked, shown
from steps import assert_proportional

from clawdoctor.redaction.hide import redact_text
from clawdoctor.redaction.unparsed import credentials_in_unparsed
from clawdoctor.source.secret import HIDDEN

KEY = "Zq7-canaryK3yWm0PvLx9"
WORD = "hunterhunter"


@pytest.mark.parametrize("key", [KEY, WORD])
@pytest.mark.parametrize(
    "content",
    [
        '{{"apiKey": "{}", "a": }}',
        '{{"apiKey": "{}',
        '{{apiKey: {}" , a: 1',
        '{{apiKey:\n  "{}"',
        '{{apiKey:\n"{}"',
        "{{apiKeys: [\n  'abc',\n  '{}'",
        "api_key: {} # old\n  : x",
        "  - LITELLM_MASTER_KEY={}\n\t:",
        "  - ANYTHING={}\n\t:",
        "api_key: |\n    {}\n   x: [",
        "api_key: >-\r\n    {}\r\n   x: [",
        "api_key: 'it''s {}\n",
        '\\"apiKey\\": \\"{}\\" [',
        "api_base: postgres://u:{}@h/ [",
        "[ {} ",
        "vertex_credentials: {} ]",
        '{{"env": {{"vars": {{"FOO": "{}"}}}}, "a": }}',
        '{{"model": "azure/x, "apiKey": "{}", }}}}',
        '{{"model": "azure/x", "apiKye": "{}", }}}}',
        "{{model: azure/x apiKey {} ]",
        "model: azure/x # {} [",
        "# {}\n]",
    ],
)
def test_no_line_shows_a_canary(content: str, key: str) -> None:
    content = content.format(key)
    assert key[:8] not in lines(content, BROKEN)
    assert key[-8:] not in lines(content, BROKEN)


def test_a_short_secret_is_hidden() -> None:
    content = '{password: "abc", model: "gpt-4o",'
    assert shown(content, "model", path=BROKEN)[0] == f'{{password: "{HIDDEN}", model: "gpt-4o",'


@pytest.mark.parametrize(
    "content",
    [
        '{"apiKey": "${LITELLM_KEY}", "maxTokens": 128000,',
        "api_key: os.environ/AZURE_API_KEY ]",
        "api_key: your-key\nmax_tokens: 4096\n]",
        "primaryKey: true,,]",
        "api_key:\nmodel: azure/gpt-4o\n]",
        '{ "model": "azure/gpt-4o" "api_base": "https://contoso.openai.azure.com" ',
        "- model_name: gpt-5.2\n   litellm_params: [",
        'name: "GPT-5.2 (Azure)", id: gpt-4o ]',
    ],
)
def test_harmless_values_are_shown(content: str) -> None:
    assert lines(content, BROKEN) == content


def test_a_password_of_a_broken_file_is_hidden_in_every_other_text() -> None:
    _, hide = marked(f'{{"apiKey": "{WORD}", ', BROKEN)
    assert redact_text(hide, f"401: {WORD}") == f"401: {HIDDEN}"


@pytest.mark.parametrize("start", ["", "apiKey: ", "model: "])
@pytest.mark.parametrize("piece", ["://a:", "key=", '"', "sk-", "a", "\\", "[", "a: ", "#"])
def test_hostile_lengths_take_work_in_proportion(piece: str, start: str) -> None:
    def work(size: int) -> Callable[[], object]:
        text = start + piece * (size // len(piece))
        return lambda: list(credentials_in_unparsed(text))

    assert_proportional(work, 30_000)
