"""The record of a check, and the list of the built-in checks.

A check is one module in `checks/<stage>/` that defines a `CHECK`. Its docstring is its page: the
title line, then the sections of `SECTIONS`. A new check needs its file and a line in the `MODULES`
of its stage. `scripts/generate-docs` then writes it into `checks/index.json`: what is in the index
needs no import of the module, which takes most of the time of a short command.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cache
from typing import Any

from clawdoctor.data import read_data
from clawdoctor.deferred import dataclass
from clawdoctor.errors.advice import Advice
from clawdoctor.errors.rule import Rule
from clawdoctor.finding import STAGES, Finding, Scope, Severity, Stage, Unknown
from clawdoctor.run.needs import Hint, Need, needs_of
from clawdoctor.run.refusal import Kind

SECTIONS = (
    "What it means",
    "Why it happens",
    "How to fix it",
    "Versions",
    "References",
)
"""The headings of a check's page, in this order."""

Results = Iterator[Finding | Unknown]
"""What the function of a check yields."""


@dataclass(frozen=True, slots=True)
class Part:
    """A function of a check, and the facts that it needs."""

    run: Callable[..., Results]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One failure mode: its name, its stage, how to find it and how to recognise its error texts.

    `causes` are the codes that can cause this failure; their findings hide the findings of this
    check. `disproved_by_turn` says that a passed turn proves the fault harmless and lowers the
    finding to a note. A small turn does not exercise windows, time-outs, quotas or fallbacks, and
    says nothing about the next start. `live` is a second function like `run`, for signs of the same
    failure in the live turn. `owns` are the kinds of refusal that this check reports. An error text
    of a live turn that matches `texts` is a refusal of the first kind. A plug-in may define its own
    kinds (`PluginKind`). `predicts` are the kinds of predicted refusal (`wire.request.Refused`)
    that the findings of this check explain. `requires` are facts that must exist, although the
    functions do not read them. `worst` is the worst severity of its findings: a run that leaves out
    a check with only notes is still complete. `advice` says what to do about each named form of the
    failure that `texts` distinguish; for other texts, the page does.
    """

    code: str
    name: str
    stage: Stage
    scope: Scope
    run: Callable[..., Results]
    documentation: str
    causes: tuple[str, ...] = ()
    texts: tuple[Rule, ...] = ()
    advice: Mapping[str, Advice] = field(default_factory=dict)
    owns: tuple[Kind, ...] = ()
    predicts: tuple[str, ...] = ()
    disproved_by_turn: bool = False
    live: Callable[..., Results] | None = None
    requires: tuple[Hint, ...] = ()
    worst: Severity = Severity.ERROR
    parts: tuple[Part, ...] = field(default=(), init=False)
    module: str = field(default="", init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        functions = (self.run,) if self.live is None else (self.run, self.live)
        parts = tuple(Part(function, needs_of(function, self.requires)) for function in functions)
        object.__setattr__(self, "parts", parts)
        if not self.documentation:
            object.__setattr__(self, "documentation", _page_in_source(self.run.__module__))

    def __getattr__(self, name: str) -> Any:
        """Load what the index does not hold of a built-in check."""
        if name == "texts":
            rules = tuple(Rule(**_as_tuples(rule)) for rule in _index()[self.code]["texts"])
            object.__setattr__(self, name, rules)
        elif name in _IN_MODULE:
            defined = importlib.import_module(self.module).CHECK
            for part in _IN_MODULE:
                object.__setattr__(self, part, getattr(defined, part))
        else:
            raise AttributeError(name)
        return getattr(self, name)

    @property
    def title(self) -> str:
        """The failure in one line: the first paragraph of the docstring."""
        return self.documentation.strip().partition("\n\n")[0].replace("\n", " ")

    def section(self, heading: str) -> str:
        """Return the text of one of `SECTIONS` without its heading, or "" if it is missing."""
        lines = self.documentation.strip().splitlines()
        try:
            start = lines.index(heading) + 2
        except ValueError:
            return ""
        rest = lines[start:]
        end = next((i - 1 for i, line in enumerate(rest) if _underlines(rest, i, line)), len(rest))
        return "\n".join(rest[:end]).strip()


def _page_in_source(module: str) -> str:
    """Return the docstring from a module's source: `python -OO` removes it from the module."""
    import ast
    import inspect

    try:
        source = inspect.getsource(sys.modules[module])
    except (OSError, TypeError):  # only the compiled file is installed
        return ""
    return ast.get_docstring(ast.parse(source), clean=False) or ""


def _underlines(lines: list[str], index: int, line: str) -> bool:
    return index > 0 and line.startswith("---") and lines[index - 1].strip() in SECTIONS


_IN_MODULE = ("run", "live", "documentation", "advice", "requires", "parts")
"""The fields that a check gets from its module, when the first of them is read."""


@cache
def _index() -> dict[str, dict[str, Any]]:
    """Return the indexed fields of the built-in checks by code. See `scripts/generate_index.py`."""
    found: dict[str, dict[str, Any]] = json.loads(read_data("checks/index.json"))
    return found


def _as_tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }


def _indexed(code: str) -> Check:
    """Return a check of the index, without importing its module."""
    check = object.__new__(Check)
    fields = {name: value for name, value in _index()[code].items() if name != "texts"}
    for name, value in {**_as_tuples(fields), "code": code}.items():
        object.__setattr__(check, name, Severity(value) if name == "worst" else value)
    return check


@cache
def built_in_checks() -> tuple[Check, ...]:
    """Return the checks that come with clawdoctor, by stage and code."""
    return checks_of(STAGES)


def checks_of(stages: Iterable[Stage]) -> tuple[Check, ...]:
    """Return the built-in checks of some stages."""
    return tuple(check for stage in stages for check in _stage_checks(stage))


@cache
def _stage_checks(stage: Stage) -> tuple[Check, ...]:
    return tuple(_indexed(code) for code, fields in _index().items() if fields["stage"] == stage)


def defined_checks() -> Iterator[tuple[str, Check]]:
    """Yield the modules of the built-in checks, and the checks that the index must hold."""
    for stage in STAGES:
        package = f"clawdoctor.checks.{stage}"
        modules: Iterable[str] = importlib.import_module(package).MODULES
        for name in modules:
            module = f"{package}.{name}"
            check = importlib.import_module(module).CHECK
            assert isinstance(check, Check), f"{module} makes no CHECK"
            yield module, check


def owners_of(checks: Iterable[Check]) -> dict[Kind, str]:
    """Return the code of the check that owns each kind of refusal. The first owner wins."""
    owners: dict[Kind, str] = {}
    for check in checks:
        for kind in check.owns:
            owners.setdefault(kind, check.code)
    return owners


def find_check(query: str, checks: Iterable[Check]) -> Check | None:
    """Return the check with this code or name, ignoring case, or None."""
    wanted = query.strip().casefold()
    for check in checks:
        if wanted in (check.code.casefold(), check.name):
            return check
    return None
