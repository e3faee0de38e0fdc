"""A CDN or a firewall answers instead of the server behind it.

What it means
-------------
The baseUrl points to a host behind Cloudflare, Azure Front Door, Akamai or a similar service, or
the connection passes through a company's firewall. That service answers OpenClaw with its own page,
usually a 403 with "Attention Required!", "Just a moment..." or "Access Denied". The request never
reaches the proxy.

Why it happens
--------------
The service treats OpenClaw as a bot. It sees a program's User-Agent ("OpenAI/JS ..."), a POST with
a long JSON text that contains code, or an address in a data centre, and requires a proof that only
a browser can give. A request for the list of models often passes, because it is a short GET. A page
with status 520 to 530 means that Cloudflare itself gets no valid answer from the server.

How to fix it
-------------
If the host is yours, add a rule that lets requests to the API pass (Cloudflare: Security > Security
rules, a custom rule with the action Skip for the path /v1/), or make OpenClaw use an address that
bypasses the service. If the host is not yours, ask its owner to do so.

If the service blocks the User-Agent, set another one. OpenClaw sends the headers of its provider:

    "models": {"providers": {"<provider>": {"headers": {"User-Agent": "<a permitted name>"}}}}

Versions
--------
All versions of OpenClaw and LiteLLM.

References
----------
https://developers.cloudflare.com/waf/custom-rules/skip/
https://learn.microsoft.com/azure/web-application-firewall/afds/waf-front-door-tuning
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.configs import Configs
from clawdoctor.chain.endpoint import Proxy
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.check import Check
from clawdoctor.checks.turn_finding import resource_name, turn_finding
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.probes.edge import edge_of, reports_dead_origin
from clawdoctor.probes.evidence import http_evidence
from clawdoctor.probes.http import Answer
from clawdoctor.probes.proxy import Liveness
from clawdoctor.probes.replies import Replies
from clawdoctor.wire.question import Question


def check(proxy: Proxy, liveness: Liveness, openclaw: OpenClawConfig | None) -> Iterator[Finding]:
    """Report a page of a CDN or a firewall where LiteLLM should answer."""
    result = liveness.result
    if not proxy.expected or liveness.is_litellm or not isinstance(result, Answer):
        return
    edge = edge_of(result)
    if edge is None:
        return
    place = None
    if proxy.provider is not None and openclaw is not None:
        place = openclaw.place(proxy.provider.base_url.pointer, f"{edge} answers here")
    yield Finding(
        severity=Severity.ERROR,
        message=f"{edge} answers at {proxy.address} instead of the proxy",
        detail=_why(result, edge),
        place=place,
        evidence=(http_evidence(result),),
        fixes=(_fix(result, edge, proxy.provider.id if proxy.provider else ""),),
        live=True,
    )


def live(question: Question, replies: Replies, configs: Configs) -> Iterator[Finding]:
    """Report a turn that such a page answers, or for which LiteLLM quotes such a page."""
    for failure in replies.of("edge-blocked"):
        result = failure.turn.result
        assert isinstance(result, Answer), "a page is an answer"
        label = "a service in front of this host answers"
        edge, place = edge_of(result), None
        if edge is not None and not failure.direct:
            place = configs.of_route(question.routes[0], "baseUrl", label)
        name = edge or "A firewall"
        where = _host(question) if place is not None else resource_name(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=(
                f'{name} answers the test message to "{question.model}" with its own page (HTTP '
                f"{result.status})"
            ),
            why=_why(result, name),
            setting="api_base",
            label=label,
            place=place,
            consequence=f"{name} blocks the requests to {where}",
            fix=_fix(result, name, question.routes[0].provider.id if place else ""),
        )


def _host(question: Question) -> str:
    return question.proxy.address if question.proxy is not None else "the server"


def _why(result: Answer, edge: str) -> str:
    if reports_dead_origin(result):
        return f"With this status, {edge} reports that the server behind it does not answer."
    return (
        f"{edge} treats the request as a bot or an attack and rejects it. The request does not "
        "reach the server."
    )


def _fix(result: Answer, edge: str, provider: str = "") -> Fix:
    """Return the fix for the owner of the host and for the user of OpenClaw's `provider`."""
    if reports_dead_origin(result):
        step = Step("Start the server behind this host, and check that it listens")
        return Fix("start the server behind this host", actions=(step, CHECK_AGAIN))
    rule = Step(
        f"Add a rule to {edge} that allows POST requests to the API, or ask the owner of the "
        "host to do so"
    )
    agent = Step(
        "If it rejects OpenClaw's User-Agent, set another one in "
        f"models.providers.{provider}.headers of openclaw.json"
    )
    return Fix(
        title=f"add a rule to {edge} that allows OpenClaw's requests",
        actions=(rule, *([agent] if provider else []), CHECK_AGAIN),
    )


