"""There is no Azure resource at the host of api_base.

What it means
-------------
The host name in api_base does not exist, or no resource stands behind it any more. LiteLLM says
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
from clawdoctor.checks.azure.azure_patterns import AZURE_HOST_END
from clawdoctor.checks.azure.refused import ByProbe, ByTurn, Description, ResourceRefusal
from clawdoctor.checks.patterns import AZURE_HOST, alone, near
from clawdoctor.checks.turn_finding import failed_deployment
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Command, Finding, Fix, Step, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.http import Answer, NoAnswer

_UNRESOLVED = (
    r"UnknownHost|unable to resolve|no such host|NXDOMAIN|SERVFAIL|server misbehaving"
    r"|could not be resolved|could not resolve|failed to (?:resolve|lookup address)|dns error"
    r"|no data of the requested type|NAME_NOT_RESOLVED|kein solcher Host|Domain name not found"
    r"|Name or service not known|nodename nor servname|getaddrinfo (?:failed|E)|EAI_AGAIN"
    r"|ENOTFOUND|name resolution|No address associated|getaddrinfo\(\) failed|gaierror"
    r"|Couldn't resolve|DNS lookup failed|DNS name does not exist"
)
"""What programs say if a host name does not resolve."""


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
        signature(
            r"(?:ENOTFOUND|EAI_AGAIN|resolve host(?:name)?:?|resolve|resolved:|lookup|find"
            rf"|No such host is known\.?) ['\"(]?(?P<host>{AZURE_HOST})",
            "certain",
            "network",
        ),
        signature(
            rf"(?P<host>{AZURE_HOST})[^ ]{{0,12}} .{{0,60}}?(?:Name or service not known"
            r"|nodename nor servname|getaddrinfo failed|no such host|NXDOMAIN|name "
            r"resolution|No address associated|Name does not resolve|Could not resolve)",
            "certain",
            "network",
        ),
        signature(
            r"Subdomain does not map to a resource",
            "certain",
            "Azure",
        ),
        signature(
            alone(r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN)(?! [\w.-])"),
            "likely",
            "network",
        ),
        signature(
            alone(
                near(
                    r"litellm|azure|httpx|httpcore|aiohttp|openai",
                    r"(?:\[Errno (?:-2|-3|-5|8|11001)\]|Name or service not known|nodename nor "
                    r"servname provided|getaddrinfo failed|Temporary failure in name resolution"
                    r"|No address associated with hostname)",
                    600,
                ),
            ),
            "likely",
            "network",
        ),
        signature(
            alone(
                r"(?:Name or service not known|nodename nor servname provided|getaddrinfo "
                r"failed|NXDOMAIN|Temporary failure in name resolution|No address "
                r"associated with hostname)"
            ),
            "likely",
            "network",
        ),
        signature(
            near(
                rf"(?P<host>{AZURE_HOST})",
                r"Name or service not known|nodename nor servname|getaddrinfo failed|no such host"
                r"|name resolution|NameResolutionError|Failed to resolve",
                500,
            ),
            "certain",
            "network",
        ),
        signature(
            near(
                r"litellm\.\w{0,20}\.?\w{0,30}Error",
                r"Temporary failure in name resolution|Name or service not known|nodename nor"
                r" servname"
                r"|getaddrinfo failed|Name does not resolve",
                400,
            ),
            "likely",
            "network",
        ),
        signature(near(AZURE_HOST_END, _UNRESOLVED, 200), "likely", "network"),
        signature(rf"(?:{_UNRESOLVED}).{{0,120}}?(?:{AZURE_HOST_END})", "likely", "network"),
        signature(
            near(
                r"litellm|openai|aiohttp|httpx",
                r"ClientConnectorDNSError|Temporary failure in name resolution|getaddrinfo failed"
                r"|Name or service not known|nodename nor servname",
                300,
            ),
            "possible",
            "network",
        ),
        signature(
            rf"(?:konnte nicht aufgel.{{1,3}}st werden|remote name could not be resolved):"
            rf" ?.?(?P<host>{AZURE_HOST})",
            "certain",
            ".NET",
        ),
    ),
)
