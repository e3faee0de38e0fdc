r"""A budget in LiteLLM is exhausted.

What it means
-------------
LiteLLM rejects requests because a key, a user, a team or a provider has exhausted its budget:
"Budget has been exceeded! Key=... Current cost: ..., Max budget: ...", or, for a provider, "No
deployments available - crossed budget: Exceeded budget for provider azure". LiteLLM counts
this spend itself. It has nothing to do with an Azure quota or an Azure bill. The same is true of
LiteLLM's own limits on requests and tokens per minute. For a key or a team, the error is "Rate
limit exceeded for api_key: ... Limit type: tokens". For a deployment, it is "Model rate limit
exceeded. RPM limit=60, ...".

Why it happens
--------------
A virtual key has a max_budget, or a user, a team, litellm_settings.max_budget or
provider_budget_config in router_settings sets a budget. A budget of 0 rejects everything.

How to fix it
-------------
Find the budget and raise it:

    curl -H "Authorization: Bearer $LITELLM_MASTER_KEY" \
      "http://localhost:4000/key/info?key=<the key that OpenClaw sends>"
    curl -X POST http://localhost:4000/key/update \
      -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" \
      -d '{"key":"<that key>","max_budget":50,"budget_duration":"30d"}'

If the budget is in litellm_config.yaml, change it there and restart the proxy. Calls with the
master key do not count against the budget of a virtual key.

Versions
--------
All versions. The error has type budget_exceeded. Its status is 400 in 1.84 and older, 429 in 1.85
to 1.103, and 422 in 1.104.0 and later, unless litellm_settings.budget_exceeded_status_code says
otherwise. For the budget of a provider, the status is 429 (run on 1.106.2 and 1.110.2). The
statuses for the budget of a key or a team come from LiteLLM's code. They need a database, and
clawdoctor's tests did not run them.

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
    """Report a turn that LiteLLM rejected because a budget is exhausted."""

    for failure in replies.of("budget-exceeded"):
        limit, rate = captured_value(failure, "limit"), captured_value(failure, "rate")
        most = f" of {limit}" if limit else ""
        message = f"a budget{most} in LiteLLM is exhausted"
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"LiteLLM enforces its own limit on {rate}" if rate else message,
            why=(
                "LiteLLM itself counts this spend, for a key, a user, a team or a provider. Azure "
                "is not involved."
            ),
            place=configs.of_route(question.routes[0], "apiKey", "OpenClaw sends this key"),
            fix=Fix(
                "raise the budget, or wait until it resets",
                actions=(
                    *(() if captured_value(failure, "provider") else _key_command(question)),
                    CHECK_AGAIN,
                ),
            ),
        )


def _key_command(question: Question) -> tuple[Command, ...]:
    """Return the command that shows the budget of the proxy's key, if a report may show the URL."""
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
            "The provider says that the account has no money or credit left. For Azure, check "
            "the subscription in the portal: Azure disables it when it reaches a spending limit "
            "or when a free trial ends. Raise the limit, or change to pay-as-you-go.",
        ),
        "rate": Advice(
            "LiteLLM itself, not Azure, rejects the request: the key, user or team has reached "
            "its limit on requests or tokens per minute (rpm_limit, tpm_limit, "
            "max_parallel_requests). Raise the limit for the key that OpenClaw sends, or wait "
            "a minute:",
            f"{POST} http://localhost:4000/key/update "
            '-d \'{"key":"<that key>","tpm_limit":200000,"rpm_limit":100}\'',
            when=r"Rate Limit Handler|Crossed TPM / RPM|parallel requests? limit",
        ),
        "own": Advice(
            "The deployment has reached its <rate> in litellm_config.yaml, so LiteLLM sent "
            "nothing to Azure. Raise the limit, add a deployment under the same model_name, or "
            "wait a minute (a day for TPD and RPD). LiteLLM enforces the limit because of "
            "enforce_model_rate_limits in optional_pre_call_checks.",
            "litellm_params:\n  tpm: 200000\n  rpm: 200",
            when=r"Model rate limit exceeded\. (?P<rate>[TR]P[MD])",
        ),
        "team": Advice(
            "The team, project or organization of this key has spent its max_budget. Raise the "
            "max_budget in the proxy's admin UI, or wait until budget_duration resets it. For a "
            "team, this command raises it:",
            f"{POST} http://localhost:4000/team/update "
            '-d \'{"team_id":"<team>","max_budget":100,"budget_duration":"30d"}\'',
            when=(
                r"(?:exceeded!|ExceededBudget:) (?:Team|Project"
                r"|Org\w{1,12})(?:=(?P<team>[\w-]{1,80}))?"
            ),
        ),
        "user": Advice(
            "The user of this key has spent their max_budget, whatever budget the key itself "
            "has. Raise the user's max_budget, or create a key without a user (service account):",
            f"{POST} http://localhost:4000/user/update "
            '-d \'{"user_id":"<user>","max_budget":100,"budget_duration":"30d"}\'',
            when=r"ExceededBudget: User[= ]?(?P<user>[\w@.-]{0,80})",
        ),
        "customer": Advice(
            "The end user that the request names (`user`, or a header) has spent their budget. "
            "Raise the end user's budget, or change the client so that it does not send a user. "
            "litellm_settings.max_end_user_budget sets the limit of every end user.",
            f"{POST} http://localhost:4000/customer/update "
            '-d \'{"user_id":"<user>","max_budget":100}\'',
            when=r"\bEnd ?User(?:=\S{1,80})? over budget",
        ),
        "provider": Advice(
            "The budget that router_settings.provider_budget_config sets for <provider> is "
            "exhausted until its time_period ends. Raise budget_limit in litellm_config.yaml, or "
            "delete the budget, and restart the proxy.",
            "router_settings:\n  provider_budget_config:\n"
            '    <provider>: { budget_limit: 100, time_period: "30d" }',
            when=r"budget for provider (?P<provider>[\w-]{1,40}): ",
        ),
        "deployment": Advice(
            "The deployment's own max_budget in model_list is exhausted until its "
            "budget_duration ends. Raise the deployment's max_budget in litellm_config.yaml, or "
            "add a deployment to the group, and restart the proxy.",
            "litellm_params:\n  max_budget: 100\n  budget_duration: 30d",
            when=r"budget for deployment ",
        ),
        "tag": Advice(
            "The budget of a tag in the request is exhausted. Raise the tag's budget in "
            "litellm_settings.tag_budget_config in litellm_config.yaml, or for the tag itself in "
            "the proxy's admin UI (Tags).",
            when=r"Tag=.{1,80} over budget|budget for tag=",
        ),
        "model": Advice(
            "The key has a separate budget for this model (model_max_budget). Raise the key's "
            "model_max_budget, or use another model in openclaw.json:",
            f"{POST} http://localhost:4000/key/update "
            '-d "{\\"key\\":\\"$LITELLM_API_KEY\\",'
            '\\"model_max_budget\\":{\\"<model>\\":{\\"budget_limit\\":100,'
            '\\"time_period\\":\\"30d\\"}}}"',
            when=r"budget for model=",
        ),
        "proxy": Advice(
            "litellm_settings.max_budget, the budget of the whole proxy, is exhausted until its "
            "budget_duration ends. Raise litellm_settings.max_budget in litellm_config.yaml and "
            "restart the proxy.",
            "litellm_settings:\n  max_budget: 100\n  budget_duration: 30d",
            when=r"exceeded! Proxy over",
        ),
        "session": Advice(
            "The session or the request has reached a limit of the proxy. Start a new session with "
            "/new in the chat. If that is too early, raise the limit. max_iterations and "
            "max_budget_per_session are in the litellm_params of the agent that the proxy has for "
            "this key, or in the key's metadata. max_request_size_mb is in general_settings.",
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
            "LiteLLM Rate Limit Handler|Crossed TPM / RPM"
            r"|(?P<rate>Max parallel request)s? limit reached|Model rate limit exceeded\.",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Budget has been exceeded!|\bExceeded(?:Token)?Budget|\bover budget(?:\.| in )"
            r"|Exceeded budget for \w|\bBudgetExceeded",
            r"(?:cost: |Spend=)(?P<cost>[\d.e-]{1,20}),.{0,60}?udget(?:: "
            r"|=)(?P<limit>[\d.e-]{0,20}\d)",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Budget has been exceeded!|\bExceeded(?:Token)?Budget|\bover budget(?:\.| in )"
            r"|Exceeded budget for \w|\bBudgetExceeded",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"Priority-based rate|Model capacity reached|\bover available [TR]PM="
            r"|defined [rt]pm limit=|\bmax_parallel_requests=\d",
            advice="rate",
        ),
        rule(
            "certain",
            "LiteLLM",
            r"\bmax_(?:iterations|budget_per_session): |Request size is too large\. Request size",
            advice="session",
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
            r"\bbudget_exceeded\b|max budget limit reached|returned a billing error|reason=billing"
            "|provider billing issue",
        ),
    ),
)
