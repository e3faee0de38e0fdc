"""The documents that people read, and the code blocks in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "examples").rglob("*.md"))),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block. `start` and `end` are the lines of its content, from 0 and exclusive."""

    document: str
    language: str
    text: str
    start: int
    end: int

    @property
    def place(self) -> str:
        return f"{self.document}:{self.start + 1}"


def read(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def blocks(document: str) -> Iterator[Block]:
    """Yield the code blocks of a document. An indented one has no language."""
    for token in MarkdownIt().enable("table").parse(read(document)):
        if token.type in ("fence", "code_block"):
            assert token.map is not None
            start, end = token.map
            fenced = token.type == "fence"
            yield Block(document, token.info.strip(), token.content, start + fenced, end - fenced)
