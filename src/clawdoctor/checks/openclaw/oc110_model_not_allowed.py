"""An agent's model is not on OpenClaw's list of allowed models.

What it means
-------------
Old versions of OpenClaw take agents.defaults.models for a list of allowed models as soon as it has
an entry: a model that is not in it is refused as "model not allowed". Newer ones have
agents.defaults.modelPolicy.allow for that, which limits what can be chosen in a chat or a cron job;
what the config itself names is used all the same.

Why it happens
--------------
An entry was added for an alias or a parameter, and made the whole map a list.

How to fix it
-------------
Add the model to the list:

    models: { "azure-openai/gpt-4o": {} },

Versions
--------
OpenClaw 2026.3.13 and older take agents.defaults.models for the list. In 2026.9.6 the map holds
aliases and parameters only; a primary that is missing in modelPolicy.allow was asked there.

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
from clawdoctor.check import Check, signature
from clawdoctor.checks.patterns import alone, near
from clawdoctor.finding import Finding, Fix, Severity
from clawdoctor.knowledge import behaviour
from clawdoctor.source.node import Node

MAP, POLICY = "/agents/defaults/models", "/agents/defaults/modelPolicy/allow"


def check(openclaw: OpenClawConfig, chain: Chain, versions: Versions) -> Iterator[Finding]:
    """Report each model of the chain that an agent uses and the list of allowed models lacks."""
    row = behaviour("openclaw", "allow-list", versions.value("openclaw"))
    if row is None or row.effect == "not-seen":
        return
    old = row.effect == "models"
    if old and not versions.known("openclaw"):
        return
    pointer = MAP if old else POLICY
    allowed = _allowed(openclaw.root.at(pointer), openclaw)
    ours = {provider.id for provider, _ in chain.providers}
    for ref in openclaw.refs if allowed else ():
        if ref.provider not in ours or _is_allowed(ref, allowed):
            continue
        model = f"{ref.provider}/{ref.model}"
        entry = f"{json.dumps(model)}: {{}}," if old else f"{json.dumps(model)},"
        yield Finding(
            severity=Severity.WARNING if old else Severity.INFO,
            message=f'"{model}" is not on the list of allowed models',
            detail=f"{row.says}; {versions.stated('openclaw', 'OpenClaw')}.",
            place=openclaw.place(ref.pointer, "not on the list"),
            consequence="OpenClaw refuses a model that an agent uses",
            related=(openclaw.place(pointer, "the list"),),
            fixes=(Fix("add it to the list", snippet=entry, actions=(CHECK_AGAIN,)),),
            subjects=(model,),
        )


def _allowed(node: Node | None, openclaw: OpenClawConfig) -> frozenset[str]:
    """The refs on a list, aliases resolved, in lower case; empty if there is no list."""
    if node is None:
        return frozenset()
    if node.kind == "mapping":
        return frozenset(name.casefold() for name, _ in node.children())
    written = {str(item.value).strip().casefold() for item in node.items if item.value}
    models = openclaw.root.at(MAP)
    for ref, entry in models.children() if models is not None else ():
        alias = entry.text("alias")
        if alias is not None and alias.strip().casefold() in written:
            written.add(ref.casefold())
    return frozenset(written)


def _is_allowed(ref: ModelRef, allowed: frozenset[str]) -> bool:
    """Whether the list contains the model, or a prefix of it that ends in `/*`."""
    model = f"{ref.provider}/{ref.model}".casefold()
    prefixes = tuple(pattern[:-1] for pattern in allowed if pattern.endswith("/*"))
    return model in allowed or model.startswith(prefixes)


CHECK = Check(
    code="OC110",
    name="model-not-allowed",
    stage="openclaw",
    scope="route",
    run=check,
    documentation=__doc__,
    texts=(
        signature(
            r"Model(?: override)? ['\"`](?P<model>[\w.-]{1,60}/[\w./:-]{1,120})['\"`] is "
            r"not allowed\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"model ['\"](?P<model>[^'\"]{1,120})['\"] rejected by "
            r"agents\.defaults\.\S{1,40} allowlist",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"\bmodel not allowed: (?P<model>\S{1,120})",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"Model(?: override)? ['\"`]?(?P<model>[\w./:-]{1,120})['\"`]? is not "
            r"allowed(?:\. Use /models| for (?:this )?agent| by agents\.)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bmodel\b [^.]{0,120}not (?:in|on) (?:the )?(?:agents\.defaults\.models? "
            r")?(?:model )?allow[- ]?list",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?<![\w./:-])(?P<model>[\w.-]{1,60}/[\w./:-]{1,120}) is not allowed for this agent\b",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"(?:^|[.:\d] )Model is not allowed\.(?:\W|$)",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"Model override not allowed for this agent|Model override is not authorized",
            "certain",
            "OpenClaw",
        ),
        signature(
            r"is not in the (?:agent|model) allow-?list|\bmodel\b[^.]{0,120} is not in the policy"
            r" allow-?list"
            r"|Model is not approved for this "
            r"agent",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"(?:default )?model ['\"`](?P<model>[\w./:-]{1,160})['\"`] is not allowed\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"\bmodel (?:is |was )?not allowed\b|\bdisallowed model",
                r"spawn|sub-?agent|/models?\b|agents\.defaults|openclaw|allow-?list|modelApplied",
                200,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            near(
                r"spawn|sub-?agent|/models? \S|agents\.defaults|openclaw|modelApplied",
                r"\bmodel (?:is |was )?not allowed\b|(?<=[\"'])not allowed\b|not on the "
                r"allow-?list",
                200,
            ),
            "likely",
            "OpenClaw",
        ),
        signature(
            alone(
                r"\bmodel\b[^.]{0,80} (?:is )?not allowed\b(?! to)|\bmodel not approved\b|Model "
                r"is not approved"
            ),
            "possible",
            "OpenClaw",
        ),
        signature(
            r"\bmodel ['\"`]?(?P<model>[\w.-]{1,60}/[\w./:-]{1,120})['\"`]? (?:is |was )?not "
            r"allowed\b",
            "likely",
            "OpenClaw",
        ),
        signature(
            r"\bModel ['\"`]?(?P<model>[\w.-]{1,60}/[\w./:-]{1,120})['\"`]? is not in the allowed"
            r" models",
            "likely",
            "OpenClaw",
        ),
    ),
)
