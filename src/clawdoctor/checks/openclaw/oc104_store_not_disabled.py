"""OpenClaw may send `store`, a parameter that LiteLLM or Azure can reject.

What it means
-------------
`store` asks OpenAI to keep the answer. Old versions of OpenClaw send it with every request unless
the model has compat: { supportsStore: false }. Some versions of LiteLLM reject it for Azure, and
Azure rejects it if the api-version is older than the parameter. Each message then ends in "azure
does not support parameters: ['store']", which OpenClaw 2026.4.10 and later show as "provider
rejected the request schema or tool payload".

Why it happens
--------------
The line is missing in one of the models, is in the provider (it belongs to each model), or is set
to true.

How to fix it
-------------
Add it to each model that goes through the proxy:

    compat: { supportsStore: false },

On LiteLLM 1.81.1 to 1.81.13, you can instead set `drop_params: true` under `litellm_settings`.

Versions
--------
OpenClaw 2026.4.23 and older send `store`. 2026.4.24 and later do not send it to a proxy over chat
completions, whatever the model sets, so the line then only helps older versions. With a Responses
api, OpenClaw still sends it. LiteLLM 1.81.1 to 1.81.13 reject it for every Azure model; older and
newer versions pass it on. Azure accepts it in api-version 2024-12-01-preview and later. Azure's
documentation contradicts itself about 2024-10-01-preview: the page on stored completions names it
as the first version with the parameter, the changelog names 2024-12-01-preview.

References
----------
https://github.com/openclaw/openclaw/issues/22704
https://docs.litellm.ai/docs/completion/drop_params
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import (
    GLOBAL,
    DropParams,
    drop_params,
    drops_params,
    start_arguments,
)
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import Model, OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.schema import is_refused
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.openclaw.oc104_reception import PARAMETER, Reception, reception_of
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity
from clawdoctor.knowledge import behaviours
from clawdoctor.knowledge.azure import feature_since, lacks
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import put
from clawdoctor.wire.openclaw import turn_body
from clawdoctor.wire.openclaw_model import api_of
from clawdoctor.wire.request import Api

KEY = "supportsStore"
SETTING = f"compat: {{ {KEY}: false }}"


def check(
    route: Route,
    versions: Versions,
    openclaw: OpenClawConfig,
    litellm: LiteLLMConfig | Absent,
    environment: Environment,
    situation: Situation,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report a model of the proxy that does not set `supportsStore: false`."""
    model = route.model
    if model is None or model.supports_store is False or route.target != "proxy":
        return
    if route.purpose != "chat":
        return
    if is_refused(openclaw.root, f"{model.pointer}/compat/{KEY}"):
        return
    proxy = litellm if isinstance(litellm, LiteLLMConfig) else None
    arguments = start_arguments(situation, compose, proxy)
    dropping: dict[str, DropParams] = {}
    if proxy is not None:
        dropping = {
            deployment.id: drop_params(proxy, deployment, environment.proxy, arguments)
            for deployment in route.deployments
        }
    reception = reception_of(route, dropping, versions)
    kind = api_of(route, versions)
    sent = PARAMETER in turn_body(route, openclaw, versions)
    severity = _severity(kind, reception, versions, sent=sent)
    if severity is None:
        return
    verb = "sends" if sent and versions.known("openclaw") else "may send"
    fault = f"OpenClaw {verb} `store`, {_faults(route)[reception]}"
    of_model = fault.replace("`store`", f'`store` for "{model.id}"', 1)
    refuser = "LiteLLM" if reception == "litellm-refuses" else "Azure"
    yield Finding(
        severity=severity,
        message=of_model if severity is not Severity.INFO else _note(model),
        title=fault if severity is not Severity.INFO else _HARMLESS,
        detail=_detail(kind, severity, reception, versions),
        place=openclaw.place(f"{model.pointer}/compat/supportsStore", _label(model)),
        consequence="Azure rejects the parameter `store`, because the api-version is too old for it"
        if reception == "azure-refuses"
        else f"{refuser} rejects the parameter `store`, which OpenClaw sends",
        related=() if severity is Severity.INFO else tuple(_related(route, proxy, reception)),
        fixes=(_fix(model),),
        assumed=severity is Severity.WARNING,
    )


