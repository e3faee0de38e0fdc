"""A CDN or a firewall answers instead of the server behind it.

What it means
-------------
The baseUrl leads to a host that stands behind Cloudflare, Azure Front Door, Akamai or a similar
service, or the way there leads through the firewall of a company. That service answers OpenClaw
with a page of its own, usually 403 "Attention Required!", "Just a moment..." or "Access Denied".
The request never reaches the proxy.

Why it happens
--------------
The service treats OpenClaw as a bot. It sees a program's User-Agent ("OpenAI/JS ..."), a POST with
a long JSON text that contains code, or an address in a data centre, and wants proof of a browser
that no program can give. A list of models often passes, because it is a short GET. A page with
status 520 to 530 means that Cloudflare itself gets no answer from the server.

How to fix it
-------------
If the host is yours, add a rule that lets requests to the API pass (Cloudflare: Security > WAF >
Custom rules, action Skip for the path /v1/), or let OpenClaw use an address that does not lead
through the service. If it is not yours, ask its owner to do so.

If the User-Agent is the reason, another one helps. OpenClaw sends the headers of its provider:

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
from clawdoctor.errors.rule import signature
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
    """Report a turn that such a page answers, or of which LiteLLM quotes such a page."""
    for failure in replies.of("edge-blocked"):
        result = failure.turn.result
        assert isinstance(result, Answer), "a page is an answer"
        label = "what stands in front of this host answers"
        edge, place = edge_of(result), None
        if edge is not None and not failure.direct:
            place = configs.of_route(question.routes[0], "baseUrl", label)
        name = edge or "A firewall"
        where = _host(question) if place is not None else resource_name(failure, replies)
        yield turn_finding(
            failure,
            replies,
            configs,
            message=f'{name} answers the test message to "{question.model}" with its own page, '
            f"HTTP {result.status}",
            why=_why(result, name),
            setting="api_base",
            label=label,
            place=place,
            consequence=f"{name} stops the requests to {where}",
            fix=_fix(result, name, question.routes[0].provider.id if place else ""),
        )


def _host(question: Question) -> str:
    return question.proxy.address if question.proxy is not None else "the server"


def _why(result: Answer, edge: str) -> str:
    if reports_dead_origin(result):
        return f"With this status {edge} says that the server behind it does not answer."
    return (
        f"{edge} treats the request as a bot's or as an attack and refuses it. The request does "
        "not reach the server."
    )


def _fix(result: Answer, edge: str, provider: str = "") -> Fix:
    """What the owner of the host does, and what helps without them. `provider` is OpenClaw's."""
    if reports_dead_origin(result):
        step = Step("start the server behind this host, and see that it listens")
        return Fix("start the server", actions=(step, CHECK_AGAIN))
    rule = Step(
        f"add a rule to {edge} that lets POST requests to the API pass, or ask the owner of the "
        "host to do so"
    )
    agent = Step(
        "if it refuses OpenClaw's User-Agent, set another one in "
        f"models.providers.{provider}.headers of openclaw.json"
    )
    return Fix(
        title="let the requests pass",
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
    texts=(
        signature(r"Attention Required! \| Cloudflare", "certain", "Cloudflare"),
        signature(r"\bcf-mitigated\b.{0,20}challenge", "certain", "Cloudflare"),
        signature(
            r"Sorry, you have been blocked.{0,200}(?:unable to access|Cloudflare)",
            "certain",
            "Cloudflare",
        ),
        signature(
            r"Just a moment\.\.\..{0,400}(?:JavaScript and cookies|cf_chl|cloudflare)",
            "certain",
            "Cloudflare",
        ),
        signature(r"Checking your browser before accessing", "certain", "Cloudflare"),
        signature(r"\bcf_chl_opt\b|/cdn-cgi/challenge-platform/", "certain", "Cloudflare"),
        signature(r"Cloudflare Ray ID: ?[0-9a-f]{8,20}", "likely", "Cloudflare"),
        signature(
            r"errors\.edgesuite\.net"
            r"|Access Denied.{0,300}Reference(?: #|&#32;&#35;)\d{1,3}\.[0-9a-f]{4,16}",
            "certain",
            "Akamai",
        ),
        signature(r"Generated by cloudfront.{0,60}Request ID", "certain", "Amazon CloudFront"),
        signature(r"_Incapsula_Resource|Incapsula incident ID", "certain", "Imperva"),
        signature(r"Vercel Security Checkpoint", "certain", "Vercel"),
        signature(
            r"The requested URL was rejected\. Please consult with your administrator",
            "certain",
            "F5 BIG-IP",
        ),
        signature(
            r"403 Forbidden.{0,80}Microsoft-Azure-Application-Gateway",
            "certain",
            "Azure Application Gateway",
        ),
    ),
)
