"""Write the changes of a plan, unless a file must not be changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from clawdoctor.repair.backups import Written, state_folder, write_all
from clawdoctor.repair.plan import Plan
from clawdoctor.repair.write import (
    CannotWriteError,
    check_writable,
    content_of,
    read_only_switch,
)
from clawdoctor.run.situation import Situation

_YAML = (".yaml", ".yml")
"""The files of LiteLLM and Compose. Checks of LiteLLM also have fixes in OpenClaw's files."""


def carry_out(plan: Plan, situation: Situation) -> None:
    """Write all changed files or none.

    Raises CannotWriteError if one of them is read-only, is a link that leads elsewhere, or has
    changed since it was read.
    """
    names = _names(plan)
    switch = read_only_switch(situation.environ)
    files = []
    for path in plan.changed:
        named = names.get(path, path)
        if switch is not None and Path(path).suffix.casefold() not in _YAML:
            raise CannotWriteError(f"{named} is read-only: {switch} is set")
        before = content_of(plan.before[path])
        check_writable(path, named, before)
        files.append(Written(path, before, content_of(plan.after[path])))
    if files:
        write_all(files, state_folder(situation.environ, situation.home), situation.cwd)


def _names(plan: Plan) -> Mapping[str, str]:
    """Return the paths as the findings name them, by real path."""
    spans = (edit.span.path for repair in plan.done for edit in repair.fix.edits)
    return {os.path.realpath(path): path for path in spans}