def _severity(
    kind: Api, reception: Reception, versions: Versions, *, sent: bool
) -> Severity | None:
    """Return error if the version found fails, warning if it is unknown, otherwise info."""
    if kind == "other":
        return None
    if kind == "responses":
        return Severity.WARNING if sent and reception == "litellm-refuses" else None
    if versions.openclaw is not None and not sent:
        return Severity.INFO
    if reception == "taken":
        return Severity.INFO
    if versions.known("openclaw") and reception.endswith("refuses"):
        return Severity.ERROR
    return Severity.WARNING


_HARMLESS = "models without compat.supportsStore: false, which is harmless in this chain"


def _faults(route: Route) -> dict[Reception, str]:
    """Return what LiteLLM or Azure does with `store`, as a clause."""
    named = {deployment.api_version.resolved for deployment in route.deployments} - {None}
    version = f"api-version {named.pop()}" if len(named) == 1 else "this api-version"
    return {
        "litellm-refuses": "which LiteLLM rejects",
        "azure-refuses": f"which Azure rejects in {version}",
        "disputed": f"which Azure may reject in {version}",
        "taken": "which LiteLLM drops or Azure accepts",
        "unknown": "which some versions of LiteLLM reject",
    }


def _note(model: Model) -> str:
    says = "sets" if model.supports_store else "does not set"
    value = "supportsStore: true" if model.supports_store else "supportsStore"
    return f'"{model.id}" {says} {value}, which is harmless in this chain'


def _label(model: Model) -> str:
    return "must be false" if model.supports_store else f"{SETTING} is missing"


def _detail(kind: Api, severity: Severity, reception: Reception, versions: Versions) -> str:
    sending = versions.effect("openclaw", PARAMETER) == "sent"
    wanted = "sent" if sending or versions.openclaw is None else "stripped"
    says = next(row.says for row in behaviours("openclaw", PARAMETER) if row.effect == wanted)
    if kind == "responses":
        says = "With a Responses api, every version of OpenClaw sends `store`"
    here = versions.stated("openclaw", "OpenClaw")
    if versions.openclaw is None:
        here = "OpenClaw's version is unknown"
    parts = [f"{says}; {here}."]
    if reception == "litellm-refuses":
        row = next(row for row in behaviours("litellm", PARAMETER) if row.effect == "refused")
        parts.append(f"{row.says}; {versions.stated('litellm', 'LiteLLM')}.")
    elif reception == "disputed":
        parts.append("Azure's documentation does not say whether that api-version accepts it.")
    elif reception == "azure-refuses" and severity is not Severity.INFO:
        parts.append(f"Azure accepts it in api-version {feature_since(PARAMETER)} and later.")
    elif reception == "taken" and wanted == "sent":
        parts.append("Here LiteLLM drops it, or Azure accepts it.")
    return " ".join(parts)


def _related(route: Route, proxy: LiteLLMConfig | None, reception: Reception) -> Iterator[Place]:
    """Yield the places in LiteLLM's file where a change would help instead."""
    if proxy is None:
        return
    if reception in ("litellm-refuses", "unknown") and not drops_params(proxy):
        yield proxy.place(GLOBAL, "drop_params: true also fixes this")
    for deployment in route.deployments if reception == "azure-refuses" else ():
        version = deployment.api_version.resolved
        if version is not None and lacks(version, PARAMETER):
            yield proxy.place(deployment.api_version.pointer, "too old for `store`")


def _fix(model: Model) -> Fix:
    return Fix(
        title=f"add {SETTING} to the model",
        applicability="safe",
        snippet=f"{SETTING},",
        actions=(CHECK_AGAIN,),
        changes=put(model.node, f"/compat/{KEY}", False),
    )


CHECK = Check(
    code="OC104",
    name="store-not-disabled",
    stage="openclaw",
    scope="request",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    causes=("LL101",),
    texts=(
        rule(
            "likely",
            "a server that speaks OpenAI's API",
            r"\b(?:param|propert|argument|field|request|litellm|azure|openai|400\b|Bad)",
            refuses="store",
        ),
        rule(
            "likely",
            "another server that speaks OpenAI's API",
            r"\bstore\b['\])]{0,3}[:,] ?.{0,60}Extra inputs are not permitted"
            r"|Extra inputs are not permitted, field: 'store'",
        ),
    ),
    advice={
        STRAIGHT: Advice(
            "Turn `store` off for each model of the provider in openclaw.json. Azure itself "
            "accepts `store` in api-version 2024-12-01-preview and later, and under /openai/v1:",
            "compat: { supportsStore: false },",
        ),
    },
)
