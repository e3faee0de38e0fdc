"""OpenClaw's schema in clawdoctor's form: without prose, and with each repeated part once.

It includes the channels and plug-ins of the package, but no titles, descriptions or defaults. Its
part `measured` is maintained by hand: rules that OpenClaw checks but that its schema lacks. To
correct them, run `openclaw config validate --json` on configurations that break each rule.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

BOUNDS = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum")
LENGTHS = ("maxItems", "maxLength", "minItems", "minLength")
KEPT = (*BOUNDS, *LENGTHS, "enum", "pattern", "required", "type")
TRANSLATED = ("additionalProperties", "anyOf", "const", "items", "oneOf", "properties")
NAME = {"type": "string"}  # every name of a JSON object is a string
# `additionalItems` only follows tuples, whose length maxItems fixes. Users never have too many
# keys.
NEEDLESS = (
    *("$schema", "additionalItems", "default", "description", "examples", "format"),
    *("maxProperties", "title"),
)
LARGEST = 2**53 - 1  # JavaScript's largest safe integer: it bounds every `integer`
ANYTHING = r"[\s\S]*"
CATEGORIES = {"Cc": r"\x00-\x1f\x7f-\x9f", "Cs": r"\ud800-\udfff"}  # Python's `re` has none
SHORTEST = 90  # the minimum length of a definition that is worth a reference

Schema = dict[str, Any]


def document(schema: Schema, measured: Schema, version: str) -> Schema:
    """Return the content of the schema file."""
    sections = schema["properties"]
    names = {name: compact(part, measured["secretIds"]) for name, part in sections.items()}
    root = {"additionalProperties": False, "properties": names, "type": "object"}
    for pointer, pattern in measured["patterns"].items():
        for place in places(root, pointer.split("/")[1:]):
            place["pattern"] = pattern
    counts: Counter[str] = Counter()
    count(root, counts)
    defs: dict[str, Schema] = {}
    return {
        "defs": defs,
        "measured": measured,
        "root": refer(root, "root", counts, defs, {}),
        "source": "package openclaw; `measured`: openclaw config validate --json",
        "version": version,
    }


def plain(schema: Schema) -> Schema:
    """Return the keywords of a schema that do not describe the contents of objects and lists."""
    unknown = set(schema) - {*KEPT, *TRANSLATED, *NEEDLESS, "allOf", "propertyNames"}
    if unknown:
        raise ValueError(f"chain/schema does not know {sorted(unknown)}")
    result = {key: schema[key] for key in KEPT if key in schema}
    if result.get("maximum") == LARGEST:
        del result["maximum"]
    if "pattern" in result:
        result["pattern"] = python_pattern(result["pattern"])
    if "required" in result:  # OpenClaw adds keys that have a default
        members = schema.get("properties", {})
        result["required"] = [n for n in result["required"] if "default" not in members.get(n, {})]
    return result


def compact(schema: Schema, secret_ids: dict[str, str]) -> Schema:
    """Return the schema without prose, in a uniform notation."""
    for part in schema.get("allOf", ()):  # the parts never share a keyword
        schema = {**schema, **part}
    result = plain(schema)
    if "properties" in schema:
        members = schema["properties"]
        result["properties"] = {key: compact(members[key], secret_ids) for key in members}
        source = members.get("source", {}).get("const")
        if source in secret_ids and "id" in members:
            result["properties"]["id"]["pattern"] = secret_ids[source]
    if schema.get("additionalProperties") is False:
        result["additionalProperties"] = False
    elif schema.get("additionalProperties", True) is not True and schema["additionalProperties"]:
        result["additionalProperties"] = compact(schema["additionalProperties"], secret_ids)
    if schema.get("propertyNames", NAME) != NAME:
        result["propertyNames"] = compact(schema["propertyNames"], secret_ids)
    if isinstance(schema.get("items"), list):
        result["items"] = [compact(item, secret_ids) for item in schema["items"]]
    elif schema.get("items"):
        result["items"] = compact(schema["items"], secret_ids)
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if all(isinstance(value, str) for value in result.get("enum", [None])):
        result.pop("type", None)
    return alternatives(schema, result, secret_ids)


def is_understood(schema: Schema) -> bool:
    """Return whether a schema has only keywords that chain/schema supports."""
    try:
        compact(schema, {})
    except ValueError:
        return False
    return True


def python_pattern(pattern: str) -> str:
    """Return a pattern in Python's notation, with both anchors."""
    body = pattern.removeprefix("^").removesuffix("$")
    for name, members in CATEGORIES.items():
        body = body.replace(rf"\p{{{name}}}", members)
    start = "" if pattern.startswith("^") else ANYTHING
    end = "" if pattern.endswith("$") else ANYTHING
    return f"^{start}{body}{end}$"


def alternatives(schema: Schema, result: Schema, secret_ids: dict[str, str]) -> Schema:
    """Return `result` with the branches of `anyOf` and `oneOf`, which never overlap here."""
    branches: list[Schema] = []
    for branch in schema.get("anyOf") or schema.get("oneOf", ()):
        small = compact(branch, secret_ids)
        branches += small["anyOf"] if set(small) == {"anyOf"} else [small]
    if branches and all(set(branch) == {"enum"} for branch in branches):
        result["enum"] = [value for branch in branches for value in branch["enum"]]
    elif branches:
        result["anyOf"] = branches
    return result


def places(schema: Schema, tokens: list[str]) -> Iterator[Schema]:
    """Yield the schemas at a pointer: `*` is any key or index, `<name>` a name."""
    if not tokens:
        yield schema
        return
    for branch in (schema, *schema.get("anyOf", ())):
        below = branch.get("properties", {}).get(tokens[0])
        if tokens[0] == "*":
            below = branch.get("items") or branch.get("additionalProperties")
        elif tokens[0] == "<name>":
            below = branch.get("propertyNames")
        if below:
            yield from places(below, tokens[1:])


def children(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the schemas in a schema, each with a name for it."""
    yield from schema.get("properties", {}).items()
    for key in ("additionalProperties", "anyOf", "items", "propertyNames"):
        below = schema.get(key)
        for branch in below if isinstance(below, list) else [below]:
            if isinstance(branch, dict):
                yield key, branch


def count(schema: Schema, counts: Counter[str]) -> None:
    """Count equal schemas. The parts of a repeated schema are counted only once."""
    text = json.dumps(schema, sort_keys=True)
    counts[text] += 1
    if counts[text] == 1:
        for _, child in children(schema):
            count(child, counts)


def refer(
    schema: Schema,
    name: str,
    counts: Counter[str],
    defs: dict[str, Schema],
    named: dict[str, str],
) -> Schema:
    """Return the schema with references to `defs` in place of repeated schemas."""
    text = json.dumps(schema, sort_keys=True)
    if text in named:
        return {"$ref": named[text]}
    result = dict(schema)
    for key in ("additionalProperties", "items", "propertyNames"):
        if isinstance(schema.get(key), dict):
            result[key] = refer(schema[key], name, counts, defs, named)
    if "anyOf" in schema:
        result["anyOf"] = [refer(b, name, counts, defs, named) for b in schema["anyOf"]]
    if "properties" in schema:
        members = schema["properties"]
        result["properties"] = {k: refer(members[k], k, counts, defs, named) for k in members}
    if counts[text] < 2 or len(text) < SHORTEST:
        return result
    unique, number = name, 1
    while unique in defs:
        number += 1
        unique = f"{name}{number}"
    defs[unique], named[text] = result, unique
    return {"$ref": unique}
