"""Azure's content filter stopped the prompt or the answer.

What it means
-------------
Azure answers 400 content_filter, "The response was filtered due to the prompt triggering Azure
OpenAI's content management policy", or ends an answer with finish_reason content_filter. The chain
works. OpenClaw shows "provider rejected the request schema or tool payload".

Why it happens
--------------
The filter looks at the whole prompt: OpenClaw's instructions, the files of its workspace, web pages
and mails that it reads. Instructions to an agent often look like a jailbreak to it. `innererror`
says which filter it was: hate, jailbreak, self_harm, sexual, violence, indirect_attack.

How to fix it
-------------
Start a new session, so that what set it off is not sent again with each turn: /new. See which
filter it was:

    openclaw infer model run --local --prompt "<the same question>"

If it is your own prompt, make a filter of your own in which that category only annotates, and give
it to the deployment: Azure AI Foundry > Guardrails + controls > Content filters > Create, jailbreak
"Annotate only"; then Deployments > Edit > Content filter. Where another model may answer:

    litellm_settings:
      content_policy_fallbacks: [{"my-model": ["my-other-model"]}]

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
https://docs.litellm.ai/docs/proxy/reliability
https://github.com/anomalyco/opencode/issues/17968
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.patterns import OTHER_PROVIDER, near
from clawdoctor.checks.turn_finding import deployment_phrase, turn_finding
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Finding, Fix, Step
from clawdoctor.probes.replies import Replies


def check(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the content filter stopped."""

    for failure in replies.of("content-filtered"):
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'the filter of the {deployment_phrase(failure, replies)} stops even a "ping"',
            why="The chain works. A filter that stops a harmless word stops OpenClaw's long "
            "instructions all the more.",
            label="its content filter answers",
            fix=Fix(
                "give the deployment a milder filter",
                actions=(
                    Step(
                        "Azure AI Foundry > Guardrails + controls > Content filters > Create, then"
                    ),
                    Step("Deployments > Edit > Content filter"),
                    CHECK_AGAIN,
                ),
            ),
        )


CHECK = Check(
    code="AZ107",
    name="content-filtered",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("content-filtered",),
    texts=(
        signature(
            r"Azure OpenAI(?:'s)? content (?:filter|moderation)",
            "likely",
            "Azure",
        ),
        signature(
            r"(?:response|prompt|completion|output|request) was filtered due to the prompt "
            r"triggering|(?:Azure OpenAI|Microsoft)(?:'s)? content management policy",
            "certain",
            "Azure",
        ),
        signature(
            r"ResponsibleAIPolicyViolation|content_filter_results?\b.{0,400}?filtered['\"]?:"
            r" ?true",
            "certain",
            "Azure",
        ),
        signature(
            r"(?:code|finish_?reason|type)['\"]?[:=] ?['\"]?content_filter\b",
            "certain",
            "Azure",
        ),
        signature(
            rf"ContentPolicyViolationError(?!.{{0,80}}{OTHER_PROVIDER})",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"your prompt was flagged as potentially violating",
            "likely",
            "Azure",
        ),
        signature(
            r"provider rejected the request schema or tool payload",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\b400:? \(content_filter\)",
            "certain",
            "Azure",
        ),
        signature(
            r"(?:reason|code|type)['\"]?[:= (]{1,3}['\"]?content_filter(?:ed|_error)?\b"
            r"|ErrorCode: contentFilter|linkid=2198766|blocked by our content filter"
            r"|rejected by the content filter|due to a content filter being triggered"
            r"|ContentFilterFinishReason|ContentFilterResultsFor"
            r"|Your task failed as a result of our safety system",
            "certain",
            "Azure",
        ),
        signature(
            r"(?:jailbreak|indirect_attack|self_harm|protected_material\w{0,10}|hate|sexual"
            r"|violence|profanity)['\"]?[:= ]{0,3}[{(][^})]{0,80}filtered['\"]?[:=] ?true",
            "certain",
            "Azure",
        ),
        signature(
            near(
                r"\bAzure",
                r"content[ _-]?(?:filter|moderation|safety)(?!_results?)|safety system"
                r"|content (?:management )?polic|responsible ?ai polic",
                120,
            )
            + "|"
            + near(
                r"content[ _-]?filter(?!_results?)|safety system|content management polic",
                r"\bAzure",
                160,
            ),
            "likely",
            "Azure",
        ),
        signature(
            r"content[_-]filter(?!_results?)\b|\bcontent_policy_violation\b|content management "
            r"policy|(?:response|completion|prompt|content|output) (?:was|is|has been) filtered"
            r"|rejected as a result of our safety system|\bContentFilter(?:ed)?\b"
            r"|content filter\w{0,3}\b",
            "possible",
            "Azure",
        ),
        signature(
            r"^\W{0,3}I'?m sorry, but I (?:cannot|can't) assist with that",
            "possible",
            "Azure",
        ),
        signature(
            r"Provider (?:finish|incomplete)_reason: content_filter",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bcontent_policy_fallback=|Set ['\"]content_policy_fallback['\"]",
            "likely",
            "LiteLLM",
        ),
    ),
)
