"""LiteLLM cannot tell from a deployment name that the deployment serves a reasoning model.

What it means
-------------
LiteLLM goes by the deployment name. If it does not know the name, it assumes a model that does not
reason. It then forwards max_tokens and temperature unchanged, which Azure rejects for reasoning
models, and it rejects or drops reasoning_effort. The requests that OpenClaw sends by default work.

Why it happens
--------------
You chose your own name for the deployment, and base_model is not set.

How to fix it
-------------
Set the model next to litellm_params:

    model_info:
      base_model: azure/gpt-5.2

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2.

References
----------
https://docs.litellm.ai/docs/proxy/cost_tracking
https://github.com/BerriAI/litellm/issues/13714
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.drop_params import drops_params
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.route import Chain, Route
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import base_model, which_model
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import table
from clawdoctor.probes.azure_deployments import ListedModel
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import put
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.requests import Requests


def check(
    deployment: Deployment,
    config: LiteLLMConfig,
    chain: Chain,
    openclaw: OpenClawConfig | Absent,
    environment: Environment,
    listed: ListedModel,
    requests: Requests,
) -> Iterator[Finding]:
    """Report a reasoning model that LiteLLM does not recognise by its deployment name."""
    if deployment.provider != "azure" or "*" in deployment.name or base_model(deployment):
        return
    if any(marker in deployment.name for marker in table("litellm")["reasoning_names"]["markers"]):
        return
    guess = which_model(deployment, listed.name)
    if guess is None or not guess.model.reasoning or requests.bridged(deployment):
        return
    if "chat/completions" not in guess.model.endpoints:
        return  # LL109 reports it
    sent: tuple[Place, ...] = ()
    if isinstance(openclaw, OpenClawConfig):
        dropped = drops_params(config, deployment)
        routes = chain.reaching(deployment, "chat")
        sent = tuple(
            place
            for route in routes
            for place in _refused_settings(route, openclaw, dropped=dropped)
        )
    yield Finding(
        severity=Severity.WARNING if sent else Severity.INFO,
        message=f"LiteLLM does not recognise {deployment.shown_name} as a reasoning model",
        title="LiteLLM does not recognise these deployments as reasoning models",
        detail=f"{guess.reason}. Without base_model, LiteLLM goes by the deployment name. It "
        "forwards max_tokens and temperature, which reasoning models reject. It rejects a "
        "reasoning effort itself unless drop_params is on.",
        place=parameter_place(
            config, deployment, "model", f"set base_model if this is {guess.model.name}"
        ),
        consequence="Azure may reject OpenClaw's requests",
        assumed=bool(sent),
        related=(*sent, *alias_places(config, deployment, "model")),
        fixes=(
            Fix(
                title=f"set base_model to azure/{guess.model.name}",
                applicability="unsafe",
                changes=put(deployment.node, "/model_info/base_model", f"azure/{guess.model.name}"),
                snippet=f"model_info:\n  base_model: azure/{guess.model.name}",
                actions=(
                    Step("Put model_info next to litellm_params, not inside it"),
                    restart(config, environment),
                ),
            ),
        ),
    )


def _refused_settings(route: Route, openclaw: OpenClawConfig, *, dropped: bool) -> Iterator[Place]:
    """Yield settings that make OpenClaw send what a reasoning model or LiteLLM rejects."""
    if route.model is not None:
        where, node = route.model.pointer, route.model.node
        if _value(node, "/compat/maxTokensField") == "max_tokens":
            yield openclaw.place(f"{where}/compat/maxTokensField", "OpenClaw sends this")
        effort = _value(node, "/compat/supportsReasoningEffort")
        if effort is True and _value(node, "/reasoning") is True and not dropped:
            pointer = f"{where}/compat/supportsReasoningEffort"
            yield openclaw.place(pointer, "OpenClaw sends a reasoning effort")
    pointer = join_pointer("/agents/defaults/models", route.id) + "/params/temperature"
    if openclaw.root.at(pointer) is not None:
        yield openclaw.place(pointer, "OpenClaw sends this")


def _value(node: Node, pointer: str) -> object:
    setting = node.at(pointer)
    return setting.value if setting is not None else None


CHECK = Check(
    code="LL110",
    name="opaque-reasoning-deployment",
    stage="litellm",
    scope="request",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=(
        rule("certain", "LiteLLM", r"Could not identify azure model '(?P<deployment>[^']{1,80})'"),
    ),
)
