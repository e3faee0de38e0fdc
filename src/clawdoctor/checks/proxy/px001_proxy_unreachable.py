"""No proxy answers at OpenClaw's baseUrl.

What it means
-------------
OpenClaw sends its requests to the baseUrl of its provider, and no proxy answers there: the
connection is refused, the host name does not resolve, TLS fails, or the request times out. OpenClaw
retries and then says "connection refused by the provider endpoint" or "network connection error"
(2026.3.22 and later).

Why it happens
--------------
Usually the proxy is not running: it failed to start, or nobody started it. Or it does not listen
where the baseUrl points: it uses another port, it runs in a container whose port is not published,
or it serves https while the baseUrl says http.

How to fix it
-------------
Start the proxy:

    litellm --config litellm_config.yaml --port 4000

In another terminal, check that it answers:

    curl http://localhost:4000/health/liveliness

If it exits at once, its last lines of output say why. If it runs on another port, correct the
baseUrl.

Versions
--------
All versions. OpenClaw 2026.9.6 retries for about a minute and a half, 2026.8.2 for a few seconds.
If port 4000 is in use, LiteLLM silently listens on a random port instead.

References
----------
https://docs.litellm.ai/docs/proxy/quick_start
https://docs.litellm.ai/docs/proxy/health
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from clawdoctor.chain.advice import (
    CHECK_AGAIN,
    RESTART_OPENCLAW,
    restart_proxy,
    show_service_log,
    start_service,
)
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import DEFAULT_PORT
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.checks.proxy.px001_texts import ADVICE, TEXTS
from clawdoctor.checks.turn_finding import turn_finding
from clawdoctor.finding import Action, Command, Finding, Fix, Place, Severity, Step
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer, NoAnswer
from clawdoctor.probes.proxy import ALIVE_PATH, BEHIND_GATEWAY, Liveness
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question

_PROBLEMS = {
    "refused": "nothing is listening on {where}",
    "dns": "the host name {host} does not resolve",
    "tls": "{where} does not speak https",
    "certificate": "{where} has a certificate that this machine does not trust",
    "timeout": "{where} does not answer",
    "reset": "{where} closes the connection",
    "unreachable": "this machine has no route to {where}",
    "protocol": "{where} does not answer in HTTP",
    "gateway": "{gateway} answers {status} at {where}, but the server behind it does not",
}
_WHY = {
    "refused": "The proxy is not running, or it is listening on a different port from the one in "
    "baseUrl.",
    "dns": (
        "The host name in the baseUrl is wrong, or only another machine or a container can "
        "resolve it."
    ),
    "tls": (
        "The baseUrl says https, but LiteLLM serves plain http unless you configure a certificate."
    ),
    "certificate": (
        "OpenClaw trusts the public authorities and those in NODE_EXTRA_CA_CERTS. If OpenClaw "
        "has the right authority there, ignore this finding."
    ),
    "timeout": (
        "The proxy is still starting (up to 40 seconds), it hangs, or a firewall drops the request."
    ),
    "reset": (
        "A server accepts the connection and then closes it. It may require https, or it crashed."
    ),
    "unreachable": "The host in the baseUrl is on a network that this machine cannot reach.",
    "protocol": (
        "The program there is not a web server, or it serves https while the baseUrl says http."
    ),
    "gateway": "A gateway gives this answer if the server to which it forwards is down.",
}
_WHY_SERVER = {
    "refused": "The server is not running, or it is listening on a different port from the one in "
    "baseUrl.",
    "tls": "The baseUrl says https, but the server does not support it.",
    "timeout": "The server hangs, or a firewall drops the request.",
    "gateway": "A gateway gives this answer if the server to which it forwards is down.",
}
_WRONG_HOST = ("dns", "unreachable")
_WRONG_SCHEME = ("tls", "protocol")
_SOMETHING_THERE = ("timeout", "reset", "protocol")


def check(
    proxy: Proxy,
    liveness: Liveness,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig | None,
    compose: Compose | None,
    environment: Environment,
) -> Iterator[Finding]:
    """Report a proxy that does not answer, or a gateway that cannot reach it."""
    result = liveness.result
    kind: str
    if not isinstance(result, Answer):
        is_certificate = result.failure == "tls" and result.detail.startswith("certificate")
        kind = "certificate" if is_certificate else result.failure
    elif result.status in BEHIND_GATEWAY and not liveness.is_litellm:
        kind = "gateway"
    else:
        return
    yield Finding(
        severity=Severity.WARNING if kind == "certificate" else Severity.ERROR,
        message=_PROBLEMS[kind].format(
            where=proxy.address,
            host=_host(proxy),
            gateway=_gateway(result),
            status=result.status if isinstance(result, Answer) else "",
        ),
        detail=_WHY[kind] if proxy.expected else _WHY_SERVER.get(kind, _WHY[kind]),
        place=_place(proxy, openclaw),
        consequence=f"no {proxy.noun} answers at {proxy.address}",
        evidence=(http_evidence(result),),
        fixes=(_fix(proxy, kind, litellm, compose, environment.env_file, _gateway(result)),),
        live=kind in _WRONG_SCHEME,
    )


def _gateway(result: Answer | NoAnswer) -> str:
    """Return the name of the gateway that answers, for use in a sentence."""
    server = (result.headers.get("server") or "") if isinstance(result, Answer) else ""
    name = server.partition("/")[0]
    return name if name.isalpha() else "a gateway"


def _host(proxy: Proxy) -> str:
    """Return the host as a report may quote it."""
    return proxy.quoted(host_of(proxy.url or "") or "")


def _place(proxy: Proxy, openclaw: OpenClawConfig | None) -> Place | None:
    if proxy.provider is None or openclaw is None:
        return None
    return openclaw.place(proxy.provider.base_url.pointer, f"no {proxy.noun} answers here")


def _fix(
    proxy: Proxy,
    kind: str,
    litellm: LiteLLMConfig | None,
    compose: Compose | None,
    env_file: str | None,
    gateway: str,
) -> Fix:
    url = proxy.url or ""
    shown = proxy.address in url
    ask: Action = Command(f"curl {shlex.quote(url + ALIVE_PATH)}")
    if not shown or not proxy.expected:
        ask = CHECK_AGAIN
    if kind == "certificate":
        variable = "NODE_EXTRA_CA_CERTS"
        test = Command(f'curl --cacert "${variable}" {shlex.quote(url + ALIVE_PATH)}')
        return Fix(
            title=f"set {variable} to the authority's certificate where OpenClaw's gateway starts",
            actions=(
                Step(f"Run export {variable}=/path/to/authority.pem, and test the certificate"),
                test if shown else CHECK_AGAIN,
                Step(f"Set {variable} in the shell or service that starts OpenClaw's gateway"),
                RESTART_OPENCLAW,
            ),
        )
    if kind == "tls":
        plain = url.replace("https://", "http://", 1)
        if not shown:
            return Fix(
                title="in openclaw.json, use http:// in the baseUrl",
                actions=(Step("Write http:// in the baseUrl"), ask),
            )
        http = Command(f"curl {shlex.quote(plain + ALIVE_PATH)}")
        return Fix(
            title="in openclaw.json, use http:// in the baseUrl",
            snippet=f'baseUrl: "{plain}/v1",',
            actions=(http,),
        )
    if kind in _WRONG_HOST:
        port = port_of(url) or DEFAULT_PORT
        return Fix(
            title="in openclaw.json, correct the host in the baseUrl",
            snippet=f'baseUrl: "http://<where the {proxy.noun} runs>:{port}/v1",',
            actions=(ask,),
        )
    local = is_loopback(host_of(url))
    if compose is not None and compose.proxy is not None and local:
        log = show_service_log(compose.proxy)
        start: tuple[Action, ...] = (start_service(compose.proxy), log)
    elif kind == "gateway":
        start = (Step(f"Start the {proxy.noun} on the port to which {gateway} forwards"),)
    elif local and litellm is not None and proxy.expected:
        start = (restart_proxy(litellm.path, port_of(url) or DEFAULT_PORT, env_file),)
        if kind in _SOMETHING_THERE:
            held = Command(f"lsof -i :{port_of(url)}")
            start = (held, Step("Stop the program on this port, or wait until it is ready"), *start)
    else:
        start = (Step(f"Start the {proxy.noun} on {_host(proxy)}, or correct the baseUrl"),)
    behind = f" to which {gateway} forwards" if kind == "gateway" else ""
    return Fix(title=f"start the {proxy.noun}{behind}", actions=(*start, ask))


_READ_LOG = (
    "read the last lines that the proxy printed (in its terminal, or with docker logs <container>)"
)


def check_turn(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn during or before which a running proxy closed the connection."""
    for failure in replies.of("proxy-unreachable"):
        message, why = _turn_problem(failure.turn.result, question)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=message,
            why=why,
            place=configs.of_route(question.routes[0], "baseUrl", "OpenClaw uses this"),
            fix=Fix(
                title=_READ_LOG,
                actions=(
                    Step(_READ_LOG[:1].upper() + _READ_LOG[1:]),
                    Step("Restart it if it has stopped"),
                    CHECK_AGAIN,
                ),
            ),
        )


def _turn_problem(result: Answer | NoAnswer, question: Question) -> tuple[str, str]:
    """Return what happened to a turn, and why."""
    where = question.proxy.address if question.proxy is not None else "the proxy"
    kind = result.failure if isinstance(result, NoAnswer) else "reset"
    if kind == "refused":
        return (
            f"the proxy at {where} stopped during this run",
            "The proxy answered a moment ago, but now nothing listens there. It crashed, or "
            "somebody stopped or restarted it.",
        )
    return (
        f"{_PROBLEMS[kind].format(where=where, host=where)} in the middle of a test message",
        "The proxy answers small requests but not this one. It crashed, it was restarted, "
        "or a gateway ends long requests.",
    )


CHECK = Check(
    code="PX001",
    name="proxy-unreachable",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=check_turn,
    documentation=__doc__,
    owns=("proxy-unreachable",),
    causes=(
        "LL108",
        "LL003",
        "LL002",
        "DK001",
        "DK101",
        "DK102",
        "DK103",
        "DK104",
        "LL203",
        "OC105",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
