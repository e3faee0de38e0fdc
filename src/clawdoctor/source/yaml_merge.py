"""YAML merge keys (`<<`), resolved as PyYAML's SafeLoader does."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.source.node import Entry, Node, SyntaxFault
from clawdoctor.source.text import Span
from clawdoctor.source.yaml_fault import RefusedError


def merged_entries(value: Node) -> tuple[Entry, ...]:
    """Return the entries that `<<: value` adds. The last entry of a name is the effective one.

    In a list of mappings, earlier ones take precedence. Values that an alias adds have the alias of
    the `<<` line. Raises RefusedError.
    """
    if value.kind == "sequence":
        entries: list[Entry] = []
        for item in reversed(value.items):
            entries.extend(_entries_of(item, value.alias or item.alias))
        return tuple(entries)
    return _entries_of(value, value.alias)


def _entries_of(mapping: Node, alias: Span | None) -> tuple[Entry, ...]:
    if mapping.kind != "mapping":
        message = "'<<' takes a mapping or a list of mappings; this is neither"
        raise RefusedError(SyntaxFault(message, alias or mapping.span))
    return tuple(
        Entry(
            entry.name,
            entry.key,
            replace(entry.value, alias=alias) if alias is not None else entry.value,
            merged=True,
        )
        for entry in mapping.entries
    )
