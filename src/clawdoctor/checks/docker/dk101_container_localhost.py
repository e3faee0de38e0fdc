"""localhost in a container is the container itself, not the machine and no other container.

What it means
-------------
The proxy, or OpenClaw, runs in a container and is told to ask localhost or 127.0.0.1. That is the
container itself, where nothing of the kind listens: "Cannot connect to host localhost",
"connection refused", "Connection error.".

Why it happens
--------------
The address is right outside of Docker, and was taken over unchanged.

How to fix it
-------------
Ask another service of the Compose file by its name and the port inside its container:

    baseUrl: "http://litellm:4000/v1"

What runs on the machine itself is host.docker.internal. On Linux the service needs for that:

    extra_hosts:
      - "host.docker.internal:host-gateway"

and the program must listen on more than 127.0.0.1.

Versions
--------
All versions of Docker Compose.

References
----------
https://docs.docker.com/compose/how-tos/networking/
https://github.com/BerriAI/litellm/issues/4494
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import check_again, recreate_service
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.compose import Compose, Service
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import near
from clawdoctor.finding import Action, Command, Finding, Fix, Severity, Step

_HOST = re.compile(r"(?<=://)(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:]+)(?::\d+)?")


def check(
    compose: Compose,
    chain: Chain,
    litellm: LiteLLMConfig | None,
    openclaw: OpenClawConfig | None,
) -> Iterator[Finding]:
    """Report each localhost URL that the proxy or OpenClaw uses in its own container."""
    proxy = compose.proxy
    if proxy is None:
        return
    inside = litellm is not None and proxy.config_path == litellm.path
    if litellm is not None and inside and _is_alone(compose, proxy):
        for deployment in litellm.deployments:
            if is_loopback(deployment.host):
                yield _proxy_finding(compose, proxy, litellm, deployment)
    agent = compose.openclaw
    if agent is None or openclaw is None or not _is_alone(compose, agent):
        return
    if not any(_contains(mount.source, openclaw) for mount in agent.mounts):
        return
    for provider in chain.proxy_providers:
        if is_loopback(host_of(provider.base_url.resolved or "")):
            yield _openclaw_finding(proxy, agent, openclaw, provider, chain)


def _contains(folder: str | None, openclaw: OpenClawConfig) -> bool:
    return folder is not None and (
        openclaw.path == folder or openclaw.path.startswith(f"{folder}/")
    )


def _is_alone(compose: Compose, service: Service) -> bool:
    """Whether only this container has its localhost: it shares no network namespace."""
    sharing = {f"service:{service.name}", f"container:{service.name}"}
    named = service.node.text("container_name")
    if named:
        sharing.add(f"container:{named}")
    shared = any(other.network_of in sharing for other in compose.services)
    return not (shared or service.host_network or service.network_of)


def _with_host(url: str, host: str, port: int | None) -> str:
    """The URL with another host and port, and without user name and password."""
    return _HOST.sub(lambda _: f"{host}:{port}", url, count=1)


def _proxy_finding(
    compose: Compose, proxy: Service, litellm: LiteLLMConfig, deployment: Deployment
) -> Finding:
    url = deployment.api_base.resolved or ""
    port = port_of(url)
    others = [service for service in compose.services if service.name != proxy.name]
    meant = next(
        (
            (service.name, mapping.container)
            for service in others
            for mapping in service.ports
            if port in (mapping.host, mapping.container)
        ),
        None,
    )
    host, inside = meant or ("host.docker.internal", port)
    better = _with_host(url, host, inside)
    actions: tuple[Action, ...] = (Command(f"docker compose restart {shlex.quote(proxy.name)}"),)
    snippet = f"{deployment.api_base.pointer.rpartition('/')[2]}: {better}"
    if meant is None:
        actions = (
            Step(
                'on Linux, in the Compose file: extra_hosts: ["host.docker.internal:host-gateway"]'
            ),
            recreate_service(proxy.name),
        )
    if deployment.api_base.variable is not None:
        snippet = f"{deployment.api_base.variable}={better}"
    if deployment.api_base.hidden:
        snippet = ""
        step = Step(f"set {deployment.api_base.variable} to the same URL at {host}:{inside}")
        actions = (step, *actions)
    return Finding(
        severity=Severity.ERROR,
        message=f"api_base of {deployment.group} leads to the container of {proxy.name} itself",
        detail=f"LiteLLM runs in the container {proxy.name}. There {host_of(url)} is neither this "
        "machine nor another service.",
        place=litellm.place(deployment.api_base.pointer, "the container itself"),
        consequence=f"LiteLLM cannot reach {host_of(url)}:{port}",
        related=(compose.place(f"{proxy.pointer}/image", "the proxy runs in this container"),),
        fixes=(Fix(title=f"ask {host}", snippet=snippet, actions=actions),),
        subjects=(deployment.id,),
    )


def _openclaw_finding(
    proxy: Service, agent: Service, openclaw: OpenClawConfig, provider: Provider, chain: Chain
) -> Finding:
    url = provider.base_url.resolved or ""
    better = _with_host(url, proxy.name, proxy.container_port)
    if proxy.host_network:
        better = _with_host(url, "host.docker.internal", proxy.container_port)
    actions: tuple[Action, ...] = (
        Command(f"docker compose restart {shlex.quote(agent.name)}"),
        check_again(),
    )
    fix = Fix(title=f"write {better}", snippet=f'baseUrl: "{better}",', actions=actions)
    if provider.base_url.hidden:
        name = "host.docker.internal" if proxy.host_network else proxy.name
        title = f"use the host {name} and the port {proxy.container_port}"
        fix = Fix(title, actions=(Step(f"{title} in the baseUrl"), *actions))
    return Finding(
        severity=Severity.ERROR,
        message=f"OpenClaw asks for the proxy in its own container: {host_of(url)}",
        detail=f"OpenClaw runs in the container {agent.name}, LiteLLM in {proxy.name}. Compose "
        f"gives every service a name on its network: LiteLLM's is {proxy.name}.",
        place=openclaw.place(provider.base_url.pointer, f"the container of {agent.name} itself"),
        consequence="OpenClaw does not reach the proxy",
        fixes=(fix,),
        subjects=tuple(route.id for route in chain.routes_of(provider)),
    )


CHECK = Check(
    code="DK101",
    name="container-localhost",
    stage="docker",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"Cannot connect to host (?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0"
            r"|\[?::1\]?):(?P<port>\d{1,5})",
            "likely",
            "LiteLLM",
        ),
        signature(
            r"litellm.{0,300}HTTPConnectionPool\(host=['\"](?P<host>localhost"
            r"|127\.0\.0\.1)['\"], port=(?P<port>\d{1,5})\)",
            "likely",
            "LiteLLM",
        ),
        signature(
            near(
                r"(?:docker|container)",
                r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:reach"
                r"|connect)[^.]{0,60}?(?P<host>localhost|127\.0\.0\.1):(?P<port>\d{2,5})",
                200,
            ),
            "possible",
            "Docker",
        ),
        signature(
            near(
                r"litellm|openclaw",
                r"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:reach"
                r"|connect)[^.]{0,60}?(?P<host>localhost|127\.0\.0\.1):(?P<port>\d{2,5})",
                200,
            ),
            "likely",
            "LiteLLM",
        ),
        signature(
            r"api_base[=: '\"]{1,4}https?://(?P<host>localhost|127\.0\.0\.1):(?P<port>\d{2,5})"
            r"|localhost (?:inside|in|within) (?:a |the )?(?:docker|container)",
            "possible",
            "LiteLLM",
        ),
    ),
)
