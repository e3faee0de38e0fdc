r"""The model's answer is empty.

What it means
-------------
The request succeeded with status 200, but no text came back: OpenClaw logs "empty response
detected", "incomplete turn detected ... payloads=0" and says "Agent couldn't generate a response".
Older versions say "No reply from agent".

Why it happens
--------------
- A reasoning model spent all of max_completion_tokens on thinking (finish_reason "length").
- Azure's filter cut the answer (finish_reason "content_filter").
- A web page or a login page answers instead of Azure. LiteLLM turns it into one empty chunk of a
  stream.
- The answer ended without a finish_reason. LiteLLM 1.108 and older report this as a normal end,
  later versions as "Stream ended before a finish_reason was received".
- The text is in reasoning_content.

How to fix it
-------------
See what the proxy returns without streaming:

    curl http://localhost:4000/v1/chat/completions \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"model":"<model_name>","messages":[{"role":"user","content":"hi"}]}'

- finish_reason "length": in openclaw.json, raise the model's maxTokens to 4096 or more.
- finish_reason "content_filter": see AZ107.
- a web page, or 500 "Unexpected response from Azure" (LiteLLM 1.106: "Unexpected string response
  from Azure"): api_base does not point to Azure (LL106).
- a normal answer: the cause is in OpenClaw. Use `api: "openai-completions"`, the api that the proxy
  supports best. A newer OpenClaw may fix it.

Versions
--------
All versions. OpenClaw 2026.3.28 and later say "Agent couldn't generate a response" and log
"incomplete turn detected"; 2026.4.14 and later also log "empty response detected". A report says
that OpenClaw 2026.5.28 lost answers of azure-openai-responses.

References
----------
https://github.com/openclaw/openclaw/issues/88833
https://github.com/openclaw/openclaw/issues/16151
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from urllib.parse import urlsplit

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import (
    answers_directly,
    azure_answers_note,
    deployment_named,
    resource_name,
    turn_finding,
)
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn whose answer is empty, truncated or a web page."""

    for failure in replies.of("empty-response"):
        content, why = _describe_answer(failure, by_proxy=not failure.direct)
        sender, place = f'"{question.model}"', None
        if question.proxy is not None and failure.direct:
            sender = f'"{deployment_named(failure, replies)}" of {resource_name(failure, replies)}'
        elif question.proxy is not None and answers_directly(replies):
            sender = "the proxy"
            place = configs.of_route(question.routes[0], "baseUrl", "this server answers")
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{sender} returns {content}",
            why=why + azure_answers_note(replies),
            setting="api_base",
            label="this server answers",
            place=place,
            fix=Fix("find out which server answers", actions=(_curl_command(failure), CHECK_AGAIN)),
        )


def _describe_answer(failure: Failure, *, by_proxy: bool) -> tuple[str, str]:
    text = failure.turn.error
    match failure.turn.outcome:
        case "page":
            is_page = "<html" in text.casefold() or "<!doctype" in text.casefold()
            kind = "a web page" if is_page else "a text that is not from a model"
            return f"{kind} instead of an answer", (
                "A server that is not a model answers with status 200: a login page, a "
                "company's proxy, or a server at a wrong address."
            )
        case "truncated":
            sees = (
                'OpenClaw says "Stream ended without finish_reason".'
                if by_proxy
                else (
                    "LiteLLM 1.108 and older report this to OpenClaw as a normal end, newer "
                    "versions as an error."
                )
            )
            return "an answer that breaks off", f"The stream stopped early: {text}. {sees}"
        case "error":
            return "an answer that breaks off", (
                "LiteLLM received part of the answer and then gave up."
            )
    return "an answer without content", (
        "The status is 200, but no text came back. LiteLLM turns a web page into an empty "
        "answer. LiteLLM 1.108 and older also do this with a stream that breaks off. OpenClaw "
        'says "Agent couldn\'t generate a response".'
    )


