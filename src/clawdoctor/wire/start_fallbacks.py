"""Faults of fallbacks and aliases with which LiteLLM does not start.

Measured on LiteLLM 1.106.2, 1.108.7 and 1.110.2: the router checks fallbacks and
content_policy_fallbacks, and accepts any context_window_fallbacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.router import CHECKED_FALLBACKS, DEFAULT, written_fallbacks
from clawdoctor.source.change import Append, Change, Put, Remove, Rename, put
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.wire.python_error import not_iterable
from clawdoctor.wire.start_fault import Fault, key_of, kind_of, no_mapping

_ROUTER = "/router_settings"
_ALIASES = "model_group_alias"
_WHY = (
    "LiteLLM's router expects a model with its fallbacks in each entry. Otherwise the proxy exits "
    "with"
)


def fallback_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the fault of fallbacks that are not a list, or of the first entry without one group."""
    for name in CHECKED_FALLBACKS:
        pointer, listed = written_fallbacks(config, name) or ("", None)
        if listed is None:
            continue
        if listed.kind != "sequence":
            fault = _shape_fault(name, pointer, listed)
            if listed.kind == "string" and (renamed := _renamed(config, pointer, listed)):
                changes = (*renamed, Put(listed, [listed]))
                remedy = f"rename {name} to {DEFAULT} and make it a list"
                fault = replace(fault, changes=changes, remedy=remedy, guessed=True)
            yield fault
            continue
        for index, item in enumerate(listed.items):
            if item.kind != "mapping" or len(list(item.children())) != 1:
                changes = _groups_apart(listed, item) or _renamed(config, pointer, listed)
                guessed = item.kind != "mapping"
                yield _entry_fault(name, join_pointer(pointer, index), item, changes, guessed)
                break


def _groups_apart(listed: Node, item: Node) -> tuple[Change, ...]:
    """Give each group of an entry its own entry."""
    others = item.entries[1:]
    if any(entry.merged for entry in item.entries):
        return ()
    moved = (Append(listed, {entry.name: entry.value}) for entry in others)
    return (*(Remove(item, entry) for entry in others), *moved)


def _renamed(config: LiteLLMConfig, pointer: str, listed: Node) -> tuple[Change, ...]:
    """Turn a list of names into fallbacks for every group."""
    block = config.root.at(pointer.rpartition("/")[0])
    entry = block.entry("fallbacks") if block is not None else None
    names = all(isinstance(item.value, str) for item in listed.items)
    if block is None or entry is None or entry.value is not listed or not names:
        return ()
    return (Rename(entry, DEFAULT),) if block.get(DEFAULT) is None else ()


def _shape_fault(name: str, pointer: str, listed: Node) -> Fault:
    value = listed.python()
    first = next(iter(value)) if isinstance(value, (dict, str)) else None
    return Fault(
        pointer=pointer,
        message=f"{name} is {kind_of(listed)}, not a list",
        label='each model is an item, with a "-" before its name',
        why=f"{_WHY} a {'TypeError' if first is None else 'ValueError'}.",
        snippet=f"{name}:\n  - <model_name>: [<fallback>]",
        error=not_iterable(listed)
        if first is None
        else f"ValueError: Item '{first}' is not a dictionary.",
        lenient=pointer.startswith(_ROUTER),
        remedy="make each model an item of a list",
        changes=(Put(listed, [{entry.name: entry.value} for entry in listed.entries]),)
        if listed.kind == "mapping"
        else (),
    )


def _entry_fault(
    name: str, pointer: str, item: Node, changes: tuple[Change, ...], guessed: bool
) -> Fault:
    groups = [group for group, _ in item.children()]
    if item.kind != "mapping":
        example = item.value if isinstance(item.value, str) else "<model_name>"
        message = f"an entry of {name} is {kind_of(item)}, not a model with its fallbacks"
        label = "for which model is this fallback?"
        snippet = f"{name}:\n  - <model_name>: [{example}]"
        error = f"Item '{item.python()}' is not a dictionary."
    else:
        message = f"an entry of {name} names {len(groups) or 'no'} models, not one"
        label = "each model needs its own entry" if groups else "no model in this entry"
        pairs = [(group, _written(target)) for group, target in item.children()]
        items = "".join(
            f"\n  - {group}: [{target}]"
            for group, target in pairs or [("<model_name>", "<fallback>")]
        )
        snippet = f"{name}:{items}"
        error = f"Dictionary '{item.python()}' must have exactly one key, but has {len(groups)}"
    return Fault(
        pointer=pointer,
        message=message,
        label=label,
        why=f"{_WHY} a ValueError.",
        snippet=snippet,
        error=f"ValueError: {error}",
        changes=changes,
        remedy=f"rename {name} to {DEFAULT}" if guessed else "give each model its own entry",
        guessed=guessed,
    )


def _written(target: Node) -> str:
    named = [str(item.value) for item in target.items or (target,) if item.value is not None]
    return ", ".join(named) or "..."


def alias_faults(config: LiteLLMConfig) -> Iterator[Fault]:
    """Yield the fault of aliases that do not map names to groups."""
    aliases = config.root.at(f"{_ROUTER}/{_ALIASES}")
    if aliases is None or not aliases.python():
        return
    if aliases.kind == "mapping":
        yield from _hidden_faults(aliases)
        return
    yield no_mapping(
        key_of(f"{_ROUTER}/{_ALIASES}"),
        _ALIASES,
        aliases,
        "items",
        label="each alias is a key, and its model_name the value",
        why="LiteLLM reads the aliases",
        snippet=f"{_ALIASES}:\n  <alias>: <model_name>",
        lenient=True,
    )


def _hidden_faults(aliases: Node) -> Iterator[Fault]:
    """Yield the first alias with settings that do not say whether it is hidden."""
    for name, target in aliases.children():
        if target.kind == "mapping" and target.get("hidden") is None:
            group = target.text("model") or "<model_name>"
            yield Fault(
                pointer=key_of(join_pointer(f"{_ROUTER}/{_ALIASES}", name)),
                message=f'the alias "{name}" does not say whether it is hidden',
                label="no hidden here",
                why="LiteLLM reads it when it starts, and exits with a KeyError.",
                snippet=f"{name}:\n  model: {group}\n  hidden: false",
                error="KeyError: 'hidden'",
                changes=put(target, "/hidden", value=False),
                remedy="write that it is not hidden",
            )
            return
