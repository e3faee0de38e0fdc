"""The Azure resource has no deployment with this name.

What it means
-------------
The text after azure/ in `model` is a deployment name, and the resource does not have that
deployment. Azure answers 404 DeploymentNotFound. With a fallback, OpenClaw still answers, but uses
the other model. If LiteLLM chooses the fallback, nothing says so. OpenClaw 2026.5.12 and older
announce their own fallback only with /verbose.

Why it happens
--------------
`model` contains the model name instead of the deployment name, the name is misspelled (guides say
that case matters), the deployment is in another resource, or somebody created it in the last five
minutes.

How to fix it
-------------
Copy the name from Azure Portal > your Azure OpenAI resource > Model deployments > Name, and write
it after azure/:

    model: azure/<name of the deployment>

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, COPY_DEPLOYMENT, PORTAL_STATES, set_for_proxy
from clawdoctor.chain.azure_deployment import deployment_name
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import parameter_place, restart, where_found
from clawdoctor.check import Check
from clawdoctor.checks.azure.az101_texts import ADVICE, TEXTS
from clawdoctor.checks.turn_finding import (
    deployment_phrase,
    resource_name,
    restart_action,
    turn_finding,
)
from clawdoctor.finding import Action, Evidence, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.probes.azure_deployments import DeploymentList, ListedDeployment
from clawdoctor.probes.replies import Replies
from clawdoctor.source.change import Put
from clawdoctor.wire.question import Question

_MOST_SHOWN = 6


def check(
    deployment: Deployment,
    listing: DeploymentList,
    endpoints: Endpoints,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    """Report a deployment that the resource does not list, or lists as not ready."""
    resource = endpoints.resource_of(deployment)
    name = deployment_name(deployment)
    if resource is None or name is None:
        yield Unknown("this entry does not show which deployment LiteLLM requests")
        return
    listed = listing.named(name)
    if listed is None:
        retry = (restart(litellm, environment), CHECK_AGAIN)
        yield _missing_finding(name, deployment, listing, resource.name, litellm, retry)
    elif listed.status and listed.status != "succeeded":
        yield _unready_finding(listed, deployment, resource.name, litellm)


def _missing_finding(
    name: str,
    deployment: Deployment,
    listing: DeploymentList,
    resource: str,
    litellm: LiteLLMConfig,
    retry: tuple[Action, ...],
) -> Finding:
    names = [f'"{listed.name}"' for listed in listing.deployments]
    shown = ", ".join(names[:_MOST_SHOWN]) or "none"
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    meant = _intended_name(name, listing)
    setting = _naming_setting(name, deployment)
    value = deployment.api_base if setting == "api_base" else deployment.model
    phrase = f"with the name in {value.variable}" if value.hidden else f'"{name}"'
    message = f"{resource} has no deployment {phrase}"
    after = f"{deployment.provider or 'azure'}/" if setting == "model" else "/deployments/"
    why = f"The text after {after} must be the deployment name, not the model name."
    severity, label = Severity.ERROR, f"not a deployment of {resource}"
    if meant is not None and meant.casefold() == name.casefold():
        # Sources disagree on whether Azure distinguishes upper and lower case.
        severity, label = Severity.WARNING, "differs in upper and lower case"
        message = f'{resource} has the deployment "{meant}", but this file has "{name}"'
        if value.hidden:
            message = (
                f"{resource} has the deployment in {value.variable} with other upper and lower case"
            )
            meant = None
        why = (
            "Only upper and lower case differ. Azure may accept both, but the name as Azure "
            "lists it is certain to work."
        )
    elif meant is not None:
        message += f'; did you mean "{meant}"?'
        if any(listed.name == meant and listed.model == name for listed in listing.deployments):
            why += f' "{meant}" is the deployment of that model.'
    return Finding(
        severity=severity,
        message=message,
        detail=why,
        place=parameter_place(litellm, deployment, setting, label),
        consequence=message.partition(";")[0],
        evidence=(Evidence("http", f"GET /openai/deployments lists {shown}{more}", 200),),
        fixes=(_fix(name, meant, deployment, setting, retry),),
    )


def _intended_name(name: str, listing: DeploymentList) -> str | None:
    """Return the intended deployment.

    It is the same name in another case, the only deployment of a model with that name, or the most
    similar name.
    """
    same = [
        listed.name for listed in listing.deployments if listed.name.casefold() == name.casefold()
    ]
    of_model = [listed.name for listed in listing.deployments if listed.model == name]
    if same or len(of_model) == 1:
        return (same or of_model)[0]
    return next(iter(nearest(name, [listed.name for listed in listing.deployments])), None)


def _naming_setting(name: str, deployment: Deployment) -> str:
    """Return the setting that names the deployment. A path in `api_base` overrides `model`."""
    in_base = f"/deployments/{name}" in (deployment.api_base.resolved or "")
    return "api_base" if in_base else "model"


def _fix(
    name: str, meant: str | None, deployment: Deployment, setting: str, retry: tuple[Action, ...]
) -> Fix:
    value = deployment.api_base if setting == "api_base" else deployment.model
    resolved = value.resolved or ""
    head, _, tail = resolved.rpartition(name)
    better = f"{head}{meant or '<name of the deployment>'}{tail}"
    look = () if meant is not None else (COPY_DEPLOYMENT,)
    if value.variable is not None:
        right = better
        if value.hidden:
            right = meant or "<name of the deployment>"
            right = f"azure/{right}" if setting == "model" else f"the deployment {right}"
        where = where_found(value)
        title = f"{where}, set {value.variable} to {right}"
        return Fix(title, actions=(*look, set_for_proxy(value.variable, right, where), *retry))
    changes = (Put(value.node, better),) if meant and value.node is not None else ()
    return Fix(
        title=f"change {setting} to {better}"
        if meant
        else f"in litellm_config.yaml, set {setting} to {better}",
        applicability="unsafe" if changes else "manual",
        changes=changes,
        snippet=f"{setting}: {better}",
        actions=(*look, *retry),
    )


def _unready_finding(
    listed: ListedDeployment, deployment: Deployment, resource: str, litellm: LiteLLMConfig
) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=f'the deployment "{listed.name}" of {resource} is not ready (state: '
        f"{listed.status})",
        detail='Azure may answer 404 DeploymentNotFound until the state is "succeeded".',
        place=parameter_place(litellm, deployment, "model", listed.status),
        consequence=f'the deployment "{listed.name}" is not ready',
        fixes=(
            Fix(
                title="wait until Azure Portal shows the state Succeeded for the deployment",
                actions=(
                    Step(f"Wait until {PORTAL_STATES} shows Succeeded"),
                    CHECK_AGAIN,
                ),
            ),
        ),
    )


def check_turn(
    question: Question,
    replies: Replies,
    configs: Configs,
) -> Iterator[Finding]:
    """Report a turn to which Azure answered 404 DeploymentNotFound."""
    for failure in replies.of("deployment-not-found"):
        known = failure.deployments or question.resource is not None
        resource = resource_name(failure, replies) if known else "Azure"
        deployment = deployment_phrase(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{resource} has no {deployment}",
            why=(
                "Azure expects the deployment name, not the model name, and looks only in this "
                "resource. A new deployment takes up to five minutes."
            ),
            label="Azure has no such deployment",
            fix=Fix(
                title="set the model's id in openclaw.json to the deployment's name"
                if question.proxy is None
                else "in litellm_config.yaml, set model to azure/<name of the deployment>",
                snippet="" if question.proxy is None else "model: azure/<name of the deployment>",
                actions=(
                    COPY_DEPLOYMENT,
                    *restart_action(configs, replies),
                    CHECK_AGAIN,
                ),
            ),
        )


CHECK = Check(
    code="AZ101",
    name="deployment-not-found",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("deployment-not-found",),
    causes=("LL104", "LL102", "LL105", "PX005"),
    texts=TEXTS,
    advice=ADVICE,
)
