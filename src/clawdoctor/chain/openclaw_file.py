"""OpenClaw's config file as OpenClaw reads it: search paths, JSON5 and `$include`.

Measured on OpenClaw 2026.9.6. OpenClaw resolves includes, then variables, then checks the schema.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.compose.agent import agent_config
from clawdoctor.chain.file_kind import OPENCLAW, FileKind, another_kind, is_openclaw, kind_of_file
from clawdoctor.chain.manifest import Embedded, embedded_config
from clawdoctor.chain.openclaw_path import candidates, path_variable
from clawdoctor.deferred import dataclass
from clawdoctor.finding import Place
from clawdoctor.run.needs import Absent, Unavailable
from clawdoctor.run.refusal import Refusal
from clawdoctor.run.situation import Situation
from clawdoctor.source.json5 import parse_json5
from clawdoctor.source.json5_mend import mended
from clawdoctor.source.look import look
from clawdoctor.source.node import Entry, Node, Source, SyntaxFault, join_pointer
from clawdoctor.source.read import OPENCLAW_LIMIT, Unreadable, read_text
from clawdoctor.source.text import Text
from clawdoctor.source.yaml import parse_yaml

INCLUDE = "$include"
INCLUDE_DEPTH = 10


@dataclass(frozen=True, slots=True)
class OpenClawPath:
    """The path of OpenClaw's config: the named file, or the first file that OpenClaw finds."""

    path: str


@dataclass(frozen=True, slots=True)
class OpenClawFile:
    """OpenClaw's config with `$include` resolved. `texts` holds all its files.

    `state_dirs` are the folders that may hold OpenClaw's own `.env`.
    """

    path: str
    root: Node
    texts: tuple[Text, ...]
    state_dirs: tuple[str, ...]


def find_openclaw_config(situation: Situation) -> OpenClawPath | Absent:
    """Return the first path that exists."""
    paths = list(candidates(situation))
    path = next((path for path in paths if look(os.path.lexists, path)), None)
    return Absent(f"there is no {paths[0]}") if path is None else OpenClawPath(path)


def choose_openclaw_config(situation: Situation, compose: Compose | None) -> OpenClawPath | Absent:
    """Return the named config, the config of OpenClaw's container, or the first that exists.

    A container that no option names comes last.
    """
    found = find_openclaw_config(situation)
    agent = compose.openclaw if compose is not None else None
    mounted = agent_config(agent) if agent is not None else None
    if mounted is None or situation.openclaw_config is not None:
        return found
    first = situation.compose is not None or isinstance(found, Absent)
    return OpenClawPath(mounted) if first else found


def load_openclaw_file(
    situation: Situation, found: OpenClawPath, compose: Compose | None = None
) -> OpenClawFile | Absent | Unavailable:
    """Read the file and the files that it includes.

    OpenClaw in a container has no state in this host's home folder.
    """
    path = found.path
    text = read_text(Path(path), OPENCLAW_LIMIT)
    if isinstance(text, Unreadable):
        return Unavailable(text.message, Refusal("openclaw-config-syntax"), place=Place(path, ""))
    text, source = read_openclaw(text)
    kind = _another_kind(text, source)
    if kind is not None:
        return another_kind(kind, path, "openclaw-config-syntax")
    if isinstance(source, SyntaxFault):
        place = Place(path, "", source.span, source.message)
        refusal = Refusal("openclaw-config-syntax")
        return Unavailable(source.message, refusal, place=place, mends=mended(text))
    reader = _Includes(path, _roots(path, situation), [text])
    try:
        root = reader.resolve(source.root, path, (path,), "")
    except _IncludeError as broken:
        return Unavailable(
            broken.place.label, Refusal("openclaw-include-broken"), place=broken.place
        )
    inside = compose is not None and compose.openclaw is not None
    folders = (str(Path(path).parent),) if inside else _state_dirs(path, situation)
    return OpenClawFile(path, root, tuple(reader.texts), folders)


def read_openclaw(text: Text) -> Embedded:
    """Parse a text as OpenClaw's config, or find the config in a Kubernetes manifest.

    The returned text is the part of the file that holds the config.
    """
    source = parse_json5(text)
    if isinstance(source, Source) or text.content.lstrip()[:1] in ("", "{", "["):
        return text, source
    return embedded_config(text, OPENCLAW, _read_block) or (text, source)


def _read_block(text: Text) -> Embedded | None:
    source = parse_json5(text)
    if isinstance(source, Source):
        return (text, source) if is_openclaw(source.root) else None
    return (text, source) if text.content.lstrip()[:1] == "{" else None


def _another_kind(text: Text, source: Source | SyntaxFault) -> FileKind | None:
    """Return the kind of a file that is not OpenClaw's, including YAML files of other programs."""
    if isinstance(source, Source):
        return kind_of_file(text, source.root, "openclaw")
    if text.content.lstrip()[:1] == "{":
        return None
    yaml = parse_yaml(text, tags="ignore")
    return kind_of_file(text, yaml.root if isinstance(yaml, Source) else None, "openclaw")


