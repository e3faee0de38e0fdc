"""The provider's baseUrl points directly to Azure, but Azure does not support its path or its api.

What it means
-------------
Azure OpenAI serves an OpenAI-compatible API under /openai/v1. OpenClaw appends /chat/completions
(or /responses) to baseUrl and sends the key as a Bearer token. On the bare host, Azure answers 404
"Resource not found". A deployment's path works only for chat completions, with an api-version in
the query and the key in a header "api-key".

Why it happens
--------------
The endpoint was copied from the Azure Portal, which shows the bare host, or from a curl command for
one deployment. Or OpenClaw is old and sends an api-version that Azure does not read or that Azure
rejects.

How to fix it
-------------
Add /openai/v1 to the host, and use the deployment name as the model's id:

    baseUrl: "https://my-resource.openai.azure.com/openai/v1",
    api: "openai-completions",

If an old OpenClaw uses azure-openai-responses, set AZURE_OPENAI_API_VERSION=preview for OpenClaw,
or update OpenClaw.

Versions
--------
OpenClaw 2026.5.12 and later move an api-version into the query, from a header "api-version" or from
the end of baseUrl; 2026.3.13 and 2026.3.22 send the header unchanged. In an agent's turn, unless
AZURE_OPENAI_API_VERSION is set, azure-openai-responses sends api-version=v1 in 2026.5.7 and older,
2024-12-01-preview in 2026.5.12, and preview in newer versions. Under /openai/v1, Azure rejects a
dated api-version. In an agent's turn, azure-openai-responses needs /openai/v1 too; only `openclaw
infer` adds it to the bare host (measured on 2026.5.12, 2026.7.1 and 2026.9.6).

References
----------
https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
https://github.com/openclaw/openclaw/issues/48939
https://github.com/openclaw/openclaw/issues/46676
https://github.com/openclaw/openclaw/issues/82025
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.azure_host import split
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import OpenClawConfig, Provider
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.oc106_api_version import (
    CHAT,
    NATIVE,
    V1,
    Fault,
    fault_of_bearer,
    fault_of_dated_version,
    fault_of_native_version,
    fault_of_unread_version,
    has_api_version,
)
from clawdoctor.deferred import regex
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Step
from clawdoctor.knowledge import table
from clawdoctor.source.change import Change, Put, Remove
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_headers import user_headers
from clawdoctor.wire.openclaw_model import spoken_api
from clawdoctor.wire.openclaw_url import is_api_version_header, path_of

_RIGHT = regex(r"(?:/api/projects/[^/]+)?/openai/v1/*", re.IGNORECASE)
_PLAIN = regex(r"(?:/|/v1/?|/openai/?)?", re.IGNORECASE)
_DEPLOYMENT = regex(r"/deployments/(?P<name>[^/?]+)", re.IGNORECASE)
_CLASSIC = regex(r"/openai/deployments/[^/]+/*", re.IGNORECASE)


def check(
    chain: Chain, openclaw: OpenClawConfig, versions: Versions, environment: Environment
) -> Iterator[Finding]:
    """Report providers that lead to Azure, once for all routes with the same fault."""
    for provider, target in chain.providers:
        if target != "azure" or provider.base_url.state != "set":
            continue
        faults: dict[tuple[str, str], tuple[Fault, list[Route]]] = {}
        for route in (r for r in chain.routes_of(provider) if r.purpose == "chat"):
            headers = user_headers(route, openclaw, environment.openclaw, versions).values
            fault = _fault(route, openclaw, headers, versions, environment)
            if fault is not None:
                key = fault.pointer, fault.message
                faults.setdefault(key, (fault, []))[1].append(route)
        for fault, routes in faults.values():
            yield Finding(
                severity=fault.severity,
                message=fault.message,
                detail=f"{fault.why} {versions.stated('openclaw', 'OpenClaw')}.",
                place=openclaw.place(fault.pointer, fault.label),
                consequence=fault.consequence or fault.message,
                fixes=(fault.fix,),
                subjects=tuple(route.id for route in routes),
            )


def _fault(
    route: Route,
    openclaw: OpenClawConfig,
    headers: Mapping[str, Secret],
    versions: Versions,
    environment: Environment,
) -> Fault | None:
    provider = route.provider
    parts = split(provider.base_url.resolved or "")
    if parts is None or parts.scheme not in ("http", "https"):
        return None  # OC105 reports this
    _, where = provider.api(route.model)
    speaks = spoken_api(route, versions) or CHAT
    known = table("openclaw_targets")["azure"]
    if speaks in known["other_apis"]:
        host = provider.base_url.quoted(parts.hostname or "")
        why = f'"{provider.id}" leads to {host}, which serves OpenAI\'s API under {V1}.'
        node = openclaw.root.at(where)
        fix = Fix(
            f'set api to "{CHAT}"',
            "unsafe",
            snippet=f'api: "{CHAT}",',
            actions=(CHECK_AGAIN,),
            changes=(Put(node, CHAT),) if node is not None else (),
        )
        message = f'Azure does not support the api "{speaks}"'
        return Fault(where, message, "not supported by Azure", why, fix)
    if speaks not in known["apis"]:
        return None
    if speaks == CHAT and has_api_version(parts, headers):
        if _CLASSIC.fullmatch(parts.path):
            fix = _url_fix(provider, parts, openclaw)
            return fault_of_unread_version(provider, versions, fix) or fault_of_bearer(
                provider, headers
            )
        if _RIGHT.fullmatch(parts.path):
            fix = _url_fix(provider, parts, openclaw)
            return fault_of_dated_version(provider, headers, parts, fix)
    path_fault = _fault_of_path(provider, parts, speaks, openclaw)
    if path_fault is None and speaks == NATIVE:
        return fault_of_native_version(where, versions, environment, openclaw.root)
    return path_fault


def _fault_of_path(
    provider: Provider, parts: SplitResult, speaks: str, openclaw: OpenClawConfig
) -> Fault | None:
    adds = path_of(speaks)
    deployment = _DEPLOYMENT.search(parts.path)
    if deployment or parts.query:
        return Fault(
            provider.base_url.pointer,
            f'the baseUrl of "{provider.id}" is '
            + ("a deployment's path on Azure" if deployment else "an Azure URL with a query"),
            f"OpenClaw appends {adds} to this",
            f"OpenClaw appends {adds} and sends the key as a Bearer token. Azure accepts that only "
            f"under {V1}, with the deployment name as the model.",
            _url_fix(provider, parts, openclaw),
        )
    if _RIGHT.fullmatch(parts.path) or not _PLAIN.fullmatch(parts.path):
        return None
    return Fault(
        provider.base_url.pointer,
        f'the baseUrl of "{provider.id}" is an Azure host without {V1}',
        f"{V1} is missing",
        f"OpenClaw requests {provider.base_url.quoted(parts.path).rstrip('/')}{adds}, and Azure "
        'answers 404 "Resource not found".',
        _url_fix(provider, parts, openclaw),
    )


def _url_fix(provider: Provider, parts: SplitResult, openclaw: OpenClawConfig) -> Fix:
    """Return the fix that sets the URL of the v1 API, and the deployment name as the model's id.

    The v1 API needs no api-version. The fix is safe if the URL contains no deployment name, or the
    one that is the model's id.
    """
    url = provider.base_url
    path = parts.path.rstrip("/") if _RIGHT.fullmatch(parts.path) else V1
    better = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}"
    if url.hidden:
        better = f"https://<resource>.openai.azure.com{V1}"
    line = f"baseUrl: {json.dumps(better)},"
    deployment = _DEPLOYMENT.search(url.shown)
    step = Step("Check that the id of each model is the name of its deployment on Azure")
    if deployment:
        step = Step(f'Set the id of each model to "{deployment["name"]}"')
    actions: tuple[Action, ...] = (step, CHECK_AGAIN)
    if url.variables or url.node is None:
        names = ", ".join(url.variables)
        return Fix(f"correct the value of {names}", snippet=line, actions=actions)
    renamed: tuple[Change, ...] = ()
    if deployment and len(provider.models) == 1:
        renamed = _renamed(provider, deployment["name"], openclaw)
        actions = (CHECK_AGAIN,)
    return Fix(
        title=f"set baseUrl to {better}",
        applicability="unsafe" if renamed or (deployment and len(provider.models) > 1) else "safe",
        snippet=line,
        actions=actions,
        changes=(Put(url.node, better), *_without_api_version(provider), *renamed),
    )


def _renamed(provider: Provider, name: str, openclaw: OpenClawConfig) -> tuple[Change, ...]:
    """Return the changes that give a provider's only model another id, also in the agents."""
    [model] = provider.models
    node = model.node.get("id")
    if node is None or model.id == name:
        return ()
    refs = [ref for ref in openclaw.refs if (ref.provider, ref.model) == (provider.id, model.id)]
    return Put(node, name), *(Put(ref.node, f"{provider.id}/{name}") for ref in refs)


