"""Secrets of a file that does not parse: on the line of their name, and on the lines below it."""

from __future__ import annotations

import pytest

from clawdoctor.redaction.unparsed import lexical_secrets


def found(content: str) -> set[str]:
    """The secrets; each has to stand where its offsets say."""
    secrets = list(lexical_secrets(content))
    assert [content[start:end] for _, start, end in secrets] == [value for value, *_ in secrets]
    return {value for value, *_ in secrets}


@pytest.mark.parametrize(
    ("content", "secrets"),
    [
        ("password:\n  correct horse\n", {"correct", "correct horse"}),
        ('"apiKey":\n    "plainword",\n  ]', {"plainword"}),
        ("password:\nplainword\n", {"plainword"}),
        ("password:\n\n   \n  plainword\n", {"plainword"}),
        ("  password:\n  plainword\n", {"plainword"}),
        ("password: |\n  plainword\n  otherword\nmodel: gpt\n", {"|", "plainword", "otherword"}),
        ("password: >- # mine\n  plainword\n", {">-", ">- # mine", "plainword"}),
        ("- password:\n    plainword\n- model: gpt\n", {"plainword"}),
        ("password:\n  value: plainword\n  file: x.txt\nmodel: gpt\n", {"plainword"}),
        ("password: [\n  plainword,\n  'otherword'\n", {"plainword", "otherword"}),
        ("secret:\n  password:\n    plainword\n  model: gpt\n", {"plainword", "gpt"}),
    ],
)
def test_a_value_below_its_name(content: str, secrets: set[str]) -> None:
    assert found(content) == secrets


@pytest.mark.parametrize(
    "content",
    [
        "password:\nmodel: gpt\n",
        "  password:\nmodel: gpt\n  plainword\n",
        "password:\n\nmodel: gpt\n  plainword\n",
        "model:\n  plainword\n",
        "max_tokens:\n  4096\n",
        "password: os.environ/PASSWORD\n  plainword\n",
        "apiKey:\n  id: plainword\n",
    ],
)
def test_what_is_not_below_a_secret_name(content: str) -> None:
    assert found(content) == set()


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        ('  "apiKey": "plainword", "model": "gpt" ]', {"plainword"}),
        ('"apiKey": plainword', {"plainword"}),
        ("apiKey: 'plain word', model: gpt", {"plain word"}),
        ("apiKey = plainword  # mine", {"plainword", "plainword  # mine"}),
        ('apiKey: "plain, model: gpt', {"plain", "plain, model: gpt"}),
        ("apiKey: ( plainword )", {"plainword"}),
        ("apiKey: true, model: gpt", set()),
        ("model: abcdefghij1234567890", {"abcdefghij1234567890"}),
        ("model: abcdefghij123456789", set()),
        ("model: abcdefghijklmnopqrstuvwxyz", set()),
        ("model: 123456789012345678901234", set()),
        ("apiKey:", set()),
    ],
)
def test_a_value_on_the_line_of_its_name(line: str, secrets: set[str]) -> None:
    for before, after in (("", ""), ("model: gpt\n", "\nname: x"), ("\n\n", "\n")):
        assert found(f"{before}{line}{after}") == secrets
