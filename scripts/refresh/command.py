"""The command: read packages, then write the tables or report where they differ."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from refresh.history import decoded, encoded
from refresh.openclaw_facts import SCHEMA
from refresh.openclaw_schema import document as schema_document
from refresh.package import MissingPackageError, Program, find_package
from refresh.python_source import UnreadableError
from refresh.table_file import text_of
from refresh.tables import PROGRAM_OF, measured

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "src/clawdoctor/knowledge/measured"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "clawdoctor-packages"
PROGRAMS: tuple[Program, ...] = ("litellm", "openclaw")

Columns = dict[Program, dict[str, dict[str, dict[str, Any]]]]
"""The facts of versions, by program, version and table."""


def main(arguments: Sequence[str] | None = None, *, today: date | None = None) -> int:
    """Run the command. Return 0, 1 if a table differs, or 3 if a package is not available."""
    options = _parser().parse_args(arguments)
    tables = options.tables
    old = {name: _read(tables / f"{name}.json") for name in PROGRAM_OF}
    columns: Columns = {program: {} for program in PROGRAMS}
    missing = False
    for program in PROGRAMS:
        for version in getattr(options, program) or _looked_at(old, program, options):
            try:
                package = find_package(program, version, options.wheels, options.cache)
                columns[program][version] = measured(package)
            except (MissingPackageError, UnreadableError) as error:
                missing = True
                print(f"refresh-knowledge: {error}", file=sys.stderr)
            else:
                print(f"refresh-knowledge: looked at {program} {version}", file=sys.stderr)
    new = {
        name: _renewed(name, old[name], columns[program], options, today or date.today())
        for name, program in PROGRAM_OF.items()
    }
    texts = {tables / f"{name}.json": text_of(document) for name, document in new.items()}
    texts[tables / "packages.json"] = text_of(_packages(new))
    newest = next(reversed(new["openclaw_api"]["versions"]), "")
    if newest in columns["openclaw"]:
        path = tables.parent / f"{SCHEMA}.json"
        texts[path] = _schema_text(path, columns["openclaw"][newest][SCHEMA], newest)
    changed = _differences(texts)
    if options.check:
        sys.stdout.writelines(changed)
        if changed:
            print("refresh-knowledge: the tables differ from these packages", file=sys.stderr)
    else:
        tables.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, "utf-8")
    return 3 if missing else 1 if options.check and changed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/refresh-knowledge",
        description="Write the measured tables from packages of LiteLLM and OpenClaw. Neither is "
        "started. Versions in the tables that are not named stay as they are; without any version, "
        "all that are in the tables are looked at again.",
    )
    for program in PROGRAMS:
        parser.add_argument(
            f"--{program}", nargs="*", metavar="VERSION", help=f"versions of {program} to look at"
        )
    parser.add_argument(
        "--forget",
        nargs="*",
        default=[],
        metavar="VERSION",
        help="versions to take out of the tables",
    )
    parser.add_argument(
        "--wheels",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="a folder with packages; what is in none is fetched with pip or npm",
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="where fetched packages are kept")
    parser.add_argument("--tables", type=Path, default=TABLES, help=argparse.SUPPRESS)
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; print the differences, and exit with 1 if there are any",
    )
    return parser


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
    return content


def _looked_at(
    old: Mapping[str, Mapping[str, Any]], program: Program, options: argparse.Namespace
) -> Iterable[str]:
    """Return the versions of a program in the tables, if the options name none."""
    given = any(getattr(options, name) is not None for name in PROGRAMS)
    if given or (options.forget and not options.check):
        return ()
    tables = (old[name] for name, owner in PROGRAM_OF.items() if owner == program)
    return dict.fromkeys(version for table in tables for version in table.get("versions", ()))


def _renewed(
    name: str,
    old: Mapping[str, Any],
    measurements: Mapping[str, Mapping[str, Mapping[str, Any]]],
    options: argparse.Namespace,
    today: date,
) -> dict[str, Any]:
    """Return a table with the versions that were read. A date changes only with its facts."""
    columns, dates = decoded(old)
    for version, tables in measurements.items():
        if version not in columns or columns[version] != tables[name]:
            columns[version] = dict(tables[name])
            dates[version] = today.isoformat()
    kept = {version: facts for version, facts in columns.items() if version not in options.forget}
    return encoded(PROGRAM_OF[name], kept, dates)


def _packages(new: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the versions that were read, and when they last changed a table."""
    dates = [date for table in new.values() for date in table["versions"].values()]
    looked_at = {new[name]["program"]: [*new[name]["versions"]] for name in new}
    return {"date": max(dates, default=""), **looked_at}


def _schema_text(path: Path, schema: dict[str, Any], version: str) -> str:
    """Return the schema file of the newest version. Its part `measured` is maintained by hand."""
    document = schema_document(schema, _read(path)["measured"], version)
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _differences(texts: Mapping[Path, str]) -> list[str]:
    found: list[str] = []
    for path, text in texts.items():
        before = path.read_text("utf-8") if path.is_file() else ""
        found += difflib.unified_diff(
            before.splitlines(keepends=True),
            text.splitlines(keepends=True),
            path.name,
            f"{path.name} as the packages say",
            n=1,
        )
    return found
