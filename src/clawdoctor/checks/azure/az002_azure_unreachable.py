"""The Azure resource exists and cannot be reached from here.

What it means
-------------
The name of the host is found, and no connection comes about: it is refused, no answer comes in
time, or the certificate is not one that LiteLLM trusts. LiteLLM says "Connection error." for all
of these alike.

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

import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Resource
from clawdoctor.check import Check, signature
from clawdoctor.checks.azure.azure_patterns import AZURE_HOST_END
from clawdoctor.checks.patterns import AZURE_HOST, alone, beside, near
from clawdoctor.checks.turn_finding import again, first_of, resource_name, turn_finding
from clawdoctor.finding import Command, Finding, Fix, Severity, Step, Unknown
from clawdoctor.probes.azure import ResourceAnswer
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import NoAnswer
from clawdoctor.probes.replies import Failure, Replies

CODE = "AZ002"
_CAUSES = "A firewall, a missing proxy setting on the way out, or a private endpoint."
_WHY = f'LiteLLM says "Connection error." for this, and for much else. {_CAUSES}'
_CERTIFICATE = (
    "A company proxy that opens TLS signs with its own authority. Where the proxy runs with "
    "another SSL_CERT_FILE than was seen here, it may be let through."
)
_ONLY_SAID = (
    'The proxy says "Connection error." and no more: a name that is not found, a refused '
    "connection, TLS, an address without https://, or a line break in the key."
)
_FROM_HERE = (
    'The proxy says "Connection error." and no more, and from here Azure answers: the proxy runs '
    "in another network, or was started with another key (a line break in it looks like this)."
)
_UNTRUSTED = "shows a certificate that is not trusted"
_SAID = {
    "refused": "refuses the connection",
    "tls": "does not speak TLS as it should",
    "timeout": "gives no answer in time",
    "reset": "ends the connection",
    "unreachable": "cannot be reached",
    "protocol": "does not answer in HTTP",
}

_FAILED = (
    r"UND_ERR_|E(?:TIMEDOUT|CONNRE(?:SET|FUSED)|CONNABORTED|HOSTUNREACH|NETUNREACH|PROTO)\b"
    r"|actively refused|did not properly respond|connection (?:was )?(?:refused|reset|aborted)"
    r"|connect(?:ion|s|ed)? timed out|connect ?timeout|i/o timeout|handshake timeout"
    r"|operation timed out|Read ?timed out|ReadTimeout|deadline exceeded|network is unreachable"
    r"|: EOF\b|EOF occurred|unexpected[ _]eof|socket hang up|Server ?disconnected"
    r"|Remote(?:Disconnected| end closed)|before secure TLS connection|PKIX path"
    r"|valid certification path|SSL connection could not|certificate is invalid|peer certificate"
    r"|cannot verify|certificate (?:problem|verify failed)|trust relationship|CRYPT_E_"
    r"|self[- ]signed certificate|local issuer certificate|x509: |wrong version number"
    r"|Proxy ?(?:Error|Authentication Required)|from proxy after CONNECT|proxyconnect"
    r"|tunnel\w{0,3} (?:socket|connection|request)|unable to connect to|could not connect"
    r"|fetch failed|error sending request|ERR_CONNECTION_|ERR_CERT_|ERR_TUNNEL"
    r"|CERT_HAS_EXPIRED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|certificate has expired|altnames"
    r"|subject name matches|terminated the handshake|handshake (?:failure|failed)|prematurely"
    r" closed|forcibly closed|tcp connect error|Unable to connect|Host Unreachable"
    r"|TcpTestSucceeded ?: False|operation has timed out|invalid certificate"
    r"|APIConnectionError: Connection error"
)
"""What programs say of a connection that did not come about, or broke."""


def check(
    resource: Resource, answer: ResourceAnswer, configs: Configs
) -> Iterator[Finding | Unknown]:
    """A connection that failed for another reason than the name."""
    result = answer.result
    if not isinstance(result, NoAnswer):
        return
    if answer.kind != "resource-unreachable":
        yield Unknown(f"{resource.host} has no address here, so no connection was tried")
        return
    is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
    said = _UNTRUSTED if is_certificate else _SAID[result.failure]
    if not resource.here:
        yield Unknown(f"{resource.host} {said} from here; where the proxy runs it may differ")
        return
    place, related = configs.of_resource(resource, "api_base", result.detail)
    # LiteLLM may trust another authority than the one that was tried here.
    severity = Severity.WARNING if is_certificate else Severity.ERROR
    yield Finding(
        severity=severity,
        message=f"{resource.host} {said}",
        detail=_CERTIFICATE if is_certificate else _WHY,
        place=place,
        consequence=f"{resource.name} cannot be reached",
        related=related,
        evidence=(http_evidence(result),),
        fixes=(_fix(resource, configs, is_certificate=is_certificate),),
    )


def _fix(resource: Resource, configs: Configs, *, is_certificate: bool) -> Fix:
    look = Command(f"curl -v {shlex.quote(resource.origin + '/')}")
    if not is_certificate:
        return Fix(title="see what happens on the way", actions=(look, check_again(CODE)))
    return Fix(
        title="let LiteLLM trust the authority that signs here",
        actions=(
            look,
            Step("where the proxy starts: export SSL_CERT_FILE=/path/to/company-ca.pem"),
            configs.restart(resource),
            check_again(CODE),
        ),
    )


def check_turn(replies: Replies, configs: Configs) -> Iterator[Finding]:
    """A turn of which the proxy said "Connection error.", and what Azure said from here."""
    for failure in replies.of("resource-unreachable"):
        result = failure.turn.result
        name = resource_name(failure, replies)
        message, why = f"LiteLLM cannot connect to {name}", _ONLY_SAID
        if isinstance(result, NoAnswer):
            is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
            said = _UNTRUSTED if is_certificate else _SAID.get(result.failure, "cannot be reached")
            message, why = f"{name} {said}", _CERTIFICATE if is_certificate else _CAUSES
            if is_certificate:
                pass
            elif failure.hidden_by is not None and "Connection error" in failure.hidden_by.error:
                why = _WHY
        elif any(one.turn is not None and one.turn.passed for one in replies.direct):
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
                actions=(*_look(failure), again(configs, replies), check_again(CODE)),
            ),
        )


def _look(failure: Failure) -> Iterator[Command]:
    deployment = first_of(failure)
    if deployment is not None and deployment.api_base.resolved:
        yield Command(f"curl -v {shlex.quote(deployment.api_base.resolved)}")


CHECK = Check(
    code=CODE,
    name="azure-unreachable",
    stage="azure",
    scope="route",
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("resource-unreachable",),
    causes=("LL106", "LL103", "DK101"),
    texts=(
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error)\b.{0,60}?(?:APIConnectionError|Connection "
            r"?error|Cannot connect to host|ConnectError)(?!.{0,40}(?:Missing credentials"
            r"|has no attribute))",
            "likely",
            "LiteLLM",
        ),
        signature(
            rf"(?:Cannot connect to host|Failed to connect to|connect E[A-Z]{{4,14}}"
            rf"|Connection to|connecting to) (?P<host>{AZURE_HOST})(?!.{{0,60}}(?:Name or "
            r"service|nodename|resolution|getaddrinfo))",
            "certain",
            "network",
        ),
        signature(
            near(
                rf"(?P<host>{AZURE_HOST})",
                r"(?:ETIMEDOUT|ECONNRESET|ECONNREFUSED|EHOSTUNREACH|Connection refused"
                r"|Connection reset|connect(?:ion)? timed out|certificate verify failed"
                r"|x509:|handshake failure|Tunnel connection failed)",
                400,
            ),
            "certain",
            "network",
        ),
        signature(
            near(
                r"litellm|azure|openai|aiohttp|httpx|LLM|Embedded agent|provider",
                r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|self[- _]signed[ _]cert"
                r"|unable to (?:get (?:local )?issuer certificate|verify the first certificate)"
                r"|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|CERT_HAS_EXPIRED"
                r"|certificate has expired",
                300,
            ),
            "likely",
            "network",
        ),
        signature(
            alone(
                r"(?:CERTIFICATE_VERIFY_FAILED|self[- _]signed[ _]cert|unable to (?:get "
                r"(?:local )?issuer certificate|verify the first certificate)"
                r"|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)|CERT_HAS_EXPIRED"
                r"|certificate has expired|certificate is not valid for|Hostname/IP does "
                r"not match certificate)"
            ),
            "possible",
            "network",
        ),
        signature(
            near(
                r"litellm",
                r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|\[SSL: \w{4,40}\]"
                r"|WRONG_VERSION_NUMBER|SSLV3_ALERT|TLSV1_ALERT",
                300,
            ),
            "likely",
            "network",
        ),
        signature(
            alone(
                r"(?:\[SSL: (?:WRONG_VERSION_NUMBER|UNEXPECTED_EOF\w{0,40}"
                r"|SSLV3_ALERT\w{0,40}|TLSV1_ALERT\w{0,40})\]|ERR_TLS_CERT_ALTNAME_INVALID)"
            ),
            "likely",
            "network",
        ),
        signature(
            alone(r"(?:httpx|httpcore)\.Connect(?:Error|Timeout)"),
            "likely",
            "LiteLLM",
        ),
        signature(
            alone(r"(?:httpx|httpcore)\.(?:ReadError|ProxyError|RemoteProtocolError)"),
            "possible",
            "LiteLLM",
        ),
        signature(
            r"\b(?:ETIMEDOUT|ECONNRESET|ECONNREFUSED|EHOSTUNREACH)\b.{0,80}?"
            rf"https?://(?P<host>{AZURE_HOST})",
            "certain",
            "network",
        ),
        signature(
            near(
                r"Azure ?OpenAI|azure_openai|openai\.azure\.com",
                r"(?:: |\bread )?(?:Connection error\b|connect ?time(?:d )?-?out"
                r"|ECONNRESET|ETIMEDOUT|socket hang up|Connection aborted|RemoteDisconnected"
                r"|Connection reset)",
                300,
            ),
            "likely",
            "network",
        ),
        signature(
            near(
                r"ECONNRESET|ETIMEDOUT|socket hang up|RemoteDisconnected",
                r"openai\.azure\.com|Azure ?OpenAI",
                300,
            ),
            "likely",
            "network",
        ),
        signature(
            near(
                r"chat/completions|/v1/|openai|LLM",
                r"SSLError|SSL_connect|SSL: \w{4,40}|certificate verify failed"
                r"|self[- ]signed certificate",
                300,
            ),
            "possible",
            "network",
        ),
        signature(
            alone(
                r"Error communicating with OpenAI|SSL_connect\W{1,4}(?:connection reset|SSL_ERROR)"
            ),
            "possible",
            "network",
        ),
        signature(near(AZURE_HOST_END, _FAILED, 200), "likely", "network"),
        signature(rf"(?:{_FAILED}).{{0,120}}?(?:{AZURE_HOST_END})", "likely", "network"),
        signature(
            r"Azure(?:OpenAI)?(?:Exception|Error)\b.{0,60}?(?:Server disconnected|Connection "
            r"(?:timed out|reset|refused|aborted)|All connection attempts failed|\[Errno \d)",
            "likely",
            "LiteLLM",
        ),
        signature(
            alone(
                r"Retry failed after \d{1,2} tries\b|proxy tunnel request to proxy|javax\.net\.ssl"
                r"|PKIX path building failed|valid certification path|SSL connection could not be"
                r" established|writing TLS control frames|OpenAI API hits APIConnectionError"
                r"|SSL_Connect\W{1,6}connection reset|tls: failed to verify"
            ),
            "possible",
            "network",
        ),
        signature(
            r"curl: \(60\) SSL certificate problem",
            "possible",
            "curl",
        ),
        signature(
            beside(
                r"/openai/deployments/",
                r"x509:|certificate signed by unknown|certificate verify failed|unable to get local"
                r" issuer|self[- ]signed certificate",
                300,
            ),
            "likely",
            "network",
        ),
        signature(
            alone(r"\bschannel: "),
            "possible",
            "curl",
        ),
        signature(
            r"tls: failed to verify certificate|remote certificate is invalid",
            "possible",
            "network",
        ),
        signature(
            r"create_ssl_context.{0,160}SSL_CERT_FILE",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"does not match certificate's altnames",
            "possible",
            "network",
        ),
    ),
)
