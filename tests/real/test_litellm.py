"""clawdoctor finds the root cause of each fault in a chain with the real proxy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import explain
from clawdoctor.finding import Report, ReportedFinding, Severity
from clawdoctor.formats.json import to_json
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.simulator.message import Request, Response, text_response
from clawdoctor.simulator.serve import refusing_url, serving
from real.chain import AZURE_KEY, ENVIRON, MASTER_KEY, OTHER_KEY, Chain
from real.install import LITELLM_VERSION

pytestmark = pytest.mark.real

NEWEST = "2026.9.6"
WRONG_KEY = "sk-9ab4470de6c85213"
SECRETS = (MASTER_KEY, AZURE_KEY, OTHER_KEY, WRONG_KEY)
REFERENCE = "${LITELLM_MASTER_KEY}"
EXTRA = """
  - model_name: added
    litellm_params:
      model: azure/gpt-4o-mini
      api_base: {}
      api_key: os.environ/AZURE_OPENAI_API_KEY
      api_version: "2025-04-01-preview"
"""

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A change that breaks a healthy chain, and the first finding about it.

    `text` is in the message. `folded` are the codes of the findings that this one causes.
    """

    code: str
    place: str
    text: str
    model: str = "good"
    openclaw: Edits = ()
    litellm: Edits | None = ()
    folded: tuple[str, ...] = ()


FAULTS = {
    "wrong key": Fault(
        "LL202",
        "openclaw.json:6:17",
        "not the proxy's master key",
        openclaw=((REFERENCE, WRONG_KEY),),
        folded=("PX003",),
    ),
    "wrong key, LiteLLM's file not seen": Fault(
        "PX003",
        "openclaw.json:6:17",
        "rejects OpenClaw's key",
        openclaw=((REFERENCE, WRONG_KEY),),
        litellm=None,
    ),
    "no key": Fault(
        "LL202",
        "openclaw.json:4:7",
        "sends no key",
        openclaw=((f'        apiKey: "{REFERENCE}",\n', ""),),
        folded=("PX003",),
    ),
    "no key, LiteLLM's file not seen": Fault(
        "PX003",
        "openclaw.json:4:7",
        "sends none",
        openclaw=((f'        apiKey: "{REFERENCE}",\n', ""),),
        litellm=None,
    ),
    "model not served": Fault("LL201", "openclaw.json:10:17", '"god"', "god", folded=("PX004",)),
    "model not served, LiteLLM's file not seen": Fault(
        "PX004", "openclaw.json:10:17", 'did you mean "good"?', "god", litellm=None
    ),
    "proxy not restarted": Fault(
        "PX004",
        "litellm_config.yaml:51:17",
        'no model "added"',
        "added",
        litellm=(("\nlitellm_settings:", f"{EXTRA}\nlitellm_settings:"),),
    ),
    "deployment missing": Fault(
        "AZ101", "litellm_config.yaml:11:14", 'did you mean "gpt-4o-mini"?', "missing"
    ),
    "Azure's key refused": Fault(
        "AZ003", "litellm_config.yaml:20:16", "rejects the key", "refused"
    ),
    "firewall": Fault(
        "AZ004", "litellm_config.yaml:26:17", "denies access from this network", "firewalled"
    ),
    "api-version not known": Fault(
        "AZ102", "litellm_config.yaml:35:20", '"2025-04-01-preview"', "outdated"
    ),
    "rate limit": Fault("AZ104", "litellm_config.yaml:40:17", "token rate limit", "limited"),
    "deployment dropped at start": Fault(
        "LL107", "litellm_config.yaml:49:20", "has no quotes", "dropped", folded=("PX004",)
    ),
}


@pytest.fixture
def azure_requests(chain: Chain) -> Iterator[Mapping[str, list[Request]]]:
    """Yield the requests to Azure during a test. A key is only in the header api-key."""
    for requests in chain.requests.values():
        requests.clear()
    yield chain.requests
    for name, requests in chain.requests.items():
        for request in requests:
            key = OTHER_KEY if name == "other" else AZURE_KEY
            assert request.headers.get("api-key") == key
            rest = {k: v for k, v in request.headers.items() if k != "api-key"}
            assert not _secrets_in(f"{request.path} {request.query} {rest} {request.body!r}")


