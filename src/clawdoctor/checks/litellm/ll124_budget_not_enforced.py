"""LiteLLM does not enforce a budget in litellm_config.yaml, because it cannot count the spend.

What it means
-------------
max_budget looks like a limit, but LiteLLM accepts every request. It counts the spend of the whole
proxy, of keys and of users only in its database. Without a database, it still starts with the
limit, and 1.97.0 and later log a warning. Nothing stops an agent that runs out of control.

Why it happens
--------------
- max_budget is in litellm_settings or on the command line, but neither database_url nor
  DATABASE_URL is set.
- max_budget is in general_settings or router_settings, which do not support it.
- A deployment has a max_budget without budget_duration. LiteLLM ignores it.

How to fix it
-------------
A limit for a single deployment works without a database. It requires both keys:

    model_list:
      - model_name: gpt-5.2
        litellm_params:
          model: azure/my-gpt52
          max_budget: 10
          budget_duration: 1d

A limit for a provider also works without a database:

    router_settings:
      provider_budget_config:
        azure: {budget_limit: 10, time_period: 1d}

LiteLLM counts this spend in memory, separately in each worker. Without Redis, it loses the count
when it restarts. For the other budgets, set DATABASE_URL in the proxy's environment. A budget in
the Azure portal only sends emails. A deployment's limit of tokens per minute does limit requests.

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2, without a database and with a limit below the cost
of a single request. The budgets of the whole proxy, of users and of end users do not stop any
request. The budgets of a deployment with budget_duration and of a provider give 429 from the second
request on.

References
----------
https://docs.litellm.ai/docs/proxy/users
https://docs.litellm.ai/docs/proxy/provider_budget_routing
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import start_arguments
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.check import Check
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Change, move
from clawdoctor.source.node import Node

_COUNTED = {
    "max_budget": "of the whole proxy",
    "max_end_user_budget": "of end users",
    "max_user_budget": "of users",
    "max_internal_user_budget": "of internal users",
}
"""The budgets in litellm_settings that LiteLLM counts only in its database."""
_OPTION = "--max_budget"


def check(
    config: LiteLLMConfig,
    environment: Environment,
    situation: Situation,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report each budget that LiteLLM does not enforce."""
    for deployment in config.deployments:
        params = deployment.params
        if _is_limit(params.get("max_budget")) and params.get("budget_duration") is None:
            yield _finding(
                f'the max_budget of "{deployment.group}" has no budget_duration',
                "LiteLLM ignores the max_budget of a deployment without a budget_duration.",
                config.place(
                    f"{deployment.pointer}/litellm_params/max_budget", "LiteLLM ignores this"
                ),
                "budget_duration: 1d",
                config,
                environment,
                title="add budget_duration",
            )
    if _is_limit(config.root.at("/general_settings/max_budget")):
        yield _finding(
            "max_budget is in general_settings, where LiteLLM does not read it",
            "LiteLLM reads it from litellm_settings, and needs a database for it.",
            config.place("/general_settings/max_budget", "belongs in litellm_settings"),
            "litellm_settings:\n  max_budget: 100\n  budget_duration: 30d",
            config,
            environment,
            title="move max_budget to litellm_settings",
            changes=move(
                config.root, "/general_settings/max_budget", "/litellm_settings/max_budget"
            )
            if config.root.at("/litellm_settings/max_budget") is None
            else (),
        )
    if _may_have_database(config, environment):
        return
    settings = config.root.get("litellm_settings")
    for name, what in _COUNTED.items():
        if settings is not None and _is_limit(settings.get(name)):
            yield _without_database(
                f"the budget {what} needs a database, but no database is configured",
                config.place(f"/litellm_settings/{name}", "LiteLLM does not enforce this"),
                config,
                environment,
            )
    arguments = start_arguments(situation, compose, config)
    if any(word == _OPTION or word.startswith(f"{_OPTION}=") for word in arguments):
        yield _without_database(
            f"the budget of {_OPTION} needs a database, but no database is configured",
            None,
            config,
            environment,
        )


def _may_have_database(config: LiteLLMConfig, environment: Environment) -> bool:
    """Return whether the proxy has a database, or a setting points to one."""
    named = config.root.at("/general_settings/database_url")
    return (
        config.models_in_database
        or (named is not None and named.kind != "null")
        or environment.proxy.get("DATABASE_HOST") is not None
    )


def _is_limit(node: Node | None) -> bool:
    """Return whether a value is a limit. LiteLLM treats 0 as no limit."""
    if node is None or node.kind not in ("number", "string"):
        return False
    return node.kind == "string" or (isinstance(node.value, int | float) and node.value > 0)


def _without_database(
    message: str, place: Place | None, config: LiteLLMConfig, environment: Environment
) -> Finding:
    return _finding(
        message,
        "LiteLLM counts this spend only in its database. Without a database, it accepts every "
        "request.",
        place,
        "litellm_params:\n  max_budget: 10\n  budget_duration: 1d",
        config,
        environment,
        title="limit the deployments, or set DATABASE_URL",
        assumed=environment.proxy.basis != "known",
    )


def _finding(
    message: str,
    why: str,
    place: Place | None,
    snippet: str,
    config: LiteLLMConfig,
    environment: Environment,
    *,
    title: str,
    assumed: bool = False,
    changes: tuple[Change, ...] = (),
) -> Finding:
    if assumed:
        why += " There is nothing to do if the service that runs LiteLLM sets DATABASE_URL."
    steps = (
        (Step("Or set DATABASE_URL for the proxy, so that LiteLLM enforces every budget"),)
        if "DATABASE_URL" in title
        else ()
    )
    return Finding(
        severity=Severity.INFO if assumed else Severity.WARNING,
        message=message,
        title="these budgets stop no request",
        detail=why,
        place=place,
        consequence="the budget never stops a request",
        fixes=(
            Fix(
                title=title,
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=snippet,
                actions=(*steps, restart(config, environment)),
            ),
        ),
        assumed=assumed,
    )


CHECK = Check(
    code="LL124",
    name="budget-not-enforced",
    stage="litellm",
    scope="advice",
    worst=Severity.WARNING,
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain", "LiteLLM", r"max_budget=.{1,30}\) is configured but no database is connected"
        ),
    ),
)
