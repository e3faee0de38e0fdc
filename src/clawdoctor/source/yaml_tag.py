"""YAML tags: explicit, implied and unknown ones."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from clawdoctor.source.text import Text
from clawdoctor.source.yaml_extent import tag_extent
from clawdoctor.source.yaml_fault import RefusedError, refuse

PREFIX = "tag:yaml.org,2002:"
STRING = PREFIX + "str"
MERGE = PREFIX + "merge"
VALUE = PREFIX + "value"
MAPPING = PREFIX + "map"
SEQUENCE = PREFIX + "seq"
SET = PREFIX + "set"
PAIRS = frozenset({PREFIX + "omap", PREFIX + "pairs"})

KNOWN_TAGS = frozenset(tag for tag in SafeConstructor.yaml_constructors if tag) | {MERGE, VALUE}

# Tags of other programs, whose names can be shown. Any other tag may be a password that starts with
# an exclamation mark.
_FOREIGN_TAGS = frozenset(
    {"!ENV", "!GetAtt", "!Ref", "!Sub", "!env", "!include", "!join", "!override"}
    | {"!reference", "!reset", "!secret", "!vault"}
)

_resolver: Any = Resolver()


def scalar_tag(event: yaml.ScalarEvent, *, ignore_unknown: bool = False) -> str:
    """Return the full tag of a scalar, explicit or implied by its form."""
    tag = event.tag
    # The style of a plain scalar is None in PyYAML and "" in libyaml.
    plain = not event.style
    if tag is None or tag == "!" or (ignore_unknown and tag not in KNOWN_TAGS):
        if plain or tag == "!":
            return str(_resolver.resolve(yaml.ScalarNode, event.value, (True, False)))
        return STRING
    return tag


def collection_tag(
    text: Text, event: Any, default: str, others: Set[str], *, ignore_unknown: bool
) -> str:
    """Return the full tag of a list or mapping: `default`, or one of `others`.

    Raises RefusedError for any other tag, unless it is unknown and `ignore_unknown` is set.
    """
    tag: str | None = event.tag
    if tag is None or tag == "!" or tag == default:
        return default
    if tag in others:
        return tag
    if tag not in KNOWN_TAGS:
        if ignore_unknown:
            return default
        raise unknown_tag(text, event)
    start, end = tag_extent(text.content, event.start_mark.index, event.end_mark.index)
    raise refuse(text, "this tag does not go with this kind of value", start, end)


def unknown_tag(text: Text, event: Any) -> RefusedError:
    """Return the error to raise for a value with a tag that SafeLoader does not know."""
    start, end = tag_extent(text.content, event.start_mark.index, event.end_mark.index)
    written = text.content[start:end]
    if written.startswith("!!python/"):
        return refuse(text, "the tag !!python/... is not known", start, end)
    if written in _FOREIGN_TAGS:
        return refuse(text, f"the tag {written} is not known", start, end)
    return refuse(
        text, "this tag is not known; a value that starts with '!' needs quotes", start, end
    )
