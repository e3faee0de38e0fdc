"""`.env` files, in the syntax that Compose, Node's dotenv and Python's dotenv share.

systemd reads such files too, but without comments after a value, and ignores lines with `export`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.text import Span, Text

_LINE = regex(
    r"""^[ \t]*(export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*
        (?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\r\n]*))""",
    re.MULTILINE | re.VERBOSE,
)
_ESCAPE = regex(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment in a `.env` file. `span` covers the value without its quotes."""

    name: str
    value: str
    span: Span
    exported: bool = False


Dialect = Literal["dotenv", "systemd"]


def assignments(text: Text, dialect: Dialect = "dotenv") -> Iterator[Assignment]:
    """Yield the assignments in order. The last assignment of a name takes effect."""
    end = 0
    for match in _LINE.finditer(text.content):
        if match.start() < end:  # a line inside a quoted value of several lines
            continue
        end = match.end()
        export, name, double, single, bare = match.groups()
        if double is not None:
            value, group = _ESCAPE.sub(_unescape, double), 3
        elif single is not None:
            value, group = single, 4
        elif dialect == "systemd":
            value, group = bare.rstrip(), 5
        else:
            value, group = re.split(r"(?:^|[ \t])#", bare, maxsplit=1)[0].rstrip(), 5
        start = match.start(group)
        length = len(value) if group == 5 else match.end(group) - start
        span = text.span(start, start + length)
        yield Assignment(name, value, span, export is not None)


def _unescape(match: re.Match[str]) -> str:
    return _ESCAPED.get(match[1], match[1])
