"""OpenClaw stops waiting before the model or LiteLLM is done.

What it means
-------------
OpenClaw has its own watchdog. If a model sends nothing for some time, OpenClaw aborts the attempt
with "LLM idle timeout (120s): no response from model". OpenClaw repeats the whole request a few
times, and the user sees "The model did not produce a response before the model idle timeout" or
"Request failed after repeated internal retries". Azure processes and bills each of these requests.

Why it happens
--------------
A reasoning model sends nothing while it reasons. LiteLLM sends nothing while it retries a 429 or a
500, which it does twice before it answers. After each 429, it waits as long as Azure asks for, up
to 60 seconds, so the answer can take three minutes. LiteLLM also sends nothing while it waits for a
slow Azure resource, before it tries a fallback. LiteLLM's request_timeout only limits how long
LiteLLM waits; OpenClaw has stopped waiting by then.

How to fix it
-------------
In openclaw.json, give the provider more time than LiteLLM needs:

    "models": {"providers": {"<provider>": {"timeoutSeconds": 600}}}

agents.defaults.timeoutSeconds limits the whole run. If it is set, it must be even larger. To let
LiteLLM's fallbacks answer in time, give LiteLLM less time than OpenClaw:

    litellm_settings:
      request_timeout: 100

Versions
--------
OpenClaw 2026.3.28 and older limit only the whole run, by default to 600 seconds up to 2026.3.13 and
to 48 hours since 2026.3.22. According to its code, OpenClaw 2026.3.31 to 2026.4.25 uses
agents.defaults.llm.idleTimeoutSeconds instead of timeoutSeconds, and 2026.4.26 to 2026.5.7 use
timeoutSeconds. From 2026.5.12 to 2026.5.18, timeoutSeconds can only shorten the 120 seconds for a
host that is not local. Since 2026.5.19, OpenClaw uses its value unchanged. Without it, 2026.9.6
waits 120 seconds, or 600 seconds for localhost, private addresses and names in .local.

References
----------
https://docs.openclaw.ai/gateway/configuration-reference
https://github.com/openclaw/openclaw/issues/84063
https://github.com/openclaw/openclaw/issues/119602
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN, RESTART_OPENCLAW
from clawdoctor.chain.azure_host import host_of
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.route import Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll109_which_model import which_model
from clawdoctor.checks.openclaw.oc117_limit import (
    USUAL,
    Limit,
    is_local,
    litellm_limit,
    openclaw_limit,
    own_timeout,
)
from clawdoctor.checks.openclaw.oc117_texts import ADVICE, TEXTS
from clawdoctor.finding import Finding, Fix, Place, Severity, Step
from clawdoctor.knowledge import behaviour
from clawdoctor.source.change import Change, Put, put

_RETRIES = 25
"""The seconds that LiteLLM needs for its two retries of a 429."""
_ENOUGH = 600


def check(
    route: Route, openclaw: OpenClawConfig, versions: Versions, litellm: LiteLLMConfig | None
) -> Iterator[Finding]:
    """Report a limit of OpenClaw that is too short for the rest of the chain."""
    limit = openclaw_limit(route, openclaw, versions)
    if limit is None or route.purpose != "chat":
        return
    capped = _capped(route, openclaw, versions)
    if capped is not None:
        yield capped
    elif limit.pointer is not None and limit.seconds < _needed(route, litellm):
        yield _too_short(route, limit, openclaw, versions, litellm)
    elif litellm is not None:
        yield from _litellm_waits_longer(route, limit, openclaw, versions, litellm)


def _capped(route: Route, openclaw: OpenClawConfig, versions: Versions) -> Finding | None:
    """Report a limit that this version ignores because it is longer than its own limit."""
    own = own_timeout(route)
    host = host_of(route.provider.base_url.resolved or "") or ""
    row = behaviour("openclaw", "model-timeout", versions.value("openclaw"))
    if own is None or own.seconds <= USUAL or row is None or row.effect != "capped":
        return None
    if is_local(host) or not versions.known("openclaw"):
        return None
    return Finding(
        severity=Severity.WARNING,
        message=f"this OpenClaw stops waiting after {USUAL} s despite timeoutSeconds",
        detail=f"{row.says}. {versions.stated('openclaw', 'OpenClaw')}.",
        place=_place(own, openclaw, f"limited to {USUAL} s"),
        consequence="OpenClaw stops waiting for a slow model",
        fixes=(
            Fix(
                "update OpenClaw to a newer version",
                actions=(
                    Step("Update OpenClaw, for example with npm install -g openclaw@latest"),
                    RESTART_OPENCLAW,
                    CHECK_AGAIN,
                ),
            ),
        ),
        subjects=(route.id,),
    )


def _needed(route: Route, litellm: LiteLLMConfig | None) -> float:
    """Return the seconds that an answer of this chain may need."""
    if _reasons(route):
        return USUAL
    return _RETRIES if route.target == "proxy" and _retries(litellm) else 0


def _reasons(route: Route) -> bool:
    node = route.model.node.get("reasoning") if route.model is not None else None
    if node is not None and node.value is True:
        return True
    guesses = [which_model(deployment) for deployment in route.deployments]
    return any(guess is not None and guess.sure and guess.model.reasoning for guess in guesses)


def _retries(litellm: LiteLLMConfig | None) -> bool:
    """Return whether LiteLLM retries a request; it does unless its file turns retries off."""
    if litellm is None:
        return True
    places = ("/router_settings/num_retries", "/litellm_settings/num_retries")
    nodes = [node for place in places if (node := litellm.root.at(place)) is not None]
    return all(node.value != 0 for node in nodes)


def _too_short(
    route: Route,
    limit: Limit,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig | None,
) -> Finding:
    waits = f'OpenClaw waits only {limit.seconds:g} s for "{route.listed}"'
    shorter = limit.seconds < _RETRIES and route.target == "proxy" and _retries(litellm)
    if shorter:
        why = (
            f"If Azure answers 429, LiteLLM retries twice, which takes up to {_RETRIES} s. After a "
            "start, its first answer takes 15 s or more."
        )
        message = f"{waits}, but LiteLLM's retries take longer"
    else:
        why = (
            f"A reasoning model sends nothing while it reasons. OpenClaw's own limit is {USUAL} s."
        )
        message = f"{waits}, but the model reasons before it answers"
    return Finding(
        severity=Severity.WARNING if shorter else Severity.INFO,
        message=message,
        title=f"OpenClaw waits only {limit.seconds:g} s for its models",
        detail=f"{why} After {limit.seconds:g} s, OpenClaw gives up and sends the "
        f"request again. {versions.stated('openclaw', 'OpenClaw')}.",
        place=_place(limit, openclaw, "OpenClaw's limit"),
        consequence="OpenClaw stops waiting for a slow answer",
        fixes=(_more_time(limit),),
        subjects=(route.id,),
    )


def _litellm_waits_longer(
    route: Route,
    limit: Limit,
    openclaw: OpenClawConfig,
    versions: Versions,
    litellm: LiteLLMConfig,
) -> Iterator[Finding]:
    """Report a limit of LiteLLM that is longer than OpenClaw's and therefore never reached."""
    found = [litellm_limit(deployment, litellm) for deployment in route.deployments]
    longer = [pair for pair in found if pair is not None and pair[0] > limit.seconds]
    if not longer or len(longer) != len(found):
        return
    seconds, place = longer[0]
    enough = max(_ENOUGH, round(seconds) + 60)
    changes = _longer(route, limit, enough, versions)
    own = "" if limit.pointer is not None else " (its default for this host)"
    yield Finding(
        severity=Severity.INFO,
        message=f'LiteLLM may take {seconds:g} s for "{route.listed}", but OpenClaw waits only '
        f"{limit.seconds:g} s",
        title="OpenClaw stops waiting before LiteLLM does",
        detail=f"OpenClaw aborts an attempt after {limit.seconds:g} s without an answer{own}. "
        "LiteLLM's own limit does not change that, and its fallbacks answer too late. "
        f"{versions.stated('openclaw', 'OpenClaw')}.",
        place=replace(place, label=f"OpenClaw waits {limit.seconds:g} s"),
        consequence="OpenClaw stops waiting for a slow model",
        related=()
        if limit.pointer is None
        else (openclaw.place(limit.pointer, "OpenClaw's limit"),),
        fixes=(
            Fix(
                "give OpenClaw more time than LiteLLM, or give LiteLLM less",
                "unsafe" if changes else "manual",
                snippet=f"timeoutSeconds: {enough},",
                actions=(
                    Step(f'Set timeoutSeconds in the provider "{route.provider.id}"'),
                    CHECK_AGAIN,
                ),
                changes=changes,
            ),
        ),
        subjects=(route.id,),
    )


def _longer(route: Route, limit: Limit, seconds: int, versions: Versions) -> tuple[Change, ...]:
    """Return the changes that raise a limit: where it is set, or in the provider (new versions)."""
    if limit.node is not None:
        return (Put(limit.node, seconds),)
    if versions.effect("openclaw", "model-timeout") not in ("kept", "remote"):
        return ()
    return put(route.provider.node, "/timeoutSeconds", seconds)


def _place(limit: Limit, openclaw: OpenClawConfig, label: str) -> Place | None:
    return openclaw.place(limit.pointer, label) if limit.pointer is not None else None


def _more_time(limit: Limit) -> Fix:
    return Fix(
        f"set timeoutSeconds to {_ENOUGH}",
        applicability="unsafe",
        snippet=f"timeoutSeconds: {_ENOUGH},",
        actions=(CHECK_AGAIN,),
        changes=(Put(limit.node, _ENOUGH),) if limit.node is not None else (),
    )


CHECK = Check(
    code="OC117",
    name="model-idle-timeout",
    stage="openclaw",
    scope="request",
    run=check,
    documentation=__doc__,
    texts=TEXTS,
    advice=ADVICE,
)
