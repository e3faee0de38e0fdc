"""YAML merge keys (`<<`), flattened as PyYAML's SafeLoader does."""

from __future__ import annotations

from dataclasses import replace

from clawdoctor.source.node import Entry, Node, SyntaxFault
from clawdoctor.source.text import Span
from clawdoctor.source.yaml_fault import RefusedError


def merged_entries(value: Node) -> tuple[Entry, ...]:
    """The entries that `<<: value` brings in, in the order in which the last of a name counts.

    Of a list of mappings the earlier ones win. What an alias brought in says so: its value nodes
    have the alias of the `<<` line. Raises RefusedError.
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
