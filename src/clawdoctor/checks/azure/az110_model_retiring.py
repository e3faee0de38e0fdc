r"""Azure retires this model soon, or has already retired it.

What it means
-------------
Each version of a model has a retirement date. Until then, everything works. After it, every request
fails with 400 "The chatCompletion operation does not work with the specified model" or 404
"Resource not found". Azure also rejects a new deployment of the model: "The model ... has been
deprecated since ...".

Why it happens
--------------
Azure retires models a year or more after their release. A deployment that does not upgrade
automatically stays on its version until the end.

How to fix it
-------------
Find the date, and deploy a successor before it:

    az cognitiveservices account list-models -n <resource> -g <group> \
      --query "[].[name, version, deprecation.inference]" -o table

Change the model version: in Azure Portal > your Azure OpenAI resource > Model deployments, Manage
Deployments opens the Foundry portal, where you can edit the deployment. Or create a new deployment,
and write its name after azure/ in litellm_config.yaml. To make a deployment follow its model's
versions, choose "Upgrade once new default version becomes available" as its version update policy
(OnceNewDefaultVersionAvailable in the API).

Versions
--------
Azure moves these dates, so clawdoctor asks the resource. If it cannot, it uses its own list of
models that Azure had retired by November 2026, and says how old that list is. The text models on
the list are o1, o3, o3-mini, o3-pro, o3-deep-research and o4-mini (2026-11-19), codex-mini
(2026-11-15), and gpt-5-chat, gpt-5.1-chat, gpt-5.2-chat and gpt-5.3-chat (2026-06-29).

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/concepts/model-retirements
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_deployment import deployment_name
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.litellm import Deployment
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import Guess, which_model
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge.measured import knowledge_date
from clawdoctor.probes.azure import Retirements
from clawdoctor.probes.azure_deployments import DeploymentList
from clawdoctor.run.facts import Facts
from clawdoctor.run.needs import Unavailable
from clawdoctor.run.situation import Clock

_DAY = 24 * 3600
_DEPLOYMENTS = "Azure Portal > your Azure OpenAI resource > Model deployments > Manage Deployments"
_SOON = 60
"""The check reports a retirement this many days in advance."""


def check(
    deployment: Deployment,
    retirements: Retirements,
    listing: DeploymentList | Unavailable,
    configs: Configs,
    clock: Clock,
) -> Iterator[Finding | Unknown]:
    """Report a deployment whose model retires soon or has retired, by Azure's own list."""
    model = _model_behind(deployment, listing)
    if model is None:
        yield Unknown("clawdoctor does not know which model the deployment serves")
        return
    ends = retirements.of(model)
    if ends is None:
        yield Unknown(f"the part of Azure's list that clawdoctor read has no date for {model}")
        return
    days = math.floor((ends - clock.now) / _DAY)
    if days >= _SOON:
        return
    day = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d")
    past = days < 0
    message = (
        f"Azure's retirement date for {model} has passed: {day}"
        if past
        else (f"Azure retires {model} on {day}, in {days} {'day' if days == 1 else 'days'}")
    )
    yield Finding(
        severity=Severity.ERROR if past else Severity.WARNING,
        message=message,
        detail=(
            "The date applies to the newest version of the model in Azure's own list. Azure "
            "retires an older version on the same date or earlier."
        ),
        place=configs.of_deployment(deployment, "model", f"{model} retires on {day}"),
        consequence=message,
        evidence=(Evidence("http", f"GET /openai/models: deprecation.inference {day}", 200),),
        fixes=(_successor(configs),),
    )


def check_known(chain: Chain, facts: Facts, configs: Configs, clock: Clock) -> Iterator[Finding]:
    """Report each deployment whose model has retired by the tables, if Azure gives no date."""
    for deployment in chain.deployments:
        guess = which_model(deployment)
        if deployment.provider == "azure" and guess is not None and guess.sure:
            ends = guess.model.retires
            if ends is not None and _is_past(ends, clock):
                listed = facts.known(Retirements, deployment)
                if listed is None or listed.of(guess.model.name) is None:
                    yield _ended(deployment, guess, ends, configs)


def _is_past(day: str, clock: Clock) -> bool:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() <= clock.now


def _ended(deployment: Deployment, guess: Guess, ends: str, configs: Configs) -> Finding:
    model = guess.model.name
    return Finding(
        severity=Severity.WARNING,
        message=f"Azure retired {model} on {ends}, according to data from {knowledge_date()}",
        title=f"Azure has retired {model}",
        detail=(
            f"{guess.reason}. Azure may have moved the date since then. The portal shows the "
            "current date."
        ),
        place=configs.of_deployment(deployment, "model", f"{model} retired on {ends}"),
        consequence=f"Azure has retired {model}",
        fixes=(_successor(configs),),
        subjects=(deployment.id,),
    )


def _successor(configs: Configs) -> Fix:
    return Fix(
        title="create a deployment of a newer model, and put its name after azure/ in "
        "litellm_config.yaml",
        snippet="model: azure/<name of the new deployment>",
        actions=(
            Step(f"Deploy a newer model in {_DEPLOYMENTS} > Deploy model"),
            Step(
                "Or keep the deployment, and choose a newer version in "
                f"{_DEPLOYMENTS} > Edit > Model version"
            ),
            configs.restart(),
            CHECK_AGAIN,
        ),
    )


def _model_behind(deployment: Deployment, listing: DeploymentList | Unavailable) -> str | None:
    """Return the model that Azure lists for the deployment, else the model that the file proves."""
    name = deployment_name(deployment)
    listed = listing.named(name) if isinstance(listing, DeploymentList) and name else None
    if listed is not None and listed.model:
        return listed.model
    guess = which_model(deployment)
    return guess.model.name if guess is not None and guess.sure else None


CHECK = Check(
    code="AZ110",
    name="model-retiring",
    stage="azure",
    scope="advice",
    run=check,
    live=check_known,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "Azure",
            "ServiceModelDeprecated|code'?: ?'ModelDeprecated|is in deprecating state"
            r"|Creating account deployment",
            unless=r"Template ?Deployment",
        ),
        rule(
            "certain",
            "Azure",
            r"The model 'Format: ?OpenAI, ?Name: ?(?P<model>[\w.-]{1,80})",
            r"has been deprecated since",
            unless=r"Template ?Deployment",
        ),
        rule(
            "likely",
            "Azure",
            r"\bmodel\b [^.]{0,60}(?:gpt-|\bo\d\b|codex|version)[^.]{0,60}(?:has been|is|was"
            r"|will be) retired",
            unless=r"platform\.openai|anthropic",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "Deploy a successor (Azure Portal > your Azure OpenAI resource > Model "
            "deployments > Manage Deployments), and write the name of that deployment as the "
            "model's id in openclaw.json. To see the retirement dates:",
            'models: [{ id: "<name of the new deployment>", name: "<any name>" }],',
            run=(
                "az cognitiveservices account list-models -n <resource> -g <group> "
                '--query "[].[name, version, deprecation.inference]" -o table',
            ),
        ),
    },
)
