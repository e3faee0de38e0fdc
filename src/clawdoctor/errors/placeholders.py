"""Fill the placeholders of a page with the values that a text names.

`<deployment>` in a page stands for the value that the check's texts capture as `deployment`. A
value that only the user knows has a different placeholder, such as `<name of the deployment>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from clawdoctor.deferred import regex

_PLACEHOLDER = regex(r"<([a-z][a-z_ -]{0,40})>")
_PLAIN = regex(r"[A-Za-z0-9_](?:[\w.:/@+,-]|\[\d{1,4}\]){0,79}", re.ASCII)
_BLANKS = {
    "deployment": "name of the deployment",
    "provider": "id of the provider",
    "model": "id of the model",
    "model_name": "model_name of the group",
    "variable": "name of the variable",
    "parameter": "name of the parameter",
    "tool": "name of the tool",
    "agent": "id of the agent",
}
_QUOTES, _AROUND = "'\"` ", "[]'\"` "
_INDEXED = regex(r"[^\[\]]+(?:\[\d{1,4}\][^\[\]]*)+")
_COMMAND = regex(r"^ {4,}(?:az|curl|openclaw) .*(?:\n {5,}.*)*", re.MULTILINE)


def bare(value: str) -> str:
    """Return a captured value without surrounding quotes and brackets, such as `tools[0].name`."""
    unquoted = value.strip(_QUOTES)
    return unquoted if _INDEXED.fullmatch(unquoted) else value.strip(_AROUND)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each `<name>` replaced with the value of this name.

    Users copy the result into files and shells, but the values come from a pasted text. A value
    with characters that names and numbers do not have is not used: its placeholder stays.
    """

    def value(placeholder: re.Match[str]) -> str:
        name = re.sub(r"[ -]", "_", placeholder[1])
        named = bare(values.get(name, ""))
        return named if _PLAIN.fullmatch(named) else placeholder[0]

    return _PLACEHOLDER.sub(value, text)


def with_blanks(text: str) -> str:
    """Return `text` with each unfilled placeholder replaced with a description of its value."""
    return _PLACEHOLDER.sub(lambda place: f"<{_BLANKS.get(place[1], place[1])}>", text)


def filled_commands(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with the placeholders filled in its commands only.

    A command is about what exists. A snippet is what the user's file does not contain yet.
    """
    return _COMMAND.sub(lambda command: filled(command[0], values), text)
