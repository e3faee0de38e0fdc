"""One fault after the other in a chain with the real proxy: a live run names its cause first.

Each is met three times: before clawdoctor's own simulated Azure, before the stand-in that shares
nothing with it, and before that one without a sight of LiteLLM's file and process; some of them
with the newest LiteLLM as well.
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
    """The chain before each of the two Azures, and with the newest LiteLLM."""

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
        (litellm_programs, azures.simulated),
        (litellm_programs, azures.stood_in),
        (newest_litellm_programs, azures.stood_in),
    )
    with ExitStack() as stack, ThreadPoolExecutor(len(wanted)) as pool:
        starting = [
            pool.submit(
                stack.enter_context,
                live.up(tmp_path_factory.mktemp("live"), programs, backend),
            )
            for programs, backend in wanted
        ]
        yield Chains(*(one.result() for one in starting))


@pytest.fixture(scope="module")
def reports(
    chains: Chains, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reports]:
    """The runs that the chosen tests need, side by side: they wait for others most of the time."""

    def run(met: tuple[str, How]) -> Report:
        chain, asked = chains.of(met[1]), RUNS[met]
        if "hidden by a cooldown" in met[0]:
            assert live.primed(chain, asked.groups[0]) in (401, 404, 429)
        return live.asked(chain, asked, tmp_path_factory.mktemp("run"))

    chosen = (getattr(item, "callspec", None) for item in request.session.items)
    wanted = [one.params["met"] for one in chosen if one is not None and "met" in one.params]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {met: pool.submit(run, met) for met in wanted}


def _met(names: Collection[str]) -> list[tuple[str, How]]:
    return [met for met in RUNS if met[0] in names]


def _id(met: tuple[str, How]) -> str:
    return f"{met[0]} ({met[1]})"


@pytest.mark.parametrize("met", _met(FAULTS), ids=_id)
def test_fault(met: tuple[str, How], reports: Reports) -> None:
    fault, report = FAULTS[met[0]], reports[met].result()
    code, at, folded = fault.code, fault.at, fault.folded
    if met[1] == "unseen":
        code, at, folded = fault.unseen or code, fault.unseen_at, ()
    errors = [one for one in report.findings if one.severity is Severity.ERROR]
    told = [_told(one) for one in errors]
    assert told[0] == (code, at if "/" in at else f"{PARAMS}/{at}"), told
    assert {one.code for one in errors if one.root_cause} == {code}, told
    assert sorted({one.code for one in errors if not one.root_cause}) == sorted(folded), told
    assert (report.exit_code, report.verdict) == (1, "broken")


@pytest.mark.parametrize("met", _met({*HEALTHY, *ODD, *THROUGH_STAND_IN}), ids=_id)
def test_healthy(met: tuple[str, How], reports: Reports) -> None:
    report = reports[met].result()
    told = [_told(one) for one in report.findings if one.severity is not Severity.INFO]
    assert not told
    assert (report.exit_code, report.verdict) == (0, "answers")
    assert report.answers_with == f"azure-openai/{RUNS[met].groups[0]}"
    assert report.cost.billable_requests == len(RUNS[met].groups)


@pytest.mark.parametrize("met", _met(MIXED), ids=_id)
def test_mixed(met: tuple[str, How], reports: Reports) -> None:
    mixed, report = MIXED[met[0]], reports[met].result()
    told = [one for one in report.findings if one.severity is not Severity.INFO]
    answering = None if mixed.answers_with is None else f"azure-openai/{mixed.answers_with}"
    assert (report.verdict, report.answers_with) == (mixed.verdict, answering)
    assert report.exit_code == (mixed.severity is Severity.ERROR)
    if mixed.code is None:
        assert not told
        return
    assert (told[0].severity, *_told(told[0])) == (mixed.severity, mixed.code, mixed.at)
    assert {one.code for one in told if one.root_cause} == {mixed.code}


def _told(finding: ReportedFinding) -> tuple[str, str]:
    return finding.code, live.where(finding)


def test_no_key_went_astray(chains: Chains, reports: Reports) -> None:
    """Every key was seen by the resource that it is for, in its header, and by nobody else."""
    for run in reports.values():
        run.exception()
    for chain in (chains.simulated, chains.stand_in, chains.newest):
        assert not live.keys_elsewhere(chain)
        assert not chain.azure.heard["canary"]
        assert chain.azure.heard["open"]
