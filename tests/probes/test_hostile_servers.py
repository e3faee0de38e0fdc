"""Hostile servers: each run ends, says what it does not know, and stays small."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from command_line import ALONE
from command_line import ENVIRON as PROCESS_ENVIRON
from hostile_server import (
    BROKEN_OFF,
    HANGING,
    NO_HTTP,
    ODD_VALUES,
    USELESS,
    Behaviour,
    Connection,
    Server,
    rows,
    serving,
    whole,
)

from clawdoctor.finding import CheckOutcome, Outcome, Report
from clawdoctor.formats.json import to_json
from clawdoctor.probes.client import open_http
from clawdoctor.probes.http import Answer, Http, NoAnswer
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation

FOREVER = float("inf")
KEY = "0123456789abcdef0123456789abcdef"
MASTER = "sk-m4ster-Qx7Wk2Zv9Bn4"
ENVIRON = {"LITELLM_MASTER_KEY": MASTER, "AZURE_API_KEY": KEY}
OPTIONS = ("--openclaw-config", "openclaw.json", "--litellm-config", "litellm_config.yaml")
PROMPT = {**NO_HTTP, **BROKEN_OFF, **USELESS}
ALL = {**HANGING, **PROMPT, **ODD_VALUES}


@contextmanager
def client(**more: Any) -> Iterator[Http]:
    http = open_http({}, more.pop("deadline", FOREVER), **more)
    yield http
    http.direct.close()


# The client alone.


def ask(behave: Behaviour, method: str, seconds: float) -> Answer | NoAnswer:
    """Send a request, and wait until the server sees the end of its connection."""
    with serving(behave) as server, client() as http:
        if method == "GET":
            result = http.get(server.url, {}, read_seconds=seconds)
        else:
            result = http.post(server.url, {}, {}, read_seconds=seconds)
        assert server.wait_until(lambda it: it.closed == it.opened == 1), "left open"
    return result


@pytest.mark.parametrize("method", ["GET", pytest.param("POST", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", HANGING)
def test_a_request_to_a_hanging_server_ends_with_its_connection(name: str, method: str) -> None:
    result = ask(HANGING[name], method, 0.3)
    if isinstance(result, NoAnswer):
        assert (result.failure, result.detail) == ("timeout", "no answer in time")
    else:
        assert result.cut or result.broken


@pytest.mark.quick(12)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", NO_HTTP)
def test_a_server_that_breaks_http_is_a_protocol_failure(name: str, method: str) -> None:
    result = ask(NO_HTTP[name], method, 60)
    if isinstance(result, NoAnswer):
        assert (result.failure, result.detail) == ("protocol", "not valid HTTP")
    else:
        assert (method, result.broken) == ("POST", "not valid HTTP")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", BROKEN_OFF)
def test_a_connection_that_ends_early_is_a_reset(name: str, method: str) -> None:
    result = ask(BROKEN_OFF[name], method, 60)
    if isinstance(result, NoAnswer):
        assert result.failure == "reset"
    else:
        assert (method, result.broken) == ("POST", "the connection ended")


@pytest.mark.quick(10)
@pytest.mark.parametrize("name", [*USELESS, *ODD_VALUES])
def test_an_answer_is_read_to_its_end_or_to_the_limit(name: str) -> None:
    result = ask({**USELESS, **ODD_VALUES}[name], "GET", 60)
    assert isinstance(result, Answer), result
    assert len(result.body) <= 64 * 1024


@pytest.mark.parametrize("name", [name for name in HANGING if name.endswith((" drip", " drips"))])
def test_the_clock_of_the_run_ends_a_drip(name: str) -> None:
    """The time goes by with the calls of the clock: a minute is over after a dozen parts."""
    moments = itertools.count(step=5)
    parts = 0

    def behave(to: Connection) -> None:
        def count() -> None:
            nonlocal parts
            parts += 1

        HANGING[name](replace(to, on_part=count))

    with serving(behave) as server, client(clock=lambda: float(next(moments))) as http:
        result = http.get(server.url, {}, read_seconds=60)
        assert server.wait_until(lambda it: it.closed == it.opened == 1)
    assert parts < 40
    assert not isinstance(result, NoAnswer) or result.failure == "timeout"


# Whole runs. In each stage, other requests get the hostile answers.

Stage = Literal["proxy", "models", "turn", "azure", "direct"]
FAILED_TURN = whole(b'{"error":{"message":"litellm.APIConnectionError: x"}}', 500)


def proxy_answer(stage: Stage) -> Callable[[str, str], bytes | None]:
    """The answers of a proxy that is sound apart from its stage."""

    def answer(method: str, path: str) -> bytes | None:
        if stage == "proxy":
            return None
        if path.endswith("/health/liveliness"):
            return whole(b'"I\'m alive!"')
        if method == "POST":
            return None if stage == "turn" else FAILED_TURN
        return None if stage == "models" else whole(rows())

    return answer


def azure_answer(stage: Stage) -> Callable[[str, str], bytes | None]:
    """The answers of a resource that is sound apart from its stage."""

    def answer(method: str, path: str) -> bytes | None:
        hostile = stage == "azure" or (stage == "direct" and method == "POST")
        listed = [{"id": "d0", "model": "gpt-4o", "status": "succeeded"}]
        return None if hostile else whole(rows(more={"data": listed}))

    return answer


def write_files(folder: Path, proxy: Server, azure: Server) -> None:
    """Write OpenClaw's and LiteLLM's files for a proxy and a resource."""
    provider = {
        "baseUrl": f"{proxy.url}/v1",
        "apiKey": "${LITELLM_MASTER_KEY}",
        "api": "openai-completions",
        "models": [{"id": "gpt", "name": "gpt"}],
    }
    openclaw = {
        "models": {"mode": "merge", "providers": {"litellm": provider}},
        "agents": {"defaults": {"model": {"primary": "litellm/gpt"}}},
    }
    params = {
        "model": "azure/d0",
        "api_base": azure.url,
        "api_key": "os.environ/AZURE_API_KEY",
        "api_version": "2024-10-21",
    }
    litellm = {
        "model_list": [{"model_name": "gpt", "litellm_params": params}],
        "litellm_settings": {"drop_params": True},
        "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"},
    }
    for name, config in (("openclaw.json", openclaw), ("litellm_config.yaml", litellm)):
        (folder / name).write_text(json.dumps(config), "utf-8")


@contextmanager
def chain(behave: Behaviour, stage: Stage) -> Iterator[tuple[Server, Server]]:
    with (
        serving(behave, proxy_answer(stage)) as proxy,
        serving(behave, azure_answer(stage)) as azure,
    ):
        yield proxy, azure


def run(here: Any, behave: Behaviour, stage: Stage, timeout: float) -> Report:
    """The report of a live run, after what holds for all runs."""
    with chain(behave, stage) as (proxy, azure):
        write_files(here.project, proxy, azure)
        situation = here.situation(
            dict(ENVIRON), openclaw_config="openclaw.json", litellm_config="litellm_config.yaml"
        )
        assert isinstance(situation, Situation)
        report = diagnose(situation, mode="live", timeout=timeout)
        if timeout == ENOUGH:
            assert proxy.hostile + azure.hostile > 0
    assert report.internal_errors == ()
    document = json.loads(to_json(report))
    assert document["exitCode"] == report.exit_code
    for text in (to_json(report), render(report, verbose=True), render(report, color=True)):
        text.encode()
        assert KEY not in text
        assert MASTER not in text
    return report


ENOUGH = 60.0
"""Seconds for a run whose servers all answer in some way: it ends much earlier."""
FLOODS = {f"flood of {status}" for status in (100, 103, 199)}
"""Costly servers like another, with which only the client is tested."""
SHORT = 0.6
"""Seconds for a run with a server that keeps it waiting."""


def sampled(names: Iterable[str]) -> list[Any]:
    """Each name; three quarters of them are slow, because the client alone meets them all."""
    return [
        pytest.param(name, marks=[pytest.mark.slow] if number % 4 else [])
        for number, name in enumerate(names)
    ]


STAGES = (
    "turn",
    *(
        pytest.param(stage, marks=pytest.mark.slow)
        for stage in ("proxy", "azure", "models", "direct")
    ),
)
DEPENDENT: dict[Stage, tuple[str, ...]] = {
    "proxy": ("PX003", "PX004"),
    "models": ("PX004",),
    "turn": (),
    "azure": ("AZ003", "AZ101"),
    "direct": (),
}
"""The checks that need the answers that are hostile."""


def outcome(report: Report, code: str) -> CheckOutcome:
    return next(check for check in report.checks if check.code == code)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def assert_no_all_clear(report: Report, stage: Stage) -> None:
    """Nothing passes that rests on the hostile answers."""
    for code in DEPENDENT[stage]:
        assert outcome(report, code).outcome is not Outcome.PASSED, code
    assert report.verdict != "answers"
    assert report.answers_with is None
    assert [route.status for route in report.routes] != ["ok"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", sampled(HANGING))
def test_a_run_ends_although_a_server_keeps_it_waiting(here: Any, name: str, stage: Stage) -> None:
    assert_no_all_clear(run(here, HANGING[name], stage, SHORT), stage)


@pytest.mark.quick(6)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", sampled(name for name in PROMPT if name not in FLOODS))
def test_a_useless_answer_is_no_all_clear(here: Any, name: str, stage: Stage) -> None:
    report = run(here, PROMPT[name], stage, ENOUGH)
    assert_no_all_clear(report, stage)
    if stage == "proxy":
        assert codes(report) & {"PX001", "PX002", "PX003"}
    if stage == "turn":
        assert report.verdict == "broken"


@pytest.mark.quick(5)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", ODD_VALUES)
def test_no_value_of_an_answer_is_a_defect(here: Any, name: str, stage: Stage) -> None:
    run(here, ODD_VALUES[name], stage, ENOUGH)


# The memory of a process of its own, which plays against many servers in turn.

PEAK = """
import json, sys
from clawdoctor.formats.json import to_json
from clawdoctor.report import render
from clawdoctor.run.diagnosis import diagnose
from clawdoctor.run.situation import Situation

