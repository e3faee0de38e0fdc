"""Mark the characters of a parsed file that a report may show, and collect its secrets.

Everything is hidden unless its setting is harmless and the value has the shape of that setting.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Literal, NamedTuple

from clawdoctor.deferred import dataclass, regex
from clawdoctor.redaction.randomness import Range, is_wordy, looks_random, random_ranges
from clawdoctor.redaction.secret_name import (
    counts_tokens,
    names_about,
    names_secret,
    resembles_secret,
)
from clawdoctor.redaction.settings import Shape, is_inheriting, is_public_header, shape_of
from clawdoctor.redaction.url import hidden_in_url, urls_in
from clawdoctor.redaction.value import hidden_in_key, hidden_in_value, is_short_number
from clawdoctor.redaction.variable import hidden_in_secret, hidden_in_variable
from clawdoctor.source.node import Node
from clawdoctor.source.text import Text

_ENVIRONMENTS = frozenset(
    {"environment", "environ", "env", "vars", "variables", "environment_variables"}
)
_FLAG = regex(r"--?(?P<name>[A-Za-z][\w\-]*)")
_SHORTEST_PHRASE, _LONGEST_PHRASE = 8, 200
_LONGEST = 4096
"""A longer value is hidden regardless of its shape."""
_VARIABLE = regex(r"[A-Za-z_][A-Za-z0-9_]{0,63}|\$\{\w{1,64}\}")
_SETTING_NAME = regex(r"[a-z]+(?:_[a-z]+)*")
_OPTION = regex(r"--?(?P<name>[A-Za-z][\w\-]{0,63})\s{1,9}[\"']?$")
_BASIC = regex(r"\s*basic\s+(?P<pair>[A-Za-z0-9+/]+={0,2})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A key or a scalar as offsets in its file, and the hidden ranges in it."""

    start: int
    end: int
    hidden: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Regions:
    """The keys and scalars of a file in order. Without a structure, `tokens` is None."""

    text: Text
    tokens: tuple[Token, ...] | None = field(repr=False)


class _Place(NamedTuple):  # hashed once or more for each scalar, which a tuple does in C
    """The surroundings of a node: its container's kind, its setting, and the shape of its value."""

    kind: Literal["setting", "secret", "headers", "environment"] = "setting"
    name: str = ""
    shape: Shape | None = None
    inherits: bool = False


@dataclass(slots=True)
class _Found:
    """The results of a walk through a file."""

    tokens: dict[str, list[Token]]
    credentials: set[str]
    phrases: set[str]
    shown: set[str]


@dataclass(frozen=True, slots=True)
class Marked:
    """The regions of each text of a config, and the texts to hide in every other string.

    Every part of `credentials` is hidden. `phrases` are the other hidden values: they are hidden as
    a whole, because their words are in every report.
    """

    regions: tuple[Regions, ...]
    credentials: frozenset[str] = field(repr=False)
    phrases: frozenset[str] = field(repr=False)


def mark(root: Node, texts: Iterable[Text]) -> Marked:
    """Mark what is hidden in the texts of a parsed config."""
    by_path = {text.path: text for text in texts}
    found = _Found({path: [] for path in by_path}, set(), set(), set())
    seen: dict[tuple[object, ...], tuple[Range, ...]] = {}
    for node, place, is_key in _scalars(root):
        text = by_path.get(node.span.path)
        value = str(node.value) if node.value is not None else ""
        key = (value, node.kind, place, is_key)
        hidden = seen.get(key)
        if hidden is None:
            hidden, secret = _hidden(node, value, place, is_key=is_key)
            seen[key] = hidden
            found.credentials |= {value[start:end].strip() for start, end in secret}
            hidden_parts = {value[start:end].strip() for start, end in hidden}
            found.phrases |= {part for part in hidden_parts if is_phrase(part)}
            if not hidden:
                found.shown.add(value.strip())
            found.credentials |= set(_password(value)) if secret else set()
        if text is not None:
            found.tokens[text.path].append(_token(text, node, value, hidden))
    regions = tuple(
        Regions(text, tuple(sorted(found.tokens[path], key=lambda token: token.start)))
        for path, text in by_path.items()
    )
    phrases = found.phrases - found.credentials - found.shown
    return Marked(regions, frozenset(found.credentials), frozenset(phrases))


def is_phrase(text: str) -> bool:
    """Return whether a text is long and specific enough to hide everywhere."""
    plain = text.isalpha() or _SETTING_NAME.fullmatch(text)
    return _SHORTEST_PHRASE <= len(text) <= _LONGEST_PHRASE and not plain


def _hidden(
    node: Node, value: str, place: _Place, *, is_key: bool
) -> tuple[tuple[Range, ...], tuple[Range, ...]]:
    """Return the hidden ranges of a scalar, and those among them that are credentials."""
    everything = ((0, len(value)),) if value else ()
    if is_key:
        hidden = hidden_in_key(value)
        return hidden, hidden
    if node.value is None or isinstance(node.value, bool):
        return (), ()
    if place.kind in ("secret", "headers"):
        hidden = hidden_in_secret(value) if isinstance(node.value, str) else everything
        return hidden, _without_messages(value, hidden)
    if place.kind == "environment":
        name, equals, inner = (place.name, "=", value) if place.name else value.partition("=")
        offset = len(value) - len(inner)
        if not equals:
            plain = _VARIABLE.fullmatch(value) and not looks_random(value)
            return ((), ()) if plain else (everything, everything)
        hidden = tuple((offset + a, offset + b) for a, b in hidden_in_variable(name, inner))
        if names_secret(name):
            return hidden, _without_messages(value, hidden)
        return hidden, tuple((a, b) for a, b in hidden if looks_random(value[a:b]))
    if not isinstance(node.value, str):
        hidden = hidden_in_value(place.shape, value) if place.shape else everything
        shown = is_short_number(value) or node.kind == "date" or not hidden
        return ((), ()) if shown else (everything, everything)
    if len(value) > _LONGEST:
        return everything, tuple(random_ranges(value[:_LONGEST]))
    hidden = hidden_in_value(place.shape, value)
    if resembles_secret(place.name) and not counts_tokens(place.name):
        return hidden, hidden
    if is_short_number(value.strip()):
        return (), ()
    # Elsewhere, only text that looks like a key, or may be a key in the wrong place, is hidden.
    in_urls = tuple(
        (url.start() + start, url.start() + end)
        for url in urls_in(value)
        for start, end in hidden_in_url(url[0], strict=False)
    )
    return hidden, in_urls + tuple(
        (_password_start(value, start, end), end)
        for start, end in hidden
        if looks_random(value[start:end])
        or any(True for _ in random_ranges(value[start:end]))
        or (place.shape is not None and _may_be_credential(value, start, end))
    )


