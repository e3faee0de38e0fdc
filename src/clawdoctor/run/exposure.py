"""The texts that a run has read, and the report without their secrets.

Only this module adds excerpts to a report and removes its secrets. Formats get the result.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.environment import Environment, Variable
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.chain.placeholder import is_reference
from clawdoctor.finding import Edit, Fix, Place, Report, ReportedFinding
from clawdoctor.redaction import redact_report
from clawdoctor.redaction.excerpt import excerpt
from clawdoctor.redaction.hide import Redactor, redactor
from clawdoctor.redaction.secret import Secret, secrets_in, variables_in
from clawdoctor.redaction.secret_name import names_secret
from clawdoctor.redaction.unparsed import secrets_in_unparsed
from clawdoctor.source.read import read_text
from clawdoctor.source.text import Text


@dataclass(frozen=True, slots=True)
class Exposure:
    """The texts that the run has read, and their secrets. Paths become relative to `cwd`."""

    texts: Mapping[str, Text] = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)
    cwd: str


Parsed = OpenClawFile | LiteLLMFile | LiteLLMConfig | Compose


def collect_exposure(
    parsed: Iterable[Parsed], environment: Environment | None, paths: Iterable[str], cwd: str
) -> Exposure:
    """Collect what can leak: values in parsed files, whole unparsed files, and variables."""
    texts: dict[str, Text] = {}
    secrets: list[Secret] = []
    names: set[str] = set()
    for fact in parsed:
        texts |= {text.path: text for text in _texts(fact)}
        secrets += secrets_in(fact.root)
        names |= set(variables_in(fact.root))
    for path in paths:
        text = read_text(Path(path)) if path not in texts else None
        if isinstance(text, Text):
            texts[path] = text
            secrets += secrets_in_unparsed(text)
    if environment is not None:
        secrets += [Secret(variable.value.reveal()) for variable in _variables(environment, names)]
    return Exposure(texts, tuple(secrets), cwd)


def _texts(fact: Parsed) -> tuple[Text, ...]:
    if isinstance(fact, LiteLLMFile):
        return (fact.text,)
    return fact.texts


def _variables(environment: Environment, names: set[str]) -> Iterator[Variable]:
    """The variables that secret settings refer to, or whose names are those of secrets.

    A report contains no other variable of this shell.
    """
    for scope in (environment.openclaw, environment.proxy):
        for variable in scope.values.values():
            from_file = variable.place is not None and names_secret(variable.name)
            ours = variable.name.startswith(("LITELLM_", "AZURE_", "OPENAI_", "OPENCLAW_"))
            if variable.value.test(is_reference):
                continue  # it names the source of a secret, and the report uses the same terms
            if variable.name in names or from_file or (ours and names_secret(variable.name)):
                yield variable


def redacted(report: Report, exposure: Exposure) -> Report:
    """The report with excerpts and short paths, and without a secret in any string."""
    hide = redactor(exposure.secrets)
    findings = tuple(_finding_with_excerpts(finding, exposure, hide) for finding in report.findings)
    inputs = tuple(replace(item, path=_short(item.path, exposure.cwd)) for item in report.inputs)
    return redact_report(replace(report, findings=findings, inputs=inputs), hide)


def _finding_with_excerpts(
    finding: ReportedFinding, exposure: Exposure, hide: Redactor
) -> ReportedFinding:
    return replace(
        finding,
        place=_place_with_excerpt(finding.place, exposure, hide) if finding.place else None,
        related=tuple(_place_with_excerpt(place, exposure, hide) for place in finding.related),
        fixes=tuple(_fix(fix, exposure) for fix in finding.fixes),
    )


def _place_with_excerpt(place: Place, exposure: Exposure, hide: Redactor) -> Place:
    text = exposure.texts.get(place.path)
    line = None
    if text is not None and place.span is not None:
        secrets = [item for item in exposure.secrets if item.span and item.span.path == place.path]
        line = excerpt(text, place.span, secrets, hide)
    return replace(place, path=_short(place.path, exposure.cwd), excerpt=line)


def _fix(fix: Fix, exposure: Exposure) -> Fix:
    edits = tuple(
        Edit(replace(edit.span, path=_short(edit.span.path, exposure.cwd)), edit.text)
        for edit in fix.edits
    )
    here = exposure.cwd.rstrip(os.sep) + os.sep
    actions = tuple(replace(item, text=item.text.replace(here, "")) for item in fix.actions)
    return replace(fix, edits=edits, actions=actions)


def _short(path: str, cwd: str) -> str:
    """The path, relative if it is below the current folder."""
    if path.startswith(cwd.rstrip(os.sep) + os.sep):
        return path[len(cwd.rstrip(os.sep)) + 1 :]
    return path
