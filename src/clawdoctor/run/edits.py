"""The edits that make a fix's changes, in the style of the files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from clawdoctor.chain.compose import Compose
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.litellm_file import LiteLLMFile
from clawdoctor.chain.openclaw_file import OpenClawFile
from clawdoctor.finding import Fix, ReportedFinding
from clawdoctor.run.facts import Facts
from clawdoctor.source.change import Change, Edit, span_of
from clawdoctor.source.json5_edit import json5_edits
from clawdoctor.source.text import Text
from clawdoctor.source.yaml_edit import yaml_edits

_Writer: TypeAlias = "Callable[[Change, Text], tuple[Edit, ...] | None]"


def with_edits(findings: tuple[ReportedFinding, ...], facts: Facts) -> tuple[ReportedFinding, ...]:
    """Return the findings with edits in place of changes.

    A fix without edits, or with a change that cannot be written, becomes a manual fix.
    """
    openclaw = facts.known(OpenClawFile)
    json5 = {text.path: text for text in openclaw.texts} if openclaw is not None else {}
    yaml: dict[str, Text] = {}
    for fact in (facts.known(Compose), facts.known(LiteLLMFile), facts.known(LiteLLMConfig)):
        if isinstance(fact, LiteLLMFile):
            yaml[fact.text.path] = fact.text
        elif fact is not None:
            yaml |= {text.path: text for text in fact.texts}
    by_stage: dict[bool, list[tuple[dict[str, Text], _Writer]]] = {
        True: [(json5, json5_edits), (yaml, yaml_edits)],
        False: [(yaml, yaml_edits), (json5, json5_edits)],
    }
    return tuple(
        replace(
            finding,
            fixes=tuple(
                _edited(fix, by_stage[finding.stage == "openclaw"]) for fix in finding.fixes
            ),
        )
        for finding in findings
    )


def _edited(fix: Fix, texts: list[tuple[dict[str, Text], _Writer]]) -> Fix:
    if not fix.changes:
        return fix if fix.edits else replace(fix, applicability="manual")
    edits: list[Edit] = []
    for change in fix.changes:
        written = _written(change, texts)
        if written is None:
            return replace(fix, applicability="manual", changes=())
        edits += written
    return replace(fix, edits=(*fix.edits, *_joined(list(dict.fromkeys(edits)))), changes=())


def _joined(edits: list[Edit]) -> list[Edit]:
    """Return the edits, with lines inserted at the end of removed lines moved into their place."""
    joined = list(edits)
    for removal in edits:
        span = removal.span
        inside = [
            edit
            for edit in edits
            if edit.span.path == span.path
            and span.start < edit.span.start == edit.span.end < span.end
            and edit.text[:1] in ("\n", "\r")
        ]
        if removal.text or len(inside) != 1 or span.start.column != 1:
            continue
        text = inside[0].text
        line_end = "\r\n" if text.startswith("\r\n") else text[0]
        last = line_end if span.end.column == 1 else ""
        joined.remove(inside[0])
        # A blank line before the new lines is already before the removed ones.
        written = text.removeprefix(line_end).removeprefix(line_end)
        joined[joined.index(removal)] = Edit(span, written + last)
    return joined


def _written(
    change: Change, texts: list[tuple[dict[str, Text], _Writer]]
) -> tuple[Edit, ...] | None:
    path = span_of(change).path
    for by_path, write in texts:
        if path in by_path:
            return write(change, by_path[path])
    return None
