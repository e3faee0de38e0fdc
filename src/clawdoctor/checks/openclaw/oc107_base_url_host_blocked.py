"""OpenClaw refuses to send to the host of baseUrl, because its name leads to this machine.

What it means
-------------
OpenClaw protects itself against requests that are led to the machine it runs on. A baseUrl of
localhost or 127.0.0.1 is taken for what it is; another name that resolves to such an address is
blocked before anything is sent. The user sees "Connection error." and nothing else; the log says
"[security] blocked URL fetch ... reason=Blocked: resolves to private/internal/special-use IP
address".

Why it happens
--------------
A name such as litellm or proxy.lan was put into /etc/hosts for 127.0.0.1, or host.docker.internal
is used outside a container, where it leads to the machine itself.

How to fix it
-------------
Write localhost where the proxy is on the same machine:

    baseUrl: "http://localhost:4000/v1",

or allow the address for this provider:

    request: { allowPrivateNetwork: true },

Versions
--------
Seen on OpenClaw 2026.9.6. 2026.5.12 blocked every private address, also those of a local network.
Older versions were not seen to block anything.

References
----------
https://github.com/openclaw/openclaw/issues/80732
https://github.com/openclaw/openclaw/issues/79850
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.finding import Edit, Evidence, Finding, Fix, Severity, Unknown
from clawdoctor.knowledge import behaviour
from clawdoctor.probes.lookup import Lookup
from clawdoctor.run.needs import Absent

_TOPIC = "private-hosts"


def check(
    proxy: Proxy,
    lookup: Lookup,
    openclaw: OpenClawConfig,
    versions: Versions,
    compose: Compose | Absent,
) -> Iterator[Finding | Unknown]:
    """Report a host name in baseUrl that resolves to loopback, if OpenClaw blocks it."""
    provider = proxy.provider
    if provider is None or not lookup.loopback or _is_allowed(provider):
        return
    addresses, host = ", ".join(lookup.addresses), provider.base_url.quoted(lookup.host)
    if isinstance(compose, Compose) and compose.openclaw is not None:
        if any(lookup.host in service.hosts for service in compose.services):
            return  # on their network the name leads to that container
        yield Unknown(f"OpenClaw runs in a container, where {host} may lead elsewhere")
        return
    row = behaviour("openclaw", _TOPIC, versions.value("openclaw"))
    assert row is not None, "the rows of private-hosts leave a version out"
    if row.effect != "blocked":
        return
    sure = versions.openclaw is None or versions.known("openclaw")
    yield Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"OpenClaw blocks {host}: the name leads to {addresses}, this machine",
        detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}. The user sees "
        '"Connection error." and no more.',
        place=openclaw.place(provider.base_url.pointer, f"leads to {addresses}"),
        consequence=f"OpenClaw blocks {host}",
        evidence=(Evidence("dns", f"{host} resolves to {addresses}"),),
        fixes=(_fix(provider, lookup.host),),
    )


def _is_allowed(provider: Provider) -> bool:
    node = provider.node.at("/request/allowPrivateNetwork")
    return node is not None and node.value is True


def _fix(provider: Provider, host: str) -> Fix:
    written, node = provider.base_url.written or "", provider.base_url.node
    better = written.replace(host, "localhost", 1)
    edits = (Edit(node.span, f'"{better}"'),) if node is not None and host in written else ()
    return Fix(
        title="write localhost, or allow private addresses for this provider",
        applicability="unsafe",
        edits=edits,
        snippet=f'baseUrl: "{better}",' if edits else "request: { allowPrivateNetwork: true },",
        actions=(check_again("OC107"),),
    )


CHECK = Check(
    code="OC107",
    name="base-url-host-blocked",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"blocked URL fetch \(url-fetch\) targetOrigin=(?P<url>\S{1,200}) reason=Blocked",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"blocked URL fetch (?!\((?:web|browser|media))\S{0,20} ?targetOrigin=\S{1,200} "
            r"reason=Blocked|reason=Blocked hostname or private/internal/special-use IP",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Blocked(?: hostname or|: resolves to) private/internal(?:/special-use)? IP",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"SsrFBlockedError",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\[?model-fetch\]? error .{0,240}(?:Ssr\w{0,3}BlockedError|Blocked hostname"
            r"|private/internal)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Configured model provider (?P<provider>[\w.-]{1,80}) uses .{0,40}origin "
            r"(?P<url>\S{1,160}?),? "
            r"which OpenClaw blocks",
            "certain",
            "OpenClaw",
        ),
        signature(
            near(r"\ballowPrivateNetwork\b", r"\bblock(?:ed|s)?\b|SSRF", 200),
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"SSRF (?:guard|policy|check|protection)|SsrfBlockedError",
                r"\bprovider|baseUrl|\bmodel",
                200,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Blocked hostname(?: \([^)]{1,40}\))?:? (?P<host>litellm[\w.-]{0,60}"
            r"|[\w.-]{0,60}\.internal)\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Blocked:? (?:hostname or )?(?:resolves to )?private/internal"
            r"|SsrBlockedError|private/internal/?(?:special-use)? IP",
            "possible",
            "OpenClaw",
        ),
        signature(
            near(r"Ssr\w{0,3}BlockedError", r"\bapi=openai|\bprovider=", 200),
            "likely",
            "OpenClaw",
        ),
    ),
)
