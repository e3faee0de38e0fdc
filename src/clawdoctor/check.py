"""The record of a check, and the list of those that come with clawdoctor.

A check is one module in `checks/<stage>/` that makes a `CHECK`. Its docstring is its page: the
title line, then the sections of `SECTIONS`. A new one needs its file and a line in its stage's
`MODULES`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from clawdoctor.finding import STAGES, Finding, Scope, Stage, Unknown
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

Confidence = Literal["certain", "likely", "possible"]
"""`certain`: only this cause makes the text; `likely`: nearly always; `possible`: one of many."""

Results = Iterator[Finding | Unknown]
"""What a check's function gives."""

ENTRY_POINTS = "clawdoctor.checks"
"""The entry point group in which other packages offer checks."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A text by which a failure mode is recognised.

    `expression` is searched in the text, without regard to case, after `explain` has unescaped it
    and made white space single; its named groups are the captured values. It must be linear: no
    nested quantifiers.
    """

    expression: str
    confidence: Confidence
    raised_by: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The expression compiled: when it is asked for, as a run asks for few of a thousand."""
        return _compiled(self.expression)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def signature(pattern: str, confidence: Confidence, raised_by: str) -> Signature:
    """A signature whose pattern ignores case."""
    return Signature(pattern, confidence, raised_by)


@dataclass(frozen=True, slots=True)
class Part:
    """One function of a check, and the facts that it asks for."""

    run: Callable[..., Results]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One failure mode: what it is called, where it belongs, how it is found and recognised.

    `causes` are the codes that can make this one's findings: they are folded under those.
    `survives_evidence` marks what stays an error on a route whose live turn passed. `live` is a
    second function of the same kind, for what the live turn shows of the same failure. `owns`
    are the kinds of refusal that this check reports; an error text that it recognises in a live
    turn is of the first of them. A plug-in may name kinds of its own (`PluginKind`). `requires`
    are facts that must be there first, though the functions do not read them.
    """

    code: str
    name: str
    stage: Stage
    scope: Scope
    run: Callable[..., Results]
    documentation: str
    causes: tuple[str, ...] = ()
    texts: tuple[Signature, ...] = ()
    owns: tuple[Kind, ...] = ()
    survives_evidence: bool = False
    live: Callable[..., Results] | None = None
    requires: tuple[Hint, ...] = ()
    parts: tuple[Part, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        functions = (self.run,) if self.live is None else (self.run, self.live)
        parts = tuple(Part(function, needs_of(function, self.requires)) for function in functions)
        object.__setattr__(self, "parts", parts)

    @property
    def title(self) -> str:
        """What fails, in one line: the docstring's first paragraph."""
        return self.documentation.strip().partition("\n\n")[0].replace("\n", " ")

    def section(self, heading: str) -> str:
        """The text under one of `SECTIONS`, without the heading; empty where there is none."""
        lines = self.documentation.strip().splitlines()
        try:
            start = lines.index(heading) + 2
        except ValueError:
            return ""
        rest = lines[start:]
        end = next((i - 1 for i, line in enumerate(rest) if _underlines(rest, i, line)), len(rest))
        return "\n".join(rest[:end]).strip()


def _underlines(lines: list[str], index: int, line: str) -> bool:
    return index > 0 and line.startswith("---") and lines[index - 1].strip() in SECTIONS


@cache
def built_in_checks() -> tuple[Check, ...]:
    """The checks that come with clawdoctor, in the order of stages and codes."""
    return tuple(check for stage in STAGES for check in _stage_checks(stage))


def _stage_checks(stage: Stage) -> Iterator[Check]:
    package = f"clawdoctor.checks.{stage}"
    modules: Iterable[str] = importlib.import_module(package).MODULES
    for name in modules:
        check = importlib.import_module(f"{package}.{name}").CHECK
        assert isinstance(check, Check), f"{package}.{name} makes no CHECK"
        yield check


def plugin_checks(names: Iterable[str]) -> tuple[Check, ...]:
    """The checks of the named entry points, and of no others.

    Raises LookupError for a name that no installed package offers.
    """
    wanted = tuple(names)
    if not wanted:
        return ()
    from importlib.metadata import entry_points  # costs 60 ms: only where a plug-in is named

    offered = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    found: list[Check] = []
    for name in wanted:
        if name not in offered:
            raise LookupError(f'no installed package offers the checks "{name}"')
        loaded = offered[name].load()
        found += (loaded,) if isinstance(loaded, Check) else loaded
    return tuple(found)


def owners_of(checks: Iterable[Check]) -> dict[Kind, str]:
    """The code of the check that owns each kind of refusal; the first where several own one."""
    owners: dict[Kind, str] = {}
    for check in checks:
        for kind in check.owns:
            owners.setdefault(kind, check.code)
    return owners


def find_check(word: str, checks: Iterable[Check]) -> Check | None:
    """The check with this code or name, in any case; None where there is none."""
    wanted = word.strip().casefold()
    for check in checks:
        if wanted in (check.code.casefold(), check.name):
            return check
    return None
