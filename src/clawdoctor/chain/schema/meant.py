"""Suggestions for an unknown key: the intended key, or the place where it belongs."""

from __future__ import annotations

import re
from collections.abc import Callable

from clawdoctor.chain.schema.language import (
    Schema,
    fits_types,
    knowledge,
    matches_pattern,
    resolved_schema,
    schema_at,
)
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node, join_pointer, split_pointer

Accepts = Callable[[Schema, Node], bool]
"""A function that returns whether a schema accepts a node."""


def meant_key(schema: Schema, node: Node, pointer: str, name: str, accepts: Accepts) -> str | None:
    """Return the key that an unknown key means, or the path where it belongs."""
    measured, below = knowledge()["measured"], join_pointer(pointer, name)
    for pattern, target in measured["moves"].items():
        if matches_pattern(pattern, below):
            return str(target) if target else None
    known, value = schema.get("properties", {}), node.get(name)
    free = [key for key in known if node.get(key) is None]
    alias = measured["keyAliases"].get(re.sub(r"[\s._-]", "", name.casefold()))
    if alias in known:
        return str(alias) if alias in free else None
    prefix = ".".join((*split_pointer(pointer), "")) if pointer.count("/") < 2 else ""
    ways = next(
        (ways for at, ways in measured["inside"].items() if matches_pattern(at, pointer)), ()
    )
    inside = {
        way: schema_at(f"{pointer}/{way.replace('[]', '.*').replace('.', '/')}") for way in ways
    }
    for way, target in inside.items():
        if name in target.get("properties", ()):
            return f"{prefix}{way}.{name}"
    if outer := _outer_key(pointer, name, value, accepts):
        return outer
    near = next(iter(nearest(name, free)), None)
    for way, target in inside.items():
        # In a mapping with free names, a known key is meant only if it accepts the value.
        if _takes_any(target, value, accepts) and not (
            near and value and fits_types(known[near], value)
        ):
            return f"{prefix}{way}.{name}"
    for way, target in inside.items() if near is None else ():
        for key in nearest(name, target.get("properties", ())):
            return f"{prefix}{way}.{key}"
    return near


def _outer_key(pointer: str, name: str, value: Node | None, accepts: Accepts) -> str | None:
    """Return the path of a key of an outer mapping, if this value is one of that key's words."""
    tokens = split_pointer(pointer) if value is not None and value.kind == "string" else ()
    for depth in range(len(tokens) - 1, 0, -1):
        around = tokens[:depth]
        known: Schema = schema_at("".join(join_pointer("", token) for token in around))
        outer: Schema = known.get("properties", {}).get(name, {})
        if value is not None and _words(outer) and accepts(outer, value):
            return None if any("." in token for token in around) else ".".join((*around, name))
    return None


def _words(schema: Schema) -> bool:
    """Return whether a schema lists the values that it accepts."""
    branches = [resolved_schema(branch) for branch in schema.get("anyOf", (schema,))]
    return all("enum" in branch or "const" in branch for branch in branches)


def _takes_any(schema: Schema, node: Node | None, accepts: Accepts) -> bool:
    """Return whether a mapping with free names accepts this value."""
    others: Schema = schema.get("additionalProperties") or {}
    return bool(others) and node is not None and accepts(others, node)
