"""Fill the placeholders of a page with the values that a text names.

`<deployment>` in a page is the place of the value that its texts capture as `deployment`. A value
that only the user knows has another placeholder, such as `<name of the deployment>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"<([a-z][a-z_ -]{0,40})>")
_PLAIN = re.compile(r"[A-Za-z0-9_](?:[\w.:/@+,-]|\[\d{1,4}\]){0,79}", re.ASCII)
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
_INDEXED = re.compile(r"[^\[\]]+(?:\[\d{1,4}\][^\[\]]*)+")
_COMMAND = re.compile(r"^ {4,}(?:az|curl|openclaw) .*(?:\n {5,}.*)*", re.MULTILINE)


def bare(value: str) -> str:
    """A captured value without quotes and brackets around it, such as `tools[0].name`."""
    unquoted = value.strip(_QUOTES)
    return unquoted if _INDEXED.fullmatch(unquoted) else value.strip(_AROUND)


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with each `<name>` replaced by the value of this name.

    Users copy the result into files and shells, but the values come from a pasted text. A value
    that has other characters than a name or a number is not used: its placeholder stays.
    """

    def value(placeholder: re.Match[str]) -> str:
        name = re.sub(r"[ -]", "_", placeholder[1])
        named = bare(values.get(name, ""))
        return named if _PLAIN.fullmatch(named) else placeholder[0]

    return _PLACEHOLDER.sub(value, text)


def with_blanks(text: str) -> str:
    """`text` with the placeholders that no value filled as blanks that tell what belongs there."""
    return _PLACEHOLDER.sub(lambda place: f"<{_BLANKS.get(place[1], place[1])}>", text)


def filled_commands(text: str, values: Mapping[str, str]) -> str:
    """`text` with the placeholders filled in its commands only.

    A command asks about what exists. A snippet is what the user's file does not contain yet.
    """
    return _COMMAND.sub(lambda command: filled(command[0], values), text)
