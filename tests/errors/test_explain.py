"""The failure modes that texts mean, with checks made for these tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from steps import assert_proportional

from clawdoctor.check import Check
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.matching import index
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.finding import Finding, Stage

PAGE = """{title}

What it means
-------------
{means}

Why it happens
--------------
Because of {name}.

How to fix it
-------------
Undo {name}.
"""


def _run() -> Iterator[Finding]:
    yield from ()


def _check(
    code: str,
    name: str,
    stage: Stage,
    *texts: Rule,
    causes: tuple[str, ...] = (),
    title: str = "A title",
    means: str = "Something.",
) -> Check:
    page = PAGE.format(title=title, means=means, name=name)
    return Check(code, name, stage, "request", _run, page, causes, texts)


CHECKS = (
    _check(
        "OC101", "no-api-provider", "openclaw",
        rule("certain", "OpenClaw", r"No API provider registered for api: (?P<api>\S+)"),
    ),
    _check("LL101", "drop-params-missing", "litellm", title="LiteLLM must drop parameters"),
    _check("LL109", "responses-only-model", "litellm", title="Codex answers on Responses only"),
    _check(
        "PX001", "proxy-unreachable", "proxy",
        rule("possible", "OpenClaw", "Connection error"),
        rule("likely", "OpenClaw", "ECONNREFUSED (?P<address>[0-9.:]+)"),
    ),
    _check(
        "PX101", "parameter-rejected-by-litellm", "proxy",
        rule("certain", "LiteLLM", r"does not support parameters: \[(?P<parameter>[^\]]*)\]"
                  r"(?:, for model=(?P<model>[^\s,]+))?"),
        rule("certain", "LiteLLM", "UnsupportedParamsError"),
    ),
    _check(
        "PX103", "deployment-cooldown", "proxy",
        rule("certain", "LiteLLM", "No deployments available for selected model"),
        causes=("AZ003", "AZ104"), title="LiteLLM pauses a deployment after an error",
    ),
    _check(
        "AZ003", "azure-key-rejected", "azure",
        rule("certain", "Azure", "invalid subscription key(?:.{0,20}key=(?P<api_key>[^ ]+))?"),
        causes=("LL102",),
    ),
    _check(
        "AZ104", "rate-limited", "azure",
        rule("certain", "Azure", "exceeded .{0,20}rate limit"),
        rule("possible", "LiteLLM or Azure", r"\b429\b"),
        means="The tokens-per-minute allowance is exhausted: raise the allowance.",
    ),
)  # fmt: skip

STORE = "azure does not support parameters: ['store'], for model=my-gpt4o"


def codes(explanation: Explanation) -> list[str]:
    return [match.code for match in explanation.matches]


@pytest.mark.parametrize(
    "text",
    ["PX101", "px101", " Px101\n", "PX-101", "PX101:", "error[PX101]", "PX101 parameter-rejected",
     "error[PX101]: LiteLLM refuses `store`"],
)  # fmt: skip
def test_a_code_in_any_case_is_recognised(text: str) -> None:
    found = explain(text, CHECKS)
    assert (found.recognised, found.text_kind, codes(found)) == (True, "code", ["PX101"])
    (match,) = found.matches
    assert (match.confidence, match.raised_by, match.captures) == ("certain", "LiteLLM", {})
    assert match.cause == "Because of parameter-rejected-by-litellm."
    assert match.fix == "Undo parameter-rejected-by-litellm."
    assert (match.places, match.excerpt) == ((), "")


@pytest.mark.parametrize("text", ["rate-limited", "Rate-Limited "])
def test_a_name_in_any_case_is_recognised(text: str) -> None:
    found = explain(text, CHECKS)
    assert (found.recognised, found.text_kind, codes(found)) == (True, "name", ["AZ104"])
    assert found.matches[0].raised_by == "Azure, LiteLLM or Azure"


@pytest.mark.parametrize(
    ("text", "text_kind", "nearest"),
    [
        ("LL999", "code", ("LL109 responses-only-model",)),
        ("ll10", "code", ("LL101 drop-params-missing", "LL109 responses-only-model")),
        ("PX-999", "code", ("PX103 deployment-cooldown", "PX101 parameter-rejected-by-litellm",
                            "PX001 proxy-unreachable")),
        ("zz1", "code", ()),
        ("rate-limted", "name", ("AZ104 rate-limited",)),
        ("no-such-thing-here", "text", ()),
    ],
)  # fmt: skip
def test_a_mistyped_code_or_name_gets_the_nearest(
    text: str, text_kind: str, nearest: tuple[str, ...]
) -> None:
    found = explain(text, CHECKS)
    assert not found.recognised
    assert found.matches == ()
    assert found.text_kind == text_kind
    assert found.nearest == nearest


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        ("my agent uses azure and gpt-5.2 on telegram", False),
        ('INFO: 172.20.0.1:51234 - "POST /v1/chat/completions HTTP/1.1" 200 OK', False),
        ("my agent does not answer", True),
        ('INFO: "POST /v1/chat/completions HTTP/1.1" 503', True),
        ("ошибка", True),
    ],
)
def test_whether_an_unrecognised_text_reports_a_failure(text: str, failure: bool) -> None:
    found = explain(text, CHECKS)
    assert (found.recognised, found.failure) == (False, failure)


def test_a_text_that_begins_like_a_code_is_a_text() -> None:
    assert codes(explain(f"on101 {STORE}", CHECKS)) == ["PX101"]


@pytest.mark.parametrize(
    "text",
    [
        STORE,
        json.dumps({"error": {"message": STORE}}),
        json.dumps({"line": json.dumps({"message": STORE})}),
        f"Error code: 400 - {{\\'error\\': {{\\'message\\': \\\"{STORE}\\\"}}}}",
        STORE.replace("'", "\u2019"),
        STORE.replace("'", "&#39;"),
        "litellm-1  | azure does not support\nlitellm-1  | parameters: ['store'], "
        "for model=my-gpt4o",
    ],
)
def test_a_text_is_recognised_however_it_is_wrapped(text: str) -> None:
    found = explain(text, CHECKS)
    assert (found.recognised, found.text_kind, codes(found)) == (True, "text", ["PX101"])
    captures = found.matches[0].captures
    assert captures["parameter"] == "'store'"
    assert captures["model"].startswith("my-gpt4o")
    assert found.nearest == ()


def test_the_best_match_of_a_check_counts() -> None:
    found = explain("Connection error. connect ECONNREFUSED 127.0.0.1:4000", CHECKS)
    (match,) = found.matches
    assert match.confidence == "likely"
    expected = {"address": "127.0.0.1:4000", "host": "127.0.0.1", "port": "4000"}
    assert match.captures == expected
    assert match.excerpt == "ECONNREFUSED 127.0.0.1:4000"
    found = explain(f"litellm.UnsupportedParamsError: {STORE}", CHECKS)
    assert found.matches[0].captures["parameter"] == "'store'", "the longer of two equal ones"


def test_possible_alone_is_not_recognised() -> None:
    found = explain("Connection error.", CHECKS)
    assert not found.recognised
    assert codes(found) == ["PX001"]
    assert found.nearest == ()


def test_confidence_comes_first() -> None:
    found = explain(f"429 ECONNREFUSED 1.2.3.4 {STORE}", CHECKS)
    assert codes(found) == ["PX101", "PX001", "AZ104"]


def test_a_cause_comes_before_what_it_causes() -> None:
    log = "No deployments available for selected model\n... Access denied: invalid subscription key"
    assert codes(explain(log, CHECKS)) == ["AZ003", "PX103"]


def test_a_cause_of_a_cause_comes_first_of_all() -> None:
    chain = (
        _check("AA001", "a", "proxy", rule("certain", "x", "aaaaaaaaaa"),
               causes=("BB001", "CC001")),
        _check("BB001", "b", "proxy", rule("certain", "x", "bbbbb"), causes=("CC001",)),
        _check("CC001", "c", "azure", rule("certain", "x", "c")),
    )  # fmt: skip
    assert codes(explain("aaaaaaaaaa bbbbb c", chain)) == ["CC001", "BB001", "AA001"]


def test_two_checks_that_cause_each_other_both_match() -> None:
    pair = (
        _check("AA001", "a", "proxy", rule("certain", "x", "a"), causes=("BB001",)),
        _check("BB001", "b", "proxy", rule("certain", "x", "b"), causes=("AA001",)),
    )
    assert codes(explain("a b", pair)) == ["AA001", "BB001"]


def test_an_uncertain_cause_does_not_come_first() -> None:
    log = "429 No deployments available for selected model"
    assert codes(explain(log, CHECKS)) == ["PX103", "AZ104"]


def test_the_longer_match_comes_first_then_the_earlier_stage() -> None:
    pair = (
        _check("AA001", "a", "azure", rule("certain", "x", "short")),
        _check("BB001", "b", "azure", rule("certain", "x", "longer text")),
        _check("CC001", "c", "openclaw", rule("certain", "x", "other")),
    )
    assert codes(explain("short longer text other", pair)) == ["BB001", "CC001", "AA001"]


def test_keys_are_removed_from_values() -> None:
    found = explain("invalid subscription key, key=hunter2-hunter2", CHECKS)
    (match,) = found.matches
    assert match.captures == {}
    assert match.excerpt == "invalid subscription key, key=<hidden>"
    found = explain("No API provider registered for api: sk-1234567890abcdef", CHECKS)
    assert found.matches[0].captures == {"api": "<hidden>"}
    assert "1234567890" not in repr(found)


def test_values_are_cleaned_and_cut() -> None:
    found = explain(f"No API provider registered for api: a\x07b\u202e{'a' * 500}", CHECKS)
    value = found.matches[0].captures["api"]
    assert value.startswith("abaaa")
    assert len(value) == 120
    assert len(found.matches[0].excerpt) == 160


def test_shared_rare_words_give_a_hint() -> None:
    found = explain("my allowance for limited tokens is exhausted", CHECKS)
    assert found == Explanation(False, nearest=("AZ104 rate-limited",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "the request failed with an unknown error, please check your model",
        "my allowance is exhausted",  # the word is not in the name, title or patterns
        "limited tokens " + " ".join(f"matter{n}x" for n in range(60)),  # chance
        "telegram webhook conflict: terminated by other getUpdates request",
    ],
)
def test_a_text_about_something_else_gets_no_hint(text: str) -> None:
    assert explain(text, CHECKS) == Explanation(False, failure=text != "hello")


def _many_checks() -> tuple[Check, ...]:
    return tuple(
        _check(
            f"AA{number:03}", f"made-up-{number}", "proxy",
            *(rule("certain", "x", rf"word{number} (?P<value>\S+) text{part} of this")
              for part in range(4)),
            means=" ".join(f"explanation{word}" for word in range(200)),
        )
        for number in range(80)
    )  # fmt: skip


def test_few_patterns_are_tried_on_a_line() -> None:
    checks = _many_checks()
    line = f'{{"message": "word79 my-model text3 of this, and {"some more " * 10}"}}'
    assert codes(explain(line, checks)) == ["AA079"]
    assert len(index(checks).candidates(line)) < 20


def test_a_whole_log_takes_work_in_proportion() -> None:
    checks = _many_checks()

    def work(lines: int) -> Callable[[], object]:
        log = "\n".join(f"litellm-1  | line {n} of something: word7 is {n}" for n in range(lines))
        return lambda: explain(f"{log}\nword79 my-model text3 of this", checks)

    work(10)()  # fills the caches
    assert_proportional(work, 1_000)


def test_a_text_in_which_openclaw_asks_azure_itself_gets_the_fix_without_litellm() -> None:
    body = '{"error":{"code":"404","message":"Resource not found"}}'
    azure = f"POST https://contoso.openai.azure.com/v1/chat/completions 404 {body}"
    straight = explain(f"[model-fetch] provider=azure {azure}").matches[0]
    assert "litellm_config.yaml" not in straight.fix
    behind = explain(f"litellm-1  | {azure}").matches[0]
    assert (behind.code, behind.fix == straight.fix) == (straight.code, False)


def test_a_text_of_another_client_gets_the_fix_without_litellm_and_a_word_on_its_settings() -> None:
    said = "The API deployment for this resource does not exist."
    client = explain(f"openai.error.InvalidRequestError: {said}").matches[0]
    assert client.speakers == ("client",)
    assert "model: azure/" not in client.fix
    behind = explain(f"n8n: litellm.NotFoundError: AzureException - {said}").matches[0]
    assert "model: azure/" in behind.fix
    limit = (
        "rate limit: Your requests to prod for gpt-5.1 in East US 2 have exceeded token rate limit"
    )
    fix = explain(f"LibreChat: 429 {limit}").matches[0].fix
    assert fix.startswith("This text comes from a client other than OpenClaw.")
    assert "maxTokens" in fix
