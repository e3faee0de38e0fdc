"""Configs inside other YAML files: Kubernetes manifests, Helm values, inline Compose configs.

A ConfigMap, a Secret with `stringData`, or a value of a Helm chart holds a whole config as a block
of text (`|`). LiteLLM's own Helm chart holds it as plain YAML under `proxy_config`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from clawdoctor.deferred import regex
from clawdoctor.source.node import Node, Source, SyntaxFault
from clawdoctor.source.part import block_scalar, part
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

Reader = Callable[[Text], "Embedded | None"]
"""Read the text of a block as a config, or return None if it is something else."""
Embedded = tuple[Text, Source | SyntaxFault]

_DOCUMENT = regex(r"^---(?=\s|$)[^\r\n]*", re.MULTILINE)
_CHART_KEY = "proxy_config"
_MOST_DOCUMENTS, _MOST_BLOCKS, _DEEPEST = 40, 40, 3


def documents(text: Text, mention: re.Pattern[str]) -> Iterator[Embedded]:
    """Yield each YAML document of a text that contains `mention`, with its part of the text."""
    markers = list(_DOCUMENT.finditer(text.content))
    starts = [0, *(marker.end() for marker in markers)]
    ends = [*(marker.start() for marker in markers), len(text.content)]
    found = 0
    for start, end in zip(starts, ends, strict=True):
        if found == _MOST_DOCUMENTS or not mention.search(text.content, start, end):
            continue
        found += 1
        piece = part(text, start, end)
        yield piece, parse_yaml(piece, tags="ignore")


def embedded_config(
    text: Text, mention: re.Pattern[str], read: Reader, depth: int = 0
) -> Embedded | None:
    """Return the first config in the blocks of a YAML text, else the first faulty one."""
    broken: Embedded | None = None
    for piece, source in documents(text, mention):
        if isinstance(source, SyntaxFault):
            continue
        for found in _configs(piece, source.root, mention, read, depth):
            if isinstance(found[1], Source):
                return found
            broken = broken or found
    return broken


def _configs(
    text: Text, root: Node, mention: re.Pattern[str], read: Reader, depth: int
) -> Iterator[Embedded]:
    for number, block in enumerate(_blocks(text, root)):
        if number == _MOST_BLOCKS:
            return
        if not mention.search(block.content):
            continue
        found = read(block)
        if found is None and depth < _DEEPEST:
            found = embedded_config(block, mention, read, depth + 1)
        if found is not None:
            yield found


def chart_config(text: Text, mention: re.Pattern[str]) -> Embedded | None:
    """Return the config that Helm values hold as YAML: `proxy_config` with a `model_list`."""
    for piece, source in documents(text, mention):
        if isinstance(source, SyntaxFault):
            continue
        for node in _mappings(source.root):
            config = node.get(_CHART_KEY)
            if config is not None and config.get("model_list") is not None:
                start, end = text.offset(config.span.start), text.offset(config.span.end)
                return part(piece, start, end), Source(text.path, config)
    return None


def _mappings(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.alias is not None:
            continue
        if node.kind == "mapping":
            yield node
        pending += reversed([child for _, child in node.children()])


def _blocks(text: Text, root: Node) -> Iterator[Text]:
    """Yield the lines of each literal block, in the order of the file."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.alias is not None:
            continue
        if node.kind == "string":
            start, end = text.offset(node.span.start), text.offset(node.span.end)
            if text.content.startswith("|", start):
                block = block_scalar(text, start, end)
                if block is not None:
                    yield block
        pending += reversed([child for _, child in node.children()])
