"""The primary and its fallbacks share one provider and one key, so they fail together.

What it means
-------------
After a 401 from the primary's deployment, OpenClaw disables the whole provider for 30 seconds, and
again after each later 401. OpenClaw then skips every fallback of the same provider, even one that
would answer. The errors are "Couldn't sign in to azure-openai" and "temporarily disabled after a
provider auth/billing failure".

Why it happens
--------------
openclaw.json has one proxy as one provider, which contains all models.

How to fix it
-------------
For faults of one deployment, let LiteLLM fall back, under the one model name that OpenClaw uses:

    router_settings:
      fallbacks: [{"gpt-4o": ["gpt-4o-mini"]}]

For faults of the key or the proxy, add a second provider with its own key to openclaw.json, and use
one of its models as the last fallback.

Versions
--------
Measured on OpenClaw 2026.9.6 with LiteLLM 1.106.2.

References
----------
https://docs.openclaw.ai/concepts/model-failover
https://docs.litellm.ai/docs/proxy/reliability
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.parameter import file_name
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.knowledge import behaviour
from clawdoctor.probes.replies import AllReplies
from clawdoctor.run.needs import Absent
from clawdoctor.run.refusal import KEY_KINDS
from clawdoctor.source.change import Change, Value, put

_PRIMARIES = ("/agents/defaults/model", "/agents/defaults/model/primary")
_FALLBACKS = "/agents/defaults/model/fallbacks/"


def check(
    openclaw: OpenClawConfig,
    chain: Chain,
    litellm: LiteLLMConfig | Absent,
    versions: Versions,
) -> Iterator[Finding]:
    """Report a default model whose primary and fallbacks all share a provider and a key."""
    refs = [ref for ref in openclaw.refs if ref.pointer.startswith("/agents/defaults/model/")]
    routes = [route for ref in refs if (route := _route_of(ref, chain)) is not None]
    if len(refs) < 2 or len(routes) != len(refs):
        return
    if len({route.provider.id for route in routes}) != 1 or _count_origins(routes) > 1:
        return
    if isinstance(litellm, LiteLLMConfig) and _has_fallbacks(litellm):
        return
    primary, *rest = routes
    row = behaviour("openclaw", "auth-failure", versions.value("openclaw"))
    assert row is not None, "the rows of auth-failure leave a version out"
    names = ", ".join(json.dumps(route.model_id) for route in rest)
    snippet = f"router_settings:\n  fallbacks: [{{{json.dumps(primary.model_id)}: [{names}]}}]"
    shared = ", key and resource" if any(route.deployments for route in routes) else ""
    config = litellm if isinstance(litellm, LiteLLMConfig) else None
    in_file = config is not None and primary.target == "proxy"
    file = file_name(config.path) if config is not None else ""
    changes: tuple[Change, ...] = ()
    if config is not None and in_file and all(route.deployments for route in routes):
        fallbacks: Value = [{primary.model_id: [route.model_id for route in rest]}]
        changes = put(config.root, "/router_settings/fallbacks", fallbacks)
    yield Finding(
        severity=Severity.INFO,
        message=f"the primary and all fallbacks share one provider{shared}",
        detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(refs[1].pointer, f'also uses "{primary.provider.id}"'),
        consequence="a fault of the key also affects the fallbacks",
        related=(openclaw.place(refs[0].pointer, "the primary"),),
        fixes=(
            Fix(
                title=f"let LiteLLM fall back as well, in {file}"
                if in_file
                else "use a fallback from another provider",
                applicability="unsafe" if changes else "manual",
                snippet=snippet if in_file else "",
                actions=(
                    Step(
                        f"{'Or use' if in_file else 'Use'} a fallback from a provider with "
                        "another key"
                    ),
                ),
                changes=changes,
            ),
        ),
        subjects=tuple(route.id for route in routes),
    )


def check_turn(
    openclaw: OpenClawConfig, chain: Chain, versions: Versions, replies: AllReplies
) -> Iterator[Finding]:
    """Report a fallback that answers but shares its provider with a primary of a rejected key."""
    primary = next((route for route in chain.routes if _is_primary(route)), None)
    reply = replies.of(primary) if primary is not None else None
    disabled = versions.effect("openclaw", "auth-failure") == "provider-disabled"
    if primary is None or reply is None or reply.answered or not disabled:
        return
    if reply.refusal is None or reply.refusal.kind not in KEY_KINDS:
        return
    for route in chain.routes:
        spare = next((ref for ref in route.refs if ref.pointer.startswith(_FALLBACKS)), None)
        other = replies.of(route)
        if spare is None or other is None or not other.answered:
            continue
        if route.provider.id == primary.provider.id:
            yield Finding(
                severity=Severity.WARNING,
                message=f'OpenClaw does not try the fallback "{route.model_id}", which answers',
                detail="After a rejected key, OpenClaw disables the whole provider "
                f'"{route.provider.id}".',
                place=openclaw.place(spare.pointer, "a fallback of the same provider"),
                consequence="OpenClaw does not try the fallback",
                fixes=(
                    Fix(
                        title="use a fallback from a separate provider",
                        actions=(
                            Step(
                                "Add a second provider with the same baseUrl to openclaw.json, "
                                "and use it for the fallback"
                            ),
                        ),
                    ),
                ),
                subjects=(primary.id, route.id),
                live=True,
            )


def _is_primary(route: Route) -> bool:
    return any(ref.pointer in _PRIMARIES for ref in route.refs)


def _route_of(ref: ModelRef, chain: Chain) -> Route | None:
    wanted = f"{ref.provider}/{ref.model}"
    return next((route for route in chain.routes if route.id == wanted), None)


def _count_origins(routes: list[Route]) -> int:
    """Return the number of different hosts and keys of the routes; 1 if it is unknown."""
    ends = {
        (deployment.host, deployment.api_key.written)
        for route in routes
        for deployment in route.deployments
    }
    return max(1, len(ends))


def _has_fallbacks(litellm: LiteLLMConfig) -> bool:
    """Return whether LiteLLM's own file configures fallbacks."""
    pointers = ("/router_settings/fallbacks", "/litellm_settings/fallbacks")
    return any(
        (node := litellm.root.at(pointer)) is not None and node.items for pointer in pointers
    )


