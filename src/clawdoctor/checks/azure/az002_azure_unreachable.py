"""The Azure resource exists, but LiteLLM cannot connect to it.

What it means
-------------
The host name resolves, but the connection fails: the host refuses it, the connection times out, or
LiteLLM does not trust the certificate. LiteLLM says "Connection error.", even if the attempt to
connect times out (after about two minutes on Linux). It says "Request timed out." only if a
`timeout` or `request_timeout` in litellm_config.yaml ends the attempt first. If it cannot reach
Entra ID, the error names login.microsoftonline.com.

Why it happens
--------------
- A firewall blocks outgoing connections, or a proxy setting is missing.
- A company proxy intercepts TLS and signs the certificates with its own authority.
- Only a virtual network can reach the private endpoint.
- LiteLLM cannot reach Entra ID (login.microsoftonline.com), where it logs in if there is no key.

How to fix it
-------------
Test the connection on the machine where the proxy runs:

    curl -v https://<resource>.openai.azure.com/

If a company proxy signs the certificates, give LiteLLM its authority:

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
    turn_finding,
)
from clawdoctor.finding import Command, Finding, Fix, Severity, Step, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import NoAnswer
from clawdoctor.probes.replies import Failure, Replies

_CAUSES = (
    "Usual causes are a firewall, a missing proxy setting for outgoing connections, and a "
    "private endpoint."
)
_WHY = f'LiteLLM says only "Connection error.", as for many other failures. {_CAUSES}'
_TIMEOUT = (
    'LiteLLM says only "Connection error.", or "Request timed out." if a `timeout` or '
    f"`request_timeout` in litellm_config.yaml ends the attempt first. {_CAUSES}"
)
_CERTIFICATE = (
    "A company proxy may intercept TLS and sign certificates with its own authority. LiteLLM may "
    "trust that authority if it runs with an SSL_CERT_FILE that clawdoctor cannot see."
)
_NO_REASON = (
    'The proxy says only "Connection error.". The host name may not resolve, the host may '
    "refuse the connection, TLS may fail, the address may lack https://, or the key may contain "
    "a line break."
)
_FROM_HERE = (
    'The proxy says only "Connection error.", but Azure answers this machine. The proxy runs in '
    "another network, or started with a different key (a line break in the key causes this error)."
)
_ALLOW = Step(
    "If the test fails, allow the host in the firewall, or set HTTPS_PROXY in the proxy's "
    "environment"
)
_UNTRUSTED = "has a certificate that this machine does not trust"
_PROBLEMS = {
    "refused": "refuses the connection",
    "tls": "does not complete the TLS handshake",
    "timeout": "does not answer in time",
    "reset": "closes the connection",
    "unreachable": "is not reachable",
    "protocol": "does not answer in HTTP",
}


def check(
    resource: Resource, answer: ResourceAnswer, configs: Configs
) -> Iterator[Finding | Unknown]:
    """Report a connection that failed for a reason other than the host name."""
    result = answer.result
    if not isinstance(result, NoAnswer):
        return
    if answer.kind != "resource-unreachable":
        yield Unknown(
            f"{resource.shown_host} has no address on this machine, so clawdoctor did not try to "
            "connect"
        )
        return
    is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
    problem = _UNTRUSTED if is_certificate else _PROBLEMS[result.failure]
    if not resource.here:
        yield Unknown(
            f"from this machine, {resource.shown_host} {problem}; the result may differ where the "
            "proxy runs"
        )
        return
    place, related = configs.of_resource(resource, "api_base", result.detail)
    # LiteLLM may trust authorities that the probe does not trust.
    severity = Severity.WARNING if is_certificate else Severity.ERROR
    why = _TIMEOUT if result.failure == "timeout" else _WHY
    yield Finding(
        severity=severity,
        message=f"{resource.shown_host} {problem}",
        detail=_CERTIFICATE if is_certificate else why,
        place=place,
        consequence=f"{resource.shown_host} {problem}",
        related=related,
        evidence=(http_evidence(result),),
        fixes=(_fix(resource, configs, is_certificate=is_certificate),),
    )


def _fix(resource: Resource, configs: Configs, *, is_certificate: bool) -> Fix:
    command = None if resource.reference else show_connection(resource.origin)
    look = () if command is None else (command,)
    if not is_certificate:
        title = f"test the connection to {resource.shown_host}"
        return Fix(title, actions=(*look, _ALLOW, CHECK_AGAIN))
    return Fix(
        title="in the proxy's environment, set SSL_CERT_FILE to the authority that signed this "
        "certificate",
        actions=(
            *look,
            Step("Set SSL_CERT_FILE=/path/to/company-ca.pem in the proxy's environment"),
            configs.restart(resource),
            CHECK_AGAIN,
        ),
    )


def check_turn(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that failed to connect to Azure, through the proxy or directly."""
    for failure in replies.of("resource-unreachable"):
        result = failure.turn.result
        name = resource_name(failure, replies)
        message, why = f"LiteLLM cannot connect to {name}", _NO_REASON
        if isinstance(result, NoAnswer):
            is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
            problem = (
                _UNTRUSTED if is_certificate else _PROBLEMS.get(result.failure, "is not reachable")
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
            label="not reachable",
            fix=Fix(
                title=f"test the connection to {name} from where the proxy runs",
                actions=(
                    *(
                        _curl_commands(failure)
                        or (Step("Test the connection to Azure from where the proxy runs"),)
                    ),
                    *(() if why == _CERTIFICATE else (_ALLOW,)),
                    configs.restart(replies.question.resource),
                    CHECK_AGAIN,
                ),
            ),
        )


def _curl_commands(failure: Failure) -> tuple[Command, ...]:
    deployment = failed_deployment(failure)
    if deployment is None or deployment.shown_host != deployment.host:
        return ()
    command = show_connection(deployment.api_base.resolved or "")
    return () if command is None else (command,)


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
