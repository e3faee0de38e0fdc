"""A provider's baseUrl is no URL that OpenClaw can put its path behind.

What it means
-------------
OpenClaw adds /chat/completions (or /responses) to the end of baseUrl and changes nothing else. If
baseUrl holds that path already, has /v1 twice or ends in a query, the request goes to a path that
the proxy does not have, and the answer is 404. Without http:// it goes nowhere ("Invalid URL" or
"Connection error."), and https:// to a port that speaks http ends in "Connection error." as well,
after minutes of retries.

Why it happens
--------------
The URL was copied from a curl command, a browser's address bar, or the documentation of another
program that wants the whole path.

How to fix it
-------------
Scheme, host, port and /v1 are enough:

    baseUrl: "http://localhost:4000/v1",

LiteLLM serves the same paths without /v1, so that one may be left out.

Versions
--------
All; measured on OpenClaw 2026.9.6. Blanks around the URL do no harm.

References
----------
https://docs.openclaw.ai/providers/litellm
https://github.com/openclaw/openclaw/issues/84697
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain, Target
from clawdoctor.chain.schema import is_refused
from clawdoctor.check import Check, signature
from clawdoctor.checks.openclaw.oc105_listener import UrlFault, listener_fault
from clawdoctor.checks.patterns import alone, near
from clawdoctor.finding import Edit, Finding, Fix, Severity, Step
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation

EXAMPLE = "http://localhost:4000/v1"

_SCHEME = re.compile(r"https?:", re.IGNORECASE)
_BROKEN_SCHEME = re.compile(r"https?[;/]/{0,2}", re.IGNORECASE)
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_ENDPOINT = re.compile(
    r"(?P<end>/(?:chat/completions|responses|completions|embeddings)"
    r"|(?<=/v1)/(?:models|chat|messages))/*$"
)
_DOUBLED = re.compile(r"(?P<end>/v1/+v1)/*$")
_WEB_PAGES = (
    "portal.azure.com",
    "ai.azure.com",
    "oai.azure.com",
    "learn.microsoft.com",
    "docs.litellm.ai",
    "docs.openclaw.ai",
    "github.com",
)


def check(
    chain: Chain, openclaw: OpenClawConfig, situation: Situation, compose: Compose | Absent
) -> Iterator[Finding]:
    """The first fault of each provider's URL; one that cannot be told yet has none."""
    for provider, target in chain.providers:
        routes = tuple(route.id for route in chain.routes_of(provider))
        url = provider.base_url
        if not routes or url.state != "set" or url.resolved is None or url.written is None:
            continue
        if is_refused(openclaw.root, url.pointer):
            continue
        if is_reference(url.resolved):
            continue  # OC005 says that it is none that OpenClaw expands
        found = compose if isinstance(compose, Compose) else None
        fault = _fault(url.resolved, provider, target) or (
            listener_fault(url.resolved, provider, situation, found) if target == "proxy" else None
        )
        if fault is not None:
            yield Finding(
                severity=fault.severity,
                message=f'the baseUrl of "{provider.id}" {fault.message}',
                detail=fault.why,
                place=openclaw.place(url.pointer, fault.label),
                consequence="OpenClaw's requests do not reach the proxy's API",
                fixes=(_fix(provider, fault),),
                subjects=routes,
                assumed=fault.severity is Severity.WARNING,
            )


def _fault(url: str, provider: Provider, target: Target) -> UrlFault | None:
    host = host_of(url)
    if host is not None and (host in _WEB_PAGES or host.removeprefix("www.") in _WEB_PAGES):
        return UrlFault("is a web page", "a page to read, no API", _PAGE, None)
    if re.search(r"\s", url):
        return UrlFault(
            "has a blank in it", "a blank inside", _BLANK, re.sub(r"\s+", "", url), safe=False
        )
    if not _SCHEME.match(url):
        return _schemeless(url)
    if target == "azure" and (_QUERY.search(url) or "/deployments/" in url):
        return None  # what Azure takes is another matter than what OpenClaw makes of it
    if query := _QUERY.search(url):
        name = "a query" if query[0].startswith("?") else "a fragment"
        return UrlFault(
            f"ends in {name}", "OpenClaw adds its path behind this", _TAIL, url[: query.start()]
        )
    return _wrong_path(url, provider)


_PAGE = "OpenClaw needs the URL of the proxy itself: the host where LiteLLM runs, and its port."
_BLANK = "OpenClaw sends the blank as %20, and no proxy knows such a path."
_TAIL = (
    "OpenClaw puts /chat/completions behind the whole text, so that its path becomes a part of "
    "this and the proxy is asked for something else."
)


def _schemeless(url: str) -> UrlFault:
    """What lacks http:// or has it misspelt; which of the two is meant, the host tells."""
    rest = _BROKEN_SCHEME.sub("", url, count=1) if _BROKEN_SCHEME.match(url) else url.lstrip("/:")
    host = host_of(f"http://{rest}")
    other = re.match(r"\w+://", url)
    near = is_loopback(host) or (host is not None and "." not in host)
    scheme = (
        "https" if is_azure(host) else "http" if near or port_of(f"http://{rest}") != 80 else None
    )
    better = f"{scheme}://{rest}" if scheme and not other else None
    why = 'Without http:// or https:// OpenClaw says "Invalid URL." or "Connection error.".'
    return UrlFault("does not start with http:// or https://", "no http:// here", why, better)


