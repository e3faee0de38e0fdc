r"""LiteLLM's identity may not use the Azure resource.

What it means
-------------
LiteLLM uses an identity (Microsoft Entra ID), not a key, and Azure rejects it. The identity has no
data role on the resource (PermissionDenied), belongs to another tenant, has a token for another
service, or cannot log in at all (AADSTS...).

Why it happens
--------------
The roles Owner and Contributor do not allow an identity to use the models of a resource. That
requires another role. A new role takes effect after five minutes or more. An app's secret expires.
Azure rejects a token for another audience or from another tenant. A regional host does not accept
identities.

How to fix it
-------------
Give the identity the role, and wait five minutes:

    az role assignment create --role "Cognitive Services OpenAI User" \
      --assignee <client id> --scope $(az cognitiveservices account show \
      -n <resource> -g <group> --query id -o tsv)

Check that the identity gets a token in the resource's tenant:

    az login --service-principal -u $AZURE_CLIENT_ID -p "$AZURE_CLIENT_SECRET" \
      --tenant $AZURE_TENANT_ID
    az account get-access-token --resource https://cognitiveservices.azure.com

AADSTS7000215 and AADSTS7000222 mean that the secret is wrong or has expired. AADSTS700016 means
that the app is not in this tenant. AADSTS90002 means that the tenant does not exist. Or use a key:
set api_key in litellm_config.yaml.

Versions
--------
All versions. The audience is https://cognitiveservices.azure.com/.default. Newer routes also accept
the audience https://ai.azure.com/.default.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/role-based-access-control
https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity
https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN, COPY_ENDPOINT
from clawdoctor.check import Check
from clawdoctor.checks.azure.az006_texts import ADVICE, TEXTS
from clawdoctor.checks.azure.refused import (
    ByProbe,
    ByTurn,
    Description,
    ResourceRefusal,
    address_line,
    address_title,
)
from clawdoctor.finding import Command, Fix, Step


def _describe(refused: ByProbe | ByTurn) -> Description:
    message = f"the identity for {refused.name} does not have the required role"
    why = (
        "The roles Owner and Contributor do not allow an identity to use the models of a resource. "
    )
    why += "A new role takes effect after five minutes."
    fix = Fix(
        title='give the identity the role "Cognitive Services OpenAI User"',
        actions=(
            Step(
                'Run az role assignment create --role "Cognitive Services OpenAI User" '
                "--assignee <client id> --scope <id of the resource>"
            ),
            refused.restart,
            CHECK_AGAIN,
        ),
    )
    if isinstance(refused, ByProbe):
        return Description(message, why, "api_key", "uses an identity", fix)
    label, setting = "uses this identity", "client_id"
    text = refused.failure.turn.error
    if "tenant" in text and "does not match" in text:
        message = f"the identity for {refused.name} belongs to another tenant"
        why = "Azure accepts only tokens from the tenant of the resource's subscription."
        label, setting = "not the resource's tenant", "tenant_id"
        command = Command("az account show --query tenantId -o tsv")
        fix = Fix(
            "in the proxy's environment, set AZURE_TENANT_ID to the tenant of the resource",
            actions=(command, refused.restart, CHECK_AGAIN),
        )
    elif "custom subdomain" in text:
        message = f"{refused.name} accepts tokens only at the resource's own host name"
        why = "A regional host accepts only keys."
        label, setting = "a regional host name", "api_base"
        fix = Fix(
            address_title(refused, "the resource's own host name"),
            snippet=address_line(refused),
            actions=(COPY_ENDPOINT, refused.restart, CHECK_AGAIN),
        )
    params = [deployment.params for deployment in refused.failure.deployments]
    is_set = any(parameters.get(setting) is not None for parameters in params)
    return Description(message, why, setting if is_set else "api_key", label, fix)


REFUSAL = ResourceRefusal("role-missing", _describe)


CHECK = Check(
    code="AZ006",
    name="azure-role-missing",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    causes=("LL103",),
    texts=TEXTS,
    advice=ADVICE,
)
