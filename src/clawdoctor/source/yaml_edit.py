"""Write changes into a YAML text, in the style of what is around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set

import yaml

from clawdoctor.source.change import (
    Add,
    Append,
    Change,
    Edit,
    Join,
    Nest,
    Put,
    Quoted,
    Remove,
    Rename,
    Value,
)
from clawdoctor.source.flow_edit import YAML_GAP, Part, insert, remove
from clawdoctor.source.layout import ends_line, line_end, line_prefix, newline, unit
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Position, Span, Text

_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_KEY_PREFIX = re.compile(r"[ \t]*(?:-[ \t]+)*")
_DASH = re.compile(r"-[ ]+")
_COMMENT_LINE = re.compile(r"([ \t]*)#")


def yaml_edits(change: Change, text: Text) -> tuple[Edit, ...] | None:
    """Return the edits for a change in a YAML text, or None if it cannot be made.

    A value that an alias inserts is changed where its anchor is. All other characters stay.
    """
    if any(node.span.path != text.path for node in _copied(change)):
        return None
    match change:
        case Put(node, value):
            return _put(node, value, text)
        case Add(mapping, key, value):
            if _is_flow(mapping, text):
                written = f"{_key(key, mapping, text)}: {_flow(value, mapping, text)}"
                last = _last(_entries(mapping, text))
                return insert(text, mapping.span, last, lambda _: written, YAML_GAP)
            return _add_lines(mapping, f"{_key(key, mapping, text)}:", value, text)
        case Append(sequence, value):
            if _is_flow(sequence, text):
                written = _flow(value, sequence, text)
                last = _last(_items(sequence, text))
                return insert(text, sequence.span, last, lambda _: written, YAML_GAP)
            return _add_lines(sequence, "-", value, text)
        case Rename(entry, name):
            mark = text.slice(entry.key.span)[:1]
            renamed = _scalar(name, mark if mark in ('"', "'") else "")
            return (Edit(entry.key.span, renamed),)
        case Remove(mapping, entry):
            return _remove(mapping, entry, text)
        case Join(into, part):
            return _join(into, part, text)
        case Nest(mapping, entries, key):
            return _nest(mapping, entries, key, text)


def _copied(change: Change) -> Iterator[Node]:
    """The nodes whose text a change copies."""
    match change:
        case Put(_, value) | Add(_, _, value) | Append(_, value):
            yield from _nodes(value)
        case Join(_, part):
            yield part


def _nodes(value: Value) -> Iterator[Node]:
    match value:
        case Node():
            yield value
        case Mapping():
            for item in value.values():
                yield from _nodes(item)
        case Sequence() if not isinstance(value, str):
            for item in value:
                yield from _nodes(item)


def _join(into: Node, part: Node, text: Text) -> tuple[Edit, ...] | None:
    """Insert the lines of a block container below the last line of another one."""
    if into.kind != part.kind or _is_flow(into, text) or _is_flow(part, text):
        return None
    at = _end_of_lines(into, text)
    if at is None:
        return None
    indent = " " * (into.span.start.column - 1)
    written = f"{newline(text)}{indent}{_lines(part, indent, text, comments=True)}"
    return (Edit(text.span(at, at), written),)


def _nest(mapping: Node, entries: Sequence[Entry], key: str, text: Text) -> tuple[Edit, ...] | None:
    """Indent the lines of neighbouring keys, below a line with another key."""
    own = _own(mapping, text)
    first = own.index(entries[0]) if entries and entries[0] in own else 0
    if _is_flow(mapping, text) or tuple(own[first : first + len(entries)]) != tuple(entries):
        return None
    head = mapping.entry(key)
    before = line_prefix(text, text.offset(entries[0].key.span.start))
    if before.strip() or (head is not None and (first == 0 or head is not own[first - 1])):
        return None
    indent, edits = " " * (mapping.span.start.column - 1), []
    for number in range(
        entries[0].key.span.start.line, text.position(_end_of(entries[-1], text)).line + 1
    ):
        if text.line(number).strip():
            place = Position(number, 1)
            edits.append(Edit(Span(text.path, place, place), unit(text)))
    if head is None:
        added = f"{indent}{_key(key, mapping, text)}:{newline(text)}"
        edits[0] = Edit(edits[0].span, added + edits[0].text)
    return tuple(edits)


def _lines(node: Node, indent: str, text: Text, *, comments: bool = False) -> str:
    """The text of a block container, with another indentation of all lines but the first.

    With `comments` also that of the comments after it that are indented as deep.
    """
    end = text.offset(node.span.end)
    if comments:
        end = _after_own_comments(text, line_end(text, end), node.span.start.column)
    first, *others = text.content[text.offset(node.span.start) : end].splitlines(keepends=True)
    shift = node.span.start.column - 1
    moved = (
        f"{indent}{line[min(shift, len(line) - len(line.lstrip(' '))) :]}" if line.strip() else line
        for line in others
    )
    return first + "".join(moved)


def _put(node: Node, value: Value, text: Text) -> tuple[Edit, ...] | None:
    start = text.offset(node.span.start)
    if node.kind in ("mapping", "sequence") and not _is_flow(node, text):
        return _put_for_lines(node, value, text)
    if node.kind == "null" and isinstance(value, Mapping):
        return _fill(node, value, text)
    mark = text.content[start : start + 1]
    quote = mark if node.kind == "string" and mark in ('"', "'") else ""
    written = _inline(value, quote, text)
    if node.span.start == node.span.end:  # an omitted value: right after its colon or dash
        return (Edit(node.span, f" {written}"),)
    old = text.slice(node.span)
    before, found, after = written.partition(old)
    if found and written != old:  # what is around it is new: the value itself is not written again
        first, last = text.span(start, start), text.span(start + len(old), start + len(old))
        parts = ((first, before), (last, after))
        return tuple(Edit(span, added) for span, added in parts if added)
    return (Edit(node.span, written),)


def _put_for_lines(node: Node, value: Value, text: Text) -> tuple[Edit, ...] | None:
    """Replace the lines of a block container by a value after its key or dash."""
    if value == [node]:
        return _with_dashes(node, {node.span.start.line}, text)
    if node.entries and value == [{entry.name: entry.value} for entry in node.entries]:
        return _with_dashes(node, {entry.key.span.start.line for entry in node.entries}, text)
    if isinstance(value, Mapping) and list(value.values()) == _values_of_items(node):
        return _without_dashes(node, text)
    start = len(text.content[: text.offset(node.span.start)].rstrip(" \t\r\n"))
    if text.content[start - 1 : start] not in (":", "-"):
        return None  # a comment or a tag is between
    span = text.span(start, text.offset(node.span.end))
    return (Edit(span, f" {_inline(value, '', text)}"),)


def _with_dashes(mapping: Node, starts: Set[int], text: Text) -> tuple[Edit, ...]:
    """Make a block mapping a sequence, with an item at each of these lines."""
    edits = []
    for number in range(mapping.span.start.line, mapping.span.end.line + 1):
        if text.line(number).strip():
            place = Position(number, mapping.span.start.column if number in starts else 1)
            edits.append(Edit(Span(text.path, place, place), "- " if number in starts else "  "))
    return tuple(edits)


def _values_of_items(sequence: Node) -> list[Node]:
    return [entry.value for item in sequence.items for entry in item.entries]


def _without_dashes(sequence: Node, text: Text) -> tuple[Edit, ...] | None:
    """Make the mappings of a block sequence one mapping."""
    edits: list[Edit] = []
    width = 0
    for item in sequence.items:
        dash = text.offset(item.span.start) - (item.span.start.column - sequence.span.start.column)
        width = text.offset(item.span.start) - dash
        if _is_flow(item, text) or not _DASH.fullmatch(text.content, dash, dash + width):
            return None
        edits.append(Edit(text.span(dash, dash + width), ""))
        for number in range(item.span.start.line + 1, item.span.end.line + 1):
            start = text.offset(Position(number, 1))
            if text.content.startswith(" " * width, start):
                edits.append(Edit(text.span(start, start + width), ""))
    return tuple(edits)


def _fill(node: Node, value: Mapping[str, Value], text: Text) -> tuple[Edit, ...]:
    """Write the keys of a mapping below a key that has no value."""
    start, end = text.offset(node.span.start), text.offset(node.span.end)
    prefix = _KEY_PREFIX.match(line_prefix(text, start))
    comment = _COMMENT.match(text.content, end)
    at = comment.end() if comment else end
    if prefix is None or not ends_line(text, at) or (start != end and comment):
        return (Edit(node.span, _inline(value, "", text)),)
    outer = " " * prefix.end()
    lines = "".join(_block(key, item, outer + unit(text), text) for key, item in value.items())
    blanks = len(text.content[:start]) - len(text.content[:start].rstrip(" \t"))
    if comment:
        return (Edit(text.span(at, at), lines),)
    return (Edit(text.span(start - blanks, end), lines),)


def _add_lines(container: Node, head: str, value: Value, text: Text) -> tuple[Edit, ...] | None:
    """Insert a key or an item of a block container below its last line."""
    at = _end_of_lines(container, text)
    if at is None:
        return None
    column = container.span.start.column
    indent = " " * (column - 1)
    if head == "-" and isinstance(value, Mapping) and value:
        lines = "".join(_block(name, item, f"{indent}  ", text) for name, item in value.items())
        nl = newline(text)
        written = f"{nl}{indent}- {lines[len(nl) + len(indent) + 2 :]}"
    elif head == "-":
        quote = _quote_of_items(container, text)
        written = f"{newline(text)}{indent}- {_in_line(value, quote, text)}"
    else:
        written = _block(head[:-1], value, indent, text, is_written=True)
    section = isinstance(value, Mapping) or (isinstance(value, Node) and not _is_inline(value))
    if column == 1 and section and _has_blank_lines(text, container):
        written = newline(text) + written
    return (Edit(text.span(at, at), written),)


def _end_of_lines(container: Node, text: Text) -> int | None:
    """Where a line can follow a block container and the comments that belong to it, if it can."""
    end = text.offset(container.span.end)
    comment = _COMMENT.match(text.content, end)
    at = comment.end() if comment else end
    if not ends_line(text, at):
        return None
    return _after_own_comments(text, line_end(text, at), container.span.start.column)


def _quote_of_items(sequence: Node, text: Text) -> str:
    """The quotes that all strings of a sequence have, or none."""
    own = [item for item in sequence.items if item.span.path == text.path]
    marks = {text.slice(item.span)[:1] for item in own if item.kind == "string"}
    quote = marks.pop() if len(marks) == 1 else ""
    return quote if quote in ('"', "'") else ""


def _after_own_comments(text: Text, offset: int, column: int) -> int:
    """The end of the comment lines that follow and that are indented deeper than `column`."""
    number = text.position(offset).line
    while number < text.line_count:
        comment = _COMMENT_LINE.match(text.line(number + 1))
        if comment is None or len(comment[1]) < column:
            break
        number += 1
    return text.line_end(number)


def _has_blank_lines(text: Text, root: Node) -> bool:
    """Whether a blank line separates the last section of a file from those before it."""
    own = _own(root, text)
    if len(own) < 2:
        return True
    number = own[-1].key.span.start.line - 1
    while _COMMENT_LINE.match(text.line(number)):
        number -= 1
    return not text.line(number).strip()


def _block(key: str, value: Value, indent: str, text: Text, *, is_written: bool = False) -> str:
    """A key and its value in lines of their own, beginning with a line end."""
    name = key if is_written else _scalar(key, "")
    head = f"{newline(text)}{indent}{name}:"
    if isinstance(value, Mapping) and value:
        inner = indent + unit(text)
        return head + "".join(_block(name, item, inner, text) for name, item in value.items())
    if isinstance(value, Node) and value.kind in ("mapping", "sequence"):
        if _is_flow(value, text):
            return f"{head} {text.slice(value.span)}"
        inner = indent + ("" if value.span.start.column == 1 else unit(text))
        return f"{head}{newline(text)}{inner}{_lines(value, inner, text)}"
    if isinstance(value, Node) and not _is_inline(value):
        value = _plain(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        dash = f"{newline(text)}{indent}{unit(text)}- "
        return head + "".join(f"{dash}{_in_line(item, '', text)}" for item in value)
    return f"{head} {_in_line(value, '', text)}"


def _is_inline(node: Node) -> bool:
    return node.span.start.line == node.span.end.line and node.kind not in ("mapping", "sequence")


def _plain(node: Node) -> Value:
    """The value of a node that cannot be copied as it is."""
    if node.kind == "mapping":
        return {name: _plain(item) for name, item in node.children()}
    if node.kind == "sequence":
        return [_plain(item) for item in node.items]
    return node if _is_inline(node) else str(node.value)


def _remove(mapping: Node, entry: Entry, text: Text) -> tuple[Edit, ...] | None:
    own = _own(mapping, text)
    if entry not in own:
        return None
    index = own.index(entry)
    if _is_flow(mapping, text):
        return remove(text, _entries(mapping, text), index, YAML_GAP)
    if len(own) == 1 and len(mapping.entries) == 1:
        return (Edit(mapping.span, "{}"),)
    start = text.offset(entry.key.span.start)
    end = _end_of(entry, text)
    comment = _COMMENT.match(text.content, end)
    if not ends_line(text, comment.end() if comment else end):
        return None
    prefix = line_prefix(text, start)
    if comment is not None:  # it stays, in a line of its own
        blanks = len(comment[0]) - len(comment[0].lstrip())
        if prefix.strip():
            return None
        return (Edit(text.span(start, end + blanks), ""),)
    if prefix.strip():  # the first key after the dash of an item
        following = text.offset(own[index + 1].key.span.start) if index + 1 < len(own) else end
        if text.content[end:following].strip():
            return None
        return (Edit(text.span(start, following), ""),)
    end = line_end(text, end)
    nl = newline(text)
    end += len(nl) if text.content.startswith(nl, end) else 0
    number = text.position(start).line
    if (number == 1 or not text.line(number - 1).strip()) and text.content.startswith(nl, end):
        end += len(nl)  # else two blank lines would follow each other
    return (Edit(text.span(start - len(prefix), end), ""),)


def _end_of(entry: Entry, text: Text) -> int:
    """The end of a value as it is written: of the alias, if it is one."""
    alias = entry.value.alias
    if alias is not None and alias.start > entry.key.span.start:
        return text.offset(alias.end)
    return text.offset(entry.value.span.end)


def _own(mapping: Node, text: Text) -> list[Entry]:
    """The entries that this mapping contains itself: no merge key and no other file has them."""
    return [
        entry for entry in mapping.entries if not entry.merged and entry.key.span.path == text.path
    ]


def _is_flow(node: Node, text: Text) -> bool:
    return text.content[text.offset(node.span.start)] in "{["


def _entries(mapping: Node, text: Text) -> list[Part]:
    own = _own(mapping, text)
    return [(text.offset(entry.key.span.start), _end_of(entry, text)) for entry in own]


def _items(sequence: Node, text: Text) -> list[Part]:
    return [
        (text.offset((item.alias or item.span).start), text.offset((item.alias or item.span).end))
        for item in sequence.items
        if item.span.path == text.path
    ]


def _last(parts: list[Part]) -> Part | None:
    return parts[-1] if parts else None


def _key(name: str, mapping: Node, text: Text) -> str:
    """A key: quoted if the last key of its mapping is."""
    own = _own(mapping, text)
    mark = text.slice(own[-1].key.span)[:1] if own else ""
    return _scalar(name, mark if mark in ('"', "'") else "")


def _flow(value: Value, container: Node, text: Text) -> str:
    """A value inside brackets: its strings are quoted if those beside it are."""
    beside = [*container.items, *(entry.value for entry in container.entries)]
    marks = {text.slice(node.span)[:1] for node in beside if node.kind == "string"}
    quote = marks.pop() if len(marks) == 1 else ""
    return _inline(value, quote if quote in ('"', "'") else "", text)


def _in_line(value: Value, quote: str, text: Text) -> str:
    """A value at the end of a line of block style, where a string may contain brackets."""
    if isinstance(value, str) and not quote and _reads_as_itself_in_block(value):
        return value
    return _inline(value, quote, text)


def _inline(value: Value, quote: str, text: Text) -> str:
    """A value in one line, with brackets where it needs them."""
    match value:
        case Node():
            return (
                text.slice(value.span) if _is_inline(value) else _inline(_plain(value), quote, text)
            )
        case Quoted(written):
            return _scalar(written, quote or '"')
        case str():
            return _scalar(value, quote)
        case None | bool() | int() | float():
            return json.dumps(value)
        case Mapping():
            parts = (
                f"{_scalar(name, '')}: {_inline(item, quote, text)}" for name, item in value.items()
            )
            return f"{{{', '.join(parts)}}}"
        case Sequence():
            return f"[{', '.join(_inline(item, quote, text) for item in value)}]"


def yaml_string(value: str) -> str:
    """Return a string as YAML: plain where it reads as the same string."""
    return _scalar(value, "")


def _scalar(value: str, quote: str) -> str:
    """A string as YAML: plain where that reads as the same string, else in quotes."""
    if not quote and _reads_as_itself(value):
        return value
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return json.dumps(value, ensure_ascii=False)


def _reads_as_itself(value: str) -> bool:
    return _loads_as(f"[{value}, {{a: {value}}}]", value)


def _reads_as_itself_in_block(value: str) -> bool:
    return _loads_as(f"- {value}\n- a: {value}\n", value)


def _loads_as(content: str, value: str) -> bool:
    if not value or "\n" in value or "\r" in value:
        return False
    try:
        loaded = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError):
        return False
    return bool(loaded == [value, {"a": value}])
