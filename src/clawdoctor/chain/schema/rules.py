"""OpenClaw's rules beyond its schema: providers, agents, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.schema.interpreter import check_node
from clawdoctor.chain.schema.language import SKIPPED, VARIABLE, knowledge, schema_at
from clawdoctor.chain.schema.violation import (
    Violation,
    key_span,
    label_of,
    missing_key,
    unknown_key,
)
from clawdoctor.deferred import regex
from clawdoctor.source.node import Node, join_pointer, nearest_existing

_MODEL_RULE = regex(r"\s*(?:[^\s*/]+/)+(?:[^\s*/]+|\*)\s*")  # provider/model, provider/*


def beyond_schema(root: Node) -> Iterator[Violation]:
    """Yield the violations of rules that OpenClaw implements in code."""
    yield from _check_providers(root.at("/models/providers"))
    agents = root.get("agents")
    if agents is not None and agents.kind == "mapping" and not agents.get("$include"):
        yield from _check_roster(agents)
        yield from _check_policies(agents)


def _check_providers(providers: Node | None) -> Iterator[Violation]:
    why = ": only OpenClaw's built-in providers can omit it"
    bundled = knowledge()["measured"]["bundledProviders"]
    for name, provider in providers.children() if providers else ():
        if provider.kind != "mapping" or provider.get("$include") or name in SKIPPED:
            continue
        if name.strip().casefold() in bundled:
            continue
        pointer = join_pointer("/models/providers", name)
        for key in ("baseUrl", "models"):
            value = provider.get(key)
            if value is None or (key == "baseUrl" and value.value == ""):
                missing = missing_key(f"{pointer}/{key}", why)
                yield missing if value is None else replace(missing, message='"baseUrl" is empty')


def _check_roster(agents: Node) -> Iterator[Violation]:
    """Check the list of agents, in its new and its old form."""
    listed, entries = agents.get("list"), agents.get("entries")
    members = [(join_pointer("/agents/entries", k), k, n) for k, n in _members(entries)]
    if listed is not None and (entries is not None or not _is_roster(listed)):
        repaired = listed.kind == "sequence" and not any(
            list(check_node(schema_at("/agents/entries/*"), _without(item, "id"), ""))
            for item in listed.items
            if item.kind == "mapping"
        )
        listed_span, known = key_span(agents, "list"), schema_at("/agents")
        message = unknown_key("list", "/agents")
        if entries is None:
            message = '"list" can only be read if each agent has its own "id" in lower case'
        allowed = tuple(sorted(known["properties"]))
        yield Violation(
            "/agents/list",
            "unknown-key",
            "list",
            message,
            listed_span,
            allowed,
            "entries",
            repaired,
        )
    elif listed is not None:
        members = [
            (f"/agents/list/{index}", item.text("id") or "", _without(item, "id"))
            for index, item in enumerate(listed.items)
        ]
        for pointer, _, item in members:
            yield from check_node(schema_at("/agents/entries/*"), item, pointer)
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
            message = f'"{same}" and "{name}" are the same agent to OpenClaw'
            yield Violation(pointer, "not-allowed", name, message, member.span)
    if explicit and not members:
        yield missing_key("/agents/entries", ': there must be one agent with ownership "explicit"')
    if explicit and marked and owner:
        message = 'ownership "explicit" and an agent with "default: true" exclude each other'
        yield Violation("/agents/ownership", "not-allowed", "ownership", message, owner.span)
    elif len(marked) > 1:
        message = "only one agent can be the default"
        place = join_pointer(marked[1], "default")
        span = nearest_existing(agents, place.removeprefix("/agents"))[1]
        yield Violation(place, "not-allowed", "default", message, span)
    elif len(members) > 1 and not marked and not explicit:
        why = ': with several agents, set it to "explicit" or give one of them "default: true"'
        yield missing_key("/agents/ownership", why, ("explicit",))


def _check_policies(agents: Node) -> Iterator[Violation]:
    """Check that a policy allows only aliases, `provider/model` or `provider/*`."""
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
            if not VARIABLE.search(text):
                message = f'{label_of(place)} is neither an alias nor "provider/model"'
                yield Violation(place, "pattern", "allow", message, item.span)


def _aliases(owner: Node | None) -> set[str]:
    models = owner.get("models") if owner else None
    named = (model.text("alias") for _, model in models.children()) if models else ()
    return {alias.strip().casefold() for alias in named if alias}
