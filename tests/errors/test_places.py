"""Find the places of an error in the user's files."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Place
from small_chain import LITELLM, OPENCLAW
from steps import calls

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import Explanation, explain
from clawdoctor.errors.places import with_places
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.run.diagnosis import diagnose

CHECKS = built_in_checks()
KEY = "0123456789abcdef0123456789abcdef"
REFUSED = "401 Access denied due to invalid subscription key or wrong API endpoint"


def _explained(here: Place, text: str, **more: Any) -> Explanation:
    found, _ = with_places(explain(text, CHECKS), here.situation(**more), CHECKS)
    return found


def _files(here: Place, litellm: str = LITELLM, openclaw: str = OPENCLAW) -> None:
    here.write("home/.openclaw/openclaw.json", openclaw)
    here.write("project/litellm_config.yaml", litellm)


def test_the_place_of_a_cause_is_found(here: Place) -> None:
    _files(here)
    first = _explained(here, REFUSED).matches[0]
    assert first.code == "AZ003"
    place = first.places[0]
    assert place.span is not None
    assert (place.path, place.span.start.line) == ("litellm_config.yaml", 6)
    assert place.label.endswith('"${AZURE_OPENAI_API_KEY}" as the key (LL102)')
    assert first.fixes[0].snippet == "api_key: os.environ/AZURE_OPENAI_API_KEY"


def test_the_place_and_the_fix_are_shown(here: Place) -> None:
    _files(here)
    for width in (80, 100):
        lines = to_text(_explained(here, REFUSED), CHECKS, width=width).splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("  In your files"))
        assert " ".join(" ".join(lines[at : at + 3]).split()).startswith(
            "In your files litellm_config.yaml:6:16 LiteLLM sends Azure the text "
            '"${AZURE_OPENAI_API_KEY}" as the key (LL102)'
        )
        assert "        + api_key: os.environ/AZURE_OPENAI_API_KEY" in lines
        assert "Why it happens" not in lines  # the place shows it
        assert all(len(line) <= width or line.startswith(("Then", "      ")) for line in lines)


def test_commands_name_the_users_own_resource(here: Place) -> None:
    command = "az cognitiveservices account keys list -n contoso -g <resource group>"
    _files(here)
    assert command in _explained(here, REFUSED).matches[0].fix
    _files(here, LITELLM.replace("contoso", "your-resource"))
    assert "-n <resource> -g" in _explained(here, REFUSED).matches[0].fix


def test_a_command_names_only_the_resource_that_the_text_means(here: Place) -> None:
    entry = LITELLM.partition("general_settings")[0].partition("model_list:\n")[2]
    other = entry.replace("contoso", "fabrikam")
    _files(here, LITELLM.replace("general_settings", other + "general_settings"))
    assert "-n <resource> -g" in _explained(here, REFUSED).matches[0].fix
    models = '[{ id: "gpt-4o", name: "gpt-4o" }, { id: "other", name: "other" }]'
    _files(
        here,
        LITELLM.replace("general_settings", other.replace("gpt-4o", "other") + "general_settings"),
        OPENCLAW.replace('[{ id: "gpt-4o", name: "gpt-4o" }]', models),
    )
    assert "-n contoso -g" in _explained(here, REFUSED).matches[0].fix, "the resource in use"


def test_a_missing_config_is_reported_for_any_text(here: Place) -> None:
    for text in (REFUSED, "the cat sat on the mat"):
        situation = here.situation(litellm_config="nope.yaml")
        _, inputs = with_places(explain(text, CHECKS), situation, CHECKS)
        assert [file.error for file in inputs] == ["not found"]


def test_without_files_the_explanation_stays_the_same(here: Place) -> None:
    plain = explain(REFUSED, CHECKS)
    found, inputs = with_places(plain, here.situation(), CHECKS)
    assert found == plain
    assert not any(file.found for file in inputs)
    assert "Why it happens" in to_text(found, CHECKS)


def test_healthy_files_have_no_place(here: Place) -> None:
    _files(here, LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_OPENAI_API_KEY"))
    environ = {"AZURE_OPENAI_API_KEY": KEY, "LITELLM_MASTER_KEY": "sk-0123456789abcdef"}
    found = _explained(here, REFUSED, environ=environ)
    assert [match.places for match in found.matches if match.code == "AZ003"] == [()]


def test_a_text_that_is_not_recognised_stays_so(here: Place) -> None:
    _files(here)
    assert _explained(here, "the cat sat on the mat") == explain("the cat sat on the mat", CHECKS)


@pytest.mark.parametrize(
    "litellm",
    [
        "model_list: [\n",
        "",
        "\t",
        "model_list: &a [*a]",
        "- 1\n- 2",
        "x: !!python/object:os.system",
    ],
)
@pytest.mark.parametrize("openclaw", ["{", "[]", "", "{models: {providers: 1}}", OPENCLAW])
def test_a_broken_config_does_no_harm(here: Place, litellm: str, openclaw: str) -> None:
    _files(here, litellm, openclaw)
    for text in (REFUSED, "No API provider registered for api: undefined", "LL102"):
        found = _explained(here, text)
        assert found.recognised
        assert to_text(found, CHECKS)


def test_a_config_that_does_not_parse_is_named(here: Place) -> None:
    _files(here, "model_list: [\n")
    first = _explained(here, REFUSED).matches[0]
    assert any("(LL002)" in place.label for place in first.places)


def test_a_key_of_the_files_is_removed(here: Place) -> None:
    secret = "hunter2-hunter2-hunter2"
    _files(here, LITELLM.replace("${AZURE_OPENAI_API_KEY}", secret))
    text = f"Invalid model name passed in model={secret}. Call `/v1/models`"
    assert secret in repr(explain(text, CHECKS))
    found = _explained(here, text)
    assert "hunter2" not in repr(found)
    assert found.matches[0].captures == {"model": "<hidden>"}


def test_a_finding_with_a_value_of_the_text_comes_first(here: Place) -> None:
    two = LITELLM.replace("general_settings", "  - model_name: other\n    litellm_params:\n"
                          "      model: azure/other\n      api_base: https://a.openai.azure.com\n"
                          "      api_version: '2024-10-21'\n      api_key: ${OTHER_KEY}\n"
                          "general_settings")  # fmt: skip
    _files(here, two)
    text = "litellm.AuthenticationError: AzureException: api_key=${OTHER_KEY}"
    first = _explained(here, text).matches[0]
    assert first.code == "LL102"
    assert "OTHER_KEY" in first.places[0].label


def test_few_checks_run_for_a_text(here: Place) -> None:
    _files(here)
    _explained(here, REFUSED)
    whole = calls(lambda: diagnose(here.situation()))
    assert calls(lambda: _explained(here, REFUSED)) < whole


STRAIGHT = """{ models: { providers: { azure: {
  baseUrl: "https://contoso.openai.azure.com/openai/v1", apiKey: "KEY", api: "openai-responses",
  models: [{ id: "gpt-5.2", name: "gpt-5.2" }] } } },
  agents: { defaults: { model: "azure/gpt-5.2" } } }""".replace("KEY", KEY)
UNTRUSTED = "Error: self signed certificate in certificate chain https://contoso.openai.azure.com"


def test_the_fix_is_for_a_chain_without_litellm(here: Place) -> None:
    here.write("home/.openclaw/openclaw.json", STRAIGHT)
    assert "NODE_EXTRA_CA_CERTS" in _explained(here, UNTRUSTED).matches[0].fix


def test_the_fix_is_for_a_chain_with_litellm(here: Place) -> None:
    _files(here)
    assert "SSL_CERT_FILE" in _explained(here, UNTRUSTED).matches[0].fix


def test_a_text_of_litellm_outranks_the_files(here: Place) -> None:
    here.write("home/.openclaw/openclaw.json", STRAIGHT)
    said = f"litellm.APIConnectionError: AzureException - {UNTRUSTED}"
    assert "SSL_CERT_FILE" in _explained(here, said).matches[0].fix


def test_the_page_has_a_fix_for_a_chain_without_litellm(here: Place) -> None:
    here.write("home/.openclaw/openclaw.json", STRAIGHT)
    text = "getaddrinfo ENOTFOUND contoso.openai.azure.com"
    assert "baseUrl" in _explained(here, text).matches[0].fix
    assert "api_base" not in _explained(here, text).matches[0].fix


def test_what_tells_the_causes_of_a_text_apart_is_shown(here: Place) -> None:
    text = to_text(_explained(here, "Connection error."), CHECKS)
    assert "What to do first\n  This text has several causes." in text
    assert "curl http://localhost:4000/health/liveliness" in text
