"""Azure has trouble of its own: an error of the service, or too much to do.

What it means
-------------
Azure answers 500, 502, 503, 408 or "experiencing high demand": the request arrived and was not
carried out. Key, deployment and request may all be right. OpenClaw 2026.8.2 and later say "provider
internal error" or "provider overloaded".

Why it happens
--------------
A fault in the region, a model that many ask at once, or a request that takes the service too long.
"High demand" is about what all customers share, not about your quota.

How to fix it
-------------
Wait a minute and try again; look at https://azure.status.microsoft and at Azure Portal > Service
Health. If it comes often, give LiteLLM somewhere to go: a second deployment in another region below
the same model_name, or

    litellm_settings:
      fallbacks: [{"my-model": ["my-other-model"]}]
      num_retries: 3

A deployment of the kind GlobalStandard meets it less often than one of a single region. If the
error names a request ID, keep it for Azure's support.

Versions
--------
All versions. LiteLLM tries a 500 twice more by itself.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/troubleshoot-errors
https://azure.status.microsoft
"""

from __future__ import annotations

from collections.abc import Iterator

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
        status = f" {failure.turn.status}" if failure.turn.status else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"Azure has trouble of its own with {name}: it answers{status}",
            why="Key, deployment and request may all be right: the service did not carry it out.",
            label="answered with a fault of the service",
            fix=Fix(
                "wait, or have a second deployment",
                snippet=f"- model_name: {question.model}   # a second one, in another region\n"
                "  litellm_params:\n    model: azure/<another deployment>"
                if question.proxy is not None
                else "",
                actions=(
                    Step("https://azure.status.microsoft shows what is known"),
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
            "Azure(?:OpenAI)?(?:Exception|Error) .{0,60}?(?:internal ?server|overloaded"
            "|bad ?gateway|service ?unavailable|upstream)",
            unless="Connection error",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"request failed \(provider (?:internal error|overloaded)(?:, HTTP (?P<status>\d{3}))?",
        ),
        rule(
            "likely", "Azure", unless="timed? ?out", status=(408, 500, 502, 503, 504), host="azure"
        ),
        rule(
            "possible",
            "Azure or OpenClaw",
            "services aren't available|upstream request |temporar(?:ily|y) (?:overl|int)"
            "|(?:issues|loaded) right|no error details",
        ),
    ),
    advice={
        "demand": Advice(
            "This region's capacity is used up, not your quota: more tokens per minute do not "
            "help. "
            "Wait a minute. If it comes often, use a deployment of the kind GlobalStandard or "
            "DataZoneStandard, or a second one in another region below the same model_name, or "
            "provisioned throughput:",
            "- model_name: my-model   # the same name\n  litellm_params:\n"
            "    model: azure/<another deployment>",
            straight=Advice(
                "This region's capacity is used up, not your quota: more tokens per minute do not "
                "help. Wait a minute. If it comes often, use a deployment of the kind "
                "GlobalStandard "
                "or DataZoneStandard, and another model as fallback in openclaw.json:",
                'agents: { defaults: { model: { fallbacks: ["<provider>/<other model>"] } } },',
            ),
        ),
        STRAIGHT: Advice(
            "Wait a minute and try again; look at https://azure.status.microsoft. If it comes "
            "often, "
            "use a deployment of the kind GlobalStandard, and another model as fallback in "
            "openclaw.json:",
            'agents: { defaults: { model: { fallbacks: ["<provider>/<other model>"] } } },',
        ),
    },
)
