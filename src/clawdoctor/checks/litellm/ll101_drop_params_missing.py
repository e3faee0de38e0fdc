"""LiteLLM is not set to drop parameters that a model does not support.

What it means
-------------
OpenClaw sends the parameters that its model settings ask for. If LiteLLM knows that a model does
not support one of them, it rejects the whole request: 400 "azure does not support parameters:
['store']", the same error with reasoning_effort, or "... doesn't support temperature=...". With
drop_params, LiteLLM removes the parameter instead.

Why it happens
--------------
The setting is missing, off, or in a place where LiteLLM ignores it: in general_settings, at the top
level, in router_settings or in model_info. If it is misspelled in a model's litellm_params, the
result is worse: LiteLLM sends the unknown name to Azure, and Azure rejects every request.

How to fix it
-------------
Set it once for all models:

    litellm_settings:
      drop_params: true

Then restart the proxy. drop_params does not affect `store` in current versions, or parameters that
LiteLLM does not know. To drop those, list them in additional_drop_params: ["..."] in
litellm_params.

Versions
--------
Without drop_params, LiteLLM 1.81.1 to 1.81.13 reject the `store` that OpenClaw 2026.4.23 and older
send. Current versions of both do not need it for that. LiteLLM 1.106.2 to 1.110.2 reject a
temperature other than 1 if the model reasons, and a reasoning effort if the model does not support
it. They do so only if the config makes OpenClaw send one. gpt-5.1, gpt-5.2 and gpt-5.4 reason only
if the request contains an effort, so without an effort they accept any temperature. If OpenClaw
sends nothing that LiteLLM would reject, this is a note.

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
from clawdoctor.chain.litellm_section import misspelt_section
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
from clawdoctor.source.change import Change, Put, Remove, Rename, move, put
from clawdoctor.source.node import Entry, Node

_SECTION = "litellm_settings"
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
    """Report an Azure deployment without drop_params, and misspellings of drop_params."""
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
    severity, why, result = _severity_and_reason(deployment, routes, openclaw, versions)
    yield _missing_finding(state, severity, why, result, litellm, environment)


def _reaches_azure(setting: Misplaced, deployment: Deployment) -> bool:
    """Return whether a misspelled name is in the block that LiteLLM passes on to Azure."""
    block, _, name = setting.pointer.rpartition("/")
    return block == f"{deployment.pointer}/litellm_params" and name != f"additional_{KEY}"


def _misspelt_finding(
    setting: Misplaced, litellm: LiteLLMConfig, environment: Environment
) -> Finding:
    name, entry = setting.pointer.rpartition("/")[2], _entry(litellm, setting.pointer)
    return Finding(
        severity=Severity.ERROR,
        message=f'"{name}" is a misspelling of {KEY}, and LiteLLM sends it to Azure',
        detail="LiteLLM passes on the names in litellm_params that it does not know. Azure answers "
        f'every request with 400 "Unrecognized request argument supplied: {name}".',
        place=_key_place(litellm, setting.pointer, f"write {KEY}"),
        consequence="Azure rejects every request because drop_params is misspelled",
        fixes=(
            Fix(
                title=f'rename "{name}" to {KEY}',
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
    consequence: str,
    litellm: LiteLLMConfig,
    environment: Environment,
) -> Finding:
    node = litellm.root.at(GLOBAL)
    message, label = f"{KEY} is missing", "drop_params: true is missing"
    pointer = GLOBAL
    if state.misplaced:
        pointer, label = state.misplaced[0].pointer, state.misplaced[0].reason
        section = misspelt_section(litellm.root, _SECTION)
        message = _misplaced_message(pointer, section)
        if section is not None and pointer == f"/{section.name}/{KEY}":
            pointer, label = f"/{section.name}", f"write {_SECTION}"
        severity = min(severity, Severity.WARNING, key=lambda level: level.rank)
    elif node is not None:
        message, label = f"{KEY} is off", "set this to true"
    changes = _changes(litellm, state)
    return Finding(
        severity=severity,
        message=message,
        detail=why,
        place=_key_place(litellm, pointer, label),
        consequence=f"{consequence}, because {message}",
        fixes=(
            Fix(
                title=_title(changes),
                applicability="safe",
                changes=changes,
                snippet=f"litellm_settings:\n  {KEY}: true",
                actions=(restart(litellm, environment),),
            ),
        ),
        assumed=severity is Severity.WARNING,
    )


def _misplaced_message(pointer: str, section: Entry | None) -> str:
    """Return why a setting at a pointer has no effect."""
    block, _, name = pointer.rpartition("/")
    if name != KEY:
        return f'"{name}" is a misspelling of {KEY}, so LiteLLM ignores it'
    if section is not None and block == f"/{section.name}":
        return f'"{section.name}" is a misspelling of {_SECTION}, so LiteLLM ignores {KEY}'
    where = f"in {block.rpartition('/')[2]}" if block else "at the top level of the file"
    return f"{KEY} has no effect {where}"


def _severity_and_reason(
    deployment: Deployment,
    routes: Sequence[Route],
    openclaw: OpenClawConfig | Absent,
    versions: Versions,
) -> tuple[Severity, str, str]:
    """Return the severity, the reason and the consequence.

    It is an error if LiteLLM rejects OpenClaw's requests, and a warning if only older ones do.
    """
    result = "LiteLLM rejects parameters that OpenClaw sends"
    if not isinstance(openclaw, OpenClawConfig) or not routes:
        return Severity.INFO, "No OpenClaw model uses this deployment.", result
    for refusal in refusals(deployment, routes, openclaw, versions):
        listed = ", ".join(f"`{name}`" for name in refusal.parameters)
        own = all(deployment.params.get(name) is not None for name in refusal.parameters)
        sends = f"OpenClaw sends {listed} to {deployment.shown_name}"
        if own:
            sends = f"{deployment.shown_name} has {listed} in its litellm_params"
        why = f"{sends}, and LiteLLM rejects the request"
        noun = "parameter" if len(refusal.parameters) == 1 else "parameters"
        result = f"LiteLLM rejects the {noun} {listed}"
        if refusal.says and refusal.by_newest:
            return Severity.ERROR, refusal.says, result
        if refusal.by_newest:
            here = versions.stated("litellm", "LiteLLM")
            return Severity.ERROR, f"{why} without drop_params. {here}.", result
        unsure = f"{refusal.says} clawdoctor does not know the versions of both programs."
        return Severity.WARNING, unsure, result
    harmless = (
        "Your agent does not need drop_params, because OpenClaw sends its models nothing that "
        "LiteLLM would reject."
    )
    return Severity.INFO, harmless, result


def _entry(litellm: LiteLLMConfig, pointer: str) -> Entry | None:
    block, _, name = pointer.rpartition("/")
    node = litellm.root.at(block)
    return node.entry(name) if node is not None else None


def _key_place(litellm: LiteLLMConfig, pointer: str, label: str) -> Place:
    """Return the place of a setting's key: its name, its position or its absence is the fault."""
    place, entry = litellm.place(pointer, label), _entry(litellm, pointer)
    return replace(place, span=entry.key.span) if entry is not None else place


