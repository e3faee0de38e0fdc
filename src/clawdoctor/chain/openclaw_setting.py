"""A string of OpenClaw's config, with its variables replaced as OpenClaw does.

Measured on OpenClaw 2026.9.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from clawdoctor.chain.environment import Variables
from clawdoctor.source.node import Node

_VARIABLE = re.compile(r"\$(\$)?\{([A-Z_][A-Z0-9_]*)\}")
_WHOLE_VARIABLE = re.compile(r"\$([A-Z_][A-Z0-9_]*)")

SettingState = Literal["missing", "set", "unset", "secret-ref", "not-a-string"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A string of the config as it is written and as OpenClaw uses it.

    `variables` holds the names that it refers to, and `unset` those without a value, for which
    OpenClaw sends the reference itself. `resolved` is None if the value is unknown.
    """

    pointer: str
    node: Node | None
    state: SettingState
    written: str | None = None
    resolved: str | None = field(default=None, repr=False)
    variables: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()


def setting(parent: Node, pointer: str, variables: Variables, *, whole: bool = False) -> Setting:
    """Return the string in `parent` that the last token of `pointer` names, variables replaced.

    With `whole`, a value that consists of `$NAME` alone is a reference too, as OpenClaw reads
    keys. OpenClaw does not replace lower-case names, defaults (`${X:-y}`) and `os.environ/X`.
    """
    node = parent.get(pointer.rpartition("/")[2])
    if node is None or node.kind == "null":
        return Setting(pointer, node, "missing")
    if node.kind == "mapping":
        return _secret_ref(pointer, node, variables)
    if not isinstance(node.value, str):
        return Setting(pointer, node, "not-a-string")
    written = node.value.strip()
    shorthand = _WHOLE_VARIABLE.fullmatch(written) if whole else None
    pattern = f"${{{shorthand[1]}}}" if shorthand else written
    names = tuple(dict.fromkeys(m[2] for m in _VARIABLE.finditer(pattern) if not m[1]))
    unset = tuple(name for name in names if not _value(variables, name))

    def replace(match: re.Match[str]) -> str:
        if match[1]:
            return match[0][1:]
        return _value(variables, match[2]) or match[0]

    resolved = _VARIABLE.sub(replace, pattern)
    return Setting(pointer, node, "unset" if unset else "set", written, resolved, names, unset)


def variables_below(node: Node | None) -> Iterator[str]:
    """Yield the variables to which the strings in a mapping can refer, in every form."""
    if node is None:
        return
    if node.kind == "mapping" and node.text("source") == "env" and (name := node.text("id")):
        yield name
    for _, child in node.children():
        yield from variables_below(child)
    if isinstance(node.value, str):
        yield from (match[2] for match in _VARIABLE.finditer(node.value) if not match[1])
        if whole := _WHOLE_VARIABLE.fullmatch(node.value.strip()):
            yield whole[1]


def _secret_ref(pointer: str, node: Node, variables: Variables) -> Setting:
    """Return a `{source, provider, id}`. Only one with the source `env` is resolved here."""
    name = node.text("id")
    if node.text("source") != "env" or name is None:
        return Setting(pointer, node, "secret-ref")
    value = _value(variables, name)
    unset = () if value else (name,)
    return Setting(pointer, node, "secret-ref", None, value, (name,), unset)


def _value(variables: Variables, name: str) -> str | None:
    variable = variables.get(name)
    return variable.value or None if variable is not None else None
