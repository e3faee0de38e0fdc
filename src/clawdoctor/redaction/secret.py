"""Find the secrets of a parsed file: values of telling names, headers, and parts of strings.

The rules prefer secrecy. But a setting such as `maxTokens` or `key_alias` must stay readable, and
so must a reference to a secret (`os.environ/NAME`).
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
    """A text that must not be shown. `span` is its place in a file, quotes included."""

    value: str = field(repr=False)
    span: Span | None = None


_Place = Literal["open", "strings", "scalars", "headers", "vault", "environment", "reference"]
"""The place of a node, which decides which of its values are secret."""

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
    """All secrets of a parsed file, at any place and of any provider.

    An entry that a later entry with the same key overrides counts too: it is still in the file. A
    part of a string has its own span if that is certain, else the span of the whole string.
    """
    for node, place in _scalars(root):
        text = str(node.value)
        for start, end in _parts(node, place):
            if may_show(text[start:end]):
                continue
            yield Secret(text[start:end], _part_span(node, text, start, end))
            yield from _encoded(text, start, end)


def variables_in(root: Node) -> Iterator[str]:
    """The names of the environment variables that a file references as secrets."""
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
    """Every scalar that can be secret, keys included, with its place."""
    visited: set[tuple[int, int, _Place]] = set()
    stack: list[tuple[Node, _Place]] = [(root, "open")]
    while stack:
        node, place = stack.pop()
        if node.entries or node.items:
            # YAML aliases may lead to the same container many times.
            key = (id(node.entries), id(node.items), place)
            if key in visited:
                continue
            visited.add(key)
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
    previous: Node | None = None
    for item in node.items:
        flag = (
            _FLAG.fullmatch(previous.value)
            if previous and isinstance(previous.value, str)
            else None
        )
        if flag and names_secret(flag["name"]):
            yield item, "scalars"
        elif place == "vault" and isinstance(item.value, str):
            # Here Compose lists the names of the secrets that a service may read.
            yield item, "open" if _PLAIN_NAME.fullmatch(item.value) else "scalars"
        else:
            yield item, place
        previous = item


def _parts(node: Node, place: _Place) -> Iterable[tuple[int, int]]:
    """The ranges of a scalar that may be secret, each once."""
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
    """A password in the encoding of a client, or the decoded password of a header."""
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
    """The span of a part of a scalar if the source spells it literally, else the whole span."""
    span = node.span
    quotes, odd = divmod(span.end.column - span.start.column - len(text), 2)
    single_line = span.start.line == span.end.line
    if (start, end) == (0, len(text)) or not single_line or odd or quotes not in (0, 1):
        return span
    line, column = span.start.line, span.start.column + quotes
    return Span(span.path, Position(line, column + start), Position(line, column + end))
