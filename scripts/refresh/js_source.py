"""The modules of an npm package: the values of top-level names, followed through imports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property

from refresh.js_parser import Parser
from refresh.js_syntax import Expression, Function, Unread
from refresh.package import Package
from refresh.python_source import UnreadableError

_IMPORT = re.compile(
    r'^import (?:[\w$]+, )?\{(?P<names>[^}]*)\} from "(?P<file>[^"]+)";', re.MULTILINE
)
_EXPORT = re.compile(r"^export \{(?P<names>[^}]*)\};?$", re.MULTILINE)
_CONSTANT = re.compile(r"^(?:export )?(?:const|let|var) (?P<name>[\w$]+) = ", re.MULTILINE)
_FUNCTION = re.compile(
    r"^(?:export )?function (?P<name>[\w$]+)\((?P<given>[^)]*)\) \{\s*return ", re.MULTILINE
)
_RENAMED = re.compile(r"(?P<origin>[\w$]+)(?: as (?P<name>[\w$]+))?")


@dataclass
class Scripts:
    """The modules of a package, by file name."""

    package: Package
    _modules: dict[str, Script] = field(default_factory=dict)

    def module(self, file: str) -> Script:
        """Return the module in a file. Raises UnreadableError if there is none."""
        if file not in self._modules:
            if not self.package.has(file):
                raise UnreadableError(f"no {file} in OpenClaw {self.package.version}")
            self._modules[file] = Script(self, file, self.package.read(file))
        return self._modules[file]

    def with_constant(self, name: str) -> Script:
        """Return a module that itself defines a constant."""
        wanted = re.compile(rf"^(?:export )?(?:const|let|var) {re.escape(name)} = ", re.MULTILINE)
        for file in sorted(self.package.names):
            if file.endswith((".js", ".mjs")) and wanted.search(self.package.read(file)):
                return self.module(file)
        raise UnreadableError(f"no {name} in OpenClaw {self.package.version}")


@dataclass
class Script:
    """A module of a package."""

    scripts: Scripts
    file: str
    text: str
    _read: dict[str, Expression] = field(default_factory=dict)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {found["name"]: found.end() for found in _CONSTANT.finditer(self.text)}

    @cached_property
    def _functions(self) -> dict[str, tuple[tuple[str, ...], int]]:
        return {
            found["name"]: (tuple(re.findall(r"[\w$]+", found["given"])), found.end())
            for found in _FUNCTION.finditer(self.text)
        }

    @cached_property
    def _imports(self) -> dict[str, tuple[str, str]]:
        folder = self.file.rpartition("/")[0]
        return {
            name: (f"{folder}/{found['file'].removeprefix('./')}", origin)
            for found in _IMPORT.finditer(self.text)
            if found["file"].startswith("./")
            for origin, name in _renamed(found["names"])
        }

    @cached_property
    def _exports(self) -> dict[str, str]:
        return {
            name: origin
            for found in _EXPORT.finditer(self.text)
            for origin, name in _renamed(found["names"])
        }

    def home(self, name: str) -> tuple[Script, str] | None:
        """Return the module that defines a name, and its name there, or None."""
        if name in self._places or name in self._functions:
            return self, name
        if name not in self._imports:
            return None
        file, exported = self._imports[name]
        try:
            module = self.scripts.module(file)
        except UnreadableError:
            return None
        return module.home(module._exports.get(exported, exported))

    def expression(self, name: str) -> Expression:
        """Return the expression of a constant or a function in this module."""
        if name not in self._read:
            if name in self._places:
                self._read[name] = Parser(self.text, self._places[name]).expression()
            elif name in self._functions:
                given, position = self._functions[name]
                self._read[name] = Function(given, Parser(self.text, position).expression())
            else:
                self._read[name] = Unread()
        return self._read[name]


def _renamed(names: str) -> list[tuple[str, str]]:
    return [(m["origin"], m["name"] or m["origin"]) for m in _RENAMED.finditer(names)]
