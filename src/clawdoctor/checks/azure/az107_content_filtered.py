"""Azure's content filter blocked the prompt or the answer.

What it means
-------------
Azure answers 400 content_filter, "The response was filtered due to the prompt triggering Azure
OpenAI's content management policy", or ends an answer with finish_reason content_filter. The chain
works. OpenClaw 2026.4.10 and later show "provider rejected the request schema or tool payload".

Why it happens
--------------
The filter checks the whole prompt: OpenClaw's instructions, the files of its workspace, and the web
pages and emails that it reads. It often mistakes instructions to an agent for a jailbreak.
`innererror` says which filter it was: hate, jailbreak, self_harm, sexual, violence,
indirect_attack.

How to fix it
-------------
Start a new session with /new, so that OpenClaw does not send the same text again with each message.
See which filter it was:

    openclaw agent --local --session-id check --message "<the same question>"

If your own prompt triggers the filter, create a content filter that only annotates that category,
and assign it to the deployment. Create it in Azure AI Foundry > Guardrails + controls > Content
filters > Create (for example, set jailbreak to "Annotate only"). Assign it in Deployments > Edit >
Content filter. To let another model answer instead:

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

_STEPS = (
    Step("Create a filter in Azure AI Foundry > Guardrails + controls > Content filters > Create"),
    Step("Assign the filter in Azure AI Foundry > Deployments > Edit > Content filter"),
)


def check(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the content filter stopped."""

    for failure in replies.of("content-filtered"):
        yield turn_finding(
            failure,
            replies,
            configs,
            message=(
                f"the content filter of the {deployment_phrase(failure, replies)} blocks even a "
                '"ping"'
            ),
            why=(
                "The chain works. A filter that blocks a harmless word will also block "
                "OpenClaw's long instructions."
            ),
            label="its content filter blocks the message",
            fix=Fix(
                "give the deployment a less strict filter in Azure AI Foundry",
                actions=(*(() if failure.refusal.advice is not None else _STEPS), CHECK_AGAIN),
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
            "Azure's filter <filter> blocked the text. Start a new session with /new, so that "
            "OpenClaw does not send the same text again. If your own prompt triggers the filter, "
            "create a filter in Azure AI Foundry > Guardrails + controls > Content filters > "
            'Create, and set <filter> to "Annotate only". Then assign this filter in Deployments '
            "> Edit > Content filter.",
            when=(
                r"(?P<filter>jailbreak|indirect_attack|self_harm|hate|sexual"
                r"|violence)'?.{0,3}[{(][^})]{0,80}filtered'?[:=] ?true"
            ),
        ),
        "blocklist": Advice(
            "A custom blocklist, not one of Azure's categories, blocked the text. Remove the "
            "blocked term in Azure AI Foundry > Guardrails + controls > Blocklists, or give the "
            "deployment a content filter without this list.",
            when=r"custom_blocklists?\b.{0,120}?filtered'?: ?true|\bblocklist match",
        ),
        "answer": Advice(
            "The filter blocked the answer, not the prompt: the model started to answer and was "
            "cut off. Rephrase the message, or try again after /new. If this happens often, give "
            "the deployment a content filter whose output categories only annotate, in Azure AI "
            "Foundry > Guardrails + controls > Content filters.",
            when=(
                r"finish[_ ]?reason'?[:= ]{1,3}'?content_filter"
                r"|incomplete_details.{0,40}content_filter"
            ),
        ),
        STRAIGHT: Advice(
            "Start a new session with /new, so that OpenClaw does not send the same text again. "
            "If your own prompt triggers the filter, create a content filter that only annotates "
            "that category, and assign the filter to the deployment in Azure AI Foundry > "
            "Guardrails + controls > Content filters.",
        ),
    },
)
