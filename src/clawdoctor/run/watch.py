"""What `run --watch` waits for, and how many test messages it may send."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.chain.trust import Trust
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Mode
from clawdoctor.probes.http import Answer, Http
from clawdoctor.probes.proxy import Liveness, fetch_liveness
from clawdoctor.run.concurrency import run_concurrently
from clawdoctor.run.facts import Facts
from clawdoctor.run.loaders import SUBJECTS, loaders
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import Answers, asked_again, state_of

MOST_TURNS = 20
TURN_PAUSE = 60.0
"""The seconds between test messages."""
PROBE_SECONDS = 5.0
"""The seconds between two questions to the proxy."""
_ANSWER_SECONDS = 3.0
"""A proxy that takes longer to say that it is alive counts as silent."""
QUIET_SECONDS = 0.5
"""An editor that writes a file in several steps takes less time between them."""
ABSENT_SECONDS = 2.0
"""The seconds that a file may be gone while a program replaces it."""
_MOST_SECONDS = 10.0
_STEP_SECONDS = 0.1


@dataclass(slots=True)
class Turns:
    """The test messages that were sent, and when the last was sent."""

    sent: int = 0
    last: float = -math.inf

    @property
    def left(self) -> int:
        """The number of test messages that may still be sent."""
        return max(0, MOST_TURNS - self.sent)

    def depth(self, wanted: Mode, now: float) -> Mode:
        """Return the mode of a run that starts now. A live run becomes free if it must wait."""
        may = self.left and now >= self.last + TURN_PAUSE
        return wanted if wanted != "live" or may else "free"

    def add(self, count: int, now: float) -> None:
        """Count the test messages of a run."""
        if count:
            self.sent, self.last = self.sent + count, now


def proxy_states(situation: Situation) -> Callable[[], tuple[object, ...]]:
    """Return a function that asks each proxy of the chain whether it is alive, which is free."""
    situation = replace(situation, processes=processes_of_chain(situation))
    facts = Facts(loaders(situation), SUBJECTS, depth="free")
    endpoints, trust, http = facts.known(Endpoints), facts.known(Trust), facts.known(Http)
    if endpoints is None or trust is None or http is None:
        return tuple
    asks = [partial(fetch_liveness, proxy, http, trust) for proxy in endpoints.proxies]
    return lambda: tuple(map(_state, run_concurrently(asks, _ANSWER_SECONDS)))


def _state(liveness: object) -> object:
    if not isinstance(liveness, Liveness) or not isinstance(liveness.result, Answer):
        return "silent"
    return liveness.result.status, liveness.is_litellm


def settled(
    answers: Answers, *, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Answers:
    """Wait until the files have stopped changing, and return the answers about them.

    A file that is gone may be in the course of being replaced, so this waits longer for it.
    """
    now, started = asked_again(answers), clock()
    since = started
    while clock() < started + _MOST_SECONDS:
        sleep(_STEP_SECONDS)
        again = asked_again(answers)
        if again != now:
            now, since = again, clock()
        wait = ABSENT_SECONDS if _lacks_a_file(answers, now) else QUIET_SECONDS
        if clock() >= since + wait:
            break
    return now


def _lacks_a_file(before: Answers, now: Answers) -> bool:
    return any(
        answer is None and before[key] is not None
        for key, answer in now.items()
        if key[0] is state_of
    )
