"""The parts of a string that may be secret, exactly."""

from __future__ import annotations

import pytest

from clawdoctor.redaction.secret_part import parts_of_any, parts_of_secret


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("https://x/y?sig=abcdef12&signature=ghijkl34&v=1", ["abcdef12", "ghijkl34"]),
        ('--api-key="plainword" --port=4000', ["plainword"]),
        ("--api-key='plainword'", ["plainword"]),
        ("api_key=x", ["x"]),
        ('--token "plainword" --port 4000', ['"plainword"'[1:-1]]),
        ("--token p", ["p"]),
        ("postgresql://user:plainword@db/litellm", ["plainword"]),
        ("https://plainuser@host/", ["plainuser"]),
        ("${API_KEY:-plainword} and ${PORT:-4000}", ["${API_KEY:-plainword}", "plainword"]),
        ("nothing=here", []),
    ],
)
def test_parts_under_any_name(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in parts_of_any(text)] == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plainword", ["plainword"]),
        ("Bearer plainword", ["plainword"]),
        ("os.environ/NAME", ["os.environ/NAME"]),
        ("Bearer os.environ/NAME", ["os.environ/NAME"]),
        ("os.environ/not-a-name!", ["not-a-name!"]),
        ("os.environ/${NAME}", ["${NAME}"]),
        ("a${NAME}b", ["a", "${NAME}", "b"]),
        ("${NAME:-plain}", ["${NAME:-plain}", "plain"]),
        ("Bearer ", ["Bearer "]),
        ("", [""]),
    ],
)
def test_parts_under_a_secret_name(text: str, parts: list[str]) -> None:
    assert [text[start:end] for start, end in parts_of_secret(text)] == parts
