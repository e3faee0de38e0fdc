r"""The model's answer has nothing in it.

What it means
-------------
The request went through with status 200 and no text came back: OpenClaw logs "empty response
detected", "incomplete turn detected ... payloads=0" and says "Agent couldn't generate a response",
older versions "No reply from agent".

Why it happens
--------------
A reasoning model spent all of max_completion_tokens on thinking (finish_reason "length"); Azure's
filter cut the answer (finish_reason "content_filter"); a web page or a login page answers in place
of Azure, which LiteLLM turns into one empty piece of a stream; the answer ended without a
finish_reason, which LiteLLM 1.108 and older report as a proper end (later versions: "Stream ended
before a finish_reason was received"); or the text stands in reasoning_content.

How to fix it
-------------
See what really comes back, without a stream:

    curl http://localhost:4000/v1/chat/completions \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"model":"<model_name>","messages":[{"role":"user","content":"hi"}]}'

- finish_reason "length": raise maxTokens of the model in openclaw.json to 4096 or more.
- finish_reason "content_filter": see AZ107.
- a page, or 500 "Unexpected response from Azure" (LiteLLM 1.106: "Unexpected string response from
  Azure"): api_base does not lead to Azure (LL106).
- a normal answer: the fault is in OpenClaw; `api: "openai-completions"` is the api that the proxy
  serves best, and a newer OpenClaw may mend it.

Versions
--------
All versions. A report says that OpenClaw 2026.5.28 lost answers of azure-openai-responses.

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
from clawdoctor.checks.proxy.px104_texts import TEXTS
from clawdoctor.checks.turn_finding import (
    answers_directly,
    azure_answers_note,
    deployment_named,
    resource_name,
    turn_finding,
)
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
            place = configs.of_route(question.routes[0], "baseUrl", "what answers here")
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{sender} gives {content}",
            why=why + azure_answers_note(replies),
            setting="api_base",
            label="what answers there",
            place=place,
            fix=Fix("see who answers", actions=(_curl_command(failure), CHECK_AGAIN)),
        )


def _describe_answer(failure: Failure, *, by_proxy: bool) -> tuple[str, str]:
    text = failure.turn.error
    match failure.turn.outcome:
        case "page":
            is_page = "<html" in text.casefold() or "<!doctype" in text.casefold()
            kind = "a web page" if is_page else "a text that is no model's"
            return f"{kind} in place of an answer", (
                "Something else than a model answers with status 200: a login page, a company's "
                "proxy, or a wrong address."
            )
        case "truncated":
            sees = (
                'OpenClaw says "Stream ended without finish_reason".'
                if by_proxy
                else "LiteLLM 1.108 and older show that to OpenClaw as a proper end, newer ones as "
                "an error."
            )
            return "an answer that breaks off", f"The stream stopped half-way: {text}. {sees}"
        case "error":
            return "an answer that breaks off", "LiteLLM got half of it and gave the rest up."
    return "an answer without content", (
        "Status 200, and no text came. LiteLLM makes an empty answer of a page, and 1.108 and "
        'older of a stream that breaks off; OpenClaw says "Agent couldn\'t generate a response".'
    )


def _curl_command(failure: Failure) -> Command:
    """A command that shows who answers at the host; it calls no model and costs nothing."""
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
    texts=TEXTS,
)
