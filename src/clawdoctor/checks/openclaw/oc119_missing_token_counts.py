"""OpenClaw does not request token counts from the proxy, so it gets none.

What it means
-------------
A streamed answer contains token counts only if the request asks for them. OpenClaw does not request
them from a proxy on another machine. Its usage, cost and context meter then stay at 0 ("tokens
?/128k"), and compaction breaks: OpenClaw counts a long session as one token more than
contextWindow, finds nothing to shorten, and ends every turn with "Context overflow". In a log,
`compactionTokens` with `observedTokens=unknown` is the sign of this fault.

Why it happens
--------------
Some servers reject the parameter (stream_options), so OpenClaw sends it only to hosts that it
treats as local. LiteLLM accepts it.

How to fix it
-------------
Turn token counts on for each model of this proxy:

    compat: { supportsUsageInStreaming: true },

Or let LiteLLM 1.81.14 or later always send the counts:
general_settings: { always_include_stream_usage: true }.

Versions
--------
OpenClaw 2026.3.6 and older, and 2026.5.12, always request token counts; 2026.3.13, 2026.3.22 and
2026.5.7 never request them from a proxy. Newer versions request them from localhost, 127.0.0.1 and
::1, and from a host whose name ends in .localhost, .local or .internal: tested on 2026.7.1,
2026.9.5 and 2026.9.6, read in the code of 2026.5.22, 2026.8.2, 2026.9.1 and 2026.9.2. In 2026.9,
compaction broke without them.

References
----------
https://docs.openclaw.ai/concepts/model-providers
https://docs.litellm.ai/docs/proxy/config_settings
https://github.com/openclaw/openclaw/issues/56670
"""

from __future__ import annotations

from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
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
    """Report a proxy from which OpenClaw does not request token counts."""
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
    asks = "By default, OpenClaw requests token counts only from local hosts"
    if usage is not None and usage.effect == "left-out":
        asks = usage.says
    why = "" if switch is not None else f"{asks}. "
    end = ", which breaks compaction" if breaks else ""
    yield Finding(
        severity=Severity.WARNING if breaks else Severity.INFO,
        message=f'OpenClaw requests no token counts for "{model.id}" from {host}{end}',
        title=f"OpenClaw requests no token counts from {host}{end}",
        detail=f"{why}Without them, {row or 'usage, cost and the context meter stay at 0'}. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=openclaw.place(
            f"{model.pointer}/compat/{_SETTING}",
            f"{_SETTING}: true is missing" if switch is None else "must be true",
        ),
        consequence='long sessions end with "Context overflow"'
        if breaks
        else "token counts stay at 0",
        fixes=(
            Fix(
                title=f"set {_SETTING} to true in compat",
                applicability="safe",
                snippet=f"compat: {{ {_SETTING}: true }},",
                actions=(CHECK_AGAIN,),
                changes=put(model.node, f"/compat/{_SETTING}", True),
            ),
        ),
        subjects=(route.id,),
    )


def _sends_counts_unasked(litellm: LiteLLMConfig | Absent) -> bool:
    """Return whether LiteLLM is configured to send token counts with every stream."""
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
            "Turn token counts on for each model of this server in openclaw.json:",
            "compat: { supportsUsageInStreaming: true },",
        ),
    },
)
