"""The Azure resource does not let this network in.

What it means
-------------
Azure answers 403: the resource exists and takes requests only from networks that it knows. The key
is not looked at.

Why it happens
--------------
The resource's firewall lists addresses or virtual networks, and the machine where the proxy runs is
in none of them; or public access is off and only a private endpoint leads there; or the resource is
asked by the name of its region while a virtual network is configured.

How to fix it
-------------
Azure Portal > your Azure OpenAI resource > Networking: add the public address of the machine where
the proxy runs, or run the proxy inside the network. With a private endpoint, the resource's name
has to resolve to a private address there.

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from clawdoctor.chain.advice import PORTAL_ENDPOINT, check_again
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.chain.question import Question
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import AZURE, by_azure, status
from clawdoctor.checks.patterns import alone, azure_answered, beside, not_of
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Unknown
from clawdoctor.probes.azure import OpenResource, ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.replies import Replies
from clawdoctor.run.facts import Unavailable

CODE = "AZ004"
_NETWORKING = "# Azure Portal > your Azure OpenAI resource > Networking"


def check(
    resource: Resource,
    answer: ResourceAnswer,
    opened: OpenResource | Unavailable,
    configs: Configs,
) -> Iterator[Finding | Unknown]:
    """A resource that answered 403 with a network's reason."""
    result = answer.result
    if answer.kind != "network-denied" or not isinstance(result, Answer):
        if isinstance(opened, Unavailable):
            yield Unknown(opened.reason)
        return
    is_regional = "correct endpoint" in result.body
    if not resource.here and not is_regional:
        yield Unknown(f"{resource.name} does not let this network in; the proxy's it may")
        return
    message = f"{resource.name} does not let this network in"
    label = "not from this network"
    why = "Azure refuses the network before it looks at the key or the deployment."
    if is_regional:
        message = f"{resource.host} does not take requests for a resource with a virtual network"
        label = "the resource's own host name goes here"
        why = "Such a resource is asked by its own host name, not by that of its region."
    place, related = configs.of_resource(resource, "api_base", label)
    fix = _other_host(configs.restart(resource)) if is_regional else _let_in(resource, result)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=place,
        consequence=message,
        related=related,
        evidence=(http_evidence(result), *_addresses(resource, answer)),
        fixes=(fix,),
    )


def _addresses(resource: Resource, answer: ResourceAnswer) -> Iterator[Evidence]:
    """Whether the name leads to a private endpoint, as seen from here."""
    if answer.addresses:
        private = all(ipaddress.ip_address(one).is_private for one in answer.addresses)
        what = "a private address" if private else "a public address: the private one is not in DNS"
        yield Evidence("dns", f"{resource.host} is {', '.join(answer.addresses)}, {what}")


def _other_host(again: str) -> Fix:
    return Fix(
        title="use the resource's own host name",
        snippet="api_base: https://<resource>.openai.azure.com",
        commands=(f"# {PORTAL_ENDPOINT}", again, check_again(CODE)),
    )


def _let_in(resource: Resource, result: Answer) -> Fix:
    if "Public access" in result.body:
        return Fix(
            title="reach the private endpoint, or switch public access on",
            commands=(
                "# where the private endpoint is in reach, the name has a private address:",
                f"nslookup {resource.host}",
                f"{_NETWORKING}: allow access from this network",
                check_again(CODE),
            ),
        )
    return Fix(
        title="let the proxy's network in",
        commands=(
            f"{_NETWORKING}: add the public address of this machine, or its virtual network",
            "curl -s https://api.ipify.org   # this machine's public address",
            check_again(CODE),
        ),
    )


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn to which Azure answered 403 with a network's reason."""
    del question  # whom the replies are about
    for failure in replies.of("network-denied"):
        name = resource_name(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f"{name} does not let this network in",
            why="Azure refuses the network before it looks at the key or the deployment.",
            setting="api_base",
            label="not from this network",
            fix=Fix(
                title="let the proxy's network in",
                commands=(
                    f"{_NETWORKING}: add the public address of the proxy, or its virtual network",
                    "curl -s https://api.ipify.org   # where the proxy runs: its public address",
                    check_again(CODE),
                ),
            ),
        )


CHECK = Check(
    code=CODE,
    name="azure-network-denied",
    stage="azure",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("network-denied",),
    texts=(
        signature(
            r"Access denied due to Virtual Network ?/ ?Firewall rules",
            "certain",
            "Azure",
        ),
        signature(
            r"Public (?:network )?access is disabled\.? Please configure private endpoint",
            "certain",
            "Azure",
        ),
        signature(
            r"A Virtual Network is configured for this resource",
            "certain",
            "Azure",
        ),
        signature(
            r"ThrowExceptionDueToTrafficDenied|Traffic is not from an approved private "
            r"endpoint",
            "certain",
            "Azure",
        ),
        signature(
            not_of(
                r"vault|blob|storage|cosmos|registry|\bsql|search service|trusted service",
                r"Public network access (?:is|has been|on this \w{1,20} is) disabled",
            ),
            "likely",
            "Azure",
        ),
        signature(
            azure_answered(r"403"),
            "possible",
            "Azure",
        ),
        signature(
            r"Virtual Network/Firewall rules|denied due to (?:a )?(?:Virtual Network|VNet)"
            r"|aka\.ms/cogsvc-vnet|\b403\b[^{]{0,12}Public access is disabled",
            "certain",
            "Azure",
        ),
        signature(
            r"Public (?:network )?access is (?:disabled|not allowed)|through public network\. This"
            r" is not allowed",
            "possible",
            "Azure",
        ),
        signature(
            beside(AZURE, status("403"), 250),
            "possible",
            "Azure",
        ),
        signature(
            by_azure("403"),
            "possible",
            "a program that calls Azure",
        ),
        signature(
            alone(r"\b403:? status code \(no body\)|\b403 Forbidden\b.{0,200}Application-Gateway"),
            "possible",
            "a gateway of Azure",
        ),
        signature(
            r"403 Forbidden.{0,200}Microsoft-Azure-Application-Gateway",
            "likely",
            "a gateway of Azure",
        ),
        signature(
            r"\bCallerIpNotAllowed\b",
            "likely",
            "a gateway of Azure",
        ),
    ),
)
