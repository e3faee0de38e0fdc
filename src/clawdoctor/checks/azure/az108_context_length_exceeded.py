"""The prompt is longer than the model's context window.

What it means
-------------
Azure answers 400 context_length_exceeded: the conversation, the tools and the room for the answer
together exceed the model's limit of tokens. OpenClaw says "Context overflow: prompt too large for
the model".

Why it happens
--------------
OpenClaw shortens a conversation when it approaches contextWindow in openclaw.json. If that value is
larger than the model's window, OpenClaw shortens it too late. Azure's windows can be smaller than
OpenAI's: gpt-4.1 has 128,000 in a standard or provisioned deployment and 300,000 in a batch
deployment. Or maxTokens requests more room than is left.

How to fix it
-------------
To continue now, use /new or /compact in the chat. To prevent the error, set the model's limit in
its entry of openclaw.json, and a maxTokens that leaves room. Over chat completions, the error text
often names the limit. Over the Responses API it does not ("Your input exceeds the context window of
this model"), so look it up, for example under Versions below:

    contextWindow: <limit>,
    maxTokens: 16384,

Versions
--------
All versions. gpt-5, gpt-5.1 and gpt-5.2 accept prompts of up to 272,000 tokens, because their
400,000 include the answer. gpt-5.4 and later accept 922,000 of 1,050,000. gpt-5.4-mini and
gpt-5.4-nano accept 272,000.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/concepts/models
https://github.com/BerriAI/litellm/issues/15968
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import captured_value, turn_finding, without_advice
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Step
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that is longer than the model's context window."""

    for failure in replies.of("context-length-exceeded"):
        limit = captured_value(failure, "limit")
        most = f"{limit}-token " if limit else ""
        yield turn_finding(
            without_advice(failure),  # it is for long conversations
            replies,
            configs,
            message=f'even a small test message exceeds the {most}window of "{question.model}"',
            why="An OpenClaw message is 12,000 to 31,000 tokens longer than this test message.",
            label="context window too small",
            fix=Fix(
                "deploy a model with a window of 128,000 tokens or more, and use its deployment",
                actions=(
                    Step(
                        "Deploy a model with a window of 128,000 tokens or more, and use that "
                        "deployment in model"
                    ),
                    CHECK_AGAIN,
                ),
            ),
        )


_SERVER = "a server that speaks OpenAI's API"
_OTHERS = (
    r"anthropic|claude|bedrock|vertex|gemini|CAPIError|github models|kubectl|terraform|VRAM"
    r"|zeroclaw|Number of tokens \("
)

CHECK = Check(
    code="AZ108",
    name="context-length-exceeded",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("context-length-exceeded",),
    causes=("OC111", "OC119"),
    texts=(
        rule(
            "certain",
            "Azure",
            r"(?:text length is|red limit of) (?P<limit>[\d,]{1,12}) t(?:.{0,80}?(?:requested"
            r"|resulted in) (?P<requested>[\d,]{1,9}))?",
        ),
        rule("likely", "Azure or LiteLLM", means="overflow", unless=_OTHERS, advice="window"),
        rule(
            "likely", "Azure", r"\bAzure_?AI\w{0,10} - ", means="claude_overflow", advice="window"
        ),
        rule(
            "likely",
            "OpenClaw",
            r"Context overflow\b.{1,4}(?:prompt|this conversation|recovery|refusing)"
            r"|context.overflow.[dp]|auto-compaction could not",
            advice="window",
        ),
        rule(
            "likely",
            "OpenClaw",
            "context limit exceeded(?:[.,)]| during)|LLM error: context length"
            "|Context Window exceeded for given call",
            advice="window",
        ),
        rule(
            "likely",
            _SERVER,
            r"(?:exceed\w{0,3}|er than|too (?:large|long|big) for|fit into) (?:the |this |its "
            r"|your )?(?:model|max|avail|context)",
            "context[ _-](?:window|length|size)",
            unless=_OTHERS,
            advice="window",
        ),
        rule("possible", _SERVER, means="overflow_perhaps", advice="window"),
    ),
    advice={
        "limit": Advice(
            "The model's limit is <limit> tokens, including the answer. Use /new or /compact "
            "in the chat. To prevent the error, set this contextWindow in the model's entry of "
            "openclaw.json, and set maxTokens to at most half of contextWindow:",
            "contextWindow: <limit>,",
            when=(
                r"(?:text length is|red limit of|context (?:length|size)(?: is| of)?(?: only)?"
                r"|tokens >) (?P<limit>\d[\d,]{1,12})"
            ),
        ),
        "window": Advice(
            "The conversation is longer than the model's window. Use /new or /compact in the "
            "chat. To prevent the error, set the model's window in its entry of openclaw.json, "
            "so that OpenClaw compacts in time, and a maxTokens that leaves room:",
            "contextWindow: <the model's window>,\nmaxTokens: 16384,",
        ),
        "group": Advice(
            "LiteLLM itself rejects the request: it checks the window of each deployment in the "
            "group (enable_pre_call_checks), and this prompt fits none of them. Use /new or "
            "/compact in the chat. If the model accepts more, say which model it is in "
            "litellm_config.yaml:",
            "model_info:\n  base_model: azure/gpt-5.2   # the deployment's model",
            when="Context Window exceeded for given call",
        ),
    },
)
