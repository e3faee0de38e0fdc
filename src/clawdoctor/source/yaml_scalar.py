"""YAML scalars: their values as PyYAML's SafeLoader reads them, and their names as keys."""

from __future__ import annotations

import datetime
import math
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from clawdoctor.source.node import Kind, Node, Scalar
from clawdoctor.source.text import Text
from clawdoctor.source.yaml_tag import MERGE, PREFIX, STRING, VALUE

_SCALAR_KINDS: dict[str, Kind] = {
    STRING: "string",
    PREFIX + "null": "null",
    PREFIX + "bool": "boolean",
    PREFIX + "int": "number",
    PREFIX + "float": "number",
    PREFIX + "timestamp": "date",
    PREFIX + "binary": "other",
}

_MISFITS = {
    MERGE: "'<<' alone is not a value; put it in quotes",
    VALUE: "'=' alone is not a value; put it in quotes",
    PREFIX + "timestamp": "this reads as a date, but there is no such date; put it in quotes",
    PREFIX + "int": "this reads as a number, but is none; put it in quotes",
    PREFIX + "float": "this reads as a number, but is none; put it in quotes",
}

_LONGEST_NUMBER = 3000
"""Python refuses to print integers of over 4300 digits, and base 60 takes quadratic time."""

_constructor: Any = SafeConstructor()


class NotAValueError(ValueError):
    """A scalar does not have the form that its explicit or implied tag requires."""


def scalar_value(tag: str, text: str) -> tuple[Kind, Scalar]:
    """Return the kind and value of a scalar with a known tag, as SafeLoader constructs it.

    Binary data is of kind "other" and has no value. Raises NotAValueError, whose message quotes
    none of the text.
    """
    kind = _SCALAR_KINDS.get(tag)
    if kind is None:
        raise NotAValueError(_MISFITS.get(tag, "this tag does not go with a single value"))
    if tag == STRING:
        return kind, _without_surrogates(text)
    if kind == "number" and len(text) > _LONGEST_NUMBER:
        raise NotAValueError(f"a number has more than {_LONGEST_NUMBER} digits")
    try:
        value = SafeConstructor.yaml_constructors[tag](_constructor, yaml.ScalarNode(tag, text))
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError) as error:
        # SafeLoader raises all of these, not only YAMLError.
        raise NotAValueError(_MISFITS.get(tag, "this value does not fit its tag")) from error
    return kind, None if kind == "other" else value


def key_name(key: Node, text: Text) -> str:
    """Return a scalar key as a string in a canonical form: 0x10 and 16 are "16".

    The name of binary data is its text in the file.
    """
    match key.value:
        case str(name):
            return name
        case bool(flag):
            return "true" if flag else "false"
        case float(number):
            return _float_name(number)
        case int(number):
            return str(number)
        case datetime.date():
            return key.value.isoformat()
        case None:
            return "null" if key.kind == "null" else text.slice(key.span)


def _float_name(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _without_surrogates(text: str) -> str:
    """Replace escaped surrogate pairs with their characters, and lone ones with U+FFFD.

    SafeLoader keeps them, but no program can write or send such a string.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
