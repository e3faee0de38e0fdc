"""A YAML parser that gives nodes their spans and reads like PyYAML's SafeLoader, as LiteLLM does.

libyaml is several times as fast as PyYAML's own parser but differs from it in a few cases. In those
cases, and before a syntax error is reported, PyYAML's own parser decides.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import yaml
from yaml.reader import Reader

from clawdoctor.deferred import regex
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.text import START, Span, Text
from clawdoctor.source.yaml_build import Reading, read_value
from clawdoctor.source.yaml_fault import RefusedError, refuse, syntax_fault

# A string: without libyaml there is no CSafeLoader.
_Loader: TypeAlias = "type[yaml.SafeLoader] | type[yaml.CSafeLoader]"

FAST: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader with libyaml, if it is installed."""

_EXACT_LIMIT = 128 * 1024
"""The largest text, in characters, for PyYAML's own parser (some 300 KB per second)."""

# Tabs between tokens, a byte order mark after the start of the text, and "|#".
_READ_DIFFERENTLY = regex(r"[\t\ufeff]|[|>][-+0-9]{0,2}#")


def parse_yaml(text: Text, *, tags: Literal["refuse", "ignore"] = "refuse") -> Source | SyntaxFault:
    """Parse the single document of a YAML text, or return why SafeLoader rejects it.

    A text without a document is null. With `tags="ignore"`, unknown tags have no effect, for files
    of programs that define them, such as `!reset` in a Compose file.
    """
    forbidden = Reader.NON_PRINTABLE.search(text.content)
    if forbidden:
        character = f"U+{ord(forbidden.group()):04X}"
        message = f"the character {character} is not allowed in YAML"
        return SyntaxFault(message, text.span(*forbidden.span()))
    if len(text.content) > _EXACT_LIMIT:
        return _parse(text, FAST, tags)[0]
    if FAST is not yaml.SafeLoader and not _READ_DIFFERENTLY.search(text.content):
        result, certain = _parse(text, FAST, tags)
        if certain:
            return result
    return _parse(text, yaml.SafeLoader, tags)[0]


def _parse(text: Text, loader_class: _Loader, tags: str) -> tuple[Source | SyntaxFault, bool]:
    """Parse a text with one of the two parsers. Also return whether the other is sure to agree."""
    loader = loader_class(text.content)
    reading = Reading(text, loader.get_event, ignore_unknown_tags=tags == "ignore")
    try:
        root = _document(reading)
    except RefusedError as refused:
        return refused.fault, not reading.differs
    except yaml.YAMLError as error:
        return syntax_fault(text, error, reading.last), False
    except (ValueError, OverflowError):
        # PyYAML converts the digits of escapes and directives to numbers without checking them.
        at = loader.get_mark().index if isinstance(loader, yaml.SafeLoader) else 0
        message = "an escape sequence or version here is out of range"
        return SyntaxFault(message, text.span(at, at)), False
    return Source(text.path, root), not reading.differs


def _document(reading: Reading) -> Node:
    reading.next_event()  # the start of the stream
    start = reading.next_event()
    if isinstance(start, yaml.StreamEndEvent):
        return Node("null", Span(reading.text.path, START, START))
    root = read_value(reading, start.end_mark.index if start.explicit else 0)
    reading.next_event()  # the end of the document
    second = reading.next_event()
    if isinstance(second, yaml.DocumentStartEvent):
        end = second.end_mark.index if second.end_mark else 0
        message = "a second document starts here; only one is allowed in this file"
        raise refuse(reading.text, message, end - 3 if second.explicit else end, end)
    return root
