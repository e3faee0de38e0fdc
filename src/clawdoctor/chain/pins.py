"""Releases known to be malicious that files beside the configs install.

The files are requirements, lock files, Dockerfiles and Compose files in the folders of the configs
and in the current folder. No other folder is searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm_file import LiteLLMPath
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import Place
from clawdoctor.knowledge import table
from clawdoctor.run.situation import Situation
from clawdoctor.source.look import look
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text

_FILE = regex(
    r"(?:requirements|constraints)[\w.-]*\.(?:txt|in)|pyproject\.toml|(?:uv|poetry|pdm)\.lock"
    r"|Pipfile(?:\.lock)?|environment\.ya?ml|(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)(?:\.[\w-]+)?"
    r"|(?:docker-)?compose[\w.-]*\.ya?ml|package(?:-lock)?\.json|npm-shrinkwrap\.json"
    r"|pnpm-lock\.yaml|yarn\.lock|bun\.lock|[\w-]+\.sh|\.?devcontainer\.json",
    re.IGNORECASE,
)
_MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class Pin:
    """A malicious release that a file installs."""

    package: str
    version: str
    place: Place


@dataclass(frozen=True, slots=True)
class Pins:
    """The malicious releases that files beside the configs install."""

    found: tuple[Pin, ...] = ()


def load_pins(situation: Situation, litellm: LiteLLMPath | None, compose: Compose | None) -> Pins:
    """Search the files that pin the releases to install."""
    paths = [litellm.path] if litellm is not None else []
    paths += [text.path for text in compose.texts] if compose is not None else []
    folders = dict.fromkeys([situation.cwd, *(str(Path(path).parent) for path in paths)])
    files = dict.fromkeys(file for folder in folders for file in look(_files, folder))
    texts = (read_text(Path(file)) for file in list(files)[:_MOST_FILES])
    return Pins(
        tuple(
            pin
            for text in texts
            if isinstance(text, Text)
            for row in table("compromised")["release"]
            for pin in pins_in(text, row)
        )
    )


def _files(folder: str) -> list[str]:
    try:
        names = sorted(path.name for path in Path(folder).iterdir())
    except OSError:
        return []
    return [f"{folder}/{name}" for name in names if _FILE.fullmatch(name)]


def pins_in(text: Text, row: Mapping[str, Any]) -> Iterator[Pin]:
    """Yield the releases of a table row that a text installs, outside comments."""
    package: str = row["package"]
    if package not in text.content:
        return
    known = set()
    for pattern in _patterns(row):
        for match in pattern.finditer(text.content):
            start, end = match.span("version")
            if start in known or _is_comment(text.content, start):
                continue
            known.add(start)
            place = Place(text.path, "", text.span(start, end), "a malicious release")
            yield Pin(package, match["version"], place)


def _patterns(row: Mapping[str, Any]) -> Iterator[re.Pattern[str]]:
    """Yield patterns for how files name a release: a requirement, an image, a lock."""
    name = re.escape(row["package"])
    number = f"(?P<version>{'|'.join(map(re.escape, row['versions']))})"
    version = rf"{number}(?![\w.*+])"
    if row["registry"] == "npm":
        key = rf'"(?:[^"\n]{{0,200}}node_modules/)?{name}": ?'
        yield re.compile(rf"(?<![\w/@-]){name}@(?:npm:)?{version}")
        yield re.compile(rf'{key}"{version}"')
        yield re.compile(rf'{key}\{{\s{{0,40}}"version": ?"{version}"')
        return
    extras = r"(?:\[[\w\s,-]{0,80}\])?"
    table_value = r"(?:\{[^\n]{0,200}\bversion[ \t]*=[ \t]*)?"
    yield re.compile(rf"(?<![\w.-]){name}{extras}\s{{0,4}}===?\s{{0,4}}{version}")
    yield re.compile(rf'name = "{name}"\r?\nversion = "{version}"')
    yield re.compile(
        rf'^[ \t]*"?{name}"?[ \t]*=[ \t]*{table_value}"(?:==)?{version}"', re.MULTILINE
    )
    yield re.compile(rf'"{name}": \{{[^{{}}]{{0,20000}}"version": "=={version}"')
    yield re.compile(rf"[\w./-]{{0,80}}{name}[\w.-]{{0,40}}:(?:main-)?v?{number}(?![\d.])")


def _is_comment(content: str, start: int) -> bool:
    before = content[content.rfind("\n", 0, start) + 1 : start]
    return re.search(r"(?:^|\s)(?:#|//)", before) is not None
