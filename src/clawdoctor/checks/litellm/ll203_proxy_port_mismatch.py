"""OpenClaw asks at another port than the one on which the running proxy listens.

What it means
-------------
baseUrl in openclaw.json names a port of this machine, and the litellm that was started with your
LiteLLM config listens on another one. OpenClaw is refused, or talks to some other program, and says
"network connection error" or times out.

Why it happens
--------------
The port was changed in one of the two places: behind --port where LiteLLM is started, or in
baseUrl. Where a Compose service runs the proxy, DK104 looks at its ports.

How to fix it
-------------
Write the proxy's port into openclaw.json:

    baseUrl: "http://localhost:4000/v1"

or start the proxy on the port that stands there: litellm --config litellm_config.yaml --port 4010

Versions
--------
All versions of both programs.

References
----------
https://docs.litellm.ai/docs/proxy/cli
https://docs.litellm.ai/docs/proxy/config_settings
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of, split
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import DEFAULT_PORT
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.processes import runs_config
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.finding import Evidence, Finding, Fix, Severity, Step
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Process, Situation
from clawdoctor.source.change import Put

_PORT = "PORT"
_OTHERS = (80, 443)
"""Ports on which usually another server forwards to the proxy."""


def check(
    situation: Situation,
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | Absent,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report each local provider on whose port the proxy with this config does not listen."""
    in_container = isinstance(compose, Compose) and compose.proxy is not None
    if situation.proxy_url is not None or in_container:
        return  # clawdoctor uses the given URL; DK104 checks Compose ports
    path = litellm.path if isinstance(litellm, LiteLLMConfig) else None
    if path is not None and not situation.processes:
        yield from _unusual_port_findings(situation, chain, openclaw)
    ours = [process for process in situation.processes if runs_config(process, path)]
    ports = {port: process for process in ours for port in process.ports}
    taken = {port for process in situation.processes for port in process.ports}
    for provider in chain.proxy_providers if ports else ():
        url = provider.base_url.resolved or ""
        port = port_of(url)
        if port is not None and is_loopback(host_of(url)) and port not in taken:
            yield _mismatch_finding(provider, port, ports, openclaw, chain)


def _unusual_port_findings(
    situation: Situation, chain: Chain, openclaw: OpenClawConfig
) -> Iterator[Finding]:
    """Report, as no proxy runs here, a port other than the one that LiteLLM uses by default."""
    written = situation.environ.get(_PORT) or ""
    usual = int(written) if written.isdecimal() else DEFAULT_PORT
    for provider in chain.proxy_providers:
        url = provider.base_url.resolved or ""
        port = port_of(url)
        if port in (None, usual, *_OTHERS) or not is_loopback(host_of(url)):
            continue
        yield Finding(
            severity=Severity.INFO,
            message=f"OpenClaw asks at port {port}; LiteLLM listens on {usual} unless it is told "
            "otherwise",
            detail=f"Right if the proxy is started with --port {port}, or something on this "
            "machine leads there.",
            place=openclaw.place(provider.base_url.pointer, f"LiteLLM's own port is {usual}"),
            consequence=f"nothing may listen on port {port}",
            fixes=(_fix(provider, usual),),
            subjects=tuple(route.id for route in chain.routes_of(provider)),
        )


def _mismatch_finding(
    provider: Provider,
    port: int,
    ports: dict[int, Process],
    openclaw: OpenClawConfig,
    chain: Chain,
) -> Finding:
    listed = " and ".join(str(listening) for listening in sorted(ports))
    return Finding(
        # A server in front of the proxy may listen on one of these ports.
        severity=Severity.WARNING if port in _OTHERS else Severity.ERROR,
        message=f"OpenClaw asks at port {port}, and the proxy listens on {listed}",
        detail="The litellm that runs with this config was started with another port than baseUrl "
        "has.",
        place=openclaw.place(provider.base_url.pointer, f"the proxy's port is {listed}"),
        consequence=f"the proxy does not listen on port {port}",
        evidence=tuple(
            Evidence("env", f"process {process.pid} runs LiteLLM on port {listening}")
            for listening, process in sorted(ports.items())
        ),
        fixes=(_fix(provider, min(ports)),),
        subjects=tuple(route.id for route in chain.routes_of(provider)),
    )


def _fix(provider: Provider, port: int) -> Fix:
    setting = provider.base_url
    parts = split(setting.written or "")
    if setting.node is None or setting.variables or parts is None or parts.hostname is None:
        names = ", ".join(setting.variables) or "baseUrl"
        return Fix(
            title=f"use port {port}",
            actions=(
                Step(f"set {names} to the same address with port {port}"),
                CHECK_AGAIN,
            ),
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = parts._replace(netloc=f"{host}:{port}").geturl()
    return Fix(
        title=f"write {url}",
        applicability="unsafe",
        changes=(Put(setting.node, url),),
        snippet=f'baseUrl: "{url}"',
        actions=(CHECK_AGAIN,),
    )


CHECK = Check(
    code="LL203",
    name="proxy-port-mismatch",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("OC003",),
)
