"""What Azure says has one code, whoever shows it: a probe, a turn, a log, or a person."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from clawdoctor.check import built_in_checks, owners_of
from clawdoctor.errors.explain import explain
from clawdoctor.probes.azure import ACCESS_REFUSALS, answered_refusal
from clawdoctor.probes.http import Answer
from clawdoctor.probes.turn import read_turn
from clawdoctor.probes.turn_refusal import refusal_of_turn
from clawdoctor.run.classifier import classifier
from clawdoctor.simulator.azure_answers import names, refusal

CHECKS = built_in_checks()
CLASSIFY = classifier(CHECKS)
OWNERS = owners_of(CHECKS)
ORIGIN = "https://contoso.openai.azure.com"
NAMES = sorted(set(names()) - {"reasoning_output_limit"})

DRESSES: dict[str, Callable[[int, str], str]] = {
    "body": lambda _, body: body,
    "curl": lambda status, body: (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n\r\n{body}"
    ),
    "python": lambda status, body: (
        f"openai.APIStatusError: Error code: {status} - {json.loads(body)}"
    ),
    "log": lambda status, body: f"2026-11-28T09:12:44.112Z [agent/embedded] HTTP {status}: {body}",
    "json log": lambda status, body: json.dumps(
        {"0": json.dumps({"rawErrorPreview": f"{status} {body}"}), "time": "2026-11-28T09:12:44Z"}
    ),
    "litellm": lambda _, body: (
        f"litellm.APIError: AzureException - {json.loads(body)}. Received Model Group=gpt"
    ),
}


def _turn_code(status: int, body: str) -> str:
    answer = Answer("POST", f"{ORIGIN}/openai/v1/chat/completions", status, {}, body, 5)
    return OWNERS[refusal_of_turn(read_turn(answer), CLASSIFY, direct=True).kind]


@pytest.mark.parametrize("name", NAMES)
def test_all_readers_agree(name: str) -> None:
    answer = refusal(name)
    body = answer.content.decode()
    code = _turn_code(answer.status, body)
    found = {}
    for dress, put_on in DRESSES.items():
        matches = explain(put_on(answer.status, body), CHECKS).matches
        found[dress] = matches[0].code if matches else ""
    assert found == dict.fromkeys(DRESSES, code)


@pytest.mark.parametrize("name", NAMES)
def test_the_free_probe_agrees_with_the_turn(name: str) -> None:
    answer = refusal(name)
    body = answer.content.decode()
    code = _turn_code(answer.status, body)
    probed = Answer("GET", f"{ORIGIN}/openai/models", answer.status, {}, body, 5)
    kind = answered_refusal(ORIGIN, probed, CLASSIFY)
    assert kind is None or OWNERS[kind] == code
    assert kind is not None or code not in {OWNERS[access] for access in ACCESS_REFUSALS}
