"""The request exceeds an Azure rate limit.

What it means
-------------
Azure itself answers 429: the requests exceed the tokens or requests per minute that the deployment
or the subscription allows. (A 429 "No deployments available" comes from LiteLLM and hides an
earlier error.)

Why it happens
--------------
With each message, OpenClaw sends 12,000 to 31,000 tokens, depending on its version, before the
user's own text. When a request arrives, Azure counts the prompt and max_tokens together. A small
quota allows only one or two messages per minute, or none at all. "Please retry after 86400 seconds"
means that the request never fits, or that the subscription is a free one without quota for the
model.

How to fix it
-------------
Raise the deployment's limit. In Azure Portal > your Azure OpenAI resource > Model deployments,
Manage Deployments opens the Foundry portal. There, edit the deployment's Tokens per Minute Rate
Limit. Or add a second deployment under the same model_name, so that LiteLLM has an alternative, and
lower maxTokens in openclaw.json.

Versions
--------
All versions. LiteLLM retries a 429 twice and waits as long as Azure requests: 22 seconds if
Retry-After is 7.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
https://docs.litellm.ai/docs/proxy/load_balancing
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, SECOND_DEPLOYMENT
from clawdoctor.check import Check
from clawdoctor.checks.azure.az104_texts import ADVICE, TEXTS
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.checks.turn_finding import deployment_phrase
from clawdoctor.deferred import regex
from clawdoctor.finding import Command, Fix, Step
from clawdoctor.probes.http import Answer

_QUOTA = (
    "the limit in Azure Portal > your Azure OpenAI resource > Model deployments > Manage "
    "Deployments > Edit > Tokens per Minute Rate Limit"
)
_LIMITS = ("token rate limit", "call rate limit", "request rate limit")
_WAIT = regex(r"retry after (\d{1,6}) second", re.IGNORECASE)
_BY_CALLS = (
    "Azure derives the limit on calls from the limit on tokens per minute, so raise that one."
)
_BY_TOKENS = (
    "With each message, OpenClaw sends 12,000 to 31,000 tokens before the user's own text, and "
    "Azure also counts max_tokens."
)
_NEVER = 3600
"""Seconds. Azure counts per minute, so a longer wait means that the request never fits."""


def _describe(refused: ByProbe | ByTurn) -> Description:
    result = refused.result
    assert isinstance(result, Answer)
    limit = next((limit for limit in _LIMITS if limit in result.body), "rate limit")
    wait = _wait_seconds(result)
    why = _BY_CALLS if limit == "call rate limit" else _BY_TOKENS
    never = wait is not None and wait >= _NEVER
    if never:
        why += " A wait this long means that the request never fits."
    if isinstance(refused, ByTurn):
        question = refused.replies.question
        name, setting = f"the {deployment_phrase(refused.failure, refused.replies)}", "model"
        group = question.model if question.proxy is not None else None
        command = Command(f"sleep {min(wait or 60, 60)}; clawdoctor run")
    else:
        deployments = refused.resource.deployments
        name, setting = refused.name, "api_base"
        group = deployments[0].group if deployments else None
        command = CHECK_AGAIN
        if wait and wait < _NEVER:
            command = Command(f"sleep {wait}; clawdoctor run")
    unit = "second" if wait == 1 else "seconds"
    reached = f"{name} has reached its {limit}"
    after = f"; retry after {wait} {unit}" if wait is not None else ""
    if never and limit == _LIMITS[0]:
        reached, after = f"the request is larger than the {limit} of {name}", ""
    return Description(
        message=reached + after,
        why=why,
        setting=setting,
        label="the request never fits" if never else f"{limit} reached",
        fix=Fix(
            title=_remedy(wait, entry=bool(group)),
            snippet=f"- model_name: {group}\n{SECOND_DEPLOYMENT}" if group and not never else "",
            actions=(*_steps(wait, entry=bool(group) and not never), command),
        ),
        consequence=reached if isinstance(refused, ByProbe) else "",
    )


def _steps(wait: int | None, *, entry: bool) -> Iterator[Step]:
    """Yield what to do. `entry` says that the report shows the entry of a second deployment."""
    steps = [f"raise {_QUOTA}"]
    if entry:
        steps = ["add a second deployment that has its own quota", f"Or raise {_QUOTA}"]
    if wait is not None and wait < _NEVER:
        unit = "second" if wait == 1 else "seconds"
        yield Step(f"Wait {wait} {unit}")
        steps[0] = f"if this happens often, {steps[0]}"
    yield from (Step(text[:1].upper() + text[1:]) for text in steps)


def _remedy(wait: int | None, *, entry: bool) -> str:
    larger = "raise the limit" + (", or add a second deployment" if entry else "")
    if wait is None:
        return larger
    if wait >= _NEVER:
        return (
            "raise the deployment's Tokens per Minute limit in Azure Portal, or lower maxTokens in "
            "openclaw.json"
        )
    unit = "second" if wait == 1 else "seconds"
    return f"wait {wait} {unit}, then run `clawdoctor run`. If this happens often, {larger}"


def _wait_seconds(result: Answer) -> int | None:
    """Return the seconds to wait, from Azure's header or its message."""
    header = result.headers.get("retry-after", "")
    match = _WAIT.search(result.body)
    if header.isascii() and header.isdecimal():
        return int(header)
    return int(match[1]) if match else None


REFUSAL = ResourceRefusal("rate-limited", _describe)


CHECK = Check(
    code="AZ104",
    name="rate-limited",
    stage="azure",
    scope="request",
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    texts=TEXTS,
    advice=ADVICE,
)
