"""The api-version that OpenClaw sends directly to Azure: part of OC106."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, parse_qsl

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.openclaw import Provider
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Action, Fix, Severity, Step
from clawdoctor.knowledge.azure import is_undated
from clawdoctor.source.change import Change, put
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret
from clawdoctor.wire.openclaw_url import (
    API_VERSION_VARIABLE,
    is_api_version_header,
    takes_api_version,
)

V1 = "/openai/v1"
CHAT, NATIVE = "openai-completions", "azure-openai-responses"
_REFUSED = "Azure rejects the api-version that OpenClaw sends"


@dataclass(frozen=True, slots=True)
class Fault:
    """What Azure rejects, and what fixes it."""

    pointer: str
    message: str
    label: str
    why: str
    fix: Fix
    severity: Severity = Severity.ERROR
    consequence: str = ""


def has_api_version(parts: SplitResult, headers: Mapping[str, Secret]) -> bool:
    """Return whether an api-version is in baseUrl, or in a header that becomes part of the query.

    OpenClaw moves such a header into the query.
    """
    named = any(is_api_version_header(name) for name in headers)
    return bool(_in_query(parts)) or (named and takes_api_version(parts.hostname))


def _in_query(parts: SplitResult) -> str:
    return dict(parse_qsl(parts.query)).get("api-version", "")


def fault_of_unread_version(provider: Provider, versions: Versions, fix: Fix) -> Fault | None:
    """Return the fault of versions that send the api-version where Azure does not read it.

    The fix is unsafe if the chain may work as it is.
    """
    judged = judge_versions(versions, "openclaw", "azure-api-version", ["header"], ["not-seen"])
    if judged is None:
        return None
    if judged.severity is not Severity.ERROR and fix.changes:
        fix = replace(fix, applicability="unsafe")
    return Fault(
        provider.base_url.pointer,
        f'"{provider.id}" sends no api-version in the query',
        "Azure reads the api-version only from the end of the URL",
        f"{judged.row.says}.",
        fix,
        judged.severity,
    )


def fault_of_bearer(provider: Provider, headers: Mapping[str, Secret]) -> Fault | None:
    """Return the fault of a deployment's path if Azure does not read the header with the key."""
    if any(name.casefold() == "api-key" for name in headers):
        return None
    names = provider.api_key.variables
    snippet = f'headers: {{ "api-key": "${{{names[0]}}}" }},' if names else ""
    actions: tuple[Action, ...] = (CHECK_AGAIN,)
    if not names:
        actions = (Step('Also send the key in a header "api-key"'), *actions)
    return Fault(
        provider.base_url.pointer,
        f'"{provider.id}" sends its key as a Bearer token to a deployment\'s path',
        'needs a header "api-key"',
        'On this path, Azure reads a key from the header "api-key". It treats a Bearer token as an '
        f"Entra ID token and may answer 401. Under {V1}, Azure accepts both.",
        Fix(
            'also send the key in a header "api-key"',
            "unsafe" if names else "manual",
            snippet=snippet,
            actions=actions,
            changes=put(provider.node, "/headers/api-key", f"${{{names[0]}}}") if names else (),
        ),
        Severity.WARNING,
        "Azure may reject the key in this form",
    )


def fault_of_dated_version(
    provider: Provider, headers: Mapping[str, Secret], parts: SplitResult, fix: Fix
) -> Fault | None:
    """Return the fault of a dated api-version under /openai/v1."""
    named = (value for name, value in headers.items() if is_api_version_header(name))
    written = Secret(_in_query(parts)) if _in_query(parts) else next(named, Secret(""))
    if written.test(is_undated) or not written.test(lambda text: text[:1].isdigit()):
        return None
    return Fault(
        provider.base_url.pointer,
        f'"{provider.id}" sends an api-version that Azure rejects under {V1}',
        "must be preview or v1, or be left out",
        f"Under {V1}, Azure accepts preview or v1 in the query, or no api-version.",
        fix,
        consequence=_REFUSED,
    )


def fault_of_native_version(
    where: str, versions: Versions, environment: Environment, root: Node
) -> Fault | None:
    """Return the fault of an api-version of azure-openai-responses that Azure rejects."""
    variable = environment.openclaw.get(API_VERSION_VARIABLE)
    value = variable.value.stripped() if variable is not None else None
    changes: tuple[Change, ...] = ()
    if value:
        if value.test(is_undated):
            return None
        severity, why = Severity.ERROR, f"{API_VERSION_VARIABLE} is neither v1 nor preview."
    else:
        judged = judge_versions(versions, "openclaw", "azure-responses-version", ["dated"])
        if judged is None:
            return None
        severity, why = judged.severity, f"{judged.row.says}."
        changes = put(root, f"/env/vars/{API_VERSION_VARIABLE}", "preview")
    where_set = variable.source if variable is not None else "OpenClaw's environment"
    title = f'set env.vars.{API_VERSION_VARIABLE} to "preview"'
    if not changes:
        title = f"in {where_set}, set {API_VERSION_VARIABLE} to preview"
    step = Step(title[:1].upper() + title[1:])
    actions: tuple[Action, ...] = (
        Step("Or update OpenClaw") if changes else step,
        RESTART_OPENCLAW,  # a running OpenClaw keeps its old environment
        CHECK_AGAIN,
    )
    return Fault(
        where,
        f'"{NATIVE}" sends an api-version that Azure rejects under {V1}',
        "Azure accepts only preview or v1 here",
        f'{why} Azure answers 400 "API version not supported".',
        Fix(
            title,
            "unsafe" if changes else "manual",
            snippet=f'env: {{ vars: {{ {API_VERSION_VARIABLE}: "preview" }} }},' if changes else "",
            actions=actions,
            changes=changes,
        ),
        severity,
        _REFUSED,
    )
