"""`run --watch`: run again when a file or the proxy changes, until the chain answers."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from clawdoctor import __version__
from clawdoctor.cli import situation as machine
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Mode, Report
from clawdoctor.report import render
from clawdoctor.run.diagnosis import USAGE, Policy, diagnose
from clawdoctor.run.situation import Situation
from clawdoctor.run.watch import MOST_TURNS, PROBE_SECONDS, TURN_PAUSE, Turns, proxy_states, settled
from clawdoctor.source.look import Answers, asked_again, changed_paths, recorded
from clawdoctor.terminal.clean import clean
from clawdoctor.terminal.output import write
from clawdoctor.terminal.screen import Screen
from clawdoctor.terminal.stream import oldest_wait, terminal

POLL_SECONDS = 0.5
PROXY = "the proxy"

Prepare = Callable[[], tuple[Situation, Policy]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: `prepare` reads the config files and raises BadParameter for a wrong one."""

    prepare: Prepare
    mode: Mode
    timeout: float
    verbose: bool = False
    quiet: bool = False


@dataclass(slots=True)
class _Watch:
    """The state of a watch. `report` is that of the last run that ended."""

    plan: Plan
    screen: Screen
    turns: Turns
    change: str
    report: Report | None = None
    answers: Answers | None = None
    ask_proxies: Callable[[], object] = tuple
    proxies: object = ()
    owed: bool = False
    """Whether a change has not been tested with messages yet."""


def watch(plan: Plan) -> Report:
    """Run until a test message is answered, or until Ctrl-C. Print and return the last report.

    Wrong usage ends the first run. Later it can come from a file that is being edited.
    """
    screen = Screen(sys.stdout)
    state = _Watch(plan, screen, Turns(), f"Started at {_time()}.")
    try:
        with screen.live:
            while not _is_done(state, _run(state)):
                _wait(state)
    except KeyboardInterrupt:
        if state.report is None:
            raise
    assert state.report is not None
    write(_drawn(state), sys.stdout)
    return state.report


def _is_done(state: _Watch, first: bool) -> bool:
    report = state.report
    assert report is not None
    return report.verdict == "answers" or (first and report.exit_code not in (0, 1))


def _run(state: _Watch) -> bool:
    """Run once and return whether it was the first run."""
    first, plan = state.report is None, state.plan
    depth = state.turns.depth(plan.mode, time.monotonic())
    waited: list[str] = ["reading files"]
    state.screen.show(
        lambda: _drawn(state), lambda: [oldest_wait(waited, plan.timeout), *_status(state)]
    )
    with recorded() as answers, state.screen.ticking():
        state.answers = answers
        try:
            situation, policy = plan.prepare()
            state.ask_proxies = _asks(situation, plan.mode)
            state.proxies = state.ask_proxies()
            report = diagnose(
                situation,
                mode=depth,
                policy=policy,
                timeout=plan.timeout,
                progress=waited.append,
                report_interrupted=first,
                most_turns=state.turns.left,
            )
        except typer.BadParameter as error:
            if first:
                raise
            report = Report(__version__, exit_code=USAGE, usage_error=error.format_message())
    state.turns.add(report.cost.billable_requests, time.monotonic())
    state.report = report
    state.owed = depth != plan.mode and state.turns.left > 0
    return first


def _asks(situation: Situation, mode: Mode) -> Callable[[], object]:
    """Return a function that returns what the state of the proxies and their programs is."""
    ask = tuple if mode == "offline" else proxy_states(situation)

    def states() -> object:
        running = machine.running_programs()
        return ask(), [process.pid for process in (*running.proxies, *running.gateways)]

    return states


def _wait(state: _Watch) -> None:
    """Return when something has changed, or when a change may be tested with messages."""
    assert state.answers is not None
    answers = dict(state.answers)
    state.screen.show(lambda: _drawn(state), lambda: ["Waiting for a change.", *_status(state)])
    probe_at = time.monotonic() + PROBE_SECONDS
    while True:
        time.sleep(POLL_SECONDS)
        state.screen.update()
        if asked_again(answers) != answers:
            now = settled(answers, clock=time.monotonic, sleep=time.sleep)
            if changed := changed_paths(answers, now):
                state.change = f"Last change at {_time()}: {_name(changed)}."
                return
        if time.monotonic() >= probe_at:
            if state.ask_proxies() != state.proxies:
                state.change = f"Last change at {_time()}: {PROXY}."
                return
            probe_at = time.monotonic() + PROBE_SECONDS
        if state.owed and time.monotonic() >= state.turns.last + TURN_PAUSE:
            return


def _name(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return clean(Path(paths[0]).name) + more


def _time() -> str:
    return time.strftime("%H:%M:%S")


def _status(state: _Watch) -> list[str]:
    lines = [f"{state.change} Press Ctrl-C to stop."]
    turns = state.turns
    if state.plan.mode != "live" or not turns.sent:
        return lines
    sent = f"{turns.sent} of at most {MOST_TURNS} test messages sent"
    if not turns.left:
        return [*lines, f"{sent}: from now on, only free requests."]
    if state.owed:
        seconds = max(0, round(turns.last + TURN_PAUSE - time.monotonic()))
        return [*lines, f"{sent}. The next follows in {seconds} s."]
    return [*lines, f"{sent}."]


def _drawn(state: _Watch) -> str:
    """Return the last report as text, or nothing before the end of the first run."""
    if state.report is None:
        return ""
    shown = terminal(sys.stdout, os.environ)
    return render(
        state.report,
        width=shown.width,
        color=shown.color,
        unicode=shown.unicode,
        verbose=state.plan.verbose,
        quiet=state.plan.quiet,
        home=str(Path.home()),
    )
