"""LiteLLM pauses the deployment after an error, and this 429 hides which one.

What it means
-------------
The proxy answers 429 "No deployments available for selected model, Try again in 5 seconds". That
is no rate limit: every deployment of the model is in a pause ("cooldown") after an earlier error.
Azure was not asked this time. The error before it is the one to mend.

Why it happens
--------------
LiteLLM pauses a deployment for 5 seconds after a 401 (wrong key), a 404 (no such deployment), and,
where the group has other deployments, after a 429 or when more than half of at least five requests
in a minute failed. OpenClaw tries again within those 5 seconds and so sees only the pause.

How to fix it
-------------
Wait six seconds and ask once: that answer has the real error.

    sleep 6; openclaw infer model run --local --prompt hi
    sleep 6; clawdoctor run

Or look in the proxy's log for the first error before "No deployments available". To see real
errors while you look for a fault, in litellm_config.yaml:

    router_settings:
      disable_cooldowns: true

Versions
--------
All versions of LiteLLM. Newer ones set type "all_deployments_in_cooldown", older ones "None".

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://github.com/BerriAI/litellm/issues/9406
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.patterns import near
from clawdoctor.checks.turn_finding import azure_answers_note, restart_action, turn_finding
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that LiteLLM still does not send to Azure after one wait for the cooldown."""

    for failure in replies.of("deployment-cooldown"):
        waited = f" (asked again after {replies.waited:.0f} s)" if replies.waited else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'LiteLLM pauses every deployment of "{question.model}"{waited}',
            why="This 429 is no rate limit: an earlier error put the deployments into a pause, "
            "and hides which one. Others that use the proxy may renew it all the time."
            + azure_answers_note(replies),
            label="in a pause after an earlier error",
            fix=Fix(
                "see the error that came before",
                snippet="router_settings:\n  disable_cooldowns: true",
                actions=(restart_action(configs, replies), Command("sleep 6; clawdoctor run")),
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
    texts=(
        signature(
            r"No deployments available for selected model(?:.{0,40}?Try again in "
            r"(?P<retry_after>[\d.]{1,8}) seconds)?(?:.{0,160}?Passed "
            r"model=(?P<model>[\w./:-]{0,120}\w))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"all_deployments_in_cooldown|All deployments for selected model are in cooldown",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"RouterRateLimitError|cooldown_list=\[",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"No (?:healthy )?deployments? available,? (?:Try again in|passed model=)",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"all deployments (?:\w{1,20} ){0,4}(?:are |is )?(?:currently )?in cooldown"
            r"|over user-defined ratelimit"
            r"|No (?:healthy )?deployments? available\b.{0,60}try again in",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm",
                r"No (?:healthy )?deployments? available\b(?! - crossed)",
                120,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"No (?:healthy )?deployments? available\b",
            "possible",
            "LiteLLM",
        ),
    ),
)
