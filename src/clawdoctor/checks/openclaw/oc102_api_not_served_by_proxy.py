"""OpenClaw uses an api that the proxy or Azure does not serve.

What it means
-------------
`api` decides which protocol OpenClaw uses, and with it the path of every request. LiteLLM serves
OpenAI's chat completions and Responses, and Anthropic's messages. It serves Google's
generateContent at another path. Azure itself serves some models only through chat completions or
only through Responses. With any other api, requests fail with 404 or 400. OpenClaw 2026.4.10 and
later show a 400 as "provider rejected the request schema or tool payload". A 404 appears as "HTTP
404: ..." up to 2026.5.12. In 2026.9.6 it appears as "The selected model was not found by the
provider", or as the text of a 400.

Why it happens
--------------
The value comes from another provider's example, or from a guide for OpenClaw without a proxy.

How to fix it
-------------
For LiteLLM with chat models:

    api: "openai-completions",

For models that Azure serves only through Responses, use "openai-responses".

Versions
--------
All versions of OpenClaw; measured on 2026.9.6 with LiteLLM 1.106.2.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.litellm.ai/docs/response_api
https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import model_named
from clawdoctor.source.change import Put

CHAT, RESPONSES, NATIVE = "openai-completions", "openai-responses", "azure-openai-responses"


_ENDPOINTS = {"chat/completions": "chat completions", "responses": "the Responses API"}


def check(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report a route whose target does not serve its `api`.

    LL109 reports the Responses API through LiteLLM with an api-version that lacks it.
    """
    api, where = route.provider.api(route.model)
    if api is None or route.purpose != "chat":  # OC101 reports a missing api
        return
    if route.target == "azure":
        yield from _direct_findings(route, api, where, openclaw, versions)
        return
    known = table("openclaw_targets")["proxy"]
    if api in known["other_apis"] or api in known["unlikely_apis"]:
        yield _other_vendor_finding(route, api, where, openclaw, versions)
    elif api == NATIVE:
        yield _native_finding(route, where, openclaw, versions)


def _other_vendor_finding(
    route: Route, api: str, where: str, openclaw: OpenClawConfig, versions: Versions
) -> Finding:
    """Report an `api` of another vendor."""
    sure = api in table("openclaw_targets")["proxy"]["other_apis"]
    says = "has no route for this api" if sure else "serves this api at another path"
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f'LiteLLM does not serve the api "{api}"{"" if sure else " at this URL"}',
        detail=f"LiteLLM {says}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(where, f"use {CHAT} with LiteLLM"),
        consequence=f'LiteLLM does not serve the api "{api}"',
        fixes=(_fix(CHAT, where, openclaw, safe=sure),),
        subjects=(route.id,),
    )


def _native_finding(
    route: Route, where: str, openclaw: OpenClawConfig, versions: Versions
) -> Finding:
    """Report Azure's own variant of the Responses API, used through the proxy."""
    return Finding(
        severity=Severity.WARNING,
        message=f'"{NATIVE}" is for Azure, but this provider is LiteLLM',
        detail="With this api, OpenClaw adds an api-version and sends the key in the header "
        "api-key. LiteLLM accepts such requests, but is not designed for them. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(where, f'use "{RESPONSES}" with LiteLLM'),
        consequence="OpenClaw sends the proxy requests that are meant for Azure",
        fixes=(_fix(RESPONSES, where, openclaw),),
        subjects=(route.id,),
    )


def _direct_findings(
    route: Route, api: str, where: str, openclaw: OpenClawConfig, versions: Versions
) -> Iterator[Finding]:
    """Report a deployment on Azure that has the name of a model without this API."""
    model = model_named(route.model_id)
    wanted = {CHAT: "chat/completions", RESPONSES: "responses", NATIVE: "responses"}.get(api)
    if model is None or wanted is None or wanted in model.endpoints or not model.endpoints:
        return
    right = RESPONSES if "responses" in model.endpoints else CHAT
    served = " and ".join(_ENDPOINTS.get(name, name) for name in model.endpoints)
    yield Finding(
        severity=Severity.ERROR,
        message=f'Azure serves "{model.name}" only through {served}',
        detail=f"OpenClaw sends its requests to {wanted}, and Azure answers 400 "
        f"OperationNotSupported in every api-version. {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(where, f'"{model.name}" does not support {wanted}'),
        consequence=f'Azure serves "{model.name}" only through {served}',
        fixes=(_fix(right, where, openclaw),),
        subjects=(route.id,),
    )


def _fix(api: str, where: str, openclaw: OpenClawConfig, *, safe: bool = False) -> Fix:
    node = openclaw.root.at(where)
    return Fix(
        title=f'set api to "{api}"',
        applicability="safe" if safe else "unsafe",
        snippet=f'api: "{api}",',
        actions=(CHECK_AGAIN,),
        changes=(Put(node, api),) if node is not None else (),
    )


CHECK = Check(
    code="OC102",
    name="api-not-served-by-proxy",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("OC106",),
    texts=(
        rule(
            "likely",
            "a server that serves chat completions",
            r"/responses\b",
            r"\b404\b|\bnot (?:found|supported|implemented|available)|unsupported|does(?: not"
            r"|n't) exist",
            r"POST \S{0,120}/responses\b.{0,20}(?:\b404\b|Not Found)|\b404\b.{0,20}/v1/resp"
            r"|/v1/responses\b[^.]{0,40}(?:not|uns|exist)",
            advice="chat",
        ),
        rule(
            "likely",
            "a server that serves chat completions",
            "Responses API is not (?:supported|implemented|available) (?:by|on|at) th"
            "|provided data does not match the expected sch",
            advice="chat",
        ),
        rule("certain", "LiteLLM", "GET responses is not supported for"),
        rule(
            "likely",
            "a server that speaks OpenAI's API",
            r"(?:valid|support|known|expect)\w{0,3}\b[^.]{0,80}\b(?P<value>(?:in|out)put_(?:text"
            r"|image))\b|value: ''.{1,40}: 'apply_p",
            advice="chat",
        ),
    ),
    advice={
        "chat": Advice(
            "OpenClaw uses the Responses API with a server or model that supports only chat "
            "completions, or the reverse: the two name the parts of a message differently. For "
            "LiteLLM with chat models, write in the provider and in its models:",
            'api: "openai-completions",',
            straight=Advice(
                "OpenClaw uses an api that this server or model does not support. For Azure "
                "without a proxy, Responses models need the first line, and models with only chat "
                "completions need the second:",
                'api: "azure-openai-responses",\napi: "openai-completions",',
            ),
        ),
        "stored": Advice(
            "OpenClaw does not send this request: a client asks LiteLLM for a stored answer (GET "
            "/v1/responses/<id>). LiteLLM supports this only for some providers, not for "
            "<provider>. Make the client keep the answer that it received.",
            when=r"GET responses is not supported for (?P<provider>[\w-]{1,40})",
        ),
        STRAIGHT: Advice(
            "For Azure without a proxy, set the api that Azure serves for the model, in the "
            "provider and in its models, and use a baseUrl that ends in /openai/v1:",
            'api: "azure-openai-responses",',
        ),
    },
)
