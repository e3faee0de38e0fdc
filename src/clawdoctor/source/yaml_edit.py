"""Write changes into a YAML text, in the style of the surrounding text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from clawdoctor.source.change import (
    Add,
    Append,
    Change,
    Edit,
    Itemize,
    Join,
    Nest,
    Put,
    Remove,
    Rename,
    SplitKey,
    Straighten,
    Value,
)
from clawdoctor.source.flow_edit import YAML_GAP, Part, insert, remove, replaced
from clawdoctor.source.layout import ends_line, line_end, line_prefix, next_line
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Position, Text
from clawdoctor.source.yaml_block import (
    COMMENT,
    add_lines,
    after_own_comments,
    comment_after,
    comments_above,
    fill_empty,
    items_of_keys,
    join_blocks,
    nest_keys,
    takes_lines,
    values_of_items,
    with_dashes,
    without_dashes,
)
from clawdoctor.source.yaml_value import (
    end_of,
    inline,
    is_flow,
    own_entries,
    quotes_of,
    scalar,
    written_key,
)

_ANCHORS = frozenset("&*!")


def yaml_edits(change: Change, text: Text) -> tuple[Edit, ...] | None:
    """Return the edits for a change in a YAML text, or None if it cannot be made.

    A value that an alias inserts is changed at its anchor. All other characters stay.
    """
    if any(node.span.path != text.path for node in _copied(change)):
        return None
    match change:
        case Put(node, value):
            return _put(node, value, text)
        case Add(mapping, key, value):
            if is_flow(mapping, text):
                written = f"{written_key(key, mapping, text)}: {_flow(value, mapping, text)}"
                last = _last(_entries(mapping, text))
                return insert(text, mapping.span, last, lambda _: written, YAML_GAP)
            return add_lines(mapping, f"{written_key(key, mapping, text)}:", value, text)
        case Append(sequence, value):
            if is_flow(sequence, text):
                written = _flow(value, sequence, text)
                last = _last(_items(sequence, text))
                return insert(text, sequence.span, last, lambda _: written, YAML_GAP)
            return add_lines(sequence, "-", value, text)
        case Rename(entry, name):
            return (Edit(entry.key.span, scalar(name, quotes_of([entry.key], text))),)
        case Remove(mapping, entry, copied_to):
            return _remove(mapping, entry, copied_to, text)
        case Join() | Nest() | Itemize():
            return _block_edits(change, text)
        case Straighten() | SplitKey():
            return _edits_inside(change, text)


def _block_edits(change: Join | Nest | Itemize, text: Text) -> tuple[Edit, ...] | None:
    match change:
        case Join(into, part) if is_flow(into, text):
            return _join_in_brackets(into, part.value, text)
        case Join(into, part):
            return join_blocks(into, part, text)
        case Nest(mapping, entries, key):
            return nest_keys(mapping, entries, key, text)
        case Itemize(mapping, key, listed):
            return items_of_keys(mapping, key, text, listed=listed)


def _join_in_brackets(into: Node, part: Node, text: Text) -> tuple[Edit, ...] | None:
    """Copy the keys or items of a container into brackets, which have no place for its anchors."""
    if into.kind != part.kind or not _ANCHORS.isdisjoint(text.slice(part.span)):
        return None
    parts = [f"{e.name}: {_flow(e.value, into, text)}" for e in part.entries]
    parts += [_flow(item, into, text) for item in part.items]
    last = _last(_entries(into, text) if into.kind == "mapping" else _items(into, text))
    return insert(text, into.span, last, lambda _: ", ".join(parts), YAML_GAP)


def _copied(change: Change) -> Iterator[Node]:
    """Yield the nodes whose text a change copies."""
    match change:
        case Put(_, value) | Add(_, _, value) | Append(_, value):
            yield from _nodes(value)
        case Join(_, part):
            yield part.value


def _nodes(value: Value) -> Iterator[Node]:
    match value:
        case Node():
            yield value
        case Entry(value=node):
            yield node
        case Mapping():
            for item in value.values():
                yield from _nodes(item)
        case Sequence() if not isinstance(value, str):
            for item in value:
                yield from _nodes(item)


def _edits_inside(change: Straighten | SplitKey, text: Text) -> tuple[Edit, ...] | None:
    start, end = text.offset(change.node.span.start), text.offset(change.node.span.end)
    written = text.content[start:end]
    if len(written) < 2 or any(mark in written for mark in "\"'\\\n"):
        return None
    if isinstance(change, SplitKey):
        after = start + written.find(":") + 1
        on_its_own = not line_prefix(text, start).strip()
        return (Edit(text.span(after, after), " "),) if after > start and on_its_own else None
    marks = (text.span(start, start + 1), text.span(end - 1, end))
    return tuple(Edit(mark, '"') for mark in marks)


def _put(node: Node, value: Value, text: Text) -> tuple[Edit, ...] | None:
    if node.kind in ("mapping", "sequence") and not is_flow(node, text):
        return _put_for_lines(node, value, text)
    if node.kind == "null" and isinstance(value, Mapping):
        return fill_empty(node, value, text)
    written = inline(value, quotes_of([node], text), text)
    if node.span.start == node.span.end:  # an omitted value: directly after its colon or dash
        return (Edit(node.span, f" {written}"),)
    return replaced(text, node.span, written)


def _put_for_lines(node: Node, value: Value, text: Text) -> tuple[Edit, ...] | None:
    """Replace the lines of a block container with a value after its key or dash."""
    if value == [node]:
        return with_dashes(node, {node.span.start.line}, text)
    if node.entries and value == [{entry.name: entry.value} for entry in node.entries]:
        return with_dashes(node, {entry.key.span.start.line for entry in node.entries}, text)
    if isinstance(value, Mapping) and list(value.values()) == values_of_items(node):
        return without_dashes(node, text)
    start = len(text.content[: text.offset(node.span.start)].rstrip(" \t\r\n"))
    if text.content[start - 1 : start] not in (":", "-"):
        return None  # a comment or a tag is in between
    span = text.span(start, text.offset(node.span.end))
    return (Edit(span, f" {inline(value, '', text)}"),)


def _remove(
    mapping: Node, entry: Entry, copied_to: Node | None, text: Text
) -> tuple[Edit, ...] | None:
    own = own_entries(mapping, text)
    if entry not in own:
        return None
    index = own.index(entry)
    if is_flow(mapping, text):
        return remove(text, _entries(mapping, text), index, YAML_GAP)
    copies_comments = copied_to is not None and takes_lines(copied_to, text)
    prefix = line_prefix(text, text.offset(entry.key.span.start))
    start, end = _extent(entry, text, with_comments=copies_comments)
    if copied_to is not None and not copies_comments and "#" in text.content[start:end]:
        return None  # brackets have no place for comments
    if len(own) == 1 and len(mapping.entries) == 1:
        return (Edit(text.span(start, end), "{}"),)
    comment = COMMENT.match(text.content, end)
    if not ends_line(text, comment.end() if comment else end):
        return None
    if comment is not None:  # keep it, on a line of its own
        blanks = len(comment[0]) - len(comment[0].lstrip())
        if prefix.strip():
            return None
        return (Edit(text.span(start, end + blanks), ""),)
    if prefix.strip():  # the first key after the dash of an item
        following = text.offset(own[index + 1].key.span.start) if index + 1 < len(own) else end
        if text.content[end:following].strip():
            return None
        return (Edit(text.span(start, following), ""),)
    end = next_line(text, end)
    number = text.position(start).line
    if (number == 1 or not text.line(number - 1).strip()) and text.content[end : end + 1] in "\r\n":
        end = next_line(text, end)  # otherwise two blank lines would follow each other
    return (Edit(text.span(start - len(prefix), end), ""),)


def _extent(entry: Entry, text: Text, *, with_comments: bool) -> tuple[int, int]:
    """Return where a key starts and its value ends, with or without the comments around them."""
    start, end = text.offset(entry.key.span.start), end_of(entry, text)
    if not with_comments:
        return start, end
    for number in comments_above(entry, text)[:1]:
        start = text.offset(Position(number, entry.key.span.start.column))
    if entry.value.kind in ("mapping", "sequence") and not is_flow(entry.value, text):
        column = entry.value.span.start.column - 1
        return start, after_own_comments(text, line_end(text, end), column)
    return start, end + len(comment_after(entry.value, text))


def _entries(mapping: Node, text: Text) -> list[Part]:
    own = own_entries(mapping, text)
    return [(text.offset(entry.key.span.start), end_of(entry, text)) for entry in own]


def _items(sequence: Node, text: Text) -> list[Part]:
    return [
        (text.offset((item.alias or item.span).start), text.offset((item.alias or item.span).end))
        for item in sequence.items
        if item.span.path == text.path
    ]


def _last(parts: list[Part]) -> Part | None:
    return parts[-1] if parts else None


def _flow(value: Value, container: Node, text: Text) -> str:
    """Return a value inside brackets, whose strings are quoted if those beside it are."""
    beside = [*container.items, *(entry.value for entry in container.entries)]
    return inline(value, quotes_of(beside, text), text)
