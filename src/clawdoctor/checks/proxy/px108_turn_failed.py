r"""The test message failed with an error that no check recognises.

What it means
-------------
clawdoctor sent a test message as OpenClaw would send it, and got an error that matches no known
failure. The chain is broken on this route, but only the error text can show where.

Why it happens
--------------
A new version of LiteLLM, Azure or a gateway between them uses a new error text, or the failure
itself is new.

How to fix it
-------------
Read the text in the report. A text with "AzureException" comes from Azure. A text with "litellm."
but without "AzureException" comes from LiteLLM. See the whole text as OpenClaw receives it and as
LiteLLM logs it:

    openclaw agent --local --session-id check --message hi
    litellm --config litellm_config.yaml --port 4000 --detailed_debug

Send the same request straight to Azure to see which program fails:

    url=https://<resource>.openai.azure.com/openai/deployments/<deployment>
    curl "$url/chat/completions?api-version=2024-10-21" \
      -H "api-key: $AZURE_OPENAI_API_KEY" -H "Content-Type: application/json" \
      -d '{"messages":[{"role":"user","content":"hi"}]}'

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/debugging
https://docs.litellm.ai/docs/exception_mapping
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import ASK_OPENCLAW, CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import azure_answers_note, deployment_named, turn_finding
from clawdoctor.finding import Finding, Fix, Step
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.wire.question import Question

_NO_BASE = "Must provide one of the"
"""LiteLLM's error text if it has no api_base for Azure."""


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed with a text that no check recognises."""

    for failure in replies.of("unrecognised-failure"):
        if question.proxy is not None and not question.proxy.expected:
            yield _of_server(failure, replies, configs, question.proxy)
            continue
        status = f"HTTP {failure.turn.status}" if failure.turn.status else "an error"
        message = f'the test message to "{question.model}" fails with {status}'
        if failure.direct:
            message = (
                f'Azure answers the test message to "{deployment_named(failure, replies)}" with '
                f"{status}"
            )
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why="clawdoctor does not recognise the error, so only its text says what is wrong."
            + azure_answers_note(replies),
            label="the test message went here",
            confirms=("LL103",) if _NO_BASE in failure.turn.error else ("LL111",),
            fix=Fix(
                "restart LiteLLM with --detailed_debug added to its command, send OpenClaw a "
                "message, and read what LiteLLM prints"
                if question.proxy is not None
                else "read the whole error text",
                actions=(
                    *_log_steps(question),
                    ASK_OPENCLAW,
                    CHECK_AGAIN,
                ),
            ),
        )


def _of_server(failure: Failure, replies: Replies, configs: Configs, server: Proxy) -> Finding:
    """Return the finding for a server that may not be LiteLLM. Only its status is meaningful."""
    status = failure.turn.status
    why, setting, step = _BY_STATUS.get(status or 0, _OTHER_STATUS)
    place = configs.of_route(replies.question.routes[0], setting, "the test message went here")
    turn = f'the test message to "{replies.question.model}"'
    message = f"{server.address} answers {turn} with HTTP {status}"
    consequence = _CONSEQUENCE.get(status or 0, "fails")
    if failure.turn.outcome == "nothing":
        seconds = round(failure.turn.result.latency_ms / 1000)
        message = f"{server.address} does not answer {turn}" + f" in {seconds} s" * (seconds > 0)
        consequence = "does not answer"
        why = (
            "The server accepts the connection but does not answer. Its model may still be loading."
        )
    return turn_finding(
        failure,
        replies,
        configs,
        message=message,
        why=why,
        place=place,
        consequence=f"the server at {server.address} {consequence}",
        fix=Fix(step, actions=(Step(step), CHECK_AGAIN)),
    )


_BY_STATUS = {
    401: ("The server rejects the key.", "apiKey", "Give OpenClaw the key of this server"),
    403: (
        "The server rejects the key or the request. Some servers reject OpenClaw's User-Agent "
        "(OpenAI/JS), which you can change in models.providers.<provider>.headers.",
        "apiKey",
        "Set another User-Agent in the headers of this provider, or ask the server's owner",
    ),
    404: (
        "The server has no such path or no such model.",
        "baseUrl",
        "Compare the baseUrl and the model's id with the server's documentation",
    ),
    429: (
        "The request exceeds a rate limit or a quota of the server.",
        "model",
        "Wait, or use another model",
    ),
}
_OTHER_STATUS = (
    "The text above comes from the server. The server may not be LiteLLM, so only its own log "
    "can show more.",
    "model",
    "Read the log of the server",
)
_CONSEQUENCE = {
    401: "rejects OpenClaw's key",
    403: "rejects the request",
    404: "has no such path or model",
    429: "rejects the request because of a limit",
}


def _log_steps(question: Question) -> Iterator[Step]:
    if question.proxy is not None:
        yield Step(
            "Restart LiteLLM with --detailed_debug added to its command, and read what it prints"
        )


CHECK = Check(
    code="PX108",
    name="turn-failed",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("unrecognised-failure",),
    causes=("LL111", "LL103", "LL116", "LL117"),
)
