"""The finding about a file that an option names as a config and that is something else."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.finding import Action, Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable


def instead_of(lack: Unavailable) -> str | None:
    """Return what to pass instead of the file, or None if the file is of the right kind."""
    return lack.refusal.captures.get("instead") if lack.refusal is not None else None


def another_file(lack: Unavailable, message: str, instead: str) -> Finding:
    """Return the finding about a file of another kind, such as a Compose file.

    clawdoctor does not look for other faults in such a file.
    """
    title = f"pass {instead}"
    again: tuple[Action, ...] = (CHECK_AGAIN,)
    if instead.startswith("it with ") and lack.place is not None:
        option = instead.split()[2]
        # Not as a command: the next run must not repeat the option that named this file.
        command = f"clawdoctor run {option} {shlex.quote(PurePath(lack.place.path).name)}"
        title, again = f"name the file with {option} instead: {command}", ()
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail="clawdoctor recognises the file by its content and does not check it further.",
        place=lack.place,
        consequence=message,
        fixes=(Fix(title, actions=(Step(f"{title[:1].upper()}{title[1:]}"), *again)),),
    )