def _without_api_version(provider: Provider) -> Iterator[Change]:
    """Yield the changes that remove headers with an api-version; the v1 API rejects a date."""
    headers = provider.node.get("headers")
    for entry in headers.entries if headers is not None else ():
        if headers is not None and is_api_version_header(entry.name):
            alone = len(headers.entries) == 1
            whole = provider.node.entry("headers")
            yield Remove(provider.node, whole) if alone and whole else Remove(headers, entry)


CHECK = Check(
    code="OC106",
    name="base-url-is-azure",
    stage="openclaw",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=("path", "api-version"),
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"azure\.com/\S{0,120}api-version=[\w-]{1,40}/(?P<path>chat/completions|responses)",
            unless="://https?:?/",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"https?://[\w-]{1,80}\.(?:openai|cognitiveservices"
            r"|services\.ai)\.azure\.com(?:/openai)?/(?:chat/|res)\w{6,12}\b(?!\?api)",
        ),
        rule(
            "certain",
            "OpenClaw",
            "Invalid Azure OpenAI base URL|Azure OpenAI base URL is required",
            advice="scheme",
        ),
    ),
    advice={
        "scheme": Advice(
            "A model with api: azure-openai-responses needs the complete endpoint as its baseUrl, "
            "with https:// and /openai/v1. If the model should go through LiteLLM, use api: "
            '"openai-completions" and the proxy\'s baseUrl instead.',
            'baseUrl: "https://<name of the resource>.openai.azure.com/openai/v1",',
        ),
    },
)
