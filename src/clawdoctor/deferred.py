"""Dataclasses and regular expressions that are built at their first use.

A run uses half of the classes and a third of the expressions of the modules that it loads. Building
all of them would take half of its time.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass", "regex"]

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from re import compile as regex
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """Return what `dataclasses.dataclass` returns, but build its methods at their first use.

        The options are those of `dataclasses.dataclass`. The classes must not have a base class.
        """
        if not options.get("slots") or options.keys() - {"slots", "frozen", "kw_only"}:
            return dataclasses.dataclass(**options)
        return lambda cls: _deferred(
            cls, options.get("frozen", False), options.get("kw_only", False)
        )

    def regex(expression: str, flags: int = 0) -> _Regex:
        """Return what `re.compile` returns, but compile the expression at its first use."""
        return _Regex(expression, flags)


class _Regex:
    def __init__(self, expression: str, flags: int) -> None:
        self.pattern = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.pattern, self._flags)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "split", "sub"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


class _Fields:
    """A stand-in for `__dataclass_fields__` that computes the fields at their first use."""

    def __init__(self, cls: type, kw_only: bool) -> None:
        self._cls, self._kw_only = cls, kw_only

    def __get__(self, _: object, owner: Any) -> Any:
        options = {"init": False, "repr": False, "eq": False, "kw_only": self._kw_only}
        read: Any = dataclasses.dataclass(**options)(self._cls)
        owner.__dataclass_fields__ = read.__dataclass_fields__
        return owner.__dataclass_fields__


_FEW = 50
"""Compiling `__init__` takes as long as building this many objects without it."""
_set = object.__setattr__


class _Parameters:
    """What the first objects of a class are built with, as long as no `__init__` is compiled."""

    def __init__(self, cls: Any, kw_only: bool) -> None:
        fields = dict(_declared(cls))
        self._named = {name for name, field in fields.items() if field.init}
        self._names = () if kw_only else tuple(name for name in fields if name in self._named)
        missing = dataclasses.MISSING
        self._defaults = {
            name: field.default for name, field in fields.items() if field.default is not missing
        }
        self._factories = {
            name: field.default_factory
            for name, field in fields.items()
            if field.default_factory is not missing
        }
        self._required = self._named - self._defaults.keys() - self._factories.keys()
        self.post_init: Callable[[Any], None] | None = getattr(cls, "__post_init__", None)

    def values(self, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any] | None:
        """Return the values of all fields, or None for arguments that `__init__` rejects."""
        given = dict(zip(self._names, args, strict=False)) | named
        if len(given) != len(args) + len(named):
            return None
        if not self._required <= given.keys() <= self._named:
            return None
        made = {name: make() for name, make in self._factories.items() if name not in given}
        return self._defaults | made | given


def _deferred(cls: type, frozen: bool, kw_only: bool) -> type:
    """Return the class with slots and with the dataclass methods that it does not define."""

    parameters: _Parameters | None = None
    built = 0

    def first_init(self: Any, *args: Any, **named: Any) -> None:
        nonlocal parameters, built
        built += 1
        if parameters is None:
            parameters = _Parameters(made, kw_only)
        values = parameters.values(args, named) if built < _FEW else None
        if values is None:
            made.__init__ = _init_of(made, frozen, kw_only)
            made.__init__(self, *args, **named)
            return
        for name, value in values.items():
            _set(self, name, value)
        if parameters.post_init is not None:
            parameters.post_init(self)

    def equals(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = _compared(made)
        return values(self) == values(other)

    def text(self: Any) -> str:
        shown = [name for name, field in _declared(made) if field.repr]
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{made.__qualname__}({values})"

    names = tuple(cls.__annotations__)
    defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
    methods: dict[str, Any] = {"__init__": first_init, "__repr__": text, "__eq__": equals}
    if frozen:
        methods["__hash__"] = lambda self: hash(_compared(made)(self))
        methods["__setattr__"] = methods["__delattr__"] = _refuse
    written = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in ("__dict__", "__weakref__", *names)
    }
    added = {
        "__slots__": names,
        "__match_args__": () if kw_only else names,
        "__dataclass_fields__": _Fields(cls, kw_only),
        "__defaults__": defaults,
    }
    made: Any = type(cls)(cls.__name__, cls.__bases__, methods | written | added)
    made.__qualname__ = cls.__qualname__
    return made  # type: ignore[no-any-return]


def _refuse(_: object, name: str, *_value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r}")


def _declared(cls: Any) -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """Yield the fields as the class declares them: `dataclasses.fields` takes ten times as long."""
    for name in cls.__slots__:
        value = cls.__defaults__.get(name, dataclasses.MISSING)
        is_field = isinstance(value, dataclasses.Field)
        yield name, value if is_field else dataclasses.field(default=value)


@cache
def _compared(cls: Any) -> Callable[[Any], Any]:
    """Return a function that reads the compared fields of an object."""
    names = [name for name, field in _declared(cls) if field.compare]
    return attrgetter(*names) if names else lambda _: ()


def _init_of(cls: Any, frozen: bool, kw_only: bool) -> Callable[..., None]:
    """Compile `__init__`. A frozen class rejects assignments, so its slots are set directly."""
    names: dict[str, Any] = {"__missing": dataclasses.MISSING}
    parameters = ["self", "*"] if kw_only else ["self"]
    body = ["pass"]
    for name, field in _declared(cls):
        value = name
        if field.default is not dataclasses.MISSING:
            names[f"__default_{name}"] = field.default
            value = name if field.init else f"__default_{name}"
            parameters += [f"{name}=__default_{name}"] if field.init else []
        elif field.default_factory is not dataclasses.MISSING:
            names[f"__factory_{name}"] = field.default_factory
            value = f"__factory_{name}() if {name} is __missing else {name}"
            parameters.append(f"{name}=__missing")
        elif field.init:
            parameters.append(name)
        else:
            continue
        names[f"__set_{name}"] = cls.__dict__[name].__set__
        body.append(f"__set_{name}(self, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body)
    exec(text, names)  # noqa: S102 - names and defaults of our own classes
    init: Callable[..., None] = names["__init__"]
    return init
