"""A live run names the cause of each fault first, in a chain with the real proxy.

Each fault runs three times: with clawdoctor's simulated Azure, with the independent stand-in, and
with the stand-in but without access to LiteLLM's file and process. Some faults also run with the
newest LiteLLM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from clawdoctor.finding import Report, ReportedFinding, Severity
from real import azures, live
from real.faults import FAULTS, HEALTHY, MIXED, ODD, PARAMS, THROUGH_STAND_IN, How, runs
from real.live import Live

pytestmark = pytest.mark.real

AT_ONCE = 6
RUNS = runs()


@dataclass(frozen=True, slots=True)
class Chains:
    """The chain with each of the two Azures, and with the newest LiteLLM."""

    simulated: Live
    stand_in: Live
    newest: Live

    def of(self, how: How) -> Live:
        match how:
            case "simulated":
                return self.simulated
            case "newest":
                return self.newest
        return self.stand_in


Reports = Mapping[tuple[str, How], Future[Report]]


@pytest.fixture(scope="module")
def chains(
    litellm_programs: Path,
    newest_litellm_programs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Chains]:
    wanted = (
        (litellm_programs, azures.simulated_resource),
        (litellm_programs, azures.stand_in_resource),
        (newest_litellm_programs, azures.stand_in_resource),
    )
    with ExitStack() as stack, ThreadPoolExecutor(len(wanted)) as pool:
        starting = [
            pool.submit(
                stack.enter_context,
                live.up(tmp_path_factory.mktemp("live"), programs, backend),
            )
            for programs, backend in wanted
        ]
        yield Chains(*(chain.result() for chain in starting))


@pytest.fixture(scope="module")
def reports(
    chains: Chains, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reports]:
    """Yield the runs that the selected tests need, made in parallel: they mostly wait."""

    def run(live_case: tuple[str, How]) -> Report:
        chain, settings = chains.of(live_case[1]), RUNS[live_case]
        if "hidden by a cooldown" in live_case[0]:
            assert live.send_turn(chain, settings.groups[0]) in (401, 404, 429)
        return live.run_report(chain, settings, tmp_path_factory.mktemp("run"))

    chosen = (getattr(item, "callspec", None) for item in request.session.items)
    wanted = [
        spec.params["live_case"]
        for spec in chosen
        if spec is not None and "live_case" in spec.params
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {live_case: pool.submit(run, live_case) for live_case in wanted}


def _live_cases(names: Collection[str]) -> list[tuple[str, How]]:
    return [live_case for live_case in RUNS if live_case[0] in names]


def _id(live_case: tuple[str, How]) -> str:
    return f"{live_case[0]} ({live_case[1]})"


@pytest.mark.parametrize("live_case", _live_cases(FAULTS), ids=_id)
def test_a_fault_is_the_first_finding(live_case: tuple[str, How], reports: Reports) -> None:
    fault, report = FAULTS[live_case[0]], reports[live_case].result()
    code, at, folded = fault.code, fault.at, fault.folded
    if live_case[1] == "no files":
        code, at, folded = fault.code_without_files or code, fault.at_without_files, ()
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    reported = [_code_and_place(finding) for finding in errors]
    assert reported[0] == (code, at if "/" in at else f"{PARAMS}/{at}"), reported
    assert {finding.code for finding in errors if finding.root_cause} == {code}, reported
    assert sorted({finding.code for finding in errors if not finding.root_cause}) == sorted(
        folded
    ), reported
    assert (report.exit_code, report.verdict) == (1, "broken")


@pytest.mark.parametrize("live_case", _live_cases({*HEALTHY, *ODD, *THROUGH_STAND_IN}), ids=_id)
def test_a_healthy_chain_answers(live_case: tuple[str, How], reports: Reports) -> None:
    report = reports[live_case].result()
    reported = [
        _code_and_place(finding)
        for finding in report.findings
        if finding.severity is not Severity.INFO
    ]
    assert not reported
    assert (report.exit_code, report.verdict) == (0, "answers")
    assert report.answers_with == f"azure-openai/{RUNS[live_case].groups[0]}"
    assert report.cost.billable_requests == len(RUNS[live_case].groups)


@pytest.mark.parametrize("live_case", _live_cases(MIXED), ids=_id)
def test_a_partly_broken_chain_names_what_answers(
    live_case: tuple[str, How], reports: Reports
) -> None:
    mixed, report = MIXED[live_case[0]], reports[live_case].result()
    reported = [finding for finding in report.findings if finding.severity is not Severity.INFO]
    answering = None if mixed.answers_with is None else f"azure-openai/{mixed.answers_with}"
    assert (report.verdict, report.answers_with) == (mixed.verdict, answering)
    assert report.exit_code == (mixed.severity is Severity.ERROR)
    if mixed.code is None:
        assert not reported
        return
    assert (reported[0].severity, *_code_and_place(reported[0])) == (
        mixed.severity,
        mixed.code,
        mixed.at,
    )
    assert {finding.code for finding in reported if finding.root_cause} == {mixed.code}


def _code_and_place(finding: ReportedFinding) -> tuple[str, str]:
    return finding.code, live.place_of(finding)


def test_no_key_goes_to_another_resource(chains: Chains, reports: Reports) -> None:
    """Every key goes only to its own resource, in its header."""
    for run in reports.values():
        run.exception()
    for chain in (chains.simulated, chains.stand_in, chains.newest):
        assert not live.misplaced_keys(chain)
        assert not chain.azure.requests["canary"]
        assert chain.azure.requests["open"]
