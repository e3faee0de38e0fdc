"""Values as YAML writes them, and the entries that a mapping contains itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import yaml

from clawdoctor.deferred import regex
from clawdoctor.source.change import Quoted, Value
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Text

_QUOTE = regex(r"[:,\[{-][ \t]*+(['\"])")
"""The quote that opens a value or a key in brackets."""


def is_inline(node: Node) -> bool:
    """Return whether a value is a scalar on one line."""
    return node.span.start.line == node.span.end.line and node.kind not in ("mapping", "sequence")


def plain_value(node: Node) -> Value:
    """Return the value of a node that cannot be copied unchanged."""
    if node.kind == "mapping":
        return {name: plain_value(item) for name, item in node.children()}
    if node.kind == "sequence":
        return [plain_value(item) for item in node.items]
    return node if is_inline(node) else str(node.value)


def end_of(entry: Entry, text: Text) -> int:
    """Return the end of a value as written, or of the alias if the value comes from one."""
    alias = entry.value.alias
    if alias is not None and alias.start > entry.key.span.start:
        return text.offset(alias.end)
    return text.offset(entry.value.span.end)


def own_entries(mapping: Node, text: Text) -> list[Entry]:
    """Return the entries of the mapping itself, not of a merge key or another file."""
    return [
        entry for entry in mapping.entries if not entry.merged and entry.key.span.path == text.path
    ]


def is_flow(node: Node, text: Text) -> bool:
    """Return whether a container has brackets."""
    return text.content[text.offset(node.span.start)] in "{["


def quotes_of(nodes: Iterable[Node], text: Text) -> str:
    """Return the quotes that all strings among some nodes of a text have, or ""."""
    own = [node for node in nodes if node.kind == "string" and node.span.path == text.path]
    marks = {text.slice(node.span)[:1] for node in own}
    mark = marks.pop() if len(marks) == 1 else ""
    return mark if mark in ('"', "'") else ""


def written_key(name: str, mapping: Node, text: Text) -> str:
    """Return a key, quoted if the last key of its mapping is."""
    keys = [entry.key for entry in own_entries(mapping, text)]
    return scalar(name, quotes_of(keys[-1:], text))


def at_line_end(value: Value, quote: str, text: Text) -> str:
    """Return a value for the end of a line in block style, where a string may contain brackets."""
    if isinstance(value, str) and not quote and _reads_as_itself_in_block(value):
        return value
    return inline(value, quote, text)


def inline(value: Value, quote: str, text: Text) -> str:
    """Return a value on one line, with brackets where it needs them."""
    match value:
        case Entry(value=node):
            return inline(node, quote, text)
        case Node(span=span):
            flow = span.start.line == span.end.line and is_flow(value, text)
            if is_inline(value) or flow:
                return text.slice(span)
            return inline(plain_value(value), quote, text)
        case Quoted(written):
            return scalar(written, quote or _usual_quote(text))
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


def _usual_quote(text: Text) -> str:
    """Return the quote that most quoted values of a text have."""
    marks = _QUOTE.findall(text.content)
    return "'" if marks.count("'") > marks.count('"') else '"'


def yaml_string(value: str) -> str:
    """Return a string as YAML, plain where that reads as the same string."""
    return scalar(value, "")


def scalar(value: str, quote: str) -> str:
    """Return a string as YAML: plain if that reads as the same string, else in quotes."""
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
