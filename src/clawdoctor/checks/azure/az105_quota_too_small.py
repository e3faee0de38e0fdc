r"""The deployment's quota is too small for one OpenClaw message.

What it means
-------------
A single request exceeds the deployment's limit of tokens per minute, or the subscription has no
quota left to raise the limit. Waiting does not help: "Please retry after 86400 seconds" usually
means that the request never fits, or that the subscription is a free one without quota for the
model. The text also appears if requests exceed the limit of requests.

Why it happens
--------------
With each message, OpenClaw sends 12,000 to 31,000 tokens, depending on its version, before the
user's own text. When the request arrives, Azure also counts maxTokens. A deployment with 1K or 10K
tokens per minute, as in trial and student subscriptions, is never large enough.

How to fix it
-------------
Give the deployment at least 60,000 tokens per minute. In Azure Portal > your Azure OpenAI resource
> Model deployments, Manage Deployments opens the Foundry portal. There, edit the deployment's
Tokens per Minute Rate Limit. To see the current limits and the remaining quota:

    az cognitiveservices account deployment list -n <resource> -g <group> \
      --query '[].[name, sku.name, sku.capacity]' -o table
    az cognitiveservices usage list -l <region> -o table

Capacity 60 is 60,000 tokens per minute. If no quota is left, take quota from an unused deployment,
use another region or the deployment type GlobalStandard, or request more at
https://aka.ms/oai/quotaincrease. A smaller maxTokens in openclaw.json helps a little.

Versions
--------
All versions. A subscription has a quota tier. Within it, each region, model and deployment type has
its own quota.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import deployment_named, turn_finding
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Step
from clawdoctor.probes.http import Answer
from clawdoctor.probes.replies import Replies
from clawdoctor.probes.turn import Turn
from clawdoctor.wire.question import Question

_LABEL = "quota too small for OpenClaw"


def check(
    question: Question, replies: Replies, configs: Configs, versions: Versions
) -> Iterator[Finding]:
    """Report quotas that are too small, from the headers of each answer and from refused turns."""
    for turn, deployment in _answered_turns(replies):
        limit = _token_limit(turn)
        needed = int(versions.effect("openclaw", "prompt"))
        most = _max_tokens(question)
        if limit is None or limit >= needed + most:
            continue
        never = limit < needed
        name = deployment.shown_name if deployment is not None else question.model
        comparison = "too few for one OpenClaw message"
        if not never:
            comparison = f"but a message with a full answer needs {needed + most:,}"
        place = configs.of_route(question.routes[0], "model", _LABEL)
        if deployment is not None:
            place = configs.of_deployment(deployment, "model", _LABEL)
        yield Finding(
            severity=Severity.WARNING if never else Severity.INFO,
            message=f'"{name}" allows {limit:,} tokens per minute, {comparison}',
            detail=(
                f"With each message, OpenClaw sends about {needed:,} tokens before the user's "
                f"own text. When the request arrives, Azure also counts maxTokens ({most:,}). "
                "The small test message fits."
            ),
            place=place,
            consequence=f'the quota of "{name}" is too small for an OpenClaw message',
            evidence=(Evidence("http", f"x-ratelimit-limit-tokens: {limit}", turn.status),),
            fixes=(_fix(),),
            subjects=(question.id,) if deployment is None else (deployment.id,),
        )
    for failure in replies.of("quota-too-small"):
        name = deployment_named(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'one message exceeds the tokens per minute of "{name}"',
            why=(
                "Waiting does not help, because a single request is larger than the quota for a "
                "minute."
            ),
            label=_LABEL,
            fix=_fix(),
        )


def _answered_turns(replies: Replies) -> Iterator[tuple[Turn, Deployment | None]]:
    """Yield each turn with the deployment that answered it, if it is known."""
    for direct in replies.direct:
        if direct.turn is not None:
            yield direct.turn, direct.deployment
    members = replies.question.deployments
    if len(members) <= 1:
        yield replies.turn, members[0] if members else None


def _token_limit(turn: Turn) -> int | None:
    """Return Azure's limit of tokens per minute. LiteLLM passes the header on with a prefix."""
    headers = turn.result.headers if isinstance(turn.result, Answer) else {}
    for name in ("llm_provider-x-ratelimit-limit-tokens", "x-ratelimit-limit-tokens"):
        value = headers.get(name, "")
        if value.isascii() and value.isdecimal() and int(value) > 0:
            return int(value)
    return None


def _max_tokens(question: Question) -> int:
    model = question.routes[0].model
    node = model.node.get("maxTokens") if model is not None else None
    return node.value if node is not None and isinstance(node.value, int) else 0


def _fix() -> Fix:
    return Fix(
        title="raise the deployment's Tokens per Minute limit to 60,000 or more in Azure Portal",
        actions=(
            Step(
                "In Azure Portal > your Azure OpenAI resource > Model deployments > Manage "
                "Deployments > Edit, set Tokens per Minute Rate Limit to 60,000 or more"
            ),
            CHECK_AGAIN,
        ),
    )


_TEMPLATE = r"TemplateDeployment|template deployment|\bazd\b|terraform|bicep"
"""Texts about the deployment of resources, which is not part of the running chain."""

CHECK = Check(
    code="AZ105",
    name="quota-too-small",
    stage="azure",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("quota-too-small",),
    # A quota that is too small to create or scale a deployment does not break this chain yet.
    texts=(
        rule(
            "possible",
            "Azure",
            r"This operation requires? (?P<requested>[\d.]{1,12}) new capacity in quota",
            r"bigger than the current available capacity (?P<limit>[\d.]{0,12}\d)",
            unless=_TEMPLATE,
            advice="capacity",
        ),
        rule(
            "possible",
            "a server that speaks OpenAI's API",
            r"Request too large\b.{0,160}\bLimit:? (?P<limit>\d{1,9})"
            r", Requested:? (?P<requested>\d{1,9})",
            alone=True,
        ),
    ),
    advice={
        "capacity": Advice(
            "The deployment requires <requested> thousand tokens per minute, but the quota has "
            "only <limit> left. Request only what the quota has left, take quota from an unused "
            "deployment, or use another region or the deployment type GlobalStandard. This "
            "command lists the quotas:",
            run=("az cognitiveservices usage list -l <region> -o table",),
        ),
    },
)
