"""The model of a deployment has no provider, a wrong provider, or a path instead of a deployment.

What it means
-------------
LiteLLM expects `model` in the form provider/name. For Azure, that is azure/ followed by the
deployment name. If LiteLLM does not know the provider, it drops the deployment at startup, logs
"Error creating deployment: ... LLM Provider NOT provided" with a traceback, and answers "There are
no healthy deployments for this model". This happens whatever the api_base is.

LiteLLM knows some bare names and sends them to their vendor's API. For claude-sonnet-4-5 it uses
Anthropic's API, which Azure OpenAI does not offer. For a bare OpenAI model name, such as
gpt-4o-mini, it sends a request in the form of OpenAI's API, and Azure answers 404. The error then
says OpenAIException instead of AzureException.

Why it happens
--------------
You copied the name from the portal or from a guide for another program. The prefix must be azure/
in lower case. Azure/, azure_openai/ and azure-openai/ are not valid providers. After the prefix,
LiteLLM expects only the deployment name, without deployments/ or a part of a URL.

How to fix it
-------------
Write azure/ followed by the deployment name:

    model: azure/my-deployment

If the api_base ends in /openai/v1, Azure expects OpenAI's own API. Then write:

    model: openai/my-deployment

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. If you run a newer version, a prefix that none of
these versions knows causes only a warning, because the newer version may know it. clawdoctor still
reports a misspelling of azure/ as an error. If the host is not Azure's, a bare name that starts
like the models of another vendor, such as gemini-, causes only a warning. LiteLLM loads its list of
models from the network, and a newer list may contain the name.

References
----------
https://docs.litellm.ai/docs/providers/azure
https://docs.litellm.ai/docs/providers
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

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
from clawdoctor.redaction.secret_name import names_secret

_PLAIN = regex(r"[A-Za-z0-9][\w./-]*", re.ASCII)
_CLASSIC = "For Azure, LiteLLM expects azure/<name of the deployment>."
_V1 = (
    "LiteLLM expects provider/name. This api_base ends in /openai/v1, so write openai/ and the "
    "deployment name."
)
_OTHER = (
    "LiteLLM expects provider/name. If this host has OpenAI's API, write openai/ and the model "
    "name."
)


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding]:
    """Report a model that does not lead LiteLLM to the Azure deployment."""
    text = deployment.model.resolved
    if deployment.model.state == "written":
        text = deployment.model.written  # LiteLLM also drops a deployment with an empty model
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
    why = []
    if fault.consequence == DROPPED:
        why.append('The proxy answers "There are no healthy deployments for this model".')
    why.append(_CLASSIC if classic else _V1 if speaks_v1(deployment) else _OTHER)
    if classic and "/deployments/" in (deployment.api_base.resolved or ""):
        why.append("The name can stay: LiteLLM requests the deployment in the path of api_base.")
    if fault.provider and not (variable is not None and names_secret(variable.name)):
        providers = names_in("litellm_providers", "providers")
        why.append(versions.doubt(providers, fault.provider).strip())
    if variable is not None:
        why.append(f"{variable.name} is set in {variable.source}.")
    yield Finding(
        severity=Severity.WARNING if assumed or not fault.sure else Severity.ERROR,
        message=fault.message,
        detail=" ".join(filter(None, why)),
        place=parameter_place(config, deployment, "model", fault.label),
        consequence=fault.message if fault.consequence else "",
        related=alias_places(config, deployment, "model"),
        fixes=(_fix(deployment, fault, restart(config, environment)),),
    )


def _is_chosen_otherwise(deployment: Deployment) -> bool:
    """Return whether the entry sets its provider in another setting."""
    return any(deployment.params.get(key) for key in ("custom_llm_provider", "use_litellm_proxy"))


def _is_reference(text: str) -> bool:
    """Return whether the text has a reference that LiteLLM does not expand. LL102 reports it."""
    return is_reference(text) or REFERENCE in text or "${" in text or "{{" in text


def _fix(deployment: Deployment, fault: Fault, action: Action) -> Fix:
    text = provider_prefix(deployment) + fault.name
    if not fault.name or _PLAIN.fullmatch(fault.name) is None:
        return Fix(
            title=f"set model to {provider_prefix(deployment)}<name of the deployment>",
            snippet=f"model: {provider_prefix(deployment)}<name of the deployment in Azure>",
            actions=(action,),
        )
    form = f"{provider_prefix(deployment)}<name of the deployment>"
    fix = value_fix(deployment.model, "model", text, fault.applicability, action, form=form)
    if provider_prefix(deployment) == "azure/" or speaks_v1(deployment):
        return fix
    return replace(fix, title=f"if this host has OpenAI's API, {fix.title}")


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