for folder in sys.argv[1:]:
    situation = Situation(
        folder, folder, {environ!r},
        openclaw_config="openclaw.json", litellm_config="litellm_config.yaml",
    )
    report = diagnose(situation, mode="live", timeout=60)
    assert not report.internal_errors, report.internal_errors
    to_json(report), render(report, verbose=True)
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""
LIMIT = 120_000
"""Kilobytes."""


LARGE = (
    *("endless header", "one large header", "flood of 102", "endless chunk extension"),
    *("nothing but block headers", "10,000 headers", "endless events", "endless line"),
    *("endless body", "bomb", "bomb in a bomb", "packed text before a flood"),
    *("brackets", "nested objects", "a number with 60,000 digits", "endless names"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(
    "names",
    [
        pytest.param(LARGE, id="large", marks=pytest.mark.slow),
        pytest.param((*PROMPT, *ODD_VALUES), id="all", marks=pytest.mark.slow),
    ],
)
def test_no_server_fills_the_memory(tmp_path: Path, stage: Stage, names: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        folders = []
        for number, name in enumerate(names):
            folders.append(tmp_path / str(number))
            folders[-1].mkdir()
            write_files(folders[-1], *stack.enter_context(chain(ALL[name], stage)))
        done = subprocess.run(
            [sys.executable, "-c", PEAK.format(environ=ENVIRON), *map(str, folders)],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    assert done.stderr == ""
    assert int(done.stdout) < LIMIT


@pytest.mark.quick(1)
@pytest.mark.parametrize("name", ["flood of 102", "bomb", "endless events", "reset in the body"])
def test_a_run_prints_a_single_document(tmp_path: Path, name: str) -> None:
    with chain(ALL[name], "proxy") as (proxy, azure):
        write_files(tmp_path, proxy, azure)
        done = subprocess.run(
            [sys.executable, "-c", ALONE, "run", "--json", *OPTIONS],
            cwd=tmp_path,
            env={**PROCESS_ENVIRON, **ENVIRON},
            capture_output=True,
            check=False,
            timeout=600,
        )
    document = json.loads(done.stdout)
    assert (done.returncode, document["exitCode"], done.stderr) == (1, 1, b"")
    assert document["internalErrors"] == []
    assert document["verdict"] == "broken"


def test_a_thread_for_each_request_ends(here: Any) -> None:
    """The threads of requests that the run no longer waits for end by themselves."""
    before = set(threading.enumerate())
    with chain(HANGING["headers drip"], "proxy") as (proxy, azure):
        write_files(here.project, proxy, azure)
        situation = here.situation(
            dict(ENVIRON), openclaw_config="openclaw.json", litellm_config="litellm_config.yaml"
        )
        for timeout in (
            SHORT,
            10 * SHORT,
            100 * SHORT,
        ):  # a busy machine may not get to ask at once
            diagnose(situation, mode="live", timeout=timeout)
            if proxy.opened:
                break
        assert proxy.wait_until(lambda it: it.closed == it.opened > 0)
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive()
