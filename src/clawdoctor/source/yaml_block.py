"""Write whole lines in YAML's block style: keys, items, and blocks that move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from clawdoctor.deferred import regex
from clawdoctor.source.change import Edit, Value
from clawdoctor.source.layout import (
    ends_line,
    item_indentation,
    line_end,
    line_prefix,
    lines_above,
    newline,
    unit,
)
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Position, Span, Text
from clawdoctor.source.yaml_value import (
    at_line_end,
    end_of,
    inline,
    is_flow,
    is_inline,
    own_entries,
    plain_value,
    quotes_of,
    scalar,
    written_key,
)

COMMENT = regex(r"[ \t]+#[^\r\n]*")
"""A comment at the end of a line, including the blanks before it."""
_KEY_PREFIX = regex(r"[ \t]*(?:-[ \t]+)*")
_DASH = regex(r"-[ ]+")
_BESIDE_KEY = regex(r":[ \t]+(?P<comment>#.*)$")
_COMMENT_LINE = regex(r"([ \t]*)#")
_WHOLE_COMMENT = regex(r"#.*")


def comments_above(entry: Entry, text: Text) -> range:
    """Return the numbers of the comment lines that belong to a key."""
    return lines_above(text, text.offset(entry.key.span.start), _WHOLE_COMMENT)


def join_blocks(into: Node, entry: Entry, text: Text) -> tuple[Edit, ...] | None:
    """Insert the lines of a key's block container after the last line of another one."""
    part = entry.value
    if into.kind != part.kind or is_flow(into, text):
        return None
    at = _end_of_lines(into, text)
    if at is None:
        return None
    indent = " " * (into.span.start.column - 1)
    above = _above(entry, indent, text)
    if not is_flow(part, text):
        written = f"{above}{newline(text)}{indent}{_lines(part, indent, text)}"
    elif part.kind == "mapping" and part.span.start.line == part.span.end.line:
        keys = (_block(each.name, each.value, indent, text) for each in part.entries)
        written = above + "".join(keys)
    else:
        return None
    return (Edit(text.span(at, at), written),)


def _above(entry: Entry, indent: str, text: Text) -> str:
    """Return the comment lines that belong to a key, each after a line end."""
    numbers = comments_above(entry, text)
    return "".join(f"{newline(text)}{indent}{text.line(number).strip()}" for number in numbers)


def nest_keys(
    mapping: Node, entries: Sequence[Entry], key: str, text: Text
) -> tuple[Edit, ...] | None:
    """Indent the lines of adjacent keys under a line with another key."""
    own = own_entries(mapping, text)
    first = own.index(entries[0]) if entries and entries[0] in own else 0
    if is_flow(mapping, text) or tuple(own[first : first + len(entries)]) != tuple(entries):
        return None
    head = mapping.entry(key)
    before = line_prefix(text, text.offset(entries[0].key.span.start))
    if before.strip() or (head is not None and (first == 0 or head is not own[first - 1])):
        return None
    indent, edits = " " * (mapping.span.start.column - 1), []
    for number in range(
        entries[0].key.span.start.line, text.position(end_of(entries[-1], text)).line + 1
    ):
        if text.line(number).strip():
            place = Position(number, 1)
            edits.append(Edit(Span(text.path, place, place), unit(text)))
    if head is None:
        added = f"{indent}{written_key(key, mapping, text)}:{newline(text)}"
        edits[0] = Edit(edits[0].span, added + edits[0].text)
    return tuple(edits)


