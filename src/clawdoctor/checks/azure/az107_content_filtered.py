"""Azure's content filter stopped the prompt or the answer.

What it means
-------------
Azure answers 400 content_filter, "The response was filtered due to the prompt triggering Azure
OpenAI's content management policy", or ends an answer with finish_reason content_filter. The chain
works. OpenClaw 2026.4.10 and later show "provider rejected the request schema or tool payload".

Why it happens
--------------
The filter looks at the whole prompt: OpenClaw's instructions, the files of its workspace, web pages
and mails that it reads. Instructions to an agent often look like a jailbreak to it. `innererror`
says which filter it was: hate, jailbreak, self_harm, sexual, violence, indirect_attack.

How to fix it
-------------
Start a new session, so that what set it off is not sent again with each turn: /new. See which
filter it was:

    openclaw agent --local --session-id check --message "<the same question>"

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
from clawdoctor.checks.turn_finding import deployment_phrase, turn_finding
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
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


"""LiteLLM's exceptions for other providers."""

CHECK = Check(
    code="AZ107",
    name="content-filtered",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("content-filtered",),
    texts=(
        rule(
            "certain",
            "Azure",
            "(?:OpenAI|Microsoft)(?:'s)? content management|ResponsibleAIPolicyViolation"
            "|linkid=2198766|ErrorCode: contentFilter",
        ),
        rule(
            "certain",
            "Azure",
            r"(?:code|reason|type)'?[:= (]{1,3}'?content_filter|\b400:? \(content_filter\)"
            r"|incomplete_details.{0,40}content_filter",
        ),
        rule(
            "certain",
            "Azure",
            "(?P<filter>jailbreak|indirect_attack|self_harm|hate|sexual"
            "|violence)'?.{0,3}[{(][^})]{0,80}filtered'?[:=] ?true",
            "ResponsibleAIPolicyViolation|content_filter|filter",
        ),
        rule(
            "certain",
            "Azure",
            r"content_filter_results?\b|ContentFilterResultsForPrompt",
            "filtered'?: ?true",
        ),
        rule(
            "certain",
            "Azure",
            "(?:blocked by our|rejected by the|due to a) content filter"
            "|ContentFilterFinishReasonError",
        ),
        rule(
            "likely",
            "Azure",
            "content[ _-]?(?:filter|safety)|safety system|content management policy"
            "|responsible ?ai",
            r"\bazure",
            unless=r"content_filter_results?\b(?!.{0,400}filtered'?: ?true)"
            r"|(?:Anthropic|Vertex\w{0,4}|Gemini|Bedrock|Groq)Exception",
        ),
        rule(
            "likely",
            "LiteLLM",
            "ContentPolicyViolationError",
            unless=r"(?:Anthropic|Vertex|Gemini|Bedrock|Groq|Mistral|Deepseek|Openrouter"
            r"|XAI)\w{0,14}Exception|not supported|encrypted cont",
        ),
        rule(
            "likely",
            "Azure",
            r"prompt was flagged as potentially violating|\bcontent_policy_fallback="
            r"|Set 'content_policy_fallback'",
        ),
        rule(
            "possible",
            "Azure",
            r"content[ _-]filter(?!_results?)|content_policy_violation|\bContentFilter"
            r"|our safety system|response was filtered",
        ),
    ),
    advice={
        "filter": Advice(
            "Azure's filter <filter> stopped it. Start a new session with /new, so that what set "
            "it off "
            "is not sent again. If it is your own prompt, let that filter only annotate: Azure AI "
            "Foundry > Guardrails + controls > Content filters > Create, <filter> Annotate only; "
            "then "
            "Deployments > Edit > Content filter.",
            when=(
                r"(?P<filter>jailbreak|indirect_attack|self_harm|hate|sexual"
                r"|violence)'?.{0,3}[{(][^})]{0,80}filtered'?[:=] ?true"
            ),
        ),
        "blocklist": Advice(
            "A blocklist of your own stopped it, not one of Azure's categories: Azure AI Foundry > "
            "Guardrails + controls > Blocklists. Take the term out, or give the deployment a "
            "content filter without this list.",
            when=r"custom_blocklists?\b.{0,120}?filtered'?: ?true|\bblocklist match",
        ),
        "answer": Advice(
            "The filter stopped the answer, not the prompt: the model began and was cut off. Ask "
            "again in other words or after /new. If it comes often, give the deployment a content "
            "filter whose output categories only annotate: Azure AI Foundry > Guardrails + "
            "controls > "
            "Content filters.",
            when=(
                r"finish[_ ]?reason'?[:= ]{1,3}'?content_filter"
                r"|incomplete_details.{0,40}content_filter"
            ),
        ),
        STRAIGHT: Advice(
            "Start a new session with /new, so that what set the filter off is not sent again. If "
            "it "
            "is your own prompt, make a content filter in which that category only annotates, and "
            "give "
            "it to the deployment: Azure AI Foundry > Guardrails + controls > Content filters.",
        ),
    },
)
