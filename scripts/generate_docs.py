"""Write the generated pages, parts of pages and pictures of docs/. --check reports stale ones.

A generated part of a page is between the comments `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from pages.check_pages import check_pages
from pages.options import options
from pages.pictures import pictures, shown_text
from pages.reference import reference
from pages.version_tables import version_tables

from clawdoctor.formats import explanation_json, json

DOCS = Path(__file__).parent.parent / "docs"
PARTS: dict[str, Callable[[], str]] = {
    "report": lambda: reference(json.load_schema()),
    "explanation": lambda: reference(explanation_json.load_schema()),
    "options": lambda: options("run"),
    "versions": version_tables,
}
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(?=<!-- end -->)", re.DOTALL)


def wanted_files() -> dict[Path, str]:
    """Return the content of all files that are generated, in whole or in part."""
    pages = {DOCS / "checks" / name: text for name, text in check_pages().items()}
    drawn = {DOCS / "pictures" / name: text for name, text in pictures().items()}
    written = {path: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    filled = {path: with_parts(text) for path, text in written.items() if _PART.search(text)}
    return pages | drawn | filled


def with_parts(text: str) -> str:
    """Return a page with its generated parts as they should be."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n", text)


def stale(path: Path, text: str) -> bool:
    """Whether a file differs from what it should be."""
    if not path.is_file():
        return True
    present = path.read_text("utf-8")
    if path.suffix == ".svg":
        return shown_text(present) != shown_text(text)
    return present != text


def main() -> int:
    wanted = wanted_files()
    left_over = [path for path in DOCS.glob("checks/*") if path not in wanted]
    changed = [path for path, text in wanted.items() if stale(path, text)]
    if "--check" in sys.argv[1:]:
        names = sorted(str(path.relative_to(DOCS)) for path in (*changed, *left_over))
        if names:
            print(f"stale in docs: {', '.join(names)}; run scripts/generate-docs")
        return 1 if names else 0
    for path in left_over:
        path.unlink()
    for path in changed:
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
