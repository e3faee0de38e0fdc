r"""The Azure resource accepts only Microsoft Entra ID logins, not API keys.

What it means
-------------
Azure answers 403 AuthenticationTypeDisabled, "Key based authentication is disabled for this
resource." The resource rejects even a correct key.

Why it happens
--------------
`disableLocalAuth` is true on the resource. Somebody disabled keys, or a company policy disables
them on every resource, sometimes hours after its creation.

How to fix it
-------------
Make LiteLLM log in with an identity (Microsoft Entra ID). In litellm_config.yaml, replace api_key
with:

    tenant_id: os.environ/AZURE_TENANT_ID
    client_id: os.environ/AZURE_CLIENT_ID
    client_secret: os.environ/AZURE_CLIENT_SECRET

The identity needs the role "Cognitive Services OpenAI User" on the resource. Or enable keys again,
if no policy forbids it:

    az resource update --ids $(az cognitiveservices account show -n <resource> -g <group> \
      --query id -o tsv) --set properties.disableLocalAuth=false

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-services/disable-local-auth
https://docs.litellm.ai/docs/providers/azure
"""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.check import Check
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Fix, Step

_IDENTITY = ("azure_ad_token", "azure_ad_token_provider", "tenant_id", "client_id")


def _has_identity(refused: ByProbe | ByTurn) -> bool:
    """Return whether the file gives a deployment an identity, which a key overrides."""
    if isinstance(refused, ByProbe):
        deployments = refused.resource.deployments
    else:
        deployments = refused.failure.deployments
    return any(item.params.get(name) is not None for item in deployments for name in _IDENTITY)


def _describe(refused: ByProbe | ByTurn) -> Description:
    return Description(
        message=f"{refused.name} accepts only Microsoft Entra ID logins, not API keys",
        why=("Key authentication is disabled on the resource, so it rejects even a correct key."),
        setting="api_key",
        label="the resource accepts no keys",
        fix=_unset(refused)
        if _has_identity(refused)
        else Fix(
            title="in litellm_config.yaml, replace api_key with an Entra ID login",
            snippet=(
                "tenant_id: os.environ/AZURE_TENANT_ID\n"
                "client_id: os.environ/AZURE_CLIENT_ID\n"
                "client_secret: os.environ/AZURE_CLIENT_SECRET   # instead of api_key"
            ),
            actions=(
                Step(
                    "Or enable keys again: turn off Disable local auth in Azure Portal > your "
                    "Azure OpenAI resource > Properties"
                ),
                refused.restart,
                CHECK_AGAIN,
            ),
        ),
    )


def _unset(refused: ByProbe | ByTurn) -> Fix:
    step = Step(
        "Unset AZURE_API_KEY in the proxy's environment: on some routes, LiteLLM prefers it to the "
        "identity in litellm_config.yaml"
    )
    return Fix(
        "unset AZURE_API_KEY in the proxy's environment",
        actions=(step, refused.restart, CHECK_AGAIN),
    )


REFUSAL = ResourceRefusal("key-auth-disabled", _describe)


CHECK = Check(
    code="AZ005",
    name="azure-key-auth-disabled",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=REFUSAL.check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    texts=(
        rule(
            "certain",
            "Azure",
            r"AuthenticationTypeDisabled"
            r"|\bKey[- ](?:based )?auth(?:entication)? is (?:disabled|not (?:permitted|allowed))",
            unless=r"storage account|\.blob\.",
        ),
    ),
    causes=("LL118",),
    advice={
        STRAIGHT: Advice(
            "OpenClaw has only a key for Azure, and this resource does not accept keys. Enable "
            "keys again, if no company policy forbids it. Or put LiteLLM between OpenClaw and "
            "Azure, because LiteLLM can log in with an identity (tenant_id, client_id and "
            "client_secret in litellm_config.yaml).",
            run=(
                "az resource update --ids $(az cognitiveservices account show -n <resource> "
                "-g <group> --query id -o tsv) --set properties.disableLocalAuth=false",
            ),
        ),
    },
)
