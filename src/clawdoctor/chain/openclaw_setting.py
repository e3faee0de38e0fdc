"""A string in OpenClaw's config, with variables replaced the way OpenClaw does it.

Measured on OpenClaw 2026.9.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from typing import Generic, Literal, TypeVar

from clawdoctor.chain.environment import Variables
from clawdoctor.chain.shown import may_show_value, show_credential
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

_VARIABLE = regex(r"\$(\$)?\{([A-Z_][A-Z0-9_]*)\}")
_WHOLE_VARIABLE = regex(r"\$([A-Z_][A-Z0-9_]*)")

SettingState = Literal["missing", "set", "unset", "secret-ref", "not-a-string"]


T = TypeVar("T", str, Secret)


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A string in the config, as written and as OpenClaw uses it.

    A credential is a `Setting[Secret]`. `variables` holds the names that it refers to, and `unset`
    those without a value, for which OpenClaw sends the reference itself. `resolved` is None if the
    value is unknown. `shown` is the text that a report may quote, with references in place of the
    variables' values unless these are harmless. `hidden` says that it differs from `resolved`.
    """

    pointer: str
    node: Node | None
    state: SettingState
    written: T | None = field(default=None, repr=False)
    resolved: T | None = field(default=None, repr=False)
    variables: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    shown: str = ""
    hidden: bool = False

    def quoted(self: Setting[str], part: str) -> str:
        """Return a part of the value if a report may quote it, else the setting as written."""
        written = (self.written or "").casefold()
        return self.shown if self.hidden and part.casefold() not in written else part


def setting(parent: Node, pointer: str, variables: Variables) -> Setting[str]:
    """Return the string in `parent` that the last token of `pointer` names, variables replaced.

    OpenClaw does not replace lower-case names, defaults (`${X:-y}`) or `os.environ/X`.
    """
    return _setting(parent, pointer, variables, whole=False)


def credential(parent: Node, pointer: str, variables: Variables) -> Setting[Secret]:
    """Return a key or a header. A value that is only `$NAME` is a reference too."""
    found = _setting(parent, pointer, variables, whole=True)
    return Setting(
        pointer,
        found.node,
        found.state,
        None if found.written is None else Secret(found.written),
        None if found.resolved is None else Secret(found.resolved),
        found.variables,
        found.unset,
        show_credential(found.written),
        hidden=True,
    )


def _setting(parent: Node, pointer: str, variables: Variables, *, whole: bool) -> Setting[str]:
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
    found = [variable for name in names if (variable := variables.get(name)) is not None]
    hidden = not all(may_show_value(variable) for variable in found)
    state: SettingState = "unset" if unset else "set"
    shown = written if hidden else resolved
    return Setting(pointer, node, state, written, resolved, names, unset, shown, hidden)


def is_whole_variable(written: Secret | None) -> bool:
    """Return whether a key or a header is only `$NAME`, which older versions do not replace."""
    return written is not None and bool(written.stripped().test(_WHOLE_VARIABLE.fullmatch))


def variables_below(node: Node | None) -> Iterator[str]:
    """Yield the variables that the strings in a mapping can refer to, in every form."""
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


def _secret_ref(pointer: str, node: Node, variables: Variables) -> Setting[str]:
    """Return a `{source, provider, id}`. Only the source `env` is resolved here."""
    name = node.text("id")
    if node.text("source") != "env" or name is None:
        return Setting(pointer, node, "secret-ref")
    value = _value(variables, name)
    unset = () if value else (name,)
    return Setting(pointer, node, "secret-ref", None, value, (name,), unset, hidden=True)


def _value(variables: Variables, name: str) -> str | None:
    variable = variables.get(name)
    return variable.value.reveal() or None if variable is not None else None
