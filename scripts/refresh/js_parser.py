"""A parser of JavaScript expressions, for what declarations of schemas and lists need.

Anything that is not part of a declaration, such as a function's body, becomes `Unread`.
"""

from __future__ import annotations

import json
import re

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
    Unread,
    Value,
)

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<name>[A-Za-z_$][\w$]*)
    |(?P<number>0x[0-9a-fA-F]+|\d[\d_]*\.?\d*(?:e[+-]?\d+)?)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<template>`(?:[^`\\]|\\.)*`)
    |(?P<sign>=>|\.\.\.|\?\.|\?\?|&&|\|\||[=!]==?|[<>]=?|.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?P<source>(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/[a-z]*")
_OPEN = {"(": ")", "[": "]", "{": "}"}
_ENDS = (",", ";", ")", "]", "}", "")
_KEYWORDS = {"true": True, "false": False, "null": None, "undefined": None}


class Parser:
    """Reads expressions from a position in a text, and advances the position past them."""

    def __init__(self, text: str, position: int) -> None:
        self.text, self.position = text, position

    def expression(self) -> Expression:
        """Return the expression at the position, or `Unread` with everything up to its end."""
        found = self._operand()
        while self._peek() == "*" and isinstance(found, Value):
            self._next()
            found = _product(found, self._operand())
        if self._peek() in _ENDS:
            return found
        self._skip_to_end()
        return Unread()

    def _operand(self) -> Expression:
        start = self.position
        word, kind = self._next()
        found: Expression
        if self._is_function(start, word):
            return self._function(start)
        match kind:
            case "string":
                found = Value(_string(word))
            case "number":
                found = Value(float(word.replace("_", "")) if word[:2] != "0x" else int(word, 16))
            case "regex":
                found = Regex(word)
            case "name" if word == "new":
                return self._operand()
            case "name" if word in _KEYWORDS:
                found = Value(_KEYWORDS[word])
            case "name":
                found = Unread() if word in ("async", "function", "class") else Name(word)
            case _ if word == "[":
                found = Array(self._items("]"))
            case _ if word == "{":
                found = self._mapping()
            case _ if word == "(":
                found = self.expression()
                self._next()
            case _ if word == "...":
                return Spread(self.expression())
            case _:
                found = Unread()
        return self._with_members(found)

    def _with_members(self, found: Expression) -> Expression:
        while True:
            match self._peek():
                case "." | "?.":
                    self._next()
                    found = Member(found, self._next()[0])
                case "(":
                    self._next()
                    found = Call(found, self._items(")"))
                case "[":
                    self._next()
                    self._items("]")
                    found = Unread()
                case _:
                    return found

    def _items(self, end: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while self._peek() not in (end, ""):
            items.append(self.expression())
            if self._peek() != ",":
                break
            self._next()
        self._next()
        return tuple(items)

    def _mapping(self) -> Mapping:
        entries: list[tuple[str, Expression]] = []
        while self._peek() not in ("}", ""):
            word, kind = self._next()
            if word == "...":
                entries.append(("", self.expression()))
            else:
                key = _string(word) if kind == "string" else word
                if self._peek() == ":":
                    self._next()
                    entries.append((key, self.expression()))
                else:  # a shorthand, or a method
                    entries.append((key, Name(key) if self._peek() in (",", "}") else Unread()))
                    self._skip_to_end()
            if self._peek() == ",":
                self._next()
        self._next()
        return Mapping(tuple(entries))

    def _is_function(self, start: int, word: str) -> bool:
        if word != "(":
            return re.match(r"[\w$]", word) is not None and self._peek() == "=>"
        here, self.position = self.position, start
        self._skip_brackets()
        found = self._peek() == "=>"
        self.position = here
        return found

    def _function(self, start: int) -> Expression:
        self.position = start
        if self._peek() == "(":
            self._next()
            given = self._items(")")
        else:
            given = (Name(self._next()[0]),)
        self._next()
        names = tuple(item.name for item in given if isinstance(item, Name))
        if self._peek() == "{":
            self._skip_brackets()
            return Unread()
        return Function(names, self.expression())

    def _skip_to_end(self) -> None:
        while self._peek() not in _ENDS:
            if self._peek() in _OPEN:
                self._skip_brackets()
            else:
                self._next()

    def _skip_brackets(self) -> None:
        depth = 0
        while True:
            word, kind = self._next()
            if kind == "sign" and word in _OPEN:
                depth += 1
            elif kind == "sign" and word in _OPEN.values():
                depth -= 1
            if depth <= 0 or kind == "end":
                return

    def _peek(self) -> str:
        here = self.position
        word, kind = self._next()
        self.position = here
        return word if kind in ("sign", "end") else "a value"

    def _next(self) -> tuple[str, str]:
        space = _SPACE.match(self.text, self.position)
        assert space is not None
        start = space.end()
        if self.text[start : start + 1] == "/" and self._may_be_regex(self.position):
            regex = _REGEX.match(self.text, start)
            if regex is not None:
                self.position = regex.end()
                return regex["source"], "regex"
        word = _TOKEN.match(self.text, start)
        if word is None:
            self.position = len(self.text)
            return "", "end"
        self.position = word.end()
        return word[0], word.lastgroup or "sign"

    def _may_be_regex(self, position: int) -> bool:
        """Return whether a slash here begins a regular expression: no value precedes it."""
        before = self.text[max(0, position - 80) : position].rstrip()
        return not re.search(r"[\w$)\]}\"'`]$", before) or before.endswith("return")


def _product(left: Value, right: Expression) -> Expression:
    if not isinstance(right, Value):
        return Unread()
    match left.value, right.value:
        case (int() | float() as first, int() | float() as second):
            return Value(float(first * second))
    return Unread()


def _string(word: str) -> str:
    inner = word[1:-1]
    if word[0] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"')
    try:
        text: str = json.loads(f'"{inner}"')
    except ValueError:
        return inner
    return text
