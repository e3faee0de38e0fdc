"""The same question at Azure itself, in the way in which LiteLLM would ask it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from clawdoctor.chain.azure_deployment import name_for
from clawdoctor.chain.drop_params import drop_params
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.litellm_call import Call, NoCall, addressed, configured, prepared
from clawdoctor.chain.question import Question
from clawdoctor.knowledge import newest
from clawdoctor.probes.http import fits_header
from clawdoctor.probes.preconditions import Asking, blocker
from clawdoctor.probes.replies import Direct
from clawdoctor.probes.turn import read_turn
from clawdoctor.probes.turn_refusal import refusal_of_turn
from clawdoctor.run.facts import side_by_side

DIRECT_SECONDS = 15.0
_SHORTEST = 1.0
"""Seconds. A silence that is shorter is no news."""
_LAST_SECOND = 1.0
"""What is kept of the run's time, so that silence is still news when it is over."""


def direct_turns(question: Question, asking: Asking) -> tuple[Direct, ...]:
    """A turn to each deployment of the group, as LiteLLM would send it, side by side."""
    calls = [partial(_direct_turn, each, question, asking) for each in question.deployments]
    found = side_by_side(calls, asking.http.seconds_left)
    return tuple(
        turn if isinstance(turn, Direct) else Direct(deployment, None, reason="no answer in time")
        for deployment, turn in zip(question.deployments, found, strict=True)
    )


def _direct_turn(deployment: Deployment, question: Question, asking: Asking) -> Direct:
    blocked = blocker(deployment, asking)
    if blocked is not None:
        return Direct(deployment, None, reason=blocked.reason, blocked=blocked.kind)
    call = _call(deployment, question, asking)
    if isinstance(call, NoCall):
        return Direct(deployment, None, reason="LiteLLM would send nothing")
    key = deployment.api_key.resolved or ""
    refused = asking.trust.refuses(call.url) or asking.trust.withholds(call.url, key)
    if refused is not None or deployment.provider not in ("azure", "openai"):
        return Direct(deployment, None, reason=refused or "it is not on Azure")
    if not fits_header(key):
        return Direct(deployment, None, reason="its key has characters that no header can hold")
    http = asking.http
    seconds = min(DIRECT_SECONDS, http.seconds_left - _LAST_SECOND)
    if seconds < _SHORTEST:
        return Direct(deployment, None, reason="no time was left to ask it")
    result = http.post(call.url, call.headers, call.body, read_seconds=seconds)
    if http.is_over(result):
        return Direct(deployment, None, reason="no answer before the run's time was over")
    turn = read_turn(result)
    http.spent.tokens(turn.prompt_tokens, turn.completion_tokens)
    refusal = None if turn.passed else refusal_of_turn(turn, asking.classify, direct=True)
    return Direct(deployment, turn, refusal)


def _call(deployment: Deployment, question: Question, asking: Asking) -> Call | NoCall:
    version = asking.versions.value("litellm") or newest("litellm")
    one = configured(deployment)
    if "*" in one.model:
        provider = one.model.partition("/")[0]
        one = replace(one, model=f"{provider}/{name_for(deployment, question.model)}")
    if question.api != "chat":
        body = {**question.body, "model": one.name}
        return addressed(one, body, version, responses=True)
    assert asking.litellm is not None
    dropping = drop_params(asking.litellm, deployment, asking.environment.proxy)
    return prepared(one, question.body, version, drop_params=dropping.on)