def run(
    chain: Chain,
    folder: Path,
    openclaw: str,
    litellm: str | None,
    *,
    version: str | None = NEWEST,
) -> Report:
    """Return the report on an openclaw.json. `litellm` is the text of LiteLLM's config."""
    (folder / "openclaw.json").write_text(openclaw, "utf-8")
    situation = Situation(
        cwd=str(folder),
        home=str(folder / "home"),
        environ={**ENVIRON, "PATH": chain.path(folder / "prefix", version)},
        openclaw_config="openclaw.json",
    )
    if litellm is None:  # hide the process too: its command line names the file
        report = diagnose(situation, mode="free")
    else:
        (folder / "litellm_config.yaml").write_text(litellm, "utf-8")
        report = chain.diagnosed(replace(situation, litellm_config="litellm_config.yaml"))
    assert not report.internal_errors
    assert report.usage_error is None
    if litellm is not None:
        found = report.versions["litellm"]
        assert found is not None
        assert found.value == LITELLM_VERSION
    for text in (to_json(report), render(report, width=88, home="/nowhere", verbose=True)):
        assert not _secrets_in(text)
    return report


def _secrets_in(text: str) -> list[str]:
    """Return the parts of keys, 8 characters each, in a text."""
    parts = (key[at : at + 8] for key in SECRETS for at in range(len(key) - 7))
    return [part for part in parts if part in text]


def _where(finding: ReportedFinding) -> str:
    place = finding.place
    assert place is not None
    assert place.span is not None
    start = place.span.start
    return f"{place.path}:{start.line}:{start.column}"


def _errors(report: Report) -> list[str]:
    return [finding.code for finding in report.findings if finding.severity is Severity.ERROR]


