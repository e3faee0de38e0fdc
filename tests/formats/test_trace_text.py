"""A trace as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from schemas import trace_validator
from traces import LITELLM_HOP, OPENCLAW_HOP, TRACE, place

from clawdoctor.finding import Version
from clawdoctor.formats.trace_json import document, to_json
from clawdoctor.formats.trace_text import to_text
from clawdoctor.traced import Fault, Hop, Origin, Trace, TracedRefusal, TracedRoute

WHOLE = """\
azure-openai/gpt-5.2  primary

  1 OpenClaw 2026.9.6 → http://localhost:4000
    POST /v1/chat/completions               baseUrl openclaw.json:5
    Authorization: Bearer LITELLM_MASTER_KEY
      apiKey openclaw.json:7, set in ~/.openclaw/.env:2
    model "gpt-5.2" · stream · tools · max_completion_tokens

  2.1 LiteLLM → https://contoso-ai.openai.azure.com
    azure/my-gpt52 · group "gpt-5.2"
    POST /openai/responses?api-version=2025-04-01-preview
      api_base litellm_config.yaml:5
      api_version litellm_config.yaml:7
    api-key: AZURE_API_KEY (32 hexadecimal digits, as in an Azure key)
      set in this shell
      wins over azure_ad_token litellm_config.yaml:9
    X-Team: ...                             extra_headers litellm_config.yaml:8
    api-version: 2024-10-21
    model "my-gpt52" · adds input ·
    renames max_completion_tokens → max_output_tokens · drops store
      user: LiteLLM adds it since 1.106.0
      before 1.104.0: another URL
        POST /openai/responses?api-version=preview
      1.108.0 and later: refuses: no master key

  2.2 LiteLLM ✗ refuses
    azure/my-gpt4o · group "gpt-4o" · if the first fails
    400: azure does not support parameters: ['store'], for model=my-gpt4o
    LL101 drop_params is not set
      litellm_settings litellm_config.yaml:12

other/x  fallback

  1 OpenClaw 2026.9.6 sends the same as for azure-openai/gpt-5.2, with model
    "gpt-5.2"

  2 The server → ?
    It is not LiteLLM.

Not traced: anthropic.

