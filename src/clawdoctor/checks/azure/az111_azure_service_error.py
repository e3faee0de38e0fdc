"""Azure has trouble of its own: an error of the service, or too much to do.

What it means
-------------
Azure answers 500, 502, 503, 408 or "experiencing high demand": the request arrived and was not
carried out. Key, deployment and request may all be right. OpenClaw says "provider internal error"
or "provider overloaded".

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
from clawdoctor.checks.azure.azure_patterns import AZURE_MODELS, OTHER_AZURE_SERVICE
from clawdoctor.checks.patterns import AZURE_HOST, azure_answered, near, not_of
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.errors.rule import signature
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
        signature(
            r"The server had an error (?:while )?processing your "
            r"request(?!.{0,120}help\.openai)",
            "likely",
            "Azure",
        ),
        signature(
            r"experiencing high demand and cannot process|consider switching to Provisioned "
            r"Throughput",
            "certain",
            "Azure",
        ),
        signature(
            r"system is (?:currently )?experiencing high demand|The service is temporarily "
            r"unable to process your request",
            "likely",
            "Azure",
        ),
        signature(
            r"The operation was timeout",
            "certain",
            "Azure",
        ),
        signature(
            r"Backend returned unexpected response\. Please contact Microsoft for help"
            r"|\b50\d\b.{0,300}Microsoft-Azure-Application-Gateway",
            "certain",
            "Azure",
        ),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error) (?:- )?(?:InternalServerError"
            r"|ServiceUnavailableError|BadGatewayError)(?! - Connection error)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error) .{0,60}?(?:Internal [Ss]erver [Ee]rror"
            r"|currently overloaded|Failed dependency|Bad Gateway|Service Unavailable"
            r"|upstream connect error)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"request failed \((?:provider internal error|provider overloaded)(?:, HTTP "
            r"(?P<status>\d{3}))?",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"BackendConnectionFailure|\bNoCapacity\b",
            "likely",
            "Azure",
        ),
        signature(
            r"statusCode['\"]?: ?5\d\d, ?['\"]message['\"]: ?['\"]Internal server error['\"], "
            r"?['\"]activityId",
            "likely",
            "Azure",
        ),
        signature(
            near(
                AZURE_HOST,
                r"['\"](?:code|type)['\"]: ?['\"](?:InternalServerError|ServiceUnavailable"
                r"|server_error)\b"
                r"|\b50[0234] (?:Internal Server Error|Bad Gateway|Service Unavailable)",
                400,
            ),
            "likely",
            "Azure",
        ),
        signature(
            near(
                r"['\"]code['\"]: ?['\"](?:InternalServerError|ServiceUnavailable)['\"]",
                AZURE_HOST,
                400,
            ),
            "likely",
            "Azure",
        ),
        signature(
            not_of(OTHER_AZURE_SERVICE, azure_answered(r"408|5\d\d")),
            "likely",
            "Azure",
        ),
        signature(
            near(r"overloaded|had an error", r"Azure support request|linkid=2213926", 200)
            + r"|Cognitive Services resource is unavailable",
            "certain",
            "Azure",
        ),
        signature(
            near(
                AZURE_MODELS,
                r"(?:HTTP|status|code|error|returned|got|a)\W{0,3}50[0234]\b"
                r"|\bService Unavailable\b|\bInternal ?Server ?Error\b|\bBad Gateway\b"
                r"|\bGateway Time-?out\b|currently overloaded",
                80,
            )
            + "|"
            + near(r"\b50[0234] (?:Internal|Bad|Service|Gateway)\w{0,14}", AZURE_MODELS, 80),
            "likely",
            "Azure",
        ),
        signature(
            r"currently experiencing high demand|Our services aren't available right now"
            r"|upstream request timeout"
            r"|currently overloaded with other requests|server is currently processing too many",
            "possible",
            "Azure",
        ),
        signature(
            r"AI service is temporarily overloaded|model provider returned a temporary internal"
            r" error|is (?:having issues|overloaded) right now\. Please wait a moment|request"
            r" failed \(provider (?:internal error|overloaded)",
            "possible",
            "OpenClaw",
        ),
    ),
)
