"""Write changes into a JSON5 text, in the style of the surrounding text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from clawdoctor.deferred import regex
from clawdoctor.source.change import (
    Add,
    Append,
    Change,
    Edit,
    Itemize,
    Join,
    Nest,
    Put,
    Quoted,
    Remove,
    Rename,
    SplitKey,
    Straighten,
    Value,
)
from clawdoctor.source.flow_edit import (
    JSON5_GAP,
    Part,
    comment_after,
    has_own_line,
    insert,
    remove,
    replaced,
)
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.layout import indentation, lines_above, newline, next_line, unit
from clawdoctor.source.node import Entry, Node, Source
from clawdoctor.source.text import Position, Text

_TRAILING_COMMA = regex(r",[ \t]*[\r\n]\s*[}\]]")
_LINE_COMMENT = regex(r"//.*|/\*(?:(?!\*/).)*\*/[ \t]*")
_IDENTIFIER = regex(r"[A-Za-z_$][A-Za-z0-9_$]*")


def json5_edits(change: Change, text: Text) -> tuple[Edit, ...] | None:
    """Return the edits for a change in a JSON5 text. All other characters stay.

    Return None if the change moves or copies something from a file that `$include` names.
    """
    match change:
        case Put(value=value) | Add(value=value) | Append(value=value) if _has_foreign_node(
            value, text
        ):
            return None
        case Put(node, value):
            indent = indentation(text, text.offset(node.span.start))
            return replaced(text, node.span, _written(value, text, indent, _quote(text, node)))
        case Add(mapping, key, value):
            mapping = _own(mapping, text)
            name, mark = _key(key, mapping, text), _quote(text, None)
            above = _above(value, text) if _takes_lines(mapping, text) else ()
            return insert(
                text,
                mapping.span,
                _last(_entries(mapping, text)),
                lambda indent: "".join(
                    (
                        *(f"{comment}{newline(text)}{indent}" for comment in above),
                        f"{name}: {_written(value, text, indent, mark)}",
                    )
                ),
                JSON5_GAP,
                _comment(value.value if isinstance(value, Entry) else value, text),
            )
        case Append(sequence, value):
            sequence = _own(sequence, text)
            mark = _quote(text, None)
            return insert(
                text,
                sequence.span,
                _last(_items(sequence, text)),
                lambda indent: _written(value, text, indent, mark),
                JSON5_GAP,
            )
        case Rename(entry, name):
            return (Edit(entry.key.span, _like(entry, name, text)),)
        case Remove(mapping, entry, copied_to):
            mapping = _own(mapping, text)
            keys = [own.key for own in mapping.entries]
            if entry.key not in keys:
                return None
            carries = (
                copied_to is not None
                and copied_to.span.path == text.path
                and _takes_lines(_own(copied_to, text), text)
            )
            comment = _comment(entry.value, text) if carries else ""
            index = keys.index(entry.key)
            removed = remove(text, _entries(mapping, text), index, JSON5_GAP, comment)
            return (*(_without_above(entry, text) if carries else ()), *removed)
        case Join() | Nest() | Itemize() | Straighten() | SplitKey():
            return None


def _own(container: Node, text: Text) -> Node:
    """Return a container as its file has it, without what `$include` merges into it."""
    parts = [*container.items, *(entry.value for entry in container.entries)]
    parts += [entry.key for entry in container.entries]
    if all(part.span.path == text.path for part in parts):
        return container
    source = _parsed(text)
    root = [source.root] if isinstance(source, Source) else []
    return next((node for node in _below(root) if node.span == container.span), container)


def _below(nodes: list[Node]) -> Iterator[Node]:
    while nodes:
        node = nodes.pop()
        yield node
        nodes += (child for _, child in node.children())


_parsed = lru_cache(maxsize=4)(parse_json5)


def _has_foreign_node(value: Value, text: Text) -> bool:
    match value:
        case Entry(value=own):
            return _has_foreign_node(own, text)
        case Node():
            return any(node.span.path != text.path for node in _below([value]))
        case Mapping():
            return any(_has_foreign_node(item, text) for item in value.values())
        case Sequence() if not isinstance(value, str):
            return any(_has_foreign_node(item, text) for item in value)
    return False


def _entries(mapping: Node, text: Text) -> list[Part]:
    return [
        (text.offset(entry.key.span.start), text.offset(entry.value.span.end))
        for entry in mapping.entries
    ]


def _takes_lines(container: Node, text: Text) -> bool:
    """Return whether a key gets its own line if it is added to a container."""
    return has_own_line(text, container.span, _last(_entries(container, text)), JSON5_GAP)


def _comment(value: Value, text: Text) -> str:
    return comment_after(text, text.offset(value.span.end)) if isinstance(value, Node) else ""


def _lines_above(entry: Entry, text: Text) -> Sequence[int]:
    """Return the numbers of the comment lines that belong to a key."""
    return lines_above(text, text.offset(entry.key.span.start), _LINE_COMMENT)


def _above(value: Value, text: Text) -> tuple[str, ...]:
    if not isinstance(value, Entry):
        return ()
    return tuple(text.line(number).strip() for number in _lines_above(value, text))


def _without_above(entry: Entry, text: Text) -> tuple[Edit, ...]:
    lines = _lines_above(entry, text)
    if not lines:
        return ()
    start, last = (text.offset(Position(number, 1)) for number in (lines[0], lines[-1]))
    return (Edit(text.span(start, next_line(text, last)), ""),)


def _items(sequence: Node, text: Text) -> list[Part]:
    return [(text.offset(item.span.start), text.offset(item.span.end)) for item in sequence.items]


def _last(parts: list[Part]) -> Part | None:
    return parts[-1] if parts else None


def _key(name: str, mapping: Node, text: Text) -> str:
    """Return a key, quoted as its neighbours or as the first key of the text."""
    return _like(mapping.entries[-1] if mapping.entries else _first_entry(text), name, text)


def _like(entry: Entry | None, name: str, text: Text) -> str:
    """Return a key, quoted if another entry's key is quoted or if it must be."""
    mark = text.slice(entry.key.span)[:1] if entry is not None else ""
    if mark in ('"', "'"):
        return _string(name, mark)
    return name if _IDENTIFIER.fullmatch(name) else _string(name, _quote(text, None))


