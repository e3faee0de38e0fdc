"""Write docs/checks/<CODE>.md from the docstrings of the checks. --check reports stale files."""

from __future__ import annotations

import sys
from pathlib import Path

from clawdoctor.check import built_in_checks
from clawdoctor.formats.page import page

FOLDER = Path(__file__).parent.parent / "docs" / "checks"


def main() -> int:
    wanted = {f"{check.code}.md": page(check) for check in built_in_checks()}
    present = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    if "--check" in sys.argv[1:]:
        stale = sorted(n for n in wanted.keys() | present.keys() if wanted.get(n) != present.get(n))
        if stale:
            print(f"stale in docs/checks: {', '.join(stale)}; run scripts/generate-docs")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
