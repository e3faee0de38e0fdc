"""The list of checks, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from clawdoctor.check import Check
from clawdoctor.formats.encode import to_json_text
from clawdoctor.formats.published import page_url
from clawdoctor.report.routes import STAGE_NAMES
from clawdoctor.terminal.line import Line, paint, wrap

_ROOM = 40
"""The columns for a code and a title beside the names."""


def to_json(checks: Sequence[Check]) -> str:
    """Return one document with the code, name, stage, scope, title, causes and URL of each."""
    rows = [
        {
            "code": check.code,
            "name": check.name,
            "stage": check.stage,
            "scope": check.scope,
            "title": check.title,
            "causes": list(check.causes),
            "url": page_url(check.code),
        }
        for check in checks
    ]
    return to_json_text({"schemaVersion": 1, "checks": rows}) + "\n"


def to_text(checks: Sequence[Check], width: int, *, color: bool = False) -> str:
    """Return one entry per check, by stage."""
    name = max((len(check.name) for check in checks), default=0)
    lines: list[Line] = []
    for stage in dict.fromkeys(check.stage for check in checks):
        lines.append(((STAGE_NAMES[stage], "bold"),))
        for check in checks:
            if check.stage == stage:
                lines += _entry(check, name if name + _ROOM <= width else 0, width)
    lines += [(), *wrap("One in full: `clawdoctor explain CODE`", width)]
    return paint(lines, color)


def _entry(check: Check, name: int, width: int) -> list[Line]:
    start: Line = (("  ", ""), (check.code, "cyan"), (f"  {check.name:<{name}}  ", ""))
    if name:
        return wrap(check.title, width, start)
    return [start, *wrap(check.title, width, (("         ", ""),), style="dim")]
