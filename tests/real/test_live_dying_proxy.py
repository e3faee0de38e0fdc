"""A real proxy that dies in the middle of a run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile_server import (
    EVENTS,
    Behaviour,
    Connection,
    Server,
    chunk,
    drips,
    head,
    rows,
    serving,
    whole,
)

from clawdoctor.finding import Outcome, Report, Severity
from clawdoctor.formats.json import to_json
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation
from real.process import Proxy, started
from real.standin import chat_events

pytestmark = pytest.mark.real

KEY = "5c0e9d7f3b1a48e6922d4f6a8b0c1e37"
MASTER = "sk-7d1f0b9c3e5a8264"
ENVIRON = {"LITELLM_MASTER_KEY": MASTER, "CONTOSO_AZURE_KEY": KEY}
LITELLM = """\
model_list:
  - model_name: good
    litellm_params:
      model: azure/d0
      api_base: {azure}
      api_key: os.environ/CONTOSO_AZURE_KEY
      api_version: "2025-04-01-preview"
litellm_settings:
  drop_params: true
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
OPENCLAW = """\
{{
  models: {{ mode: "merge", providers: {{ "azure-openai": {{
    baseUrl: "{proxy}/v1", apiKey: "${{LITELLM_MASTER_KEY}}", api: "openai-completions",
    models: [{{ id: "good", name: "good", compat: {{ supportsStore: false }} }}],
  }} }} }},
  agents: {{ defaults: {{ model: {{ primary: "azure-openai/good" }} }} }},
}}
"""
PART = head(EVENTS) + b"".join(
    chunk(b"data: %s\n\n" % json.dumps(event).encode())
    for event in chat_events("pong", "stop", usage=False)[:4]
)


def kill(proxy: Proxy) -> None:
    proxy.process.kill()
    proxy.process.wait()


@contextmanager
def azure_that(behave: Behaviour) -> Iterator[Server]:
    """Yield a resource that accepts the key. Only its answer to the first turn is hostile."""
    turns = []

    def polite(method: str, path: str) -> bytes | None:
        turns.extend([path] if method == "POST" else [])
        if method == "POST" and len(turns) == 1:
            return None
        listed = [{"id": "d0", "model": "gpt-4o", "status": "succeeded"}]
        return whole(rows(more={"data": listed}))

    with serving(behave, polite) as azure:
        yield azure


def run(
    folder: Path,
    programs: Path,
    behave: Callable[[Proxy], Behaviour],
    progress: Callable[[Proxy, str], None] = lambda *_: None,
) -> Report:
    """Return the report of a live run. `progress` gets each request before the run sends it."""
    proxies: list[Proxy] = []
    config = folder / "litellm_config.yaml"
    with azure_that(lambda to: behave(proxies[0])(to)) as azure:
        config.write_text(LITELLM.format(azure=azure.url), "utf-8")
        with started(programs, config, folder / "home", ENVIRON) as proxy:
            assert proxy.exit_code() is None, proxy.log
            proxies.append(proxy)
            (folder / "openclaw.json").write_text(OPENCLAW.format(proxy=proxy.url), "utf-8")
            situation = Situation(
                str(folder),
                str(folder / "home"),
                {**ENVIRON, "PATH": str(programs)},
                openclaw_config="openclaw.json",
                litellm_config="litellm_config.yaml",
            )
            report = diagnose(
                situation, mode="live", progress=lambda request: progress(proxy, request)
            )
            assert proxy.process.poll() is not None, "the proxy is still alive"
    assert report.internal_errors == ()
    assert json.loads(to_json(report))["exitCode"] == report.exit_code == 1
    shown = render(report, verbose=True)
    assert KEY not in shown
    assert MASTER not in shown
    assert report.verdict == "broken"
    assert report.answers_with is None
    return report


def first_error(report: Report) -> tuple[str, str]:
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    return errors[0].code, errors[0].message


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.code: check.outcome for check in report.checks}


def test_a_proxy_that_dies_before_the_turn(litellm_programs: Path, tmp_path: Path) -> None:
    def progress(proxy: Proxy, request: str) -> None:
        if request.startswith(f"POST {proxy.url}"):
            kill(proxy)

    report = run(tmp_path, litellm_programs, lambda _: Connection.wait, progress)
    code, message = first_error(report)
    assert code == "PX001"
    assert message.endswith(" stopped during this run")
    assert outcomes(report)["PX003"] is Outcome.PASSED  # it had accepted the key earlier


def test_a_proxy_that_dies_before_it_lists_its_models(
    litellm_programs: Path, tmp_path: Path
) -> None:
    def progress(proxy: Proxy, request: str) -> None:
        if request == f"GET {proxy.url}/v1/models":
            kill(proxy)

    report = run(tmp_path, litellm_programs, lambda _: Connection.wait, progress)
    assert first_error(report)[0] == "PX001"
    assert outcomes(report)["PX003"] is not Outcome.PASSED
    assert outcomes(report)["PX004"] is not Outcome.PASSED


def test_a_proxy_that_dies_during_the_turn(litellm_programs: Path, tmp_path: Path) -> None:
    def behave(proxy: Proxy) -> Behaviour:
        def kill_and_wait(to: Connection) -> None:
            kill(proxy)
            to.wait()

        return kill_and_wait

    report = run(tmp_path, litellm_programs, behave)
    code, message = first_error(report)
    assert code == "PX001"
    assert message.endswith(" closes the connection in the middle of a test message")


def test_a_proxy_that_dies_during_its_answer(litellm_programs: Path, tmp_path: Path) -> None:
    def behave(proxy: Proxy) -> Behaviour:
        def parts() -> Iterator[bytes]:
            """Yield comments while the proxy forwards the events, and then end the proxy."""
            for _ in range(50):
                yield chunk(b": wait\n\n")
            kill(proxy)
            yield b""

        return drips(PART, parts)

    report = run(tmp_path, litellm_programs, behave)
    assert first_error(report)[0] in ("PX001", "PX104")