def items_of_keys(mapping: Node, key: str, text: Text, *, listed: bool) -> tuple[Edit, ...] | None:
    """Write each key of a block mapping as the first value of its own block, after a dash."""
    edits: list[Edit] = []
    for entry in mapping.entries:
        block, name = entry.value, text.slice(entry.key.span)
        end = text.offset(entry.key.span.end)
        blanks = block.span.start.column - entry.key.span.start.column - (0 if listed else 1)
        own = (
            block.kind == "mapping" and block.alias is None and entry in own_entries(mapping, text)
        )
        if not own or is_flow(block, text) or is_flow(mapping, text) or blanks < 1:
            return None
        if text.content[end : end + 1] != ":" or entry.key.kind == "null":
            return None
        dash = " " * blanks if listed else f"-{' ' * blanks}"
        colon = text.span(text.offset(entry.key.span.start), end + 1)
        quoted = name if entry.key.kind == "string" else f'"{name}"'
        edits.append(Edit(colon, f"{dash}{key}: {quoted}"))
    return tuple(edits) or None


def _lines(node: Node, indent: str, text: Text) -> str:
    """Return the lines of a block container and of its comments with another indentation.

    The first line is not indented.
    """
    column = node.span.start.column
    number = node.span.start.line
    while _COMMENT_LINE.match(text.line(number - 1)):
        number -= 1
    end = after_own_comments(text, line_end(text, text.offset(node.span.end)), column - 1)
    last = node.span.start.line
    above = [f"{text.line(each).strip()}{newline(text)}" for each in range(number, last)]
    if beside := _BESIDE_KEY.search(text.line(number - 1)):
        above.insert(0, f"{beside['comment'].rstrip()}{newline(text)}")
    own = text.content[text.offset(node.span.start) : end].splitlines(keepends=True)
    moved = [line[min(column - 1, len(line) - len(line.lstrip(" "))) :] for line in own[1:]]
    lines = [*above, own[0], *moved]
    others = (f"{indent}{line}" if line.strip() else line for line in lines[1:])
    return lines[0] + "".join(others)


def with_dashes(mapping: Node, starts: Set[int], text: Text) -> tuple[Edit, ...]:
    """Turn a block mapping into a sequence, with an item starting at each of these lines."""
    edits = []
    for number in range(mapping.span.start.line, mapping.span.end.line + 1):
        if text.line(number).strip():
            place = Position(number, mapping.span.start.column if number in starts else 1)
            edits.append(Edit(Span(text.path, place, place), "- " if number in starts else "  "))
    return tuple(edits)


def values_of_items(sequence: Node) -> list[Node]:
    """Return the values of all keys of the mappings in a sequence."""
    return [entry.value for item in sequence.items for entry in item.entries]


def without_dashes(sequence: Node, text: Text) -> tuple[Edit, ...] | None:
    """Merge the mappings of a block sequence into one mapping."""
    edits: list[Edit] = []
    width = 0
    for item in sequence.items:
        dash = text.offset(item.span.start) - (item.span.start.column - sequence.span.start.column)
        width = text.offset(item.span.start) - dash
        if is_flow(item, text) or not _DASH.fullmatch(text.content, dash, dash + width):
            return None
        edits.append(Edit(text.span(dash, dash + width), ""))
        for number in range(item.span.start.line + 1, item.span.end.line + 1):
            start = text.offset(Position(number, 1))
            if text.content.startswith(" " * width, start):
                edits.append(Edit(text.span(start, start + width), ""))
    return tuple(edits)


def takes_lines(container: Node, text: Text) -> bool:
    """Return whether a key gets its own line if it is added to a container or an empty value."""
    if container.kind in ("mapping", "sequence"):
        return not is_flow(container, text)
    start, end = text.offset(container.span.start), text.offset(container.span.end)
    comment = COMMENT.match(text.content, end)
    return ends_line(text, comment.end() if comment else end) and (start == end or not comment)


def comment_after(node: Node, text: Text) -> str:
    """Return the comment after a value on its line, including the blanks before it, or ""."""
    whole = is_inline(node) or node.kind in ("mapping", "sequence")
    if not whole or node.span.path != text.path or node.alias is not None:
        return ""
    comment = COMMENT.match(text.content, text.offset(node.span.end))
    return comment[0] if comment else ""


