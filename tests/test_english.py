"""What people read says things plainly. The patterns are phrases that pages used to have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXTS = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/**/*.md",
    "fixtures/*/*/*/expected.txt",
    "tests/snapshots/**/*.txt",
)
AWKWARD = {
    "stands in (a file)": r"\bstands in\b(?! front)",
    "stands behind": r"\bstands behind\b",
    "is none that": r"\bnone that\b",
    "exits at it": r"\bexits at it\b",
    "has not the shape": r"\bhas not the\b",
    "is not expanded here": r"\bexpanded here\b",
    "answers so too": r"\banswers so too\b",
    "is no URL": r"\bis no URL\b",
    "could be completed": r"\bno turn could be completed\b",
    "asks nobody": r"\basks nobody\b",
    "before you say a word": r"\bsay a word\b",
    "belongs into": r"\bbelongs? into\b",
    "adds its path behind": r"\badds? (?:its path|/\S+) behind\b",
    "came with 2026.3.2": r"\bcame with 20\d\d",
    "are sure to take": r"\bsure to take\b",
    "asks the host for no": r"\basks \S+ for no\b",
    "then ask OpenClaw": r"\bask OpenClaw:",
}


def _texts() -> Iterator[tuple[Path, str]]:
    for pattern in TEXTS:
        for file in sorted(ROOT.glob(pattern)):
            yield file.relative_to(ROOT), " ".join(file.read_text("utf-8", "replace").split())


@pytest.mark.parametrize("name", AWKWARD)
def test_no_text_has_the_phrase(name: str) -> None:
    pattern = re.compile(AWKWARD[name])
    found = [f"{file}: {text[max(0, m.start() - 40) : m.end() + 20]}" for file, text in _texts()
             if (m := pattern.search(text))]  # fmt: skip
    assert not found, "\n".join(found)
