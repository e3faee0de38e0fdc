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

from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.refused import refusal
from clawdoctor.checks.turn_finding import again, resource_name, turn_finding
from clawdoctor.finding import Finding, Fix, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.replies import Replies
from clawdoctor.run.facts import Unavailable

CODE = "AZ005"
_WHY = (
    "Local authentication is switched off on the resource: the key may be right, and no key is "
    "taken."
)


def check(
    resource: Resource,
    answer: ResourceAnswer,
    opened: OpenResource | Unavailable,
    configs: Configs,
) -> Iterator[Finding | Unknown]:
    """A resource that said so to the list of its models."""
    yield from refusal(
        "key-auth-disabled",
        resource,
        answer,
        opened,
        configs,
        message=f"{resource.name} takes no keys, only identities",
        why=_WHY,
        setting="api_key",
        label="no key is taken",
        fix=_fix(configs.restart(resource)),
    )


def _fix(restart: str) -> Fix:
    return Fix(
        title="let LiteLLM log in with an identity, or allow keys again",
        snippet="tenant_id: os.environ/AZURE_TENANT_ID\nclient_id: os.environ/AZURE_CLIENT_ID\n"
        "client_secret: os.environ/AZURE_CLIENT_SECRET   # in place of api_key",
        commands=(
            "# or: Azure Portal > your Azure OpenAI resource > Properties > Disable local auth",
            restart,
            check_again(CODE),
        ),
    )


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn to which Azure answered so."""
    del question  # whom the replies are about
    for failure in replies.of("key-auth-disabled"):
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{resource_name(failure, replies)} takes no keys, only identities",
            why=_WHY,
            setting="api_key",
            label="no key is taken",
            fix=_fix(again(configs, replies)),
        )


CHECK = Check(
    code="AZ005",
    name="azure-key-auth-disabled",
    stage="azure",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("key-auth-disabled",),
    texts=(
        signature(
            r"AuthenticationTypeDisabled",
            "certain",
            "Azure",
        ),
        signature(
            r"\bKey[- ](?:based )?auth(?:entication)? is (?:disabled|not (?:permitted|allowed))(?!"
            r" on this storage)",
            "certain",
            "Azure",
        ),
        signature(
            r"(?:local|api[- ]?key) auth(?:entication)? is disabled (?:for|on) this "
            r"resource|disableLocalAuth\W{1,4}true",
            "likely",
            "Azure",
        ),
    ),
)
