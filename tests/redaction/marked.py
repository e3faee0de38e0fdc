"""Build the regions of a text, and cut excerpts from it, as a run does."""

from __future__ import annotations

from clawdoctor.redaction.excerpt import excerpt
from clawdoctor.redaction.hide import Redactor, redactor
from clawdoctor.redaction.regions import Regions, mark
from clawdoctor.redaction.unparsed import credentials_in_unparsed
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.node import Source
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

BROKEN = "/x/broken"
"""The path of a file whose structure is not used, as if it did not parse."""


def marked(content: str, path: str = "/x/config.yaml") -> tuple[Regions, Redactor]:
    """The regions of a file and the redactor for its credentials."""
    text = Text(path, content)
    source = parse_json5(text) if path.endswith(".json") else parse_yaml(text)
    if path == BROKEN or not isinstance(source, Source):
        return Regions(text, None), redactor(credentials_in_unparsed(content))
    found = mark(source.root, [text])
    return found.regions[0], redactor(found.credentials, found.phrases)


def shown(
    content: str, needle: str, caret: str = "", path: str = "/x/config.yaml"
) -> tuple[str, str]:
    """The excerpt of the line with `needle`, and the text under its caret."""
    regions, hide = marked(content, path)
    start = content.index(needle)
    if caret:
        start = content.index(caret, start)
    got = excerpt(regions, regions.text.span(start, start + len(caret or needle)), hide)
    assert got is not None
    return got.text, got.text[got.start - 1 : got.end - 1]


def lines(content: str, path: str = "/x/config.yaml") -> str:
    """The excerpts of all lines of a file, each with its caret at the first character."""
    regions, hide = marked(content, path)
    found = []
    for number in range(1, regions.text.line_count + 1):
        offset = content.index(regions.text.line(number)) if regions.text.line(number) else 0
        span = regions.text.span(offset, offset)
        line = excerpt(
            regions,
            type(span)(path, type(span.start)(number, 1), type(span.start)(number, 2)),
            hide,
        )
        assert line is not None
        found.append(line.text)
    return "\n".join(found)
