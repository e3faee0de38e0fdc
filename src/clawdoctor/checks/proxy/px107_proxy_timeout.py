r"""The proxy gave no answer in time.

What it means
-------------
The request reached the proxy and nothing came back before somebody stopped waiting: OpenClaw
("LLM request timed out"), LiteLLM itself ("litellm.Timeout", status 408), or a gateway before it
(504).

Why it happens
--------------
Azure does not answer, or is slow: a long prompt, a reasoning model, a busy region. LiteLLM tries a
429 or a 500 twice more before it says anything, which takes up to half a minute. The first request
after a start can take 15 seconds on a busy machine. Or a `timeout` or `request_timeout` in
litellm_config.yaml is shorter than the model needs; with none set, LiteLLM waits 100 minutes.

How to fix it
-------------
See who waits for whom: ask the proxy, with a clock.

    time curl -m 120 http://localhost:4000/v1/chat/completions \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"model":"<model_name>","messages":[{"role":"user","content":"hi"}]}'

If that is quick, the model needs longer for OpenClaw's prompt: give it more time, and a limit at
which LiteLLM goes on to a fallback:

    litellm_settings:
      request_timeout: 300

If it hangs, `clawdoctor run` shows whether Azure answers.

Versions
--------
All versions of LiteLLM and OpenClaw.

References
----------
https://docs.litellm.ai/docs/proxy/timeout
https://github.com/openclaw/openclaw/issues/46271
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.patterns import OTHER_PROVIDER, near
from clawdoctor.checks.turn_finding import (
    azure_answers_note,
    captured_value,
    failed_deployment,
    restart_action,
    turn_finding,
)
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Finding, Fix, Place
from clawdoctor.probes.replies import Failure, Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that the proxy did not answer in time."""

    for failure in replies.of("proxy-timeout"):
        limit, own = captured_value(failure, "limit"), _own_timeout(failure)
        seconds = limit or str(round(failure.turn.result.latency_ms / 1000) or "")
        after = f" in {seconds} s" if seconds else ""
        why = (
            "The proxy lives and took the request. Without a request_timeout LiteLLM waits 100 "
            "minutes for Azure."
        )
        if limit:
            why = f"LiteLLM itself stopped waiting for Azure after {limit} s: that is its limit."
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'the proxy gives no answer for "{question.model}"{after}',
            why=why + azure_answers_note(replies),
            label="this group was asked",
            place=_timeout_place(configs, failure) if limit else None,
            fix=Fix(
                "give the model more time" if limit else "see who waits for whom",
                snippet=(
                    f"{own}: 300" if own and limit else "litellm_settings:\n  request_timeout: 300"
                ),
                actions=(restart_action(configs, replies), CHECK_AGAIN),
            ),
        )


def _own_timeout(failure: Failure) -> str:
    """The deployment's own timeout setting, which overrides the global one; empty if none."""
    deployment = failed_deployment(failure)
    names = ("stream_timeout", "timeout") if deployment is not None else ()
    return next(
        (name for name in names if deployment is not None and deployment.params.get(name)), ""
    )


def _timeout_place(configs: Configs, failure: Failure) -> Place | None:
    """Where LiteLLM's file sets its timeout, if it does."""
    own, deployment = _own_timeout(failure), failed_deployment(failure)
    if own and deployment is not None and configs.litellm is not None:
        return configs.of_deployment(deployment, own, "LiteLLM waits no longer")
    pointers = ("/litellm_settings/request_timeout", "/router_settings/timeout")
    config = configs.litellm
    named = [
        pointer
        for pointer in pointers
        if config is not None and config.root.at(pointer) is not None
    ]
    return config.place(named[0], "LiteLLM waits no longer") if config and named else None


CHECK = Check(
    code="PX107",
    name="proxy-timeout",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("proxy-timeout",),
    causes=(
        "AZ002",
        "AZ111",
        "AZ104",
    ),
    texts=(
        signature(
            r"litellm\.(?:exceptions\.)?Timeout\b(?!.{0,60}The operation was timeout)"
            rf"(?!.{{0,80}}{OTHER_PROVIDER})(?:.{{0,200}}?timeout value=(?P<limit>[\d.]{{1,10}}))?",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error) (?:APITimeoutError|Timeout) - Request "
            r"timed out",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"litellm.{0,80}timeout value="
            r"|LLM request timed out|request failed \(request timed out",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"504 Gateway Time-?out.{0,300}(?:chat/completions|litellm|provider)"
            r"|(?:chat/completions|litellm|provider).{0,300}504 Gateway Time-?out",
            "likely",
            "a gateway",
        ),
        signature(
            r"APITimeoutError|Headers Timeout Error|UND_ERR_HEADERS_TIMEOUT|504 Gateway "
            r"Time-?out",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Azure\w{0,12} - (?:Request )?timed? ?out|Timeout passed=[\d.]{1,12}, time taken=",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blite_?llm\b",
                r"timed out|time-?out\b|ReadTimeout",
                120,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            near(
                r"(?:timed out|ReadTimeout|time-?out)\b",
                r"\blite_?llm\b",
                120,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Request timed out(?: while polling queue)?\.?$|504 Gateway",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"hasn't been responding\. Please wait a moment|^\W{0,3}The provider timed out\b",
            "possible",
            "OpenClaw",
        ),
    ),
)
