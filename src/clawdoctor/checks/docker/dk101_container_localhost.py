"""In a container, localhost is the container itself, not the machine or another container.

What it means
-------------
The proxy, or OpenClaw, runs in a container and its config names localhost or 127.0.0.1. That
address is the container itself, where the server does not run. The error is "Cannot connect to host
localhost", "connection refused" or "Connection error.".

Why it happens
--------------
The address works outside Docker, and the config for the container still has it.

How to fix it
-------------
Reach another service of the Compose file by its name and the port inside its container:

    baseUrl: "http://litellm:4000/v1"

Reach a program on the machine itself as host.docker.internal. On Linux, the service also needs:

    extra_hosts:
      - "host.docker.internal:host-gateway"

On Linux without Docker Desktop, the program must listen on 0.0.0.0 or another address that
containers can reach, not only on 127.0.0.1.

Versions
--------
All versions of Docker Compose.

References
----------
https://docs.docker.com/compose/how-tos/networking/
https://github.com/BerriAI/litellm/issues/4494
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, recreate_service, restart_service
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.checks.docker.service_changes import name_host
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.source.change import Change, Put

_HOST = regex(r"(?<=://)(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]+)(?::\d+)?")


def check(
    compose: Compose,
    chain: Chain,
    litellm: LiteLLMConfig | None,
    openclaw: OpenClawConfig | None,
) -> Iterator[Finding]:
    """Report each localhost URL that the proxy or OpenClaw uses in its own container."""
    proxy = compose.proxy
    if (
        proxy is not None
        and litellm is not None
        and proxy.config_path == litellm.path
        and compose.is_alone(proxy)
    ):
        for deployment in litellm.deployments:
            if is_loopback(deployment.host):
                yield _proxy_finding(compose, proxy, litellm, deployment)
    agent = compose.openclaw
    if agent is None or openclaw is None or not compose.is_alone(agent):
        return
    if agent.build is not None and "litellm" in agent.build.installed:
        return  # the proxy may run in the same container
    for provider, target in chain.servers:
        if is_loopback(host_of(provider.base_url.resolved or "")):
            noun = "proxy" if target == "proxy" else "server"
            yield _openclaw_finding(compose, agent, openclaw, provider, chain, noun=noun)


def _with_host(url: str, host: str, port: int | None) -> str:
    """Return the URL with another host and port, and without user name and password."""
    return _HOST.sub(lambda _: f"{host}:{port}", url, count=1)


def _proxy_finding(
    compose: Compose, proxy: Service, litellm: LiteLLMConfig, deployment: Deployment
) -> Finding:
    url = deployment.api_base.resolved or ""
    port = port_of(url)
    meant = _container_at(compose, proxy, port)
    host, inside = meant or ("host.docker.internal", port)
    better = _with_host(url, host, inside)
    actions: tuple[Action, ...] = (restart_service(proxy),)
    snippet = f"{deployment.api_base.pointer.rpartition('/')[2]}: {better}"
    if meant is None:
        actions = (recreate_service(proxy),)
    if deployment.api_base.variable is not None:
        snippet = f"{deployment.api_base.variable}={better}"
    if deployment.api_base.hidden:
        snippet = ""
        step = Step(f"Set {deployment.api_base.variable} to the same URL with {host}:{inside}")
        actions = (step, *actions)
    written = deployment.api_base.node if deployment.api_base.state == "written" else None
    changes: tuple[Change, ...] = ()
    named = () if meant else name_host(proxy)
    if written is not None:
        changes = (Put(written, better), *named)
    if meant is None and not (changes and named):
        actions = (_on_linux(proxy), *actions)
    return Finding(
        severity=Severity.ERROR,
        message=f"api_base of {deployment.group} points to the container {proxy.name} itself",
        detail=(
            f"LiteLLM runs in the {proxy.name} container, where {host_of(url)} is the container "
            "itself, not this machine or another service."
        ),
        place=litellm.place(deployment.api_base.pointer, "the container itself"),
        consequence=f"api_base of {deployment.group} points to the container {proxy.name} itself",
        related=(compose.place(f"{proxy.pointer}/image", "the proxy runs in this container"),),
        fixes=(
            Fix(
                title=f"use the host name {host} in api_base",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=snippet,
                actions=actions,
            ),
        ),
        subjects=(deployment.id,),
    )


def _container_at(compose: Compose, asking: Service, port: int | None) -> tuple[str, int] | None:
    """Return the name and the port of another container that publishes or exposes a port."""
    for service in compose.services:
        if service.name == asking.name or service.host_network:
            continue
        for mapping in service.ports:
            if port in (mapping.host, mapping.container):
                return service.name, mapping.container
        exposed = service.node.get("expose")
        for item in exposed.items if exposed is not None else ():
            if port is not None and str(item.value).partition("/")[0] == str(port):
                return service.name, port
    return None


def _openclaw_finding(
    compose: Compose,
    agent: Service,
    openclaw: OpenClawConfig,
    provider: Provider,
    chain: Chain,
    *,
    noun: str,
) -> Finding:
    """Return the finding for a baseUrl. `noun` is the report's word for the server at that URL."""
    url = provider.base_url.resolved or ""
    proxy = compose.proxy if noun == "proxy" else None
    found = None if proxy is not None else _container_at(compose, agent, port_of(url))
    host, port = found or ("host.docker.internal", port_of(url))
    detail = f"OpenClaw runs in the {agent.name} container, where {host_of(url)} is that container."
    if proxy is None and found is None:
        detail += f" A program on the machine itself is reachable as {host}."
    elif proxy is None:
        detail += f" The {host} container listens on port {port}."
    else:
        port = proxy.container_port
        detail = (
            f"OpenClaw runs in the {agent.name} container, and LiteLLM in the {proxy.name} "
            "container. "
        )
        if proxy.host_network:
            detail += (
                f"{proxy.name} uses the network of the machine, which containers reach as {host}."
            )
        else:
            host = proxy.name
            detail += f"On their network, LiteLLM's host name is {host}."
    better = _with_host(url, host, port)
    actions: tuple[Action, ...] = (restart_service(agent), CHECK_AGAIN)
    on_host = host == "host.docker.internal"
    named = name_host(agent) if on_host else ()
    changes: tuple[Change, ...] = ()
    if provider.base_url.node is not None and not provider.base_url.variables:
        changes = (Put(provider.base_url.node, better), *named)
    if on_host:
        linux = () if changes and named else (_on_linux(agent),)
        actions = (*linux, recreate_service(agent), CHECK_AGAIN)
    elif agent.by_hand:
        network = Step(f"Start {agent.name} and {host} with the same --network")
        actions = (network, *actions)
    fix = Fix(
        title=f"use {better} as the baseUrl",
        applicability="unsafe" if changes else "manual",
        changes=changes,
        snippet=f'baseUrl: "{better}",',
        actions=actions,
    )
    if provider.base_url.hidden:
        title = f"use the host {host} and the port {port}"
        fix = Fix(title, actions=(Step(f"In the baseUrl, {title}"), *actions))
    return Finding(
        # An image that the user builds can also run a proxy.
        severity=Severity.WARNING if proxy is None and agent.builds else Severity.ERROR,
        message=f"OpenClaw looks for the {noun} in its own container ({host_of(url)})",
        detail=detail,
        place=openclaw.place(provider.base_url.pointer, f"the container of {agent.name} itself"),
        consequence=f"OpenClaw looks for the {noun} in its own container",
        fixes=(fix,),
        subjects=tuple(route.id for route in chain.routes_of(provider)),
    )


