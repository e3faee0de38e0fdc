"""Change one operator, constant or statement at a time and run the tests that should notice.

    scripts/mutate [--only PREFIX] [--sample N] [--seed N] [--jobs N]

It covers the modules where faults are worst: redaction, triage, engine, facts, trust, HTTP client.
It prints each surviving mutant, with the line before and after, and then exits with 1. A full run
takes about an hour on two cores.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 120
"""The time limit of a mutant. A mutant that takes longer counts as killed."""

TESTS = {
    "redaction/__init__.py": ["tests/redaction"],
    "redaction/controls.py": ["tests/redaction"],
    "redaction/excerpt.py": ["tests/redaction"],
    "redaction/hide.py": ["tests/redaction"],
    "redaction/secret.py": ["tests/redaction"],
    "redaction/secret_name.py": ["tests/redaction"],
    "redaction/secret_part.py": ["tests/redaction"],
    "redaction/unparsed.py": ["tests/redaction"],
    "run/exposure.py": ["tests/run/test_exposure.py", "tests/redaction"],
    "run/triage.py": ["tests/run/test_triage.py"],
    "run/weights.py": ["tests/run/test_weights.py", "tests/run/test_verdict.py"],
    "run/verdict.py": ["tests/run/test_verdict.py"],
    "run/engine.py": ["tests/run/test_engine.py"],
    "run/facts.py": ["tests/run/test_facts.py", "tests/run/test_engine.py"],
    "run/needs.py": ["tests/run/test_facts.py", "tests/run/test_engine.py"],
    "chain/trust.py": ["tests/chain/test_trust.py"],
    "probes/client.py": ["tests/probes/test_http.py", "tests/probes/test_safety.py"],
    "probes/http.py": ["tests/probes/test_http.py", "tests/probes/test_safety.py"],
    "probes/limiter.py": ["tests/probes/test_limiter.py", "tests/probes/test_safety.py"],
    "probes/azure.py": ["tests/probes/test_azure.py"],
    "probes/azure_deployments.py": ["tests/probes/test_azure.py"],
}
"""Modules below src/clawdoctor, with the tests that should notice a change."""

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change."""

    path: str
    source: str
    change: str


def mutants(path: str) -> Iterator[Mutant]:
    """Yield all mutants of a module."""
    tree = ast.parse((ROOT / "src/clawdoctor" / path).read_text("utf-8"))
    before = ast.unparse(tree).splitlines()
    typing = set(map(id, type_nodes(tree)))
    for node in [node for node in ast.walk(tree) if id(node) not in typing]:
        original = {k: list(v) if isinstance(v, list) else v for k, v in vars(node).items()}
        for variant in range(20):
            if change_node(node, variant):
                source = ast.unparse(ast.fix_missing_locations(tree))
                diff = difflib.unified_diff(before, source.splitlines(), n=0, lineterm="")
                lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
                yield Mutant(path, source, "\n".join(line[:240] for line in lines[:8]))
            elif variant:
                break
            for name, value in original.items():
                setattr(node, name, list(value) if isinstance(value, list) else value)


def type_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes that only declare a type: no test can notice a change to them."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(annotation=part) | ast.arg(annotation=ast.expr() as part):
                yield from ast.walk(part)
            case ast.FunctionDef(returns=ast.expr() as part):
                yield from ast.walk(part)
            case ast.ClassDef(decorator_list=parts):
                for part in parts:
                    yield from ast.walk(part)
            case ast.Subscript(value=ast.Name(id="Literal")):
                yield from ast.walk(node)
            case _:
                pass


def change_node(node: ast.AST, variant: int) -> bool:
    """Make a variant of a change to a node. Return False if the node has no such variant."""
    if isinstance(node, ast.expr | ast.comprehension):
        return swap(node) if variant == 0 else remove_part(node, variant - 1)
    if variant == 0:
        if isinstance(node, ast.If | ast.While):
            node.test = ast.UnaryOp(ast.Not(), node.test)
        return isinstance(node, ast.If | ast.While)
    body = getattr(node, "body", [])
    effects = [index for index, statement in enumerate(body) if is_effect(statement)]
    if variant > len(effects):
        return False
    body[effects[variant - 1]] = ast.Pass()
    return True


def swap(node: ast.AST) -> bool:
    """Replace an operator, a function or a constant with its counterpart, or return False."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARE:
            node.ops = [COMPARE[type(op)]()]
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp(op=ast.Not()):
            node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.BinOp(op=op) if type(op) in BINARY:
            node.op = BINARY[type(op)]()
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            node.func = ast.Name(CALLS[name], ast.Load())
        case ast.Constant(value=bool() as value):
            node.value = not value
        case ast.Constant(value=int() as value):
            node.value = value + 1
        case _:
            return False
    return True


def remove_part(node: ast.AST, index: int) -> bool:
    """Remove one operand, one constant of a display, or one filter, or return False."""
    match node:
        case ast.BoolOp(values=parts) | ast.comprehension(ifs=parts):
            pass
        case ast.Tuple(elts=parts, ctx=ast.Load()) | ast.Set(elts=parts):
            if not all(isinstance(part, ast.Constant | ast.Attribute) for part in parts):
                return False
        case _:
            return False
    if index >= len(parts):
        return False
    del parts[index]
    return True


def is_effect(statement: ast.stmt) -> bool:
    """Return whether a statement has only an effect, so that it can be removed."""
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return is_call or isinstance(statement, ast.AugAssign | ast.Continue)


def survives(mutant: Mutant, tests: list[str]) -> bool:
    """Return whether the tests pass with a mutant. They run in their own process."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os._exit(run(mutant, tests))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def run(mutant: Mutant, tests: list[str]) -> int:
    """Run the tests with a mutant in place of its module. Return pytest's exit code."""
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    package = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    load = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if name == f"clawdoctor.{package}":
            return compile(mutant.source, loader.path, "exec")
        return load(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
    import pytest

    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-m", "not slow"]
    return int(pytest.main([*options, *(str(ROOT / test) for test in tests)]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="modules whose path begins so")
    parser.add_argument("--sample", type=int, default=0, help="only so many mutants of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.dont_write_bytecode = True
    import pytest  # noqa: F401 - every child needs it, and inherits it

    chosen: list[Mutant] = []
    for path in (path for path in TESTS if path.startswith(options.only)):
        candidates = list(mutants(path))
        if options.sample and len(candidates) > options.sample:
            candidates = random.Random(options.seed).sample(candidates, options.sample)  # noqa: S311
        chosen += candidates
    survivors = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda mutant: survives(mutant, TESTS[mutant.path]), chosen)
        for mutant, survived in zip(chosen, results, strict=True):
            if survived:
                survivors += 1
                print(f"{mutant.path}\n{mutant.change}\n", flush=True)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
