"""Report what the pages of a folder would load from other servers."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_LOADED = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
"""The attribute with the address that a browser loads, by element. A link is not loaded."""
_NOT_LOADED = frozenset({"canonical", "next", "prev"})
_ADDRESS = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        address = values.get(_LOADED.get(tag, "")) or ""
        if _ADDRESS.match(address) and values.get("rel") not in _NOT_LOADED:
            self.addresses.append(address)


def loaded_from_elsewhere(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each address on another server that a page or a style loads."""
    for path in sorted(folder.rglob("*.html")):
        page = _Page()
        page.feed(path.read_text("utf-8"))
        yield from ((path, address) for address in page.addresses)
    for path in sorted([*folder.rglob("*.css"), *folder.rglob("*.svg"), *folder.rglob("*.html")]):
        yield from ((path, address) for address in _IN_STYLE.findall(path.read_text("utf-8")))


def main() -> int:
    found = list(loaded_from_elsewhere(Path(sys.argv[1])))
    for path, address in found:
        print(f"{path} loads {address}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
