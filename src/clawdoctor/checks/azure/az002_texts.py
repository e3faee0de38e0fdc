"""Signatures of the error texts that mean AZ002."""

from __future__ import annotations

from clawdoctor.checks.azure.azure_patterns import AZURE_HOST_END
from clawdoctor.checks.patterns import AZURE_HOST, alone, beside, near
from clawdoctor.errors.rule import Rule, signature

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
"""What programs say if a connection fails or breaks."""

TEXTS: tuple[Rule, ...] = (
    signature(
        r"Azure(?:OpenAI)?(?:Exception|Error)\b.{0,60}?(?:APIConnectionError|Connection "
        r"?error|Cannot connect to host|ConnectError)(?!.{0,40}(?:Missing credentials"
        r"|has no attribute|Stream ended before a finish_reason))",
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
        alone(r"Error communicating with OpenAI|SSL_connect\W{1,4}(?:connection reset|SSL_ERROR)"),
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
)
