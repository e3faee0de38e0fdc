"""What OpenClaw's strict schema refuses in a configuration, and what was probably meant.

`knowledge/openclaw_schema.json` holds the schema itself and, under `measured`, what the program
does beyond it: which providers need no `baseUrl`, which old shapes it still takes, which of those
that it refuses its Gateway rewrites when it starts. Looked at are the names at the root, `env`,
`models` and most of `agents`. Everything else only has to be an object where OpenClaw wants one.
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from clawdoctor.nearest import nearest
from clawdoctor.source.node import Node, join_pointer, split_pointer
from clawdoctor.source.node import nearest as nearest_place
from clawdoctor.source.text import Span

KNOWN_VERSION = "2026.9.6"
"""The OpenClaw whose schema this is."""

ViolationKind = Literal[
    "unknown-key",
    "wrong-type",
    "missing-key",
    "not-allowed",
    "removed-value",
    "out-of-range",
    "pattern",
]
Schema = Mapping[str, Any]

_VARIABLE = re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")
_MODEL_RULE = re.compile(r"\s*(?:[^\s*/]+/)+(?:[^\s*/]+|\*)\s*")  # provider/model, provider/*
_WORDS = re.compile(r"[A-Za-z][\w ./-]{0,40}")
_SECRET = re.compile(r"key|token(?!s)|secret|password|authorization|header", re.IGNORECASE)
_BOUNDS: Mapping[str, tuple[Callable[[float, float], bool], str]] = {
    "minimum": (operator.ge, "at least"),
    "exclusiveMinimum": (operator.gt, "greater than"),
    "maximum": (operator.le, "at most"),
    "exclusiveMaximum": (operator.lt, "less than"),
}
_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_TYPE_OF_KIND = {"mapping": "object", "sequence": "array"}
# The first is no key of its own in JavaScript; of the second, what it includes could not be had.
_SKIPPED = ("__proto__", "$include")
_LARGEST = 2**53 - 1  # JavaScript's largest whole number


@dataclass(frozen=True, slots=True)
class Violation:
    """One place that OpenClaw refuses.

    `pointer` is that of the key in question, also of a missing one; each occurs once. `suggestion`
    is the key or value that was probably meant. A key that belongs elsewhere is given with the way
    there: from the root for keys of the first two levels, else from the mapping that holds it, and
    `models[].compat` means in each model. `repaired` says that OpenClaw's Gateway rewrites this in
    the file when it starts, if everything it refuses is of that sort and nothing is included; its
    other commands do not.
    """

    pointer: str
    kind: ViolationKind
    key: str
    message: str
    span: Span | None
    expected: tuple[str, ...] = ()
    suggestion: str | None = None
    repaired: bool = False


@cache
def knowledge() -> Schema:
    """The schema file. It is read when first asked for."""
    text = files("clawdoctor.knowledge").joinpath("openclaw_schema.json").read_text("utf-8")
    document: Schema = json.loads(text)
    return document


def violations(root: Node) -> Iterator[Violation]:
    """What OpenClaw refuses in a configuration whose included files are merged."""
    found: dict[str, Violation] = {}
    for violation in (*_check(knowledge()["root"], root, ""), *_beyond_schema(root)):
        found.setdefault(violation.pointer, violation)
    # A misspelt required key is one mistake, not two.
    meant = {
        join_pointer(pointer.rpartition("/")[0], violation.suggestion)
        for pointer, violation in found.items()
        if violation.kind == "unknown-key" and violation.suggestion
    }
    for pointer, violation in found.items():
        if violation.kind != "missing-key":
            yield violation
        elif pointer not in meant:
            yield replace(violation, span=nearest_place(root, pointer)[1])


def _check(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    schema = _resolved(schema)
    if "anyOf" in schema:
        yield from _check_any(schema["anyOf"], node, pointer)
    elif not _fits(schema, node):
        yield _wrong_type((schema,), node, pointer)
    elif node.kind == "mapping":
        yield from _check_mapping(schema, node, pointer)
    elif node.kind == "sequence":
        yield from _check_items(schema, node, pointer)
    elif node.kind == "string":
        yield from _check_text(schema, node, pointer)
    elif node.kind == "number":
        yield from _check_bounds(schema, node, pointer)


def _check_any(branches: list[Schema], node: Node, pointer: str) -> Iterator[Violation]:
    """The violations of the branch that was most likely meant, if none accepts the node."""
    branches = [_resolved(branch) for branch in branches]
    tried = [(branch, list(_check(branch, node, pointer))) for branch in branches]
    if not all(found for _, found in tried):
        return
    fitting = [(branch, found) for branch, found in tried if _fits(branch, node)]
    if not fitting:
        yield _wrong_type(branches, node, pointer)
        return
    for key in sorted(_constants(fitting[0][0])):
        values = tuple(_constants(branch).get(key, "") for branch, _ in fitting)
        if len(set(values)) == len(values) and node.text(key) not in values:
            # Which branch is meant hangs on this key alone.
            yield from _check_tag(key, values, node, pointer)
            return
        fitting = [pair for pair in fitting if _constants(pair[0]).get(key) == node.text(key)]
    yield from min((found for _, found in fitting), key=len)


def _constants(branch: Schema) -> dict[str, str]:
    """The members of a branch that can have one value only, by which branches are told apart."""
    members = branch.get("properties", {}).items()
    return {key: m["enum"][0] for key, m in members if len(m.get("enum", ())) == 1}


def _check_tag(key: str, values: tuple[str, ...], node: Node, pointer: str) -> Iterator[Violation]:
    value, below = node.get(key), join_pointer(pointer, key)
    if value is None:
        yield _missing(below, expected=values)
    else:
        yield from _check({"enum": values}, value, below)


def _check_mapping(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for name, value in node.children():
        below = join_pointer(pointer, name)
        if name in _SKIPPED:
            continue
        if name in known:
            yield from _check(known[name], value, below)
        elif others is False:
            yield from _check_unknown(schema, node, pointer, name)
        elif _pattern_holds(schema.get("propertyNames", {}), name):
            yield from _check(others, value, below)
        else:
            message = f'"{name}" is no name that OpenClaw takes here'
            yield Violation(below, "pattern", name, message, _key_span(node, name))
    for name in schema.get("required", ()):
        if node.get(name) is None and node.get("$include") is None:
            yield _missing(join_pointer(pointer, name))


def _check_unknown(schema: Schema, node: Node, pointer: str, name: str) -> Iterator[Violation]:
    value, below = node.get(name), join_pointer(pointer, name)
    assert value is not None
    for pattern, row in knowledge()["measured"]["legacy"].items():
        if _matches(pattern, below):
            models = node.get("models")
            # The old key of a provider is copied to the models that have none.
            if "checkedAs" in row and models and any(not m.get(name) for m in models.items):
                yield from _check(_schema_at(row["checkedAs"]), value, below)
            return
    allowed = tuple(sorted(schema.get("properties", {})))
    # At start, OpenClaw takes text straight under `env` for a variable, and nothing else.
    repaired = _is_repaired("unknown-key", below) and (pointer != "/env" or value.kind == "string")
    yield Violation(
        below,
        "unknown-key",
        name,
        f'"{name}" is not a key OpenClaw knows here',
        _key_span(node, name),
        allowed,
        _meant_key(schema, node, pointer, name),
        repaired,
    )


def _check_items(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    fewest, most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
    if not fewest <= len(node.items) <= most:
        limit = f"at most {most}" if len(node.items) > most else f"at least {fewest}"
        message = f"{_label(pointer)} must have {limit} items, not {len(node.items)}"
        yield Violation(pointer, "out-of-range", _key(pointer), message, node.span, (limit,))
        return
    rule = schema.get("items", {})
    for index, item in enumerate(node.items):
        own = rule[index] if isinstance(rule, list) else rule
        yield from _check(own, item, join_pointer(pointer, index))


def _check_text(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    text = str(node.value)
    if _VARIABLE.search(text):
        return  # OpenClaw puts the variable's value in before it looks
    if "enum" in schema and text not in schema["enum"]:
        yield _not_allowed(tuple(schema["enum"]), node, pointer)
    elif len(text) < schema.get("minLength", 0):
        message = f"{_label(pointer)} must not be empty"
        yield Violation(pointer, "out-of-range", _key(pointer), message, node.span)
    elif len(text) > schema.get("maxLength", math.inf):
        message = f"{_label(pointer)} must not be longer than {schema['maxLength']} characters"
        yield Violation(pointer, "out-of-range", _key(pointer), message, node.span)
    elif not _pattern_holds(schema, text):
        message = f"{_label(pointer)} does not have the form that OpenClaw wants"
        expected = (schema["pattern"],)
        yield Violation(pointer, "pattern", _key(pointer), message, node.span, expected)


def _check_bounds(schema: Schema, node: Node, pointer: str) -> Iterator[Violation]:
    assert isinstance(node.value, int | float)
    if "integer" in _types(schema):
        schema = {"minimum": -_LARGEST, "maximum": _LARGEST} | dict(schema)
    for keyword, (holds, words) in _BOUNDS.items():
        if keyword in schema and not holds(node.value, schema[keyword]):
            limit = f"{words} {schema[keyword]}"
            message = f"{_label(pointer)} must be {limit}"
            yield Violation(pointer, "out-of-range", _key(pointer), message, node.span, (limit,))
            return


def _resolved(schema: Schema) -> Schema:
    return knowledge()["defs"][schema["$ref"]] if "$ref" in schema else schema


def _schema_at(pattern: str) -> Schema:
    """The schema at a pointer in which `*` or any other new key means each member or item."""
    schema: Schema = knowledge()["root"]
    for token in pattern.replace("/agents/list/", "/agents/entries/").split("/")[1:]:
        schema = _resolved(schema)
        below = schema.get("properties", {}).get(token) or schema.get("items")
        schema = below or schema.get("additionalProperties") or {}
    schema = _resolved(schema)
    branches = map(_resolved, schema.get("anyOf", ()))
    return next((branch for branch in branches if "properties" in branch), schema)


def _types(schema: Schema) -> tuple[str, ...]:
    if "anyOf" in schema:
        return tuple(t for branch in schema["anyOf"] for t in _types(_resolved(branch)))
    named = schema.get("type", "string" if "enum" in schema else ())
    return (named,) if isinstance(named, str) else tuple(named)


def _fits(schema: Schema, node: Node) -> bool:
    types = _types(schema)
    if node.kind != "number":
        return not types or _TYPE_OF_KIND.get(node.kind, node.kind) in types
    assert isinstance(node.value, int | float)
    if not types or not math.isfinite(node.value):
        return not types
    return "number" in types or ("integer" in types and node.value == int(node.value))


def _pattern_holds(schema: Schema, text: str) -> bool:
    """Whether a pattern, which always has both anchors, fits; `$` in JavaScript is the very end."""
    return "pattern" not in schema or bool(re.fullmatch(schema["pattern"][1:-1], text))


def _matches(pattern: str, pointer: str) -> bool:
    wanted, tokens = pattern.split("/"), pointer.split("/")
    return len(wanted) == len(tokens) and all(
        want in ("*", token) for want, token in zip(wanted, tokens, strict=True)
    )


def _is_repaired(kind: ViolationKind, pointer: str) -> bool:
    patterns = knowledge()["measured"]["repaired"].get(kind, ())
    return any(_matches(pattern, pointer) for pattern in patterns)


def _key(pointer: str) -> str:
    """The last name in a pointer: for items of lists, the name of the list."""
    names = [token for token in split_pointer(pointer) if not token.isdecimal()]
    return names[-1] if names else ""


def _label(pointer: str) -> str:
    tokens = split_pointer(pointer)
    indexes = ""
    while len(tokens) > 1 and tokens[-1].isdecimal():
        indexes, tokens = f"[{tokens[-1]}]{indexes}", tokens[:-1]
    return f'"{tokens[-1]}{indexes}"' if tokens else "the configuration"


def _key_span(node: Node, name: str) -> Span | None:
    entry = node.entry(name)
    return entry.key.span if entry else None


def _missing(pointer: str, why: str = "", expected: tuple[str, ...] = ()) -> Violation:
    """A missing key. What it is missing from is found last, when the whole file is at hand."""
    key = split_pointer(pointer)[-1]
    message = f'"{key}" is missing{why}'
    repaired = _is_repaired("missing-key", pointer)
    return Violation(pointer, "missing-key", key, message, None, expected, repaired=repaired)


def _wrong_type(branches: Sequence[Schema], node: Node, pointer: str) -> Violation:
    types = tuple(dict.fromkeys(t for branch in branches for t in _types(branch)))
    actual = _TYPES.get(_TYPE_OF_KIND.get(node.kind, node.kind), "this")
    if isinstance(node.value, float) and {"integer", "number"} & set(types):
        actual = "a fraction" if math.isfinite(node.value) else "one without a value"
    wanted = " or ".join(_TYPES[name] for name in types)
    message = f"{_label(pointer)} must be {wanted}, not {actual}"
    expected = tuple(_TYPES[name] for name in types)
    return Violation(pointer, "wrong-type", _key(pointer), message, node.span, expected)


def _not_allowed(allowed: tuple[str, ...], node: Node, pointer: str) -> Violation:
    measured, key, value = knowledge()["measured"], _key(pointer), str(node.value)
    article = "an" if key[:1] in "aeiou" else "a"
    if value in measured["removedValues"] and key == "api":
        kind: ViolationKind = "removed-value"
        message = f'"{value}" is {article} {key} that OpenClaw removed'
        meant = measured["removedValues"][value]
    else:
        kind = "not-allowed"
        message = f"the value of {_label(pointer)} is none that OpenClaw knows"
        if _is_harmless(key, value):
            message = f'"{value}" is no {key} that OpenClaw knows'
        aliases = measured["valueAliases"].get(key, {})
        meant = aliases.get(value.casefold(), next(iter(nearest(value, allowed)), None))
    repaired = _is_repaired(kind, pointer)
    return Violation(pointer, kind, key, message, node.span, allowed, meant, repaired)


def _is_harmless(key: str, value: str) -> bool:
    """Whether a value can be shown: a word or two, with too few digits for a key."""
    few_digits = sum(char.isdigit() for char in value) < 4
    return bool(_WORDS.fullmatch(value)) and few_digits and not _SECRET.search(key)


def _meant_key(schema: Schema, node: Node, pointer: str, name: str) -> str | None:
    """Which key was meant by an unknown one, or where it belongs."""
    measured, below = knowledge()["measured"], join_pointer(pointer, name)
    for pattern, target in measured["moves"].items():
        if _matches(pattern, below):
            return str(target) if target else None
    known, value = schema.get("properties", {}), node.get(name)
    free = [key for key in known if node.get(key) is None]
    alias = measured["keyAliases"].get(re.sub(r"[\s._-]", "", name.casefold()))
    if alias in known:
        return str(alias) if alias in free else None
    prefix = ".".join((*split_pointer(pointer), "")) if pointer.count("/") < 2 else ""
    ways = next((ways for at, ways in measured["inside"].items() if _matches(at, pointer)), ())
    inside = {
        way: _schema_at(f"{pointer}/{way.replace('[]', '.*').replace('.', '/')}") for way in ways
    }
    for way, target in inside.items():
        if name in target.get("properties", ()):
            return f"{prefix}{way}.{name}"
    near = next(iter(nearest(name, free)), None)
    for way, target in inside.items():
        # Where any name goes, a known one is only meant if it takes such a value.
        if _takes_any(target, value) and not (near and value and _fits(known[near], value)):
            return f"{prefix}{way}.{name}"
    for way, target in inside.items() if near is None else ():
        for key in nearest(name, target.get("properties", ())):
            return f"{prefix}{way}.{key}"
    return near


def _takes_any(schema: Schema, node: Node | None) -> bool:
    """Whether a mapping of free names would take this value."""
    others: Schema = schema.get("additionalProperties") or {}
    return bool(others) and node is not None and not list(_check(others, node, ""))


def _beyond_schema(root: Node) -> Iterator[Violation]:
    """What the program checks in code of its own."""
    yield from _check_providers(root.at("/models/providers"))
    agents = root.get("agents")
    if agents is not None and agents.kind == "mapping" and not agents.get("$include"):
        yield from _check_roster(agents)
        yield from _check_policies(agents)


def _check_providers(providers: Node | None) -> Iterator[Violation]:
    why = ": only providers that OpenClaw brings along need none"
    bundled = knowledge()["measured"]["bundledProviders"]
    for name, provider in providers.children() if providers else ():
        if provider.kind != "mapping" or provider.get("$include") or name in _SKIPPED:
            continue
        if name.strip().casefold() in bundled:
            continue
        pointer = join_pointer("/models/providers", name)
        for key in ("baseUrl", "models"):
            value = provider.get(key)
            if value is None or (key == "baseUrl" and value.value == ""):
                missing = _missing(f"{pointer}/{key}", why)
                yield missing if value is None else replace(missing, message='"baseUrl" is empty')


def _check_roster(agents: Node) -> Iterator[Violation]:
    """The rules for the list of agents, also in its old form."""
    listed, entries = agents.get("list"), agents.get("entries")
    members = [(join_pointer("/agents/entries", k), k, n) for k, n in _members(entries)]
    if listed is not None and (entries is not None or not _is_roster(listed)):
        repaired = listed.kind == "sequence" and not any(
            list(_check(_schema_at("/agents/entries/*"), _without(item, "id"), ""))
            for item in listed.items
            if item.kind == "mapping"
        )
        key_span, known = _key_span(agents, "list"), _schema_at("/agents")
        message = '"list" is not a key OpenClaw knows here'
        if entries is None:
            message = '"list" can only be read if each agent has its own "id" in small letters'
        allowed = tuple(sorted(known["properties"]))
        yield Violation(
            "/agents/list", "unknown-key", "list", message, key_span, allowed, "entries", repaired
        )
    elif listed is not None:
        members = [
            (f"/agents/list/{index}", item.text("id") or "", _without(item, "id"))
            for index, item in enumerate(listed.items)
        ]
        for pointer, _, item in members:
            yield from _check(_schema_at("/agents/entries/*"), item, pointer)
    yield from _check_ownership(agents, members)


def _members(node: Node | None) -> Iterator[tuple[str, Node]]:
    if node is not None and node.kind == "mapping":
        yield from node.children()


def _without(node: Node, name: str) -> Node:
    return replace(node, entries=tuple(e for e in node.entries if e.name != name))


def _is_roster(listed: Node) -> bool:
    ids = [item.text("id") or "" for item in listed.items]
    proper = all(re.fullmatch(r"[a-z0-9_][a-z0-9_-]{0,63}", name) for name in ids)
    return listed.kind == "sequence" and proper and len(set(ids)) == len(ids)


def _check_ownership(agents: Node, members: list[tuple[str, str, Node]]) -> Iterator[Violation]:
    owner = agents.get("ownership")
    explicit = owner is not None and owner.value == "explicit"
    marked = [p for p, _, member in members if getattr(member.get("default"), "value", 0) is True]
    first: dict[str, str] = {}
    for pointer, name, member in members:
        same = first.setdefault(name.casefold(), name)
        if same != name:
            message = f'"{same}" and "{name}" are one agent to OpenClaw'
            yield Violation(pointer, "not-allowed", name, message, member.span)
    if explicit and not members:
        yield _missing("/agents/entries", ': there must be one agent with ownership "explicit"')
    if explicit and marked and owner:
        message = 'ownership "explicit" and an agent with "default: true" exclude each other'
        yield Violation("/agents/ownership", "not-allowed", "ownership", message, owner.span)
    elif len(marked) > 1:
        message = "only one agent can be the default"
        place = join_pointer(marked[1], "default")
        span = nearest_place(agents, place.removeprefix("/agents"))[1]
        yield Violation(place, "not-allowed", "default", message, span)
    elif len(members) > 1 and not marked and not explicit:
        why = ': several agents need ownership "explicit", or one of them "default: true"'
        yield _missing("/agents/ownership", why, ("explicit",))


def _check_policies(agents: Node) -> Iterator[Violation]:
    """Each model that a policy allows must be an alias, `provider/model` or `provider/*`."""
    defaults = agents.get("defaults")
    yield from _check_policy(defaults, "/agents/defaults", _aliases(defaults))
    for key in ("entries", "list"):
        members = agents.get(key)
        for name, member in members.children() if members else ():
            aliases = _aliases(defaults) | _aliases(member)
            yield from _check_policy(member, join_pointer(f"/agents/{key}", name), aliases)


def _check_policy(owner: Node | None, pointer: str, aliases: set[str]) -> Iterator[Violation]:
    allow = owner.at("/modelPolicy/allow") if owner else None
    for index, item in enumerate(allow.items if allow else ()):
        text = str(item.value)
        known = text.strip().casefold() in aliases | {"openrouter:auto", "openrouter:free"}
        if not (item.kind != "string" or known or _MODEL_RULE.fullmatch(text)):
            place = f"{pointer}/modelPolicy/allow/{index}"
            if not _VARIABLE.search(text):
                message = f'{_label(place)} is neither an alias nor "provider/model"'
                yield Violation(place, "pattern", "allow", message, item.span)


def _aliases(owner: Node | None) -> set[str]:
    models = owner.get("models") if owner else None
    named = (model.text("alias") for _, model in models.children()) if models else ()
    return {alias.strip().casefold() for alias in named if alias}
