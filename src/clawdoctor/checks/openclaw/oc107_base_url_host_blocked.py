"""OpenClaw blocks the host of baseUrl because its address is private.

What it means
-------------
OpenClaw blocks requests to private addresses to protect its own network. It accepts a baseUrl with
localhost or 127.0.0.1, but blocks any other name that resolves to such an address. Some versions
block every private address. OpenClaw then sends no request. It shows only "Connection error."
or "LLM request failed: network connection error."; the log contains "[security] blocked URL fetch
... reason=Blocked: resolves to private/internal/special-use IP address". If baseUrl itself contains
the address, or a name such as host.docker.internal, the reason is "Blocked hostname or
private/internal/special-use IP address".

Why it happens
--------------
/etc/hosts maps a name such as litellm or proxy.lan to 127.0.0.1, or host.docker.internal is used
outside a container, where it resolves to the machine itself. Or the server is on the local network,
in a VPN such as Tailscale or in another container, and this version of OpenClaw blocks such
addresses.

How to fix it
-------------
If the proxy is on the same machine, use localhost:

    baseUrl: "http://localhost:4000/v1",

Or allow private addresses for this provider:

    request: { allowPrivateNetwork: true },

Versions
--------
OpenClaw 2026.5.12 and 2026.5.14-beta.1 block every private address except loopback, and users
report the same for 2026.5.10. 2026.5.14-beta.2 and later accept the address in baseUrl. 2026.5.12,
2026.7.1 and 2026.9.6 block a name that resolves to loopback. 2026.2.17, 2026.3.13 and 2026.3.22 do
not block any address, and 2026.5.7 does not block private addresses. It is not known what 2026.4.1
to 2026.5.6 do.

References
----------
https://github.com/openclaw/openclaw/issues/80732
https://github.com/openclaw/openclaw/pull/80751
https://github.com/openclaw/openclaw/issues/79850
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_host import host_of, is_loopback
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Step, Unknown
from clawdoctor.knowledge import Behaviour, behaviour
from clawdoctor.probes.lookup import Lookup
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import Put, put
from clawdoctor.wire.openclaw_refusal import INTERNAL_NAMES, allows_private, is_blocked

_TOPIC = "private-hosts"
_PRIVATE, _NOT_SEEN = "private", "not-seen"


def check_lookup(
    proxy: Proxy,
    lookup: Lookup,
    openclaw: OpenClawConfig,
    versions: Versions,
    compose: Compose | Absent,
) -> Iterator[Finding | Unknown]:
    """Report a host name in baseUrl that resolves to an address OpenClaw blocks."""
    provider, row = proxy.provider, _row(versions)
    if provider is None or allows_private(provider) or _is_beside(lookup.host, compose):
        return
    if row.effect == _NOT_SEEN and any(is_blocked(each, _PRIVATE) for each in lookup.addresses):
        yield Unknown(_unseen(provider, lookup.host, versions))
        return
    if row.effect == _PRIVATE and lookup.host.endswith(INTERNAL_NAMES):
        return  # blocked whatever it resolves to
    blocked = [address for address in lookup.addresses if is_blocked(address, row.effect)]
    if not blocked:
        return
    addresses, host = ", ".join(lookup.addresses), provider.base_url.quoted(lookup.host)
    if isinstance(compose, Compose) and compose.openclaw is not None:
        yield Unknown(f"OpenClaw runs in a container, where {host} may resolve to another address")
        return
    what = f"{addresses} (this machine)" if lookup.loopback else f"the private address {addresses}"
    yield _finding(
        provider,
        openclaw,
        versions,
        message=f"OpenClaw blocks {host} because it resolves to {what}",
        label=f"resolves to {addresses}",
        evidence=(Evidence("dns", f"{host} resolves to {addresses}"),),
        fix=_fix(provider, lookup.host if lookup.loopback else None, row),
    )


def check_file(
    proxy: Proxy,
    openclaw: OpenClawConfig,
    versions: Versions,
    compose: Compose | Absent,
) -> Iterator[Finding | Unknown]:
    """Report a private address, or the name of a container, that OpenClaw blocks."""
    provider, row = proxy.provider, _row(versions)
    host = host_of(provider.base_url.resolved or "") if provider is not None else None
    if provider is None or host is None or allows_private(provider):
        return
    named = host.endswith(INTERNAL_NAMES) or _is_beside(host, compose)
    if row.effect not in (_PRIVATE, _NOT_SEEN) or is_loopback(host):
        return
    if not named and not is_blocked(host, _PRIVATE):
        return
    if row.effect == _NOT_SEEN:
        yield Unknown(_unseen(provider, host, versions))
        return
    shown = provider.base_url.quoted(host)
    what = "resolves to a private address" if named else "is a private address"
    yield _finding(
        provider,
        openclaw,
        versions,
        message=f"OpenClaw blocks {shown} because it {what}",
        label=what,
        evidence=(),
        fix=_fix(provider, None, row),
    )


def _unseen(provider: Provider, host: str, versions: Versions) -> str:
    """Return the reason why it is not known whether OpenClaw blocks a private address."""
    shown = provider.base_url.quoted(host)
    stated = versions.stated("openclaw", "OpenClaw")
    return f"{shown} is private; {_row(versions).says}; {stated}"


def _row(versions: Versions) -> Behaviour:
    row = behaviour("openclaw", _TOPIC, versions.value("openclaw"))
    assert row is not None, "the rows of private-hosts leave a version out"
    return row


def _is_beside(host: str, compose: Compose | Absent) -> bool:
    """Return whether a host is the name of a container on the network of OpenClaw's container."""
    if not isinstance(compose, Compose) or compose.openclaw is None:
        return False
    return not compose.openclaw.host_network and any(
        host in service.hosts for service in compose.services
    )


