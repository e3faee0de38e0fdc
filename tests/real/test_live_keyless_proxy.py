"""A proxy that accepts any key and serves below a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clawdoctor.finding import Severity
from real import azures, live
from real.groups import WITHOUT_KEY
from real.live import Edits, Live, RunSettings

pytestmark = pytest.mark.real

BELOW = "/llm"
NO_KEY: Edits = (('        apiKey: "${LITELLM_MASTER_KEY}",\n', ""),)
OTHER_KEY: Edits = (("${LITELLM_MASTER_KEY}", live.WRONG_KEY),)
BASE_URL = "openclaw.json/models/providers/azure-openai/baseUrl"


@pytest.fixture(scope="module")
def keyless(litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("keyless")
    with live.up(
        folder, litellm_programs, azures.stand_in_resource, general=WITHOUT_KEY, below=BELOW
    ) as running:
        yield running


@pytest.mark.parametrize("files_visible", [True, False])
@pytest.mark.parametrize("edits", [(), NO_KEY, OTHER_KEY], ids=["key", "no key", "other key"])
def test_the_agent_answers_with_any_key(
    edits: Edits, files_visible: bool, keyless: Live, tmp_path: Path
) -> None:
    report = live.run_report(
        keyless, RunSettings(("good",), edits, files_visible=files_visible), tmp_path
    )
    assert (report.verdict, report.exit_code) == ("answers", 0)
    warned = {finding.code for finding in report.findings if finding.severity is not Severity.INFO}
    # Without LiteLLM's file, nothing shows that the key in openclaw.json is useless.
    assert warned == ({"OC113"} if edits == OTHER_KEY and not files_visible else set())


def test_an_accepted_key_is_not_the_fault(keyless: Live, tmp_path: Path) -> None:
    report = live.run_report(keyless, RunSettings(("wrong-name-not-listed",), OTHER_KEY), tmp_path)
    errors = [finding.code for finding in report.findings if finding.severity is Severity.ERROR]
    assert errors == ["AZ101"]


@pytest.mark.parametrize("below", ["", f"{BELOW}/v1/v1", BELOW], ids=["root", "twice", "no v1"])
@pytest.mark.parametrize("files_visible", [True, False])
def test_only_a_doubled_path_breaks(
    below: str, files_visible: bool, keyless: Live, tmp_path: Path
) -> None:
    settings = RunSettings(("good",), _at(keyless, below or "/v1"), files_visible=files_visible)
    report = live.run_report(keyless, settings, tmp_path)
    errors = [finding.code for finding in report.findings if finding.severity is Severity.ERROR]
    twice = below.endswith("/v1/v1")
    assert (report.verdict, report.exit_code) == (("broken", 1) if twice else ("answers", 0))
    assert errors[:1] == (["OC105"] if twice else [])


def test_a_wrong_path_is_found(keyless: Live, tmp_path: Path) -> None:
    settings = replace(RunSettings(("good",), _at(keyless, "/proxy/v1")), files_visible=False)
    report = live.run_report(keyless, settings, tmp_path)
    first = report.findings[0]
    assert (first.code, live.place_of(first), report.verdict) == ("PX108", BASE_URL, "broken")
    assert "no such path" in first.detail


def _at(keyless: Live, path: str) -> Edits:
    return ((f"{keyless.proxy.url}{BELOW}/v1", f"{keyless.proxy.url}{path}"),)
