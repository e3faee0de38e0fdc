"""Violations of OpenClaw's strict schema in a config, with suggestions.

`knowledge/openclaw_schema.json` holds the schema and, under `measured`, the program's behaviour
beyond it: the providers that need no `baseUrl`, the old forms that it still accepts, and the
invalid forms that its Gateway rewrites at start. Additions by plug-ins are ignored: their own
settings, and channels that OpenClaw does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.schema.interpreter import check_node
from clawdoctor.chain.schema.language import knowledge, schema_version
from clawdoctor.chain.schema.removed import Removal, removal_of
from clawdoctor.chain.schema.rules import beyond_schema
from clawdoctor.chain.schema.violation import Violation
from clawdoctor.source.node import Node, join_pointer, nearest_existing, split_pointer

__all__ = [
    "Removal",
    "Violation",
    "is_refused",
    "knowledge",
    "removal_of",
    "schema_version",
    "violations",
]


def violations(root: Node) -> Iterator[Violation]:
    """Yield what OpenClaw rejects in a config with its included files merged."""
    found: dict[str, Violation] = {}
    for violation in (*check_node(knowledge()["root"], root, ""), *beyond_schema(root)):
        found.setdefault(violation.pointer, violation)
    # A misspelled required key is one mistake, not two.
    meant = {
        join_pointer(pointer.rpartition("/")[0], violation.suggestion)
        for pointer, violation in found.items()
        if violation.kind == "unknown-key" and violation.suggestion
    }
    for pointer, violation in found.items():
        if violation.kind != "missing-key":
            yield violation
        elif pointer not in meant:
            yield replace(violation, span=nearest_existing(root, pointer)[1])


def is_refused(root: Node, pointer: str) -> bool:
    """Return whether OpenClaw rejects the setting that was meant for a pointer.

    The setting has a wrong form, or it is misspelled or misplaced. Other checks need not report
    such a setting, and must not report it as missing.
    """
    refused, meant = _refused_in(root)
    if pointer in refused:
        return True
    above = pointer
    while above:
        above = above.rpartition("/")[0]
        if above in refused:
            return True
        if meant.get(above, frozenset()) & set(split_pointer(pointer[len(above) :])):
            return True
    return False


_Refused = tuple[frozenset[str], dict[str, set[str]]]
"""The pointers of the violations, and the names that unknown keys mean, by mapping."""

_latest: list[tuple[Node, _Refused]] = []
"""The answer for the latest config: the checks of a run all ask about the same one."""


def _refused_in(root: Node) -> _Refused:
    for known, refused in _latest:
        if known is root:
            return refused
    found = tuple(violations(root))
    meant: dict[str, set[str]] = {}
    for violation in found:
        if violation.kind == "unknown-key" and violation.suggestion:
            above = violation.pointer.rpartition("/")[0]
            meant.setdefault(above, set()).add(violation.suggestion.rpartition(".")[2])
    refused = frozenset(violation.pointer for violation in found), meant
    _latest[:] = [(root, refused)]
    return refused
