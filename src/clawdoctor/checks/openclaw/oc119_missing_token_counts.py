"""OpenClaw does not ask the proxy for token counts, and gets none.

What it means
-------------
A streamed answer has token counts only if the request asks for them. OpenClaw does not ask a proxy
on another machine. Its usage, its cost and its context meter then stay at 0 ("tokens ?/128k"), and
compaction breaks: OpenClaw takes a long session for one token more than contextWindow, finds
nothing to shorten, and ends every turn in "Context overflow". In a log, `compactionTokens` with
`observedTokens=unknown` is the sign of it.

Why it happens
--------------
Some servers refuse the parameter (stream_options), so OpenClaw sends it only to hosts that it
regards as local. LiteLLM accepts it.

How to fix it
-------------
Say that this proxy sends token counts, for each of its models:

    compat: { supportsUsageInStreaming: true },

Or let LiteLLM, from 1.81.14 on, send the counts unasked:
general_settings: { always_include_stream_usage: true }.

Versions
--------
OpenClaw 2026.3.6 and older, and 2026.5.12, always ask for token counts; 2026.3.13, 2026.3.22 and
2026.5.7 ask no proxy. Newer versions ask a host named localhost or 127.0.0.1, or whose name ends in
.localhost, .local or .internal: run on 2026.7.1, 2026.9.5 and 2026.9.6, read in 2026.5.22,
2026.8.2, 2026.9.1 and 2026.9.2. That compaction breaks without them was seen in 2026.9.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.litellm.ai/docs/proxy/config_settings
https://github.com/openclaw/openclaw/issues/56670
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.version_range import judge_versions
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import STRAIGHT, Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.run.needs import Absent
from clawdoctor.source.change import put
from clawdoctor.wire.openclaw import turn_body

_SETTING = "supportsUsageInStreaming"


def check(
    route: Route,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig | Absent,
) -> Iterator[Finding]:
    """Report a proxy from which OpenClaw requests no token counts, as on any other host."""
    model = route.model
    api, _ = route.provider.api(model)
    if model is None or api not in ("openai-completions", None) or route.purpose != "chat":
        return
    host = host_of(route.provider.base_url.resolved or "")
    switch = model.node.at(f"/compat/{_SETTING}")
    if route.target != "proxy" or host is None or _sends_counts_unasked(litellm):
        return
    if switch is not None and switch.value is True:
        return
    if "stream_options" in turn_body(route, openclaw, versions):
        return
    host = route.provider.base_url.quoted(host)
    judged = judge_versions(versions, "openclaw", "missing-counts", ["compaction"])
    breaks = judged is not None
    row = judged.row.says if judged is not None else ""
    usage = behaviour("openclaw", "stream-usage", versions.value("openclaw"))
    asks = "OpenClaw asks only local hosts for them by itself"
    if usage is not None and usage.effect == "left-out":
        asks = usage.says
    why = "" if switch is not None else f"{asks}. "
    end = ", which breaks compaction" if breaks else ""
    yield Finding(
        severity=Severity.WARNING if breaks else Severity.INFO,
        message=f'OpenClaw asks {host} for no token counts of "{model.id}"{end}',
        title=f"OpenClaw asks {host} for no token counts{end}",
        detail=f"{why}Without them {row or 'usage, cost and context meter stay at 0'}. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(
            f"{model.pointer}/compat/{_SETTING}",
            f"no {_SETTING}: true" if switch is None else "off",
        ),
        consequence="long sessions end in Context overflow" if breaks else "token counts stay at 0",
        fixes=(
            Fix(
                title=f"write {_SETTING}: true in compat",
                applicability="safe",
                snippet=f"compat: {{ {_SETTING}: true }},",
                actions=(RESTART_OPENCLAW, CHECK_AGAIN),
                changes=put(model.node, f"/compat/{_SETTING}", True),
            ),
        ),
        subjects=(route.id,),
    )


def _sends_counts_unasked(litellm: LiteLLMConfig | Absent) -> bool:
    """Whether LiteLLM's own setting makes it send token counts with every stream."""
    if not isinstance(litellm, LiteLLMConfig):
        return False
    node = litellm.root.at("/general_settings/always_include_stream_usage")
    return node is not None and node.value is True


CHECK = Check(
    code="OC119",
    name="missing-token-counts",
    stage="openclaw",
    scope="request",
    run=check,
    documentation=__doc__,
    worst=Severity.WARNING,
    texts=(
        rule(
            "likely",
            "OpenClaw",
            r"\bobservedTokens=unknown\b",
            r"\bpreflightEstimatedTokens=unknown\b",
            r"\bcompactionTokens=(?P<tokens>\d{1,9})",
        ),
        rule("possible", "OpenClaw", r"\btokens \?/\d{1,7}k\b"),
    ),
    advice={
        STRAIGHT: Advice(
            "Say that this server sends token counts, for each of its models in openclaw.json:",
            "compat: { supportsUsageInStreaming: true },",
        ),
    },
)
