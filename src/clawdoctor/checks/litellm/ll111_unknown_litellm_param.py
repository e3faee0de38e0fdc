"""A key of litellm_params that LiteLLM does not know, which it sends to Azure with every request.

What it means
-------------
What LiteLLM does not know in litellm_params it takes for a parameter of the model and puts into the
body of each request. Azure answers 400 "Unrecognized request argument supplied". drop_params does
not help: it drops only what LiteLLM knows.

Why it happens
--------------
A slip (api_verison), a name of another client (azure_endpoint), or a key that belongs in
model_info.

How to fix it
-------------
Spell the key as LiteLLM does, or take it out:

    api_base: https://my-resource.openai.azure.com
    api_version: "2025-04-01-preview"

A parameter that you do mean for Azure may stay: LiteLLM passes it on as it is.

Versions
--------
Seen on LiteLLM 1.106.2; the keys known are those of 1.109.1. A newer version may know more.

References
----------
https://docs.litellm.ai/docs/proxy/configs
https://docs.litellm.ai/docs/completion/provider_specific_params
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import Deployment, LiteLLMConfig
from clawdoctor.chain.parameter import alias_places, parameter_place, restart
from clawdoctor.check import Check, signature
from clawdoctor.checks.litellm.responses_route import is_bridged
from clawdoctor.finding import Action, Edit, Finding, Fix, Severity, Step
from clawdoctor.knowledge import newest, table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Entry

_DROP_PARAMS = re.compile(r"drop[-_]?params?", re.IGNORECASE)
_ALIKE = 0.8  # below this ratio the key is another word, not a misspelling


@dataclass(frozen=True, slots=True)
class _Correction:
    """The intended key, or the block that it belongs in."""

    key: str = ""
    block: str = ""


def check(
    deployment: Deployment, config: LiteLLMConfig, environment: Environment
) -> Iterator[Finding]:
    """Report each parameter of an azure/ deployment that LiteLLM does not know."""
    if deployment.provider != "azure":
        return
    dropped = deployment.params.get("additional_drop_params")
    named = {str(item.value) for item in dropped.items} if dropped is not None else set()
    bridged = is_bridged(deployment, config, tools=True)
    for name, node in deployment.params.children():
        entry = deployment.params.entry(name)
        if entry is not None and node.kind != "null" and name not in named and not _is_known(name):
            yield _finding(deployment, config, environment, entry, bridged=bridged)


def _is_known(name: str) -> bool:
    if name.startswith("_") or "_cost" in name or _DROP_PARAMS.search(name):
        return True  # LiteLLM's prices; LL101 reports drop_params
    return name in table("litellm_params")["known"]


def _finding(
    deployment: Deployment,
    config: LiteLLMConfig,
    environment: Environment,
    entry: Entry,
    *,
    bridged: bool,
) -> Finding:
    meant = _find_correction(entry.name)
    severity = Severity.ERROR if meant else Severity.WARNING
    why = f'LiteLLM sends "{entry.name}" to Azure with every request, and Azure answers 400 '
    why += '"Unrecognized request argument supplied".'
    if bridged:
        severity, why = Severity.WARNING, "LiteLLM leaves it out of requests for Responses."
    if meant is None:
        why += f" It is no key of LiteLLM {newest('litellm')}; a newer one may know it."
    label = "LiteLLM does not know this key"
    if meant is not None:
        label = f"belongs in {meant.block}" if meant.block else f"did you mean {meant.key}?"
    place = parameter_place(config, deployment, entry.name, label)
    return Finding(
        severity=severity,
        message=f'LiteLLM knows no "{entry.name}" in litellm_params',
        detail=why,
        place=replace(place, path=entry.key.span.path, span=entry.key.span),
        consequence="a setting has no effect" if bridged else "Azure would refuse the request",
        related=alias_places(config, deployment, entry.name),
        fixes=(_fix(deployment, entry, meant, restart(config, environment)),),
    )


def _find_correction(name: str) -> _Correction | None:
    known = table("litellm_params")
    for block, names in known["elsewhere"].items():
        if name in names:
            return _Correction(block=block)
    if name in known["meant"]:
        return _Correction(known["meant"][name])
    near = nearest(name, known["known"])
    folded = name.casefold().replace("-", "_")
    if near and SequenceMatcher(None, folded, near[0]).ratio() >= _ALIKE:
        return _Correction(near[0])
    return None


def _fix(
    deployment: Deployment,
    entry: Entry,
    meant: _Correction | None,
    action: Action,
) -> Fix:
    if meant is None:
        return Fix(
            title="take it out",
            actions=(Step(f"take {entry.name} out, unless Azure is to have it"), action),
        )
    if meant.block:
        return Fix(
            title=f"move it to {meant.block}",
            snippet=f"{meant.block}:\n  {entry.name}: ...",
            actions=(Step(f"{meant.block} stands beside litellm_params, not in it"), action),
        )
    if deployment.params.get(meant.key) is not None:
        return Fix(
            title="take it out",
            actions=(Step(f"take {entry.name} out: {meant.key} is there already"), action),
        )
    return Fix(
        title=f"write {meant.key}",
        applicability="unsafe",
        edits=(Edit(entry.key.span, meant.key),),
        snippet=f"{meant.key}: ...",
        actions=(action,),
    )


CHECK = Check(
    code="LL111",
    name="unknown-litellm-param",
    stage="litellm",
    scope="route",
    disproved_by_turn=True,
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"Unrecognized request arguments? supplied: (?:\w{1,60}, "
            r"){0,10}?(?P<argument>api_\w{1,40}|azure_\w{1,40}|drop_param\b|model_name"
            r"|deployment\w{0,20}|endpoint|mode\b|base_model|max_retries|tpm\b|rpm\b)",
            "certain",
            "Azure",
        ),
        signature(
            r"Unrecognized request arguments? supplied",
            "possible",
            "Azure",
        ),
        signature(
            r"\b(?:Async)?(?:Completions|Responses|Embeddings|(?:Azure)?OpenAI)\.\w{1,20}\(\) "
            r"got an "
            r"unexpected keyword argument '(?P<argument>(?!proxies)\w{1,60})'",
            "likely",
            "LiteLLM",
        ),
    ),
)
