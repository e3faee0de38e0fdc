"""The prompt is longer than the model's context window.

What it means
-------------
Azure answers 400 context_length_exceeded: the conversation, the tools and the room for the answer
are together more tokens than the model takes. OpenClaw says "Context overflow: prompt too large for
the model".

Why it happens
--------------
OpenClaw shortens a conversation when it comes near to contextWindow in openclaw.json; if that is
more than the model has, it is too late. Azure's windows can be smaller than OpenAI's: gpt-4.1 has
128,000 in a standard or provisioned deployment and 300,000 in a batch one. Or maxTokens asks for
more room than there is.

How to fix it
-------------
Now: /new in the chat, or /compact. For good: in openclaw.json, in the model's entry, the limit that
the text names, and a maxTokens that leaves room:

    contextWindow: <limit>,
    maxTokens: 16384,

Versions
--------
All versions. gpt-5, gpt-5.1 and gpt-5.2 take 272,000 tokens of prompt: their 400,000 include the
answer. gpt-5.4 and later take 922,000 of 1,050,000; gpt-5.4-mini and gpt-5.4-nano take 272,000.

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
from clawdoctor.checks.azure.azure_patterns import without_other_provider
from clawdoctor.checks.patterns import OTHER_PROVIDER
from clawdoctor.checks.turn_finding import captured_value, turn_finding
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Finding, Fix, Step
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that is longer than the model's context window."""

    for failure in replies.of("context-length-exceeded"):
        limit = captured_value(failure, "limit")
        most = f" of {limit} tokens" if limit else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'a small turn is more than the window{most} of "{question.model}"',
            why="One turn of OpenClaw is 12,000 to 31,000 tokens longer than this one.",
            label="its context window is too small",
            fix=Fix(
                "use a model with a larger window",
                actions=(
                    Step("deploy a model with a window of 128,000 tokens or more"),
                    CHECK_AGAIN,
                ),
            ),
        )


CHECK = Check(
    code="AZ108",
    name="context-length-exceeded",
    stage="azure",
    scope="request",
    run=check,
    documentation=__doc__,
    owns=("context-length-exceeded",),
    causes=("OC111",),
    texts=(
        signature(
            r"maximum context length is (?P<limit>[\d,]{1,12}) "
            r"tokens(?:.{0,60}?(?:requested|resulted in) (?P<requested>[\d,]{1,12}) tokens)?",
            "certain",
            "Azure",
        ),
        signature(
            r"Input tokens exceed the configured limit of (?P<limit>[\d,]{1,12}) "
            r"tokens(?:.{0,60}?resulted in (?P<requested>[\d,]{1,12}) tokens)?",
            "certain",
            "Azure",
        ),
        signature(
            r"context_length_exceeded|input exceeds the context window of this model",
            "certain",
            "Azure",
        ),
        signature(
            rf"ContextWindowExceededError(?!.{{0,80}}{OTHER_PROVIDER})",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Context overflow\b.{1,4}prompt (?:is )?too large for (?:the|this) model|request "
            r"failed \(context limit exceeded|Context limit exceeded\. I've reset|context "
            r"overflow detected \(attempt",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"ran out of room in the model's context window",
            "likely",
            "a program that calls the model",
        ),
        signature(
            r"maximum (?:context|model) length of (?P<limit>[\d,]{1,12})"
            r"|context length is (?:only )?(?P<window_only>[\d,]{1,12}) tokens|greater than the "
            r"context length|ContextOverflowError|Input tokens exceed the configured limit"
            r"|too long to fit into the model|when context the overflows|exceeds? the available "
            r"context size|Context size has been exceeded|with (?P<window>[\d,]{1,12}) maximum "
            r"context length|max_tokens must be at least 1, got -",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            without_other_provider(
                r"(?:exceed(?:s|ed|ing)?|(?:longer|larger|bigger|more) than|too (?:large|long|big)"
                r" for) (?:the |this |its |your )?(?:model's |model )?(?:maximum |max |available )?"
                r"context[ -](?:window|length|size)(?! \(\d{2,6}\)\.)"
                r"|context[_ -](?:window|length)[_ ](?:was |is |has been )?exceeded"
                r"|Please reduce the length of (?:the|your) (?:messages|prompt|input)"
            ),
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"max(?:imum)? context (?:length|window|size)|context[ -](?:window|length|size|limit)"
            r"\b[^.]{0,60}exceed|exceed\w{0,3}\b[^.]{0,60}context|context overflow"
            r"|(?:prompt|input|messages?|conversation) (?:is |are )?too (?:long|large)\b"
            r"|Range of input length should be|prompt token count of \d|Prompt exceeds max"
            r"|tokens \d{0,6}k? ?> context|context (?:limit|window) (?:was |is )?(?:reached|full)"
            r"|Request Entity Too Large\b.{0,40}(?:azure|openai)",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"Context overflow(?: recovery failed|: this conversation is too large|: refusing to"
            r" resend)|Context limit exceeded during compaction|auto-compaction (?:could not"
            r" recover|timed out)|\[context-overflow-diag\]",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"hit a token limit!|possibly exhausted context window",
            "likely",
            "aider",
        ),
    ),
)
