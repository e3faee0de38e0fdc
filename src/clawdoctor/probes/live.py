"""The live turn: asked once through the proxy, and where that leaves it open, at Azure itself.

Polite: nothing is asked again after a refusal; a rate limit or LiteLLM's cooldown is waited out
once, for at most ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.question import Question, Questions
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.finding import Version
from clawdoctor.knowledge import release
from clawdoctor.probes.azure import OpenResource
from clawdoctor.probes.blame import UNSETTLED, Classify, blame_of
from clawdoctor.probes.direct import asked_directly
from clawdoctor.probes.http import Answer, Http
from clawdoctor.probes.preconditions import Asking, refusal
from clawdoctor.probes.proxy import AliveProxy, ServedModels
from clawdoctor.probes.replies import AllReplies, Failure, Replies, heard_so_far
from clawdoctor.probes.turn import Turn, read_turn
from clawdoctor.run.facts import Absent, Facts, Unavailable, side_by_side

TURN_SECONDS = 40.0
"""The first turn after a proxy's start may take 15 s, a rate limit that LiteLLM waits out 25 s."""
LONGEST_WAIT = 10.0
COOLDOWN_SECONDS = 5.0


def replies_loader(classify: Classify) -> Callable[..., Replies | Unavailable]:
    """The loader of `Replies`, with the reader of error texts that it shares with `explain`."""

    def ask_turn(
        question: Question,
        alive: AliveProxy | Absent,
        served: ServedModels | Absent | Unavailable,
        http: Http,
        trust: Trust,
        installed: InstalledVersions,
        environment: Environment,
        litellm: LiteLLMConfig | Absent | Unavailable,
        endpoints: Endpoints,
        facts: Facts,
    ) -> Replies | Unavailable:
        del alive  # nothing is asked of what is no proxy
        config = litellm if isinstance(litellm, LiteLLMConfig) else None
        asking = Asking(
            http, trust, classify, facts, installed.versions, environment, config, endpoints
        )
        refused = refusal(question, served, asking)
        return refused if refused is not None else _ask(question, asking)

    return ask_turn


def all_replies(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to all questions, asked side by side."""
    calls = [partial(facts.get, Replies, one) for one in questions.every]
    side_by_side(calls, facts.seconds_left)
    return heard_so_far(questions, facts)


def running_versions(
    installed: InstalledVersions, questions: Questions | Absent | Unavailable, facts: Facts
) -> Versions:
    """The versions, with what the proxy has said of its own in a turn, if one was asked."""
    if isinstance(questions, Questions):
        for one in heard_so_far(questions, facts).heard:
            result = one.turn.result
            said = result.headers.get("x-litellm-version", "") if isinstance(result, Answer) else ""
            if release(said) is not None:
                found = Version(said, "x-litellm-version of the proxy")
                return replace(installed.versions, litellm=found)
    return installed.versions


def _ask(question: Question, asking: Asking) -> Replies | Unavailable:
    turn, waited = _asked_twice_at_most(question, asking)
    if asking.http.is_over(turn.result):
        return Unavailable("no answer before the run's time was over")
    blame = None if turn.passed else blame_of(turn, asking.classify, direct=_is_direct(question))
    replies = Replies(question, turn, blame, waited=waited, fallback=_fallback(turn))
    if question.proxy is not None and asking.litellm is not None:
        unsettled = blame is not None and blame.code in UNSETTLED
        if unsettled or replies.fallback or len(question.deployments) > 1:
            replies = replace(replies, direct=asked_directly(question, asking))
    failures = (replace(one, other_key=_is_other_key(one, asking)) for one in _failures(replies))
    return replace(replies, failures=tuple(failures))


def _is_other_key(failure: Failure, asking: Asking) -> bool:
    """Whether the free probe was let in where the proxy's turn was refused for its key."""
    resources = [asking.endpoints.resource_of(one) for one in failure.deployments]
    opened = (asking.facts.loaded(OpenResource, one) for one in resources if one is not None)
    known = not failure.direct and failure.code == "AZ003" and bool(resources)
    return known and all(isinstance(one, OpenResource) for one in opened)


def _fallback(turn: Turn) -> str:
    """The group to which LiteLLM went on, by the headers of an answer."""
    if not turn.fell_back or not turn.passed or not isinstance(turn.result, Answer):
        return ""
    return turn.result.headers.get("x-litellm-model-group") or "another group"


def _is_direct(question: Question) -> bool:
    return question.resource is not None


def _asked_twice_at_most(question: Question, asking: Asking) -> tuple[Turn, float]:
    """The turn; once more where a rate limit or a cooldown will soon be over."""
    turn = _one_turn(question, asking)
    wait = _worth_waiting(turn, asking, direct=_is_direct(question))
    if wait is None:
        return turn, 0.0
    asking.http.sleep(wait)
    return _one_turn(question, asking), wait


def _one_turn(question: Question, asking: Asking) -> Turn:
    http = asking.http
    result = http.post(question.url, question.headers, question.body, read_seconds=TURN_SECONDS)
    turn = read_turn(result)
    http.spent.tokens(turn.prompt_tokens, turn.completion_tokens)
    return turn


def _worth_waiting(turn: Turn, asking: Asking, *, direct: bool) -> float | None:
    """Seconds after which a 429 may be another answer; None where that is not worth it.

    LiteLLM's cooldown hides an earlier error. A rate limit that took long was waited out by
    LiteLLM itself.
    """
    if not isinstance(turn.result, Answer) or turn.result.status != 429:
        return None
    blame = blame_of(turn, asking.classify, direct=direct)
    said = turn.result.headers.get("retry-after", "")
    named = float(said) if said.isascii() and said.isdecimal() else None
    cooling = blame.code == "PX103"
    if not cooling and (named is None or turn.result.latency_ms > LONGEST_WAIT * 1000):
        return None
    wait = (named if named is not None else COOLDOWN_SECONDS) + 0.2
    return wait if wait <= LONGEST_WAIT and wait < asking.http.seconds_left - 1 else None


def _failures(replies: Replies) -> Iterator[Failure]:
    """What each check is told: what the proxy said, and what Azure said that explains it."""
    blame, members = replies.blame, replies.question.deployments
    others = replies.passed or any(one.passed for one in replies.direct)
    failing = [one for one in replies.direct if one.blame is not None and one.turn is not None]
    explained = bool(failing) and blame is not None and blame.code in UNSETTLED
    for one in failing:
        assert one.blame is not None
        assert one.turn is not None
        network = one.blame.code in ("AZ001", "AZ002", "AZ004")
        if network and replies.passed:
            continue  # seen from here only: the proxy reaches it
        same = blame is not None and blame.code == one.blame.code and not explained
        yield Failure(
            one.blame.code,
            one.turn,
            (one.deployment,),
            dict(one.blame.captures),
            partial=others,
            direct=True,
            hidden_by=None if same or replies.passed else replies.turn,
        )
    told = {one.blame.code for one in failing if one.blame is not None}
    if others:  # which of a group's deployments a turn meets is chance: this one met a blocked one
        told |= {one.blocked for one in replies.direct if one.blocked is not None}
    if blame is not None and blame.code not in told:
        swallowed = explained and blame.code in ("AZ001", "AZ002", "PX108")
        if not swallowed:
            direct = _is_direct(replies.question)
            yield Failure(blame.code, replies.turn, members, dict(blame.captures), direct=direct)
