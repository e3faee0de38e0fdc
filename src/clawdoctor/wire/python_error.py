"""The Python errors with which LiteLLM exits because of a value of the wrong type."""

from __future__ import annotations

from clawdoctor.source.node import Node

NO_MODULE = "ValueError: Empty module name"
"""Python's error if a program imports a name without a dot, in which it expects a module."""


def no_attribute(node: Node, name: str) -> str:
    """Python's error if a program expects another type, such as a mapping or a string."""
    return f"AttributeError: '{python_type(node)}' object has no attribute '{name}'"


def not_iterable(node: Node) -> str:
    """Python's error if a program expects a list."""
    return f"TypeError: '{python_type(node)}' object is not iterable"


def no_member(node: Node) -> str:
    """Python's error if a program searches a string and the value is not a string."""
    return f"TypeError: argument of type '{python_type(node)}' is not iterable"


def python_type(node: Node) -> str:
    """The name of a value's type in Python's errors."""
    kind = type(node.python())
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
