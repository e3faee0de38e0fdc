"""A log supports the findings of a run and makes none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import Place
from schemas import report_validator
from small_chain import LITELLM, OPENCLAW

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.check import Check
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.finding import Finding, Report, Severity
from clawdoctor.formats.json import document
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose

NOW = datetime.now().astimezone().replace(microsecond=0)
REFUSED = (
    "litellm.AuthenticationError: AzureException AuthenticationError - Access denied due to "
    "invalid subscription key or wrong API endpoint."
)


def _key(litellm: LiteLLMConfig) -> Iterator[Finding]:
    for deployment in litellm.deployments:
        if (deployment.api_key.node is None) or "${" in str(deployment.api_key.node.value):
            place = litellm.place(f"{deployment.pointer}/api_key")
            yield Finding(Severity.ERROR, f"{deployment.group} has no key", place=place)


def _never(litellm: LiteLLMConfig) -> Iterator[Finding]:
    yield from ()


def _check(code: str, run: Callable[..., Iterator[Finding]], *texts: Rule) -> Check:
    return Check(code, f"made-up-{code.lower()}", "litellm", "route", run, "A title", (), texts)


CHECKS = (
    _check("LL901", _key,
           rule("likely", "A", r"invalid subscription key(?:.*group '(?P<group>[\w.-]+)')?"),
           rule("possible", "OpenClaw", "Connection error")),
    _check("LL902", _never, rule("certain", "Azure", "DeploymentNotFound")),
)  # fmt: skip


def _run(
    here: Place, lines: str, *, age: int = 3600, litellm: str = LITELLM, **more: Any
) -> Report:
    """Return the report of a chain with a log and without a key for Azure."""
    for path, text in (("home/.openclaw/openclaw.json", OPENCLAW),
                       ("project/litellm_config.yaml", litellm)):  # fmt: skip
        file = here.write(path, text)
        time = NOW.timestamp() - age
        os.utime(file, (time, time))
    here.write("project/logs/openclaw-2026-11-26.log", lines)
    where = {"log_folder": str(here.project / "logs"), **more}
    return diagnose(here.situation(where.pop("environ", {}), **where), checks=CHECKS)


def _line(message: str, minutes: int = 5) -> str:
    return f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S%z} ERROR: {message}\n"


def _logged(report: Report) -> dict[str, list[str]]:
    return {
        finding.code: [f"{item.summary}: {item.body}" for item in finding.evidence]
        for finding in report.findings
        if any(item.kind == "log" for item in finding.evidence)
    }


def _codes(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in report.findings]


def test_a_line_supports_a_finding_of_its_code(here: Place) -> None:
    report = _run(here, _line(REFUSED, 9) + _line(REFUSED, 5))
    last = f"{NOW - timedelta(minutes=5):%Y-%m-%d %H:%M:%S}"
    assert _logged(report) == {
        "LL901": [f"openclaw-2026-11-26.log, 2 times, last {last}: invalid subscription key"]
    }
    (log,) = (item for item in report.inputs if item.kind == "log")
    assert (log.path, log.found, log.error) == ("logs/openclaw-2026-11-26.log", True, None)
    report_validator().validate(json.loads(json.dumps(document(report))))
    assert "│ seen  openclaw-2026-11-26.log, 2 times, last" in render(report, width=88)


def test_a_line_neither_makes_nor_changes_a_finding(here: Place) -> None:
    with_log = _run(here, _line("DeploymentNotFound") + _line(REFUSED) * 3)
    without = _run(here, "")
    assert _codes(with_log) == _codes(without) == [("LL901", "error")]
    assert with_log.verdict == without.verdict
    healthy = LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_OPENAI_API_KEY")
    assert _run(here, _line(REFUSED), litellm=healthy).findings == ()


def test_a_line_supports_the_finding_of_the_group_that_it_names(here: Place) -> None:
    entry = LITELLM.partition("general_settings")[0].partition("model_list:\n")[2]
    two = LITELLM.replace("general_settings", entry.replace("gpt-4o", "other") + "general_settings")
    report = _run(here, _line(f"{REFUSED} model group 'other' failed"), litellm=two)
    logged = [bool(finding.evidence) for finding in report.findings]
    assert [finding.message for finding in report.findings] == [
        "gpt-4o has no key",
        "other has no key",
    ]
    assert logged == [False, True]
    assert all(finding.evidence for finding in _run(here, _line(REFUSED), litellm=two).findings)


@pytest.mark.parametrize(
    ("log", "more"),
    [
        (_line(REFUSED, 90), {}),  # older than the configs
        (_line(REFUSED), {"age": -600}),  # the configs changed later
        (f"ERROR: {REFUSED}\n", {}),  # without a time
        (_line("LLM request failed: Connection error."), {}),  # many causes
        (_line("DeploymentNotFound"), {}),  # something else
        (_line(REFUSED), {"environ": {"CI": "true"}}),
        (_line(REFUSED), {"log_folder": ""}),
    ],
    ids=["older", "config-changed-since", "no-time", "many-causes", "other", "in-ci", "no-folder"],
)
def test_other_lines_are_no_evidence(here: Place, log: str, more: dict[str, Any]) -> None:
    assert _logged(_run(here, log, **more)) == {}


def test_in_ci_a_named_log_counts(here: Place) -> None:
    named = "logs/openclaw-2026-11-26.log"
    report = _run(here, _line(REFUSED), log=named, environ={"CI": "true"})
    assert list(_logged(report)) == ["LL901"]


def test_no_report_contains_the_key_of_a_line(here: Place) -> None:
    secret = "hunter2-hunter2-hunter2"
    message = f"{REFUSED} {secret} sk-abcdefghijklmnop \x1b[31m[red] group '{secret}'"
    litellm = LITELLM.replace("os.environ/LITELLM_MASTER_KEY", secret)
    report = _run(here, _line(message), litellm=litellm)
    assert _logged(report)
    assert "hunter2" not in repr(report)
    assert "abcdefghijklmnop" not in repr(report)
    assert "\\x1b" not in repr(report)


@pytest.mark.parametrize("name", ["nope.log", "."])
def test_a_named_log_that_cannot_be_read_is_wrong_usage(here: Place, name: str) -> None:
    report = _run(here, "", log=name)
    assert report.exit_code == 2
    assert report.usage_error is not None
    (log,) = (item for item in report.inputs if item.kind == "log")
    assert log.error is not None
    assert log.found == (name == ".")
