"""A model's compat makes OpenClaw send parameters that the model rejects.

What it means
-------------
`compat` overrides most of OpenClaw's defaults for an endpoint. It is easy to turn on a setting that
the model does not accept. LiteLLM rejects reasoning_effort for a model that does not reason: "azure
does not support parameters: ['reasoning_effort']". It changes the role "developer" to "system" for
such a model. Azure itself may reject both, with "Unsupported value: 'messages[0].role'" or "Unknown
parameter: 'reasoning_effort'".

Why it happens
--------------
The block was copied from another model or provider, or from OpenAI's own API, which accepts all of
these settings.

How to fix it
-------------
Remove supportsDeveloperRole and supportsReasoningEffort from models without reasoning. OpenClaw
sends neither for a model without reasoning: true.

Versions
--------
Measured on OpenClaw 2026.9.6, and on LiteLLM 1.106.2 and 1.108.7.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.litellm.ai/docs/completion/drop_params
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import drop_params, start_arguments
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import Model, OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.openclaw.oc114_texts import ADVICE, TEXTS
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge.azure import AzureModel, model_named
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import put
from clawdoctor.wire.openclaw import turn_body

CHAT = "openai-completions"
DEVELOPER, EFFORT = "supportsDeveloperRole", "supportsReasoningEffort"


def check(
    route: Route,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    situation: Situation,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report compat switches that the model does not support."""
    model = route.model
    api, _ = route.provider.api(model)
    if model is None or api not in (CHAT, None) or route.purpose != "chat":
        return
    behind = _model_without_reasoning(route)
    reasons = model.node.get("reasoning")
    if behind is None or reasons is None or reasons.value is not True:
        return  # OpenClaw sends neither the role nor an effort
    if route.target == "azure" and _is_set_to(model, DEVELOPER, True):
        why = (
            'OpenClaw sends its instructions with the role "developer", which only reasoning '
            "models are certain to accept"
        )
        yield _unsupported_finding(route, model, DEVELOPER, why, behind, (openclaw, versions))
    if _is_set_to(model, EFFORT, True):
        why = (
            "OpenClaw sends reasoning_effort when thinking is on, and a model without reasoning "
            "rejects it"
        )
        finding = _unsupported_finding(route, model, EFFORT, why, behind, (openclaw, versions))
        arguments = start_arguments(
            situation, compose, litellm if isinstance(litellm, LiteLLMConfig) else None
        )
        sent = "reasoning_effort" in turn_body(route, openclaw, versions)
        if sent and _nothing_drops(route, litellm, environment, arguments):
            refuses = "LiteLLM rejects reasoning_effort, which supportsReasoningEffort turns on"
            finding = replace(finding, severity=Severity.ERROR, consequence=refuses)
        yield finding


def _is_set_to(model: Model, key: str, value: bool) -> bool:
    compat = model.node.get("compat")
    node = compat.get(key) if compat is not None else None
    return node is not None and node.value is value


def _model_without_reasoning(route: Route) -> AzureModel | None:
    """Return the model of the route if it certainly does not reason, otherwise None."""
    if route.target == "azure":
        direct = model_named(route.model_id)
        return direct if direct is not None and not direct.reasoning else None
    for deployment in route.deployments:
        guess = which_model(deployment)
        if guess is not None and guess.sure and not guess.model.reasoning:
            return guess.model
    return None


def _nothing_drops(
    route: Route,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    arguments: tuple[str, ...],
) -> bool:
    """Return whether LiteLLM itself rejects the parameter because no setting drops it."""
    if not isinstance(litellm, LiteLLMConfig) or route.target != "proxy":
        return False
    return not any(
        drop_params(litellm, deployment, environment.proxy, arguments).drops("reasoning_effort")
        or deployment.params.get("allowed_openai_params") is not None
        for deployment in route.deployments
    )


def _unsupported_finding(
    route: Route,
    model: Model,
    key: str,
    why: str,
    behind: AzureModel,
    facts: tuple[OpenClawConfig, Versions],
) -> Finding:
    openclaw, versions = facts
    return Finding(
        severity=Severity.WARNING,
        message=f'compat.{key} is on for "{model.id}", but {behind.name} is not a reasoning model',
        title=f"compat.{key} is on for models without reasoning",
        detail=f"{why}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(f"{model.pointer}/compat/{key}", f"{behind.name} cannot reason"),
        consequence="the model may reject OpenClaw's requests",
        fixes=(
            Fix(
                title=f"set {key} to false",
                applicability="safe",
                snippet=f"{key}: false,",
                actions=(CHECK_AGAIN,),
                changes=put(model.node, f"/compat/{key}", False),
            ),
        ),
        subjects=(route.id,),
    )


CHECK = Check(
    code="OC114",
    name="compat-unsupported",
    stage="openclaw",
    scope="request",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=TEXTS,
    advice=ADVICE,
)
