"""The faults that OpenClaw rejects, with messages that quote no possible secret."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from clawdoctor.chain.schema.language import (
    TYPE_OF_KIND,
    Schema,
    knowledge,
    matches_pattern,
    types_of,
)
from clawdoctor.deferred import dataclass, regex
from clawdoctor.knowledge.did_you_mean import nearest
from clawdoctor.source.node import Node, split_pointer
from clawdoctor.source.text import Span

ViolationKind = Literal[
    "unknown-key",
    "wrong-type",
    "missing-key",
    "not-allowed",
    "removed-value",
    "out-of-range",
    "pattern",
]

_HARMLESS = regex(r"[A-Za-z][\w ./-]{0,40}")

_SECRET = regex(r"key|token(?!s)|secret|password|authorization|header", re.IGNORECASE)

_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A place in a config that OpenClaw rejects.

    `pointer` names the key, even if it is missing; no two violations share one. `suggestion` is the
    key or value that was probably meant. If the key belongs elsewhere, it is the path there: from
    the root for keys of the first two levels, otherwise from the mapping that holds the key.
    `models[].compat` means in each model. `repaired` means that OpenClaw's Gateway rewrites this in
    the file at start, provided that all violations are repairable and nothing is included.
    OpenClaw's other commands rewrite nothing.
    """

    pointer: str
    kind: ViolationKind
    key: str
    message: str
    span: Span | None
    expected: tuple[str, ...] = ()
    suggestion: str | None = None
    repaired: bool = False


def is_repaired(kind: ViolationKind, pointer: str) -> bool:
    """Return whether OpenClaw's Gateway rewrites this at start."""
    patterns = knowledge()["measured"]["repaired"].get(kind, ())
    return any(matches_pattern(pattern, pointer) for pattern in patterns)


def last_key(pointer: str) -> str:
    """Return the last name in a pointer. For an item this is the name of the list."""
    names = [token for token in split_pointer(pointer) if not token.isdecimal()]
    return names[-1] if names else ""


def label_of(pointer: str) -> str:
    """Return the name of a pointer's target for a message."""
    tokens = split_pointer(pointer)
    indexes = ""
    while len(tokens) > 1 and tokens[-1].isdecimal():
        indexes, tokens = f"[{tokens[-1]}]{indexes}", tokens[:-1]
    return f'"{tokens[-1]}{indexes}"' if tokens else "the configuration"


def key_span(node: Node, name: str) -> Span | None:
    """Return the span of a key in a mapping."""
    entry = node.entry(name)
    return entry.key.span if entry else None


def missing_key(pointer: str, why: str = "", expected: tuple[str, ...] = ()) -> Violation:
    """Return the violation for a missing key. The caller adds the span."""
    key = split_pointer(pointer)[-1]
    message = f'"{key}" is missing{why}'
    repaired = is_repaired("missing-key", pointer)
    return Violation(pointer, "missing-key", key, message, None, expected, repaired=repaired)


def wrong_type(branches: Sequence[Schema], node: Node, pointer: str) -> Violation:
    """Return the violation for a value of a type that no branch accepts."""
    types = tuple(dict.fromkeys(t for branch in branches for t in types_of(branch)))
    actual = _TYPES.get(TYPE_OF_KIND.get(node.kind, node.kind), "this")
    if isinstance(node.value, float) and {"integer", "number"} & set(types):
        actual = "a fraction" if math.isfinite(node.value) else "a number that is not finite"
    wanted = " or ".join(_TYPES[name] for name in types)
    message = f"{label_of(pointer)} must be {wanted}, not {actual}"
    expected = tuple(_TYPES[name] for name in types)
    return Violation(pointer, "wrong-type", last_key(pointer), message, node.span, expected)


def unknown_key(name: str, owner: str) -> str:
    """Return the message about a key that the mapping at the pointer `owner` cannot have."""
    *above, last = split_pointer(owner) or [""]
    where = f'an entry of "{above[-1]}"' if last.isdecimal() and above else f'"{last}"'
    if not last:
        return f'"{name}" is not a top-level key that OpenClaw knows'
    return f'"{name}" is not a key that OpenClaw knows in {where}'


def not_allowed(allowed: tuple[str, ...], node: Node, pointer: str) -> Violation:
    """Return the violation for a value that is not allowed. It does not show a secret."""
    measured, key, value = knowledge()["measured"], last_key(pointer), str(node.value)
    article = "an" if key[:1] in "aeiou" else "a"
    if value in measured["removedValues"] and key == "api":
        kind: ViolationKind = "removed-value"
        message = f'"{value}" is {article} {key} that OpenClaw removed'
        meant = measured["removedValues"][value]
    else:
        kind = "not-allowed"
        message = f"the value of {label_of(pointer)} is not one that OpenClaw knows"
        if _is_harmless(key, value):
            message = f'"{value}" is not {article} {key} that OpenClaw knows'
        aliases = measured["valueAliases"].get(key, {})
        meant = aliases.get(value.casefold(), next(iter(nearest(value, allowed)), None))
    repaired = is_repaired(kind, pointer)
    return Violation(pointer, kind, key, message, node.span, allowed, meant, repaired)


def _is_harmless(key: str, value: str) -> bool:
    """Return whether a value can be shown: a word or two with few digits."""
    few_digits = sum(char.isdigit() for char in value) < 4
    return bool(_HARMLESS.fullmatch(value)) and few_digits and not _SECRET.search(key)
