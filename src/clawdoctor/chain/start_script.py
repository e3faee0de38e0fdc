"""Shell scripts that start a program: its command line, and the variables that they set.

A script is followed as long as its lines are simple: assignments, `export`, `source`, `cd` and the
start itself. OpenClaw's own launchd wrapper is such a script. It takes the file of variables as its
argument.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path

from clawdoctor.chain.compose.interpolation import interpolate
from clawdoctor.chain.dotenv import assignments
from clawdoctor.deferred import dataclass, regex
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.source.text import Span, Text

_LIMIT = 256 * 1024
_LONGEST = 500
"""The number of characters of a line to search, to bound the work of the pattern."""
_NOT_EXPORTED = "the start script loads it without `set -a`"
_SHELL = regex(r"(?:^|/)(?:ba|z|da|k)?sh$")
_OPTION = regex(r"-[a-z]*c[a-z]*")
_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_OWN_FOLDER = regex(
    r"\$\(\s*(?:cd\s+(?:--\s+)?[\"']?)?(?:\$\(\s*)?dirname\s+[\"']?"
    r"(?:\$0|\$\{0\}|\$\{BASH_SOURCE\[0\]\}|\$BASH_SOURCE)[\"']?\s*\)?[\"']?\s*"
    r"(?:&&\s*pwd(?:\s+-P)?\s*)?\)"
)
_FOLDER_OF = regex(r"\$\(dirname\s+\"?([^\"$()\s]{1,500})\"?\)")
_EXPORT_FILE = regex(r"export\s+\$\([^)]*?(?:cat|grep|sed|xargs)[^)]*?([\w./~${}-]*\.env[\w.-]*)")
_KEYWORD = regex(r"(?:(?:then|else|do|if|\{)\s+)+")
_START = regex(r"(?:^|[\s/\"'=])(?:litellm|openclaw|clawdbot)\b")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A variable that a service definition or a script sets.

    `span` is None if it is unknown. `lost` says why the program does not get the variable.
    """

    name: str
    value: str = field(repr=False)
    span: Span | None = None
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A command line with its folder, and the variables that a script sets before it.

    A variable that the script does not export is `lost`. `complete` is False if a script has lines
    that may set more.
    """

    arguments: tuple[str, ...]
    cwd: str
    home: str = ""
    variables: tuple[Assigned, ...] = ()
    complete: bool = True


def resolve_start(start: Started) -> Started:
    """Return what a command line finally starts, following shells and scripts."""
    arguments = start.arguments
    if not arguments:
        return start
    is_shell = _SHELL.search(arguments[0]) is not None
    words = arguments[1:] if is_shell else arguments
    while is_shell and words and words[0].startswith("-"):
        if _OPTION.fullmatch(words[0]):
            return _follow(Text("", words[1]), start, "") if len(words) > 1 else start
        words = words[1:]
    if not words or not (is_shell or words[0].endswith(".sh")):
        return start
    script, rest = words[0], words[1:]
    path = os.path.normpath(os.path.join(start.cwd, script))  # noqa: PTH118
    if path.endswith("-env-wrapper.sh") and len(rest) > 1:  # OpenClaw's own, for launchd
        return _follow_wrapper(start, rest[0], rest[1:])
    text = read_text(Path(path), _LIMIT)
    if isinstance(text, Unreadable):
        return replace(start, arguments=arguments, complete=False)
    return _follow(text, start, os.path.dirname(path))  # noqa: PTH120


def _follow_wrapper(start: Started, file: str, arguments: tuple[str, ...]) -> Started:
    text = read_text(Path(file), _LIMIT)
    if isinstance(text, Unreadable):
        return replace(start, arguments=arguments, complete=False)
    return replace(start, arguments=arguments, variables=tuple(_assigned(text)))


def _assigned(text: Text) -> Iterator[Assigned]:
    for found in assignments(text):
        yield Assigned(found.name, found.value, found.span)


def sourced_files(text: Text, folder: str, home: str) -> tuple[str, ...]:
    """Return the files of variables that a script loads. `folder` is the script's folder."""
    return _Script(folder, folder, home).read(text).sourced


