r"""Azure stops serving this model on a date that is near or past.

What it means
-------------
Each version of a model has a date after which Azure answers no requests to it. Until then all
works; from then on every request fails: "The model ... has been deprecated" or retired.

Why it happens
--------------
Azure retires models a year or more after they came. A deployment that does not update itself stays
on its version until the end.

How to fix it
-------------
See the date, and deploy a successor before it:

    az cognitiveservices account list-models -n <resource> -g <group> \
      --query "[].[name, version, deprecation.inference]" -o table

Azure Portal > your Azure OpenAI resource > Model deployments > Edit > Model version, or a new
deployment, whose name goes behind azure/ in litellm_config.yaml. To let a deployment follow its
model's versions, set its upgrade policy to "Once a new default version is available".

Versions
--------
Azure moves these dates, so clawdoctor asks the resource and has no list of its own.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements
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
    code="AZ110",
    name="model-retiring",
    stage="azure",
    scope="advice",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"ServiceModelDeprecat\w{1,8}",
            "certain",
            "Azure",
        ),
        signature(
            r"\bmodel\b [^.]{0,120}(?:has been|is|was|will be) "
            r"retired(?!.{0,200}(?:platform\.openai|anthropic|googleapis))",
            "likely",
            "Azure",
        ),
        signature(
            r"Azure.{0,200}\bmodel\b [^.]{0,120}(?:has been|is) deprecated",
            "likely",
            "Azure",
        ),
    ),
)
