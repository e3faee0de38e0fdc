"""What is secret in a parsed file: values under telling names, headers, and parts of strings.

The rules err towards secrecy, but a setting such as `maxTokens` or `key_alias` has to stay
readable, and so has whatever only says where a secret comes from (`os.environ/NAME`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from clawdoctor.chain.placeholder import is_variable_name, referred_name
from clawdoctor.redaction.secret_name import counts_tokens, name_words, names_about, names_secret
from clawdoctor.redaction.secret_part import may_show, parts_of_any, parts_of_secret
from clawdoctor.source.node import Entry, Node
from clawdoctor.source.text import Position, Span


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that must not be shown. `span` is where a file holds it, quotes included."""

    value: str = field(repr=False)
    span: Span | None = None


_Place = Literal["open", "strings", "scalars", "headers", "vault", "environment", "reference"]
"""Where a node stands, which says what of it is secret by its place alone."""

_ENVIRONMENTS = frozenset({"environment", "environ", "env", "vars", "variables"})
_PUBLIC_HEADERS = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control"}
    | {"connection", "content-encoding", "content-length", "content-type", "host", "origin"}
    | {"referer", "http-referer", "x-title", "user-agent", "api-version", "anthropic-version"}
    | {"anthropic-beta"}
)
_FLAG = re.compile(r"--?(?P<name>[A-Za-z][\w\-]*)")
_PLAIN_NAME = re.compile(r"[A-Za-z_.\-]+")


def secrets_in(root: Node) -> Iterator[Secret]:
    """Every secret of a parsed file, wherever it stands and whichever provider it belongs to.

    Entries that a later one of the same key overrides count too: they are still in the file. A
    part of a string comes with its own span where that is certain, else with the whole string's.
    """
    for node, place in _scalars(root):
        text = str(node.value)
        for start, end in _parts(node, place):
            if may_show(text[start:end]):
                continue
            yield Secret(text[start:end], _part_span(node, text, start, end))
            yield from _encoded(text, start, end)


def variables_in(root: Node) -> Iterator[str]:
    """The environment variables that hold a file's secrets, by the references to them."""
    for node, place in _scalars(root):
        text = str(node.value)
        if place == "reference":
            yield text
        for start, end in _parts(node, place):
            part = text[start:end].strip()
            name = part if is_variable_name(part) else referred_name(part)
            if name:
                yield name


def _scalars(root: Node) -> Iterator[tuple[Node, _Place]]:
    """Every scalar that can be secret, keys among them, with the place that it stands in."""
    seen: set[tuple[int, int, _Place]] = set()
    stack: list[tuple[Node, _Place]] = [(root, "open")]
    while stack:
        node, place = stack.pop()
        if node.entries or node.items:
            # Through YAML aliases one container may be reached along very many ways.
            key = (id(node.entries), id(node.items), place)
            if key in seen:
                continue
            seen.add(key)
        if node.kind == "mapping":
            for entry in node.entries:
                stack.append((entry.key, "open"))
                stack.append((entry.value, _entry_place(entry, node, place)))
        elif node.kind == "sequence":
            stack += _item_places(node, place)
        elif node.value is not None and not isinstance(node.value, bool):
            yield node, place


def _entry_place(entry: Entry, parent: Node, place: _Place) -> _Place:
    name = entry.name
    words = name_words(name)
    container = entry.value.kind in ("mapping", "sequence")
    if words[-1:] == ["headers"]:
        return "headers"
    if place == "headers":
        return "open" if name.lower() in _PUBLIC_HEADERS else "scalars"
    if place in ("strings", "scalars"):
        if name == "id" and parent.get("source"):
            return "reference"
        return "open" if names_about(name) and not container else place
    if words and words[-1] in _ENVIRONMENTS:
        return "environment"
    if words == ["secrets"] and container:
        return "vault"
    if names_secret(name):
        return "strings" if counts_tokens(name) else "scalars"
    return "scalars" if place == "vault" and not container else "open"


def _item_places(node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
    before: Node | None = None
    for item in node.items:
        flag = _FLAG.fullmatch(before.value) if before and isinstance(before.value, str) else None
        if flag and names_secret(flag["name"]):
            yield item, "scalars"
        elif place == "vault" and isinstance(item.value, str):
            # Compose lists there the names of the secrets that a service may read.
            yield item, "open" if _PLAIN_NAME.fullmatch(item.value) else "scalars"
        else:
            yield item, place
        before = item


def _parts(node: Node, place: _Place) -> Iterable[tuple[int, int]]:
    """The candidates in a scalar, each once."""
    text = str(node.value)
    if not isinstance(node.value, str):
        return [(0, len(text))] if place in ("scalars", "headers") else []
    ranges = list(parts_of_any(text))
    if place in ("scalars", "headers") or (place == "strings" and not text.strip().isdecimal()):
        ranges += parts_of_secret(text)
    elif place == "environment":
        name, _, value = text.partition("=")
        after = len(name) + 1
        if names_secret(name):
            ranges += ((after + start, after + end) for start, end in parts_of_secret(value))
    return dict.fromkeys(ranges)


def _encoded(text: str, start: int, end: int) -> Iterator[Secret]:
    """What a client makes of a password, or a password that a header holds encoded."""
    part, before = text[start:end], text[:start]
    user = before.rpartition("://")[2]
    if "://" in before and user.endswith(":"):
        pair = f"{user}{part}".encode("utf-8", "surrogatepass")
        yield Secret(base64.b64encode(pair).decode("ascii"))
    if before.lower().endswith("basic "):
        try:
            credentials = base64.b64decode(part, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return
        yield Secret(credentials.partition(":")[2] or credentials)


def _part_span(node: Node, text: str, start: int, end: int) -> Span:
    """The span of a part of a scalar where its source is plainly its text, else the whole one."""
    span = node.span
    quotes, odd = divmod(span.end.column - span.start.column - len(text), 2)
    one_line = span.start.line == span.end.line
    if (start, end) == (0, len(text)) or not one_line or odd or quotes not in (0, 1):
        return span
    line, column = span.start.line, span.start.column + quotes
    return Span(span.path, Position(line, column + start), Position(line, column + end))
