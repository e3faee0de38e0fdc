"""The host name or port in OpenClaw's baseUrl does not point to LiteLLM's container.

What it means
-------------
A container's ports are closed to the host until `ports` publishes them as HOST:CONTAINER. OpenClaw
outside Docker connects to the host's port. OpenClaw inside Docker connects to the service's name
and the container's port. If the port does not match, the connection is refused. If the name does
not match, it does not resolve.

Why it happens
--------------
`ports` is missing, the two numbers are swapped or changed on one side only, the port is bound to
another address, or the baseUrl has a name that no service has. Or the port is in use. If another
container uses it, Docker says "Bind for 0.0.0.0:4000 failed: port is already allocated". If a
program uses it, Docker says "listen tcp ...: bind: address already in use"; Docker Desktop puts
"Ports are not available: exposing port TCP 0.0.0.0:4000" in front, and on Windows ends with "Only
one usage of each socket address".

How to fix it
-------------
Publish the port that OpenClaw's baseUrl uses, and map it to the port that LiteLLM listens on:

    ports:
      - "127.0.0.1:4000:4000"

If the port is in use, choose another port on the left and write it in OpenClaw's baseUrl.

Versions
--------
All versions of Docker Compose.

References
----------
https://docs.docker.com/reference/compose-file/services/#ports
https://docs.litellm.ai/docs/proxy/deploy
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN, start_service
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.compose.port import interface
from clawdoctor.chain.endpoint import Endpoints, Proxy
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.checks.docker.dk104_name import unknown_name_finding
from clawdoctor.checks.docker.service_changes import map_port, publish_port
from clawdoctor.checks.docker.snippets import port_snippet
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.probes.http import NoAnswer
from clawdoctor.probes.proxy import Liveness
from clawdoctor.run.facts import Facts
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Change, Put

_PORT = regex(r":\d+(?=[/?#]|$)")


def check(
    compose: Compose,
    chain: Chain,
    openclaw: OpenClawConfig,
    situation: Situation,
    endpoints: Endpoints,
    facts: Facts,
) -> Iterator[Finding]:
    """Report each baseUrl whose name or port does not lead from OpenClaw to the proxy.

    If nothing answers on the port, no other proxy uses it, and the finding is certain.
    """
    service = compose.proxy
    if service is None or service.network_of is not None:
        return
    for provider in chain.proxy_providers:
        url = (provider.base_url.resolved or "").strip()
        host, port = host_of(url), port_of(url)
        if host is None or port is None:
            continue
        finding = None
        if host in service.hosts:
            finding = _network_finding(service, provider, openclaw, port)
        elif is_loopback(host) and compose.openclaw is None:
            if _is_taken(compose, service, situation, port):
                continue
            finding = _host_finding(compose, service, provider, openclaw, port)
            if finding is not None and _is_silent(endpoints.proxy_of(provider), facts):
                finding = replace(finding, severity=Severity.ERROR)
        else:
            finding = unknown_name_finding(compose, service, provider, openclaw, host)
        if finding is not None:
            subjects = tuple(route.id for route in chain.routes_of(provider))
            yield replace(finding, subjects=subjects)


def _is_silent(proxy: Proxy | None, facts: Facts) -> bool:
    """Return whether nothing answers at the address that OpenClaw uses."""
    liveness = facts.known(Liveness, proxy) if proxy is not None else None
    return liveness is not None and isinstance(liveness.result, NoAnswer)


def _is_taken(compose: Compose, service: Service, situation: Situation, port: int) -> bool:
    """Return whether another service, or a LiteLLM outside Docker, uses that port."""
    for other in compose.services:
        if other.name != service.name and port in {mapping.host for mapping in other.ports}:
            return True
    return any(process.port == port for process in situation.processes)


def _host_finding(
    compose: Compose, service: Service, provider: Provider, openclaw: OpenClawConfig, port: int
) -> Finding | None:
    inside = service.container_port
    url_place = openclaw.place(
        provider.base_url.pointer, f"OpenClaw uses port {port} of this machine"
    )
    published = [mapping for mapping in service.ports if mapping.host == port]
    for mapping in published:
        if mapping.container != inside:
            return _finding(
                f"port {port} leads to port {mapping.container} of {service.name}, but LiteLLM "
                f"listens on {inside}",
                _labelled(mapping.place, f"LiteLLM listens on {inside}"),
                url_place,
                _publish_fix(
                    service, port, inside, map_port(compose, mapping.place.pointer, port, inside)
                ),
            )
    if any(interface(mapping) != "other" for mapping in published):
        return None
    if published:
        address = published[0].shown_ip
        return _finding(
            f"port {port} of {service.name} is published only on {address}, but OpenClaw uses "
            f"{host_of(provider.base_url.resolved or '')}",
            _labelled(published[0].place, f"published only on {address}"),
            url_place,
            replace(
                _publish_fix(service, port, inside, ()), title=f"publish port {port} on 127.0.0.1"
            ),
        )
    return _closed_port_finding(compose, service, url_place, provider, port)


def _closed_port_finding(
    compose: Compose, service: Service, url_place: Place, provider: Provider, port: int
) -> Finding:
    inside = service.container_port
    published = next((mapping for mapping in service.ports if mapping.container == inside), None)
    unassigned = next(
        (mapping for mapping in service.unassigned_ports if mapping.container == inside), None
    )
    # Another port may belong to a tunnel or to another proxy.
    severity = Severity.ERROR if port == inside else Severity.WARNING
    if published is not None:
        return _finding(
            f"OpenClaw uses port {port}, but {service.name} is published on port {published.host}",
            _labelled(published.place, f"port {published.host} leads to LiteLLM"),
            url_place,
            _url_fix(provider, published.host, f"use port {published.host} in the baseUrl"),
            severity,
        )
    if unassigned is not None:
        return _finding(
            f"{service.name} is published on a port that Docker chooses, but OpenClaw uses {port}",
            _labelled(unassigned.place, "no host port"),
            url_place,
            _publish_fix(
                service, port, inside, map_port(compose, unassigned.place.pointer, port, inside)
            ),
            severity,
        )
    return _finding(
        f"{service.name} does not publish port {inside}, so this machine cannot reach it",
        compose.place(f"{service.pointer}/ports", "does not publish LiteLLM's port"),
        url_place,
        _publish_fix(
            service,
            port,
            inside,
            publish_port(service, port, inside),
            safe=severity is Severity.ERROR,
        ),
        severity,
    )


def _network_finding(
    service: Service, provider: Provider, openclaw: OpenClawConfig, port: int
) -> Finding | None:
    """Return the finding for a published port in a URL with the service's name.

    Inside Docker's network only the container's own port counts.
    """
    inside = service.container_port
    published = next((mapping for mapping in service.ports if mapping.host == port), None)
    if port == inside or published is None or published.container != inside:
        return None
    return _finding(
        f"OpenClaw uses port {port} of {service.name}, which is published only on the host",
        openclaw.place(provider.base_url.pointer, f"on Docker's network, use {inside}"),
        _labelled(published.place, f"{port} is the host's port"),
        _url_fix(provider, inside, f"use port {inside} in the baseUrl", safe=True),
    )


def _finding(
    message: str, place: Place, related: Place, fix: Fix, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(
        severity=severity,
        message=message,
        detail=(
            "Docker publishes a port as HOST:CONTAINER. Programs outside Docker use the left "
            "port, containers use the right port."
        ),
        place=place,
        consequence=message,
        related=(related,),
        fixes=(fix,),
    )


def _labelled(place: Place, label: str) -> Place:
    return Place(place.path, place.pointer, place.span, label)


def _publish_fix(
    service: Service, port: int, inside: int, changes: tuple[Change, ...], *, safe: bool = True
) -> Fix:
    edited = changes and not service.by_hand
    return Fix(
        title=f"publish port {port}",
        applicability="manual" if not edited else "safe" if safe else "unsafe",
        changes=changes if edited else (),
        snippet=port_snippet(service, port, inside),
        actions=(start_service(service), CHECK_AGAIN),
    )


def _url_fix(provider: Provider, port: int, title: str, *, safe: bool = False) -> Fix:
    setting = provider.base_url
    if setting.hidden:
        names = ", ".join(setting.variables)
        step = Step(f"Set {names} so that the URL has port {port}")
        return Fix(title=title, actions=(step, CHECK_AGAIN))
    url = _PORT.sub(f":{port}", setting.resolved or "", count=1)
    node = setting.node if not setting.variables else None
    return Fix(
        title=title,
        applicability="manual" if node is None else "safe" if safe else "unsafe",
        changes=() if node is None else (Put(node, url),),
        snippet=f'baseUrl: "{url}",',
        actions=(CHECK_AGAIN,),
    )


_OTHERS = r":(?:11434|5432|6379|3306|27017|80|443|22|18789)\b"
"""Ports of services other than a proxy."""

CHECK = Check(
    code="DK104",
    name="port-not-published",
    stage="docker",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("LL203",),
    texts=(
        rule(
            "likely",
            "Docker",
            r"(?:Bind for|listen tcp[46]?|port for) (?P<address>[\d.\[:\]]{0,45}:\d{2,5})\b",
            unless=_OTHERS,
            network="in-use",
            host=("own", None),
            advice="taken",
        ),
        rule(
            "certain",
            "Docker",
            r"Ports are not available: .{0,80}listen tcp[46]? (?P<address>[\d.]{0,15}:\d{4,5})",
            "forbidden by its access permissions",
            advice="reserved",
        ),
        rule(
            "possible",
            "Docker",
            "forbidden by its access|failed to bind|address already in use|have free ports",
            advice="taken",
        ),
    ),
    advice={
        "taken": Advice(
            "Another program or container already listens on this port, often an older LiteLLM."
            " Find it and stop it if nothing needs it. Otherwise publish another port on the"
            " left and write that port in OpenClaw's baseUrl:",
            'ports:\n  - "127.0.0.1:4001:4000"\n'
            'baseUrl: "http://127.0.0.1:4001/v1"         # openclaw.json',
            run=("docker ps --filter publish=<port>", "sudo ss -ltnp 'sport = :<port>'"),
        ),
        "reserved": Advice(
            "Windows has reserved this port (Hyper-V reserves ranges of ports at startup),"
            " or another program uses it. Check whether the port is in a reserved range. If it"
            " is, restart WinNAT as an administrator, or publish another port and write it in"
            " OpenClaw's baseUrl:",
            'ports:\n  - "127.0.0.1:14000:4000"',
            run=(
                "netsh interface ipv4 show excludedportrange protocol=tcp",
                "net stop winnat && net start winnat",
            ),
        ),
    },
)
