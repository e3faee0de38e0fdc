"""The schema file, and its JSON Schema keywords applied to nodes."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from clawdoctor.data import read_data
from clawdoctor.deferred import regex
from clawdoctor.source.node import Node

Schema = Mapping[str, Any]

VARIABLE = regex(r"\$\{[A-Z_][A-Z0-9_]*\}")

TYPE_OF_KIND = {"mapping": "object", "sequence": "array"}

# JavaScript ignores the first; the second names files that could not be included and are unknown.
SKIPPED = ("__proto__", "$include")


@cache
def knowledge() -> Schema:
    """Return the schema file. The first call loads it."""
    text = read_data("knowledge/openclaw_schema.json")
    document: Schema = json.loads(text)
    return document


def schema_version() -> str:
    """Return the version of OpenClaw that has this schema."""
    version: str = knowledge()["version"]
    return version


def resolved_schema(schema: Schema) -> Schema:
    """Return the schema that a reference names, or the schema itself."""
    return knowledge()["defs"][schema["$ref"]] if "$ref" in schema else schema


def schema_at(pattern: str) -> Schema:
    """Return the schema at a pointer. `*` or an unknown key means each member or item."""
    schema: Schema = knowledge()["root"]
    for token in pattern.replace("/agents/list/", "/agents/entries/").split("/")[1:]:
        schema = resolved_schema(schema)
        below = schema.get("properties", {}).get(token) or schema.get("items")
        schema = below or schema.get("additionalProperties") or {}
    schema = resolved_schema(schema)
    branches = map(resolved_schema, schema.get("anyOf", ()))
    return next((branch for branch in branches if "properties" in branch), schema)


def types_of(schema: Schema) -> tuple[str, ...]:
    """Return the JSON types that a schema accepts."""
    if "anyOf" in schema:
        return tuple(t for branch in schema["anyOf"] for t in types_of(resolved_schema(branch)))
    named = schema.get("type", "string" if "enum" in schema else ())
    return (named,) if isinstance(named, str) else tuple(named)


def fits_types(schema: Schema, node: Node) -> bool:
    """Return whether a node has a type that a schema accepts."""
    types = types_of(schema)
    if node.kind != "number":
        return not types or TYPE_OF_KIND.get(node.kind, node.kind) in types
    assert isinstance(node.value, int | float)
    if not types or not math.isfinite(node.value):
        return not types
    return "number" in types or ("integer" in types and node.value == int(node.value))


def pattern_holds(schema: Schema, text: str) -> bool:
    """Return whether a string matches the schema's pattern, which always has both anchors."""
    return "pattern" not in schema or bool(re.fullmatch(schema["pattern"][1:-1], text))


def matches_pattern(pattern: str, pointer: str) -> bool:
    """Return whether a pointer matches a pattern in which `*` means any token."""
    wanted, tokens = pattern.split("/"), pointer.split("/")
    return len(wanted) == len(tokens) and all(
        want in ("*", token) for want, token in zip(wanted, tokens, strict=True)
    )
