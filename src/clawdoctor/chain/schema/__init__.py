"""What OpenClaw's strict schema refuses in a configuration, and what was probably meant.

`knowledge/openclaw_schema.json` holds the schema itself and, under `measured`, what the program
does beyond it: which providers need no `baseUrl`, which old shapes it still takes, which of those
that it refuses its Gateway rewrites when it starts. Looked at are the names at the root, `env`,
`models` and most of `agents`. Everything else only has to be an object where OpenClaw wants one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from clawdoctor.chain.schema.interpreter import check_node
from clawdoctor.chain.schema.language import knowledge, schema_version
from clawdoctor.chain.schema.rules import beyond_schema
from clawdoctor.chain.schema.violation import Violation
from clawdoctor.source.node import Node, join_pointer, split_pointer
from clawdoctor.source.node import nearest as nearest_place

__all__ = ["Violation", "is_refused", "knowledge", "schema_version", "violations"]


def violations(root: Node) -> Iterator[Violation]:
    """What OpenClaw refuses in a configuration whose included files are merged."""
    found: dict[str, Violation] = {}
    for violation in (*check_node(knowledge()["root"], root, ""), *beyond_schema(root)):
        found.setdefault(violation.pointer, violation)
    # A misspelt required key is one mistake, not two.
    meant = {
        join_pointer(pointer.rpartition("/")[0], violation.suggestion)
        for pointer, violation in found.items()
        if violation.kind == "unknown-key" and violation.suggestion
    }
    for pointer, violation in found.items():
        if violation.kind != "missing-key":
            yield violation
        elif pointer not in meant:
            yield replace(violation, span=nearest_place(root, pointer)[1])


def is_refused(root: Node, pointer: str) -> bool:
    """Whether OpenClaw refuses what was meant as the setting that a pointer leads to.

    It stands there in a wrong form, or it is misspelt or misplaced on the way. Nothing more needs
    to be said about such a setting, least of all that it is missing.
    """
    for violation in violations(root):
        if f"{pointer}/".startswith(f"{violation.pointer}/"):
            return True
        above, meant = violation.pointer.rpartition("/")[0], violation.suggestion
        if violation.kind != "unknown-key" or not meant or not pointer.startswith(f"{above}/"):
            continue
        if meant.rpartition(".")[2] in split_pointer(pointer[len(above) :]):
            return True
    return False
