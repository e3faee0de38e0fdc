"""Azure itself fails: the service has an error or is overloaded.

What it means
-------------
Azure answers 500, 502, 503, 408 or "experiencing high demand": the request arrived, but Azure could
not process it. The key, the deployment and the request may all be right. OpenClaw 2026.8.2 and
later say "provider internal error" or "provider overloaded".

Why it happens
--------------
The region has a fault, the model is in high demand, or the request takes the service too long.
"High demand" concerns the capacity that all customers share, not your quota.

How to fix it
-------------
Wait a minute and try again. Check https://azure.status.microsoft and Azure Portal > Service Health.
If this happens often, give LiteLLM an alternative: a second deployment in another region under the
same model_name, or fallbacks:

    litellm_settings:
      fallbacks: [{"my-model": ["my-other-model"]}]
      num_retries: 3

A deployment of the type GlobalStandard has this error less often than a deployment in a single
region. If the error contains a request ID, keep it for Azure support.

Versions
--------
All versions. LiteLLM retries a 500 twice.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/troubleshoot-errors
https://azure.status.microsoft
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import SECOND_DEPLOYMENT
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Step
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed because of a fault in Azure itself."""

    for failure in replies.of("service-error"):
        name = resource_name(failure, replies)
        status = f" with {failure.turn.status}" if failure.turn.status else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{name} fails{status} because of a problem in Azure itself",
            why=(
                "The key, the deployment and the request may all be right. The service could "
                "not process the request."
            ),
            label="the service failed here",
            fix=Fix(
                "wait a minute, then run `clawdoctor run`. If this happens often, add a second "
                "deployment",
                snippet=(
                    f"- model_name: {question.model}   # a second entry, in another region\n"
                    + SECOND_DEPLOYMENT
                )
                if question.proxy is not None
                else "",
                actions=(
                    Step("Check https://azure.status.microsoft for known problems"),
                    Command("sleep 60; clawdoctor run"),
                ),
            ),
        )


CHECK = Check(
    code="AZ111",
    name="azure-service-error",
    stage="azure",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("service-error",),
    texts=(
        rule(
            "certain",
            "Azure",
            r"experiencing high demand and cannot process|\bNoCapacity\b"
            r"|temporarily unable to process your",
            advice="demand",
        ),
        rule(
            "likely",
            "Azure",
            r"The server had an error|operation was timeout|Backend returned unexpected"
            r"|error\W{3,5}activityId|BackendConn",
            unless=r"help\.openai",
        ),
        rule(
            "certain",
            "Azure",
            "overloaded|had an error|error occurred|unavailable",
            "Azure support request|linkid=2213926|Cognitive Services resource",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"Azure(?:OpenAI)?(?:Exception|Error) .{0,60}?(?:internal ?ser|overloaded"
            r"|bad ?gate|ce ?unavail|upstream|[:=] ?50[0234]\b)",
            unless="Connection error",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"request failed \(provider (?:internal error|overloaded)(?:, HTTP (?P<status>\d{3}))?"
            r"|\bresponse\.failed event",
        ),
        rule(
            "likely", "Azure", unless="timed? ?out", status=(408, 500, 502, 503, 504), host="azure"
        ),
        rule(
            "possible",
            "Azure or OpenClaw",
            "ervices aren't|upstream request|(?:arily |ntly |_)overloaded|temporary internal"
            "|(?:issues|loaded) right|no error details",
        ),
        rule(
            "possible",
            "Azure or OpenClaw",
            r"\b50[0234]:? status code \(no body\)|complete inference due|during inference"
            r"|\bLiteLLM\b[\w ]{0,30} 50[0234]\W{0,4}$",
            alone=True,
        ),
        rule("possible", "LiteLLM", r"Exception - (?:Error code:|HTTP)? ?50[0234]\b", by="litellm"),
    ),
    advice={
        "demand": Advice(
            "The region's capacity, not your quota, is exhausted, so more tokens per minute do "
            "not help. Wait a minute and try again. If this happens often, use a deployment of "
            "the type GlobalStandard or DataZoneStandard, provisioned throughput, or a second "
            "deployment in another region under the same model_name:",
            "- model_name: my-model   # the same name\n  litellm_params:\n"
            "    model: azure/<another deployment>",
            straight=Advice(
                "The region's capacity, not your quota, is exhausted, so more tokens per minute "
                "do not help. Wait a minute and try again. If this happens often, use a "
                "deployment of the type GlobalStandard or DataZoneStandard, and another model as "
                "fallback in openclaw.json:",
                'agents: { defaults: { model: { fallbacks: ["<provider>/<other model>"] } } },',
            ),
        ),
        "log": Advice(
            "This text does not say what failed: the model's server or LiteLLM itself. Find the "
            "error in LiteLLM's log, and pass it to `clawdoctor explain`:",
            run=("docker compose logs --tail 50 litellm",),
            when=r"\bLiteLLM\b[\w ]{0,30} 50[0234]\W{0,4}$",
        ),
        STRAIGHT: Advice(
            "Wait a minute and try again. Check https://azure.status.microsoft. If this happens "
            "often, use a deployment of the type GlobalStandard, and another model as fallback "
            "in openclaw.json:",
            'agents: { defaults: { model: { fallbacks: ["<provider>/<other model>"] } } },',
        ),
    },
)
