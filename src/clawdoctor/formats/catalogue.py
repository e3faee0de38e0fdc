"""The list of checks, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from clawdoctor.check import Check
from clawdoctor.formats.encode import to_json_text


def to_json(checks: Sequence[Check]) -> str:
    """One document: code, name, stage, scope, title and causes of each check."""
    rows = [
        {
            "code": check.code,
            "name": check.name,
            "stage": check.stage,
            "scope": check.scope,
            "title": check.title,
            "causes": list(check.causes),
        }
        for check in checks
    ]
    return to_json_text({"schemaVersion": 1, "checks": rows}) + "\n"


def to_text(checks: Sequence[Check], width: int) -> str:
    """One entry per check, by stage."""
    name = max((len(check.name) for check in checks), default=0)
    lines: list[str] = []
    for stage in dict.fromkeys(check.stage for check in checks):
        lines.append(f"{stage}\n")
        for check in checks:
            if check.stage == stage:
                head = f"  {check.code}  {check.name:<{name}}  "
                title = wrap(check.title, max(24, width - len(head)))
                lines += [f"{head}{title[0]}\n", *(f"{' ' * len(head)}{t}\n" for t in title[1:])]
    return "".join([*lines, "\nOne in full: clawdoctor explain CODE\n"])
