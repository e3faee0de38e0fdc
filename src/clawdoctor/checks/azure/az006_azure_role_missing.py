r"""The identity that LiteLLM logs in with may not use the Azure resource.

What it means
-------------
LiteLLM uses an identity (Microsoft Entra ID) and not a key, and it is not let in: it has no role
for the data of the resource (PermissionDenied), belongs to another tenant, was given for another
service, or cannot log in at all (AADSTS...).

Why it happens
--------------
Owner and Contributor may manage a resource, not use its models: that takes a role of its own. A new
role needs five minutes or more. A secret of an app expires. A token for another audience, or from
another tenant, is no use here. The host of a region takes no identities.

How to fix it
-------------
Give the identity the role, and wait five minutes:

    az role assignment create --role "Cognitive Services OpenAI User" \
      --assignee <client id> --scope $(az cognitiveservices account show \
      -n <resource> -g <group> --query id -o tsv)

Look whether it gets a token, in the tenant of the resource:

    az login --service-principal -u $AZURE_CLIENT_ID -p "$AZURE_CLIENT_SECRET" \
      --tenant $AZURE_TENANT_ID
    az account get-access-token --resource https://cognitiveservices.azure.com

AADSTS7000215 and AADSTS7000222: the secret is wrong or expired. AADSTS700016: the app is not in
this tenant. AADSTS90002: there is no such tenant. Or use a key: api_key in litellm_config.yaml.

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

from clawdoctor.chain.advice import CHECK_AGAIN, PORTAL_ENDPOINT
from clawdoctor.check import Check
from clawdoctor.checks.azure.az006_texts import ADVICE, TEXTS
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.finding import Command, Fix, Step


def _describe(refused: ByProbe | ByTurn) -> Description:
    message = f"the identity that asks {refused.name} lacks the role for it"
    why = "Owner and Contributor may manage a resource, not use its models. A new role needs five "
    why += "minutes."
    fix = Fix(
        title="give the identity the role",
        actions=(
            Step(
                'az role assignment create --role "Cognitive Services OpenAI User" '
                "--assignee <client id> --scope <id of the resource>"
            ),
            refused.restart,
            CHECK_AGAIN,
        ),
    )
    if isinstance(refused, ByProbe):
        return Description(message, why, "api_key", "asked with an identity", fix)
    label, setting = "asked with this identity", "client_id"
    text = refused.failure.turn.error
    if "tenant" in text and "does not match" in text:
        message = f"the identity that asks {refused.name} belongs to another tenant"
        why = "Azure takes tokens of the tenant in which the resource's subscription is."
        label, setting = "not the resource's tenant", "tenant_id"
        command = Command("az account show --query tenantId -o tsv")
        fix = Fix(
            "use the tenant of the resource",
            actions=(command, refused.restart, CHECK_AGAIN),
        )
    elif "custom subdomain" in text:
        message = f"{refused.name} takes tokens at the resource's own host name only"
        why = "The host of a region takes keys alone."
        label, setting = "no resource's own host name", "api_base"
        fix = Fix(
            "use the resource's own host name",
            snippet="api_base: https://<resource>.openai.azure.com",
            actions=(Step(PORTAL_ENDPOINT), refused.restart, CHECK_AGAIN),
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
