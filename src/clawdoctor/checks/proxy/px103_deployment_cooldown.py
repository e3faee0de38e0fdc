"""LiteLLM pauses the deployment after an error, and this 429 hides the error.

What it means
-------------
The proxy answers 429 "No deployments available for selected model, Try again in 5 seconds". This is
not a rate limit. LiteLLM has paused every deployment of the model (a "cooldown") after an earlier
error, and did not send this request to Azure. Fix the earlier error.

Why it happens
--------------
LiteLLM pauses a deployment for 5 seconds after a 401 (wrong key) or a 404 (no such deployment). If
the model has other deployments, it also does so after a 429, or when more than half of at least
five requests in a minute fail. OpenClaw retries within those 5 seconds and sees only the pause.

How to fix it
-------------
Wait six seconds and send one request. The answer contains the real error.

    sleep 6; openclaw agent --local --session-id check --message hi
    sleep 6; clawdoctor run

Or look in the proxy's log for the first error before "No deployments available". To see the real
errors while you look for the cause, set in litellm_config.yaml:

    router_settings:
      disable_cooldowns: true

Versions
--------
All versions of LiteLLM. 1.103.0 and later set type "all_deployments_in_cooldown", 1.102.4 and older
"None".

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://github.com/BerriAI/litellm/issues/9406
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import azure_answers_note, restart_action, turn_finding
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Step
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that LiteLLM still does not send to Azure after one wait for the cooldown."""

    for failure in replies.of("deployment-cooldown"):
        waited = f" (clawdoctor tried again after {replies.waited:.0f} s)" if replies.waited else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'LiteLLM pauses every deployment of "{question.model}"{waited}',
            why=(
                "The 429 is not a rate limit. LiteLLM paused the deployments after an earlier "
                "error, which the 429 hides. Other clients of the proxy may keep triggering the "
                "pause."
            )
            + azure_answers_note(replies),
            label="paused after an earlier error",
            fix=Fix(
                "find the earlier error in the proxy's log",
                snippet="router_settings:\n  disable_cooldowns: true",
                actions=(
                    Step("To see the error itself, turn the pauses off with these lines"),
                    *restart_action(configs, replies),
                    Command("sleep 6; clawdoctor run"),
                ),
            ),
        )


CHECK = Check(
    code="PX103",
    name="deployment-cooldown",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    owns=("deployment-cooldown",),
    causes=(
        "AZ003",
        "AZ101",
        "AZ104",
        "AZ102",
        "AZ105",
        "AZ006",
        "AZ001",
        "AZ002",
        "AZ111",
        "PX107",
    ),
    advice={
        "named": Advice(
            "The text names the error that started the pause: <exception>. Fix the error that "
            "started the pause (pass its text to clawdoctor explain). Until then, LiteLLM "
            "returns it once after each pause:",
            run=("sleep 6; clawdoctor run",),
            when=r"'exception_received': .(?P<exception>litellm\.\w{1,40})",
        ),
        "limits": Advice(
            "No deployment is paused (cooldown_list is empty), but LiteLLM cannot use any: the "
            "rpm or tpm of their entries in model_list is exhausted for this minute, or no "
            "deployment passes the router's checks before the call. Raise or delete rpm and "
            "tpm, or add a deployment.",
            "litellm_params:\n  model: azure/<deployment>\n  tpm: 200000",
            when=r"cooldown_list=\[\]|RouterRateLimitErrorBasic",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"available for selected model|RouterRateLimitError|cooldown_list=\["
            r"|'exception_received': .litellm",
        ),
        rule(
            "likely",
            "LiteLLM",
            "No (?:healthy )?deployments? available,? (?:Try again in|passed model=)"
            "|all deployments .{0,24}in cooldown",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"No (?:healthy )?deployments? available\b",
            unless="crossed",
            by="litellm",
        ),
    ),
)
