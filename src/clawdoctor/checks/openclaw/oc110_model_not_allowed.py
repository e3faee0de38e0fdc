"""OpenClaw's list of allowed models keeps an agent from using its primary model.

What it means
-------------
OpenClaw can have a list of allowed models. It rejects any other model that a chat, a session or a
cron job chooses ("model not allowed"). It still uses the primary and the fallbacks in the config,
with one exception: if the list has an entry such as "other/*", OpenClaw uses the primary only if an
entry matches it. Otherwise OpenClaw silently answers with another model that the list
allows. If there is none, it stops with "Configured default model ... is not allowed".

Why it happens
--------------
The list is agents.defaults.modelPolicy.allow. In older versions, and if there is no modelPolicy, it
is agents.defaults.models, so that an alias or a parameter for one model creates a list. The list
allows a provider ("openai/*"), but the primary is a model of another provider.

How to fix it
-------------
Add the model to the list. Before OpenClaw 2026.8.1, in agents.defaults:

    models: { "azure-openai/gpt-4o": {} },

Since 2026.8.1:

    modelPolicy: { allow: ["openai/*", "azure-openai/gpt-4o"] },

Versions
--------
OpenClaw 2026.7 and older treat agents.defaults.models as the list as soon as it has an entry.
2026.8.1 and later use agents.defaults.modelPolicy.allow instead, and read the map only if there is
no modelPolicy and no mark in meta.migrations. A list without "/*" does not affect the primary
(tested on 2026.2.17, 2026.3.13, 2026.5.12, 2026.7.1 and 2026.9.6). A list with "other/*" replaces
it since 2026.5.12 (tested on 2026.5.12, 2026.7.1, 2026.8.2 and 2026.9.6); 2026.5.7 does not support
"/*".

References
----------
https://docs.openclaw.ai/concepts/models
https://github.com/openclaw/openclaw/issues/54503
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.openclaw import ModelRef, OpenClawConfig
from clawdoctor.chain.route import Chain
from clawdoctor.chain.versions import Versions
from clawdoctor.check import Check
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import rule
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.source.change import Add, Append, Change
from clawdoctor.source.node import Node

MAP, POLICY = "/agents/defaults/models", "/agents/defaults/modelPolicy"
_MIGRATED = "/meta/migrations/modelPolicyAllowlist"
_WILDCARD = "/*"


def check(openclaw: OpenClawConfig, chain: Chain, versions: Versions) -> Iterator[Finding]:
    """Report each primary of the chain that is missing from a list with a wildcard."""
    row = behaviour("openclaw", "allow-list", versions.value("openclaw"))
    if row is None or row.effect not in ("models", "policy"):
        return
    old = row.effect == "models"
    if old and not versions.known("openclaw"):
        return
    ours = {provider.id for provider, _ in chain.providers}
    for ref in openclaw.refs:
        pointer = MAP if old else _policy(ref, openclaw)
        allowed = _allowed(pointer, openclaw)
        if not ref.primary or ref.provider not in ours or _is_usable(ref, allowed):
            continue
        model = f"{ref.provider}/{ref.model}"
        entry = f"{json.dumps(model)}: {{}}," if pointer == MAP else f"{json.dumps(model)},"
        yield Finding(
            severity=Severity.WARNING,
            message=f'"{model}" is not in the list of allowed models',
            detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
            place=openclaw.place(ref.pointer, "not in the list"),
            consequence="OpenClaw does not use the primary",
            related=(openclaw.place(pointer, "list of allowed models"),),
            fixes=(
                Fix(
                    f'add "{model}" to the list',
                    "safe",
                    snippet=entry,
                    actions=(CHECK_AGAIN,),
                    changes=_listed(model, openclaw.root.at(pointer)),
                ),
            ),
            subjects=(model,),
        )


def _listed(model: str, allowed: Node | None) -> tuple[Change, ...]:
    if allowed is None:
        return ()
    return (Add(allowed, model, {}) if allowed.kind == "mapping" else Append(allowed, model),)


def _policy(ref: ModelRef, openclaw: OpenClawConfig) -> str:
    """Return the pointer of the list for a ref: the agent's own list, or that of all agents."""
    own = f"{ref.pointer.partition('/model')[0]}/modelPolicy/allow"
    if openclaw.root.at(own) is not None:
        return own
    new = any(openclaw.root.at(pointer) is not None for pointer in (POLICY, _MIGRATED))
    return f"{POLICY}/allow" if new else MAP


