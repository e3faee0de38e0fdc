"""Write errors/literals.json: the texts that each rule needs. --check reports a stale file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from clawdoctor.check import built_in_checks
from clawdoctor.errors.literals import literals_in
from clawdoctor.knowledge import table

LITERALS = Path(__file__).parent.parent / "src" / "clawdoctor" / "errors" / "literals.json"


def wanted_text() -> str:
    """Return the content that the file should have."""
    rules = (rule for check in built_in_checks() for rule in check.texts)
    said = (expression for rule in rules for expression in rule.says)
    meant = (expression for expressions in table("wordings").values() for expression in expressions)
    expressions = dict.fromkeys((*said, *meant))
    lines = (f"{json.dumps(text)}: {json.dumps(literals_in(text))}" for text in expressions)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> int:
    wanted = wanted_text()
    if "--check" not in sys.argv[1:]:
        LITERALS.write_text(wanted, "utf-8")
    elif not LITERALS.is_file() or LITERALS.read_text("utf-8") != wanted:
        print("errors/literals.json is stale; run scripts/generate-docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
