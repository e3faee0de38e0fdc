"""The findings about names of callbacks and the lists that hold them: part of LL121."""

from __future__ import annotations

import re

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.versions import Versions
from clawdoctor.deferred import regex
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Add, Change, Put, Rename
from clawdoctor.source.node import Node
from clawdoctor.wire.start_callbacks import INPUT, known_callbacks
from clawdoctor.wire.start_fault import STOPS, kind_of

_EVENTS = ("success_callback", "failure_callback")
_NAME = regex(r"\w{1,60}", re.ASCII)


def unknown_name(node: Node, pointer: str, config: LiteLLMConfig, versions: Versions) -> Finding:
    """Report a name in `callbacks` that no version or only a newer one may know."""
    known = known_callbacks()
    sure = versions.standing(known, str(node.value)) != "unseen"
    meant = next(iter(nearest(str(node.value), known.ever)), None)
    label = f"did you mean {meant}?" if meant else "not a callback of any known version"
    fix = Fix(
        title=f"write {meant}" if meant else "name a callback that LiteLLM has, or a module",
        applicability="unsafe" if meant else "manual",
        changes=(Put(node, meant),) if meant else (),
        snippet=f'callbacks: ["{meant or "module.instance"}"]',
        actions=(CHECK_AGAIN,),
    )
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"LiteLLM {'does' if sure else 'may'} not know a callback of this name",
        title="callbacks in a list that does not know them",
        detail="LiteLLM takes a name that it does not know for a Python module, and exits when it "
        "starts: ValueError: Empty module name." + versions.doubt(known, str(node.value)),
        place=config.place(pointer, label),
        consequence=STOPS if sure else "",
        fixes=(fix,),
        allows_start=not sure,
    )


def no_list(node: Node, pointer: str, config: LiteLLMConfig, error: str = "") -> Finding:
    """Report a value in place of a list. With `error` LiteLLM exits."""
    setting, fails = pointer.rpartition("/")[2], pointer == INPUT
    why = "LiteLLM takes each letter of the text for a callback, and starts without the callback."
    if fails:
        why = "LiteLLM adds its own callbacks to the list with each request, which needs a list."
    if error:
        why = f"LiteLLM looks for a callback in it when it starts, and exits: {error}."
    consequence = "every request fails" if fails else "the callback gets nothing"
    name = str(node.value) if node.kind == "string" else ""
    plain = _NAME.fullmatch(name) is not None and node.alias is None
    return Finding(
        severity=Severity.ERROR if fails else Severity.WARNING,
        message=f"{setting} is {kind_of(node)}, not a list of names",
        title="callbacks that are not in a list",
        detail=why,
        place=config.place(pointer, "needs square brackets" if plain else "not a list of names"),
        consequence=STOPS if error else consequence,
        fixes=(
            Fix(
                title="write a list",
                # In a list LiteLLM builds the callback, which may need a package.
                applicability="unsafe" if plain else "manual",
                changes=(Put(node, [node]),) if plain else (),
                snippet=f"{setting}: [{name if plain else '<name>'}]",
                actions=(CHECK_AGAIN,),
            ),
        ),
        allows_start=not error,
    )


def wrong_list(name: str, pointer: str, config: LiteLLMConfig) -> Finding:
    """Report a name in `callbacks` that LiteLLM knows in other lists only."""
    section = config.root.get("litellm_settings")
    entry = section.entry("callbacks") if section is not None else None
    changes: tuple[Change, ...] = ()
    if section is not None and entry is not None and len(entry.value.items) == 1:
        others = [name for name in _EVENTS if section.get(name) is None]
        added = (Add(section, other, [name]) for other in others[1:])
        changes = (Rename(entry, others[0]), *added) if len(others) == len(_EVENTS) else ()
    return Finding(
        severity=Severity.ERROR,
        message=f"LiteLLM does not know {name} in callbacks",
        title="callbacks in a list that does not know them",
        detail=f"LiteLLM takes {name} for a Python module there, and exits when it starts: "
        "ValueError: Empty module name.",
        place=config.place(pointer, "belongs in success_callback or failure_callback"),
        consequence=STOPS,
        fixes=(
            Fix(
                title="move it to the other lists",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=f'success_callback: ["{name}"]\nfailure_callback: ["{name}"]',
                actions=(Step(f"take {name} out of callbacks"),),
            ),
        ),
    )
