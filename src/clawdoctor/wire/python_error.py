"""The errors of Python with which LiteLLM exits at a value of another type."""

from __future__ import annotations

from clawdoctor.source.node import Node


def no_attribute(node: Node, name: str) -> str:
    """Python's error where a program expects another type: a mapping, or a text."""
    return f"AttributeError: '{python_type(node)}' object has no attribute '{name}'"


def not_iterable(node: Node) -> str:
    """Python's error where a program expects a list."""
    return f"TypeError: '{python_type(node)}' object is not iterable"


def no_member(node: Node) -> str:
    """Python's error where a program looks into a text, and the value is none."""
    return f"TypeError: argument of type '{python_type(node)}' is not iterable"


def python_type(node: Node) -> str:
    """The name of a value's type, as Python's errors write it."""
    kind = type(node.python())
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