CHECK = Check(
    code="OC116",
    name="fallback-shares-fault",
    stage="openclaw",
    scope="advice",
    run=check,
    live=check_turn,
    causes=("AZ003", "AZ006", "PX003"),
    documentation=__doc__,
    texts=(
        rule(
            "likely",
            "OpenClaw",
            r"(?:provider '?|profile for |profile '|reach )(?P<provider>[\w-]{0,40}(?:litellm"
            r"|azure|custom-|foundry)[\w-]{0,60})",
            r"temporarily (?:disabled after|unavailable)|\bin cooldown\b|has (?:auth\w{0,10}"
            r"|billing) issue|saved logins",
            unless=r"cooldown \(all profiles unavailable\) \(",
            advice="first",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"(?:provider|profile for) (?P<provider>[\w-]{1,60})\b.{0,12}\bin cooldown",
            advice="paused",
        ),
    ),
    advice={
        "first": Advice(
            "This error hides the first error. After a 401, OpenClaw does not use <provider> for "
            "30 seconds or longer, not even for fallbacks. Wait a minute, send one message, and "
            "look at the first error in the log, not at this one. To prevent this, let LiteLLM "
            "fall back, or use a separate provider for the fallback.",
            'router_settings:\n  fallbacks: [{"gpt-5.2": ["gpt-5-mini"]}]',
            ("openclaw logs --follow",),
            straight=Advice(
                "This error hides the first error. After a 401, OpenClaw does not use <provider> "
                "for 30 seconds or longer, not even for fallbacks. Wait a minute, send one "
                "message, and look at the first error in the log, not at this one. To prevent "
                "this, use a separate provider with another key for the fallback.",
                run=("openclaw logs --follow",),
            ),
        ),
        "paused": Advice(
            "This text hides the error that started the pause. Look for the first error about "
            "<provider> in the log. The word in brackets names its kind: after rate_limit or "
            "overloaded, wait until the pause ends (the first command shows when); after auth or "
            "billing, correct the key or the account. So that another model answers in the "
            "meantime, add a model of another provider to fallbacks:",
            'agents: { defaults: { model: { fallbacks: ["<another provider>/<model>"] } } },',
            ("openclaw models status", "openclaw logs --follow"),
        ),
        STRAIGHT: Advice(
            "Add a second provider with another Azure resource and its key to openclaw.json, and "
            "use one of its models as the last fallback:",
            'model: { primary: "azure-openai/<deployment>", fallbacks: '
            '["azure-second/<deployment>"] },',
        ),
    },
)
