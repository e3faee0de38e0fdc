"""Checks of other packages: entry points in the group `clawdoctor.checks`, loaded if named."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from clawdoctor.check import Check, built_in_checks
from clawdoctor.deferred import dataclass
from clawdoctor.finding import InternalError
from clawdoctor.run.engine import internal_error

GROUP = "clawdoctor.checks"


@dataclass(frozen=True, slots=True)
class Loaded:
    """All checks of a run, and the plug-ins that could not be loaded."""

    checks: tuple[Check, ...]
    failures: tuple[InternalError, ...] = ()


@cache
def load_checks(plugins: tuple[str, ...] = ()) -> Loaded:
    """Return the built-in checks and those of the named plug-ins.

    Raises LookupError if no installed package offers one of them.
    """
    if not plugins:
        return Loaded(built_in_checks())
    from importlib.metadata import entry_points  # takes 60 ms: only if a plug-in is named

    offered = {point.name: point for point in entry_points(group=GROUP)}
    checks = list(built_in_checks())
    failures: list[InternalError] = []
    for name in plugins:
        if name not in offered:
            raise LookupError(f'no installed package offers the plug-in "{name}"')
        try:
            found = offered[name].load()
            new = (found,) if isinstance(found, Check) else tuple(found)
            _reject_unusable(new, checks)
            checks += new
        except Exception as error:
            failures.append(internal_error(f'the plug-in "{name}"', error))
    return Loaded(tuple(checks), tuple(failures))


def _reject_unusable(new: Iterable[object], known: Iterable[Check]) -> None:
    """Raise TypeError for anything but a check, and ValueError for a code that is taken."""
    codes = {check.code for check in known}
    for check in new:
        if not isinstance(check, Check):
            raise TypeError("a plug-in must offer checks")
        if check.code in codes:
            raise ValueError(f"the code {check.code} is taken")
        codes.add(check.code)
