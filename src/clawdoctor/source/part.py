"""A part of a file as a text with the lines and columns of the whole file."""

from __future__ import annotations

from clawdoctor.deferred import regex
from clawdoctor.source.text import Text

_NO_LINE_END = regex(r"[^\r\n]+")
_LITERAL = regex(r"\|[-+0-9]*(?:[ \t]+#[^\r\n]*)?[ \t]*(?:\r\n|\n|\r)")
_LINE_END = regex(r"\r\n|\n|\r|")
_FIRST_MARKER = regex(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*[ \t]*---(?=[ \t]*[\r\n])")


def part(text: Text, start: int, end: int) -> Text:
    """Return the text between two offsets, with blanks in place of everything before it.

    Every place in the part keeps its line and column in the file.
    """
    before = _NO_LINE_END.sub(lambda match: " " * len(match[0]), text.content[:start])
    return Text(text.path, before + text.content[start:end], text.bom)


def block_scalar(text: Text, start: int, end: int) -> Text | None:
    """Return the lines of a literal block scalar (`|`) whose value has these offsets, or None.

    A YAML or JSON5 parser reads the same values from the indented lines as from the scalar. Blanks
    replace a document marker (`---`) on the first line, because it is one only at column 1.
    """
    header = _LITERAL.match(text.content, start, end)
    if header is None:
        return None
    line_end = _LINE_END.match(text.content, end)
    lines = part(text, header.end(), line_end.end() if line_end else end)
    marker = _FIRST_MARKER.match(lines.content, header.end())
    if marker is None:
        return lines
    content = lines.content
    return Text(text.path, content[: marker.end() - 3] + "   " + content[marker.end() :], text.bom)
