"""Names of models and versions of programs are in the knowledge tables, not in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import clawdoctor

ROOT = Path(clawdoctor.__file__).parent
MODEL = re.compile(
    r"\bgpt-?\d|\bo[1-9]\b(?!/)|\b(?:codex|claude|whisper|dall-e|text-embedding|davinci)(?:-|\||$)",
    re.IGNORECASE,
)
VERSION = re.compile(r"\bv?(?:1|20\d\d)\.\d+\.\d+\b")
RECOGNISERS = {"rule", "Advice"}
"""Functions whose arguments are texts of other programs, or a page's text: they decide nothing."""
# The simulator plays given versions and models; the version in __init__.py is clawdoctor's own.
EXEMPT = ("simulator/", "__init__.py")


def modules() -> list[Path]:
    paths = sorted(ROOT.rglob("*.py"))
    return [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(EXEMPT)]


def facts(source: str) -> Iterator[str]:
    """Yield the strings with a model's name or a version, and literal releases."""
    tree = ast.parse(source)
    ignored: set[ast.AST] = set()
    patterns: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            ignored.add(node.value)  # a docstring
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in RECOGNISERS:
            inner = list(ast.walk(node))
            ignored.update(inner)
            patterns.update(name.id for name in inner if isinstance(name, ast.Name))
        if node.func.id == "Release" and any(isinstance(arg, ast.Tuple) for arg in node.args):
            yield ast.unparse(node)
    for node in tree.body:  # what such a call is given by its name
        if isinstance(node, ast.Assign) and patterns & {ast.unparse(name) for name in node.targets}:
            ignored.update(ast.walk(node))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node not in ignored and (MODEL.search(node.value) or VERSION.search(node.value)):
            yield node.value


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_code_decides_by_no_literal(path: Path) -> None:
    assert list(facts(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "fact",
    [
        '"gpt-5"',
        '"azure/gpt-4o"',
        'f"model: o3-{size}"',
        '"o1"',
        '"codex-mini"',
        'r"whisper|tts"',
        '"claude"',
        '"1.81.14"',
        '"2026.9.6"',
        "Release((1, 109))",
    ],
)
def test_a_literal_is_found(fact: str) -> None:
    assert list(facts(f"def f():\n    '''gpt-5'''\n    return {fact}"))


@pytest.mark.parametrize(
    "text", ["rule('likely', 'X', r'gpt-5')", "'127.0.0.1'", "'Codex and pro models'"]
)
def test_what_is_no_such_literal_passes(text: str) -> None:
    assert not list(facts(f"x = {text}"))
