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
from dataclasses import dataclass

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain, Target
from clawdoctor.chain.situation import Situation
from clawdoctor.check import Check, signature
from clawdoctor.checks.wording import near
from clawdoctor.facts import Absent
from clawdoctor.finding import Edit, Finding, Fix, Severity

EXAMPLE = "http://localhost:4000/v1"
TLS_OPTIONS = ("--ssl_keyfile_path", "--ssl_certfile_path")

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


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a URL. `better` is the URL as it was meant, or None if nobody can tell."""

    message: str
    label: str
    why: str
    better: str | None
    severity: Severity = Severity.ERROR
    safe: bool = True


def check(
    chain: Chain, openclaw: OpenClawConfig, situation: Situation, compose: Compose | Absent
) -> Iterator[Finding]:
    """The first fault of each provider's URL; one that cannot be told yet has none."""
    for provider, target in chain.providers:
        routes = tuple(route.id for route in chain.routes_of(provider))
        url = provider.base_url
        if not routes or url.state != "set" or url.resolved is None or url.written is None:
            continue
        if is_reference(url.resolved):
            continue  # OC005 says that it is none that OpenClaw expands
        found = compose if isinstance(compose, Compose) else None
        fault = _fault(url.resolved, provider, target) or (
            _tls(url.resolved, situation, found) if target == "proxy" else None
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
            )


def _fault(url: str, provider: Provider, target: Target) -> _Fault | None:
    host = host_of(url)
    if host is not None and (host in _WEB_PAGES or host.removeprefix("www.") in _WEB_PAGES):
        return _Fault("is a web page", "a page to read, no API", _PAGE, None)
    if re.search(r"\s", url):
        return _Fault(
            "has a blank in it", "a blank inside", _BLANK, re.sub(r"\s+", "", url), safe=False
        )
    if not _SCHEME.match(url):
        return _schemeless(url)
    if target == "azure" and (_QUERY.search(url) or "/deployments/" in url):
        return None  # what Azure takes is another matter than what OpenClaw makes of it
    if query := _QUERY.search(url):
        name = "a query" if query[0].startswith("?") else "a fragment"
        return _Fault(
            f"ends in {name}", "OpenClaw adds its path behind this", _TAIL, url[: query.start()]
        )
    return _wrong_path(url, provider)


_PAGE = "OpenClaw needs the URL of the proxy itself: the host where LiteLLM runs, and its port."
_BLANK = "OpenClaw sends the blank as %20, and no proxy knows such a path."
_TAIL = (
    "OpenClaw puts /chat/completions behind the whole text, so that its path becomes a part of "
    "this and the proxy is asked for something else."
)


def _schemeless(url: str) -> _Fault:
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
    return _Fault("does not start with http:// or https://", "no http:// here", why, better)


def _wrong_path(url: str, provider: Provider) -> _Fault | None:
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
        return _Fault(f"ends in {match['end']}", label, why, better)
    return _Fault("has /v1 twice", "one /v1 too many", why, better)


def _tls(url: str, situation: Situation, compose: Compose | None) -> _Fault | None:
    """https to the very port on which LiteLLM listens, and nothing says that it speaks TLS."""
    host, port = host_of(url), port_of(url)
    if not url.casefold().startswith("https:") or host is None:
        return None
    service = compose.proxy if compose is not None else None
    started = [process.arguments for process in situation.processes]
    if service is not None:
        started.append(service.command)
        names: tuple[str, ...] = tuple(service.environment)
    else:
        names = tuple(situation.environ)
    if any(word.partition("=")[0] in TLS_OPTIONS for words in started for word in words):
        return None
    if {"SSL_KEYFILE_PATH", "SSL_CERTFILE_PATH"} & set(names):
        return None
    here = is_loopback(host) or host == "host.docker.internal"
    sure = bool(started)
    ports = {one.host for one in service.ports} if service is not None else set()
    for process in situation.processes:
        written = process.option("--port") or ""
        ports.add(int(written) if written.isdecimal() else 4000)
    hit = (here and port in (ports or {4000})) or (
        service is not None and host == service.name and port == service.container_port
    )
    if not hit:
        return None
    return _Fault(
        "says https, but LiteLLM speaks http there",
        "LiteLLM has no certificate",
        f"LiteLLM speaks TLS only if it is started with {' and '.join(TLS_OPTIONS)}; OpenClaw "
        'retries for minutes and then says "Connection error.".',
        re.sub(r"^https", "http", url, flags=re.IGNORECASE),
        Severity.ERROR if sure else Severity.WARNING,
        safe=sure,
    )


def _fix(provider: Provider, fault: _Fault) -> Fix:
    """The URL as it was meant. One that comes from a variable is corrected where that is set."""
    url, commands = provider.base_url, (check_again("OC105"),)
    assert url.node is not None
    if fault.better is None:
        return Fix("write the URL of the proxy", snippet=_line(EXAMPLE), commands=commands)
    if url.variables:
        names = ", ".join(url.variables)
        title = f"correct the value of {names}, or what stands around it"
        return Fix(title, commands=(f"# {title}", *commands))
    return Fix(
        title=f"write {fault.better}",
        applicability="safe" if fault.safe else "unsafe",
        edits=(Edit(url.node.span, json.dumps(fault.better, ensure_ascii=False)),),
        snippet=_line(fault.better),
        commands=commands,
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
            r"^(?:Error: )?(?:404:? status code \(no body\)|405:? Method Not Allowed)\.?$",
            "possible",
            "the proxy",
        ),
        signature(
            r"(?P<path>/(?:chat/completions|responses)/(?:chat/completions|responses))\b",
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
    ),
)
