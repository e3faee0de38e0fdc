"""Validation of a config against the schema, with at most one violation per place."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping

from clawdoctor.chain.schema.language import (
    SKIPPED,
    VARIABLE,
    Schema,
    fits_types,
    knowledge,
    matches_pattern,
    pattern_holds,
    resolved_schema,
    schema_at,
    types_of,
)
from clawdoctor.chain.schema.meant import meant_key
from clawdoctor.chain.schema.violation import (
    Violation,
    is_repaired,
    key_span,
    label_of,
    last_key,
    missing_key,
    not_allowed,
    unknown_key,
    wrong_type,
)
from clawdoctor.source.node import Node, join_pointer

_BOUNDS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "minimum": (operator.ge, "at least"),
    "exclusiveMinimum": (operator.gt, "greater than"),
    "maximum": (operator.le, "at most"),
    "exclusiveMaximum": (operator.lt, "less than"),
}

_LARGEST = 2**53 - 1  # JavaScript's largest safe integer


def check_node(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    """Yield what a schema rejects in a node and below it."""
    schema = resolved_schema(schema)
    if "anyOf" in schema:
        yield from _check_any(schema["anyOf"], node, pointer)
    elif not fits_types(schema, node):
        yield wrong_type((schema,), node, pointer)
    elif node.kind == "mapping":
        yield from _check_mapping(schema, node, pointer)
    elif node.kind == "sequence":
        yield from _check_items(schema, node, pointer)
    elif node.kind == "string":
        yield from _check_text(schema, node, pointer)
    elif node.kind == "number":
        yield from _check_bounds(schema, node, pointer)


def _check_any(branches: list[Schema], node: Node, pointer: str) -> Iterator[Violation]:
    """Yield the violations of the most likely branch, if no branch accepts the node."""
    branches = [resolved_schema(branch) for branch in branches]
    tried = [(branch, list(check_node(branch, node, pointer))) for branch in branches]
    if not all(found for _, found in tried):
        return
    fitting = [(branch, found) for branch, found in tried if fits_types(branch, node)]
    if not fitting:
        yield wrong_type(branches, node, pointer)
        return
    for key in sorted(_constants(fitting[0][0])):
        values = tuple(_constants(branch).get(key, "") for branch, _ in fitting)
        if len(set(values)) == len(values) and node.text(key) not in values:
            # This key alone decides which branch is meant.
            yield from _check_tag(key, values, node, pointer)
            return
        meant = [pair for pair in fitting if _constants(pair[0]).get(key) == node.text(key)]
        fitting = meant or fitting
    yield from min((found for _, found in fitting), key=len)


def _constants(branch: Schema) -> dict[str, str]:
    """Return the members of a branch with a single allowed value, which identify the branch."""
    members = branch.get("properties", {}).items()
    return {key: m["enum"][0] for key, m in members if len(m.get("enum", ())) == 1}


def _check_tag(key: str, values: tuple[str, ...], node: Node, pointer: str) -> Iterator[Violation]:
    value, below = node.get(key), join_pointer(pointer, key)
    if value is None:
        yield missing_key(below, expected=values)
    else:
        yield from check_node({"enum": values}, value, below)


def _check_mapping(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, value in node.children():
        below = join_pointer(pointer, name)
        if name in SKIPPED:
            continue
        if name in known:
            yield from check_node(known[name], value, below)
        elif others is False:
            yield from _check_unknown(schema, node, pointer, name)
        elif pattern_holds(schema.get("propertyNames", {}), name):
            yield from check_node(others, value, below)
        else:
            message = f'"{name}" is not a name that OpenClaw accepts here'
            yield Violation(below, "pattern", name, message, key_span(node, name))
    for name in schema.get("required", ()):
        if node.get(name) is None and node.get("$include") is None:
            yield missing_key(join_pointer(pointer, name))


def _check_unknown(schema: Schema, node: Node, pointer: str, name: str) -> Iterator[Violation]:
    value, below = node.get(name), join_pointer(pointer, name)
    assert value is not None
    for pattern, row in knowledge()["measured"]["legacy"].items():
        if matches_pattern(pattern, below):
            models = node.get("models")
            # OpenClaw copies the provider's old key to the models that lack it.
            if "checkedAs" in row and models and any(not m.get(name) for m in models.items):
                yield from check_node(schema_at(row["checkedAs"]), value, below)
            return
    allowed = tuple(sorted(schema.get("properties", {})))
    # At start, OpenClaw treats a string directly under `env` as a variable, but no other value.
    repaired = is_repaired("unknown-key", below) and (pointer != "/env" or value.kind == "string")
    yield Violation(
        below,
        "unknown-key",
        name,
        unknown_key(name, pointer),
        key_span(node, name),
        allowed,
        meant_key(schema, node, pointer, name, _accepts),
        repaired,
    )


def _check_items(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    fewest, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
    if not fewest <= len(node.items) <= most:
        limit = f"at most {most}" if len(node.items) > most else f"at least {fewest}"
        message = f"{label_of(pointer)} must have {limit} items, not {len(node.items)}"
        yield Violation(pointer, "out-of-range", last_key(pointer), message, node.span, (limit,))
        return
    rule = schema.get("items", {})
    for index, item in enumerate(node.items):
        own = rule[index] if isinstance(rule, list) else rule
        yield from check_node(own, item, join_pointer(pointer, index))


def _check_text(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    text = str(node.value)
    if VARIABLE.search(text):
        return  # OpenClaw replaces the variable before it validates
    if "enum" in schema and text not in schema["enum"]:
        yield not_allowed(tuple(schema["enum"]), node, pointer)
    elif len(text) < schema.get("minLength", 0):
        message = f"{label_of(pointer)} must not be empty"
        yield Violation(pointer, "out-of-range", last_key(pointer), message, node.span)
    elif len(text) > schema.get("maxLength", math.inf):
        message = f"{label_of(pointer)} must not be longer than {schema['maxLength']} characters"
        yield Violation(pointer, "out-of-range", last_key(pointer), message, node.span)
    elif not pattern_holds(schema, text):
        message = f"{label_of(pointer)} does not have the format that OpenClaw requires"
        expected = (schema["pattern"],)
        yield Violation(pointer, "pattern", last_key(pointer), message, node.span, expected)


def _check_bounds(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    assert isinstance(node.value, int | float)
    if "integer" in types_of(schema):
        schema = {"minimum": -_LARGEST, "maximum": _LARGEST} | dict(schema)
    for keyword, (holds, phrase) in _BOUNDS.items():
        if keyword in schema and not holds(node.value, schema[keyword]):
            limit = f"{phrase} {schema[keyword]}"
            message = f"{label_of(pointer)} must be {limit}"
            yield Violation(
                pointer, "out-of-range", last_key(pointer), message, node.span, (limit,)
            )
            return


def _accepts(schema: Schema, node: Node) -> bool:
    return not list(check_node(schema, node, ""))
