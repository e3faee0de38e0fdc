"""There is no Azure resource at the host of api_base.

What it means
-------------
The host name in api_base does not exist, or it belongs to no resource any more. LiteLLM says
"Connection error." with status 500 and names neither the host nor the reason.

Why it happens
--------------
The resource's name is misspelt or was never filled in, the resource was deleted, or it has no
subdomain of its own. Inside a company network the name may exist only there.

How to fix it
-------------
Copy the endpoint: Azure Portal > your Azure OpenAI resource > Overview > Endpoint, and write it as
it stands, without a path:

    api_base: https://<resource>.openai.azure.com

Versions
--------
All versions of LiteLLM.

References
----------
https://learn.microsoft.com/azure/ai-services/openai/how-to/create-resource
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, PORTAL_ENDPOINT
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.check import Check
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.checks.turn_finding import failed_deployment
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Step, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.http import Answer, NoAnswer

"""What programs say if the name server does not answer."""


def check(
    resource: Resource, answer: ResourceAnswer, configs: Configs
) -> Iterator[Finding | Unknown]:
    """Report a host that does not resolve while other Azure names do, or has no resource."""
    if answer.kind == REFUSAL.kind:
        yield REFUSAL.finding(resource, answer, configs)


def _describe(refused: ByProbe | ByTurn) -> Description | Unknown:
    why = (
        'LiteLLM says "Connection error." and no more. The name is misspelt, or the resource '
        "was deleted; inside a company network the name may exist only there."
    )
    if isinstance(refused, ByTurn):
        message = _message_of_turn(refused)
    else:
        resource = refused.resource
        message = f"there is no Azure resource at {resource.shown_host}"
        if isinstance(refused.result, Answer):
            why = "Azure knows the host and no resource behind it: it was deleted, or never had "
            why += "this name."
        elif not refused.answer.name_unknown:
            return Unknown(f"{resource.shown_host} could not be looked up from here")
        elif not resource.here:
            return Unknown(
                f"{resource.shown_host} is not found from here; where the proxy runs it may be"
            )
    return Description(
        message=message,
        why=why,
        setting="api_base",
        label="no resource has this name",
        fix=Fix(
            title="copy the endpoint from the portal",
            snippet="api_base: https://<resource>.openai.azure.com",
            actions=(
                Step(PORTAL_ENDPOINT),
                Command(
                    "az cognitiveservices account list --query '[].properties.endpoint' -o tsv"
                ),
                refused.restart,
                CHECK_AGAIN,
            ),
        ),
    )


def _message_of_turn(refused: ByTurn) -> str:
    deployment = failed_deployment(refused.failure)
    host = deployment.shown_host if deployment is not None else None
    if isinstance(refused.result, NoAnswer) and host:
        return f"the name {host} is not found"  # other names may fail from here as well
    where = f"at {host}" if host else f'behind "{refused.replies.question.model}"'
    return f"there is no Azure resource {where}"


REFUSAL = ResourceRefusal("resource-not-found", _describe)

CHECK = Check(
    code="AZ001",
    name="azure-endpoint-not-found",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=REFUSAL.check_turn,
    documentation=__doc__,
    owns=(REFUSAL.kind,),
    causes=("LL104", "LL102", "LL106"),
    texts=(
        rule("certain", "network", network="unresolved", host="azure"),
        rule("certain", "Azure", "Subdomain does not map to a resource"),
        rule("likely", "network", network="unresolved", host=(None,), alone=True),
        rule("likely", "LiteLLM", network="unresolved", host=(None,), by="litellm"),
        rule("possible", "network", network="unresolved", host=("foreign", "public"), by="litellm"),
    ),
    advice={
        STRAIGHT: Advice(
            "Copy the endpoint: Azure Portal > your Azure OpenAI resource > Overview > Endpoint."
            " Write its host into the baseUrl of openclaw.json:",
            "baseUrl: https://<resource>.openai.azure.com/openai/v1",
        ),
        "dns": Advice(
            "The name server did not answer, so this says nothing about the resource. See whether"
            " the machine, or the container of the program that says this, resolves any name; if"
            " not, mend its network or give the container a name server:",
            "dns: [1.1.1.1]",
            ("docker compose exec litellm getent hosts login.microsoftonline.com",),
            when=(
                r"EAI_AGAIN|Temporary failure in name resol|Errno -3\b|server misbehaving"
                r"|SERVFAIL"
            ),
        ),
    },
)
