"""The findings about callback names and the lists that contain them: part of LL121."""

from __future__ import annotations

import re

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.shown import quoted_name
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
    """Return the finding about a name in `callbacks` that at most a newer version knows."""
    known = known_callbacks()
    sure = versions.standing(known, str(node.value)) != "unseen"
    meant = next(iter(nearest(str(node.value), known.ever)), None)
    label = f"did you mean {meant}?" if meant else "not a callback of any known version"
    named = f"the callback {shown}" if (shown := quoted_name(str(node.value))) else "a callback"
    fix = Fix(
        title=f"change the name to {meant}"
        if meant
        else "use a LiteLLM callback or your own module",
        applicability="unsafe" if meant else "manual",
        changes=(Put(node, meant),) if meant else (),
        snippet=f'callbacks: ["{meant or "module.instance"}"]',
        actions=(CHECK_AGAIN,),
    )
    return Finding(
        severity=Severity.ERROR if sure else Severity.WARNING,
        message=f"LiteLLM {'does' if sure else 'may'} not know {named}",
        title="LiteLLM does not know these callbacks",
        detail="LiteLLM treats an unknown name as a Python module, and exits at startup with "
        "ValueError: Empty module name." + versions.doubt(known, str(node.value)),
        place=config.place(pointer, label),
        consequence=f"LiteLLM does not know {named}, so {STOPS}" if sure else "",
        fixes=(fix,),
        allows_start=not sure,
    )


def no_list(node: Node, pointer: str, config: LiteLLMConfig, error: str = "") -> Finding:
    """Return the finding about a value in place of a list. With `error`, LiteLLM exits."""
    setting, fails = pointer.rpartition("/")[2], pointer == INPUT
    why = "LiteLLM treats each letter as the name of a callback, so the callback does not run."
    if fails:
        why = "LiteLLM adds its own callbacks to this list on each request, so it must be a list."
    if error:
        why = f"LiteLLM looks for a callback in {setting} at startup, and exits with {error}."
    consequence = (
        "every request fails because input_callback is not a list"
        if fails
        else "the callback gets no reports"
    )
    name = str(node.value) if node.kind == "string" else ""
    plain = _NAME.fullmatch(name) is not None and node.alias is None
    return Finding(
        severity=Severity.ERROR if fails else Severity.WARNING,
        message=f"{setting} is {kind_of(node)}, not a list of names",
        title="these callbacks are not in a list",
        detail=why,
        place=config.place(pointer, "needs square brackets" if plain else "not a list of names"),
        consequence=f"{setting} is not a list, so {STOPS}" if error else consequence,
        fixes=(
            Fix(
                title=f"change {setting} to a list",
                # From a list, LiteLLM creates the callback, which may need a package.
                applicability="unsafe" if plain else "manual",
                changes=(Put(node, [node]),) if plain else (),
                snippet=f"{setting}: [{name if plain else '<name>'}]",
                actions=(CHECK_AGAIN,),
            ),
        ),
        allows_start=not error,
    )


def wrong_list(name: str, pointer: str, config: LiteLLMConfig) -> Finding:
    """Return the finding about a name in `callbacks` that LiteLLM knows only in other lists."""
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
        title="LiteLLM does not know these callbacks in this list",
        detail=f"In this list, LiteLLM treats {name} as a Python module, and exits at startup: "
        "ValueError: Empty module name.",
        place=config.place(pointer, "belongs in success_callback or failure_callback"),
        consequence=f"LiteLLM does not know {name} in callbacks, so {STOPS}",
        fixes=(
            Fix(
                title=f"move {name} to success_callback and failure_callback",
                applicability="unsafe" if changes else "manual",
                changes=changes,
                snippet=f'success_callback: ["{name}"]\nfailure_callback: ["{name}"]',
                actions=() if changes else (Step(f"Remove {name} from callbacks"),),
            ),
        ),
    )
