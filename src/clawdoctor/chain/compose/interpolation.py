"""Interpolation of `${NAME}` the way Compose does it in its own file, not in LiteLLM's."""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.deferred import regex

COMMAND_OUTPUT = "__OUTPUT_OF_A_COMMAND__"
"""The name of a variable for text that is unknown without running a command."""

_START = regex(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)"
    r"|\{(?P<braced>[A-Za-z_]\w*)(?:(?P<end>\})|(?P<operator>:?[-?+])))"
)
_BRACE = regex(r"\$\{|\}")
_DEEPEST = 10
_LONGEST = 1 << 17
"""The maximum length of the values in a text: no program accepts a longer variable."""


def interpolate(text: str, variables: Mapping[str, str]) -> tuple[str, bool]:
    """Return the string after interpolation, and whether it depends on an unset variable."""
    return _filled(text, variables, 0)


def references(text: str) -> tuple[str, ...]:
    """Return the variables that a text refers to. `$$` is only an escaped dollar sign."""
    names = (match["bare"] or match["braced"] for match in _START.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _filled(text: str, variables: Mapping[str, str], depth: int) -> tuple[str, bool]:
    parts: list[str] = []
    missing, at, length = False, 0, 0
    for match in _START.finditer(text):
        if match.start() < at:  # inside the operand of the previous reference
            continue
        end = match.end() if match["operator"] is None else _closing(text, match.end())
        if end is None:  # never closed: Compose rejects it, clawdoctor continues
            continue
        parts.append(text[at : match.start()])
        at = end
        if match["escaped"]:
            parts.append("$")
            continue
        value, lacks = _value(match, text[match.end() : end - 1], variables, depth)
        parts.append(value)
        missing = missing or lacks
        length += len(value)
        if length > _LONGEST:  # each variable can double the previous one
            return "", True
    return "".join([*parts, text[at:]]), missing


def _value(
    match: re.Match[str], operand: str, variables: Mapping[str, str], depth: int
) -> tuple[str, bool]:
    value = variables.get(match["bare"] or match["braced"])
    operator = match["operator"] or ""
    unset = value is None or (value == "" and operator.startswith(":"))
    instead = ("", True)
    if operator.endswith(("-", "+")) and depth < _DEEPEST:
        instead = _filled(operand, variables, depth + 1)
    if operator.endswith("+"):
        return ("", False) if unset else instead
    return instead if unset else (value or "", False)


def _closing(text: str, start: int) -> int | None:
    """Return the end of a braced reference whose operand starts at `start`."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace.group() != "}" else -1
        if depth == 0:
            return brace.end()
    return None