def _in_settings(setting: Misplaced) -> bool:
    return setting.pointer.rpartition("/")[0] == f"/{_SECTION}"


def _title(changes: Sequence[Change]) -> str:
    match changes:
        case (Rename(entry, name), *_):
            return f"rename {entry.name} to {name}"
        case (Put(_, True), *_):
            return f"set {KEY} to true"
        case (_, Remove(copied_to=Node()), *_):
            return f"move {KEY} to {_SECTION}"
    return f"add {KEY}: true under {_SECTION}"


def _changes(litellm: LiteLLMConfig, state: DropParams) -> tuple[Change, ...]:
    """Turn drop_params on for all deployments, and remove it where LiteLLM ignores it."""
    section = misspelt_section(litellm.root, _SECTION)
    if section is not None and section.value.get(KEY) is not None:
        return (Rename(section, _SECTION),)
    settings = litellm.root.get(_SECTION)
    missing = settings is not None and settings.get(KEY) is None
    own = (_entry(litellm, each.pointer) for each in state.misplaced if _in_settings(each))
    if missing and (slip := next((entry for entry in own if entry is not None), None)):
        renamed = Rename(slip, KEY)
        return (renamed,) if is_on(slip.value) else (renamed, Put(slip.value, True))
    changes = list(_turned_on(litellm, state))
    moved = [change.entry for change in changes if isinstance(change, Remove)]
    for setting in state.misplaced:
        block, _, name = setting.pointer.rpartition("/")
        parent, entry = litellm.root.at(block), _entry(litellm, setting.pointer)
        if name != KEY or setting.pointer == GLOBAL or parent is None or entry is None:
            continue
        if entry not in moved:
            changes.append(Remove(parent, entry))
    return tuple(changes)


def _turned_on(litellm: LiteLLMConfig, state: DropParams) -> tuple[Change, ...]:
    """Move a setting that is on to litellm_settings, or write it there."""
    own = [each.pointer for each in state.misplaced if each.pointer.endswith(f"/{KEY}")]
    on = [pointer for pointer in own if is_on(litellm.root.at(pointer))]
    moved = move(litellm.root, on[0], GLOBAL) if on and litellm.root.at(GLOBAL) is None else ()
    return moved or put(litellm.root, GLOBAL, value=True)


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
            "Replace <value> with true, without quotes, and restart the proxy:",
            "litellm_settings:\n  drop_params: true",
        ),
        "name": Advice(
            "LiteLLM has no setting called <parameter>, so it sends the name to Azure. Remove it"
            " from the deployment in litellm_config.yaml, set drop_params once for all models, and"
            " restart the proxy:",
            "litellm_settings:\n  drop_params: true",
        ),
    },
)