def _allowed(pointer: str, openclaw: OpenClawConfig) -> frozenset[str]:
    """Return the entries of a list and the refs of its aliases, in lower case."""
    node = openclaw.root.at(pointer)
    if node is None:
        return frozenset()
    if node.kind == "mapping":
        return frozenset(name.strip().casefold() for name, _ in node.children())
    written = {str(item.value).strip().casefold() for item in node.items if item.value}
    models = openclaw.root.at(MAP)
    for ref, entry in models.children() if models is not None else ():
        alias = entry.text("alias")
        if alias is not None and alias.strip().casefold() in written:
            written.add(ref.casefold())
    return frozenset(written)


def _is_usable(ref: ModelRef, allowed: frozenset[str]) -> bool:
    """Return whether OpenClaw uses a primary: no entry ends in `/*`, or one names or covers it."""
    model = f"{ref.provider}/{ref.model}".casefold()
    covered = tuple(entry[:-1] for entry in allowed if entry.endswith(_WILDCARD))
    named = allowed & {model, ref.model.casefold(), ref.written.casefold()}
    return not covered or bool(named) or model.startswith(covered)


CHECK = Check(
    code="OC110",
    name="model-not-allowed",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        rule(
            "certain",
            "OpenClaw",
            r"\bmodel not allowed: '?(?P<model>[^\s',}]{1,120})",
            advice="add",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\b(?P<model>[\w.-]{1,60}/[\w./:-]{1,120})'? (?:is |was )?not (?:allowed\b(?! to)"
            r"|in the allowed)|not allowed by agents\.",
            advice="add",
        ),
        rule(
            "certain",
            "OpenClaw",
            r"payload\.model '?(?P<model>[\w.-]{1,60}/[\w./:-]{1,99})'? (?:rejected|not al)"
            r"|override (?:is )?not a[lu]|Model is not ap",
            advice="cron",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bmodel\b",
            r"\bnot (?:in|on) (?:the )?(?:agents\.\S{1,30} )?(?:agent |model "
            r"|policy )?allow[- ]?list",
        ),
        rule(
            "likely",
            "OpenClaw",
            r"\bmodel (?:is |was )?not allowed\b|(?<=')not allowed\b|disallowed model",
            r"spawn|sub-?agent|/models? \S|agents\.defaults|openclaw|allow-?list|modelApplied",
        ),
        rule(
            "possible",
            "OpenClaw",
            r"\bmodel\b[^.]{0,80} (?:is )?not (?:allowed|approved)\b(?! to)",
            alone=True,
        ),
    ),
    advice={
        "add": Advice(
            "<model> is not in the list of allowed models. Add it in agents.defaults. Use the "
            "first of these lines before 2026.8.1, and the second since then. Keep the existing "
            "entries.",
            'models: { "<model>": {} },\nmodelPolicy: { allow: ["<model>"] },',
        ),
        "cron": Advice(
            "A cron job uses <model>, which is not in the list of allowed models. Set another "
            "model for the job, or add this model in agents.defaults. Use the first line before "
            "2026.8.1, and the second since then:",
            'models: { "<model>": {} },\nmodelPolicy: { allow: ["<model>"] },',
            ("openclaw cron list",),
        ),
        "session": Advice(
            "The session chose a model that is not in the list of allowed models, and now uses the "
            "default again. There is nothing to do if that is intended. Otherwise add the model to "
            "agents.defaults.modelPolicy.allow (before 2026.8.1: agents.defaults.models) and "
            "choose it again with /model.",
            when=r"override (?:is )?not a[lu]|Model is not approved for",
        ),
    },
)
