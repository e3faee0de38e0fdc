"""Write knowledge/tables.json from the TOML files beside it. --check reports a stale file."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

TABLES = Path(__file__).parent.parent / "src" / "clawdoctor" / "knowledge" / "tables.json"


def main() -> int:
    files = sorted(TABLES.parent.glob("*.toml"))
    content = {file.stem: tomllib.loads(file.read_text("utf-8")) for file in files}
    lines = (f"{json.dumps(name)}: {json.dumps(table)}" for name, table in content.items())
    wanted = "{\n" + ",\n".join(lines) + "\n}\n"
    if "--check" not in sys.argv[1:]:
        TABLES.write_text(wanted, "utf-8")
    elif TABLES.read_text("utf-8") != wanted:
        print("knowledge/tables.json is stale; run scripts/generate-docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
