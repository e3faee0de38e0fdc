"""The texts that a run has read, and reports without their secrets.

Only this module adds excerpts to a report and removes its secrets. Formats receive the result.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields, is_dataclass, replace
from pathlib import Path
from typing import cast

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.deferred import dataclass, regex
from clawdoctor.finding import (
    Action,
    DiffLine,
    Fix,
    Note,
    Place,
    Report,
    ReportedFinding,
    Suppression,
)
from clawdoctor.redaction.excerpt import excerpt
from clawdoctor.redaction.fix_diff import fix_diff
from clawdoctor.redaction.hide import Redactor, redactor
from clawdoctor.redaction.randomness import looks_random
from clawdoctor.redaction.regions import Regions, is_phrase, mark
from clawdoctor.redaction.report import redact, redact_report
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.redaction.unparsed import credentials_in_unparsed
from clawdoctor.redaction.variable import hidden_in_variable
from clawdoctor.source.change import Edit
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text
from clawdoctor.traced import Trace

_NAME = regex(r"[A-Za-z_]\w*", re.ASCII)
_MOST_DIFFS = 40
_ORDINARY = frozenset(
    {"HOME", "PWD", "OLDPWD", "USER", "LOGNAME", "PATH", "SHELL", "LANG", "TERM", "HOSTNAME"}
    | {"TMPDIR", "CI", "DISPLAY", "EDITOR", "PAGER", "_"}
)
"""Variables whose values appear in every report: paths begin with HOME."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """The texts that the run has read, and their credentials. Paths become relative to `cwd`."""

    regions: Mapping[str, Regions] = field(repr=False)
    redactor: Redactor = field(repr=False)
    cwd: str


Parsed = OpenClawFile | LiteLLMFile | LiteLLMConfig | Compose


def collect_exposure(
    parsed: Iterable[Parsed], environment: Environment | None, paths: Sequence[str], cwd: str
) -> Exposure:
    """Collect the possible secrets: values in parsed files, whole unparsed files, and variables."""
    regions: dict[str, Regions] = {}
    credentials: set[str] = set()
    phrases: set[str] = set()
    names: set[str] = set()
    for fact in {id(fact.root): fact for fact in parsed}.values():
        texts = _texts(fact)
        marked = mark(fact.root, texts)
        regions |= {each.text.path: each for each in marked.regions if each.tokens}
        credentials |= marked.credentials
        phrases |= marked.phrases
        for text in texts:
            names |= set(_NAME.findall(text.content))
    for path in paths:
        unparsed = read_text(Path(path)) if path not in regions else None
        if isinstance(unparsed, Text):
            regions[path] = Regions(unparsed, None)
            credentials |= set(credentials_in_unparsed(unparsed.content))
    if environment is not None:
        for variable in _variables(environment):
            for part, whole in _hidden(variable, names):
                if not whole:
                    credentials.add(part)
                elif is_phrase(part.strip()):
                    phrases.add(part)
    folders = {cwd, *(os.path.dirname(path) for path in paths)}  # noqa: PTH120
    return Exposure(regions, redactor(credentials, phrases, folders), cwd)


def _texts(fact: Parsed) -> tuple[Text, ...]:
    if isinstance(fact, LiteLLMFile):
        return (fact.text,)
    return fact.texts


def _variables(environment: Environment) -> Iterator[Variable]:
    for scope in (environment.openclaw, environment.proxy):
        yield from scope.values.values()
        yield from scope.unread.values()


def _hidden(variable: Variable, names: set[str]) -> Iterator[tuple[str, bool]]:
    """Yield the hidden parts of a variable that a file mentions or whose name means a secret.

    A file can mention a variable in any spelling, even one that no program expands. The second
    value says that a part is not a credential and is hidden only as a whole.
    """
    if variable.name in _ORDINARY:
        return
    if variable.name in names or variable.place is not None or names_secret(variable.name):
        value = variable.value.reveal()
        for start, end in hidden_in_variable(variable.name, value):
            text = value[start:end]
            yield text, not (names_secret(variable.name) or looks_random(text))


def redacted(report: Report, exposure: Exposure) -> Report:
    """Return the report with excerpts and short paths, and without a secret in any string."""
    leads = _leads(report.findings)
    findings, suppressed = (
        tuple(
            _finding_with_excerpts(finding, exposure, with_diff=leads.get(finding.id))
            for finding in found
        )
        for found in (report.findings, report.suppressed)
    )
    notes = cast("tuple[Note, ...]", _with_short_places(report.notes, exposure.cwd))
    inputs = tuple(
        replace(item, path=short_path(item.path, exposure.cwd)) for item in report.inputs
    )
    report = replace(report, findings=findings, suppressed=suppressed, notes=notes, inputs=inputs)
    return redact_report(report, exposure.redactor)


def redacted_trace(trace: Trace, exposure: Exposure) -> Trace:
    """Return the trace with short paths, and without a secret in any string."""
    inputs = tuple(replace(item, path=short_path(item.path, exposure.cwd)) for item in trace.inputs)
    trace = cast("Trace", _with_short_places(replace(trace, inputs=inputs), exposure.cwd))
    return redact(trace, exposure.redactor)


def _with_short_places(value: object, cwd: str) -> object:
    """Return a value in which the paths of places below the current folder are relative."""
    if isinstance(value, Place):
        return replace(value, path=short_path(value.path, cwd))
    if isinstance(value, tuple):
        return tuple(_with_short_places(item, cwd) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [item.name for item in fields(value) if item.init]
    return replace(value, **{name: _with_short_places(getattr(value, name), cwd) for name in names})


def _leads(findings: Iterable[ReportedFinding]) -> dict[str, tuple[Edit, ...]]:
    """Return the ids of the findings whose fixes a report shows: the first root cause of each kind.

    Their number is limited to what a person reads, because a diff processes the whole file. With
    each id are the edits of the second fix of its kind if it is a different one: the report names
    both.
    """
    kinds: dict[tuple[str, str], list[ReportedFinding]] = {}
    for finding in findings:
        if finding.root_cause and (finding.kind in kinds or len(kinds) < _MOST_DIFFS):
            kinds.setdefault(finding.kind, []).append(finding)
    return {found[0].id: _second_edits(found) for found in kinds.values()}


def _second_edits(findings: list[ReportedFinding]) -> tuple[Edit, ...]:
    """Return the edits of the second fix if there are two, and one option applies both."""
    fixes: dict[str, Fix] = {}
    for finding in findings:
        for fix in finding.fixes[:1]:
            fixes.setdefault(fix.title, fix)
    if len(fixes) != 2:
        return ()
    first, second = fixes.values()
    together = first.applicability in ("unsafe", second.applicability)
    return second.edits if together and not set(second.edits) & set(first.edits) else ()


def _finding_with_excerpts(
    finding: ReportedFinding, exposure: Exposure, *, with_diff: tuple[Edit, ...] | None
) -> ReportedFinding:
    suppression = _with_short_places(finding.suppression, exposure.cwd)
    return replace(
        finding,
        suppression=cast("Suppression | None", suppression),
        place=_place_with_excerpt(finding.place, exposure) if finding.place else None,
        related=tuple(_place_with_excerpt(place, exposure) for place in finding.related),
        fixes=tuple(
            _fix(fix, exposure, () if number and with_diff else with_diff)
            for number, fix in enumerate(finding.fixes)
        ),
    )


def _place_with_excerpt(place: Place, exposure: Exposure) -> Place:
    regions = exposure.regions.get(place.path)
    line = None
    if regions is not None and place.span is not None:
        line = excerpt(regions, place.span, exposure.redactor)
    return replace(place, path=short_path(place.path, exposure.cwd), excerpt=line)


def _fix(fix: Fix, exposure: Exposure, with_diff: tuple[Edit, ...] | None) -> Fix:
    """Return a fix with short paths. `with_diff` has more edits to show, or None for no diff."""
    edits = tuple(
        Edit(replace(edit.span, path=short_path(edit.span.path, exposure.cwd)), edit.text)
        for edit in fix.edits
    )
    actions = tuple(short_action(item, exposure.cwd) for item in fix.actions)
    diff: tuple[DiffLine, ...] = ()
    if with_diff is not None and fix.edits:
        shown = ((*fix.edits, *with_diff), fix.edits)
        diffs = (fix_diff(edits, exposure.regions, exposure.redactor) for edits in shown)
        diff = next((lines for lines in diffs if lines), ())
    return replace(fix, edits=edits, actions=actions, diff=diff)


def short_action(action: Action, cwd: str) -> Action:
    """Return an action with relative paths below the current folder."""
    return replace(action, text=action.text.replace(cwd.rstrip(os.sep) + os.sep, ""))


def short_path(path: str, cwd: str) -> str:
    """Return the path, made relative if it is below the current folder."""
    if path.startswith(cwd.rstrip(os.sep) + os.sep):
        return path[len(cwd.rstrip(os.sep)) + 1 :]
    return path
