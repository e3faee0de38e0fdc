"""The model of a deployment names no provider, a wrong one, or a path instead of a deployment.

What it means
-------------
LiteLLM reads `model` as provider/name. For Azure that is azure/ and the name of the deployment.
Without a provider that it knows, LiteLLM drops the deployment when it starts, says so in one line
of its log only, and answers "There are no healthy deployments for this model". That holds on every
host. LiteLLM knows few bare names, and sends them to their vendor's API: claude-sonnet-4-5 goes to
Anthropic's, which Azure OpenAI does not have. A bare name that OpenAI uses too, such as
gpt-4o-mini, is sent as a request to OpenAI's API, which Azure answers with 404: the error then says
OpenAIException where AzureException should stand.

Why it happens
--------------
The name was copied from the portal or from a guide for another program. The prefix is exactly
azure/, in lower case: Azure/, azure_openai/ and azure-openai/ are no providers. What follows is the
bare name, without deployments/ or a part of a URL.

How to fix it
-------------
    model: azure/my-deployment

With an api_base that ends in /openai/v1, Azure speaks OpenAI's own API, and it is

    model: openai/my-deployment

Versions
--------
Run on LiteLLM 1.106.2, 1.108.7 and 1.110.2. A prefix that none of these knows is a warning where
a newer one runs, unless it is a misspelling of azure/: a newer one may know it. A bare name that
begins like those of another vendor, such as gemini-, is a warning beyond Azure: LiteLLM loads its
list of models from the network, and a newer list may have the name.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://docs.litellm.ai/docs/providers
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll105_model import (
    DROPPED,
    Fault,
    key_fault,
    model_fault,
    provider_prefix,
    speaks_v1,
)
from clawdoctor.checks.litellm.ll105_texts import ADVICE, TEXTS
from clawdoctor.checks.litellm.value_fix import value_fix
from clawdoctor.deferred import regex
from clawdoctor.finding import Action, Finding, Fix, Severity
from clawdoctor.knowledge.measured import names_in

_PLAIN = regex(r"[A-Za-z0-9][\w./-]*", re.ASCII)
_CLASSIC = "LiteLLM reads a model as provider/name: azure/ and the deployment's name."
_V1 = (
    "LiteLLM reads a model as provider/name: openai/ and the deployment's name, as this api_base "
    "ends in /openai/v1."
)
_OTHER = (
    "LiteLLM reads a model as provider/name: openai/ and the model's name, if this host speaks "
    "OpenAI's API."
)


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding]:
    """Report a model that LiteLLM's rules do not lead to the Azure deployment."""
    text = deployment.model.resolved
    if deployment.model.state == "written":
        text = deployment.model.written  # also an empty text: LiteLLM drops the deployment
    if text is None or "*" in text or _is_chosen_otherwise(deployment) or _is_reference(text):
        return
    version = versions.judged_as()
    fault = key_fault(deployment, text) or model_fault(
        deployment, config, environment, text, version
    )
    if fault is None:
        return
    variable = deployment.model.found
    assumed = variable is not None and variable.basis == "assumed"
    classic = provider_prefix(deployment) == "azure/"
    why = [_CLASSIC if classic else _V1 if speaks_v1(deployment) else _OTHER]
    if fault.consequence == DROPPED:
        why.append('The proxy then answers "There are no healthy deployments for this model".')
    if fault.provider:
        providers = names_in("litellm_providers", "providers")
        why.append(versions.doubt(providers, fault.provider).strip())
    if variable is not None:
        why.append(f"{variable.name} is set in {variable.source}.")
    yield Finding(
        severity=Severity.WARNING if assumed or not fault.sure else Severity.ERROR,
        message=fault.message,
        detail=" ".join(filter(None, why)),
        place=parameter_place(config, deployment, "model", fault.label),
        consequence=fault.consequence,
        related=alias_places(config, deployment, "model"),
        fixes=(_fix(deployment, fault, restart(config, environment)),),
    )


def _is_chosen_otherwise(deployment: Deployment) -> bool:
    """Whether the entry names its provider in another setting."""
    return any(deployment.params.get(key) for key in ("custom_llm_provider", "use_litellm_proxy"))


def _is_reference(text: str) -> bool:
    """Whether the text contains a reference that LiteLLM does not expand. LL102 reports it."""
    return is_reference(text) or REFERENCE in text or "${" in text or "{{" in text


def _fix(deployment: Deployment, fault: Fault, action: Action) -> Fix:
    text = provider_prefix(deployment) + fault.name
    if not fault.name or _PLAIN.fullmatch(fault.name) is None:
        return Fix(
            title="name the provider and the deployment",
            snippet=f"model: {provider_prefix(deployment)}<name of the deployment in Azure>",
            actions=(action,),
        )
    form = f"{provider_prefix(deployment)} and the deployment's name"
    return value_fix(deployment.model, "model", text, fault.applicability, action, form=form)


CHECK = Check(
    code="LL105",
    name="provider-prefix",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "dropped",
        "no-deployments",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
