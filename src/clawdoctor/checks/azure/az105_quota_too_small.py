r"""The deployment's tokens per minute cannot carry one turn of OpenClaw.

What it means
-------------
A single request is larger than what the deployment may use in a whole minute, or the subscription
has no quota left to give it more. Waiting does not help: "Please retry after 86400 seconds" is
Azure's way to say never.

Why it happens
--------------
One turn of OpenClaw is some 22,000 tokens before the user says a word, and Azure counts maxTokens
on top when the request arrives. A deployment that was made with 1K or 10K tokens per minute, as
trials and students' subscriptions are, never carries that.

How to fix it
-------------
Give the deployment at least 60,000 tokens per minute: Azure Portal > your Azure OpenAI resource >
Model deployments > Edit > Tokens per Minute Rate Limit, or

    az cognitiveservices account deployment list -n <resource> -g <group> \
      --query '[].[name, sku.name, sku.capacity]' -o table
    az cognitiveservices usage list -l <region> -o table

(capacity 60 is 60,000 tokens per minute). Where the quota is used up: take it from an unused
deployment, use another region or the kind GlobalStandard, or ask for more at
https://aka.ms/oai/quotaincrease. A smaller maxTokens in openclaw.json helps a little.

Versions
--------
All versions. Since May 2026 a quota belongs to the subscription, by tiers.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.route import Chain
from clawdoctor.check import Check, signature
from clawdoctor.finding import Finding


def check(chain: Chain) -> Iterator[Finding]:  # noqa: ARG001
    """Recognised in texts; nothing in a file shows it."""
    yield from ()


CHECK = Check(
    code="AZ105",
    name="quota-too-small",
    stage="azure",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"This operation requires? (?P<requested>[\d.]{1,12}) new capacity in quota "
            r"(?P<quota>.{1,120}?), which is bigger than the current available capacity "
            r"(?P<limit>[\d.]{0,12}\d)",
            "certain",
            "Azure",
        ),
        signature(
            r"\bInsufficientQuota\b",
            "certain",
            "Azure",
        ),
        signature(
            r"retry after (?P<retry_after>86400) seconds",
            "likely",
            "Azure",
        ),
    ),
)
