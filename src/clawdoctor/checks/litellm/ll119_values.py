"""Routing strategies that LiteLLM does not have, and strings for numbers: part of LL119."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import Value, value_of
from clawdoctor.chain.shown import quoted_name
from clawdoctor.chain.versions import Versions
from clawdoctor.checks.litellm.ll119_fallbacks import type_of
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.knowledge import release, table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.knowledge.measured import names_in
from clawdoctor.source.change import Change, Put
from clawdoctor.source.node import Node
from clawdoctor.wire.start_fault import STOPS
from clawdoctor.wire.start_json import are_settings_checked

_STRATEGY = "/router_settings/routing_strategy"
_SECONDS = regex(
    r"\s*(\d+(?:\.\d+)?)\s*(?:s|secs?|seconds?|(m|mins?|minutes?)|(h|hours?))?\s*", re.ASCII
)
_NO_FLOAT = "could not convert string to float"
_FAILS = {
    "every": (Severity.ERROR, "every request", "LiteLLM answers every request with 500"),
    "streamed": (
        Severity.ERROR,
        "every streamed request (OpenClaw streams all of its requests)",
        "LiteLLM answers every streamed request with 500",
    ),
    "start": (Severity.ERROR, "", STOPS),
    "failing": (
        Severity.WARNING,
        "a request that Azure rejects",
        "LiteLLM neither retries a failed request nor returns Azure's error",
    ),
}
"""The severity, the requests that fail, and the consequence, for each word in the table."""


def invalid_values(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding]:
    """Yield a finding for an unknown strategy and for each setting that is not a number."""
    yield from _strategy(config, environment, versions)
    for row in table("litellm_router")["numbers"]:
        pointer: str = row["at"]
        parent = config.root.at(pointer.rpartition("/")[0])
        if parent is None or parent.kind != "mapping":
            continue
        value = value_of(parent, pointer, environment.proxy)
        newer = _comes_after(versions, row.get("until"))
        older = "since" in row and not _comes_after(versions, row["since"], same=True)
        if value.node is None or _is_number(value, text=row["text"] or newer):
            continue
        if value.node.kind == "date" and are_settings_checked(versions.judged_as()):
            continue  # LL003 reports it
        if newer:
            yield _ignored_finding(config, pointer, value, value.node)
        elif not older:
            yield _number_finding(config, row, value, value.node)
    yield from _timeouts(config, environment)


def _timeouts(config: LiteLLMConfig, environment: Environment) -> Iterator[Finding]:
    """Yield a finding for each timeout of a deployment that is not a number."""
    for deployment in config.deployments:
        block = f"{deployment.pointer}/litellm_params"
        for name, fails in table("litellm_router")["deployment_timeouts"].items():
            pointer = f"{block}/{name}"
            value = value_of(config.root.at(block), pointer, environment.proxy)
            if value.node is None or value.node.kind != "string" or _is_number(value, text=True):
                continue
            row = {"at": pointer, "fails": fails, "text": True, "error": _NO_FLOAT}
            yield replace(
                _number_finding(config, row, value, value.node, to=" to this deployment"),
                consequence=f'{name} of "{deployment.group}" is not a number, so LiteLLM answers '
                "500",
                subjects=(deployment.id,),
            )


def _strategy(
    config: LiteLLMConfig, environment: Environment, versions: Versions
) -> Iterator[Finding]:
    value = value_of(config.root.get("router_settings"), _STRATEGY, environment.proxy)
    if value.node is not None and value.node.kind == "null":
        yield _no_strategy(config, value.node)
        return
    strategies, written = names_in("litellm_settings", "strategies"), value.resolved or ""
    standing = versions.standing(strategies, written)
    if value.state in ("missing", "unset") or standing == "known" or value.node is None:
        return
    meant = nearest(written, strategies.ever)
    name = meant[0] if meant else table("litellm_router")["default_strategy"]
    sure = standing == "unknown" or not written
    changes = (Put(value.node, name),) if value.state in ("written", "not-a-string") else ()
    shown = quoted_name(written) if value.state == "written" else ""
    named = f"the routing_strategy {shown}".rstrip()
    yield Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"LiteLLM {'does' if sure else 'may'} not know {named}",
        detail="LiteLLM exits at startup if it does not know the routing_strategy. "
        f"LiteLLM {strategies.versions[-1]} knows {', '.join(sorted(strategies.ever))}."
        + (versions.doubt(strategies, written) if written else ""),
        place=config.place(_STRATEGY, f"did you mean {name}?" if meant else ""),
        consequence=f"LiteLLM does not know {named}, so {STOPS}" if sure else "",
        allows_start=not sure,
        fixes=(
            Fix(
                title=f"set routing_strategy to {name}",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=f"routing_strategy: {name}",
                actions=(CHECK_AGAIN,),
            ),
        ),
    )


def _no_strategy(config: LiteLLMConfig, node: Node) -> Finding:
    name = table("litellm_router")["default_strategy"]
    return Finding(
        severity=Severity.ERROR,
        message="routing_strategy has no value",
        detail="LiteLLM uses its default strategy only if routing_strategy is missing. If it is "
        "there but empty, LiteLLM finds no deployment for any request.",
        place=config.place(_STRATEGY, "no value"),
        consequence="routing_strategy has no value, so LiteLLM answers every request with 429",
        allows_start=True,
        fixes=(
            Fix(
                title=f"set routing_strategy to {name}",
                applicability="safe",
                changes=(Put(node, name),),
                snippet=f"routing_strategy: {name}",
                actions=(CHECK_AGAIN,),
            ),
        ),
    )


def _comes_after(versions: Versions, limit: str | None, *, same: bool = False) -> bool:
    """Return whether the known version is newer than a limit, or equal to it with `same`."""
    running, wanted = release(versions.value("litellm") or ""), release(limit or "")
    if running is None or wanted is None or not versions.known("litellm"):
        return False
    return running > wanted or (same and running == wanted)


def _is_number(value: Value[str], *, text: bool) -> bool:
    """Return whether LiteLLM accepts a value as a number. It accepts some strings."""
    node = value.node
    if node is None or value.state in ("missing", "unset"):
        return True
    if value.state == "not-a-string":
        return node.kind in ("number", "boolean")
    if not text or value.resolved is None:
        return False
    try:
        float(value.resolved)
    except ValueError:
        return False
    return True


def _number_finding(
    config: LiteLLMConfig, row: Mapping[str, Any], value: Value[str], node: Node, *, to: str = ""
) -> Finding:
    pointer: str = row["at"]
    name = pointer.rpartition("/")[2]
    severity, requests, consequence = _FAILS[row["fails"]]
    what = type_of(node)
    why = f"LiteLLM requires a number{' of seconds' if row['text'] else ''}. It starts, but "
    why += f"answers 500 to {requests}{to}"
    if row["fails"] == "start":
        why = "LiteLLM requires a number, and exits at startup"
    if node.kind == "string":
        why += f' with the error "{row["error"]}"'
    steps: tuple[Step, ...] = ()
    if value.variable is not None and not row["text"]:
        why += ". The value of a variable is always a string"
        steps = (Step(f"Write the number in the file instead of {value.variable}"),)
    return Finding(
        severity=severity,
        message=f"{name} is {what}, not a number",
        title="these router settings are not numbers",
        detail=f"{why}.",
        place=config.place(pointer, "not a number"),
        consequence=f"{name} is {what}, not a number, so {consequence}",
        fixes=(_number_fix(name, value, node, *steps),),
        allows_start=consequence != STOPS,
    )


def _ignored_finding(config: LiteLLMConfig, pointer: str, value: Value[str], node: Node) -> Finding:
    """Return the finding about a value that newer versions replace with their default."""
    name = pointer.rpartition("/")[2]
    return Finding(
        severity=Severity.WARNING,
        message=f"{name} is {type_of(node)}, not a number",
        title="these router settings are not numbers",
        detail="LiteLLM falls back to its default without a warning.",
        place=config.place(pointer, "not a number"),
        consequence=f"{name} has no effect",
        fixes=(_number_fix(name, value, node),),
        allows_start=True,
    )


def _number_fix(name: str, value: Value[str], node: Node, *steps: Step) -> Fix:
    """Return the fix that sets a number, converted from the string if possible."""
    found = _SECONDS.fullmatch(value.resolved or "") if value.state == "written" else None
    changes: tuple[Change, ...] = ()
    seconds: float | None = None
    if found is not None:
        seconds = float(found[1]) if "." in found[1] else int(found[1])
        seconds *= 60 if found[2] else 3600 if found[3] else 1
    if seconds is not None and node.alias is None:
        changes = (Put(node, seconds),)
    return Fix(
        title=f"set {name} to a number",
        applicability="safe" if changes else "manual",
        changes=changes,
        snippet=f"{name}: {'<number>' if seconds is None else seconds}",
        actions=(*steps, CHECK_AGAIN),
    )
