"""The error texts of PX001, and the advice for each."""

from __future__ import annotations

from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule, rule
from clawdoctor.errors.utterance import NetworkKind

_MODEL = r"(?<!/api)/v1\b|chat/completions|/responses|\bLLM\b|:4000\b|port\W{1,3}4000|models\b"
_BROKEN: tuple[NetworkKind, ...] = ("refused", "unreachable", "timeout", "reset", "other")

ADVICE = {
    "name": Advice(
        "Only containers on the same network can resolve <host>. If OpenClaw runs outside "
        "Docker, publish the proxy's port and use localhost in the baseUrl of openclaw.json. If "
        "OpenClaw runs in a container, put both services on the same network. See which ports "
        "and services run:",
        "baseUrl: http://localhost:4000/v1",
        ("docker compose ps",),
    ),
    "docker-host": Advice(
        "Containers on Linux cannot resolve host.docker.internal by default. Add the name "
        "host.docker.internal to the service that sends the request, and make the proxy listen "
        "on 0.0.0.0 instead of 127.0.0.1:",
        'extra_hosts:\n  - "host.docker.internal:host-gateway"',
    ),
    "scheme": Advice(
        "The server on this port speaks plain HTTP, but the client uses HTTPS. Write http:// in "
        "the baseUrl of openclaw.json:",
        "baseUrl: http://localhost:4000/v1",
    ),
    "certificate": Advice(
        "OpenClaw does not trust the certificate of the server at baseUrl. If your company's own "
        "authority signed that certificate, set this variable for the process that runs "
        "OpenClaw's gateway, and restart the gateway. If LiteLLM itself listens there, write "
        "http:// instead of https://.",
        "NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem",
        when=r"rejected the provider endpoint|failed \(TLS cert",
    ),
    "probe": Advice(
        "The container's probe fails because LiteLLM does not listen yet: LiteLLM takes up to a "
        "minute to start. Read its log. If LiteLLM only starts slowly, wait longer before the "
        "first probe:",
        "initialDelaySeconds: 60",
        ("kubectl logs deployment/litellm",),
    ),
    "which": Advice(
        "This text has several causes. If the first command fails, start the proxy: it is not "
        "running, or listens on another port. If the proxy answers, read its log. If the log "
        'contains "AzureException", the proxy cannot reach Azure (AZ001, AZ002). If the log '
        "contains nothing, the request never arrived: the baseUrl of openclaw.json names another "
        "host or port, or OpenClaw itself blocks a private address (OC107).",
        run=("curl http://localhost:4000/health/liveliness", "clawdoctor run"),
        straight=Advice(
            "This text has several causes. Where OpenClaw runs, run the command, which shows the "
            "cause. If the command cannot resolve the host, the resource name in baseUrl is "
            "wrong (AZ001). If the command cannot connect, a firewall, a proxy or a private "
            "endpoint blocks the connection (AZ002). If Azure answers, OpenClaw itself blocks "
            "the address (OC107).",
            run=("curl -v https://<resource>.openai.azure.com/", "clawdoctor run"),
        ),
    ),
}

TEXTS: tuple[Rule, ...] = (
    rule(
        "certain",
        "OpenClaw",
        network="unresolved",
        host="own",
        by="litellm",
        alone=True,
        advice="name",
    ),
    rule("likely", "OpenClaw", _MODEL, network="unresolved", host="own", alone=True, advice="name"),
    rule("likely", "OpenClaw", _MODEL, network=_BROKEN, host="own", alone=True),
    rule(
        "likely",
        "OpenClaw",
        unless="altnames",
        network="tls",
        host="own",
        alone=True,
        advice="certificate",
    ),
    rule(
        "likely",
        "network",
        "host.docker.internal",
        network=("unresolved", "refused", "other"),
        advice="docker-host",
    ),
    rule(
        "likely",
        "LiteLLM",
        "httpx|httpcore",
        unless="UnsupportedProtocol|missing an 'http",
        network=("refused", "other"),
        host=(None,),
        alone=True,
        advice="which",
    ),
    rule(
        "likely",
        "network",
        unless=r"while connecting to upstream|/api/v\d",
        network="refused",
        host="own",
        alone=True,
    ),
    rule(
        "likely",
        "OpenClaw",
        "(?:DNS lookup for|refused by|rejected) the provider endpoint"
        r"|endpoint is unreachable from|causeCode=E|failed \(TLS cert",
        alone=True,
    ),
    rule(
        "likely",
        "OpenClaw",
        unless=r"AzureException|_ssl\.c:\d{1,5}\)$",
        network="plain",
        host=(None, "own"),
        alone=True,
        advice="scheme",
    ),
    rule(
        "possible",
        "OpenClaw",
        "LLM request failed: (?:network connection (?:error|was int)|proxy or tunnel)"
        "|network_error|reported a network error",
        advice="which",
    ),
    rule("possible", "network", network=("refused", "unresolved", "other"), alone=True),
    rule(
        "possible",
        "network",
        _MODEL,
        unless=r"azure\.com",
        network=("reset", "timeout", "other"),
        alone=True,
    ),
    rule(
        "possible",
        "LiteLLM",
        r"litellm|ollama|\bLLM\b",
        unless=r"\bdb\b|postgres|redis",
        network=("unresolved", "refused", "other", "tls", "plain"),
    ),
    rule(
        "possible",
        "OpenClaw",
        r"(?:^|[:=' ])Connection error\b|APIConnectionError",
        alone=True,
        advice="which",
    ),
    rule(
        "likely",
        "Kubernetes",
        "(?:readiness|liveness) probe failed",
        ":4000/",
        network="refused",
        advice="probe",
    ),
)
