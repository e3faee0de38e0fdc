"""A page's placeholders, filled with what a text names.

A page writes `<deployment>` where the value that its texts capture as `deployment` belongs; what
only the user knows it writes in other words, such as `<name of the deployment>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"<([a-z][a-z_ -]{0,40})>")
_PLAIN = re.compile(r"[A-Za-z0-9_][\w.:/@+,-]{0,79}", re.ASCII)
_AROUND = "[]'\"` "
_COMMAND = re.compile(r"^ {4,}(?:az|curl|openclaw) .*(?:\n {5,}.*)*", re.MULTILINE)


def bare(value: str) -> str:
    """A captured value without the quotes and brackets that a program puts around it."""
    return value.strip(_AROUND)


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with each `<name>` whose name is one of `values` replaced by that value.

    The result is copied into files and shells, and the value is whatever somebody pasted: one
    with more in it than a name or a number has is left out, and its placeholder stays.
    """

    def value(placeholder: re.Match[str]) -> str:
        name = re.sub(r"[ -]", "_", placeholder[1])
        named = bare(values.get(name, ""))
        return named if _PLAIN.fullmatch(named) else placeholder[0]

    return _PLACEHOLDER.sub(value, text)


def filled_commands(text: str, values: Mapping[str, str]) -> str:
    """As `filled`, in the commands of a page only.

    A command asks about what there is. What is to be written into a file is what is not there yet.
    """
    return _COMMAND.sub(lambda command: filled(command[0], values), text)
