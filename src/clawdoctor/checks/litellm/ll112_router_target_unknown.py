"""A fallback or an alias in litellm_config.yaml refers to a model_name that does not exist.

What it means
-------------
If the first model fails, LiteLLM looks for the fallback and finds no model_name with that name. If
there is no other fallback, it gives up and returns the first error. With an alias, every request
for it fails. LiteLLM still starts and logs nothing, so you notice the missing fallback only when
you need it.

Why it happens
--------------
The name is misspelled, the model_name was changed, or you used the deployment name without azure/
instead of the model_name. An alias of an alias does not work either.

How to fix it
-------------
Use the value of a model_name:

    router_settings:
      fallbacks:
        - gpt-5.2: ["gpt-4o-mini"]

Versions
--------
Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LL119 reports a fallback that is not a list.
LiteLLM 1.108.1 and later exit at startup because of it. No version checks context_window_fallbacks.

References
----------
https://docs.litellm.ai/docs/proxy/reliability
https://docs.litellm.ai/docs/routing
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_value import REFERENCE
from clawdoctor.chain.parameter import restart
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.chain.route import Chain
from clawdoctor.chain.router import (
    ANY,
    BLOCKS,
    DEFAULT,
    FALLBACKS,
    deployments_for,
    named_deployments,
    own_deployments,
)
from clawdoctor.check import Check
from clawdoctor.checks.litellm.ll112_unused import unused
from clawdoctor.deferred import dataclass
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Action, Finding, Fix, Place, Severity, Step, Unknown
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.run.engine import CHAIN
from clawdoctor.source.change import Put, Rename
from clawdoctor.source.node import Entry, Node, join_pointer

_ALIASES = "/router_settings/model_group_alias"


@dataclass(frozen=True, slots=True)
class _Target:
    """A group that the config uses as a fallback or as the target of an alias, and its owner."""

    name: str
    node: Node
    pointer: str
    owner: str
    alias: bool = False


def check(
    config: LiteLLMConfig, chain: Chain, environment: Environment
) -> Iterator[Finding | Unknown]:
    """Report each target that no model_name, wildcard or deployment id matches."""
    groups = tuple(dict.fromkeys(deployment.group for deployment in config.deployments))
    if not groups:
        return
    missing = [target for target in _targets(config) if not _exists(config, target)]
    if missing and config.models_in_database:
        yield Unknown("the proxy's database may contain models that the file does not")
        return
    listed, action = config.root.get("model_list"), restart(config, environment)
    read = {deployment.pointer for deployment in config.deployments}
    # Only an entry of model_list that LiteLLM cannot read hides a model_name.
    unrelated = ("LL003",) if listed is not None and len(listed.items) == len(read) else ()
    for target in missing:
        found = _finding(target, groups, config, chain, action)
        yield replace(found, not_caused_by=unrelated)
    for pointer, entry in () if config.models_in_database else unused(config, chain):
        found = _unused_finding(pointer, entry, groups, config, action)
        yield replace(found, not_caused_by=unrelated)


def _targets(config: LiteLLMConfig) -> Iterator[_Target]:
    for block in BLOCKS:
        for kind in FALLBACKS:
            yield from _fallback_targets(config.root.at(f"{block}/{kind}"), f"{block}/{kind}")
        default = config.root.at(f"{block}/{DEFAULT}")
        yield from _list_targets(default, f"{block}/{DEFAULT}", ANY)
    aliases = config.root.at(_ALIASES)
    readable = aliases is not None and aliases.kind == "mapping"
    for name, node in aliases.children() if aliases is not None and readable else ():
        pointer = join_pointer(_ALIASES, name)
        inner = node.get("model") if node.kind == "mapping" else node
        if inner is not None and isinstance(inner.value, str):
            target_pointer = pointer if inner is node else f"{pointer}/model"
            yield _Target(inner.value, inner, target_pointer, name, alias=True)


def _fallback_targets(listed: Node | None, pointer: str) -> Iterator[_Target]:
    """Yield targets from a list of mappings of a group to its fallbacks, or a single mapping."""
    if listed is None:
        return
    if listed.kind == "mapping":
        for owner, node in listed.children():
            yield from _list_targets(node, join_pointer(pointer, owner), owner)
        return
    for index, item in enumerate(listed.items):
        for owner, node in item.children() if item.kind == "mapping" else ():
            yield from _list_targets(node, join_pointer(f"{pointer}/{index}", owner), owner)


def _list_targets(node: Node | None, pointer: str, owner: str) -> Iterator[_Target]:
    for index, item in enumerate(node.items if node is not None else ()):
        inner = item.get("model") if item.kind == "mapping" else item
        if inner is not None and isinstance(inner.value, str):
            item_pointer = join_pointer(pointer, index)
            yield _Target(
                inner.value,
                inner,
                item_pointer if inner is item else f"{item_pointer}/model",
                owner,
            )


def _unused_finding(
    pointer: str,
    entry: Entry,
    groups: tuple[str, ...],
    config: LiteLLMConfig,
    action: Action,
) -> Finding:
    """Return the finding about fallbacks for a group that does not exist."""
    owner = entry.name
    meant = _intended_group(owner, groups, config)
    hint = f'; did you mean "{meant}"?' if meant else ""
    names = ", ".join(groups[:6])
    return Finding(
        severity=Severity.WARNING if meant is not None else Severity.INFO,
        message=f'there are fallbacks for "{owner}", which is not a model_name{hint}',
        detail="LiteLLM uses them when a request for this name fails, but no request has this "
        "name. LiteLLM does not warn about it at startup.",
        place=replace(config.place(pointer, "no model_name matches this"), span=entry.key.span),
        consequence="LiteLLM never uses these fallbacks",
        related=tuple(_name_of(meant, config)),
        fixes=(
            Fix(
                title=f'rename "{owner}" to "{meant}"'
                if meant
                else f'in litellm_config.yaml, change "{owner}" to an existing model_name',
                applicability="unsafe" if meant else "manual",
                changes=(Rename(entry, meant),) if meant else (),
                snippet=f'"{meant}":' if meant else "",
                actions=(action,)
                if meant
                else (Step(f"The file has these model_names: {names}"), action),
            ),
        ),
    )


def _exists(config: LiteLLMConfig, target: _Target) -> bool:
    name = target.name
    if name.startswith(REFERENCE) or is_reference(name):
        return True
    if target.alias:
        return bool(named_deployments(config, name))
    return bool(own_deployments(config, name))


def _finding(
    target: _Target, groups: tuple[str, ...], config: LiteLLMConfig, chain: Chain, action: Action
) -> Finding:
    meant = _intended_group(target.name, groups, config)
    hint = f'; did you mean "{meant}"?' if meant else ""
    if target.alias:
        asking = tuple(r.id for r in chain.routes if r.model_id == target.owner)
        answered = bool(deployments_for(config, target.owner))
        used = not answered and (bool(asking) or not chain.routes)
        message = f'the alias "{target.owner}" points to "{target.name}", which is not a model_name'
        why = f'LiteLLM finds no model for a request for "{target.owner}" and answers 400.'
        if answered:
            why = f'LiteLLM answers requests for "{target.owner}" only with its fallback.'
        severity = Severity.ERROR if used else Severity.WARNING
        subjects = asking or (CHAIN,)
    else:
        message = f'the fallback of "{target.owner}" is "{target.name}", which is not a model_name'
        if target.owner == ANY:
            message = f'a default fallback is "{target.name}", which is not a model_name'
        why = "LiteLLM finds no model with this name and tries the next fallback, if any."
        severity = Severity.WARNING
        subjects = (f"group {target.owner}",) if target.owner in groups else (CHAIN,)
    return Finding(
        severity=severity,
        message=f"{message}{hint}",
        detail=f"{why} LiteLLM does not warn about it at startup.",
        place=config.place(target.pointer, "no model_name matches this"),
        consequence=f'the proxy has no model "{target.name}"',
        related=tuple(_name_of(meant, config)),
        fixes=(_fix(target, meant, groups, action),),
        subjects=subjects,
    )


def _intended_group(name: str, groups: tuple[str, ...], config: LiteLLMConfig) -> str | None:
    """Return the intended group: by its deployment, without a prefix, or by spelling."""
    for deployment in config.deployments:
        if name in (deployment.model.resolved, deployment.name):
            return deployment.group
    bare = name.rpartition("/")[2]
    if bare in groups:
        return bare
    return next(iter(nearest(name, groups)), None)


def _name_of(group: str | None, config: LiteLLMConfig) -> Iterator[Place]:
    for deployment in config.deployments:
        if deployment.group == group:
            yield config.place(f"{deployment.pointer}/model_name", "the model_name")
            return


def _fix(target: _Target, meant: str | None, groups: tuple[str, ...], action: Action) -> Fix:
    if meant is None:
        names = ", ".join(groups[:6])
        return Fix(
            title=f'in litellm_config.yaml, change "{target.name}" to an existing model_name',
            actions=(Step(f"The file has these model_names: {names}"), action),
        )
    return Fix(
        title=f'change "{target.name}" to "{meant}"',
        applicability="unsafe",
        changes=(Put(target.node, meant),),
        snippet=f'"{meant}"',
        actions=(action,),
    )


CHECK = Check(
    code="LL112",
    name="router-target-unknown",
    stage="litellm",
    scope="route",
    run=check,
    documentation=__doc__,
    causes=("LL003", "LL119"),
    texts=(
        rule(
            "possible",
            "LiteLLM",
            r"No fallback model group found for (?:original model_group=|lookup_groups=\W{0,2})"
            r"(?P<group>[\w./:-]{1,90}\w)",
            advice="missing",
        ),
    ),
    advice={
        "missing": Advice(
            "Look for the error that LiteLLM reports before this sentence: it is the cause. The "
            "sentence only says that no other model could answer, because fallbacks in "
            "litellm_config.yaml does not contain <group>, or spells it in another way. If you "
            "want a fallback, add it and restart the proxy:",
            'router_settings:\n  fallbacks: [{"<group>": ["<another model_name>"]}]',
        ),
    },
)
