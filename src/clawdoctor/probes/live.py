"""The live turn: sent once through the proxy, and where that leaves it open, to Azure itself.

Polite: nothing is sent again after a refusal; a rate limit or LiteLLM's cooldown is waited out
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
from clawdoctor.probes.azure import NETWORK_KINDS, OpenResource
from clawdoctor.probes.direct import direct_turns
from clawdoctor.probes.http import Answer, Http
from clawdoctor.probes.preconditions import TurnContext, failed_precondition
from clawdoctor.probes.proxy import ServedModels
from clawdoctor.probes.replies import AllReplies, Failure, Replies, loaded_replies
from clawdoctor.probes.turn import Turn, read_turn
from clawdoctor.probes.turn_refusal import UNSETTLED, Classify, refusal_of_turn
from clawdoctor.run.facts import Absent, Facts, Unavailable, side_by_side
from clawdoctor.run.refusal import Kind

TURN_SECONDS = 40.0
"""The first turn after a proxy's start may take 15 s, a rate limit that LiteLLM waits out 25 s."""
LONGEST_WAIT = 10.0
COOLDOWN_SECONDS = 5.0
_WITHOUT_CAUSE: frozenset[Kind] = frozenset(
    {"resource-not-found", "resource-unreachable", "unrecognised-failure"}
)
"""What the proxy reports without a cause: Azure's own answer takes its place."""


def replies_loader(classify: Classify) -> Callable[..., Replies | Unavailable]:
    """The loader of `Replies`, with the reader of error texts that it shares with `explain`."""

    def ask_turn(
        question: Question,
        served: ServedModels | Absent | Unavailable,
        http: Http,
        trust: Trust,
        installed: InstalledVersions,
        environment: Environment,
        litellm: LiteLLMConfig | None,
        endpoints: Endpoints,
        facts: Facts,
    ) -> Replies | Unavailable:
        context = TurnContext(
            http, trust, classify, facts, installed.versions, environment, litellm, endpoints
        )
        failed = failed_precondition(question, served, context)
        return failed if failed is not None else _ask(question, context)

    return ask_turn


def all_replies(questions: Questions, facts: Facts) -> AllReplies:
    """The replies to all questions, sent side by side."""
    calls = [partial(facts.get, Replies, question) for question in questions.items]
    side_by_side(calls, facts.seconds_left)
    return loaded_replies(questions, facts)


def running_versions(
    installed: InstalledVersions, questions: Questions | None, facts: Facts
) -> Versions:
    """The versions, with the one that the proxy itself gave in a turn, if one was sent."""
    if questions is not None:
        for replies in loaded_replies(questions, facts).replies:
            result = replies.turn.result
            said = result.headers.get("x-litellm-version", "") if isinstance(result, Answer) else ""
            if release(said) is not None:
                found = Version(said, "x-litellm-version of the proxy")
                return replace(installed.versions, litellm=found)
    return installed.versions


def _ask(question: Question, context: TurnContext) -> Replies | Unavailable:
    turn, waited = _turn_with_retry(question, context)
    if context.http.is_over(turn.result):
        return Unavailable("no answer before the run's time was over")
    direct = _is_direct(question)
    refusal = None if turn.passed else refusal_of_turn(turn, context.classify, direct=direct)
    replies = Replies(question, turn, refusal, waited=waited, fallback=_fallback(turn))
    if question.proxy is not None and context.litellm is not None:
        unsettled = refusal is not None and refusal.kind in UNSETTLED
        if unsettled or replies.fallback or len(question.deployments) > 1:
            replies = replace(replies, direct=direct_turns(question, context))
    failures = (
        replace(failure, other_key=_is_other_key(failure, context))
        for failure in _failures(replies)
    )
    return replace(replies, failures=tuple(failures))


def _is_other_key(failure: Failure, context: TurnContext) -> bool:
    """Whether Azure accepts the free probe's key and rejects that of the proxy's turn."""
    resources = [context.endpoints.resource_of(each) for each in failure.deployments]
    opened = (context.facts.loaded(OpenResource, each) for each in resources if each is not None)
    known = not failure.direct and failure.kind == "key-rejected" and bool(resources)
    return known and all(each is not None for each in opened)


def _fallback(turn: Turn) -> str:
    """The group to which LiteLLM went on, by the headers of an answer."""
    if not turn.fell_back or not turn.passed or not isinstance(turn.result, Answer):
        return ""
    return turn.result.headers.get("x-litellm-model-group") or "another group"


def _is_direct(question: Question) -> bool:
    return question.resource is not None


def _turn_with_retry(question: Question, context: TurnContext) -> tuple[Turn, float]:
    """The turn; sent once more where a rate limit or a cooldown will soon be over."""
    turn = _send_turn(question, context)
    wait = _worth_waiting(turn, context, direct=_is_direct(question))
    if wait is None:
        return turn, 0.0
    context.http.sleep(wait)
    return _send_turn(question, context), wait


def _send_turn(question: Question, context: TurnContext) -> Turn:
    http = context.http
    result = http.post(question.url, question.headers, question.body, read_seconds=TURN_SECONDS)
    turn = read_turn(result)
    http.spent.tokens(turn.prompt_tokens, turn.completion_tokens)
    return turn


def _worth_waiting(turn: Turn, context: TurnContext, *, direct: bool) -> float | None:
    """Seconds after which a 429 may be another answer; None where that is not worth it.

    LiteLLM's cooldown hides an earlier error. A rate limit that took long was waited out by
    LiteLLM itself.
    """
    if not isinstance(turn.result, Answer) or turn.result.status != 429:
        return None
    refusal = refusal_of_turn(turn, context.classify, direct=direct)
    said = turn.result.headers.get("retry-after", "")
    named = float(said) if said.isascii() and said.isdecimal() else None
    cooling = refusal.kind == "deployment-cooldown"
    if not cooling and (named is None or turn.result.latency_ms > LONGEST_WAIT * 1000):
        return None
    wait = (named if named is not None else COOLDOWN_SECONDS) + 0.2
    return wait if wait <= LONGEST_WAIT and wait < context.http.seconds_left - 1 else None


def _failures(replies: Replies) -> Iterator[Failure]:
    """What the proxy answered, and what Azure answered that explains it."""
    refusal, members = replies.refusal, replies.question.deployments
    others = replies.passed or any(direct.passed for direct in replies.direct)
    kinds = {direct.refusal.kind for direct in replies.direct if direct.refusal is not None}
    explained = bool(kinds) and refusal is not None and refusal.kind in UNSETTLED
    for direct in replies.direct:
        if direct.refusal is None or direct.turn is None:
            continue
        if direct.refusal.kind in NETWORK_KINDS and replies.passed:
            continue  # seen from here only: the proxy reaches it
        same = refusal is not None and refusal.kind == direct.refusal.kind and not explained
        yield Failure(
            direct.refusal,
            direct.turn,
            (direct.deployment,),
            partial=others,
            direct=True,
            hidden_by=None if same or replies.passed else replies.turn,
        )
    if others:  # which deployment of a group a turn meets is chance: this one met a blocked one
        kinds |= {direct.blocked for direct in replies.direct if direct.blocked is not None}
    if refusal is None or refusal.kind in kinds or (explained and refusal.kind in _WITHOUT_CAUSE):
        return
    yield Failure(refusal, replies.turn, members, direct=_is_direct(replies.question))