def test_a_healthy_chain_has_only_notes(
    chain: Chain, azure_requests: Mapping[str, list[Request]], tmp_path: Path
) -> None:
    report = run(chain, tmp_path, chain.openclaw_config(), chain.litellm_config())
    assert {finding.severity for finding in report.findings} <= {Severity.INFO}
    assert (report.exit_code, report.verdict) == (0, "unknown")
    assert "Your agent answers" not in render(report, width=88, home="/nowhere")
    assert azure_requests["open"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_the_first_finding(
    name: str, chain: Chain, azure_requests: Mapping[str, list[Request]], tmp_path: Path
) -> None:
    fault = FAULTS[name]
    litellm = None
    if fault.litellm is not None:
        edits = [(old, new.format(_open_url(chain))) for old, new in fault.litellm]
        litellm = chain.litellm_config(*edits)
    openclaw = chain.openclaw_config(*fault.openclaw, model=fault.model)
    report = run(chain, tmp_path, openclaw, litellm)
    first = report.findings[0]
    assert (first.severity, first.code, _where(first)) == (Severity.ERROR, fault.code, fault.place)
    assert fault.text in first.message
    assert first.root_cause
    folded = [finding.code for finding in report.findings if finding.caused_by == first.id]
    assert sorted(folded) == sorted(fault.folded)
    assert sorted(_errors(report)) == sorted((fault.code, *fault.folded))
    assert (report.exit_code, report.verdict) == (1, "broken")


def _open_url(chain: Chain) -> str:
    """Return the address of the resource with open access."""
    line = chain.litellm_config().splitlines()[4]
    return line.rpartition(" ")[2]


def test_a_proxy_that_is_down_is_found(
    chain: Chain, azure_requests: object, tmp_path: Path
) -> None:
    openclaw = chain.openclaw_config((chain.proxy.url, refusing_url()))
    report = run(chain, tmp_path, openclaw, chain.litellm_config())
    first = report.findings[0]
    assert (first.code, _where(first)) == ("PX001", "openclaw.json:5:18")
    assert _errors(report) == ["PX001"]
    assert (report.exit_code, report.verdict) == (1, "broken")


def test_another_service_on_the_port_is_found(
    chain: Chain, azure_requests: object, tmp_path: Path
) -> None:
    received: list[Request] = []

    def page(request: Request) -> Response:
        return text_response(404, "<title>Vite</title>", {"server": "vite"}, kind="text/html")

    with serving(page, requests=received) as url:
        openclaw = chain.openclaw_config((chain.proxy.url, url))
        report = run(chain, tmp_path, openclaw, chain.litellm_config())
    first = report.findings[0]
    assert (first.code, _where(first)) == ("PX002", "openclaw.json:5:18")
    assert _errors(report) == ["PX002"]
    assert (report.exit_code, report.verdict) == (1, "broken")
    assert received
    assert not any(_secrets_in(str(request)) for request in received)


@pytest.mark.parametrize(
    ("code", "version", "severity", "place"),
    [
        ("OC101", "2026.3.7", Severity.ERROR, "openclaw.json:4:7"),
        ("OC101", "2026.3.13", Severity.WARNING, "openclaw.json:4:7"),
        ("OC101", NEWEST, Severity.INFO, "openclaw.json:4:7"),
        ("OC101", None, Severity.WARNING, "openclaw.json:4:7"),
        ("OC104", "2026.3.13", Severity.INFO, "openclaw.json:9:11"),
        ("OC104", NEWEST, Severity.INFO, "openclaw.json:9:11"),
        ("LL101", "2026.3.13", Severity.INFO, "litellm_config.yaml:52:3"),
        ("LL101", NEWEST, Severity.INFO, "litellm_config.yaml:52:3"),
    ],
)
def test_the_versions_decide_the_severity(
    code: str,
    version: str | None,
    severity: Severity,
    place: str,
    chain: Chain,
    azure_requests: object,
    tmp_path: Path,
) -> None:
    """The severity of a missing setting. LiteLLM 1.106.2 accepts `store` from every OpenClaw."""
    edits: dict[str, Edits] = {
        "OC101": (('        api: "openai-completions",\n', ""),),
        "OC104": (("            compat: { supportsStore: false },\n", ""),),
    }
    off = (("drop_params: true", "drop_params: false"),) if code == "LL101" else ()
    report = run(
        chain,
        tmp_path,
        chain.openclaw_config(*edits.get(code, ())),
        chain.litellm_config(*off),
        version=version,
    )
    found = [finding for finding in report.findings if finding.code == code and finding.routes]
    assert [(finding.severity, _where(finding)) for finding in found[:1]] == [(severity, place)]
    assert _errors(report) == [code] * (severity is Severity.ERROR)
    assert report.exit_code == (severity is Severity.ERROR)


@pytest.mark.parametrize(
    ("model", "status", "code"),
    [
        ("missing", 404, "AZ101"),
        ("refused", 401, "AZ003"),
        ("firewalled", 403, "AZ004"),
        ("outdated", 404, "AZ102"),
        ("limited", 429, "AZ104"),
        ("dropped", 400, "PX004"),
    ],
)
def test_a_turn_fails_and_its_text_is_explained(
    model: str, status: int, code: str, chain: Chain, azure_requests: object
) -> None:
    """A turn fails where the free probes report a fault, and its text leads to the same code."""
    answer = _turn(chain, model)
    assert answer.status_code == status
    explained = explain(answer.text, built_in_checks())
    assert [match.code for match in explained.matches][:1] == [code]


def test_a_turn_passes_with_store(
    chain: Chain, azure_requests: Mapping[str, list[Request]]
) -> None:
    answer = _turn(chain, "good")
    assert answer.json()["choices"][0]["message"]["content"] == "pong"
    assert json.loads(azure_requests["open"][0].body)["store"] is False


def _turn(chain: Chain, model: str) -> httpx.Response:
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(
            f"{chain.proxy.url}/v1/chat/completions",
            headers={"Authorization": f"Bearer {MASTER_KEY}"},
            json={
                "model": model,
                "messages": [{"role": "user", "content": "ping"}],
                "store": False,
            },
        )


def test_the_installed_program_finds_the_fault(
    chain: Chain, azure_requests: object, tmp_path: Path
) -> None:
    (tmp_path / "openclaw.json").write_text(chain.openclaw_config(model="missing"), "utf-8")
    named = ["--openclaw-config", "openclaw.json"]
    named += ["--litellm-config", str(chain.folder / "litellm_config.yaml")]
    done = subprocess.run(
        [Path(sys.executable).parent / "clawdoctor", "run", "--free", "--json", *named],
        cwd=tmp_path,
        env={
            "HOME": str(tmp_path / "home"),
            "LITELLM_MASTER_KEY": MASTER_KEY,
            "PATH": chain.path(tmp_path / "prefix", NEWEST),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    report = json.loads(done.stdout)
    first = report["findings"][0]
    start = first["location"]["start"]
    assert (first["code"], start["line"], start["column"]) == ("AZ101", 11, 14)
    assert not _secrets_in(done.stdout)
