"""Service definitions (systemd units, launchd property lists) and the environment they set.

Measured on the units and agents that OpenClaw 2026.9.6 writes. systemd reads an EnvironmentFile
differently from a shell: it ignores lines with `export`, and only a `#` at the start of a line
begins a comment. A file's variables override those of `Environment=`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from clawdoctor.chain.dotenv import assignments
from clawdoctor.chain.start_script import Assigned, Started, resolve_start
from clawdoctor.deferred import dataclass, regex
from clawdoctor.run.running import runs_litellm
from clawdoctor.run.situation import Process
from clawdoctor.source.look import look, paths_in
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Text

_LINE = regex(r"^[ \t]*(\w+)[ \t]*=[ \t]*((?:[^\\\r\n]|\\(?:\r\n|.|\n))*)", re.MULTILINE)
_SECTION = regex(r"^[ \t]*\[(\w+)\][ \t]*$", re.MULTILINE)
_WORD = regex(r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\\.|[^\s\"'\\])+", re.DOTALL)
_PIECE = regex(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'|((?:\\.|[^\"'\\])+)", re.DOTALL)
_CONTAINER_TOOLS = ("docker", "podman", "nerdctl")
_ESCAPED = regex(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Unit:
    """A service definition: what it starts, in which folder and with which variables.

    `complete` is False if a file of variables is unreadable or clawdoctor does not follow a part of
    the start: a missing variable then need not be unset. `ignored` holds the variables that the
    program does not get, such as those on lines that systemd ignores.
    """

    path: str
    arguments: tuple[str, ...]
    cwd: str
    variables: Mapping[str, Assigned] = field(repr=False)
    complete: bool = True
    ignored: Mapping[str, Assigned] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ProxyUnits:
    """The definitions of services that start the chain's proxy."""

    units: tuple[Unit, ...]


def proxy_process(unit: Unit) -> Process | None:
    """Return the process that a service starts, if that is LiteLLM outside a container."""
    words = unit.arguments
    if not words or os.path.basename(words[0]) in _CONTAINER_TOOLS:  # noqa: PTH119
        return None
    start = next((i for i in range(len(words)) if runs_litellm(words[i : i + 3])), None)
    if start is None:
        return None
    environ = {name: found.value for name, found in unit.variables.items()}
    return Process(0, words[start:], unit.cwd, environ)


def read_units(folders: Sequence[str], word: str, home: str) -> tuple[Unit, ...]:
    """Return the systemd units in some folders that mention a word, by file name."""
    paths: dict[str, str] = {}
    drop_ins: dict[str, list[str]] = {}
    for folder in map(Path, folders):
        for path in look(paths_in, folder, "*.service"):
            paths.setdefault(path.name, str(path))
        for path in look(paths_in, folder, "*.service.d/*.conf"):
            drop_ins.setdefault(path.parent.name.removesuffix(".d"), []).append(str(path))
    units = (
        _read_unit(path, drop_ins.get(name, []), home)
        for name, path in paths.items()
        if _mentions(path, word)
    )
    return tuple(unit for unit in units if unit is not None)


def _mentions(path: str, word: str) -> bool:
    text = read_text(Path(path))
    return isinstance(text, Text) and word in f"{os.path.basename(path)} {text.content}".casefold()  # noqa: PTH119


@dataclass(slots=True)
class _Settings:
    """The settings in a unit's Service section, as far as they have been read."""

    home: str
    cwd: str
    command: str = ""
    inline: dict[str, Assigned] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)

    def add(self, key: str, value: str) -> None:
        """Apply a directive. An empty value resets the earlier ones."""
        match key:
            case "ExecStart":
                self.command = self.command if self.command and value else value
            case "WorkingDirectory":
                path = _expanded(value.lstrip("-"), self.home)
                self.cwd = self.home if path == "~" else path
            case "Environment" if not value:
                self.inline.clear()
            case "Environment":
                found = _environment(value, self.home)
                self.inline |= {variable.name: variable for variable in found}
            case "EnvironmentFile" if not value:
                self.files.clear()
            case "EnvironmentFile":
                self.files.append(_expanded(value, self.home))
            case "UnsetEnvironment":
                words = (_unquoted(word[0]) for word in _WORD.finditer(value))
                self.removed |= {word.partition("=")[0] for word in words}


