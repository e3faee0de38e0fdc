"""A model has one deployment and no fallback, so Azure's rate limit errors reach the user.

What it means
-------------
When Azure answers 429, LiteLLM waits and retries the same deployment twice. Then it returns the
error to OpenClaw. With a second deployment under the same model_name, or with a fallback, LiteLLM
could still answer.

Why it happens
--------------
Guides show one deployment, and one is enough to begin with.

How to fix it
-------------
Add a second entry with the same model_name, for a deployment that has its own quota, for example in
another region:

    - model_name: gpt-5.2
      litellm_params:
        model: azure/gpt52-eu
        api_base: https://my-resource-eu.openai.azure.com

Or set another model_name as a fallback:

    router_settings:
      fallbacks:
        - gpt-5.2: ["gpt-4o-mini"]

Versions
--------
All versions. LiteLLM 1.106.2 to 1.110.2 retry twice by default.

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/quota
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.route import Chain, Group, Route
from clawdoctor.chain.router import fallbacks_of
from clawdoctor.check import Check
from clawdoctor.finding import Action, Finding, Fix, Severity
from clawdoctor.run.needs import Absent


def check(
    group: Group,
    config: LiteLLMConfig,
    chain: Chain,
    openclaw: OpenClawConfig | Absent,
    environment: Environment,
) -> Iterator[Finding]:
    """Report a group with a single Azure deployment and no fallback that an agent uses."""
    only = group.deployments[0]
    if len(group.deployments) != 1 or only.provider != "azure" or "*" in group.name:
        return
    if config.models_in_database or fallbacks_of(config, group.name):
        return
    routes = chain.reaching(only, "chat")
    refs = openclaw.refs if isinstance(openclaw, OpenClawConfig) else ()
    if chain.routes and not any(_is_alone(route, refs) for route in routes):
        return
    other = next((d.group for d in config.deployments if d.group not in (group.name, "*")), "")
    yield Finding(
        severity=Severity.INFO,
        message=f'"{group.name}" has one deployment and no fallback',
        title="these models have one deployment and no fallback",
        detail="When Azure answers 429, LiteLLM retries the same deployment twice. Then the error "
        "reaches the user.",
        place=config.place(f"{only.pointer}/model_name", "no second deployment, no fallback"),
        consequence="rate limit errors from Azure reach the user",
        fixes=(_fix(group.name, other, restart(config, environment)),),
    )


def _is_alone(route: Route, refs: tuple[ModelRef, ...]) -> bool:
    """Return whether an agent has this model as its primary model, and no fallback."""
    return any(
        ref.primary and not any(_of_same_agent(ref, other) for other in refs) for ref in route.refs
    )


def _of_same_agent(ref: ModelRef, other: ModelRef) -> bool:
    agent = ref.pointer.removesuffix("/primary")
    return other.pointer.startswith(f"{agent}/fallbacks/")


def _fix(group: str, other: str, action: Action) -> Fix:
    fallback = other or "<another model_name>"
    return Fix(
        title="add a fallback",
        snippet=f'router_settings:\n  fallbacks:\n    - {group}: ["{fallback}"]',
        actions=(action,),
    )


CHECK = Check(
    code="LL113",
    name="no-rate-limit-failover",
    stage="litellm",
    scope="advice",
    worst=Severity.INFO,
    run=check,
    documentation=__doc__,
)