def _on_linux(service: Service) -> Step:
    """Return the step that makes host.docker.internal known in a container on Linux."""
    if service.by_hand:
        return Step(
            "On Linux, add to the docker run line: --add-host host.docker.internal:host-gateway"
        )
    return Step('On Linux, add to the service: extra_hosts: ["host.docker.internal:host-gateway"]')


CHECK = Check(
    code="DK101",
    name="container-localhost",
    stage="docker",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "likely",
            "LiteLLM",
            r"Cannot connect to host (?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1\]?):",
            advice="port",
        ),
        rule(
            "likely",
            "Docker",
            r"\b(?:in(?:side)?|within|from) (?:\w{1,12} ){0,2}?(?:docker|container)\b",
            r"(?P<host>localhost|127\.0\.0\.1)",
            network=("refused", "other"),
            host=("own", None),
            unless=r":(?:5432|6379|3306|27017)\b",
            advice="port",
        ),
    ),
    advice={
        "port": Advice(
            "In a container, localhost is the container itself. If the server on port <port> is"
            " another service of the same Compose file, replace localhost with that service's"
            " name and use the port inside its container. If the server runs on the machine"
            " itself, write host.docker.internal, which needs extra_hosts on Linux, and make the"
            " server listen on more than 127.0.0.1. If the program that printed the text does"
            " not run in a container, nothing listens on that port: start the server.",
            'baseUrl: "http://litellm:4000/v1"                   # another service\n'
            "api_base: http://host.docker.internal:<port>        # on the machine\n"
            "extra_hosts:\n"
            '  - "host.docker.internal:host-gateway"',
        ),
    },
)
