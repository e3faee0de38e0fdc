"""The same turn straight to Azure, as LiteLLM sends it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.drop_params import drop_params
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_call import Call, NoCall, address_call, as_served, prepare_call
from clawdoctor.chain.shown import refusal_text
from clawdoctor.knowledge import newest
from clawdoctor.probes.http import fits_header
from clawdoctor.probes.preconditions import TurnContext, blocker
from clawdoctor.probes.replies import DirectTurn
from clawdoctor.probes.turn import read_turn
from clawdoctor.probes.turn_refusal import refusal_of_turn
from clawdoctor.run.concurrency import run_concurrently
from clawdoctor.run.needs import TOO_LATE
from clawdoctor.source.secret import Secret
from clawdoctor.wire.question import Question

DIRECT_SECONDS = 15.0
_MIN_SECONDS = 1.0
"""The shortest time to wait for an answer: a shorter silence proves nothing."""
_RESERVED_SECONDS = 1.0
"""Kept of the run's time, so that a turn times out before the run does."""


def direct_turns(question: Question, context: TurnContext) -> tuple[DirectTurn, ...]:
    """Send the turn to all deployments of the group concurrently and return the results."""
    calls = [
        partial(_direct_turn, deployment, question, context) for deployment in question.deployments
    ]
    turns = run_concurrently(calls, context.http.seconds_left)
    return tuple(
        turn
        if isinstance(turn, DirectTurn)
        else DirectTurn(deployment, None, reason="no answer in time")
        for deployment, turn in zip(question.deployments, turns, strict=True)
    )


def _direct_turn(deployment: Deployment, question: Question, context: TurnContext) -> DirectTurn:
    blocked = blocker(deployment, context)
    if blocked is not None:
        return DirectTurn(deployment, None, reason=blocked.reason, blocked=blocked.kind)
    call = _call(deployment, question, context)
    if isinstance(call, NoCall):
        return DirectTurn(deployment, None, reason="LiteLLM would send nothing")
    key = deployment.api_key.resolved or Secret("")
    trust = context.trust
    refused = (
        trust.refuses(call.url, deployment.api_base.variables)
        or trust.withholds(call.url, key.reveal())
        or trust.keeps(deployment.api_key.variables, openclaw=False)
        or trust.withholds_parameters(deployment)
    )
    if refused is not None:
        host = host_of(call.url) or ""
        reason = refusal_text(refused, host, deployment.shown_host)
        return DirectTurn(deployment, None, reason=reason)
    if deployment.provider not in ("azure", "openai"):
        return DirectTurn(deployment, None, reason="it is not on Azure")
    if "@" in call.origin:
        return DirectTurn(deployment, None, reason="its api_base contains a user name")
    if not key.test(fits_header):
        return DirectTurn(deployment, None, reason="its key has characters that no header can hold")
    http = context.http
    seconds = min(DIRECT_SECONDS, http.seconds_left - _RESERVED_SECONDS)
    if seconds < _MIN_SECONDS:
        return DirectTurn(deployment, None, reason="no time was left to ask it")
    result = http.post(call.url, call.headers, call.body, read_seconds=seconds)
    if http.is_over(result):
        return DirectTurn(deployment, None, reason=TOO_LATE)
    if (untrusted := http.untrusted(result)) is not None:
        return DirectTurn(deployment, None, reason=untrusted)
    if deployment.model.hidden or deployment.api_base.hidden:
        result = replace(result, url=call.origin)  # the rest may come from a variable
    turn = read_turn(result)
    http.spent.add_tokens(turn.prompt_tokens, turn.completion_tokens)
    refusal = None if turn.passed else refusal_of_turn(turn, context.classify, direct=True)
    return DirectTurn(deployment, turn, refusal)


def _call(deployment: Deployment, question: Question, context: TurnContext) -> Call | NoCall:
    version = context.versions.value("litellm") or newest("litellm")
    settings = as_served(deployment)
    if question.api != "chat":
        body = {**question.body, "model": settings.name}
        return address_call(settings, body, version, responses=True)
    assert context.litellm is not None
    dropping = drop_params(context.litellm, deployment, context.environment.proxy)
    return prepare_call(settings, question.body, version, drop_params=dropping.on)
