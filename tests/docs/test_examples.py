"""The examples of the documents work, and print what the documents show.

`UPDATE_SNAPSHOTS=1` writes the output of `console` blocks into the documents.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import json5
import pytest
import yaml
from docs_chain import PROGRAMS, Place
from documents import DOCUMENTS, ROOT, Block, blocks, read

REST = "...\n"
"""The last line of an output that a document does not show in full."""
READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "json5": json5.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
SHELL = ("sh", "console")
OTHER = ("python", "text", "typescript", "diff")
COMMAND = re.compile(
    rf"^(?:[$] |(?:clawdoctor|{'|'.join(PROGRAMS)}|\./\S+|scripts/\S+) )", re.MULTILINE
)


LANGUAGES = {name: {block.language for block in blocks(name)} for name in DOCUMENTS}


def with_(*languages: str) -> list[str]:
    """Return the documents that have a block in one of these languages."""
    return [name for name in DOCUMENTS if LANGUAGES[name].intersection(languages)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_block_says_what_it_is(document: str) -> None:
    for block in blocks(document):
        assert block.language in (*SHELL, *READERS, *OTHER), block.place
        if block.language == "text":
            assert not COMMAND.search(block.text), f"{block.place}: a command that no test runs"


@pytest.mark.parametrize("document", with_(*READERS))
def test_a_config_is_readable(document: str) -> None:
    for block in blocks(document):
        if block.language in READERS:
            assert READERS[block.language](block.text) is not None, block.place


@pytest.mark.quick(8)
@pytest.mark.parametrize("document", with_(*SHELL))
def test_the_commands_work(document: str, tmp_path: Path) -> None:
    """Run the blocks of a document one after the other in one folder."""
    place = Place(tmp_path)
    lines = read(document).splitlines(keepends=True)
    run = [(block, output_of(block, place)) for block in blocks(document)]
    for block, output in reversed(run):
        if block.language == "console":
            lines[block.start : block.end] = [output]
    expect(document, "".join(lines))


@pytest.mark.parametrize("document", with_("python"))
def test_the_python_works(
    document: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Run the Python blocks of a document one after the other in one namespace."""
    place = Place(tmp_path)
    monkeypatch.chdir(place.project)
    for name, value in place.environ.items():
        monkeypatch.setenv(name, value)
    namespace: dict[str, object] = {"__name__": "__main__"}
    outputs = []
    for block in blocks(document):
        if block.language == "python":
            exec(compile(block.text, block.place, "exec"), namespace)
            outputs.append((block, capsys.readouterr().out))
    expect_outputs(document, outputs)


def expect_outputs(document: str, outputs: list[tuple[Block, str]]) -> None:
    """Compare the output of each block with the text block after it."""
    lines = read(document).splitlines(keepends=True)
    for block, output in reversed(outputs):
        if output:
            shown = next(after for after in blocks(document) if after.start > block.start)
            assert shown.language == "text", f"{block.place}: no text block shows the output"
            lines[shown.start : shown.end] = [output]
    expect(document, "".join(lines))


def expect(document: str, text: str) -> None:
    """Compare a document with what it should be, or update it."""
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        (ROOT / document).write_text(text, "utf-8")
    assert read(document) == text, "see UPDATE_SNAPSHOTS"


def output_of(block: Block, place: Place) -> str:
    """Run the commands of a block, and return its text with what they print now."""
    if block.language == "sh":
        for command in block.text.replace("\\\n", "").splitlines():
            place.run(command)
    if block.language != "console":
        return block.text
    return "".join(
        f"$ {command}\n{shown(place.run(command).stdout, output)}"
        for command, output in sessions(block.text)
    )


def sessions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with the output that follows it."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    yield from zip(parts[1::2], parts[2::2], strict=True)


def shown(output: str, before: str) -> str:
    """Return an output, or only its start if the document shows only that."""
    if not before.endswith(REST):
        return output
    count = before.count("\n") - 1
    return "".join([*output.splitlines(keepends=True)[:count], REST])
