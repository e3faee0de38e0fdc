"""An agent has only one model and no fallback.

What it means
-------------
If this model is rate limited or retired, or its content filter blocks a message, the agent answers
with an error. With a fallback, OpenClaw tries the next model instead.

Why it happens
--------------
`model` is a plain string or has only a primary, which is enough for a first setup.

How to fix it
-------------
Add a second model, preferably of another deployment or resource:

    model: { primary: "azure-openai/gpt-4o", fallbacks: ["azure-openai/gpt-4o-mini"] },

Versions
--------
All. OpenClaw 2026.9.6 does not say in the chat that a fallback answered, so check its log from time
to time.

References
----------
https://docs.openclaw.ai/concepts/model-failover
https://docs.openclaw.ai/concepts/models
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.check import Check
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.source.change import Change, Put, put
from clawdoctor.source.node import Node


def check(openclaw: OpenClawConfig, chain: Chain) -> Iterator[Finding]:
    """Report a default model of the chain that has no fallback."""
    ours = {provider.id for provider, _ in chain.providers}
    defaults = [ref for ref in openclaw.refs if ref.pointer.startswith("/agents/defaults/model")]
    if len(defaults) != 1 or defaults[0].provider not in ours:
        return
    ref = defaults[0]
    second = _second_route(ref, chain)
    example = second or f"{ref.provider}/<another model>"
    snippet = (
        f"model: {{ primary: {json.dumps(ref.written)}, fallbacks: [{json.dumps(example)}] }},"
    )
    yield Finding(
        severity=Severity.INFO,
        message=f'"{ref.written}" has no fallback',
        detail="If it is rate limited or fails, the agent's answer is an error. With a fallback, "
        "every version of OpenClaw tries the fallback first.",
        place=openclaw.place(ref.pointer, "the only model"),
        consequence="no model answers when this model fails",
        fixes=(
            Fix(
                "add a fallback model",
                "unsafe" if second else "manual",
                snippet=snippet,
                actions=(CHECK_AGAIN,),
                changes=_fallback(ref, second, openclaw.root) if second else (),
            ),
        ),
        subjects=(f"{ref.provider}/{ref.model}",),
    )


def _fallback(ref: ModelRef, second: str, root: Node) -> tuple[Change, ...]:
    """Return the changes that add a fallback to `model`, which is a string or an object."""
    above = ref.pointer.removesuffix("/primary")
    if above == ref.pointer:
        return (Put(ref.node, {"primary": ref.node, "fallbacks": [second]}),)
    return put(root, f"{above}/fallbacks", [second])


def _second_route(ref: ModelRef, chain: Chain) -> str | None:
    """Return the first listed route that is not the primary's, if there is one."""
    return next(
        (
            route.id
            for route in chain.chat_routes
            if route.model is not None and route.id != f"{ref.provider}/{ref.model}"
        ),
        None,
    )


CHECK = Check(
    code="OC112",
    name="no-model-failover",
    stage="openclaw",
    scope="advice",
    worst=Severity.INFO,
    run=check,
    documentation=__doc__,
)
