"""A baseline: findings that existed when it was written, counted by file and code.

Findings up to the number in the baseline do not count. If there are more, all of them count:
nothing tells the new ones from the old.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clawdoctor.deferred import dataclass
from clawdoctor.finding import Note, Report, ReportedFinding, Suppression
from clawdoctor.source.read import Unreadable, read_text
from clawdoctor.terminal.line import counted

VERSION = 1
Key = tuple[str, str]
"""A file and a code."""


class BaselineError(Exception):
    """A file that is no baseline. The message names it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The number of findings by file and code. Files are relative to the folder of `path`."""

    path: str
    counts: Mapping[Key, int]


def read_baseline(path: Path) -> Baseline:
    """Return a baseline from its file. Raises BaselineError."""
    text = read_text(path)
    if isinstance(text, Unreadable):
        raise BaselineError(f"{path} {text.message}")
    try:
        counts = dict(_counts(json.loads(text.content)))
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path} is not a baseline: write one with --write-baseline") from error
    return Baseline(text.path, counts)


def _counts(document: Any) -> Iterable[tuple[Key, int]]:
    """Yield the counts of a document. Raises ValueError if it is not a baseline."""
    if not isinstance(document, dict) or document.get("schemaVersion") != VERSION:
        raise ValueError("another version")
    files = document.get("findings")
    if not isinstance(files, dict):
        raise ValueError("no findings")
    for file, codes in files.items():
        if not isinstance(codes, dict):
            raise ValueError("no codes")
        for code, count in codes.items():
            if not isinstance(count, int) or isinstance(count, bool) or count < 1:
                raise ValueError("no number")
            yield (file, code), count


def baseline_text(report: Report, path: Path, cwd: str) -> str:
    """Return the content of a baseline with the findings of a report that count."""
    files: dict[str, dict[str, int]] = {}
    counts = _counted(report.findings, str(path.absolute().parent), cwd)
    for (file, code), count in sorted(counts.items()):
        files.setdefault(file, {})[code] = count
    return json.dumps({"schemaVersion": VERSION, "findings": files}, indent=2) + "\n"


def with_baseline(report: Report, baseline: Baseline, cwd: str) -> Report:
    """Return the report without the findings that the baseline has, and with notes on the rest."""
    folder = os.path.dirname(baseline.path)  # noqa: PTH120
    found = _counted(report.findings, folder, cwd)
    known = {key for key, count in found.items() if count <= baseline.counts.get(key, 0)}
    reason = Suppression("baseline")
    suppressed = [
        replace(finding, suppression=reason)
        for finding in report.findings
        if _key(finding, folder, cwd) in known
    ]
    # Only a check that looked at everything shows that a finding is gone.
    complete = {check.code for check in report.checks if check.is_complete}
    files = {_relative(item.path, folder, cwd) for item in report.inputs if item.found}
    notes = [
        Note(text)
        for (file, code), count in baseline.counts.items()
        if code in complete and (not file or file in files)
        if (text := _note((file, code), count, found[file, code]))
    ]
    return replace(
        report,
        findings=tuple(f for f in report.findings if _key(f, folder, cwd) not in known),
        suppressed=(*report.suppressed, *suppressed),
        notes=(*report.notes, *notes),
    )


def _counted(findings: Iterable[ReportedFinding], folder: str, cwd: str) -> Counter[Key]:
    return Counter(_key(finding, folder, cwd) for finding in findings)


def _key(finding: ReportedFinding, folder: str, cwd: str) -> Key:
    path = finding.place.path if finding.place is not None else ""
    return (_relative(path, folder, cwd) if path else "", finding.code)


def _relative(path: str, folder: str, cwd: str) -> str:
    """Return a path relative to a folder, with slashes, or the absolute path outside of it."""
    absolute = Path(os.path.normpath(Path(cwd) / path))
    inside = absolute.is_relative_to(folder)
    return (absolute.relative_to(folder) if inside else absolute).as_posix()


def _note(key: Key, count: int, found: int) -> str:
    """Return how a count differs from the findings, or "" if it does not."""
    if found == count:
        return ""
    file, code = key
    where = f" in {file}" if file else ""
    had = f"The baseline has {counted(count, 'finding')} of {code}{where}"
    if found > count:
        return f"{had}. There are {found} now, so all of them count."
    left = f"only {found} {'is' if found == 1 else 'are'} left" if found else "none is left"
    return f"{had}, but {left}. Write it again with --write-baseline."
