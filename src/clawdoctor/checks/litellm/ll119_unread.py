"""Settings of the router that LiteLLM does not read: part of LL119.

Tested with LiteLLM 1.106.2, 1.108.7 and 1.110.2. LiteLLM starts, and logs an unknown key of
router_settings. It does not report a setting in another section.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.router import DEFAULT, FALLBACKS
from clawdoctor.chain.versions import Versions
from clawdoctor.checks.litellm.ll119_fallbacks import type_of
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.knowledge import table
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.change import Change, Remove, Rename, move
from clawdoctor.source.node import Entry, join_pointer
from clawdoctor.wire.start_fault import key_of, without_dashes

_SECTION = "router_settings"
_MOVED = ("health_check_interval", "health_check_concurrency")
"""Keys that keep LiteLLM from starting. LL003 reports them."""
_NO_EFFECT = "a router setting has no effect"


def unread_settings(config: LiteLLMConfig, versions: Versions) -> Iterator[Finding]:
    """Yield a finding for each setting of the router that has no effect."""
    section = config.root.get(_SECTION)
    if section is not None and section.kind != "mapping" and section.python():
        yield _finding(
            config,
            key_of(f"/{_SECTION}") if section.kind == "sequence" else f"/{_SECTION}",
            f"{_SECTION} is {type_of(section)}, not keys and values",
            "LiteLLM starts, but ignores the whole section.",
            "LiteLLM ignores all of it",
            Fix(
                title="remove the dashes",
                applicability="safe" if without_dashes(section) else "manual",
                changes=without_dashes(section),
                snippet=f"{_SECTION}:\n  num_retries: 2",
            ),
        )
    elif section is not None:
        for name, _ in section.children():
            entry = section.entry(name)
            known = table("litellm_router")["settings"]
            if entry is not None and name not in known and name not in _MOVED:
                yield _unknown_key(config, versions, entry)
    yield from _misplaced(config)


def _unknown_key(config: LiteLLMConfig, versions: Versions, entry: Entry) -> Finding:
    tables = table("litellm_router")
    name, newest = entry.name, tables["newest"]
    near = nearest(name, tables["settings"])
    meant = tables["meant"].get(name) or (near[0] if near else None)
    section = next((key for key, keys in tables["elsewhere"].items() if name in keys), None)
    needless = name in tables["needless"]["keys"]
    why = "LiteLLM ignores the setting and reports it only in its log."
    steps: tuple[Action, ...] = ()
    changes: tuple[Change, ...] = ()
    severity, snippet = Severity.WARNING, ""
    if section is not None:
        label, title = f"belongs in {section}", f"move {name} to {section}"
        snippet = f"{section}:\n  {name}: <the same value>"
        changes = _moved(config, f"/{_SECTION}", entry, f"/{section}")
    elif needless:
        label, title = "there is no such switch", f"remove {name}"
        why += " You do not need a switch to enable fallbacks and retries."
        severity = Severity.INFO
    elif meant is not None:
        label, title = f"did you mean {meant}?", f"rename {name} to {meant}"
        snippet = f"{meant}: <the same value>"
        other = config.root.at(f"/{_SECTION}/{meant}") is not None
        changes = () if other or entry.merged else (Rename(entry, meant),)
    else:
        label, title, severity = "LiteLLM does not know this key", f"remove {name}", Severity.INFO
        why += f" LiteLLM {newest} does not know it, but a newer version may."
    if not snippet:
        changes = _removed(config, entry)
        steps = (Step(f"Remove {name} from {_SECTION}"),)
    if versions.judged_as() is None or "litellm" in versions.newer():
        severity = Severity.INFO
    pointer = join_pointer(f"/{_SECTION}", name)
    return _finding(
        config,
        pointer,
        f'LiteLLM\'s router has no setting "{name}"',
        why,
        label,
        Fix(
            title=title,
            applicability="unsafe" if changes else "manual",
            changes=changes,
            snippet=snippet,
            actions=steps,
        ),
        severity=severity,
        entry=entry,
    )


def _misplaced(config: LiteLLMConfig) -> Iterator[Finding]:
    """Report settings that belong only in router_settings, and fallbacks in other sections."""
    only: list[str] = table("litellm_router")["only"]
    both = [*FALLBACKS, DEFAULT]
    places = (("", [*only, *both]), ("/litellm_settings", only), ("/general_settings", only + both))
    for pointer, names in places:
        block = config.root.at(pointer)
        for name in names if block is not None and block.kind == "mapping" else ():
            entry = block.entry(name) if block is not None else None
            if entry is None or entry.value.kind == "null":
                continue
            where = f"in {pointer[1:]}" if pointer else "at the top level of the file"
            only_here = f"LiteLLM reads it only from {_SECTION}. " if name in only else ""
            changes = _moved(config, pointer, entry, f"/{_SECTION}")
            yield _finding(
                config,
                f"{pointer}/{name}",
                f"{name} has no effect {where}",
                f"{only_here}LiteLLM does not warn about it at startup.",
                f"belongs in {_SECTION}",
                Fix(
                    title=f"move {name} to {_SECTION}",
                    applicability="safe" if changes else "manual",
                    changes=changes,
                    snippet=f"{_SECTION}:\n  {name}: <the same value>",
                ),
                entry=entry,
            )


def _moved(config: LiteLLMConfig, block: str, entry: Entry, section: str) -> tuple[Change, ...]:
    """Move a setting to a section, unless the section already has it."""
    to = join_pointer(section, entry.name)
    if config.root.at(to) is not None:
        return ()
    return move(config.root, join_pointer(block, entry.name), to)


def _removed(config: LiteLLMConfig, entry: Entry) -> tuple[Change, ...]:
    section = config.root.get(_SECTION)
    return (Remove(section, entry),) if section is not None else ()


def _finding(
    config: LiteLLMConfig,
    pointer: str,
    message: str,
    why: str,
    label: str,
    fix: Fix,
    *,
    severity: Severity = Severity.WARNING,
    entry: Entry | None = None,
) -> Finding:
    place = config.place(pointer, label)
    if entry is not None:
        place = replace(place, path=entry.key.span.path, pointer=pointer, span=entry.key.span)
    return Finding(
        severity=severity,
        message=message,
        title="LiteLLM's router ignores these settings",
        detail=why,
        place=place,
        consequence=_NO_EFFECT,
        fixes=(replace(fix, actions=(*fix.actions, CHECK_AGAIN)),),
        allows_start=True,
    )
