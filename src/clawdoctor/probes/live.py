"""The live turn, sent once through the proxy and, if the cause stays unclear, to Azure.

The run does not repeat a turn after a refusal. It waits once, for at most ten seconds, for a rate
limit or LiteLLM's cooldown to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.trust import Trust
from clawdoctor.chain.versions import InstalledVersions, Versions
from clawdoctor.finding import Version
from clawdoctor.knowledge import release
from clawdoctor.probes.azure import NETWORK_KINDS, OpenResource
from clawdoctor.probes.direct import direct_turns
from clawdoctor.probes.http import Answer, Http
from clawdoctor.probes.preconditions import TurnContext, failed_precondition
from clawdoctor.probes.proxy import AliveProxy, ServedModels
from clawdoctor.probes.replies import AllReplies, Failure, Replies, loaded_replies
from clawdoctor.probes.turn import Turn, read_turn
from clawdoctor.probes.turn_refusal import UNSETTLED, refusal_of_turn
from clawdoctor.run.concurrency import run_concurrently
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Classify, Kind, Refusal
from clawdoctor.wire.question import Question, Questions

TURN_SECONDS = 40.0
"""A proxy's first turn may take 15 s. LiteLLM may wait 25 s for a rate limit to end."""
MAX_WAIT_SECONDS = 10.0
COOLDOWN_SECONDS = 5.0
_WITHOUT_CAUSE: frozenset[Kind] = frozenset(
    {"resource-not-found", "resource-unreachable", "unrecognised-failure"}
)
"""Kinds that the proxy reports without a cause. Azure's own answer replaces them."""


def replies_loader(classify: Classify) -> Callable[..., Replies | Unavailable]:
    """Return the loader of `Replies`. `classify` reads error texts as `explain` does."""

    def load_replies(
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
        return failed if failed is not None else _send_question(question, context)

    return load_replies


def all_replies(questions: Questions, facts: Facts) -> AllReplies:
    """Send all questions concurrently and return their replies."""
    calls = [partial(facts.get, Replies, question) for question in questions.items]
    run_concurrently(calls, facts.seconds_left)
    return loaded_replies(questions, facts)


def running_versions(
    installed: InstalledVersions, questions: Questions | None, facts: Facts
) -> Versions:
    """Return the versions. The version in the proxy's answer to a turn replaces LiteLLM's."""
    if questions is not None:
        for replies in loaded_replies(questions, facts).replies:
            result = replies.turn.result
            headers = result.headers if isinstance(result, Answer) else {}
            value = headers.get("x-litellm-version", "")
            if release(value) is not None:
                version = Version(value, "the proxy's x-litellm-version header")
                return replace(installed.versions, litellm=version)
    return installed.versions


def _send_question(question: Question, context: TurnContext) -> Replies | Unavailable:
    turn, waited = _turn_with_retry(question, context)
    if (over := context.http.why_over(turn.result)) is not None:
        return Unavailable(over)
    refusal = None if turn.passed else _refusal(turn, question, context)
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


def _refusal(turn: Turn, question: Question, context: TurnContext) -> Refusal:
    alive = context.facts.loaded(AliveProxy, question.proxy) if question.proxy else None
    other = alive is not None and not alive.is_litellm
    return refusal_of_turn(turn, context.classify, direct=_is_direct(question), other=other)


def _is_other_key(failure: Failure, context: TurnContext) -> bool:
    """Return whether Azure accepts the free probe's key and rejects that of the proxy's turn."""
    resources = [context.endpoints.resource_of(item) for item in failure.deployments]
    opened = (context.facts.loaded(OpenResource, item) for item in resources if item is not None)
    known = not failure.direct and failure.kind == "key-rejected" and bool(resources)
    return known and all(resource is not None for resource in opened)


def _fallback(turn: Turn) -> str:
    """Return the group that LiteLLM fell back to, from the headers of an answer."""
    if not turn.fell_back or not turn.passed or not isinstance(turn.result, Answer):
        return ""
    return turn.result.headers.get("x-litellm-model-group") or "another group"


def _is_direct(question: Question) -> bool:
    return question.resource is not None


def _turn_with_retry(question: Question, context: TurnContext) -> tuple[Turn, float]:
    """Send the turn. Repeat it once if a rate limit or a cooldown ends soon."""
    turn = _send_turn(question, context)
    wait = _seconds_to_wait(turn, question, context)
    http = context.http
    if wait is None or http.spent.turns_left(http.most_turns) < 1:
        return turn, 0.0
    http.sleep(wait)
    return _send_turn(question, context), wait


def _send_turn(question: Question, context: TurnContext) -> Turn:
    http = context.http
    result = http.post(question.url, question.headers, question.body, read_seconds=TURN_SECONDS)
    turn = read_turn(result)
    http.spent.add_tokens(turn.prompt_tokens, turn.completion_tokens)
    return turn


def _seconds_to_wait(turn: Turn, question: Question, context: TurnContext) -> float | None:
    """Return the seconds after which to repeat a turn that got a 429, or None to not repeat it.

    LiteLLM's cooldown hides an earlier error. If a rate limit took long, LiteLLM has already waited
    for it.
    """
    if not isinstance(turn.result, Answer) or turn.result.status != 429:
        return None
    refusal = _refusal(turn, question, context)
    value = turn.result.headers.get("retry-after", "")
    retry_after = float(value) if value.isascii() and value.isdecimal() else None
    cooling = refusal.kind == "deployment-cooldown"
    if not cooling and (retry_after is None or turn.result.latency_ms > MAX_WAIT_SECONDS * 1000):
        return None
    wait = (retry_after if retry_after is not None else COOLDOWN_SECONDS) + 0.2
    return wait if wait <= MAX_WAIT_SECONDS and wait < context.http.seconds_left - 1 else None


def _failures(replies: Replies) -> Iterator[Failure]:
    """Yield the refusals of Azure, and the refusal of the proxy unless they explain it."""
    refusal, deployments = replies.refusal, replies.question.deployments
    others = replies.passed or any(direct.passed for direct in replies.direct)
    kinds = {direct.refusal.kind for direct in replies.direct if direct.refusal is not None}
    explained = bool(kinds) and refusal is not None and refusal.kind in UNSETTLED
    for direct in replies.direct:
        if direct.refusal is None or direct.turn is None:
            continue
        if direct.refusal.kind in NETWORK_KINDS and replies.passed:
            continue  # the proxy reaches the resource, but this machine does not
        same = refusal is not None and refusal.kind == direct.refusal.kind and not explained
        yield Failure(
            direct.refusal,
            direct.turn,
            (direct.deployment,),
            partial=others,
            direct=True,
            hidden_by=None if same or replies.passed else replies.turn,
        )
    if others:  # LiteLLM chooses the deployment at random: this turn got a blocked one
        kinds |= {direct.blocked for direct in replies.direct if direct.blocked is not None}
    if refusal is None or refusal.kind in kinds or (explained and refusal.kind in _WITHOUT_CAUSE):
        return
    yield Failure(refusal, replies.turn, deployments, direct=_is_direct(replies.question))
