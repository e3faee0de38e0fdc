r"""The live turn failed with a text that no check knows.

What it means
-------------
clawdoctor sent what OpenClaw would send, and an error came back that fits none of the known
failures. The chain is broken on this route; where, only the text can say.

Why it happens
--------------
A new version of LiteLLM, of Azure or of a gateway between them says something in new words, or
something happens that nobody has met yet.

How to fix it
-------------
Read the text in the report: a text with "AzureException" comes from Azure, one with "litellm." and
without it from LiteLLM. See the whole of it, as OpenClaw gets it, and as LiteLLM logs it:

    openclaw agent --local --session-id check --message hi
    litellm --config litellm_config.yaml --port 4000 --detailed_debug

The same question straight to Azure tells whose fault it is:

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
"""What LiteLLM says if it has no api_base for Azure."""


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed with a text that no check recognises."""

    for failure in replies.of("unrecognised-failure"):
        if question.proxy is not None and not question.proxy.expected:
            yield _of_server(failure, replies, configs, question.proxy)
            continue
        status = f"HTTP {failure.turn.status}" if failure.turn.status else "an error"
        message = f'a turn with "{question.model}" fails with {status}'
        if failure.direct:
            message = (
                f'Azure answers a turn with "{deployment_named(failure, replies)}" by {status}'
            )
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why="clawdoctor does not know the text above: it says what is wrong."
            + azure_answers_note(replies),
            label="this model was asked",
            confirms=("LL103",) if _NO_BASE in failure.turn.error else ("LL111",),
            fix=Fix(
                "see the whole text, and the proxy's log",
                actions=(
                    ASK_OPENCLAW,
                    *_log_steps(question),
                    CHECK_AGAIN,
                ),
            ),
        )


def _of_server(failure: Failure, replies: Replies, configs: Configs, server: Proxy) -> Finding:
    """The finding for a server that is not known to be LiteLLM: only the status means something."""
    status = failure.turn.status
    why, setting, step = _BY_STATUS.get(status or 0, _OTHER_STATUS)
    place = configs.of_route(replies.question.routes[0], setting, "this server was asked")
    turn = f'the test message to "{replies.question.model}"'
    message = f"{server.address} answers {turn} with HTTP {status}"
    consequence = _CONSEQUENCE.get(status or 0, "fails")
    if failure.turn.outcome == "nothing":
        seconds = round(failure.turn.result.latency_ms / 1000)
        message = f"{server.address} gives no answer to {turn}" + f" in {seconds} s" * (seconds > 0)
        consequence = "does not answer"
        why = "The server accepts the connection and does not answer: its model may still load."
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
    401: ("The server rejects the key.", "apiKey", "give OpenClaw the key of this server"),
    403: (
        "The server refuses the key or the request. Some refuse OpenClaw's User-Agent "
        "(OpenAI/JS), which models.providers.<provider>.headers changes.",
        "apiKey",
        "set another User-Agent in the headers of this provider, or ask the server's owner",
    ),
    404: (
        "The server knows no such path or no such model.",
        "baseUrl",
        "compare the baseUrl and the model's id with what the server's documentation says",
    ),
    429: ("A limit or a quota of the server is used up.", "model", "wait, or use another model"),
}
_OTHER_STATUS = (
    "The text above is the server's own. It is not known to be LiteLLM, so only its log says more.",
    "model",
    "read the log of the server",
)
_CONSEQUENCE = {
    401: "rejects OpenClaw's key",
    403: "refuses the request",
    404: "knows no such path or model",
    429: "refuses the request because of a limit",
}


def _log_steps(question: Question) -> Iterator[Step]:
    if question.proxy is not None:
        yield Step("start the proxy with --detailed_debug and read its log")


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
