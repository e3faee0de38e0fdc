"""Write checks/index.json and errors/literals.json. --check reports a stale file.

The index holds what a command must know of all checks. The literals are the texts that each rule
needs.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from clawdoctor.check import Check, defined_checks
from clawdoctor.errors.literals import literals_in
from clawdoctor.errors.rule import Rule
from clawdoctor.knowledge import table

PACKAGE = Path(__file__).parent.parent / "src" / "clawdoctor"
_FIELDS = ("name", "stage", "scope", "causes", "owns", "predicts", "disproved_by_turn", "worst")


def wanted_texts() -> dict[Path, str]:
    """Return the content that each file should have."""
    checks = tuple(defined_checks())
    rules = (rule for _, check in checks for rule in check.texts)
    said = (expression for rule in rules for expression in rule.says)
    meant = (expression for expressions in table("wordings").values() for expression in expressions)
    return {
        PACKAGE / "checks" / "index.json": _lines(
            {check.code: _entry(module, check) for module, check in checks}
        ),
        PACKAGE / "errors" / "literals.json": _lines(
            {text: literals_in(text) for text in (*said, *meant)}
        ),
    }


def _entry(module: str, check: Check) -> dict[str, Any]:
    fields = {name: getattr(check, name) for name in _FIELDS}
    texts = [_rule(rule) for rule in check.texts]
    return {"module": module, **fields, "texts": texts}


def _rule(rule: Rule) -> dict[str, Any]:
    """Return the fields of a rule that differ from their defaults."""
    return {
        field.name: getattr(rule, field.name)
        for field in dataclasses.fields(rule)
        if getattr(rule, field.name) != field.default
    }


def _lines(entries: dict[str, Any]) -> str:
    return (
        "{\n"
        + ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items())
        + "\n}\n"
    )


def main() -> int:
    checks_only = "--check" in sys.argv[1:]
    stale = 0
    for path, wanted in wanted_texts().items():
        if path.is_file() and path.read_text("utf-8") == wanted:
            continue
        stale += 1
        if checks_only:
            print(f"{path.parent.name}/{path.name} is stale; run scripts/generate-docs")
        else:
            path.write_text(wanted, "utf-8")
    return 1 if stale and checks_only else 0


if __name__ == "__main__":
    sys.exit(main())
