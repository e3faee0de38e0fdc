"""The reasons that people give, without what could be a password in them."""

from __future__ import annotations

import pytest

from clawdoctor.redaction.prose import shown_prose


@pytest.mark.parametrize(
    "text",
    [
        "The gateway's own rate limit applies (see OPS-42, #17); until 2026-12-31.",
        "one model is enough - for now",
        "LiteLLM 1.106.2 needs it: https://github.com/acme/agent/issues/12.",
    ],
)
def test_prose_is_shown(text: str) -> None:
    assert shown_prose(text) == text


@pytest.mark.parametrize("word", ["Fj0rd&Moonb3am!", "839204756102", "hunter2", "a_b", "x=y"])
def test_another_word_is_hidden(word: str) -> None:
    assert shown_prose(f"the old {word} is here") == "the old <hidden> is here"
