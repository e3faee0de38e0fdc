"""Nodes with exact spans, built from PyYAML's events.

PyYAML's own nodes do not give the place of an alias, but its events do. Aliased nodes are shared,
never copied. Their expanded count and depth are limited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import Any, NamedTuple

import yaml

from clawdoctor.deferred import dataclass
from clawdoctor.source.node import Entry, Kind, Node, SyntaxFault
from clawdoctor.source.text import Text
from clawdoctor.source.yaml_extent import block_end, omitted_value, value_start
from clawdoctor.source.yaml_fault import RefusedError, refuse
from clawdoctor.source.yaml_merge import merged_entries
from clawdoctor.source.yaml_scalar import NotAValueError, key_name, scalar_value
from clawdoctor.source.yaml_tag import (
    KNOWN_TAGS,
    MAPPING,
    MERGE,
    PAIRS,
    SEQUENCE,
    SET,
    STRING,
    VALUE,
    collection_tag,
    scalar_tag,
    unknown_tag,
)

MAX_DEPTH = 200
MAX_ALIASED = 100_000
MAX_VALUES = 100_000
"""The maximum number of keys and values in a file: 5,000 deployments have fewer."""


class _Built(NamedTuple):
    """A node, its end, and its number of nodes and its depth with all aliases expanded."""

    node: Node
    end: int
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class Reading:
    """The state of one pass over the events of a text.

    `last` is the last scalar, for messages about the text after it. `differs` is set if libyaml may
    accept a text that PyYAML's own parser rejects. `anchors` holds None for an incomplete value.
    `values` counts the keys and values so far, and `aliased` the values that the aliases so far
    expand to.
    """

    text: Text
    next_event: Callable[[], Any]
    ignore_unknown_tags: bool = False
    last: yaml.ScalarEvent | None = None
    differs: bool = False
    anchors: dict[str, _Built | None] = field(default_factory=dict)
    aliased: int = 0
    values: int = 0


def read_value(reading: Reading, previous_end: int) -> Node:
    """Return the node that starts with the next event, after a token that ends at `previous_end`.

    Raises RefusedError, and the errors of `next_event`.
    """
    return _value(reading, reading.next_event(), previous_end, 0).node


# Events are typed Any below: their marks are of two unrelated classes, or None in an event that we
# construct.


def _value(
    reading: Reading,
    event: Any,
    previous_end: int,
    depth: int,
    *,
    flow: bool = False,
    is_key: bool = False,
) -> _Built:
    """Return the value that starts with `event`, inside `depth` collections."""
    reading.values += 1
    if reading.values > MAX_VALUES:
        start = event.start_mark.index
        raise refuse(reading.text, f"more than {MAX_VALUES} keys and values", start, start)
    if isinstance(event, yaml.AliasEvent):
        return _aliased(reading, event, depth)
    anchor = event.anchor
    if anchor is not None:
        if anchor in reading.anchors:
            message = "this anchor's name is already in use; every anchor needs its own"
            start = reading.text.content.index(f"&{anchor}", event.start_mark.index)
            raise refuse(reading.text, message, start, start + 1 + len(anchor))
        reading.anchors[anchor] = None
    if isinstance(event, yaml.ScalarEvent):
        tag = scalar_tag(event, ignore_unknown=reading.ignore_unknown_tags)
        if is_key and tag in {MERGE, VALUE}:
            tag = STRING
        built = _scalar(reading, event, tag, previous_end, flow=flow)
    else:
        if depth >= MAX_DEPTH:
            start = event.end_mark.index - (1 if event.flow_style else 0)
            raise _too_deep(reading.text, start, start + 1)
        read = _sequence if isinstance(event, yaml.SequenceStartEvent) else _mapping
        built = read(reading, event, depth + 1)
    if anchor is not None:
        reading.anchors[anchor] = built
    return built


def _too_deep(text: Text, start: int, end: int) -> RefusedError:
    return refuse(text, f"nested deeper than {MAX_DEPTH} levels", start, end)


def _aliased(reading: Reading, event: Any, depth: int) -> _Built:
    start, end = event.start_mark.index, event.end_mark.index
    if event.anchor not in reading.anchors:
        message = "this alias has no anchor before it; a value that starts with '*' needs quotes"
        raise refuse(reading.text, message, start, end)
    target = reading.anchors[event.anchor]
    if target is None:
        message = "this alias stands inside the value that it names"
        raise refuse(reading.text, message, start, end)
    reading.aliased += target.size
    if reading.aliased > MAX_ALIASED:
        message = f"aliases expand to more than {MAX_ALIASED} values"
        raise refuse(reading.text, message, start, end)
    if depth + target.height > MAX_DEPTH:
        raise _too_deep(reading.text, start, end)
    node = replace(target.node, alias=reading.text.span(start, end))
    return target._replace(node=node, end=end)


def _scalar(reading: Reading, event: Any, tag: str, previous_end: int, *, flow: bool) -> _Built:
    reading.last = event
    content = reading.text.content
    start, end = event.start_mark.index, event.end_mark.index
    if tag not in KNOWN_TAGS:
        raise unknown_tag(reading.text, event)
    if event.anchor is not None or event.tag is not None:
        start = end if not (event.value or event.style) else value_start(content, start, end)
    elif start == end:
        start = end = omitted_value(content, previous_end, start)
    if event.style in {"|", ">"}:
        end = block_end(content, start, end)
    if flow and not event.style and "?" in content[start:end]:
        reading.differs = True
    span = reading.text.span(start, end)
    try:
        kind, value = scalar_value(tag, event.value)
    except NotAValueError as error:
        raise RefusedError(SyntaxFault(str(error), span)) from error
    return _Built(Node(kind, span, value), end)


def _sequence(reading: Reading, event: Any, depth: int) -> _Built:
    tag = collection_tag(
        reading.text, event, SEQUENCE, PAIRS, ignore_unknown=reading.ignore_unknown_tags
    )
    flow = bool(event.flow_style)
    start = end = event.end_mark.index
    # The event ends before the first dash of a block sequence, but after a '[', and after the first
    # dash of a sequence that is not indented deeper than its key.
    if flow or reading.text.content[start : start + 1] != "-":
        start -= 1
    items: list[Node] = []
    size, height = 1, 0
    while not isinstance(following := reading.next_event(), yaml.SequenceEndEvent):
        item = _value(reading, following, end, depth, flow=flow)
        items.append(item.node)
        size, height, end = size + item.size, max(height, item.height), item.end
    if flow:
        end = _end(following)
    span = reading.text.span(start, end)
    if tag in PAIRS and any(len(item.entries) != 1 for item in items):
        raise RefusedError(SyntaxFault("this tag asks for a list of mappings of one key", span))
    node = Node("other" if tag in PAIRS else "sequence", span, items=tuple(items))
    return _Built(node, end, size, height + 1)


def _mapping(reading: Reading, event: Any, depth: int) -> _Built:
    tag = collection_tag(
        reading.text, event, MAPPING, {SET}, ignore_unknown=reading.ignore_unknown_tags
    )
    flow = bool(event.flow_style)
    start = end = event.end_mark.index
    # A pair in a flow sequence, [key: value], is a mapping without braces of its own.
    braces = flow and start > event.start_mark.index and reading.text.content[start - 1] == "{"
    if flow:
        start = start - 1 if braces else event.start_mark.index
    merged: list[Entry] = []
    own: list[Entry] = []
    size, height = 1, 0
    while not isinstance(following := reading.next_event(), yaml.MappingEndEvent):
        key = _key(reading, following, depth, flow=flow)
        value = _value(reading, reading.next_event(), key.end, depth, flow=flow)
        if _is_merge(following):
            merged.extend(merged_entries(value.node))
        else:
            own.append(Entry(key_name(key.node, reading.text), key.node, value.node))
        size, height, end = size + key.size + value.size, max(height, value.height), value.end
    if braces:
        end = _end(following)
    kind: Kind = "other" if tag == SET else "mapping"
    node = Node(kind, reading.text.span(start, end), entries=(*merged, *own))
    return _Built(node, end, size, height + 1)


def _key(reading: Reading, event: Any, depth: int, *, flow: bool) -> _Built:
    start = event.start_mark.index
    if isinstance(event, yaml.CollectionStartEvent):
        message = "a key cannot be a list or mapping; text that starts with '{' or '[' needs quotes"
        raise refuse(reading.text, message, start, start + 1)
    if flow and isinstance(event, yaml.ScalarEvent) and not event.value:
        reading.differs = True
    key = _value(reading, event, start, depth, flow=flow, is_key=True)
    if key.height:
        raise refuse(reading.text, "a key cannot be a list or mapping", start, key.end)
    return key


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _is_merge(key: Any) -> bool:
    if not isinstance(key, yaml.ScalarEvent) or (key.value != "<<" and key.tag is None):
        return False
    return scalar_tag(key) == MERGE
