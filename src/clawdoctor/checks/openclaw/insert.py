"""One more entry in a mapping of openclaw.json, in the style of those that are there."""

from __future__ import annotations

from clawdoctor.finding import Edit
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Span


def insert_after(mapping: Node, entry: Entry, key: str, value: str) -> tuple[Edit, ...]:
    """The edit that inserts `key: value` after an entry, with or without a trailing comma.

    Empty if the mapping is merged from several files, or has no positions of its own.
    """
    end = entry.value.span.end
    if entry.value.span.path != mapping.span.path or entry.value.span == mapping.span:
        return ()
    start = entry.key.span.start
    alone = start.line > mapping.span.start.line
    before = ",\n" + " " * (start.column - 1) if alone else ", "
    text = f"{before}{key_like(mapping, key)}: {value}"
    return (Edit(Span(mapping.span.path, end, end), text),)


def key_like(mapping: Node, key: str) -> str:
    """The key, quoted if the mapping's first key is quoted."""
    first = mapping.entries[0]
    width = first.key.span.end.column - first.key.span.start.column
    return f'"{key}"' if width > len(first.name) else key
