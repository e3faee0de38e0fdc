"""The values of zod schema declarations in a package."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

from refresh.js_source import Script
from refresh.js_syntax import (
    Array,
    Call,
    Expression,
    Function,
    Mapping,
    Member,
    Name,
    Regex,
    Spread,
    Value,
)
from refresh.zod_schema import MAKERS, MISSING, Json, Zod, changed, made

Scope = MappingType[str, Any]


@dataclass(frozen=True, slots=True)
class Closure:
    """A function with the module that gives its names a meaning."""

    function: Function
    module: Script


_COPIES = (Name("Set"), Name("Map"), Member(Name("Object"), "freeze"))
"""Functions whose result has the content of their argument."""


def evaluate(node: Expression, module: Script, scope: Scope | None = None) -> Any:
    """Return the value of an expression: a Zod, plain values, a Closure, or MISSING."""
    scope = scope or {}
    match node:
        case Value(value=value):
            return value
        case Regex(source=source):
            return Regex(source)
        case Name(name=name):
            return scope[name] if name in scope else _named(name, module)
        case Array(items=items):
            return [value for item in items for value in _spread(item, module, scope)]
        case Mapping(entries=entries):
            return _entries(entries, module, scope)
        case Function():
            return Closure(node, module)
        case Call(function=function, arguments=arguments):
            return _call(function, arguments, module, scope)
        case Member(owner=owner, name=name):
            return _member(evaluate(owner, module, scope), name)
    return MISSING


def _entries(entries: tuple[tuple[str, Expression], ...], module: Script, scope: Scope) -> Json:
    found: Json = {}
    for key, item in entries:
        value = evaluate(item, module, scope)
        if key:
            found[key] = value
        elif isinstance(value, dict):
            found |= value
    return found


def _named(name: str, module: Script) -> Any:
    home = module.home(name)
    if home is None:
        return MISSING
    where, original = home
    return evaluate(where.expression(original), where)


def _spread(item: Expression, module: Script, scope: Scope) -> list[Any]:
    if not isinstance(item, Spread):
        return [evaluate(item, module, scope)]
    found = evaluate(item.inner, module, scope)
    return list(found) if isinstance(found, list) else [MISSING]


def _member(owner: Any, name: str) -> Any:
    if isinstance(owner, dict) and name in owner:
        return owner[name]
    if isinstance(owner, Zod) and name == "shape":
        required = owner.schema.get("required", ())
        members = owner.schema.get("properties", {})
        return {key: Zod(value, key not in required) for key, value in members.items()}
    return MISSING


def _call(
    function: Expression, arguments: tuple[Expression, ...], module: Script, scope: Scope
) -> Any:
    given = [value for item in arguments for value in _spread(item, module, scope)]
    if function in _COPIES:
        return given[0] if given else []
    maker = _maker(function, module)
    if maker is not None:
        if maker == "lazy":
            given = [_result(item, []) for item in given]
        return made(maker, given)
    if isinstance(function, Member):
        owner = evaluate(function.owner, module, scope)
        return changed(owner, function.name, given) if isinstance(owner, Zod) else MISSING
    called = evaluate(function, module, scope)
    return _result(called, given)


def _result(called: Any, given: list[Any]) -> Any:
    if not isinstance(called, Closure):
        return MISSING
    names = called.function.parameters
    return evaluate(called.function.result, called.module, dict(zip(names, given, strict=False)))


def _maker(function: Expression, module: Script) -> str | None:
    """Return the function of zod that an expression is: `z.string`, `string`, `_enum`; or None."""
    match function:
        case Member(owner=Name(name="z"), name=name) if name in MAKERS:
            return name
        case Name(name=name) if name.lstrip("_") in MAKERS:
            home = module.home(name)
            return name.lstrip("_") if home is None or home[0] is not module else None
    return None
