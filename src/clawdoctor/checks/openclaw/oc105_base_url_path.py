"""OpenClaw cannot append its path to a provider's baseUrl.

What it means
-------------
OpenClaw appends /chat/completions (or /responses) to baseUrl and changes nothing else. If baseUrl
already contains that path, contains /v1 twice or, in older versions, ends with a query, the request
goes to a path that the proxy does not have, and the answer is 404 or 405. Without http://, OpenClaw
cannot send the request ("Invalid URL" or "Connection error."). The same is true for a URL with
credentials (https://name:password@host). An https:// URL for a port that serves http also ends in
"Connection error.", after retries.

Why it happens
--------------
The URL was copied from a curl command, a browser's address bar, or the documentation of another
program that requires the whole path.

How to fix it
-------------
Scheme, host, port and /v1 are enough:

    baseUrl: "http://localhost:4000/v1",

LiteLLM serves the same paths without /v1, so /v1 is optional.

Versions
--------
All; measured on OpenClaw 2026.9.6. Spaces around the URL are harmless in 2026.5.12 and later;
2026.3.22 and older send spaces at its end as %20. For chat completions, OpenClaw 2026.5.12 and
later move a query string in baseUrl to the end of the request's URL. LiteLLM ignores it there,
except `model`, which replaces the model of each request.

References
----------
https://docs.openclaw.ai/providers/litellm
https://github.com/openclaw/openclaw/issues/84697
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, PORTAL_ENDPOINT
from clawdoctor.chain.azure_host import host_of, is_azure, is_loopback, port_of
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.openclaw_setting import Setting
from clawdoctor.chain.placeholder import is_placeholder, is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.target import Target
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.api_line import proxy_url
from clawdoctor.checks.openclaw.oc105_listener import UrlFault, listener_fault
from clawdoctor.checks.openclaw.oc105_texts import ADVICE, TEXTS
from clawdoctor.checks.openclaw.provider_key import receiver
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Put
from clawdoctor.wire.openclaw_model import CHAT, spoken_api
from clawdoctor.wire.openclaw_url import path_of

_SCHEME = regex(r"https?:", re.IGNORECASE)
_BROKEN_SCHEME = regex(r"https?[;/]/{0,2}", re.IGNORECASE)
_LOGIN = regex(r"(?P<scheme>https?://)[^/?#]*@", re.IGNORECASE)
_QUERY = regex(r"[?#].*", re.DOTALL)
_ENDPOINT = regex(
    r"(?P<end>/(?:chat/completions|responses|completions|embeddings)"
    r"|(?<=/v1)/(?:models|chat|messages))/*$"
)
_DOUBLED = regex(r"(?P<end>/v1/+v1)/*$")
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
    chain: Chain,
    openclaw: OpenClawConfig,
    situation: Situation,
    compose: Compose | Absent,
    versions: Versions,
) -> Iterator[Finding]:
    """Report the first fault of each provider's baseUrl, if it resolves."""
    for provider, target in chain.providers:
        found = chain.routes_of(provider)
        routes = tuple(route.id for route in found)
        url = provider.base_url
        if not routes or url.state != "set" or url.resolved is None or url.written is None:
            continue
        if is_refused(openclaw.root, url.pointer):
            continue
        if is_reference(url.resolved):
            continue  # OC005 reports references that OpenClaw does not expand
        speaks = spoken_api(found[0], versions) or ""
        fault = _fault(url.resolved.strip(), provider, target, _Sender(speaks, versions))
        fault = fault or _blank_after(url, versions)
        compose_file = compose if isinstance(compose, Compose) else None
        if fault is None and target == "proxy":
            fault = listener_fault(url.resolved, provider, situation, compose_file)
        if fault is not None:
            yield Finding(
                severity=fault.severity,
                message=f'the baseUrl of "{provider.id}" {fault.message}',
                detail=fault.why,
                place=openclaw.place(url.pointer, fault.label),
                consequence=f"the baseUrl {fault.message}, so requests do not reach "
                f"{receiver(target)}",
                fixes=(_fix(provider, fault, target, proxy_url(situation, compose_file)),),
                subjects=routes,
                assumed=fault.severity is Severity.WARNING,
            )


@dataclass(frozen=True, slots=True)
class _Sender:
    """The `api` that OpenClaw uses, and its version."""

    speaks: str
    versions: Versions

    @property
    def query_severity(self) -> Severity | None:
        """The severity of a query. Over chat completions, newer versions handle it correctly."""
        if self.speaks != CHAT:
            return Severity.ERROR
        topic, faulty, unsure = "azure-api-version", ["header"], ["not-seen"]
        judged = judge_versions(self.versions, "openclaw", topic, faulty, unsure)
        return judged.severity if judged is not None else None


def _blank_after(url: Setting[str], versions: Versions) -> UrlFault | None:
    """Return the fault of a space at the end, which older versions send."""
    resolved, written = url.resolved or "", url.node.value if url.node is not None else None
    if not resolved.endswith(" ") and not (isinstance(written, str) and written.endswith(" ")):
        return None
    judged = judge_versions(versions, "openclaw", "blank-after-url", ["kept"])
    if judged is None:
        return None
    why = f"{judged.row.says}; {versions.stated('openclaw', 'OpenClaw')}."
    better = resolved.strip()
    return UrlFault("ends with a space", "space at the end", why, better, judged.severity)


