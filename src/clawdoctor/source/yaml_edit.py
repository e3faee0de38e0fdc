"""Write changes into a YAML text, in the style of what is around them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import yaml

from clawdoctor.source.change import Add, Append, Change, Edit, Put, Quoted, Remove, Rename, Value
from clawdoctor.source.flow_edit import YAML_GAP, Part, insert, remove
from clawdoctor.source.layout import ends_line, line_end, line_prefix, newline, unit
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Text

_COMMENT = re.compile(r"[ \t]+#[^\r\n]*")
_KEY_PREFIX = re.compile(r"[ \t]*(?:-[ \t]+)*")
_COMMENT_LINE = re.compile(r"([ \t]*)#")


def yaml_edits(change: Change, text: Text) -> tuple[Edit, ...] | None:
    """Return the edits for a change in a YAML text, or None if it cannot be made.

    A value that an alias inserts is changed where its anchor is. All other characters stay.
    """
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
        written = f" {written}"
    return (Edit(node.span, written),)


def _put_for_lines(node: Node, value: Value, text: Text) -> tuple[Edit, ...] | None:
    """Replace the lines of a block container by a value after its key or dash."""
    start = len(text.content[: text.offset(node.span.start)].rstrip(" \t\r\n"))
    if text.content[start - 1 : start] not in (":", "-"):
        return None  # a comment or a tag is between
    span = text.span(start, text.offset(node.span.end))
    return (Edit(span, f" {_inline(value, '', text)}"),)


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
    end = text.offset(container.span.end)
    comment = _COMMENT.match(text.content, end)
    at = comment.end() if comment else end
    if not ends_line(text, at):
        return None
    column = container.span.start.column
    at = _after_own_comments(text, line_end(text, at), column)
    indent = " " * (column - 1)
    if head == "-":
        written = f"{newline(text)}{indent}- {_inline(value, '', text)}"
    else:
        written = _block(head[:-1], value, indent, text, is_written=True)
    if column == 1 and isinstance(value, Mapping) and _has_blank_lines(text, container):
        written = newline(text) + written
    return (Edit(text.span(at, at), written),)


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
    if isinstance(value, Node) and not _is_inline(value):
        value = _plain(value)
        return _block(key, value, indent, text, is_written=is_written)
    return f"{head} {_inline(value, '', text)}"


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
    if len(mapping.entries) == 1:
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
    if not value or "\n" in value or "\r" in value:
        return False
    try:
        loaded = yaml.safe_load(f"[{value}, {{a: {value}}}]")
    except (yaml.YAMLError, ValueError):
        return False
    return bool(loaded == [value, {"a": value}])
