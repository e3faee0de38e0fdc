r"""The Azure resource takes no keys at all, only identities.

What it means
-------------
Azure answers 403 AuthenticationTypeDisabled, "Key based authentication is disabled for this
resource." The key may be right; no key is taken.

Why it happens
--------------
`disableLocalAuth` is true on the resource: somebody switched keys off, or a policy of the company
does it to every resource, also some hours after it was made.

How to fix it
-------------
Either let LiteLLM log in with an identity (Microsoft Entra ID). In litellm_config.yaml, in place of
api_key:

    tenant_id: os.environ/AZURE_TENANT_ID
    client_id: os.environ/AZURE_CLIENT_ID
    client_secret: os.environ/AZURE_CLIENT_SECRET

That identity needs the role "Cognitive Services OpenAI User" on the resource. Or allow keys again,
where no policy forbids it:

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
    """Whether the file gives a deployment an identity: then a key wins over it."""
    if isinstance(refused, ByProbe):
        deployments = refused.resource.deployments
    else:
        deployments = refused.failure.deployments
    return any(item.params.get(name) is not None for item in deployments for name in _IDENTITY)


def _describe(refused: ByProbe | ByTurn) -> Description:
    return Description(
        message=f"{refused.name} takes no keys, only identities",
        why="Local authentication is switched off on the resource: the key may be right, and no "
        "key is taken.",
        setting="api_key",
        label="no key is taken",
        fix=_unset(refused)
        if _has_identity(refused)
        else Fix(
            title="let LiteLLM log in with an identity, or allow keys again",
            snippet="tenant_id: os.environ/AZURE_TENANT_ID\n"
            "client_id: os.environ/AZURE_CLIENT_ID\n"
            "client_secret: os.environ/AZURE_CLIENT_SECRET   # in place of api_key",
            actions=(
                Step(
                    "or: Azure Portal > your Azure OpenAI resource > Properties > "
                    "Disable local auth"
                ),
                refused.restart,
                CHECK_AGAIN,
            ),
        ),
    )


def _unset(refused: ByProbe | ByTurn) -> Fix:
    step = Step(
        "unset AZURE_API_KEY where the proxy starts: on some routes LiteLLM prefers it to the "
        "identity in litellm_config.yaml"
    )
    return Fix("keep the key from LiteLLM", actions=(step, refused.restart, CHECK_AGAIN))


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
            "OpenClaw has only a key for Azure, and this resource takes none. Allow keys again, "
            "where "
            "no policy of your company forbids it; or put LiteLLM in between, which can log in "
            "with an "
            "identity (tenant_id, client_id and client_secret in litellm_config.yaml).",
            run=(
                "az resource update --ids $(az cognitiveservices account show -n <resource> "
                "-g <group> --query id -o tsv) --set properties.disableLocalAuth=false",
            ),
        ),
    },
)
