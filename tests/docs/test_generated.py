"""Generated pages and pictures are up to date, and the site needs no other server."""

from __future__ import annotations

from pathlib import Path

import pytest
from generate_docs import DOCS, stale, wanted_files, with_parts
from generate_index import wanted_texts
from loaded_from_elsewhere import loaded_from_elsewhere

from clawdoctor.formats import explanation_json, json


def test_generated_files_are_up_to_date() -> None:
    names = [str(p.relative_to(DOCS)) for p, text in wanted_files().items() if stale(p, text)]
    assert not names, "run scripts/generate-docs"


def test_the_index_of_the_checks_is_up_to_date() -> None:
    names = [str(p) for p, text in wanted_texts().items() if p.read_text("utf-8") != text]
    assert not names, "run scripts/generate-docs"


def test_a_changed_part_is_stale() -> None:
    page = (DOCS / "json.md").read_text("utf-8")
    assert with_parts(page.replace("| `ok` |", "| `fine` |")) == page


def test_a_changed_picture_is_stale() -> None:
    picture = DOCS / "pictures" / "broken.svg"
    text = picture.read_text("utf-8")
    assert not stale(picture, text)
    assert stale(picture, text.replace("OC104", "OC105"))


def test_every_key_of_the_documents_is_described() -> None:
    for schema in (json.load_schema(), explanation_json.load_schema()):
        objects = [schema, *schema["$defs"].values()]
        keys = [pair for item in objects for pair in item.get("properties", {}).items()]
        for key, value in keys:
            assert value.get("description") or "$ref" in value or "const" in value, key


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ('<img src="https://a.example/x.png">', "https://a.example/x.png"),
        ('<link rel="preconnect" href="//a.example">', "//a.example"),
        ('<style>@import "https://a.example/x.css"</style>', "https://a.example/x.css"),
        ("<style>b{background:url(https://a.example/x.png)}</style>", "https://a.example/x.png"),
        ('<a href="https://a.example">a link</a><script src="x.js"></script>', None),
    ],
)
def test_what_a_page_loads_from_elsewhere(page: str, address: str | None, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page, "utf-8")
    found = [address for _, address in loaded_from_elsewhere(tmp_path)]
    assert found == ([address] if address else [])
