r"""A budget that is set in LiteLLM is used up.

What it means
-------------
LiteLLM refuses requests because a key, a user, a team or a provider has spent what it may: "Budget
has been exceeded! Key=... Current cost: ..., Max budget: ...", or, for a provider, "No deployments
available - crossed budget: Exceeded budget for provider azure". It is LiteLLM's own account. Azure
has no part in it: no quota of Azure and no bill is meant. The same is true of the requests and
tokens per minute that LiteLLM allows a key or a team, "Rate limit exceeded for api_key: ... Limit
type: tokens", and of those of a deployment, "Model rate limit exceeded. RPM limit=60, ...".

Why it happens
--------------
A virtual key was made with max_budget, or a user, a team, litellm_settings.max_budget or
provider_budget_config in router_settings has one. It may be 0, which refuses everything.

How to fix it
-------------
See whose it is, and raise it:

    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" \
      "http://localhost:4000/key/info?key=<the key that OpenClaw sends>"
    curl -X POST http://localhost:4000/key/update \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"key":"<that key>","max_budget":50,"budget_duration":"30d"}'

A budget in litellm_config.yaml is changed there, and the proxy restarted. Calls with the master
key are not counted against the budget of a virtual key.

Versions
--------
All versions. 1.84 and older answer 400, 1.85 to 1.103 answer 429, and 1.104.0 and later answer 422,
unless litellm_settings.budget_exceeded_status_code says otherwise, with type budget_exceeded. The
budget of a provider answers 429 (run on 1.106.2 and 1.110.2). The answers to the budget of a key or
a team were read in LiteLLM's code: they need a database, and were not run.

References
----------
https://docs.litellm.ai/docs/proxy/users
https://docs.litellm.ai/docs/proxy/provider_budget_routing
https://github.com/BerriAI/litellm/issues/22726
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.check import Check
from clawdoctor.checks.proxy.admin import POST
from clawdoctor.checks.turn_finding import captured_value, turn_finding
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that LiteLLM refused because a budget is used up."""

    for failure in replies.of("budget-exceeded"):
        limit, rate = captured_value(failure, "limit"), captured_value(failure, "rate")
        most = f" of {limit}" if limit else ""
        message = f"a budget{most} that is set in LiteLLM is used up"
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"LiteLLM limits {rate} itself, and refuses" if rate else message,
            why="It is LiteLLM's own account of a key, a user, a team or a provider. Azure has no "
            "part in it.",
            place=configs.of_route(question.routes[0], "apiKey", "the key that was used"),
            fix=Fix(
                "raise the budget, or wait until it starts anew",
                actions=(
                    *_key_command(question),
                    CHECK_AGAIN,
                ),
            ),
        )


def _key_command(question: Question) -> tuple[Command, ...]:
    """The command that shows the budget of the proxy's key, if the URL may be shown."""
    proxy = question.proxy
    if proxy is None or proxy.url is None or proxy.address not in proxy.url:
        return ()
    url = shlex.quote(f"{proxy.url}/key/info")
    return (Command(f'curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" {url}'),)