def _without_messages(value: str, hidden: tuple[Range, ...]) -> tuple[Range, ...]:
    """Return the ranges without the message that Compose prints for `${X:?set it}`.

    Its words are in every report.
    """
    return tuple(
        (start, end)
        for start, end in hidden
        if value[start - 1 : start] != "?"
        or " " not in value[start:end].strip()
        or any(True for _ in random_ranges(value[start:end]))
    )


def _password(value: str) -> Iterator[str]:
    """Yield the password in a `Basic` header, as a server decodes it."""
    basic = _BASIC.fullmatch(value)
    if basic:
        with contextlib.suppress(ValueError):
            pair = base64.b64decode(basic["pair"], validate=True).decode("utf-8")
            yield pair.partition(":")[2]


def _password_start(value: str, start: int, end: int) -> int:
    """Return where the password begins in the userinfo of a URL. The user name is not secret."""
    if value[end : end + 1] != "@":
        return start
    return value.find(":", start, end) + 1 or start


def _may_be_credential(value: str, start: int, end: int) -> bool:
    """Return True for a whole value in the wrong place, a URL's userinfo or query, and the like.

    Words are hidden only there and as a whole, because their parts are in every report. The same
    holds for part of a path.
    """
    text = value[start:end]
    if (start, end) == (0, len(value)):
        return " " not in text.strip() and (text.isalnum() or not is_wordy(text))
    if value[end : end + 1] == "@" or value[start - 1 : start] == "=":
        return True
    option = _OPTION.search(value, 0, start)
    return option is not None and names_secret(option["name"])


def _scalars(root: Node) -> Iterator[tuple[Node, _Place, bool]]:
    """Yield every key and scalar with its place, each once even if YAML aliases repeat it."""
    visited: set[tuple[int, _Place]] = set()
    keys: set[int] = set()
    places: dict[tuple[str, bool, _Place], _Place] = {}
    stack: list[tuple[Node, _Place]] = [(root, _Place())]
    while stack:
        node, place = stack.pop()
        key = (id(node.entries or node.items or node), place)
        if key in visited:
            continue
        visited.add(key)
        if node.kind == "mapping":
            about_variable = node.get("source") is not None
            for entry in node.entries:
                if id(entry.key) not in keys:
                    keys.add(id(entry.key))
                    yield entry.key, place, True
                is_container = entry.value.kind in ("mapping", "sequence")
                known = (entry.name, is_container, place)
                value_place = places.get(known)
                if value_place is None:
                    value_place = places[known] = _place_of(*known)
                if entry.name == "id" and about_variable:
                    value_place = _Place(name="id", shape="name")  # of a variable or a vault
                stack.append((entry.value, value_place))
        elif node.kind == "sequence":
            stack += _items(node, place)
        else:
            yield node, place, False


def _place_of(name: str, container: bool, parent: _Place) -> _Place:
    folded = name.casefold()
    if folded.endswith("headers") and container:
        return _Place("headers", name)
    if parent.kind == "headers":
        if is_public_header(name):
            return _Place(shape=shape_of(name) or "word")
        return _Place("headers", name)
    if parent.kind == "environment":
        return _Place("environment", name)
    if folded in _ENVIRONMENTS and container:
        return _Place("environment")
    shape = shape_of(name)
    if parent.kind == "secret" and not (shape and names_about(name)):
        return _Place("secret", name)
    if names_secret(name) and not counts_tokens(name) and shape is None:
        return _Place("secret", name)
    inherits = is_inheriting(name) or parent.inherits
    if shape is None and parent.inherits:
        shape = parent.shape
    return _Place(name=name, shape=shape, inherits=inherits)


def _items(node: Node, place: _Place) -> Iterator[tuple[Node, _Place]]:
    item_place = _Place("environment") if place.kind == "environment" else place
    flag = None
    for item in node.items:
        yield item, _Place("secret", place.name) if flag else item_place
        text = item.value if isinstance(item.value, str) else ""
        match = _FLAG.fullmatch(text)
        flag = match if match and names_secret(match["name"]) else None


def _token(text: Text, node: Node, value: str, hidden: tuple[Range, ...]) -> Token:
    """Return the token of a scalar. A range maps to the file if it spells the value literally."""
    start, end = text.offset(node.span.start), text.offset(node.span.end)
    if not hidden:
        return Token(start, end, ())
    content = text.content
    quoted = end - start > 1 and content[start] in "\"'" and content[end - 1] == content[start]
    inner, inner_end = start + quoted, end - quoted
    if content[inner:inner_end] == value:
        return Token(start, end, tuple((inner + a, inner + b) for a, b in hidden))
    return Token(start, end, ((inner, inner_end),))
