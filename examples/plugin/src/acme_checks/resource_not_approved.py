"""LiteLLM calls an Azure resource that does not belong to the company.

What it means
-------------
The company pays for Azure resources whose names begin with "acme-". Its contract does not cover
requests to other resources.

Why it happens
--------------
The config was copied from somewhere else, or a private resource was used for a test.

How to fix it
-------------
Use a resource of the company:

    api_base: https://acme-models.openai.azure.com

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/create-resource
"""

from collections.abc import Iterator

from clawdoctor.chain.azure_host import is_azure
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Fix, Severity, Step


def check(deployment: Deployment, config: LiteLLMConfig) -> Iterator[Finding]:
    """Yield a finding for a deployment on an Azure host that does not begin with `acme-`."""
    host = deployment.host
    if host is None or not is_azure(host) or host.startswith("acme-"):
        return
    yield Finding(
        Severity.WARNING,
        f'"{host}" is not a resource of the company',
        place=config.place(f"{deployment.pointer}/litellm_params/api_base"),
        title="resources that are not the company's",
        fixes=(Fix("use a resource of the company", actions=(Step("Ask the platform team."),)),),
    )


CHECK = Check(
    code="ACME001",
    name="resource-not-approved",
    stage="litellm",
    scope="advice",
    run=check,
    documentation=__doc__,
    worst=Severity.WARNING,
)
