"""The error texts of AZ002, and the advice for each."""

from __future__ import annotations

from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.errors.utterance import NetworkKind

_SLOW = r"Request timed out|\bAPITimeoutError"
"""The texts of a client that was connected and waited for the answer."""

_TLS: tuple[NetworkKind, ...] = ("tls", "plain")
_NODE = Advice(
    "A program between OpenClaw and the server, usually a company's proxy, intercepts the "
    "connection and signs it with its own authority. Make the process that runs OpenClaw's "
    "gateway trust the authority that signed the connection, and restart the gateway:",
    "NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem",
    when=r"\bnode:|UNABLE_TO_|SELF_SIGNED_CERT|CERT_HAS_EXPIRED|verify the first|FetchError",
)

ADVICE = {
    STRAIGHT: Advice(
        "Test the connection on the machine where OpenClaw's gateway runs. If outgoing"
        " connections must use a company proxy, set HTTPS_PROXY for the gateway.",
        run=("curl -v https://<resource>.openai.azure.com/",),
    ),
    "certificate": Advice(
        "A program between LiteLLM and Azure, usually a company's proxy, intercepts the "
        "connection and signs it with its own authority. Make LiteLLM trust the authority that "
        "signed the connection, and restart LiteLLM:",
        "SSL_CERT_FILE=/path/to/company-ca.pem",
        straight=_NODE,
    ),
    "certificate-client": Advice(
        "A program between the client and the server, usually a company's proxy, intercepts the "
        "connection and signs it with its own authority. Make the client's machine trust the "
        "authority that signed the connection. Java has a list of its own (first command). .NET, "
        "Go, PHP, Ruby and curl use the system's list (second command).",
        run=(
            "keytool -importcert -cacerts -alias company -file company-ca.pem",
            "sudo cp company-ca.pem /usr/local/share/ca-certificates/company-ca.crt &&"
            " sudo update-ca-certificates",
        ),
        when=(
            r"PKIX path|remote certificate|trust relationship|UnknownIssuer|cURL error 60"
            r"|Faraday::SSLError|x509: certificate"
        ),
    ),
    "certificate-node": _NODE,
    "plain": Advice(
        "The server speaks plain HTTP, but the client uses HTTPS. If api_base names your own "
        "server, start api_base with http://. If the host is Azure's, HTTPS_PROXY names an HTTP "
        "proxy with https://: write http:// in that variable.",
        when=(
            r"wrong[ _]version[ _]number|packet.length.too|record[ _]layer[ _]f|gave HTTP"
            r"|frame size or a|corrupt message of"
        ),
    ),
    "other-name": Advice(
        "The server at this address has no certificate for the host name in the URL. Use the "
        "host name in the server's certificate. Reach an Azure resource by its own host name, "
        "even through a private endpoint:",
        "api_base: https://<resource>.openai.azure.com",
        straight=Advice(
            "The server at this address has no certificate for the host name in baseUrl. Use the "
            "host name in the server's certificate. Reach an Azure resource by its own host "
            "name, even through a private endpoint.",
        ),
        when=(
            r"altnames?\b.{0,200}azure|azure.{0,200}(?:n't match|not (?:match|valid for|verified))"
            r"|unrecognized.name"
        ),
    ),
    "ca-file": Advice(
        "The file that SSL_CERT_FILE names does not exist where LiteLLM runs. Correct the path, or"
        " mount the file into the container.",
        run=("docker compose exec litellm sh -c 'ls -l $SSL_CERT_FILE'",),
        when=r"create_ssl_context",
    ),
    "upstream": Advice(
        "LiteLLM answers, but cannot reach the server of this model, which api_base names, or "
        "OPENAI_BASE_URL where the proxy runs. From where the proxy runs, test the server that "
        "api_base names. In a container, localhost is the container itself.",
        run=(
            'docker compose exec litellm python3 -c "import urllib.request as r; '
            "print(r.urlopen('<api_base>/models').status)\"",
        ),
        when=r"\bOpenAIException\b",
    ),
    "forward-proxy": Advice(
        "The proxy for outgoing connections (HTTPS_PROXY) rejects the connection to Azure. Give "
        "HTTPS_PROXY the user and the password that the proxy requires, ask the proxy's owner to "
        "allow the host, or bypass it for Azure:",
        "NO_PROXY=.openai.azure.com,.cognitiveservices.azure.com,.services.ai.azure.com",
    ),
    "login": Advice(
        "LiteLLM logs in to Entra ID before it calls Azure, and cannot reach the login server from"
        " where it runs. Check its DNS, its firewall and its proxy for outgoing connections. Or"
        " use an api_key, which needs no login.",
        run=("docker compose exec litellm getent hosts login.microsoftonline.com",),
    ),
}

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "network",
        unless=_SLOW,
        network=("refused", "unreachable", "timeout", "reset"),
        host="azure",
    ),
    rule("certain", "network", network=_TLS, host="azure", advice="certificate"),
    rule(
        "certain",
        "LiteLLM",
        r"\blogin\.(?:microsoftonline|chinacloudapi)\.",
        network=("unresolved", "refused", "unreachable", "timeout", "reset", "other"),
        advice="login",
    ),
    rule(
        "likely",
        "LiteLLM",
        r"httpx|ssl\.SSLError",
        network="plain",
        host=(None,),
        alone=True,
        advice="plain",
    ),
    rule("certain", "network", network="proxied", host="azure", advice="forward-proxy"),
    rule("likely", "network", "connect ?time", network="timeout", host="azure"),
    rule("possible", "network", network="timeout", host="azure"),
    rule("likely", "network", network="other", host="azure"),
    rule(
        "likely",
        "LiteLLM",
        r"(?:Azure\w{0,8}|OpenAI)(?:Exception|Error)\b.{0,60}?(?:connection|connect|Errno)",
        unless="Missing credentials|has no attribute|Stream ended before",
        network=("refused", "unreachable", "timeout", "reset", "other"),
    ),
    rule(
        "likely",
        "network",
        unless=r"request failed \(|Azure(?:_ai)?Exception",
        network=("timeout", "reset", "unreachable", "other"),
        host=(None,),
        by="azure",
        alone=True,
    ),
    rule(
        "likely",
        "LiteLLM",
        network=_TLS,
        host=(None, "public"),
        by=("litellm", "azure"),
        advice="certificate",
    ),
    rule(
        "likely",
        "LiteLLM",
        "httpx|httpcore|aiohttp",
        network=_TLS,
        host=(None,),
        alone=True,
        advice="certificate",
    ),
    rule(
        "possible",
        "network",
        network=_TLS,
        host=(None, "public"),
        alone=True,
        advice="certificate",
    ),
    rule(
        "likely",
        "network",
        "/openai/deployments/",
        unless=_SLOW,
        network=("refused", "unreachable", "timeout", "reset", "tls", "plain", "other"),
        host=("own", "public"),
    ),
    rule("possible", "Azure's client", r"Retry failed after \d", network=("timeout", "proxied")),
    rule("likely", "LiteLLM", "create_ssl_context", "SSL_CERT_FILE", advice="ca-file"),
)