def _read_unit(path: str, drop_ins: list[str], home: str) -> Unit | None:
    settings = _Settings(home, home)
    texts = [read_text(Path(file)) for file in (path, *sorted(drop_ins, key=os.path.basename))]
    for text in texts:
        for key, value in _directives(text) if isinstance(text, Text) else ():
            settings.add(key, value)
    from_files: dict[str, Assigned] = {}
    ignored: dict[str, Assigned] = {}
    complete = all(isinstance(text, Text) for text in texts)
    for file in settings.files:
        complete &= _read_environment_file(file, from_files, ignored)
    words = [_unquoted(word[0]) for word in _WORD.finditer(settings.command.lstrip("@-:+!"))]
    command = tuple(_expanded(word, home) for word in words)
    started = resolve_start(Started(command, settings.cwd, home))
    if not started.arguments:
        return None
    variables = {**settings.inline, **from_files}
    kept = {name: found for name, found in variables.items() if name not in settings.removed}
    return _unit(path, started, kept, ignored, complete=complete)


def _unit(
    path: str,
    started: Started,
    variables: Mapping[str, Assigned],
    ignored: Mapping[str, Assigned],
    *,
    complete: bool = True,
) -> Unit:
    """Return the unit with the variables that its start script adds."""
    added = {found.name: found for found in started.variables if not found.lost}
    lost = {found.name: found for found in started.variables if found.lost}
    return Unit(
        path,
        started.arguments,
        started.cwd,
        {**variables, **added},
        complete and started.complete,
        {**ignored, **lost},
    )


def _directives(text: Text) -> Iterator[tuple[str, str]]:
    """Yield the directives of the Service section. A backslash at the end continues a line."""
    sections = [(match.start(), match[1]) for match in _SECTION.finditer(text.content)]
    for match in _LINE.finditer(text.content):
        before = [name for start, name in sections if start < match.start()]
        if before[-1:] == ["Service"]:
            yield match[1], re.sub(r"\\\r?\n", " ", match[2]).rstrip()


def _environment(value: str, home: str) -> Iterator[Assigned]:
    for word in _WORD.finditer(value):
        name, equals, text = _unquoted(word[0]).partition("=")
        if equals:
            yield Assigned(name, _expanded(text, home))


def _unquoted(word: str) -> str:
    pieces = (match[1] or match[2] or match[3] or "" for match in _PIECE.finditer(word))
    return "".join(_ESCAPED.sub(r"\1", piece) for piece in pieces)


def _expanded(text: str, home: str) -> str:
    """Replace the specifiers for the home folder, the runtime folder and a percent sign."""
    known = {"%h": home, "%%": "%", "%t": f"/run/user/{os.getuid()}", "%E": f"{home}/.config"}
    return re.sub(r"%[a-zA-Z%]", lambda match: known.get(match[0], match[0]), text)


def _read_environment_file(
    written: str, found: dict[str, Assigned], ignored: dict[str, Assigned]
) -> bool:
    """Add the variables of an EnvironmentFile. Return whether all of it is known."""
    optional = written.startswith("-")
    pattern = written.removeprefix("-").strip("\"'")
    paths = [Path(pattern)]
    if any(character in pattern for character in "*?["):
        paths = list(look(paths_in, "/", pattern.lstrip("/")))
    complete = optional or bool(paths)
    for path in paths:
        text = read_text(path)
        if isinstance(text, Unreadable):
            complete &= optional and text.reason == "missing"
            continue
        for assignment in assignments(text, "systemd"):
            lost = "systemd ignores lines that begin with export" if assignment.exported else ""
            layer = ignored if lost else found
            name, span = assignment.name, assignment.span
            layer[name] = Assigned(name, assignment.value, span, lost)
    return complete


def read_agents(folder: str, word: str, home: str) -> tuple[Unit, ...]:
    """Return the launchd agents in a folder that mention a word."""
    paths = (str(path) for path in look(paths_in, folder, "*.plist"))
    units = (_read_agent(path, home) for path in paths if _mentions(path, word))
    return tuple(unit for unit in units if unit is not None)


def _read_agent(path: str, home: str) -> Unit | None:
    import plistlib

    text = read_text(Path(path))
    if isinstance(text, Unreadable):
        return None
    try:
        content = plistlib.loads(text.content.encode())
    except (ValueError, plistlib.InvalidFileException, AttributeError, LookupError):
        return None
    if not isinstance(content, dict):
        return None
    arguments = content.get("ProgramArguments") or [content.get("Program")]
    if not isinstance(arguments, list) or not all(isinstance(item, str) for item in arguments):
        return None
    cwd = content.get("WorkingDirectory")
    block = content.get("EnvironmentVariables")
    inline = {
        name: Assigned(name, value)
        for name, value in (block if isinstance(block, dict) else {}).items()
        if isinstance(value, str)
    }
    started = resolve_start(Started(tuple(arguments), cwd if isinstance(cwd, str) else "/", home))
    return _unit(path, started, inline, {})
