"""The same turn sent straight to Azure, the way LiteLLM sends it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.shown import refusal_text
from clawdoctor.probes.foreign import Carried, carried_by_litellm, withheld_variable
from clawdoctor.probes.http import fits_header
from clawdoctor.probes.preconditions import TurnContext, blocker
from clawdoctor.probes.replies import DirectTurn
from clawdoctor.probes.turn import read_turn
from clawdoctor.probes.turn_refusal import refusal_of_turn
from clawdoctor.run.concurrency import run_concurrently
from clawdoctor.source.secret import Secret
from clawdoctor.wire.question import Question
from clawdoctor.wire.request import Api, HopRequest, Outcome, Refused, Unpredicted
from clawdoctor.wire.requests import Requests

DIRECT_SECONDS = 15.0
_MIN_SECONDS = 1.0
"""The shortest time to wait for an answer: a shorter silence proves nothing."""
_RESERVED_SECONDS = 1.0
"""Reserved from the run's time, so that a turn times out before the run does."""


def direct_turns(question: Question, context: TurnContext) -> tuple[DirectTurn, ...]:
    """Send the turn to all deployments of the group concurrently and return the results."""
    assert context.litellm is not None
    carried = carried_by_litellm(context.litellm, context.environment)
    calls = [
        partial(_direct_turn, deployment, question, carried, context)
        for deployment in question.deployments
    ]
    turns = run_concurrently(calls, context.http.seconds_left)
    return tuple(
        turn
        if isinstance(turn, DirectTurn)
        else DirectTurn(deployment, None, reason="no answer in time")
        for deployment, turn in zip(question.deployments, turns, strict=True)
    )


def _direct_turn(
    deployment: Deployment,
    question: Question,
    carried: tuple[Carried, ...],
    context: TurnContext,
) -> DirectTurn:
    blocked = blocker(deployment, context)
    if blocked is not None:
        return DirectTurn(deployment, None, reason=blocked.reason, blocked=blocked.kind)
    call = _call(deployment, question, context)
    match call:
        case Refused():
            return DirectTurn(deployment, None, reason="LiteLLM would send nothing")
        case Unpredicted():
            return DirectTurn(
                deployment, None, reason=f"clawdoctor does not ask it directly: {call.reason}"
            )
    credential = call.credential
    if credential is not None and credential.value is None:
        return DirectTurn(deployment, None, reason=f"LiteLLM sends {credential.description}")
    key = credential.value if credential is not None and credential.value else Secret("")
    trust = context.trust
    refused = (
        trust.refuses(call.url, _variables(call, "url"))
        or trust.withholds(call.url, key.reveal())
        or trust.keeps(_variables(call, "credential"), openclaw=False)
        or trust.withholds_parameters(deployment)
        or withheld_variable(call.url, call.headers, call.body, carried, trust)
    )
    if refused is not None:
        host = host_of(call.url) or ""
        reason = refusal_text(refused, host, deployment.shown_host)
        return DirectTurn(deployment, None, reason=reason)
    if "@" in call.origin:
        return DirectTurn(deployment, None, reason="its api_base contains a user name")
    if not key.test(fits_header):
        return DirectTurn(
            deployment, None, reason="its key contains characters that a header cannot carry"
        )
    http = context.http
    seconds = min(DIRECT_SECONDS, http.seconds_left - _RESERVED_SECONDS)
    if seconds < _MIN_SECONDS:
        return DirectTurn(deployment, None, reason="no time was left to send it a request")
    result = http.post(call.url, call.headers, call.body, read_seconds=seconds)
    if (over := http.why_over(result)) is not None:
        return DirectTurn(deployment, None, reason=over)
    if (untrusted := http.untrusted(result)) is not None:
        return DirectTurn(deployment, None, reason=untrusted)
    if deployment.model.hidden or _variables(call, "url"):
        result = replace(result, url=call.origin)  # the rest may come from a variable
    turn = read_turn(result)
    http.spent.add_tokens(turn.prompt_tokens, turn.completion_tokens)
    refusal = None if turn.passed else refusal_of_turn(turn, context.classify, direct=True)
    return DirectTurn(deployment, turn, refusal)


def _variables(call: HopRequest, part: str) -> tuple[str, ...]:
    """Return the variables that a part of the request is built from."""
    found = [source.variable for source in call.sources if source.part == part]
    names = [(item.name, *item.uses) for item in found if item is not None]
    return tuple(name for group in names for name in group)


def _call(deployment: Deployment, question: Question, context: TurnContext) -> Outcome:
    requests = context.facts.known(Requests)
    assert requests is not None, "every run predicts its requests"
    api: Api = "chat" if question.api == "chat" else "responses"
    request = HopRequest("openclaw", api, "", "", {}, {}, question.body)
    return requests.made_of(request, deployment, context.versions)
