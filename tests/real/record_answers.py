"""Compare the literal answers of the real programs with the recorded ones, or rerecord them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from real import install
from real.answers import FOLDER, answers_of_litellm, difference
from real.openclaw_answers import answers_of_openclaw


def main() -> int:
    """Return the exit code, which is 1 if an answer differs from the recorded one."""
    parser = argparse.ArgumentParser(prog="record-answers", description=__doc__)
    parser.add_argument("program", choices=("litellm", "openclaw"))
    parser.add_argument("--version", action="append", help="one of the versions that tests use")
    parser.add_argument("--write", action="store_true", help="record what the program says now")
    given = parser.parse_args()
    differs = False
    for version in given.version or versions(given.program):
        now = answers(given.program, version)
        found = difference(given.program, version, now)
        differs = differs or bool(found)
        agrees = f"{given.program} {version} answers as recorded"
        sys.stdout.write(f"{found or agrees}\n")
        if given.write:
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{given.program}-{version}.txt").write_text(now, "utf-8")
    return int(differs and not given.write)


def versions(program: str) -> tuple[str, ...]:
    """Return the pinned versions, and the newest version that installs here."""
    if program == "openclaw":
        return (install.OPENCLAW_VERSION, *install.OLD_OPENCLAW_VERSIONS)
    newest = install.version_of_litellm(install.newest_litellm())
    return tuple(dict.fromkeys((install.LITELLM_VERSION, newest, install.UNPACKED_VERSION)))


def answers(program: str, version: str) -> str:
    """Return the current answers of a version."""
    with tempfile.TemporaryDirectory() as folder:
        if program == "openclaw":
            return answers_of_openclaw(Path(folder), version)
        programs = {
            install.UNPACKED_VERSION: install.unpacked_litellm,
            install.LITELLM_VERSION: install.litellm,
        }.get(version, install.newest_litellm)
        return answers_of_litellm(Path(folder), programs())


if __name__ == "__main__":
    sys.exit(main())
