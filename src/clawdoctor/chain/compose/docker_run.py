"""`docker run` commands in a script, as the Compose file that would start the same containers.

Each value has its place in the script. A container becomes a service with the container's name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from clawdoctor.chain.compose.interpolation import COMMAND_OUTPUT, references
from clawdoctor.chain.compose.shell_text import Word, commands_of
from clawdoctor.chain.dotenv import assignments
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.node import Entry, Kind, Node
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text

_PROGRAMS = ("docker", "podman", "nerdctl")
_BEFORE = frozenset({"sudo", "exec", "then", "do", "else", "if", "!", "time", "command", "&", "{"})
_WITHOUT_VALUE = frozenset(
    {"--detach", "--interactive", "--tty", "--rm", "--init", "--privileged", "--read-only"}
    | {"--publish-all", "--no-healthcheck", "--oom-kill-disable", "--sig-proxy", "--quiet"}
    | {"--disable-content-trust", "--use-api-socket", "--help", "--replace", "--tls-verify"}
)
_FLAGS = frozenset("ditPq")
"""Short options without a value, which can be combined: -dit."""
_OPTIONS = {
    **dict.fromkeys(("-e", "--env"), "environment"),
    "--env-file": "env_file",
    **dict.fromkeys(("-v", "--volume", "--mount"), "volumes"),
    **dict.fromkeys(("-p", "--publish"), "ports"),
    "--name": "container_name",
    **dict.fromkeys(("--network", "--net"), "network_mode"),
    "--network-alias": "hostname",
    **dict.fromkeys(("-h", "--hostname"), "hostname"),
    "--entrypoint": "entrypoint",
    **dict.fromkeys(("-w", "--workdir"), "working_dir"),
    "--health-cmd": "test",
    "--health-interval": "interval",
}
_LISTS = ("environment", "env_file", "volumes", "ports")
_NETWORKS = ("host", "none", "bridge", "default")
_ASSIGNMENT = regex(r"(?:\$env:)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_REFERENCE = regex(r"\$\$|\$(?:(?P<bare>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)\})")
_LONGEST = 1 << 11
_LARGEST = 1 << 16
"""The maximum length of a script, which is read character by character."""
_SOURCES = ("source", ".")
_DECLARATIONS = ("export", "local", "readonly", "declare", "typeset", "set")
_LOADED = regex(r"export \$\([^)\n]{0,80}?([\w./~$\"{}-]{0,80}\.env[\w.]{0,20})")


@dataclass(slots=True)
class _Run:
    """The content of a `docker run` command, by Compose setting."""

    start: Word
    flags: list[Word]
    settings: dict[str, list[tuple[Word, Word]]] = field(default_factory=dict)
    image: Word | None = None
    command: tuple[Word, ...] = ()


def read_script(text: Text, home: str) -> Node | None:
    """Return the containers of a script as a Compose file, or None if it starts none.

    The script's own variables are replaced with their values. Other references are to the shell.
    """
    if len(text.content) > _LARGEST:
        return None
    runs: list[_Run] = []
    own: dict[str, str] = {}
    for match in _LOADED.finditer(text.content):
        own |= _loaded(text, _expanded(match[1].strip("\"'"), own), home)
    for words in commands_of(text):
        expanded = [replace(word, text=_expanded(word.text, own)) for word in words]
        if words[0].text in _SOURCES and len(words) > 1:
            own |= _loaded(text, expanded[1].text, home)
        own |= dict(_assigned(expanded))
        run = _run_of(expanded)
        if run is not None:
            runs.append(run)
    if not runs:
        return None
    services: dict[str, Entry] = {}
    for run in runs:
        name = _name(run)
        if name in services:
            name = f"{name}-{len(services) + 1}"
        key = _node(text, run.start, name)
        services[name] = Entry(name, key, _service(text, run))
    whole = text.span(0, len(text.content))
    listed = Node("mapping", whole, entries=tuple(services.values()))
    return Node("mapping", whole, entries=(Entry("services", _node(text, runs[0].start), listed),))


def _expanded(text: str, own: Mapping[str, str]) -> str:
    """Return the text with the script's variables replaced. Others stay references."""

    def definition(match: re.Match[str]) -> str:
        return own.get(match["bare"] or match["braced"] or "", match[0])

    expanded = _REFERENCE.sub(definition, text)
    return expanded if len(expanded) < _LONGEST else f"${{{COMMAND_OUTPUT}}}"


def _assigned(words: list[Word]) -> Iterator[tuple[str, str]]:
    """Yield the assignments of a command: `NAME=value`, `export NAME=value`."""
    for word in words[1:] if words[0].text in _DECLARATIONS else words:
        match = _ASSIGNMENT.fullmatch(word.text)
        if match is None:
            return
        yield match[1], match[2]


def _loaded(text: Text, written: str, home: str) -> dict[str, str]:
    """Return the variables of a file that the script reads."""
    name = home + written[1:] if written.startswith("~/") else written
    loaded = read_text(Path(text.path).parent / name)
    found = assignments(loaded) if isinstance(loaded, Text) else ()
    return {each.name: each.value.replace("$", "$$") for each in found}


def _run_of(words: list[Word]) -> _Run | None:
    """Return the content of a `docker run` or `docker create` command, or None for others."""
    start = 0
    while start < len(words) and words[start].text in _BEFORE:
        start += 1
    rest = words[start:]
    if len(rest) < 2 or os.path.basename(rest[0].text) not in _PROGRAMS:  # noqa: PTH119
        return None
    index = 2 if rest[1].text == "container" else 1
    if len(rest) <= index or rest[index].text not in ("run", "create"):
        return None
    run = _Run(Word("docker run", rest[0].start, rest[index].end), rest[: index + 1])
    _read_options(run, rest, index + 1)
    return run


