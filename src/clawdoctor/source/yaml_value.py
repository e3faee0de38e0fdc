"""Values as YAML writes them, and what a mapping contains itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import yaml

from clawdoctor.source.change import Quoted, Value
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Text


def is_inline(node: Node) -> bool:
    """Whether a value is a scalar in one line."""
    return node.span.start.line == node.span.end.line and node.kind not in ("mapping", "sequence")


def plain_value(node: Node) -> Value:
    """The value of a node that cannot be copied as it is."""
    if node.kind == "mapping":
        return {name: plain_value(item) for name, item in node.children()}
    if node.kind == "sequence":
        return [plain_value(item) for item in node.items]
    return node if is_inline(node) else str(node.value)


def end_of(entry: Entry, text: Text) -> int:
    """The end of a value as it is written: of the alias, if it is one."""
    alias = entry.value.alias
    if alias is not None and alias.start > entry.key.span.start:
        return text.offset(alias.end)
    return text.offset(entry.value.span.end)


def own_entries(mapping: Node, text: Text) -> list[Entry]:
    """The entries that this mapping contains itself: no merge key and no other file has them."""
    return [
        entry for entry in mapping.entries if not entry.merged and entry.key.span.path == text.path
    ]


def is_flow(node: Node, text: Text) -> bool:
    """Whether a container has brackets."""
    return text.content[text.offset(node.span.start)] in "{["


def quotes_of(nodes: Iterable[Node], text: Text) -> str:
    """The quotes that all strings among some nodes of a text have, or none."""
    own = [node for node in nodes if node.kind == "string" and node.span.path == text.path]
    marks = {text.slice(node.span)[:1] for node in own}
    mark = marks.pop() if len(marks) == 1 else ""
    return mark if mark in ('"', "'") else ""


def written_key(name: str, mapping: Node, text: Text) -> str:
    """A key: quoted if the last key of its mapping is."""
    keys = [entry.key for entry in own_entries(mapping, text)]
    return scalar(name, quotes_of(keys[-1:], text))


def at_line_end(value: Value, quote: str, text: Text) -> str:
    """A value at the end of a line of block style, where a string may contain brackets."""
    if isinstance(value, str) and not quote and _reads_as_itself_in_block(value):
        return value
    return inline(value, quote, text)


def inline(value: Value, quote: str, text: Text) -> str:
    """A value in one line, with brackets where it needs them."""
    match value:
        case Node():
            return (
                text.slice(value.span)
                if is_inline(value)
                else inline(plain_value(value), quote, text)
            )
        case Quoted(written):
            return scalar(written, quote or '"')
        case str():
            return scalar(value, quote)
        case None | bool() | int() | float():
            return json.dumps(value)
        case Mapping():
            parts = (
                f"{scalar(name, '')}: {inline(item, quote, text)}" for name, item in value.items()
            )
            return f"{{{', '.join(parts)}}}"
        case Sequence():
            return f"[{', '.join(inline(item, quote, text) for item in value)}]"


def yaml_string(value: str) -> str:
    """Return a string as YAML: plain where it reads as the same string."""
    return scalar(value, "")


def scalar(value: str, quote: str) -> str:
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
