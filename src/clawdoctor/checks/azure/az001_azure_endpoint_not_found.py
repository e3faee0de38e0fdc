"""No Azure resource exists at the host in api_base.

What it means
-------------
The host name in api_base does not resolve. LiteLLM says "Connection error." with status 500 and
shows neither the host nor the reason.

Why it happens
--------------
The resource's name is misspelled or still a placeholder, the resource was deleted, or it has no
custom subdomain. Some names resolve only inside a company network.

How to fix it
-------------
Copy the endpoint from Azure Portal > your Azure OpenAI resource > Overview > Endpoint. Write it
unchanged, without a path:

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

from clawdoctor.chain.advice import CHECK_AGAIN, COPY_ENDPOINT
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.check import Check
from clawdoctor.checks.azure.refused import (
    ByProbe,
    ByTurn,
    Description,
    ResourceRefusal,
    address_line,
    address_title,
)
from clawdoctor.checks.turn_finding import failed_deployment
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Finding, Fix, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.http import Answer, NoAnswer


def check(
    resource: Resource, answer: ResourceAnswer, configs: Configs
) -> Iterator[Finding | Unknown]:
    """Report a host that does not resolve while other Azure names do, or has no resource."""
    if answer.kind == REFUSAL.kind:
        yield REFUSAL.finding(resource, answer, configs)


def _describe(refused: ByProbe | ByTurn) -> Description | Unknown:
    why = (
        'LiteLLM says only "Connection error.". The name is misspelled, the resource was '
        "deleted, or the name exists only inside a company network."
    )
    if isinstance(refused, ByTurn):
        message = _message_of_turn(refused)
    else:
        resource = refused.resource
        message = f"there is no Azure resource at {resource.shown_host}"
        if isinstance(refused.result, Answer):
            why = "Azure knows the host, but has no resource for it. The resource was deleted, or "
            why += "never had this name."
        elif not refused.answer.name_unknown:
            return Unknown(f"clawdoctor could not look up {resource.shown_host} from this machine")
        elif not resource.here:
            return Unknown(
                f"{resource.shown_host} does not resolve from this machine, but may where the "
                "proxy runs"
            )
    return Description(
        message=message,
        why=why,
        setting="api_base",
        label="no resource has this name",
        fix=Fix(
            title=address_title(refused, "the endpoint that Azure Portal shows"),
            snippet=address_line(refused),
            actions=(
                COPY_ENDPOINT,
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
        return f"the host name {host} does not resolve"  # other names may fail from here as well
    where = f"at {host}" if host else f'for "{refused.replies.question.model}"'
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
        rule(
            "possible",
            "network",
            unless=r"\blogin\.microsoftonline\.",
            network="unresolved",
            host=("foreign", "public"),
            by="litellm",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "Copy the endpoint from Azure Portal > your Azure OpenAI resource > Overview >"
            " Endpoint. Use its host in the baseUrl of openclaw.json:",
            "baseUrl: https://<resource>.openai.azure.com/openai/v1",
        ),
        "dns": Advice(
            "The DNS server did not answer, so this error says nothing about the resource. Check "
            "whether the machine or container where the program runs can resolve any name. If "
            "not, repair its network, or give the container a DNS server:",
            "dns: [1.1.1.1]",
            ("docker compose exec litellm getent hosts login.microsoftonline.com",),
            when=(
                r"EAI_AGAIN|Temporary failure in name resolution|Errno -3\b|server misbehaving"
                r"|SERVFAIL|\bread udp\b"
            ),
        ),
    },
)