def _wrong_path(url: str, provider: Provider) -> UrlFault | None:
    end = _ENDPOINT.search(url)
    short = _ENDPOINT.sub("", url) if end else url
    doubled = _DOUBLED.search(short)
    better = _DOUBLED.sub("/v1", short)
    if not end and not doubled:
        return None
    match = end or doubled
    assert match is not None
    api = provider.api(provider.models[0] if provider.models else None)[0] or ""
    adds = "/responses" if api.endswith("-responses") else "/chat/completions"
    path = re.sub(r"^[^:]*:/*[^/]*", "", url).rstrip("/")
    why = f"OpenClaw adds {adds} itself: it would ask for {path}{adds}, and get 404."
    if end:
        label = "OpenClaw adds this itself" if match["end"] == adds else "one path too many"
        return UrlFault(f"ends in {match['end']}", label, why, better)
    return UrlFault("has /v1 twice", "one /v1 too many", why, better)


def _fix(provider: Provider, fault: UrlFault) -> Fix:
    """The URL as it was meant. One that comes from a variable is corrected where that is set."""
    url, retry = provider.base_url, check_again("OC105")
    assert url.node is not None
    if fault.better is None:
        return Fix("write the URL of the proxy", snippet=_line(EXAMPLE), actions=(retry,))
    if url.variables:
        names = ", ".join(url.variables)
        title = f"correct the value of {names}, or what stands around it"
        return Fix(title, actions=(Step(title), retry))
    return Fix(
        title=f"write {fault.better}",
        applicability="safe" if fault.safe else "unsafe",
        edits=(Edit(url.node.span, json.dumps(fault.better, ensure_ascii=False)),),
        snippet=_line(fault.better),
        actions=(retry,),
    )


def _line(url: str) -> str:
    return f"baseUrl: {json.dumps(url, ensure_ascii=False)},"


CHECK = Check(
    code="OC105",
    name="base-url-path",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"\b404:? status code \(no body\)"
            r"|^(?:Error: |run error: )?405:? Method Not Allowed\.?$",
            "possible",
            "the proxy",
        ),
        signature(
            r"(?<!/openai/deployments)(?P<path>/(?:chat/completions|responses)/(?:chat/completions"
            r"|responses))\b(?!\?api-version)",
            "certain",
            "the proxy",
        ),
        signature(
            r"(?P<path>/v1/v1/(?:chat/completions|responses|models))\b",
            "certain",
            "the proxy",
        ),
        signature(
            r"provider \"(?P<provider>[^\"]{1,80})\" model \"(?P<model>[^\"]{1,120})\": "
            r"Invalid URL\b",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Failed to parse URL from (?P<url>[^\s'\"]{0,160}/(?:chat/completions"
            r"|responses|models|messages))",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?:ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\b404\b",
                r"\{[\"']detail[\"']: ?[\"']Not Found[\"']\}",
                400,
            ),
            "likely",
            "the proxy",
        ),
        signature(
            r"[\"']detail[\"']: ?[\"'](?:Not Found|Method Not Allowed)[\"']",
            "possible",
            "the proxy",
        ),
        signature(
            r"ended with an incomplete terminal response",
            "possible",
            "OpenClaw",
        ),
        signature(
            r"Unexpected endpoint or method\. \((?:POST|GET) (?P<path>/(?:chat/completions"
            r"|responses|models))\)",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"https?://[^/\s\"']{1,120}/(?:chat/completions|responses"
            r"|models)['\"]?,? ['\"]?HTTP/[\d.]{1,3} (?:404|405)\b",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"^(?!.{0,1500}?azure)"
            + alone(
                r"(?<!\d\" )\b404:? (?:Not Found|page not found)\b|\bHTTP (?:error )?404\b"
                r"|(?:completions|responses|models|messages)\S{0,40} HTTP/[\d.]{1,3}\"? (?:404"
                r"|405)\b"
                r"|status(?: code)?:? 404\b"
            ),
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"(?:returned|received|got|responded with|is) (?:an? )?HTML (?:page |document "
            r"|response )?"
            r"(?:instead of|rather than|not) (?:an? |the )?(?:API|JSON|model|stream)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\[model-fetch\] response .{0,200}contentType=text/html",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"<title>(?:404 )?Not Found</title>|<title>405 ",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"\b404 page not found\b(?!.{0,200}(?:traefik|kube))",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"ERR_INVALID_URL\b.{0,120}(?:/v1|:4000|chat/completions|litellm)|unknown scheme",
            "possible",
            "OpenClaw",
        ),
        signature(
            alone(r"\bInvalid (?:base ?)?URL\b(?! \()"),
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"Client sent an HTTP request to an HTTPS server",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            near(
                r"\bbase ?url\b",
                r"(?:without|missing|no|lacks?|append|add|needs?|omit\w{0,4}) (?:the |a |an "
                r")?(?:trailing "
                r"|`|'|\"){0,2}/v1\b",
                120,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Invalid URL \((?:POST|GET) (?P<path>/(?:chat/completions|responses|models))\)",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"Unknown request URL: (?:POST|GET) (?P<path>/(?:chat/completions|responses|models))",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"https?://[^/\s\"'`]{1,120}/(?:chat/completions|responses|models)['\"`]? ?\(404\)",
            "likely",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"['\"]File Not Found['\"], ?['\"]type['\"]: ?['\"]not_found_error",
            "possible",
            "a server that speaks OpenAI's API",
        ),
        signature(
            r"\bAI_APICallError\]?: Not Found",
            "possible",
            "a program that calls the model",
        ),
        signature(
            r"\[GIN\].{0,80}\| 404 \|.{0,80}\"(?P<path>/(?:chat/completions|responses|models))\"",
            "likely",
            "a server that speaks OpenAI's API",
        ),
    ),
)
