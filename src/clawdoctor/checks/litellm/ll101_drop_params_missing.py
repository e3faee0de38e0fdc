"""LiteLLM is not told to leave out parameters that a model does not take.

What it means
-------------
OpenClaw sends what its model settings say. Where LiteLLM knows that a model does not take one of
those parameters, it refuses the whole request: 400 "azure does not support parameters: ['store']",
the same with reasoning_effort, or "... doesn't support temperature=...". With drop_params it leaves
the parameter out.

Why it happens
--------------
The setting is missing, off, or stands where LiteLLM ignores it: in general_settings, at the top
level, in router_settings or in model_info. Misspelt among a model's litellm_params it is worse
than missing: LiteLLM sends the unknown name to Azure, which refuses every request.

How to fix it
-------------
Once for all models:

    litellm_settings:
      drop_params: true

and restart the proxy. It does not touch `store` in current versions, nor parameters that LiteLLM
does not know; those are named with additional_drop_params: ["..."] in litellm_params.

Versions
--------
Without it, LiteLLM 1.81.1 to 1.81.13 refuse the `store` that OpenClaw 2026.4.23 and older send.
Current versions of both do not need it for that. LiteLLM 1.106.2 to 1.110.2 refuse a temperature
other than 1 while a model reasons, and a reasoning effort for a model that does not, if the config
makes OpenClaw send one. gpt-5.1 and gpt-5.2 reason only when an effort is sent, so they take any
temperature without one. Where nothing that OpenClaw sends would be refused, this is a note.

References
----------
https://docs.litellm.ai/docs/completion/drop_params
https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.drop_params import (
    GLOBAL,
    KEY,
    DropParams,
    Misplaced,
    drop_params,
    is_on,
    start_arguments,
)
from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.openclaw import OpenClawConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.route import Chain, Route
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll101_refused import refusals
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Place, Severity
from clawdoctor.run.needs import Absent
from clawdoctor.run.situation import Situation
from clawdoctor.source.change import Change, Put, Remove, Rename, put
from clawdoctor.source.node import Entry

_PARAMETER = "store"
"""The parameter whose handling depends on the versions of both programs."""


def check(
    deployment: Deployment,
    litellm: LiteLLMConfig,
    chain: Chain,
    openclaw: OpenClawConfig | Absent,
    environment: Environment,
    versions: Versions,
    situation: Situation,
    compose: Compose | Absent,
) -> Iterator[Finding]:
    """Report an Azure deployment without drop_params, and misspelt names of it."""
    if not (deployment.provider or "").startswith("azure"):
        return
    arguments = start_arguments(situation, compose, litellm)
    state = drop_params(litellm, deployment, environment.proxy, arguments)
    misspelt = [setting for setting in state.misplaced if _reaches_azure(setting, deployment)]
    for setting in misspelt:
        yield _misspelt_finding(setting, litellm, environment)
    if misspelt or state.drops(_PARAMETER) or chain.embeds_only(deployment):
        return
    routes = chain.reaching(deployment, "chat")
    severity, why = _severity_and_reason(deployment, routes, openclaw, versions)
    yield _missing_finding(state, severity, why, litellm, environment)


def _reaches_azure(setting: Misplaced, deployment: Deployment) -> bool:
    """Whether a misspelt name is in the block that LiteLLM passes on to Azure."""
    block, _, name = setting.pointer.rpartition("/")
    return block == f"{deployment.pointer}/litellm_params" and name != f"additional_{KEY}"


def _misspelt_finding(
    setting: Misplaced, litellm: LiteLLMConfig, environment: Environment
) -> Finding:
    name, entry = setting.pointer.rpartition("/")[2], _entry(litellm, setting.pointer)
    return Finding(
        severity=Severity.ERROR,
        message=f'"{name}" is no setting of LiteLLM, which sends it to Azure; it is {KEY}',
        detail="LiteLLM passes on what it does not know in litellm_params, and Azure answers 400 "
        f'"Unrecognized request argument supplied: {name}" to every request.',
        place=_key_place(litellm, setting.pointer, f"write {KEY}"),
        consequence="Azure refuses every request",
        fixes=(
            Fix(
                title=f"write {KEY}",
                applicability="safe",
                changes=(Rename(entry, KEY),) if entry is not None else (),
                snippet=f"{KEY}: true",
                actions=(restart(litellm, environment),),
            ),
        ),
    )


def _missing_finding(
    state: DropParams,
    severity: Severity,
    why: str,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Finding:
    node = litellm.root.at(GLOBAL)
    message, label = f"{KEY} is not on", "no drop_params: true here"
    pointer = GLOBAL
    if state.misplaced:
        pointer, label = state.misplaced[0].pointer, state.misplaced[0].reason
        message = f"{KEY} has no effect where it stands"
        severity = min(severity, Severity.WARNING, key=lambda level: level.rank)
    elif node is not None:
        message, label = f"{KEY} is off", "write true"
    return Finding(
        severity=severity,
        message=message,
        detail=why,
        place=_key_place(litellm, pointer, label),
        consequence="LiteLLM refuses what OpenClaw sends",
        fixes=(
            Fix(
                title=f"add {KEY}: true to litellm_settings",
                applicability="safe",
                changes=_changes(litellm, state),
                snippet=f"litellm_settings:\n  {KEY}: true",
                actions=(restart(litellm, environment),),
            ),
        ),
        assumed=severity is Severity.WARNING,
    )


def _severity_and_reason(
    deployment: Deployment,
    routes: Sequence[Route],
    openclaw: OpenClawConfig | Absent,
    versions: Versions,
) -> tuple[Severity, str]:
    """An error if LiteLLM refuses what OpenClaw sends, a warning if only older versions do."""
    if not isinstance(openclaw, OpenClawConfig) or not routes:
        return Severity.INFO, "No model of OpenClaw uses this deployment."
    for refusal in refusals(deployment, routes, openclaw, versions):
        listed = ", ".join(f"`{name}`" for name in refusal.parameters)
        own = all(deployment.params.get(name) is not None for name in refusal.parameters)
        sends = f"OpenClaw sends {listed} to {deployment.shown_name}"
        if own:
            sends = f"{deployment.shown_name} has {listed} in its litellm_params"
        why = f"{sends}, and LiteLLM refuses the request"
        if refusal.says and refusal.by_newest:
            return Severity.ERROR, refusal.says
        if refusal.by_newest:
            here = versions.stated("litellm", "LiteLLM")
            return Severity.ERROR, f"{why} without drop_params. {here}."
        return Severity.WARNING, f"{refusal.says} Not both versions are known here."
    return Severity.INFO, "Nothing that OpenClaw sends for these models would be refused."


def _entry(litellm: LiteLLMConfig, pointer: str) -> Entry | None:
    block, _, name = pointer.rpartition("/")
    node = litellm.root.at(block)
    return node.entry(name) if node is not None else None


def _key_place(litellm: LiteLLMConfig, pointer: str, label: str) -> Place:
    """The place of a setting's key, as the fault is its name, its position or its absence."""
    place, entry = litellm.place(pointer, label), _entry(litellm, pointer)
    return replace(place, span=entry.key.span) if entry is not None else place


