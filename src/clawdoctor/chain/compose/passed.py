"""The variables of a service: from `env_file`, overridden by `environment`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from clawdoctor.chain.compose.interpolation import COMMAND_OUTPUT, interpolate, references
from clawdoctor.chain.dotenv import assignments
from clawdoctor.chain.variable_name import names_address
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.source.node import Node, join_pointer
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.secret import Secret
from clawdoctor.source.text import Text

_NAME_ALONE = regex(r"^[ \t]*([A-Za-z_]\w*)[ \t]*$", re.MULTILINE)
_RAW = regex(r"^[ \t]*([A-Za-z_][\w.-]*)=([^\r\n]*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Passed:
    """A variable of a service. `value` is None if the shell should set it but does not.

    `from_shell` marks a value that depends on the shell that runs Compose. `uses` names the
    variables that the value refers to, and the first variable that it contains through others and
    that is not for an address.
    """

    name: str
    value: Secret | None
    place: Place
    from_shell: bool = False
    uses: tuple[str, ...] = ()


def read_environment(
    node: Node, pointer: str, shell: Mapping[str, str]
) -> tuple[dict[str, Passed], bool]:
    """Return the variables of a service, and whether they are complete.

    They are incomplete if a file that sets some is unreadable, or if a command sets a value.
    """
    passed: dict[str, Passed] = {}
    complete = True
    for item, written, required, raw in _env_files(node):
        target = Path(item.span.path).parent / interpolate(written, shell)[0]
        text = read_text(target)
        if isinstance(text, Unreadable):
            complete = complete and not required and text.reason == "missing"
            continue
        found_there = _from_raw_file(text, shell) if raw else _from_file(text, shell, passed)
        for variable in found_there:
            passed[variable.name] = variable
    for name, value, place in _written(node, f"{pointer}/environment"):
        if value is None:
            passed[name] = Passed(name, _secret(shell.get(name)), place, from_shell=True)
            continue
        result, missing = interpolate(value, shell)
        names = references(value)
        if COMMAND_OUTPUT in names:
            complete = False
        else:
            found = None if missing else Secret(result)
            passed[name] = Passed(name, found, place, bool(names), names)
    return passed, complete


def _env_files(node: Node) -> Iterator[tuple[Node, str, bool, bool]]:
    """Yield each file with its path, whether it is required, and whether it is read raw."""
    files = node.get("env_file")
    if files is None:
        return
    for item in (files,) if files.kind != "sequence" else files.items:
        name = item.text("path") if item.kind == "mapping" else item.value
        required = item.get("required")
        if isinstance(name, str):
            raw = item.kind == "mapping" and item.text("format") == "raw"
            yield item, name, required is None or required.value is not False, raw


def _from_file(
    text: Text, shell: Mapping[str, str], before: Mapping[str, Passed]
) -> Iterator[Passed]:
    """Yield the variables of an env_file. A bare name takes its value from the shell."""
    path = text.path
    known = {
        name: variable.value.reveal()
        for name, variable in before.items()
        if variable.value is not None
    }
    strange = {
        name: found for name, variable in before.items() if (found := _strange(variable.uses))
    }
    for match in _NAME_ALONE.finditer(text.content):
        place = Place(path, "", text.span(match.start(1), match.end(1)))
        yield Passed(match[1], _secret(shell.get(match[1])), place, from_shell=True)
    for assignment in assignments(text):
        start = text.offset(assignment.span.start)
        value, missing = assignment.value, False
        names: tuple[str, ...] = ()
        if text.content[start - 1 : start] != "'":
            value, missing = interpolate(assignment.value, {**known, **shell})
            names = references(assignment.value)
        known[assignment.name] = value
        through = next((strange[name] for name in names if name in strange), None)
        uses = names if through is None else (*names, through)
        strange.pop(assignment.name, None)
        if (other := _strange(uses)) is not None:
            strange[assignment.name] = other
        place, depends = Place(path, "", assignment.span), value != assignment.value
        secret = None if missing else Secret(value)
        yield Passed(assignment.name, secret, place, depends, uses)


def _from_raw_file(text: Text, shell: Mapping[str, str]) -> Iterator[Passed]:
    """Yield the variables of a file that Docker reads raw, without quotes and references."""
    for match in _NAME_ALONE.finditer(text.content):
        place = Place(text.path, "", text.span(match.start(1), match.end(1)))
        yield Passed(match[1], _secret(shell.get(match[1])), place, from_shell=True)
    for match in _RAW.finditer(text.content):
        place = Place(text.path, "", text.span(match.start(2), match.end(2)))
        yield Passed(match[1], Secret(match[2]), place)


def _strange(names: tuple[str, ...]) -> str | None:
    """Return the first name that is not for an address of the chain."""
    return next((name for name in names if not names_address(name)), None)


def _written(node: Node, pointer: str) -> Iterator[tuple[str, str | None, Place]]:
    environment = node.get("environment")
    if environment is None:
        return
    for entry in {entry.name: entry for entry in environment.entries}.values():
        value = entry.value
        if value.kind in ("mapping", "sequence"):
            continue
        # A name without a value has its own place.
        span = entry.key.span if value.kind == "null" else value.span
        place = Place(span.path, join_pointer(pointer, entry.name), span)
        yield entry.name, None if value.value is None else _scalar(value.value), place
    for index, item in enumerate(environment.items):
        if not isinstance(item.value, str):
            continue
        name, equals, text = item.value.partition("=")
        place = Place(item.span.path, join_pointer(pointer, index), item.span)
        yield name, text if equals else None, place


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value)


def _scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
