"""Constants, classes and signatures in Python sources, read by `ast` and never imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from refresh.package import Package


class UnreadableError(Exception):
    """A source has a form that this reader does not support, or lacks the wanted name."""


@dataclass
class Sources:
    """The modules of a wheel. Values are strings, numbers, and lists or mappings of them."""

    package: Package
    _modules: dict[str, Module] = field(default_factory=dict)

    def module(self, dotted: str) -> Module:
        """Return a module by its dotted name. Raises UnreadableError if there is none."""
        if dotted not in self._modules:
            path = dotted.replace(".", "/")
            names = (f"{path}.py", f"{path}/__init__.py")
            name = next((name for name in names if self.package.has(name)), None)
            if name is None:
                raise UnreadableError(f"no module {dotted} in LiteLLM {self.package.version}")
            tree = ast.parse(self.package.read(name))
            self._modules[dotted] = Module(self, dotted, name.endswith("__init__.py"), tree)
        return self._modules[dotted]


@dataclass
class Module:
    """A module: the values of its names, followed through imports."""

    sources: Sources
    name: str
    is_package: bool
    tree: ast.Module
    _known: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def _bound(self) -> dict[str, ast.expr | ast.ClassDef | ast.FunctionDef | tuple[str, str]]:
        found: dict[str, ast.expr | ast.ClassDef | ast.FunctionDef | tuple[str, str]] = {}
        for node in _statements(self.tree.body):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        found[target.id] = node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                if isinstance(node.target, ast.Name):
                    found[node.target.id] = node.value
            elif isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name] = node
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                for alias in node.names:
                    found[alias.asname or alias.name] = (origin, alias.name)
        return found

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        base = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*base, *([node.module] if node.module else [])])

    def value(self, name: str) -> Any:
        """Return the value of a constant. Raises UnreadableError if it is not a constant."""
        where, original = self._home(name)
        if original not in where._known:
            node = where._bound[original]
            if not isinstance(node, ast.expr):
                raise UnreadableError(f"{name} in {where.name} is no constant")
            where._known[original] = where.evaluate(node)
        return where._known[original]

    def preset(self, name: str, value: Any) -> None:
        """Set a constant to the value that LiteLLM computes when it starts."""
        self._known[name] = value

    def definition(self, name: str) -> tuple[Module, ast.expr | ast.ClassDef | ast.FunctionDef]:
        """Return the definition of a name and its module, followed through all imports."""
        where, original = self._home(name)
        node = where._bound[original]
        assert not isinstance(node, tuple)
        return where, node

    def _home(self, name: str) -> tuple[Module, str]:
        found = self._bound.get(name)
        if isinstance(found, tuple):
            return self.sources.module(found[0])._home(found[1])
        if found is None:
            raise UnreadableError(f"no {name} in {self.name}")
        return self, name

    def class_of(self, name: str) -> tuple[Module, ast.ClassDef]:
        """Return a class with its module."""
        where, node = self.definition(name)
        if not isinstance(node, ast.ClassDef):
            raise UnreadableError(f"{name} in {where.name} is no class")
        return where, node

    def fields(self, name: str) -> dict[str, str]:
        """Return the fields of a class and of its bases in the package, with their types."""
        where, node = self.class_of(name)
        found: dict[str, str] = {}
        for base in node.bases:
            if isinstance(base, ast.Name) and base.id in where._bound:
                try:
                    found |= where.fields(base.id)
                except UnreadableError:
                    continue  # a class of another package, whose fields are not LiteLLM's
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                found[item.target.id] = ast.unparse(item.annotation)
        for own in ("model_config",):
            found.pop(own, None)
        return found

    def members(self, name: str) -> list[str]:
        """Return the values of an enumeration of strings."""
        where, node = self.class_of(name)
        return [
            where.evaluate(item.value)
            for item in node.body
            if isinstance(item, ast.Assign) and not isinstance(item.value, ast.Call)
        ]

    def evaluate(self, node: ast.expr) -> Any:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.value(name)
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                return [value for item in items for value in self._spread(item)]
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                return {self.evaluate(key): self._or_none(v) for key, v in pairs if key is not None}
            case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
                return _joined(self.evaluate(left), self.evaluate(right))
            case ast.Call(func=ast.Name(id=kind), args=arguments) if kind in _COPIES:
                found = [value for item in arguments for value in self.evaluate(item)]
                return sorted(found) if kind == "sorted" else found
            case ast.GeneratorExp(elt=ast.Attribute(attr="value"), generators=[only]):
                return self.members(ast.unparse(only.iter))
            case ast.Attribute():
                return self._member(node)
        raise UnreadableError(f"{ast.unparse(node)[:80]} in {self.name}")

    def _member(self, node: ast.Attribute) -> Any:
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr="__annotations__" | "model_fields"):
                return list(self.fields(owner))
            case ast.Attribute(value=inner, attr="value"):
                return self.evaluate(inner)
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                return self._attribute(owner, attribute)
        raise UnreadableError(f"{ast.unparse(node)[:80]} in {self.name}")

    def _attribute(self, owner: str, attribute: str) -> Any:
        bound = self._bound.get(owner)
        if isinstance(bound, tuple) and not self._is_class(owner):
            return self.sources.module(".".join(bound)).value(attribute)
        where, node = self.class_of(owner)
        for item in node.body:
            if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == attribute:
                return where.evaluate(item.value)
        raise UnreadableError(f"no {owner}.{attribute} in {where.name}")

    def _is_class(self, name: str) -> bool:
        try:
            self.class_of(name)
        except UnreadableError:
            return False
        return True

    def _spread(self, item: ast.expr) -> list[Any]:
        if isinstance(item, ast.Starred):
            return list(self.evaluate(item.value))
        return [self.evaluate(item)]

    def _or_none(self, node: ast.expr) -> Any:
        try:
            return self.evaluate(node)
        except UnreadableError:
            return None


_COPIES = ("list", "tuple", "set", "frozenset", "sorted", "MappingProxyType")


def _joined(left: Any, right: Any) -> Any:
    if isinstance(left, list) and isinstance(right, list | dict):
        return [*left, *right]
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    return left + right


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, including those under `if` and `try`."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _statements([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _statements(node.body)


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the names of a function's parameters, without `self`."""
    given = function.args
    names = [item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name != "self"]


def functions(tree: ast.AST, name: str) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return all functions and methods with a name in a tree."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds) and node.name == name]