def _first_entry(text: Text) -> Entry | None:
    source = _parsed(text)
    return next(iter(source.root.entries), None) if isinstance(source, Source) else None


def _quote(text: Text, replaced: Node | None) -> str:
    """Return the quote mark of the replaced string, or else of most strings in the text."""
    if replaced is not None and replaced.kind == "string":
        return text.content[text.offset(replaced.span.start)]
    return "'" if text.content.count("'") > text.content.count('"') else '"'


def _string(value: str, mark: str) -> str:
    written = json.dumps(value, ensure_ascii=False)
    if mark == '"':
        return written
    return "'" + written[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _written(value: Value, text: Text, indent: str | None, mark: str) -> str:
    """Return a value as JSON5. Several keys get a line each, unless `indent` is None."""
    inner = None if indent is None else indent + unit(text)
    match value:
        case Entry(value=node):
            return _copied(node, text, indent)
        case Node():
            return _copied(value, text, indent)
        case Quoted(written):
            return _string(written, mark)
        case str():
            return _string(value, mark)
        case None | bool() | int() | float():
            return json.dumps(value)
        case Mapping():
            first = _first_entry(text)
            parts = [
                f"{_like(first, name, text)}: {_written(item, text, inner, mark)}"
                for name, item in value.items()
            ]
            if inner is None or (len(parts) <= 1 and "\n" not in "".join(parts)):
                return f"{{ {', '.join(parts)} }}" if parts else "{}"
            return _lines("{", parts, "}", text, inner)
        case Sequence():
            parts = [_written(item, text, inner, mark) for item in value]
            if inner is None or "\n" not in "".join(parts):
                return f"[{', '.join(parts)}]"
            return _lines("[", parts, "]", text, inner)


def _copied(node: Node, text: Text, indent: str | None) -> str:
    """Return the text of a node, indented for its new place."""
    written = text.slice(node.span)
    first = text.line(node.span.start.line)
    old = first[: len(first) - len(first.lstrip())]
    if indent is None or "\\\n" in written or "\\\r" in written:
        return written
    lines = written.splitlines(keepends=True)
    moved = (indent + line[len(old) :] if line.startswith(old) else line for line in lines[1:])
    return lines[0] + "".join(moved) if lines else written


def _lines(opening: str, parts: list[str], closing: str, text: Text, indent: str) -> str:
    start = f"{newline(text)}{indent}"
    end = start.removesuffix(unit(text))
    comma = "," if _TRAILING_COMMA.search(text.content) else ""
    return f"{opening}{start}{f',{start}'.join(parts)}{comma}{end}{closing}"