def _curl_command(failure: Failure) -> Command:
    """Return a command that shows which server answers. It calls no model and costs nothing."""
    parts = urlsplit(failure.turn.result.url)
    host = parts.netloc.rpartition("@")[2]
    return Command(f"curl -i {shlex.quote(f'{parts.scheme}://{host}/')}")


CHECK = Check(
    code="PX104",
    name="empty-response",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("empty-response",),
    causes=(
        "PX002",
        "OC105",
        "AZ107",
        "OC111",
        "LL110",
    ),
    advice={
        STRAIGHT: Advice(
            'See what Azure returns without streaming. If finish_reason is "length", raise the '
            'model\'s maxTokens in openclaw.json to 4096 or more. If it is "content_filter", '
            "see AZ107. If you get a web page, the baseUrl does not point to Azure. If the "
            "answer is normal, use `api: openai-completions` or another version of OpenClaw.",
            'curl "https://<resource>.openai.azure.com/openai/v1/chat/completions" \\\n'
            '  -H "api-key: $AZURE_OPENAI_API_KEY" -H "Content-Type: application/json" \\\n'
            '  -d \'{"model":"<deployment>","messages":[{"role":"user","content":"hi"}]}\'',
        ),
        "length": Advice(
            "The model spent its whole token limit on thinking and had none left for an answer. "
            "Raise maxTokens in the model's entry of openclaw.json (in another program, "
            "max_tokens or max_completion_tokens), or lower the thinking level.",
            "maxTokens: 16384,",
        ),
        "page": Advice(
            "A server other than Azure answers LiteLLM with a web page or nothing, because the "
            "model's api_base in litellm_config.yaml points elsewhere (a portal's address, a "
            "login page, a company's proxy). In litellm_config.yaml, set the model's api_base to "
            "the resource's endpoint:",
            "api_base: https://<resource>.openai.azure.com",
            straight=Advice(
                "A server other than Azure answers with a web page or nothing. Set the "
                "provider's baseUrl in openclaw.json to the resource's endpoint:",
                'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
            ),
            when=r"response from Azure|invalid response from LLM",
        ),
        "cut": Advice(
            "The stream broke off before its end: a program between the model and the client "
            "closed it. If this always happens after the same time, raise the time limit of "
            "the gateway or reverse proxy (in nginx, raise proxy_read_timeout and set "
            "proxy_buffering off). If it happens at random, Azure or the network is the cause: "
            "try again. If LiteLLM restarted, its log shows it.",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            "sending complete message|incomplete chunked read|payload is not completed"
            "|Unexpected (?:string )?response from Azure",
            advice="cut",
        ),
        rule(
            "certain",
            "LiteLLM",
            "ended (?:before a|without) finish_reason|before (?:a terminal |response.completed)"
            "|invalid response from LLM endpoint",
            advice="cut",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"invalid streaming response|contained a malformed fragment|unfinished tool call"
            r"|finish_reason=abort",
            advice="cut",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"incomplete turn detected.{0,100}stopReason=length|\bLengthFinishReasonError\b",
            advice="length",
        ),
        rule(
            "likely",
            "a server that speaks OpenAI's API",
            r"finish_reason\W{1,4}length\W",
            r"\bcontent\W{1,4}(?:''|''|null|None|is None)",
            advice="length",
        ),
        rule(
            "likely",
            "OpenClaw",
            "Unhandled stop r|incomplete turn detected|incomplete-turn error"
            "|empty response (?:detected|retries exhausted):",
            unless="provider=(?:anthropic|google|gemini|bedrock|ollama|openrouter|xai|groq|mistral)",
        ),
        rule(
            "likely",
            "OpenClaw",
            "couldn't generate a response|non_deliverable|produce a visible"
            "|turn failed before producing|queuedFinal=false, replies=0",
        ),
        rule(
            "likely",
            "a program that calls the model",
            "(?:ed|empty|no) choices|null value for .?choices|LLMNoResponseError"
            "|No generation chunks were|response received from LLM",
        ),
        rule("possible", "a client", means="no_answer"),
    ),
)