def fill_empty(node: Node, value: Mapping[str, Value], text: Text) -> tuple[Edit, ...]:
    """Write the keys of a mapping under a key that has no value."""
    start, end = text.offset(node.span.start), text.offset(node.span.end)
    prefix = _KEY_PREFIX.match(line_prefix(text, start))
    if prefix is None or not takes_lines(node, text):
        return (Edit(node.span, inline(value, "", text)),)
    comment = COMMENT.match(text.content, end)
    at = comment.end() if comment else end
    outer = " " * prefix.end()
    lines = "".join(_block(key, item, outer + unit(text), text) for key, item in value.items())
    blanks = len(text.content[:start]) - len(text.content[:start].rstrip(" \t"))
    if comment:
        return (Edit(text.span(at, at), lines),)
    return (Edit(text.span(start - blanks, end), lines),)


def add_lines(container: Node, head: str, value: Value, text: Text) -> tuple[Edit, ...] | None:
    """Insert a key or an item after the last line of a block container."""
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
        quote = quotes_of(container.items, text)
        written = f"{newline(text)}{indent}- {at_line_end(value, quote, text)}"
    else:
        written = _block(head[:-1], value, indent, text, is_written=True)
    node = value.value if isinstance(value, Entry) else value
    section = isinstance(node, Mapping) or (isinstance(node, Node) and not is_inline(node))
    if column == 1 and section and head != "-" and _has_blank_lines(text, container):
        written = newline(text) + written
    return (Edit(text.span(at, at), written),)


def _end_of_lines(container: Node, text: Text) -> int | None:
    """Return where a line can follow a block container and its comments, or None."""
    end = text.offset(container.span.end)
    comment = COMMENT.match(text.content, end)
    at = comment.end() if comment else end
    if not ends_line(text, at):
        return None
    return after_own_comments(text, line_end(text, at), container.span.start.column)


def after_own_comments(text: Text, offset: int, column: int) -> int:
    """Return the end of the following comment lines that are indented deeper than `column`."""
    number = text.position(offset).line
    while number < text.line_count:
        comment = _COMMENT_LINE.match(text.line(number + 1))
        if comment is None or len(comment[1]) < column:
            break
        number += 1
    return text.line_end(number)


def _has_blank_lines(text: Text, root: Node) -> bool:
    """Return whether a blank line separates the last section of a file from the previous ones."""
    own = own_entries(root, text)
    if len(own) < 2:
        return True
    number = own[-1].key.span.start.line - 1
    while _COMMENT_LINE.match(text.line(number)):
        number -= 1
    return not text.line(number).strip()


def _block(key: str, value: Value, indent: str, text: Text, *, is_written: bool = False) -> str:
    """Return a key and its value on lines of their own, beginning with a line end."""
    if isinstance(value, Entry):
        own = _block(key, value.value, indent, text, is_written=is_written)
        return _above(value, indent, text) + own
    name = key if is_written else scalar(key, "")
    head = f"{newline(text)}{indent}{name}:"
    if isinstance(value, Mapping) and value:
        inner = indent + unit(text)
        return head + "".join(_block(name, item, inner, text) for name, item in value.items())
    if isinstance(value, Node) and value.kind in ("mapping", "sequence"):
        if is_flow(value, text):
            return f"{head} {text.slice(value.span)}{comment_after(value, text)}"
        inner = indent + ("" if value.span.start.column == 1 else unit(text))
        return f"{head}{newline(text)}{inner}{_lines(value, inner, text)}"
    if isinstance(value, Node) and not is_inline(value):
        value = plain_value(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        dash = f"{newline(text)}{indent}{item_indentation(text)}- "
        return head + "".join(f"{dash}{at_line_end(item, '', text)}" for item in value)
    comment = comment_after(value, text) if isinstance(value, Node) else ""
    return f"{head} {at_line_end(value, '', text)}{comment}"
