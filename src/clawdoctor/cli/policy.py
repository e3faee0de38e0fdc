"""The checks that count in a run, from the options and the config files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clawdoctor.config import Config, did_you_mean, quoted
from clawdoctor.finding import Severity

if TYPE_CHECKING:
    from clawdoctor.baseline import Baseline
    from clawdoctor.check import Check
    from clawdoctor.run.engine import Selection


def selection_of(select: str, ignore: str, config: Config, known: tuple[Check, ...]) -> Selection:
    """Return the selected codes. An option wins over the config file.

    --select also wins over what the config file ignores.
    """
    from clawdoctor.run.engine import Selection

    ignored = () if select and not ignore else config.ignore or ()
    return Selection(
        _codes(select.split(",") if select else config.select or (), known),
        _codes(ignore.split(",") if ignore else ignored, known),
    )


def known_checks(plugins: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the built-in checks and those of plug-ins. A missing plug-in is wrong usage."""
    from clawdoctor.plugins import load_checks

    try:
        return load_checks(plugins).checks
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0])) from error


def _codes(names: Iterable[str], known: tuple[Check, ...]) -> tuple[str, ...]:
    """Return the codes or prefixes of codes. Names count too. An unknown one is wrong usage."""
    from clawdoctor.check import find_check

    codes = [check.code for check in known]
    found = []
    for name in filter(None, (name.strip() for name in names)):
        check, prefix = find_check(name, known), name.upper()
        if check is None and not any(code.startswith(prefix) for code in codes):
            hint = did_you_mean(name, [*codes, *(check.name for check in known)])
            raise typer.BadParameter(f"no check has the code or name {quoted(name)}{hint}")
        found.append(check.code if check is not None else prefix)
    return tuple(found)


def severities_of(config: Config, known: tuple[Check, ...]) -> dict[str, Severity]:
    """Return the severities of a config file by code or prefix of a code."""
    return {
        code: severity
        for name, severity in config.severity.items()
        for code in _codes([name], known)
    }


def baseline_of(path: Path) -> Baseline:
    """Read a baseline. One that cannot be read is wrong usage."""
    from clawdoctor.baseline import BaselineError, read_baseline

    try:
        return read_baseline(path)
    except BaselineError as error:
        raise typer.BadParameter(f"--baseline: {error}") from error
