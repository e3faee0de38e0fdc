r"""A budget that is set in LiteLLM is used up.

What it means
-------------
LiteLLM refuses requests because a key, a user, a team or a provider has spent what it may: "Budget
has been exceeded! Current cost: ..., Max budget: ...", or, for a provider, "No deployments
available - crossed budget: Exceeded budget for provider azure". It is LiteLLM's own account. Azure
has no part in it: no quota of Azure and no bill is meant.

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
All versions. Old ones answer 400, 1.103 answers 429, and 1.104.0 and later answer 422, with type
budget_exceeded. The budget of a provider answers 429 (run on 1.106.2 and 1.110.2).

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
from clawdoctor.checks.patterns import near
from clawdoctor.checks.turn_finding import captured_value, turn_finding
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Command, Finding, Fix
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that LiteLLM refused because a budget is used up."""

    for failure in replies.of("budget-exceeded"):
        limit = captured_value(failure, "limit")
        most = f" of {limit}" if limit else ""
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"a budget{most} that is set in LiteLLM is used up",
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
    texts=(
        signature(
            r"exceeded budget for model=(?P<model>[\w./:-]{0,120}\w)",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"Budget has been exceeded!(?:.{0,120}?Current cost: (?P<cost>[\d.e-]{1,20}), "
            r"Max budget: (?P<limit>[\d.e-]{0,20}\d))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"ExceededBudget: (?P<who>.{1,120}?) over budget"
            r"(?:.{0,40}?Spend=(?P<cost>[\d.e-]{1,20}), Budget=(?P<limit>[\d.e-]{0,20}\d))?",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"ExceededTokenBudget|(?<![A-Za-z])BudgetExceededError|Max Budget for Token:",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"No deployments available - crossed budget"
            r"|Exceeded budget for (?:provider|deployment|tag|model|team|key|user) .{1,160}? >= ",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"type['\"]?: ?['\"]budget_exceeded",
            "certain",
            "LiteLLM",
        ),
        signature(
            r"\bover (?:\w{1,10} )?budget\. Spend ?=|\bmax_budget_per_session\b"
            r"|Session budget exceeded for session|fail_closed_budget_enforcement"
            r"|ExceededBudget: ",
            "certain",
            "LiteLLM",
        ),
        signature(
            near(
                r"\blite_?llm|virtual key",
                r"over (?:\w{1,10} )?budget\b|budget (?:has been |was |is |limit )?(?:exceeded"
                r"|reached|exhausted|crossed)|exceed(?:ed|s|ing) (?:\w{1,10} ){0,2}budget"
                r"|crossed (?:\w{1,10} )?budget|\bmax_budget\b",
                250,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"over (?:\w{1,10} )?budget\b|budget (?:has been |was |is |limit )?(?:exceeded"
                r"|reached|exhausted|crossed)|exceed(?:ed|s|ing) (?:\w{1,10} ){0,2}budget"
                r"|crossed (?:\w{1,10} )?budget|\bmax_budget\b",
                r"\blite_?llm|virtual key",
                250,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"over (?:\w{1,10} )?budget\b|budget (?:has been |was |is |limit )?(?:exceeded"
            r"|reached|exhausted|crossed)|exceed(?:ed|s|ing) (?:\w{1,10} ){0,2}budget"
            r"|crossed (?:\w{1,10} )?budget|\bmax_budget\b|budget_exceeded"
            r"|Max budget limit reached",
            "possible",
            "LiteLLM",
        ),
        signature(
            r"Authentication Error, .{0,100}?\bbudget\b",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"litellm|virtual key",
                r"\bbudget\b",
                120,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            near(
                r"\bbudget\b",
                r"litellm|virtual key",
                120,
            ),
            "possible",
            "LiteLLM",
        ),
        signature(
            r"\breturned a billing error\b|looks like a billing issue on the account|request failed"
            r" \(provider billing issue",
            "possible",
            "OpenClaw",
        ),
    ),
)
