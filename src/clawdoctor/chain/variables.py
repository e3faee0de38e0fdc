"""Environment variables: their values and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Literal

from clawdoctor.chain.dotenv import assignments
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.secret import Secret

Basis = Literal["known", "assumed"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable with its value and source. `place` is None if it comes from a process.

    `uses` names the variables that Compose builds the value from.
    """

    name: str
    value: Secret
    source: str
    basis: Basis
    place: Place | None = None
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Variables:
    """The environment of a program. `basis` says whether a missing name is certainly unset.

    `unread` holds variables that are set where the program does not read them, such as in this
    shell for a service; the label of a place says why. `service` says that the environment is not a
    shell's, and `restart` is the command that reloads it. `container` is its Compose service, or
    with `by_hand` the container of a `docker run` line.
    """

    values: Mapping[str, Variable] = field(repr=False)
    basis: Basis
    source: str
    container: str | None = None
    unread: Mapping[str, Variable] = field(default_factory=dict, repr=False)
    service: bool = False
    restart: str = ""
    by_hand: bool = False

    def get(self, name: str) -> Variable | None:
        """Return the variable, or None if it is not set."""
        return self.values.get(name)

    def names(self) -> frozenset[str]:
        """Return the names of the variables that have a value."""
        return frozenset(name for name, variable in self.values.items() if variable.value)


def file_variables(path: str, basis: Basis) -> dict[str, Variable]:
    """Return the variables of a `.env` file; empty if it is not readable."""
    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return {}
    return {
        assignment.name: Variable(
            assignment.name,
            Secret(assignment.value),
            path,
            basis,
            Place(path, "", assignment.span),
        )
        for assignment in assignments(text)
    }


def unread_variables(layer: Mapping[str, Variable], reason: str) -> dict[str, Variable]:
    """Return the variables of a file with the reason why a program does not read them."""
    return {
        name: replace(variable, place=replace(variable.place, label=reason))
        for name, variable in layer.items()
        if variable.place is not None
    }


def without(layer: Mapping[str, Variable], merged: Mapping[str, Variable]) -> dict[str, Variable]:
    """Return the variables of a layer that the merged environment does not set."""
    return {
        name: variable
        for name, variable in layer.items()
        if variable.value and (name not in merged or not merged[name].value)
    }


def layered(layers: Sequence[Mapping[str, Variable]]) -> dict[str, Variable]:
    """Merge the layers. For each name, the first layer with a non-empty value wins."""
    merged: dict[str, Variable] = {}
    for layer in layers:
        for name, variable in layer.items():
            if name not in merged or not merged[name].value:
                merged[name] = variable
    return merged
