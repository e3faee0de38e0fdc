"""The Azure resource denies access from this network.

What it means
-------------
Azure answers 403. The resource exists, but accepts requests only from allowed networks. The key may
be right.

Why it happens
--------------
- The resource's firewall allows only certain addresses or virtual networks, and the proxy's machine
  is not in any of them.
- Public access is off, and only a private endpoint leads to the resource.
- The resource has a virtual network, but api_base uses the regional host name.

How to fix it
-------------
In Azure Portal > your Azure OpenAI resource > Networking, add the public address of the machine
where the proxy runs. Or run the proxy inside the network. With a private endpoint, the resource's
name must resolve to its private address on that machine.

Versions
--------
All versions.

References
----------
https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks
"""

from __future__ import annotations

import ipaddress
import shlex

from clawdoctor.chain.advice import CHECK_AGAIN, COPY_ENDPOINT
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
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Command, Evidence, Fix, Step, Unknown
from clawdoctor.probes.http import Answer

_NETWORKING = "Azure Portal > your Azure OpenAI resource > Networking"


def _describe(refused: ByProbe | ByTurn) -> Description | Unknown:
    message, label = f"{refused.name} denies access from this network", "denies this network"
    why = "Azure checks the network before it checks the key or the deployment."
    if isinstance(refused, ByTurn):
        fix = _allow_network_fix("the proxy", "Where the proxy runs, look up its public address")
        return Description(message, why, "api_base", label, fix)
    resource, result = refused.resource, refused.result
    body = result.body if isinstance(result, Answer) else ""
    is_regional = "correct endpoint" in body
    if not resource.here and not is_regional:
        return Unknown(
            f"{resource.name} denies access from this network, but may allow the proxy's network"
        )
    fix = _allow_network_fix("this machine", "Look up this machine's public address")
    if is_regional:
        message = f"{resource.shown_host} rejects requests for a resource with a virtual network"
        label = "use the resource's own host name"
        why = (
            "Azure serves such a resource only at its own host name, not at the regional host name."
        )
        fix = Fix(
            title=address_title(refused, "the resource's own host name"),
            snippet=address_line(refused),
            actions=(COPY_ENDPOINT, refused.restart, CHECK_AGAIN),
        )
    elif "Public access" in body:
        fix = Fix(
            title="check that the resource's name resolves to a private address where the proxy "
            "runs",
            actions=(
                *_lookup_command(resource),
                Step(
                    "If the address is public, repair the DNS of the private endpoint. Or allow "
                    f"access from this network in {_NETWORKING}"
                ),
                CHECK_AGAIN,
            ),
        )
    return Description(message, why, "api_base", label, fix, evidence=_address_evidence(refused))


def _lookup_command(resource: Resource) -> tuple[Command, ...]:
    step = "Check that the name resolves to a private address where the proxy runs"
    return () if resource.reference else (Command(f"nslookup {shlex.quote(resource.host)}", step),)


def _allow_network_fix(machine: str, step: str) -> Fix:
    return Fix(
        title="allow the proxy's network in the resource's firewall",
        actions=(
            Command("curl -s https://api.ipify.org", step),
            Step(f"Add the public address of {machine}, or its virtual network, in {_NETWORKING}"),
            CHECK_AGAIN,
        ),
    )


def _address_evidence(refused: ByProbe) -> tuple[Evidence, ...]:
    """Return evidence of the host's addresses, which show whether it is a private endpoint."""
    addresses = refused.answer.addresses
    if not addresses:
        return ()
    is_private = all(ipaddress.ip_address(address).is_private for address in addresses)
    kind = "a private address" if is_private else "a public address: DNS lacks the private one"
    return (Evidence("dns", f"{refused.resource.shown_host} is {', '.join(addresses)}, {kind}"),)


REFUSAL = ResourceRefusal("network-denied", _describe)


CHECK = Check(
    code="AZ004",
    name="azure-network-denied",
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
            "denied due to (?:a )?(?:Virtual Network|VNet)|Virtual Network ?/ ?Firewall"
            "|ThrowExceptionDueToTrafficDenied",
        ),
        rule(
            "certain",
            "Azure",
            r"A Virtual Network is configured for this resource|aka\.ms/cogsvc-vnet",
            advice="own-host",
        ),
        rule(
            "certain",
            "Azure",
            r"Public (?:network )?access is disabled\.? Please|approved private endpoint"
            r"|\b403\W{0,12}Public access is disabled",
            advice="private",
        ),
        rule(
            "possible",
            "Azure",
            "Public (?:network )?access is (?:disabled|not allowed)|through public network",
            advice="private",
        ),
        rule("possible", "Azure", r"\bazure|/openai/deployments/", status=403, alone=True),
        rule("possible", "Azure", r"\b403:? status code \(no body\)", alone=True),
        rule(
            "likely",
            "a gateway of Azure",
            "Microsoft-Azure-Application-Gateway|CallerIpNotAllowed",
            unless=r"\b50\d\b",
            advice="gateway",
        ),
    ),
    advice={
        "own-host": Advice(
            "The resource has a virtual network, so Azure serves it only at its own host name, "
            "not at the regional host name. Copy the host name from Azure Portal > your Azure "
            "OpenAI resource > Keys and Endpoint:",
            "api_base: https://<resource>.openai.azure.com",
            straight=Advice(
                "The resource has a virtual network, so Azure serves it only at its own host "
                "name, not at the regional host name. In the provider in openclaw.json, write:",
                'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
            ),
        ),
        "private": Advice(
            "Public access to this resource is off, and only its private endpoint leads to it. "
            "Run the program that calls Azure inside that network, where the resource's name "
            f"resolves to a private address. Or allow public access: {_NETWORKING} > Firewalls "
            "and virtual networks.",
            run=("nslookup <resource>.openai.azure.com   # 10.x, 172.16-31.x or 192.168.x inside",),
        ),
        "gateway": Advice(
            "A gateway in front of Azure (Application Gateway, API Management), not the Azure "
            "OpenAI resource, rejects this address. Ask the gateway's owner to allow this "
            "machine's address:",
            run=("curl -s https://api.ipify.org   # look up the address that the gateway sees",),
        ),
        STRAIGHT: Advice(
            f"In {_NETWORKING}, add the public address of the machine where OpenClaw's gateway "
            "runs. Or run the gateway inside the resource's network:",
            run=("curl -s https://api.ipify.org   # look up the public address",),
        ),
    },
)