CHECK = Check(
    code="PX105",
    name="budget-exceeded",
    stage="proxy",
    scope="route",
    run=check,
    documentation=__doc__,
    owns=("budget-exceeded",),
    advice={
        STRAIGHT: Advice(
            "The provider says that the account's money or credit is used up. For Azure look at "
            "the subscription in the portal: a spending limit that was reached, or a free trial "
            "that ended, disables it. Raise the limit, or change to pay-as-you-go.",
        ),
        "rate": Advice(
            "LiteLLM itself refuses: the key, user or team may make only so many requests or use "
            "so "
            "many tokens a minute (rpm_limit, tpm_limit, max_parallel_requests). No quota of Azure "
            "is "
            "meant. Raise it for the key that OpenClaw sends, or wait a minute:",
            f"{POST} http://localhost:4000/key/update "
            '-d \'{"key":"<that key>","tpm_limit":200000,"rpm_limit":100}\'',
            when=r"Rate Limit Handler|Crossed TPM / RPM|parallel requests? limit",
        ),
        "own": Advice(
            "The deployment's own <rate> in litellm_config.yaml is used up, and LiteLLM enforces "
            "it (enforce_model_rate_limits in optional_pre_call_checks). Azure was not asked. "
            "Raise it, add a deployment to the group, or wait a minute (a day for TPD and RPD):",
            "litellm_params:\n  tpm: 200000\n  rpm: 200",
            when=r"Model rate limit exceeded\. (?P<rate>[TR]P[MD])",
        ),
        "team": Advice(
            "The team, project or organization of this key has spent its max_budget. Raise it, on "
            "the proxy's web page or so for a team, or wait until budget_duration starts it anew:",
            f"{POST} http://localhost:4000/team/update "
            '-d \'{"team_id":"<team>","max_budget":100,"budget_duration":"30d"}\'',
            when=(
                r"(?:exceeded!|ExceededBudget:) (?:Team|Project"
                r"|Org\w{1,12})(?:=(?P<team>[\w-]{1,80}))?"
            ),
        ),
        "user": Advice(
            "The user to whom this key belongs has spent their max_budget; the key's own does not "
            "matter. Raise it, or make a key without a user (service account):",
            f"{POST} http://localhost:4000/user/update "
            '-d \'{"user_id":"<user>","max_budget":100,"budget_duration":"30d"}\'',
            when=r"ExceededBudget: User[= ]?(?P<user>[\w@.-]{0,80})",
        ),
        "customer": Advice(
            "The end user whom the request names (`user`, or a header) has spent their budget. "
            "Raise it, or let the client name no user. litellm_settings.max_end_user_budget is the "
            "limit of all of them.",
            f"{POST} http://localhost:4000/customer/update "
            '-d \'{"user_id":"<user>","max_budget":100}\'',
            when=r"\bEnd ?User(?:=\S{1,80})? over budget",
        ),
        "provider": Advice(
            "The budget that router_settings.provider_budget_config sets for <provider> is used up "
            "until its budget_duration is over. Raise it in litellm_config.yaml, or delete it, and "
            "restart the proxy.",
            "router_settings:\n  provider_budget_config:\n"
            '    <provider>: { budget_limit: 100, time_period: "30d" }',
            when=r"budget for provider (?P<provider>[\w-]{1,40}): ",
        ),
        "deployment": Advice(
            "The deployment's own max_budget in model_list is used up until its budget_duration is "
            "over. Raise it in litellm_config.yaml, or add a deployment to the group, and restart "
            "the proxy.",
            "litellm_params:\n  max_budget: 100\n  budget_duration: 30d",
            when=r"budget for deployment ",
        ),
        "tag": Advice(
            "The budget of a tag that the request carries is used up: "
            "litellm_settings.tag_budget_config in litellm_config.yaml, or the tag's own on the "
            "proxy's web page (Tags). Raise it.",
            when=r"Tag=.{1,80} over budget|budget for tag=",
        ),
        "model": Advice(
            "The key has a budget for this model alone (model_max_budget). Raise it, or use "
            "another model in openclaw.json:",
            f"{POST} http://localhost:4000/key/update "
            '-d "{\\"key\\":\\"$LITELLM_API_KEY\\",'
            '\\"model_max_budget\\":{\\"<model>\\":{\\"budget_limit\\":100,'
            '\\"time_period\\":\\"30d\\"}}}"',
            when=r"budget for model=",
        ),
        "proxy": Advice(
            "litellm_settings.max_budget, the budget of the whole proxy, is used up until its "
            "budget_duration is over. Raise it in litellm_config.yaml and restart the proxy.",
            "litellm_settings:\n  max_budget: 100\n  budget_duration: 30d",
            when=r"exceeded! Proxy over",
        ),
    },
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"Rate limit exceeded for (?P<whose>[\w ]{1,40}): ",
            r"Limit type: (?P<rate>\w{1,40})",
            advice="rate",
        ),
        rule(
            "certain",
            "LiteLLM",
            "LiteLLM Rate Limit H|Crossed TPM / RPM"
            r"|(?P<rate>Max parallel request)s? limit reached|Model rate limit exceeded\.",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Budget has been exceeded!|\bExceeded(?:Token)?Budget|\bover budget(?:\.| in )"
            r"|Exceeded budget for \w|\bBudgetExceededError",
            r"(?:cost: |Spend=)(?P<cost>[\d.e-]{1,20}),.{0,60}?udget(?:: "
            r"|=)(?P<limit>[\d.e-]{0,20}\d)",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Budget has been exceeded!|\bExceeded(?:Token)?Budget|\bover budget(?:\.| in )"
            r"|Exceeded budget for \w|\bBudgetExceededError",
        ),
        rule(
            "likely",
            "LiteLLM",
            r"\bover (?:\w{1,10} )?budget\b|budget\b.{0,20} (?:exceeded|reached)",
            by="litellm",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"\bbudget_exceeded\b|max budget limit reached|returned a billing error|reason=billing",
        ),
    ),
)
