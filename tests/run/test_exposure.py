"""Where a run finds secrets, and which values are not secret."""

from __future__ import annotations

import pytest
from conftest import Place
from small_chain import LITELLM, OPENCLAW

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment, Variable, Variables
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.redaction.hide import Redactor, redact_text
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.exposure import Exposure, collect_exposure
from clawdoctor.source.secret import Secret

KEY = "q7Zk2vWx9LmN4pRs8tUy1aBc"


def environment(openclaw: dict[str, str], proxy: dict[str, str]) -> Environment:
    def scope(values: dict[str, str]) -> Variables:
        values_by_name = {
            name: Variable(name, Secret(value), "x", "known") for name, value in values.items()
        }
        return Variables(values_by_name, "known", "x")

    return Environment(scope(openclaw), scope(proxy))


def hidden(exposure: Exposure, text: str) -> bool:
    return KEY not in redact_text(exposure.redactor, text)


@pytest.mark.parametrize("program", ["openclaw", "proxy"])
@pytest.mark.parametrize("name", ["AZURE_API_KEY", "LITELLM_MASTER_KEY", "OPENCLAW_TOKEN"])
def test_a_secret_variable_of_either_program_is_hidden(program: str, name: str) -> None:
    values = {program: {name: KEY}}
    variables = environment(values.get("openclaw", {}), values.get("proxy", {}))
    assert hidden(collect_exposure((), variables, (), "/"), f"the server said {KEY}")


def test_a_variable_that_no_setting_names_is_ignored() -> None:
    variables = environment({"HOME_TOWN": KEY}, {"EDITOR": KEY})
    assert collect_exposure((), variables, (), "/").redactor == Redactor()


def test_a_variable_that_a_secret_setting_names_is_hidden(here: Place) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW.replace("LITELLM_MASTER_KEY", "MY_WORD"))
    here.write("project/litellm_config.yaml", LITELLM.replace("AZURE_OPENAI_API_KEY", "MY_OTHER"))
    files = [here.fact(kind) for kind in (OpenClawFile, LiteLLMFile)]
    for name in ("MY_WORD", "MY_OTHER"):
        for variables in (environment({name: KEY}, {}), environment({}, {name: KEY})):
            assert hidden(collect_exposure(files, variables, (), "/"), f"it answers {KEY}")


def test_a_reference_in_a_variable_is_not_secret() -> None:
    written = "os.environ/" + "AZURE_OPENAI_API_KEY"
    exposure = collect_exposure((), environment({}, {"AZURE_API_KEY": written}), (), "/")
    assert exposure.redactor == Redactor()


def test_secrets_of_parsed_and_unparsed_files_are_hidden(here: Place) -> None:
    service = f"litellm: {{ image: litellm/litellm, environment: {{ AZURE_API_KEY: {KEY} }} }}"
    here.write("project/docker-compose.yml", f"services:\n  {service}\n")
    assert hidden(collect_exposure([here.fact(Compose)], None, (), "/"), KEY)
    broken = here.write("project/broken.yaml", f"api_key: {KEY}\n  - ]")
    exposure = collect_exposure((), None, (str(broken),), "/")
    assert hidden(exposure, KEY)
    assert list(exposure.regions) == [str(broken)]


def test_the_names_in_an_env_file_are_not_secret(here: Place) -> None:
    """A name may look like a token, but a finding has to show it."""
    name = "AZURE_OPENAI_API_KEY_EASTUS2"
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    here.write(
        "project/litellm_config.yaml",
        LITELLM.replace("${AZURE_OPENAI_API_KEY}", f"os.environ/{name}"),
    )
    here.write("project/.env", f"{name}=\nLITELLM_MASTER_KEY=sk-{KEY}\n")
    report = diagnose(here.situation(env_file=".env"))
    (finding,) = (finding for finding in report.findings if finding.code == "LL103")
    assert name in finding.message
    assert finding.place is not None
    assert finding.place.excerpt is not None
    assert name in finding.place.excerpt.text
    assert KEY not in str(report)
