"""Something else than LiteLLM answers where OpenClaw expects the proxy.

What it means
-------------
A web server answers at the baseUrl, and it is no LiteLLM proxy: it does not know LiteLLM's health
path. OpenClaw gets a page or a 404 for its requests and says "network connection error", or "404".

Why it happens
--------------
Another program holds the port: a development server, a router's page, another API. LiteLLM makes
it easy to miss: where port 4000 is taken it listens on a random port and says so only in its log.
Or the baseUrl has a path that is not the proxy's, or leads to a web page.

How to fix it
-------------
See what holds the port, and move one of the two:

    lsof -i :4000
    litellm --config litellm_config.yaml --port 4010

and write the same port in the baseUrl of openclaw.json.

Versions
--------
All versions.

References
----------
https://docs.litellm.ai/docs/proxy/health
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_host import host_of, is_loopback, port_of, split
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.checks.patterns import alone
from clawdoctor.errors.rule import signature
from clawdoctor.finding import Command, Evidence, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.proxy import AliveProxy, Liveness
from clawdoctor.run.needs import Unavailable


def check(
    proxy: Proxy,
    liveness: Liveness,
    alive: AliveProxy | Unavailable,
    openclaw: OpenClawConfig | None,
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
            f"{where} hides its health and wants a key before it says more: "
            "whether it is LiteLLM is not known, and OpenClaw's key was not sent"
        )
        return
    target = result.headers.get("location") if 300 <= result.status < 400 else None
    if liveness.is_above:
        message = f"LiteLLM answers at {where}, and not below {parts.path}"
        why = "OpenClaw sends its requests below the path of the baseUrl."
        right = f"{parts.scheme}://{where}/v1"
        fix = _base_url_fix(right)
    elif target is not None:
        message = f"{where} sends elsewhere: {target}"
        why = "A request of OpenClaw that is sent elsewhere loses its body or its key on the way."
        fix = _base_url_fix(f"{target.partition('/health/')[0].rstrip('/')}/v1")
    else:
        server = result.headers.get("server")
        message = f"what answers at {where} is not LiteLLM"
        message += f' (it says "{server}")' if server else ""
        why = (
            'LiteLLM answers this path with "I\'m alive!". Another program holds the port, or the '
            "baseUrl leads elsewhere; LiteLLM itself listens on a random port where its own is "
            "taken."
        )
        fix = _free_port_fix(proxy)
    yield Finding(
        severity=Severity.ERROR,
        message=message,
        detail=why,
        place=_place(proxy, openclaw),
        consequence=f"what answers at {where} is no LiteLLM proxy"
        if not liveness.is_above
        else message,
        evidence=tuple(_evidence(liveness)),
        fixes=(fix,),
        live=liveness.is_above,
    )


def _place(proxy: Proxy, openclaw: OpenClawConfig | None) -> Place | None:
    if proxy.provider is None or openclaw is None:
        return None
    return openclaw.place(proxy.provider.base_url.pointer, "the proxy does not answer here")


def _evidence(liveness: Liveness) -> Iterator[Evidence]:
    yield http_evidence(liveness.result)
    if liveness.is_above and liveness.above is not None:
        yield http_evidence(liveness.above)


def _base_url_fix(url: str) -> Fix:
    return Fix(title="correct the baseUrl", snippet=f'baseUrl: "{url}",', actions=(CHECK_AGAIN,))


def _free_port_fix(proxy: Proxy) -> Fix:
    host, port = host_of(proxy.url or "") or "", port_of(proxy.url or "")
    if not is_loopback(host):
        host = proxy.quoted(host)
        where = Step(f"find out where the proxy runs: {host} port {port} is something else")
        return Fix(title="correct the baseUrl", actions=(where, CHECK_AGAIN))
    return Fix(
        title="see what holds the port, and give LiteLLM one of its own",
        actions=(
            Command(f"lsof -i :{port}"),
            Step("then start LiteLLM on a free port, and write that port in the baseUrl"),
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
    texts=(
        signature(
            r"ended with an incomplete terminal response",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Unexpected token '?<'?.{0,40}(?:<!DOCTYPE|<html|is not valid JSON|in JSON at "
            r"position 0)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:returned|received|got) (?:an? )?(?:HTML|web) (?:page|response|error page"
            r"|document)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"LLM request failed: network connection error|provider returned an invalid "
            r"streaming response",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"HTTP error 404: Not Found|^(?:Error: |run error: |HTTP 404: )?404 page not found$",
            "possible",
            "OpenClaw",
        ),
        signature(
            alone(r"<!doctype html>|<html(?: \w{1,20}=[^>]{1,80})?>"),
            "possible",
            "OpenClaw",
        ),
        signature(
            alone(
                r"Cannot read propert(?:y|ies) (?:of undefined \(reading )?['\"](?:0|choices"
                r"|message|delta|content)['\"]"
            ),
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Cannot (?:POST|GET) /(?:v1/)?(?:chat/completions|models|responses)\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"HTML instead of|instead of (?:JSON|an API response)|<title>\s?404 Not Found"
            r"|Expecting value: line 1 column 1|'str' object has no attribute '(?:choices"
            r"|model_dump|data)'|is not valid JSON|unexpected content-?type.{0,20}text/html"
            r"|text/html.{0,60}(?:expected|instead)",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"'<' is an invalid start of a value",
            "likely",
            "a program that calls the model",
        ),
    ),
)
