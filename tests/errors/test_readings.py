"""Undo the wrapping of pasted texts, and show safe pieces of them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from steps import assert_proportional

from clawdoctor.errors.readings import LIMIT, one_line, readings, shown

MESSAGE = "azure does not support parameters: ['store'], for model=my-gpt4o"


def test_a_plain_line_has_one_reading() -> None:
    assert readings(MESSAGE) == (MESSAGE,)


@pytest.mark.parametrize("text", ["", " ", "\n\t\n", "\x1b[0m", "\u200b", "\x00"])
def test_an_invisible_text_has_no_reading(text: str) -> None:
    assert readings(text) == ()


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(f"  {MESSAGE}\n", id="margins"),
        pytest.param("azure does not\n   support parameters:\r\n['store'],\u2028for\xa0"
                     "model=my-gpt4o", id="line breaks"),
        pytest.param(f"\x1b[31;1m{MESSAGE[:10]}\x1b[0m{MESSAGE[10:]}", id="colour"),
        pytest.param(f"{MESSAGE[:9]}\x1b[38;5;1m{MESSAGE[9:]}\x1b[K", id="256 colours"),
        pytest.param(f"\x1b]0;a title\x07{MESSAGE}", id="title"),
        pytest.param(f"\x1b]8;;https://x.test\x1b\\{MESSAGE}\x1b]8;;\x1b\\", id="link"),
        pytest.param(f"[31m{MESSAGE[:9]}[0m{MESSAGE[9:]}", id="colour without its escape"),
        pytest.param(f"^[[31m{MESSAGE[:9]}^[[0m{MESSAGE[9:]}", id="colour in a pager"),
        pytest.param(MESSAGE.replace("'", "\u2019"), id="curly quotes"),
        pytest.param(MESSAGE.replace("'", "\\'"), id="python quotes"),
        pytest.param(MESSAGE.replace("'", "\\u0027"), id="unicode escape"),
        pytest.param(MESSAGE.replace("'", "\\\\u0027"), id="unicode escape, twice"),
        pytest.param(MESSAGE.replace("'", "\\xe2\\x80\\x99"), id="bytes literal"),
        pytest.param(MESSAGE.replace("'", "&#39;"), id="decimal entity"),
        pytest.param(MESSAGE.replace("'", "&#x27;"), id="hexadecimal entity"),
        pytest.param(MESSAGE.replace("'", "&amp;apos;"), id="entity of an entity"),
        pytest.param(MESSAGE.replace("n", "\u200bn"), id="zero width"),
        pytest.param(MESSAGE.replace(" not ", "\\nnot\\t"), id="escaped white space"),
        pytest.param(MESSAGE.replace("para", "\\u001b[1mpara"), id="escaped escape"),
        pytest.param("litellm-1  | azure does not support\nlitellm-1  | parameters: ['store'], "
                     "for model=my-gpt4o", id="docker compose"),
        pytest.param("2026-09-01T10:00:00.123Z azure does not support\n"
                     "2026-09-01T10:00:00.124Z parameters: ['store'], for model=my-gpt4o",
                     id="timestamps"),
        pytest.param("litellm-1  | 10:00:00 - LiteLLM Proxy:ERROR: utils.py:12 - azure does not\n"
                     "litellm-1  | support parameters: ['store'], for model=my-gpt4o",
                     id="LiteLLM's logger"),
        pytest.param("Sep  1 10:00:00 host openclaw[12]: [discord] azure does not support\n"
                     "Sep  1 10:00:00 host openclaw[12]: parameters: ['store'], for model=my-gpt4o",
                     id="journal"),
        pytest.param("[discord] [2026-09-01 10:00:00] ERROR: azure does not support\n"
                     "[discord] parameters: ['store'], for model=my-gpt4o", id="tags"),
        pytest.param("> azure does not support\n> parameters: ['store'], for model=my-gpt4o",
                     id="quoted"),
        pytest.param("│ azure does not support                │\n"
                     "│ parameters: ['store'], for model=my-gpt4o │", id="box"),
    ],
)  # fmt: skip
def test_the_wrapping_of_a_message_is_removed(pasted: str) -> None:
    assert readings(pasted)[0] == MESSAGE


def test_a_sentence_that_litellm_adds_without_a_space_is_apart() -> None:
    glued = "argument supplied: session_idNo fallback model group found for original model_group=x"
    assert "session_id No fallback model group found" in readings(glued)[0]


def test_nested_json_is_read() -> None:
    nested = MESSAGE.replace("'", '"')
    for _ in range(3):
        nested = json.dumps({"error": {"message": nested}})
    assert any(MESSAGE.replace("'", '"') in reading for reading in readings(nested))


def test_a_word_broken_by_the_terminal_is_joined() -> None:
    line = "litellm.BadRequestError: " + MESSAGE
    broken = "\n".join(line[start : start + 50] for start in range(0, len(line), 50))
    assert line in readings(broken)


def test_the_raw_text_stays_a_reading() -> None:
    path = r"C:\Users\new\.openclaw\openclaw.json"
    tag = "[agent/embedded] empty response"
    assert readings(path)[-1] == path
    assert readings(tag) == ("empty response", tag)


def test_surrogate_pairs_are_joined() -> None:
    assert readings(r"\ud83e\udd9e lobster")[0] == "🦞 lobster"
    assert readings("bad \udcff byte") == ("bad \ufffd byte",)


def test_impossible_characters_do_no_harm() -> None:
    assert readings(r"&#9999999; &#xffffff; \Uffffffff")[0] == "\ufffd \ufffd \ufffd"


def test_both_ends_of_a_long_text_are_read() -> None:
    long = f"first {'x ' * LIMIT} last"
    for reading in readings(long):
        assert reading.startswith("first")
        assert reading.endswith("last")
        assert len(reading) <= LIMIT + 1


PIECES = [
    "\\", "{", "\x1b", " ", "\n", "a\n", "\x1b[", "\x1b]", "\x1b]0;", "\x1b[0", "\\u", "\\x41",
    '\\"', "\\\\n", "&", "&#", "&#1", "&amp;", "│", "│ ", "> ", "[a]", "a |\n", "ERROR: ",
    "10:00:00 ", "\ud800", '{"a":"', "'", "[0m", "sk-", "eyJ", "api_key=",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_work_is_in_proportion_to_the_text(piece: str) -> None:
    assert_proportional(lambda size: _work(piece, size), LIMIT // 40)


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_the_longest_text_ends(piece: str) -> None:
    """Patterns in quadratic time would take hours."""
    _work(piece, LIMIT)()


def _work(piece: str, size: int) -> Callable[[], object]:
    text = (piece * (size // len(piece) + 1))[:size]
    return lambda: [shown(form, 120) for form in readings(text)]


@pytest.mark.parametrize(
    "secret",
    [
        "sk-1234567890abcdef",
        "0123456789abcdef0123456789ABCDEF",
        "A1b2" * 21,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "api_key=hunter2hunter2",
        'api-key": "hunter2hunter2',
        "Bearer hunter2hunter2",
    ],
)
def test_keys_are_not_shown(secret: str) -> None:
    text = shown(f"refused {secret} today", 120)
    assert text.startswith("refused ")
    assert "<hidden>" in text
    assert secret[-8:] not in text


def test_other_values_are_shown() -> None:
    text = "model gpt-5.2-codex, 7 tokens: max_tokens, request 20241105084500"
    assert shown(text, 120) == text
    assert shown("api_key: os.environ/AZURE_API_KEY", 120) == "api_key: os.environ/AZURE_API_KEY"


def test_pieces_are_cut_and_harmless() -> None:
    assert shown("a" * 50, 10) == "a" * 9 + "…"
    assert one_line("a\x1b[2J\x07b\nc\u202ed") == "ab cd"


def test_quotes_are_alike_in_the_first_reading_alone() -> None:
    first, *others = readings('Model "gpt-5" and `gpt-4` are gone')
    assert first == "Model 'gpt-5' and 'gpt-4' are gone"
    assert others == ['Model "gpt-5" and `gpt-4` are gone']


def test_a_path_in_json_stands_before_its_message() -> None:
    first = readings('{"path": "models.mode", "message": "Invalid input"}')[0]
    assert "models.mode: Invalid input" in first
