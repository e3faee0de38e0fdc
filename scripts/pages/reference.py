"""The keys of a JSON document as tables, from its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def reference(schema: Schema) -> str:
    """Return a table of the document, and one for each kind of object in it that has a name."""
    named = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    if "properties" in schema:
        named = {"document": schema, **named}
    return "\n".join(_table(name, part, schema) for name, part in named.items())


def _table(name: str, part: Schema, schema: Schema) -> str:
    rows = "".join(_rows(part, "", schema))
    about = f"{part['description']}\n\n" if "description" in part and name != "document" else ""
    return f"### {name}\n\n{about}| key | type | meaning |\n|---|---|---|\n{rows}"


def _rows(part: Schema, prefix: str, schema: Schema) -> Iterator[str]:
    """Yield a row for each key, and then those of the objects without a name in it."""
    for key, value in part["properties"].items():
        path = f"{prefix}{key}"
        optional = "" if key in part.get("required", ()) else " Optional."
        meaning = _meaning(value, schema) + optional
        yield f"| `{path}` | {_type(value, schema)} | {meaning.strip()} |\n"
        for inner, mark in ((value, "."), (value.get("items", {}), "[].")):
            if "properties" in inner:
                yield from _rows(inner, path + mark, schema)


def _meaning(value: Schema, schema: Schema) -> str:
    text = value.get("description") or _target(value, schema).get("description", "")
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _target(value: Schema, schema: Schema) -> Schema:
    """Return what a reference refers to, or the value itself."""
    name = value.get("$ref", "").rpartition("/")[2]
    target: Schema = schema["$defs"][name] if name else value
    return target


def _type(value: Schema, schema: Schema) -> str:
    name = value.get("$ref", "").rpartition("/")[2]
    target = _target(value, schema)
    if name and "properties" in target:
        null = " or null" if "null" in target["type"] else ""
        return f"[{name}](#{name.lower()}){null}"
    if "const" in target:
        return f"`{json.dumps(target['const'])}`"
    if "enum" in target:
        return ", ".join(f"`{json.dumps(item)}`" for item in target["enum"])
    for kind in ("oneOf", "anyOf"):
        if kind in target:
            return " or ".join(_type(choice, schema) for choice in target[kind])
    types = target["type"] if isinstance(target["type"], list) else [target["type"]]
    if "array" in types:
        return f"list of {_type(target['items'], schema)}"
    return " or ".join(types)