def _fault(url: str, provider: Provider, target: Target, sender: _Sender) -> UrlFault | None:
    host = host_of(url)
    if host is not None and (host in _WEB_PAGES or host.removeprefix("www.") in _WEB_PAGES):
        return UrlFault("is a web page", "a web page, not an API", _PAGE, None)
    if host is not None and is_placeholder(host.partition(".")[0]):
        return UrlFault("still contains a placeholder host", "placeholder", _EXAMPLE, None)
    if re.search(r"\s", url):
        # If the text after the space is something else, the right URL is unknown.
        joined = re.sub(r"\s+", "", url)
        known = re.search(r"\s(?!/?(?:v1|openai|chat|completions)?/?\s*$)\S", url) is None
        right = joined if known else None
        return UrlFault("contains a space", "space inside the URL", _BLANK, right, safe=False)
    if not _SCHEME.match(url):
        return _scheme_fault(url)
    if login := _LOGIN.match(url):
        better = f"{login['scheme']}{url[login.end() :]}"
        label = "OpenClaw rejects credentials in a URL"
        return UrlFault("contains a user name or a password", label, _NO_LOGIN, better, safe=False)
    if target == "azure" and (_QUERY.search(url) or "/deployments/" in url):
        return None  # OC106 reports paths that Azure does not serve
    if query := _QUERY.search(url):
        better = url[: query.start()]
        is_query = query[0].startswith("?") and "#" not in query[0]
        severity = sender.query_severity if is_query else Severity.ERROR
        if severity is None:
            return _path_fault(better, provider, sender.speaks)
        name = "a query" if query[0].startswith("?") else "a fragment"
        label = "OpenClaw appends its path here"
        why = (
            f"OpenClaw appends {path_of(sender.speaks)} to the whole URL. The path becomes part "
            f"of {name}, so the request goes to another path."
        )
        # A server other than LiteLLM may need the query, such as an api-version.
        safe = target == "proxy"
        return UrlFault(f"ends with {name}", label, why, better, severity, safe)
    return _path_fault(url, provider, sender.speaks)


_PAGE = "OpenClaw needs the URL of the proxy itself: the host where LiteLLM runs, and its port."
_EXAMPLE = "The host is a placeholder from a guide. It does not exist."
_NO_LOGIN = (
    "OpenClaw does not send requests to a URL with credentials. It stops with "
    '"Connection error." or "LLM request timed out.". The key belongs in apiKey, and any other '
    "credentials belong in headers."
)
_BLANK = "OpenClaw sends the space as %20, and the proxy does not have such a path."


def _scheme_fault(url: str) -> UrlFault:
    """Return the fault of a URL without a valid scheme; the host decides between http and https."""
    rest = _BROKEN_SCHEME.sub("", url, count=1) if _BROKEN_SCHEME.match(url) else url.lstrip("/:")
    host = host_of(f"http://{rest}")
    other = re.match(r"\w+://", url)
    rest = url[other.end() :] if other else rest
    is_local = is_loopback(host) or (host is not None and "." not in host)
    scheme = None
    if is_azure(host):
        scheme = "https"
    elif is_local or port_of(f"http://{rest}") != 80:
        scheme = "http"
    better = f"{scheme}://{rest}" if scheme else None
    why = 'Without http:// or https://, OpenClaw stops with "Invalid URL." or "Connection error.".'
    says = "does not start with http:// or https://"
    return UrlFault(says, "no http:// or https://", why, better, safe=other is None)


def _path_fault(url: str, provider: Provider, speaks: str) -> UrlFault | None:
    end = _ENDPOINT.search(url)
    short = _ENDPOINT.sub("", url) if end else url
    doubled = _DOUBLED.search(short)
    better = _DOUBLED.sub("/v1", short)
    if not end and not doubled:
        return None
    match = end or doubled
    assert match is not None
    adds = path_of(speaks)
    path = re.sub(r"^[^:]*:/*[^/]*", "", url).rstrip("/")
    shown = provider.base_url.quoted(path) == path
    request = f"{path}{adds}" if shown else f"this path followed by {adds}"
    why = f"OpenClaw appends {adds} itself. It would request {request} and get 404 or 405."
    if end:
        label = "OpenClaw appends this itself" if match["end"] == adds else "extra path"
        return UrlFault(f"ends with {match['end']}", label, why, better)
    return UrlFault("contains /v1 twice", "duplicate /v1", why, better)


def _fix(provider: Provider, fault: UrlFault, target: Target, local: str) -> Fix:
    """Return the fix that sets the intended URL, or that corrects the variable with the URL."""
    url, retry = provider.base_url, CHECK_AGAIN
    assert url.node is not None
    if fault.better is None:
        if target == "azure":
            title = "in openclaw.json, set baseUrl to the URL of your resource"
            return Fix(title, actions=(Step(f"Copy the URL from {PORTAL_ENDPOINT}"), retry))
        if target == "server":
            step = Step("Set baseUrl to the server's URL, as given in its documentation")
            return Fix(step.text, actions=(step, retry))
        return Fix(
            "set baseUrl to the URL of the proxy",
            "manual" if url.variables else "unsafe",
            snippet=_line(local),
            actions=(retry,),
            changes=() if url.variables else (Put(url.node, local),),
        )
    if url.variables:
        names = ", ".join(url.variables)
        title = f"Correct the value of {names}, or the text around it"
        return Fix(title, actions=(Step(title), retry))
    return Fix(
        title=f"set baseUrl to {fault.better}",
        applicability="safe" if fault.safe else "unsafe",
        snippet=_line(fault.better),
        actions=(retry,),
        changes=(Put(url.node, fault.better),),
    )


def _line(url: str) -> str:
    return f"baseUrl: {json.dumps(url, ensure_ascii=False)},"


CHECK = Check(
    code="OC105",
    name="base-url-path",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "invalid-base-url",
        "path",
    ),
    texts=TEXTS,
    advice=ADVICE,
)
