"""The provider leads straight to Azure, with a path or an api that Azure does not take.

What it means
-------------
Azure OpenAI speaks the dialect of OpenAI's clients below /openai/v1 only. OpenClaw adds
/chat/completions (or /responses) to the end of baseUrl and sends the key as a Bearer token: on the
bare host that is 404 "Resource not found", and on a deployment's path there is neither an
api-version nor a header that Azure accepts there.

Why it happens
--------------
The endpoint was copied from the Azure Portal, which shows the bare host, or from a curl command
for one deployment.

How to fix it
-------------
Add /openai/v1 to the host, and use the deployment's name as the model's id:

    baseUrl: "https://my-resource.openai.azure.com/openai/v1",
    api: "openai-completions",

Or let the provider lead to the LiteLLM proxy: http://localhost:4000/v1.

Versions
--------
All; measured on OpenClaw 2026.9.6. There azure-openai-responses takes the bare host, too.

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
https://github.com/openclaw/openclaw/issues/48939
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from clawdoctor.chain.advice import check_again
from clawdoctor.chain.azure_host import split
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check, signature
from clawdoctor.finding import Edit, Finding, Fix, Severity, Step
from clawdoctor.knowledge import table

V1 = "/openai/v1"
_RIGHT = re.compile(r"(?:/api/projects/[^/]+)?/openai/v1/*", re.IGNORECASE)
_PLAIN = re.compile(r"(?:/|/v1/?|/openai/?)?", re.IGNORECASE)
_DEPLOYMENT = re.compile(r"/deployments/(?P<name>[^/?]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Fault:
    """What Azure rejects, and the baseUrl that works; None if the baseUrl is not at fault."""

    pointer: str
    message: str
    label: str
    why: str
    better: str | None
    severity: Severity = Severity.ERROR


def check(chain: Chain, openclaw: OpenClawConfig, versions: Versions) -> Iterator[Finding]:
    """Report providers that lead to Azure, once for all routes with the same fault."""
    for provider, target in chain.providers:
        if target != "azure" or provider.base_url.state != "set":
            continue
        faults: dict[_Fault, list[Route]] = {}
        for route in chain.routes_of(provider):
            fault = _fault(provider, route, versions)
            if fault is not None:
                faults.setdefault(fault, []).append(route)
        for fault, routes in faults.items():
            yield Finding(
                severity=fault.severity,
                message=fault.message,
                detail=f"{fault.why} {versions.stated('openclaw', 'OpenClaw')}.",
                place=openclaw.place(fault.pointer, fault.label),
                consequence="OpenClaw asks Azure for a path that Azure does not have",
                fixes=(_fix(provider, fault),),
                subjects=tuple(route.id for route in routes),
            )


def _fault(provider: Provider, route: Route, versions: Versions) -> _Fault | None:
    url = provider.base_url.resolved or ""
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https"):
        return None  # OC105 reports this
    api, where = provider.api(route.model)
    speaks = api or _default_api(versions)
    known = table("openclaw_targets")["azure"]
    if speaks in known["other_apis"]:
        host = provider.base_url.quoted(parts.hostname or "")
        return _Fault(
            where,
            f'Azure does not speak "{speaks}"',
            "no api of Azure's",
            f'"{provider.id}" leads to {host}, which speaks OpenAI\'s api below {V1}.',
            None,
        )
    if speaks not in known["apis"]:
        return None
    path, better = parts.path, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{V1}"
    if provider.base_url.hidden:
        better = f"https://<resource>.openai.azure.com{V1}"
    adds = "/responses" if speaks.endswith("-responses") else "/chat/completions"
    deployment = _DEPLOYMENT.search(path)
    if speaks in known["finds_its_path"] and not parts.query and not deployment:
        return None
    if deployment or parts.query:
        return _Fault(
            provider.base_url.pointer,
            f'the baseUrl of "{provider.id}" is '
            + ("a deployment's path on Azure" if deployment else "an Azure URL with a query"),
            f"OpenClaw adds {adds} behind this",
            f"OpenClaw puts {adds} behind the whole text and sends the key as a Bearer token. "
            f"Azure takes that below {V1} only, with the deployment's name as the model.",
            better,
        )
    if _RIGHT.fullmatch(path) or not _PLAIN.fullmatch(path):
        return None
    return _Fault(
        provider.base_url.pointer,
        f'the baseUrl of "{provider.id}" is an Azure host without {V1}',
        f"{V1} is missing",
        f"OpenClaw asks for {provider.base_url.quoted(path).rstrip('/')}{adds}; Azure answers 404 "
        '"Resource not found".',
        better,
    )


def _default_api(versions: Versions) -> str:
    responses = versions.effect("openclaw", "missing-api") == "responses"
    return "openai-responses" if responses else "openai-completions"


def _fix(provider: Provider, fault: _Fault) -> Fix:
    url, retry = provider.base_url, check_again("OC106")
    if fault.better is None:
        snippet = 'api: "openai-completions",'
        return Fix("use an api that Azure speaks", snippet=snippet, actions=(retry,))
    line = f"baseUrl: {json.dumps(fault.better)},"
    deployment = _DEPLOYMENT.search(url.shown)
    name = f'"{deployment["name"]}"' if deployment else "the name of the deployment on Azure"
    actions = (Step(f"the id of each model must be {name}"), retry)
    if url.variables or url.node is None:
        names = ", ".join(url.variables)
        return Fix(f"correct the value of {names}", snippet=line, actions=actions)
    return Fix(
        title=f"write {fault.better}",
        applicability="unsafe",
        edits=(Edit(url.node.span, json.dumps(fault.better)),),
        snippet=line,
        actions=actions,
    )


CHECK = Check(
    code="OC106",
    name="base-url-is-azure",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"azure\.com/\S{0,120}api-version=[\w-]{1,40}/(?P<path>chat/completions"
            r"|responses)",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"https?://(?P<host>[\w-]{1,80}\.(?:openai|cognitiveservices"
            r"|services\.ai)\.azure\.com)(?:/v1|/openai)?/(?:chat/completions"
            r"|responses)\b(?!\?api-version=)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:Invalid Azure OpenAI base URL|Azure OpenAI base URL is required)\b",
            "certain",
            "OpenClaw",
        ),
    ),
)
