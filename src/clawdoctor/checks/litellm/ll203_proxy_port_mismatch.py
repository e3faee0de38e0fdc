"""OpenClaw's baseUrl has a different port from the running proxy.

What it means
-------------
baseUrl in openclaw.json points to a port of this machine, but the litellm that runs with your
LiteLLM config listens on another port. OpenClaw's connection is refused or reaches another program,
and OpenClaw fails, with "network connection error" in 2026.3.22 and later, or times out.

Why it happens
--------------
The port was changed in only one of the two places: in the --port option of LiteLLM, or in baseUrl.
If a Compose service runs the proxy, DK104 checks its ports.

How to fix it
-------------
Set the proxy's port in openclaw.json:

    baseUrl: "http://localhost:4000/v1"

Or start the proxy on the port in baseUrl: litellm --config litellm_config.yaml --port 4010

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
"""Ports on which another server usually listens and forwards to the proxy."""


def check(
    situation: Situation,
    chain: Chain,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | Absent,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report each local provider whose port is not a port of the proxy with this config."""
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
    """Report a port other than LiteLLM's default port if no proxy runs here."""
    written = situation.environ.get(_PORT) or ""
    usual = int(written) if written.isdecimal() else DEFAULT_PORT
    for provider in chain.proxy_providers:
        url = provider.base_url.resolved or ""
        port = port_of(url)
        if port in (None, usual, *_OTHERS) or not is_loopback(host_of(url)):
            continue
        yield Finding(
            severity=Severity.INFO,
            message=f"OpenClaw uses port {port}, but LiteLLM listens on {usual} by default",
            detail=f"There is nothing to do if you start the proxy with --port {port}, or if "
            "something on this machine forwards the port to it.",
            place=openclaw.place(provider.base_url.pointer, f"LiteLLM's default port is {usual}"),
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
        message=f"OpenClaw uses port {port}, but the proxy listens on {listed}",
        detail="The LiteLLM that runs with this config does not listen on the port in baseUrl.",
        place=openclaw.place(provider.base_url.pointer, f"the proxy's port is {listed}"),
        consequence=f"the proxy does not listen on port {port}, which OpenClaw uses",
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
                Step(f"Set {names} to the same address with port {port}"),
                CHECK_AGAIN,
            ),
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = parts._replace(netloc=f"{host}:{port}").geturl()
    return Fix(
        title=f"set baseUrl to {url}",
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
