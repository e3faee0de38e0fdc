"""A program other than LiteLLM answers at OpenClaw's baseUrl.

What it means
-------------
A web server answers at the baseUrl, but it is not a LiteLLM proxy: it does not have LiteLLM's
health path. OpenClaw gets a web page or a 404 for its requests and says "404" or, in 2026.3.22
and later, "network connection error".

Why it happens
--------------
Another program uses the port: a development server, a router's web page, another API. LiteLLM makes
this easy to miss: if port 4000 is in use, it listens on a random port and says so only in its log.
Or the baseUrl has a path that the proxy does not have, or points to a web page.

How to fix it
-------------
Find out which program uses the port, and move it or LiteLLM to another port:

    lsof -i :4000
    litellm --config litellm_config.yaml --port 4010

Use the same port in the baseUrl of openclaw.json.

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/health
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, restart_proxy
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of, split
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import DEFAULT_PORT
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import (
    Action,
    Command,
    Evidence,
    Finding,
    Fix,
    Place,
    Severity,
    Step,
    Unknown,
)
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.proxy import AliveProxy, Liveness
from clawdoctor.run.needs import Unavailable


def check(
    proxy: Proxy,
    liveness: Liveness,
    alive: AliveProxy | Unavailable,
    openclaw: OpenClawConfig | None,
    litellm: LiteLLMConfig | None,
) -> Iterator[Finding | Unknown]:
    """Report an HTTP answer that does not come from LiteLLM."""
    result = liveness.result
    if isinstance(alive, AliveProxy) or not isinstance(result, Answer):
        return
    parts = split(proxy.url or "")
    assert parts is not None, "an answer came from a URL"
    where = proxy.address
    if liveness.is_guarded:
        yield Unknown(
            f"{where} requires a key even for its health path. clawdoctor did not send "
            "OpenClaw's key, so it cannot tell whether this is LiteLLM"
        )
        return
    target = result.headers.get("location") if 300 <= result.status < 400 else None
    label = "the proxy is not at this URL"
    if liveness.is_above:
        message = f"LiteLLM answers at {where}, but not under {parts.path}"
        why = "OpenClaw appends its request paths to the path of the baseUrl."
        right = f"{parts.scheme}://{where}/v1"
        fix = _base_url_fix(right)
    elif target is not None:
        message = f"{where} redirects to {target}"
        why = "When a server redirects OpenClaw's request, the request loses its body or its key."
        fix = _base_url_fix(f"{target.partition('/health/')[0].rstrip('/')}/v1")
    else:
        label = "another program answers here"
        server = result.headers.get("server")
        message = f"the server at {where} is not LiteLLM"
        message += f' (it says "{server}")' if server else ""
        why = (
            'LiteLLM answers its health path with "I\'m alive!". Another program uses the '
            "port, or the baseUrl is wrong. If its port is in use, LiteLLM listens on a random "
            "port."
        )
        fix = _free_port_fix(proxy, litellm)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=_place(proxy, openclaw, label),
        consequence=f"the server at {where} is not a LiteLLM proxy"
        if not liveness.is_above
        else message,
        evidence=tuple(_evidence(liveness)),
        fixes=(fix,),
        live=liveness.is_above,
    )


def _place(proxy: Proxy, openclaw: OpenClawConfig | None, label: str) -> Place | None:
    if proxy.provider is None or openclaw is None:
        return None
    return openclaw.place(proxy.provider.base_url.pointer, label)


def _evidence(liveness: Liveness) -> Iterator[Evidence]:
    yield http_evidence(liveness.result)
    if liveness.is_above and liveness.above is not None:
        yield http_evidence(liveness.above)


def _base_url_fix(url: str) -> Fix:
    return Fix(
        title="in openclaw.json, correct the baseUrl",
        snippet=f'baseUrl: "{url}",',
        actions=(CHECK_AGAIN,),
    )


def _free_port_fix(proxy: Proxy, litellm: LiteLLMConfig | None) -> Fix:
    host, port = host_of(proxy.url or "") or "", port_of(proxy.url or "") or DEFAULT_PORT
    if not is_loopback(host):
        host = proxy.quoted(host)
        where = Step(f"Find out where the proxy runs: {host} port {port} is another server")
        return Fix(title="in openclaw.json, correct the baseUrl", actions=(where, CHECK_AGAIN))
    start: tuple[Action, ...] = (Step("Start LiteLLM on a free port"),)
    if litellm is not None:
        free = f"Start LiteLLM on a free port, for example {port + 1}"
        start = (Step(free), restart_proxy(litellm.path, port + 1))
    return Fix(
        title="start LiteLLM on a free port, and write that port in the baseUrl of openclaw.json",
        snippet=f'baseUrl: "http://{host}:{port + 1}/v1",',
        actions=(
            Step(f"Find out which program uses port {port}"),
            Command(f"lsof -i :{port}"),
            *start,
            CHECK_AGAIN,
        ),
    )


CHECK = Check(
    code="PX002",
    name="not-a-litellm-proxy",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    owns=("not-litellm",),
    causes=("OC105", "LL203", "DK104"),
    advice={
        STRAIGHT: Advice(
            "The provider's baseUrl in openclaw.json points to a web page. For Azure, use the "
            "resource's endpoint with /openai/v1, as shown in Azure Portal > your Azure OpenAI "
            "resource > Keys and Endpoint.",
            'baseUrl: "https://<resource>.openai.azure.com/openai/v1",',
        ),
    },
    texts=(
        rule(
            "likely",
            "OpenClaw",
            r"Unexpected token '?<|'<' is an invalid start of a value"
            r"|decode JSON with unexpected mimetype: text/html",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"Cannot (?:POST|GET) /(?:v1/)?(?:chat/completions|models|responses)\b",
        ),
        rule(
            "possible",
            "OpenClaw",
            "<!doctype html>|<html[ >]|HTML page|is not valid JSON|instead of JSON",
            alone=True,
        ),
        rule(
            "possible",
            "OpenClaw",
            "Cannot read propert(?:y|ies) .{0,30}'(?:0|choices|message|content)'"
            r"|'str' object has no attribute 'choices'",
            alone=True,
        ),
    ),
)
