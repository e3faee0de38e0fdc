r"""The proxy did not answer in time.

What it means
-------------
The request reached the proxy, but no answer came back before a program gave up waiting: OpenClaw
("LLM request timed out"), LiteLLM itself ("litellm.Timeout", status 408), or a gateway in front of
it (504).

Why it happens
--------------
Azure does not answer, or is slow because of a long prompt, a reasoning model or a busy region.
LiteLLM retries a 429 or a 500 twice before it answers. After each 429, it waits as long as Azure
asks for, up to 60 seconds, so the answer can take three minutes. The first request after a start
can take 15 seconds on a busy machine. Or a `timeout` or `request_timeout` in litellm_config.yaml is
too short for the model. Without these settings, LiteLLM waits 100 minutes.

How to fix it
-------------
Measure how long the proxy takes:

    time curl -m 120 http://localhost:4000/v1/chat/completions \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"model":"<model_name>","messages":[{"role":"user","content":"hi"}]}'

If the answer is quick, the model needs longer for OpenClaw's prompt. Give it more time, and set a
limit. LiteLLM tries the model three times before a fallback, so 300 seconds mean up to 15 minutes.
With `num_retries: 0` it tries the model once:

    litellm_settings:
      request_timeout: 300
      num_retries: 0

If the command hangs, run `clawdoctor run` to see whether Azure answers.

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

from clawdoctor.chain.advice import ASK_OPENCLAW, CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import (
    azure_answers_note,
    captured_value,
    failed_deployment,
    restart_action,
    turn_finding,
    without_advice,
)
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
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
            "The proxy is running and accepted the request. Without a request_timeout, LiteLLM "
            "waits 100 minutes for Azure."
        )
        if limit:
            why = (
                f"LiteLLM itself stopped waiting for Azure after {limit} s, which is its "
                "configured limit."
            )
        yield turn_finding(
            without_advice(failure) if limit else failure,
            replies,
            configs,
            message=f'the proxy does not answer requests for "{question.model}"{after}',
            why=why + azure_answers_note(replies),
            label="OpenClaw requests this model",
            place=_timeout_place(configs, failure) if limit else None,
            fix=Fix(
                f"in litellm_config.yaml, raise {own or 'request_timeout'}"
                if limit
                else "in litellm_config.yaml, set request_timeout to get an error that says more",
                snippet=(
                    f"{own}: 300" if own and limit else "litellm_settings:\n  request_timeout: 300"
                ),
                actions=(*restart_action(configs, replies), CHECK_AGAIN),
            ),
        )


def _own_timeout(failure: Failure) -> str:
    """Return the deployment's own timeout setting, which overrides the global one, or ""."""
    deployment = failed_deployment(failure)
    names = ("stream_timeout", "timeout") if deployment is not None else ()
    return next(
        (name for name in names if deployment is not None and deployment.params.get(name)), ""
    )


def _timeout_place(configs: Configs, failure: Failure) -> Place | None:
    """Return the place where LiteLLM's file sets its timeout, if it does."""
    own, deployment = _own_timeout(failure), failed_deployment(failure)
    if own and deployment is not None and configs.litellm is not None:
        return configs.of_deployment(deployment, own, "LiteLLM's own time limit")
    pointers = ("/litellm_settings/request_timeout", "/router_settings/timeout")
    config = configs.litellm
    named = [
        pointer
        for pointer in pointers
        if config is not None and config.root.at(pointer) is not None
    ]
    return config.place(named[0], "LiteLLM's own time limit") if config and named else None


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
    advice={
        STRAIGHT: Advice(
            "OpenClaw, or its HTTP client, stopped waiting for Azure. If clawdoctor's small test "
            "message is answered quickly, the model needs longer for "
            "OpenClaw's long prompt: give the provider more time in openclaw.json. If not, "
            "Azure is slow or this machine cannot reach it.",
            '"models": {"providers": {"<provider>": {"timeoutSeconds": 600}}}',
        ),
        "limit": Advice(
            "LiteLLM itself stopped waiting for Azure after <limit> seconds. In "
            "litellm_config.yaml, raise the deployment's timeout or stream_timeout, or "
            "request_timeout if the deployment has neither, and restart the proxy. A gateway "
            "in front of the proxy, and OpenClaw (timeoutSeconds), must wait even longer.",
            "litellm_settings:\n  request_timeout: 600",
            when=r"timeout value=(?P<limit>[\d.]{1,10})",
        ),
        "openclaw": Advice(
            "Look up rawError in OpenClaw's log: it shows which program stopped waiting. If it "
            "contains 408 or litellm.Timeout, it was LiteLLM: raise request_timeout in "
            "litellm_config.yaml. If it contains 504 or a web page, it was a gateway in front of "
            "the proxy. Otherwise it was OpenClaw itself, and no LiteLLM setting helps: give the "
            "provider more time in openclaw.json (agents.defaults.timeoutSeconds, if set, must "
            "be even larger):",
            '"models": {"providers": {"<provider>": {"timeoutSeconds": 600}}}',
            ("openclaw logs --follow", ASK_OPENCLAW.text),
            Advice(
                "OpenClaw stopped waiting for Azure. Give the provider more time in "
                "openclaw.json. agents.defaults.timeoutSeconds, if set, must be even larger. If "
                "even a small message takes that long, Azure is slow: try another region or a "
                "faster model.",
                '"models": {"providers": {"<provider>": {"timeoutSeconds": 600}}}',
            ),
            when=r"hasn't been responding|The provider timed out",
        ),
        "gateway": Advice(
            "The gateway in front of the proxy (nginx, a load balancer, an ingress) stopped "
            "waiting. Make the gateway wait as long as OpenClaw does, and turn buffering off for "
            "streams. Neither LiteLLM's request_timeout nor OpenClaw's settings help. nginx "
            "waits 60 seconds by default. (Cloudflare ends a request after 100 seconds, whatever "
            "you set: use streaming, or bypass it.)",
            "location / {\n  proxy_pass http://127.0.0.1:4000;\n"
            "  proxy_read_timeout 600s;\n  proxy_buffering off;\n}",
        ),
    },
    texts=(
        rule(
            "likely",
            "LiteLLM",
            r"litellm\.(?:exceptions\.)?Timeout\b"
            r"|Azure\w{0,12}(?: \w{1,20})? - (?:Request )?timed out|out, HTTP 408|timeout value=",
            unless=r"(?:Anthropic|Vertex|Gemini|Bedrock|Groq|Ollama|Mistral|Deepseek)\w{0,8}Exception"
            r"|operation was timeout",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"LLM request timed out|request failed \(request timed out|embedded run timeout",
            unless="HTTP 4",
            advice="openclaw",
        ),
        rule(
            "likely",
            "a gateway",
            "504 Gateway Time-?out|upstream timed out .{0,40} while reading response",
            "chat/completions|litellm|openclaw|llm request",
            advice="gateway",
        ),
        rule(
            "possible", "a gateway", "504 Gateway|upstream (?:request )?timeout", advice="gateway"
        ),
        rule("possible", "LiteLLM", network="timeout", by="litellm"),
        rule(
            "possible",
            "a client",
            r"APITimeoutError|Headers Timeout|n't been resp|499 status|=timeout\b"
            r"|ation was ab|^\W{0,3}(?:The provider|Request) timed",
        ),
    ),
)
