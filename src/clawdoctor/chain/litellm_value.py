"""A setting of LiteLLM's config, with its reference to a variable resolved.

Measured on LiteLLM 1.106.2. Only a string that starts with exactly `os.environ/` refers to a
variable. If the variable is unset, LiteLLM starts without a warning and uses no value.
"""

from __future__ import annotations

from dataclasses import field
from typing import Generic, Literal, TypeVar

from clawdoctor.chain.environment import Variable, Variables
from clawdoctor.chain.shown import is_harmless_part, may_show_value, show_credential
from clawdoctor.chain.variable_name import names_address
from clawdoctor.deferred import dataclass
from clawdoctor.source.node import Node
from clawdoctor.source.secret import Secret

REFERENCE = "os.environ/"
"""The prefix of a string that LiteLLM resolves from the environment."""

ValueState = Literal["missing", "written", "from-env", "unset", "not-a-string"]


T = TypeVar("T", str, Secret)


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """A setting as it is written and as LiteLLM uses it. A credential is a `Value[Secret]`.

    `variable` is the name after `os.environ/`, and `found` is that variable if it is set. The
    state `unset` includes an empty variable. `resolved` is None if LiteLLM uses no value. `shown`
    is the text that a report may quote: a hidden value's reference in place of the value.
    """

    pointer: str
    node: Node | None
    state: ValueState
    written: T | None = field(default=None, repr=False)
    variable: str | None = None
    resolved: T | None = field(default=None, repr=False)
    found: Variable | None = None
    shown: str = ""

    @property
    def named(self) -> str:
        """A noun for the value, for sentences that do not quote it."""
        setting = self.pointer.rpartition("/")[2]
        return f"{setting} (from {self.variable})" if self.variable else setting

    def quoted(self: Value[str], part: str) -> str:
        """Return a text made from the value if a report may quote it, else the reference."""
        harmless = is_harmless_part(part, self.resolved or "")
        shown = harmless and all(names_address(name) for name in self.variables)
        return self.shown if self.hidden and not shown else part

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the value comes from, directly or through Compose."""
        if self.variable is None:
            return ()
        return (self.variable, *(self.found.uses if self.found is not None else ()))

    @property
    def hidden(self) -> bool:
        """Whether a variable gives the value and no report may show it."""
        return self.found is not None and not may_show_value(self.found)


def value_of(parent: Node | None, pointer: str, variables: Variables) -> Value[str]:
    """Return the setting in `parent` that the last token of `pointer` names."""
    node = parent.get(pointer.rpartition("/")[2]) if parent is not None else None
    if node is None or node.kind == "null":
        return Value(pointer, node, "missing")
    if not isinstance(node.value, str):
        return Value(pointer, node, "not-a-string")
    if not node.value.startswith(REFERENCE):
        text = node.value
        return Value(pointer, node, "written", text, resolved=text or None, shown=text)
    name = node.value[len(REFERENCE) :]
    variable = variables.get(name)
    if variable is None or not variable.value:
        return Value(pointer, node, "unset", node.value, name, found=variable, shown=node.value)
    resolved = variable.value.reveal()
    shown = resolved if may_show_value(variable) else node.value
    return Value(pointer, node, "from-env", node.value, name, resolved, variable, shown)


def credential_of(parent: Node | None, pointer: str, variables: Variables) -> Value[Secret]:
    """Return the credential in `parent` that the last token of `pointer` names."""
    value = value_of(parent, pointer, variables)
    return Value(
        pointer,
        value.node,
        value.state,
        None if value.written is None else Secret(value.written),
        value.variable,
        None if value.resolved is None else Secret(value.resolved),
        value.found,
        show_credential(value.written),
    )
