"""The Azure resource exists and cannot be reached from here.

What it means
-------------
The name of the host is found, and no connection comes about: it is refused, no answer comes in
time, or the certificate is not one that LiteLLM trusts. LiteLLM says "Request timed out." where no
answer comes, and "Connection error." for all the others alike.

Why it happens
--------------
A firewall or a missing proxy setting on the way out; a company proxy that opens TLS and signs it
with its own authority; a private endpoint that only a virtual network reaches.

How to fix it
-------------
See what happens on the way, on the machine where the proxy runs:

    curl -v https://<resource>.openai.azure.com/

Where a company proxy signs the certificates, give LiteLLM its authority:

    SSL_CERT_FILE=/path/to/company-ca.pem litellm --config litellm_config.yaml

Versions
--------
All versions of LiteLLM.

References
----------
https://docs.litellm.ai/docs/guides/security_settings
https://learn.microsoft.com/azure/ai-services/cognitive-services-virtual-networks
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, show_connection
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.check import Check
from clawdoctor.checks.azure.az002_texts import ADVICE, TEXTS
from clawdoctor.checks.turn_finding import (
    failed_deployment,
    resource_name,
    restart_action,
    turn_finding,
)
from clawdoctor.finding import Command, Finding, Fix, Severity, Step, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import NoAnswer
from clawdoctor.probes.replies import Failure, Replies

_CAUSES = "A firewall, a missing proxy setting on the way out, or a private endpoint."
_WHY = f'LiteLLM says "Connection error." for this, and for much else. {_CAUSES}'
_TIMEOUT = f'LiteLLM says "Request timed out." for this. {_CAUSES}'
_CERTIFICATE = (
    "A company proxy that opens TLS signs with its own authority. Where the proxy runs with "
    "another SSL_CERT_FILE than was seen here, it may be let through."
)
_NO_REASON = (
    'The proxy says "Connection error." and no more: a name that is not found, a refused '
    "connection, TLS, an address without https://, or a line break in the key."
)
_FROM_HERE = (
    'The proxy says "Connection error." and no more, and from here Azure answers: the proxy runs '
    "in another network, or was started with another key (a line break in it looks like this)."
)
_UNTRUSTED = "shows a certificate that is not trusted"
_PROBLEMS = {
    "refused": "refuses the connection",
    "tls": "does not speak TLS as it should",
    "timeout": "gives no answer in time",
    "reset": "ends the connection",
    "unreachable": "cannot be reached",
    "protocol": "does not answer in HTTP",
}


def check(
    resource: Resource, answer: ResourceAnswer, configs: Configs
) -> Iterator[Finding | Unknown]:
    """Report a connection that failed for another reason than the host name."""
    result = answer.result
    if not isinstance(result, NoAnswer):
        return
    if answer.kind != "resource-unreachable":
        yield Unknown(f"{resource.shown_host} has no address here, so no connection was tried")
        return
    is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
    problem = _UNTRUSTED if is_certificate else _PROBLEMS[result.failure]
    if not resource.here:
        yield Unknown(
            f"{resource.shown_host} {problem} from here; where the proxy runs it may differ"
        )
        return
    place, related = configs.of_resource(resource, "api_base", result.detail)
    # LiteLLM may trust authorities that the probe does not trust.
    severity = Severity.WARNING if is_certificate else Severity.ERROR
    yield Finding(
        severity=severity,
        message=f"{resource.shown_host} {problem}",
        detail=_CERTIFICATE
        if is_certificate
        else (_TIMEOUT if result.failure == "timeout" else _WHY),
        place=place,
        consequence=f"{resource.name} cannot be reached",
        related=related,
        evidence=(http_evidence(result),),
        fixes=(_fix(resource, configs, is_certificate=is_certificate),),
    )


def _fix(resource: Resource, configs: Configs, *, is_certificate: bool) -> Fix:
    command = None if resource.reference else show_connection(resource.origin)
    look = () if command is None else (command,)
    if not is_certificate:
        return Fix(title="see what happens on the way", actions=(*look, CHECK_AGAIN))
    return Fix(
        title="let LiteLLM trust the authority that signs here",
        actions=(
            *look,
            Step("where the proxy starts: export SSL_CERT_FILE=/path/to/company-ca.pem"),
            configs.restart(resource),
            CHECK_AGAIN,
        ),
    )


def check_turn(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed to connect to Azure, by the proxy or directly."""
    for failure in replies.of("resource-unreachable"):
        result = failure.turn.result
        name = resource_name(failure, replies)
        message, why = f"LiteLLM cannot connect to {name}", _NO_REASON
        if isinstance(result, NoAnswer):
            is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
            problem = (
                _UNTRUSTED if is_certificate else _PROBLEMS.get(result.failure, "cannot be reached")
            )
            message, why = f"{name} {problem}", _CERTIFICATE if is_certificate else _CAUSES
            if is_certificate:
                pass
            elif failure.hidden_by is not None and "Connection error" in failure.hidden_by.error:
                why = _WHY
        elif any(direct.turn is not None and direct.turn.passed for direct in replies.direct):
            why = _FROM_HERE
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why=why,
            setting="api_base",
            label="cannot be reached",
            fix=Fix(
                title="see what happens on the way, where the proxy runs",
                actions=(
                    *_curl_commands(failure),
                    restart_action(configs, replies),
                    CHECK_AGAIN,
                ),
            ),
        )


def _curl_commands(failure: Failure) -> Iterator[Command]:
    deployment = failed_deployment(failure)
    if deployment is None or deployment.shown_host != deployment.host:
        return
    command = show_connection(deployment.api_base.resolved or "")
    if command is not None:
        yield command


CHECK = Check(
    code="AZ002",
    name="azure-unreachable",
    stage="azure",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("resource-unreachable",),
    causes=("LL106", "LL103", "DK101"),
    texts=TEXTS,
    advice=ADVICE,
)