def _read_options(run: _Run, words: list[Word], index: int) -> None:
    """Read the options up to the image, then the command."""
    while index < len(words):
        word = words[index]
        name, value, index = _option(words, index)
        if name is None:
            if COMMAND_OUTPUT in references(word.text):  # this may hold more options: "${ARGS[@]}"
                run.settings.setdefault("env_file", []).append((word, word))
                continue
            run.image, run.command = word, tuple(words[index:])
            return
        run.flags.append(Word(name, word.start, min(word.start + len(name), word.end)))
        setting = _OPTIONS.get(name)
        if setting is not None and value is not None:
            run.settings.setdefault(setting, []).append((run.flags[-1], value))


def _option(words: list[Word], index: int) -> tuple[str | None, Word | None, int]:
    """Return the option at an index (None if there is none), its value and the next index."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else None
    if word.text.startswith("--"):
        name, equals, value = word.text.partition("=")
        if equals:
            return name, Word(value, min(word.start + len(name) + 1, word.end), word.end), index + 1
        return (name, None, index + 1) if name in _WITHOUT_VALUE else (name, following, index + 2)
    if not word.text.startswith("-") or len(word.text) < 2:
        return None, None, index + 1
    position = 1
    while position < len(word.text) and word.text[position] in _FLAGS:
        position += 1
    if position == len(word.text):
        return word.text, None, index + 1
    name, value = f"-{word.text[position]}", word.text[position + 1 :]
    if not value:
        return name, following, index + 2
    cut = 1 if value.startswith("=") else 0
    return name, Word(value[cut:], word.start + position + 1 + cut, word.end), index + 1


def _name(run: _Run) -> str:
    """Return the container's name as written, but no variable: a report quotes it."""
    named = run.settings.get("container_name")
    written = named[-1][1].text if named else ""
    if written and "$" not in written:
        return written
    image = run.image.text if run.image is not None else ""
    last = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return last if last and "$" not in last else "container"


def _service(text: Text, run: _Run) -> Node:
    entries: dict[str, Entry] = {}

    def add(name: str, key: Word, value: Node) -> None:
        entries[name] = Entry(name, _node(text, key, name), value)

    span = text.span(run.start.start, run.start.end)
    for setting, found in run.settings.items():
        key, last = found[-1]
        if setting == "environment":
            variable_entries = tuple(_variables(text, found))
            add(setting, found[0][0], Node("mapping", span, entries=variable_entries))
        elif setting in _LISTS:
            items = tuple(_item(text, setting, flag, value) for flag, value in found)
            add(setting, found[0][0], Node("sequence", span, items=items))
        elif setting == "network_mode" and not (
            last.text in _NETWORKS or last.text.startswith("container:")
        ):
            continue  # a user-defined network
        elif setting == "entrypoint":
            items = (_node(text, last),) if last.text else ()
            add(setting, key, Node("sequence", span, items=items))
        elif setting == "test":
            test = Entry("test", _node(text, key, "test"), _node(text, last))
            add("healthcheck", key, Node("mapping", span, entries=(test,)))
        else:
            add(setting, key, _node(text, last))
    if run.image is not None:
        add("image", run.image, _node(text, run.image))
    if run.command:
        items = tuple(_node(text, word) for word in run.command)
        add("command", run.command[0], Node("sequence", span, items=items))
    add("args", run.start, Node("sequence", span, items=tuple(_node(text, w) for w in run.flags)))
    return Node("mapping", span, entries=tuple(entries.values()))


def _variables(text: Text, found: list[tuple[Word, Word]]) -> Iterator[Entry]:
    for _, word in found:
        name, equals, value = word.text.partition("=")
        raw = text.content[word.start : word.end]
        quoted = len(raw) > 1 and raw[0] in "\"'" and raw[-1] == raw[0]
        start, end = word.start + quoted, word.end - quoted
        middle = text.content.find("=", start, end)
        middle = end if middle < 0 else middle
        key = _node(text, Word(name, start, middle))
        if equals:
            yield Entry(name, key, _node(text, Word(value, min(middle + 1, end), end)))
        else:
            yield Entry(name, key, _node(text, Word("", start, middle), kind="null"))


def _item(text: Text, setting: str, flag: Word, word: Word) -> Node:
    node = _node(text, word)
    if setting == "env_file":  # Docker takes the text after "=" literally, including quotes
        raw = Entry("format", node, _node(text, Word("raw", word.start, word.end)))
        return Node("mapping", node.span, entries=(Entry("path", node, node), raw))
    if setting != "volumes" or flag.text != "--mount":
        return node
    fields = dict(pair.partition("=")[::2] for pair in word.text.split(","))
    source = fields.get("source", fields.get("src", ""))
    target = fields.get("target", fields.get("destination", fields.get("dst", "")))
    values = {"type": fields.get("type", "volume"), "source": source, "target": target}
    entries = tuple(
        Entry(name, _node(text, word, name), _node(text, Word(value, word.start, word.end)))
        for name, value in values.items()
    )
    return Node("mapping", node.span, entries=entries)


def _node(text: Text, word: Word, value: str | None = None, kind: Kind = "string") -> Node:
    shown = word.text if value is None else value
    return Node(kind, text.span(word.start, word.end), None if kind == "null" else shown)