CHECK = Check(
    code="PX109",
    name="edge-blocked",
    stage="proxy",
    scope="route",
    disproved_by_turn=True,
    run=check,
    live=live,
    documentation=__doc__,
    owns=("edge-blocked",),
    advice={
        STRAIGHT: Advice(
            "A firewall of your company, or an application gateway that the baseUrl points to, "
            "answers instead of Azure. Ask the owner of the firewall or gateway to allow POST "
            "requests to the resource's host. If it rejects OpenClaw's User-Agent, set another "
            "one in openclaw.json:",
            'headers: { "User-Agent": "<a permitted name>" },   // models.providers.<provider>',
        ),
        "origin": Advice(
            "Cloudflare gets no answer from the server behind it. First check the proxy on its "
            "own machine. 502 means that it broke the connection off. 521 and 523 mean that the "
            "server is off or its firewall blocks Cloudflare. 522 and 524 mean that it answers "
            "too late (524 after 100 seconds: use streaming, or bypass Cloudflare). 525 and 526 "
            "mean that its certificate is wrong.",
            run=("curl -i http://localhost:4000/health/liveliness",),
        ),
        "company": Advice(
            "A firewall of your company answers instead of the server. Ask the firewall's "
            "administrators to allow the host of the baseUrl (or of api_base, if LiteLLM quotes "
            "the page), or run the proxy where this firewall does not apply. If you must use an "
            "HTTP proxy, set HTTPS_PROXY where the program runs.",
        ),
    },
    texts=(
        rule(
            "likely",
            "Cloudflare",
            r"\| Cloudflare\b|cf-mitigated|Cloudflare to restrict|a moment\.\.\.<"
            r"|^\W{0,3}error code: 10\d\d$|owner of this website",
        ),
        rule(
            "likely",
            "Cloudflare",
            r"(?:\||Error) 5(?:0[24]|2[0-6]): \w|^error code: 50[24]$|r code: 52[0-6]\b"
            r"|\b52[0-6]:? stat"
            r"|>50[24] .{0,90}r>cloudflare",
            alone=True,
            advice="origin",
        ),
        rule(
            "likely",
            "an edge service",
            r"errors\.edgesuite\.net|Reference(?: #|&#32;&#35;| #)\d{1,3}\.[0-9a-f]{4}"
            r"|Generated by cloudfront|Incapsula",
        ),
        rule(
            "likely",
            "an edge service",
            r"403 Forbidden<.{0,90}(?:Azure-App|<center>cloudflare)"
            r"|URL was rejected\. Please consult|403 Your request was blocked",
        ),
        rule(
            "likely", "Azure Front Door", "The request is blocked", "x-azure-ref|front ?door|<h2>"
        ),
        rule(
            "likely",
            "a firewall",
            r"FortiGuard|Fortinet|\bZscaler\b|Web Page Blocked|Cisco Umbrella",
            "block|denied|policy|protect",
            advice="company",
        ),
    ),
)