def _state_dirs(path: str, situation: Situation) -> tuple[str, ...]:
    """Return the state folders. A config in another place does not move OpenClaw's own folder."""
    state = path_variable(situation.environ, "OPENCLAW_STATE_DIR")
    home = path_variable(situation.environ, "OPENCLAW_HOME") or situation.home
    usual = situation.path(state) if state else f"{situation.path(home)}/.openclaw"
    return tuple(dict.fromkeys((usual, str(Path(path).parent))))


class _IncludeError(Exception):
    def __init__(self, place: Place) -> None:
        super().__init__(place.label)
        self.place = place


def _roots(path: str, situation: Situation) -> tuple[str, ...]:
    extra = situation.environ.get("OPENCLAW_INCLUDE_ROOTS", "").split(os.pathsep)
    return (str(Path(path).parent), *(root for root in extra if os.path.isabs(root)))  # noqa: PTH117


@dataclass(frozen=True, slots=True)
class _Includes:
    """The folders that may hold included files, and the texts read so far."""

    main: str
    roots: tuple[str, ...]
    texts: list[Text]

    def resolve(self, node: Node, path: str, chain: tuple[str, ...], pointer: str) -> Node:
        """Return the node with every `$include` in it resolved. Raises `_IncludeError`."""
        if node.kind == "sequence":
            items = tuple(
                self.resolve(item, path, chain, join_pointer(pointer, index))
                for index, item in enumerate(node.items)
            )
            return replace(node, items=items)
        if node.kind != "mapping":
            return node
        include = node.get(INCLUDE)
        entries = tuple(
            replace(e, value=self.resolve(e.value, path, chain, join_pointer(pointer, e.name)))
            for e in node.entries
            if e.name != INCLUDE
        )
        rest = replace(node, entries=entries)
        if include is None:
            return rest
        here = join_pointer(pointer, INCLUDE)
        included = self._included(include, path, chain, here)
        if not entries:
            return included
        if included.kind != "mapping":
            reason = "keys beside $include require an included file that contains an object"
            raise _IncludeError(Place(path, here, include.span, reason))
        return merge(included, rest)

    def _included(self, include: Node, path: str, chain: tuple[str, ...], pointer: str) -> Node:
        if isinstance(include.value, str):
            return self._read(include, path, chain, pointer)
        if include.kind != "sequence":
            reason = "$include must be a path or a list of paths"
            raise _IncludeError(Place(path, pointer, include.span, reason))
        merged: Node | None = None
        for index, item in enumerate(include.items):
            node = self._read(item, path, chain, join_pointer(pointer, index))
            merged = node if merged is None else merge(merged, node)
        return merged if merged is not None else Node("mapping", include.span)

    def _read(self, name: Node, path: str, chain: tuple[str, ...], pointer: str) -> Node:
        def broken(reason: str) -> _IncludeError:
            return _IncludeError(Place(path, pointer, name.span, reason))

        if not isinstance(name.value, str):
            raise broken("a path to include must be a string")
        target = os.path.normpath(os.path.join(os.path.dirname(path), name.value))  # noqa: PTH118, PTH120
        if not any(_inside(root, target) for root in self.roots):
            raise broken("the file is outside the folder of openclaw.json")
        if target in chain:
            raise broken("this file includes itself, directly or through another file")
        if len(chain) > INCLUDE_DEPTH:
            raise broken(f"included more than {INCLUDE_DEPTH} levels deep")
        text = read_text(Path(target), OPENCLAW_LIMIT)
        if isinstance(text, Unreadable):
            raise broken(f"the included file cannot be read: {text.message}")
        source = parse_json5(text)
        if isinstance(source, SyntaxFault):
            line = source.span.start.line
            raise broken(f"the included file is not valid JSON5: line {line}: {source.message}")
        self.texts.append(text)
        return self.resolve(source.root, target, (*chain, target), "")


def _inside(root: str, path: str) -> bool:
    """Return whether a path is in a folder, both as written and with links resolved."""
    pairs = ((root, path), (os.path.realpath(root), os.path.realpath(path)))
    return all(p == r or p.startswith(r.rstrip(os.sep) + os.sep) for r, p in pairs)


def merge(base: Node, over: Node) -> Node:
    """Merge as OpenClaw does: objects by key, lists appended, otherwise `over` wins."""
    if base.kind == over.kind == "sequence":
        return replace(over, items=base.items + over.items)
    if not base.kind == over.kind == "mapping":
        return over
    merged = {entry.name: entry for entry in base.entries}
    for entry in over.entries:
        below = merged.get(entry.name)
        value = entry.value if below is None else merge(below.value, entry.value)
        merged[entry.name] = Entry(entry.name, entry.key, value)
    return replace(over, entries=tuple(merged.values()))