def _finding(
    provider: Provider,
    openclaw: OpenClawConfig,
    versions: Versions,
    *,
    message: str,
    label: str,
    evidence: tuple[Evidence, ...],
    fix: Fix,
) -> Finding:
    sure = versions.openclaw is None or versions.known("openclaw")
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=message,
        detail=f"{_row(versions).says}; {versions.stated('openclaw', 'OpenClaw')}. Its "
        'only error text is "Connection error.".',
        place=openclaw.place(provider.base_url.pointer, label),
        consequence=message,
        evidence=evidence,
        fixes=(fix,),
    )


def _fix(provider: Provider, local_name: str | None, row: Behaviour) -> Fix:
    """Return the fix: localhost instead of a name of this machine, or allow private addresses."""
    setting = provider.base_url
    written, node = setting.written or "", setting.node
    if local_name is not None and node is not None and local_name in written:
        better = written.replace(local_name, "localhost", 1)
        return Fix(
            title="use localhost in baseUrl",
            applicability="unsafe",
            snippet=f'baseUrl: "{better}",',
            actions=(CHECK_AGAIN,),
            changes=(Put(node, better),),
        )
    later = Step("Or update OpenClaw to the newest version, which accepts this address")
    update = (later,) if row.until is not None else ()
    return Fix(
        title="allow private addresses for this provider",
        applicability="unsafe",
        snippet="request: { allowPrivateNetwork: true },",
        actions=(*update, CHECK_AGAIN),
        changes=put(provider.node, "/request/allowPrivateNetwork", True),
    )


CHECK = Check(
    code="OC107",
    name="base-url-host-blocked",
    stage="openclaw",
    scope="route",
    run=check_lookup,
    live=check_file,
    documentation=__doc__,
    predicts=(
        "invalid-base-url",
        "blocked-host",
    ),
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"blocked URL fetch (?!\((?:web|browser|media))",
            r"targetOrigin=(?P<url>\S{1,200}) reason=Blocked",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"Ssr\w{0,3}BlockedError|Blocked hostname|private/internal|which OpenClaw blocks",
            r"\[?model-fetch\]? error |\bapi=openai|\bprovider=|Configured model provider"
            r"|LLM request",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\ballowPrivateNetwork\b|SSRF (?:guard|policy|check|protection)|SsrfBlockedError",
            r"\bblock(?:ed|s)?\b",
            r"\bprovider|baseUrl|\bmodel|\ballowPrivateNetwork",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"Blocked hostname(?: \([^)]{1,40}\))?:? (?P<host>litellm[\w.-]{0,60}"
            r"|[\w.-]{0,60}\.internal)\b",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"Ssr\w{0,3}BlockedError|\bprivate/internal/?\S{0,14} IP"
            "|resolves to (?:an )?internal address",
            advice="which",
        ),
    ),
    advice={
        "which": Advice(
            "OpenClaw blocked a request to a private address. If the log names a provider or "
            "targetOrigin=<baseUrl of a provider>, allow private addresses for this provider as "
            "below. If the log names a web page or a tool (web_fetch, browser), the block is "
            "intended and does not affect requests to the model.",
            "request: { allowPrivateNetwork: true },",
        ),
    },
)