@dataclass(slots=True)
class _Script:
    """The state of a script while its lines are read."""

    folder: str
    cwd: str
    home: str
    values: dict[str, str] = field(default_factory=dict)
    exported: dict[str, Assigned] = field(default_factory=dict)
    sourced: tuple[str, ...] = ()
    all_exported: bool = False
    command: tuple[str, ...] = ()
    complete: bool = True

    def read(self, text: Text) -> _Script:
        """Read the lines of a script in order."""
        joined = re.sub(r"\\\r?\n[ \t]*", " ", text.content)
        for line in re.split(r"[\r\n;]+|&&", _OWN_FOLDER.sub(self._own_folder, joined)):
            self._line(_KEYWORD.sub("", line.strip()))
        return self

    def _own_folder(self, _: re.Match[str]) -> str:
        return self.folder or "."

    def _line(self, line: str) -> None:
        loaded = _EXPORT_FILE.search(line[:_LONGEST])
        if loaded is not None:
            self._source(loaded[1], exported=True)
            return
        try:
            words = shlex.split(line, comments=True)
        except ValueError:  # a line of a longer construct
            self.complete = self.complete and "export" not in line
            return
        if not words:
            return
        match words:
            case ["source" | ".", file, *_]:
                self._source(file, exported=self.all_exported)
            case ["set", "-a" | "+a" as switch, *_] | ["set", "-o" | "+o" as switch, "allexport"]:
                self.all_exported = switch.startswith("-")
            case ["cd", folder, *_]:
                self.cwd = self._path(folder)
            case ["export", *pairs]:
                self._assign(pairs, exported=True)
            case _ if all(_ASSIGNMENT.fullmatch(word) for word in words):
                self._assign(words, exported=self.all_exported)
            case ["eval", *_]:
                self.complete = False
            case _ if not self.command and _START.search(self._expand(line)):
                self._start(words)

    def _assign(self, pairs: list[str], *, exported: bool) -> None:
        for pair in pairs:
            match = _ASSIGNMENT.fullmatch(pair)
            if match is None:  # `export NAME` of a variable assigned earlier
                if pair in self.values:
                    self.exported[pair] = Assigned(pair, self.values[pair])
                continue
            name, value = match[1], self._expand(match[2])
            self.values[name] = value
            if not exported and name not in self.exported:
                continue
            if "$(" in value or "`" in value:
                self.complete = False
            else:
                self.exported[name] = Assigned(name, value)

    def _source(self, written: str, *, exported: bool) -> None:
        path = self._path(written)
        text = read_text(Path(path), _LIMIT)
        if isinstance(text, Unreadable):
            self.complete = False
            return
        found = list(assignments(text))
        if exported or any(assignment.exported for assignment in found):
            self.sourced += (path,)
        for assignment in found:
            name, value = assignment.name, assignment.value
            self.values[name] = value
            lost = "" if exported or assignment.exported else _NOT_EXPORTED
            if not lost or name not in self.exported:
                self.exported[name] = Assigned(name, value, assignment.span, lost)

    def _start(self, words: list[str]) -> None:
        while words and (match := _ASSIGNMENT.fullmatch(words[0])):
            self.exported[match[1]] = Assigned(match[1], self._expand(match[2]))
            words = words[1:]
        if words and words[0] in ("exec", "nohup", "command", "env"):
            words = words[1:]
        self.command = tuple(self._expand(word) for word in words)

    def _expand(self, text: str) -> str:
        if text == "~" or text.startswith("~/"):
            text = self.home + text[1:]
        expanded = interpolate(text, {"HOME": self.home, **self.values})[0]
        return _FOLDER_OF.sub(lambda match: os.path.dirname(match[1]), expanded)  # noqa: PTH120

    def _path(self, written: str) -> str:
        return os.path.normpath(os.path.join(self.cwd, self._expand(written)))  # noqa: PTH118


def _follow(text: Text, start: Started, folder: str) -> Started:
    script = _Script(folder or start.cwd, start.cwd, start.home).read(text)
    return replace(
        start,
        arguments=script.command or start.arguments,
        cwd=script.cwd,
        variables=tuple(script.exported.values()),
        complete=script.complete and bool(script.command),
    )
