"""Lines with the wrong indentation that only one shift can mend, and others."""

from __future__ import annotations

import pytest

from clawdoctor.source.node import Node, SyntaxFault
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml
from clawdoctor.source.yaml_indent import reindented


def is_flat(root: Node) -> bool:
    """Return whether each key at the top has a list or a mapping of scalars below it."""
    parts = [node for _, node in root.children()]
    items = [node for part in parts for _, node in part.children()]
    return all(part.kind in ("mapping", "sequence") for part in parts) and all(
        item.kind in ("mapping", "number") for item in items
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("a:\n  b: 1\n   c: 2 # d\n", "a:\n  b: 1\n  c: 2 # d\n", id="too-far"),
        pytest.param(
            "a:\n  - b: 1\n  c: 2\n    d: 3\n",
            "a:\n  - b: 1\n    c: 2\n    d: 3\n",
            id="too-little",
        ),
        pytest.param(
            "a:\r\n  - b: 1\r\n    c: 2\r\n - b: 3\r\n   # e\r\n   c: 4\r\n",
            "a:\r\n  - b: 1\r\n    c: 2\r\n  - b: 3\r\n    # e\r\n    c: 4\r\n",
            id="item",
        ),
        pytest.param("a:\n  b: 1\n c:\n  - d: {}\n", "a:\n  b: 1\nc:\n  - d: {}\n", id="section"),
        pytest.param("a:\n  b: 1\n   c:\n    d: 2\n", None, id="below-a-or-beside-it"),
        pytest.param("a:\n  b: 1\n  c: [2\n  d: 3\n", None, id="no-indentation"),
    ],
)
def test_shifts(before: str, after: str | None) -> None:
    text = Text("/litellm_config.yaml", before)
    source = parse_yaml(text)
    assert isinstance(source, SyntaxFault), source
    content = before
    edits = reindented(text, source, is_flat)
    for edit in reversed(edits):
        start, end = text.offset(edit.span.start), text.offset(edit.span.end)
        content = content[:start] + edit.text + content[end:]
    assert (content if edits else None) == after