openclaw.json · litellm_config.yaml · as LiteLLM 1.109.1 (version not found) ·
predicted: nothing was sent
"""


def shown(trace: Trace = TRACE, width: int = 80, **options: bool) -> str:
    """The text of a trace."""
    return to_text(trace, width=width, home="/home/me", **options)


def test_the_text_names_each_part_with_its_place() -> None:
    assert shown() == WHOLE


@pytest.mark.parametrize("width", [30, 44, 60, 80, 100])
def test_no_line_is_wider_than_the_terminal_but_for_urls(width: int) -> None:
    for line in shown(width=width).splitlines():
        copied = line.lstrip().startswith(("POST ", "?api-version="))
        assert len(line) <= width or "://" in line or copied, line


def test_a_long_url_breaks_before_its_query() -> None:
    assert "\n    POST /openai/responses\n      ?api-version=2025-04-01-preview\n" in shown(
        width=50
    )


def test_a_route_with_the_same_first_request_names_the_route_that_shows_it() -> None:
    other = replace(OPENCLAW_HOP, target="/v2", model="x")
    again = TracedRoute("other/x", requests=(replace(OPENCLAW_HOP, model="x"),))
    assert 'same as for azure-openai/gpt-5.2, with model "x"' in shown(
        replace(TRACE, routes=(TRACE.routes[0], again))
    ).replace("\n    ", " ")
    differs = replace(TRACE, routes=(TRACE.routes[0], replace(again, requests=(other,))))
    assert "POST /v2" in shown(differs)


def test_what_a_check_says_of_a_request_follows_it() -> None:
    fault = Fault("the text is the key", "LL102", place("c.yaml", "/m/api_key", 6))
    hops = (replace(LITELLM_HOP, faults=(fault,)),)
    text = shown(replace(TRACE, routes=(TracedRoute("a/b", requests=hops),)))
    assert "\n    LL102 the text is the key\n      api_key c.yaml:6\n" in text


def test_a_request_without_a_key_says_why() -> None:
    why = Origin("credential", place("c.yaml", "/m/api_key", 6), says="KEY is not set")
    hops = (replace(LITELLM_HOP, credential=None, sources=(why,)),)
    text = shown(replace(TRACE, routes=(TracedRoute("a/b", requests=hops),)))
    assert "\n    no key\n      api_key c.yaml:6, KEY is not set\n" in text


def test_the_text_is_ascii_for_a_terminal_without_unicode() -> None:
    text = shown(unicode=False)
    assert text.isascii()
    assert "x refuses" in text
    assert "max_completion_tokens -> max_output_tokens" in text


def test_color_adds_only_escapes() -> None:
    import re

    colored = shown(color=True)
    assert "\x1b[1m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == WHOLE


def test_several_deployments_of_a_group_are_counted() -> None:
    hops = (LITELLM_HOP, replace(LITELLM_HOP, deployment="azure/other"))
    text = shown(replace(TRACE, routes=(TracedRoute("a/b", requests=hops),)))
    assert 'azure/my-gpt52 · group "gpt-5.2" · 1 of 2 deployments' in text
    assert 'azure/other · group "gpt-5.2" · 2 of 2 deployments' in text
    assert "  1.1 LiteLLM" in text
    assert "  1.2 LiteLLM" in text


def test_a_lower_bound_of_a_version_says_so() -> None:
    bound = Version("2026.5.1", "meta.lastTouchedVersion", lower_bound=True)
    text = shown(replace(TRACE, versions={"openclaw": bound, "litellm": None}))
    assert "1 OpenClaw 2026.5.1 or later → http" in text


def test_a_hop_without_a_key_says_so() -> None:
    hop = replace(LITELLM_HOP, credential=None)
    assert "    no key\n" in shown(replace(TRACE, routes=(TracedRoute("a", requests=(hop,)),)))


def test_what_keeps_litellm_from_starting_comes_first() -> None:
    refusal = TracedRefusal(
        "litellm",
        "No master key",
        code="LL108",
        cause="The file has no master key",
        place=place("litellm_config.yaml", "/general_settings", 3),
    )
    hop = replace(LITELLM_HOP, condition="if-litellm-started")
    trace = replace(TRACE, start=refusal, routes=(TracedRoute("a", requests=(hop,)),))
    text = shown(trace)
    assert text.startswith(
        "LiteLLM does not start\n"
        "    No master key\n"
        "    LL108 The file has no master key\n"
        "      general_settings litellm_config.yaml:3\n\na\n"
    )
    assert "· if LiteLLM started\n" in text


def test_a_refusal_that_no_check_explains_has_the_place_of_its_setting() -> None:
    source = Origin("no-key", place("openclaw.json", "/models/providers/x/apiKey", 7))
    hop = Hop("openclaw", "azure", refusal=TracedRefusal("openclaw", "No key", sources=(source,)))
    text = shown(replace(TRACE, routes=(TracedRoute("a", requests=(hop,)),)))
    assert "✗ refuses\n    No key\n      apiKey openclaw.json:7\n" in text


def test_a_fault_in_a_file_is_one_line_and_leads_to_run() -> None:
    fault = Fault("openclaw.json is not valid JSON5", "OC002", place("openclaw.json", "", 4))
    text = shown(replace(TRACE, faults=(fault,), routes=()))
    assert text.startswith(
        "error[OC002]: openclaw.json is not valid JSON5 openclaw.json:4:5\n  clawdoctor run\n\n"
    )


def test_the_last_line_repeats_the_worst_fault() -> None:
    error = Fault("no such key", "OC003", place("openclaw.json", "/env/A", 3))
    warning = Fault("a variable wins", None, place("c.yaml", "/m/token", 6), "warning", ("a/b",))
    text = shown(replace(TRACE, problems=(error, warning)))
    assert text.startswith("✗ no such key\n  OC003 · A openclaw.json:3\n! a variable wins\n")
    last = "✗ 1 error, 1 warning · begin with OC003 A openclaw.json:3 ·\n"
    assert text.endswith(last + "  `clawdoctor run` says what to change\n")
    alone = shown(replace(TRACE, problems=(warning,)))
    assert alone.endswith("! 1 warning · token c.yaml:6\n")


def test_a_start_that_only_seems_to_fail_is_no_error() -> None:
    start = TracedRefusal("litellm", "No master key", assumed=True)
    assert shown(replace(TRACE, start=start)).endswith("! 1 warning\n")
    assert shown(replace(TRACE, start=replace(start, assumed=False))).endswith("✗ 1 error\n")


def test_the_top_names_five_faults_and_the_number_of_the_rest() -> None:
    faults = tuple(Fault(f"fault {n}", "LL102") for n in range(7))
    text = shown(replace(TRACE, problems=faults))
    assert "✗ fault 4\n" in text
    assert "fault 5" not in text
    assert "  2 more: `clawdoctor run` shows all.\n" in text


def test_a_usage_error_is_the_whole_text() -> None:
    assert shown(replace(TRACE, usage_error="found nothing")) == "error: found nothing\n"


def test_the_document_conforms_to_its_schema() -> None:
    trace = replace(
        TRACE,
        exit_code=1,
        faults=(Fault("broken", "LL002", place("c.yaml", "", 1)), Fault("broken")),
        start=TracedRefusal("litellm", "No master key", code="LL108"),
    )
    found = json.loads(to_json(trace))
    trace_validator().validate(found)
    assert found == document(trace)
    assert found["ok"] is False
    assert found["versions"]["litellm"] == {
        "value": "1.109.1",
        "source": None,
        "lowerBound": False,
        "assumed": True,
    }
    first, second, third = found["routes"][0]["hops"]
    assert (first["from"], first["to"]) == ("openclaw", "proxy")
    assert first["url"] == "http://localhost:4000/v1/chat/completions"
    assert first["credential"]["name"] == "LITELLM_MASTER_KEY"
    assert first["credential"]["source"]["location"]["path"] == "openclaw.json"
    assert first["credential"]["source"]["variable"]["location"]["start"]["line"] == 2
    assert second["credential"]["overrides"][0]["location"]["start"]["line"] == 9
    assert second["parameters"]["renamed"] == {"max_completion_tokens": "max_output_tokens"}
    assert third["refusal"]["code"] == "LL101"
    assert third["condition"] == "if-the-first-fails"
    assert found["routes"][1]["hops"][1]["unpredicted"] == "It is not LiteLLM."


def test_the_schema_rejects_a_request_that_is_also_refused() -> None:
    found = document(replace(TRACE, exit_code=0))
    hop = found["routes"][0]["hops"][0]  # type: ignore[index]
    hop["unpredicted"] = "no reason"
    assert not trace_validator().is_valid(found)


def test_a_verbose_trace_names_the_date_of_the_knowledge() -> None:
    dated = replace(TRACE, knowledge="2026-11-29")
    sentence = "clawdoctor's knowledge is dated 2026-11-29."
    assert sentence in to_text(dated, verbose=True)
    assert sentence not in to_text(dated)
    assert document(dated)["tool"] == {
        "name": "clawdoctor",
        "version": dated.version,
        "knowledge": "2026-11-29",
    }
    trace_validator().validate(document(dated))
