"""Schemas of zod as JSON Schema, in the form that zod itself writes."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, replace
from typing import Any

from refresh.js_syntax import Regex

LARGEST = 2**53 - 1
_LEAP = r"(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29"
_MONTHS = (
    r"(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])",
    r"(?:0[469]|11)-(?:0[1-9]|[12]\d|30)",
    r"(?:02)-(?:0[1-9]|1\d|2[0-8])",
)
_DATE = rf"(?:{_LEAP}|\d{{4}}-(?:{'|'.join(_MONTHS)}))"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z))"
"""The parts of zod's pattern for a time in UTC, as zod writes it."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Zod:
    """A schema, and whether its key may be missing."""

    schema: Json
    optional: bool = False


class _Missing:
    """The value of anything that this reader does not understand."""


MISSING = _Missing()
_PLAIN: MappingType[str, Json] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "int": {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST},
    "url": {"type": "string", "format": "uri"},
    "any": {},
    "unknown": {},
}
MAKERS = frozenset(
    {
        *_PLAIN,
        *("array", "bigint", "custom", "discriminatedUnion", "enum", "intersection", "lazy"),
        *("literal", "looseObject", "never", "nullish", "object", "optional", "preprocess"),
        *("record", "strictObject", "tuple", "union"),
    }
)


def made(maker: str, given: list[Any]) -> Zod:
    """Return the schema that a function of zod builds from its arguments."""
    first = given[0] if given else MISSING
    if maker in _PLAIN:
        return Zod(_PLAIN[maker], optional=not _PLAIN[maker])
    match maker:
        case "literal":
            return Zod(_literal(first))
        case "enum":
            values = list(first.values()) if isinstance(first, dict) else first
            return Zod({"type": "string", "enum": values} if isinstance(values, list) else {})
        case "array":
            return Zod({"type": "array", "items": _schema(first)})
        case "object" | "looseObject" | "strictObject":
            return Zod(_object(first, strict=maker == "strictObject"))
        case "record":
            return Zod(_record(given))
        case "tuple":
            return Zod(_tuple(first))
        case "union" | "discriminatedUnion":
            return _union(given[-1], "anyOf" if maker == "union" else "oneOf")
        case "optional" | "nullish":
            return Zod(_schema(first), optional=True)
        case "lazy" | "preprocess":
            return given[-1] if isinstance(given[-1], Zod) else Zod({}, optional=True)
    return Zod({})


def _schema(value: Any) -> Json:
    """Return the schema of a value. A value that was not understood accepts everything."""
    return value.schema if isinstance(value, Zod) else {}


def _literal(value: Any) -> Json:
    match value:
        case bool():
            return {"type": "boolean", "const": value}
        case str():
            return {"type": "string", "const": value}
        case float() | int():
            return {"type": "number", "const": _number(value)}
    return {}


def _object(shape: Any, *, strict: bool) -> Json:
    members = shape if isinstance(shape, dict) else {}
    schema: Json = {
        "type": "object",
        "properties": {key: _schema(value) for key, value in members.items()},
    }
    required = [k for k, v in members.items() if isinstance(v, Zod) and not v.optional]
    if required:
        schema["required"] = required
    if strict and isinstance(shape, dict):
        schema["additionalProperties"] = False
    return schema


def _tuple(items: Any) -> Json:
    listed = items if isinstance(items, list) else []
    size = {"minItems": len(listed), "maxItems": len(listed)}
    return {"type": "array", "items": [_schema(item) for item in listed], **size}


def _record(given: list[Any]) -> Json:
    schema: Json = {"type": "object"}
    if len(given) > 1:
        schema["propertyNames"] = _schema(given[0])
    return schema | {"additionalProperties": _schema(given[-1])}


def _union(options: Any, key: str) -> Zod:
    if not isinstance(options, list):
        return Zod({}, optional=True)
    optional = any(not isinstance(item, Zod) or item.optional for item in options)
    branches = [_schema(item) for item in options]
    if branches and all([*branch] == ["type"] for branch in branches):
        return Zod({"type": [branch["type"] for branch in branches]}, optional=optional)
    return Zod({key: branches}, optional=optional)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def changed(owner: Zod, method: str, given: list[Any]) -> Any:
    """Return a schema after a method call on it. Checks in code leave it unchanged."""
    schema, first = owner.schema, given[0] if given else MISSING
    match method:
        case "optional" | "default" | "prefault" | "catch":
            return replace(owner, optional=True)
        case "nullable" | "nullish":
            empty = _union([owner, Zod({"type": "null"})], "anyOf").schema
            return Zod(empty, optional=owner.optional or method == "nullish")
        case "unwrap":
            return Zod(schema)
        case "strict" | "passthrough" | "loose" | "catchall":
            more = {"strict": False, "catchall": _schema(first)}.get(method, {})
            return replace(owner, schema={**schema, "additionalProperties": more})
        case "extend" | "safeExtend" | "merge":
            return replace(owner, schema=_extended(schema, first))
        case "partial" | "omit" | "pick":
            return replace(owner, schema=_selected(schema, method, first))
        case "or":
            return _union([owner, first], "anyOf")
    bound = _bound(schema, method, first)
    if "exclusiveMinimum" in bound:
        schema = {key: value for key, value in schema.items() if key != "minimum"}
    return replace(owner, schema={**schema, **bound})


def _bound(schema: Json, method: str, given: Any) -> Json:
    limit = _number(given) if isinstance(given, int | float) else None
    size = {"string": "Length", "array": "Items"}.get(str(schema.get("type")), "")
    match method:
        case "url":
            return {"format": "uri"}
        case "datetime" if given is MISSING:
            return {"format": "date-time", "pattern": f"^{_DATE}T{_TIME}$"}
        case "regex" if isinstance(given, Regex):
            return {"pattern": given.source}
        case "int":
            return {"minimum": -LARGEST, "maximum": LARGEST, **schema, "type": "integer"}
        case "positive" | "gt":
            return {"exclusiveMinimum": limit or 0}
        case "nonnegative":
            return {"minimum": 0}
        case "negative" | "lt":
            return {"exclusiveMaximum": limit or 0}
        case "nonempty":
            return {f"min{size}": 1}
        case "length" if limit is not None:
            return {f"min{size}": limit, f"max{size}": limit}
        case "min" | "gte" if limit is not None:
            return {f"min{size}" if size else "minimum": limit}
        case "max" | "lte" if limit is not None:
            return {f"max{size}" if size else "maximum": limit}
    return {}


def _extended(schema: Json, more: Any) -> Json:
    added = _object(more, strict=False) if isinstance(more, dict) else _schema(more)
    members = {**schema.get("properties", {}), **added.get("properties", {})}
    needed = [
        *(key for key in schema.get("required", ()) if key not in added.get("properties", {})),
        *added.get("required", ()),
    ]
    return {**schema, "properties": members, **({"required": needed} if needed else {})}


def _selected(schema: Json, method: str, keys: Any) -> Json:
    members = schema.get("properties", {})
    named = set(keys) if isinstance(keys, dict) else set(members)
    kept = {
        key: value
        for key, value in members.items()
        if method == "partial" or (key in named) == (method == "pick")
    }
    optional = named if method == "partial" else set()
    needed = [key for key in schema.get("required", ()) if key in kept and key not in optional]
    rest = {key: value for key, value in schema.items() if key != "required"}
    return {**rest, "properties": kept, **({"required": needed} if needed else {})}