def _in_settings(setting: Misplaced) -> bool:
    return setting.pointer.rpartition("/")[0] == GLOBAL.rpartition("/")[0]


def _changes(litellm: LiteLLMConfig, state: DropParams) -> tuple[Change, ...]:
    """Turn drop_params on for all deployments, and take it out where LiteLLM ignores it."""
    settings = litellm.root.at(GLOBAL.rpartition("/")[0])
    missing = settings is not None and settings.get(KEY) is None
    own = (_entry(litellm, each.pointer) for each in state.misplaced if _in_settings(each))
    if missing and (slip := next((entry for entry in own if entry is not None), None)):
        renamed = Rename(slip, KEY)
        return (renamed,) if is_on(slip.value) else (renamed, Put(slip.value, True))
    changes = list(put(litellm.root, GLOBAL, value=True))
    for setting in state.misplaced:
        block, _, name = setting.pointer.rpartition("/")
        parent, entry = litellm.root.at(block), _entry(litellm, setting.pointer)
        if name == KEY and setting.pointer != GLOBAL and parent is not None and entry is not None:
            changes.append(Remove(parent, entry))
    return tuple(changes)


CHECK = Check(
    code="LL101",
    name="drop-params-missing",
    stage="litellm",
    scope="request",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    predicts=(
        "parameters",
        "effort",
        "temperature",
        "sampling",
        "tool-choice",
    ),
    causes=("LL003", "OC114"),
    texts=(
        rule(
            "certain",
            "LiteLLM",
            r"drop_params='?(?P<value>\w{1,20})'? is not a flag value",
            advice="flag",
        ),
        rule(
            "certain",
            "Azure",
            r"Unrecognized request arguments? supplied: (?P<parameter>drop_?params?)",
            advice="name",
        ),
    ),
    advice={
        "flag": Advice(
            "Write true in place of <value>, without quotes, and restart the proxy:",
            "litellm_settings:\n  drop_params: true",
        ),
        "name": Advice(
            "LiteLLM has no setting <parameter>, so it sends it to Azure. Take it out of the"
            " deployment in litellm_config.yaml, write its right name once for all models, and"
            " restart the proxy:",
            "litellm_settings:\n  drop_params: true",
        ),
    },
)
