"""The Azure resource has no deployment of this name.

What it means
-------------
What stands after azure/ in `model` is the name of a deployment, and the resource does not have it.
Azure answers 404 DeploymentNotFound. With a fallback, OpenClaw answers all the same, silently with
the other model.

Why it happens
--------------
The model's name was written where the deployment's belongs, the name is misspelt (letter by letter:
case counts), the deployment is in another resource, or it was created in the last five minutes.

How to fix it
-------------
Copy the name: Azure Portal > your Azure OpenAI resource > Model deployments > Name, and write it
after the prefix:

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

from clawdoctor.chain.advice import PORTAL_DEPLOYMENTS, check_again
from clawdoctor.chain.azure_deployment import deployment_name
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Endpoints
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import parameter_place, restart
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import AZURE_MODELS, azure_status, http_status
from clawdoctor.checks.patterns import azure_answered, beside, near, not_of
from clawdoctor.checks.turn_finding import again, resource_name, the_deployment, turn_finding
from clawdoctor.finding import Action, Edit, Evidence, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.probes.azure_deployments import DeploymentList, ListedDeployment
from clawdoctor.probes.replies import Replies

CODE = "AZ101"
_MOST = 6


def check(
    deployment: Deployment,
    listing: DeploymentList,
    endpoints: Endpoints,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Iterator[Finding | Unknown]:
    """A deployment's name against the resource's own list."""
    resource = endpoints.resource_of(deployment)
    name = deployment_name(deployment)
    if resource is None or name is None:
        yield Unknown("which deployment LiteLLM asks for is not told by this entry")
        return
    found = listing.named(name)
    if found is None:
        retry = (restart(litellm, environment), check_again(CODE))
        yield _missing(name, deployment, listing, resource.name, litellm, retry)
    elif found.status and found.status != "succeeded":
        yield _unready(found, deployment, resource.name, litellm)


def _missing(
    name: str,
    deployment: Deployment,
    listing: DeploymentList,
    resource: str,
    litellm: LiteLLMConfig,
    retry: tuple[Action, ...],
) -> Finding:
    names = [f'"{one.name}"' for one in listing.deployments]
    shown = ", ".join(names[:_MOST]) or "none"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    meant = _meant(name, listing)
    message = f'{resource} has no deployment "{name}"'
    setting = _setting(name, deployment)
    after = "the prefix" if setting == "model" else "/deployments/"
    why = f"What stands after {after} is the deployment's name, not the model's."
    severity, label = Severity.ERROR, f"not a deployment of {resource}"
    if meant is not None and meant.casefold() == name.casefold():
        # Whether Azure minds the case is told both ways.
        severity, label = Severity.WARNING, "differs in case"
        message = f'{resource} has a deployment "{meant}", which is written "{name}" here'
        why = "Only the case differs. Azure may take either; the name as it stands is sure to work."
    elif meant is not None:
        message += f'; did you mean "{meant}"?'
        if any(one.name == meant and one.model == name for one in listing.deployments):
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


def _meant(name: str, listing: DeploymentList) -> str | None:
    """The deployment that was meant: in another case, else the only one of a model of that name.

    Else the one that is spelt most alike.
    """
    same = [one.name for one in listing.deployments if one.name.casefold() == name.casefold()]
    of_model = [one.name for one in listing.deployments if one.model == name]
    if same or len(of_model) == 1:
        return (same or of_model)[0]
    return next(iter(nearest(name, [one.name for one in listing.deployments])), None)


def _setting(name: str, deployment: Deployment) -> str:
    """The setting that names the deployment: a path in `api_base` comes before `model`."""
    in_base = f"/deployments/{name}" in (deployment.api_base.resolved or "")
    return "api_base" if in_base else "model"


def _fix(
    name: str, meant: str | None, deployment: Deployment, setting: str, retry: tuple[Action, ...]
) -> Fix:
    value = deployment.api_base if setting == "api_base" else deployment.model
    resolved = value.resolved or ""
    head, _, tail = resolved.rpartition(name)
    better = f"{head}{meant or '<name of the deployment>'}{tail}"
    look = () if meant is not None else (Step(PORTAL_DEPLOYMENTS),)
    if value.variable is not None:
        change = Step(f"where the proxy starts: {value.variable}={better}")
        return Fix(title="write the deployment's name", actions=(*look, change, *retry))
    edits = (Edit(value.node.span, better),) if meant and value.node is not None else ()
    return Fix(
        title=f"write {better}" if meant else "write the deployment's name",
        applicability="unsafe" if edits else "manual",
        edits=edits,
        snippet=f"{setting}: {better}",
        actions=(*look, *retry),
    )


def _unready(
    found: ListedDeployment, deployment: Deployment, resource: str, litellm: LiteLLMConfig
) -> Finding:
    return Finding(
        severity=Severity.WARNING,
        message=f'the deployment "{found.name}" of {resource} is not ready: {found.status}',
        detail="Azure may answer 404 DeploymentNotFound until its state is succeeded.",
        place=parameter_place(litellm, deployment, "model", found.status),
        consequence=f'the deployment "{found.name}" is not ready',
        fixes=(Fix(title="look at it in the portal", actions=(Step(PORTAL_DEPLOYMENTS),)),),
    )


def check_turn(
    question: Question,
    replies: Replies,
    configs: Configs,
) -> Iterator[Finding]:
    """A turn to which Azure answered 404 DeploymentNotFound."""
    for failure in replies.of("deployment-not-found"):
        known = failure.deployments or question.resource is not None
        resource = resource_name(failure, replies) if known else "Azure"
        lacking = the_deployment(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{resource} has no {lacking}",
            why="Azure is asked by the deployment's name, not by the model's. A new "
            "deployment needs up to five minutes; one of another resource or region is not found.",
            label="Azure knows no such deployment",
            fix=Fix(
                title="write the deployment's name",
                snippet="" if question.proxy is None else "model: azure/<name of the deployment>",
                actions=(Step(PORTAL_DEPLOYMENTS), again(configs, replies), check_again(CODE)),
            ),
        )


CHECK = Check(
    code=CODE,
    name="deployment-not-found",
    stage="azure",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("deployment-not-found",),
    causes=("LL104", "LL102", "LL105", "PX005"),
    texts=(
        signature(
            r"\bDeploymentNotFound\b(?!.{0,40}Deployment \W{1,4}[\w.-]{1,80}\W{1,4} could "
            r"not be found)",
            "certain",
            "Azure",
        ),
        signature(
            r"API deployment for (?:this|the) resource does not exist"
            r"(?:.{0,300}?[Mm]odel [Gg]roup(?:=| ')(?P<model_group>[^\s']{1,80}))?",
            "certain",
            "Azure",
        ),
        signature(
            r"created the deployment within the last 5 minutes",
            "certain",
            "Azure",
        ),
        signature(
            r"code['\"]?: ?['\"]unknown_model['\"]",
            "likely",
            "Azure",
        ),
        signature(
            r"The selected model was not found by the provider\. Check the model id",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Model \"(?P<model>[^\"]{1,160})\" not found\. Fell back to \"",
            "possible",
            "OpenClaw",
        ),
        signature(
            azure_answered(r"404"),
            "possible",
            "Azure",
        ),
        signature(
            r"API deployment\b[^.]{0,80}?(?:does not|doesn't|did not) exist"
            r"|NotFoundError\b[^.]{0,20} The API deployment",
            "certain",
            "Azure",
        ),
        signature(
            not_of(
                r"template deployment|InvalidTemplate|Microsoft\.(?:Resources|Web)|kubectl"
                r"|namespace|deployments\.apps|resource group",
                near(
                    rf"{AZURE_MODELS}|\bfoundry\b",
                    r"deployment\b[^.{]{0,80}?(?:(?:does not|doesn't) exist|(?:not|could not be"
                    r"|cannot be|can't be) found)",
                    200,
                )
                + "|"
                + near(
                    r"deployment\b[^.{]{0,80}?(?:(?:does not|doesn't) exist|(?:not|could not be"
                    r"|cannot be|can't be) found)",
                    rf"{AZURE_MODELS}|\bfoundry\b",
                    120,
                ),
            ),
            "likely",
            "Azure",
        ),
        signature(
            r"Specified deployment could not be found",
            "likely",
            "Azure",
        ),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error) (?:- )?NotFoundError"
            r"|NotFoundError: Azure(?:_ai)?Exception",
            "possible",
            "LiteLLM",
        ),
        signature(
            beside(AZURE_MODELS, http_status("404"), 250),
            "possible",
            "Azure",
        ),
        signature(
            near(r"no such (?:model )?deployment|deployment_not_found", r"\bazure|openai", 80),
            "likely",
            "Azure",
        ),
        signature(
            r"check (?:that |if )?you have a deployment\b",
            "likely",
            "a program that calls Azure",
        ),
        signature(
            azure_status("404"),
            "possible",
            "a program that calls Azure",
        ),
        signature(
            r"\bunknown_model\b",
            "likely",
            "Azure",
        ),
        signature(
            r"Must provide an 'engine' or 'deployment_id' parameter",
            "likely",
            "a program that calls Azure",
        ),
        signature(
            r"['\"]404['\"].{0,40}?\bUnknown model: (?P<model>[\w.-]{1,80})|\bunavailable_model\b",
            "likely",
            "Azure",
        ),
        signature(
            r"\binvalid_engine_error\b|Failed to resolve model info for",
            "likely",
            "Azure",
        ),
    ),
)
