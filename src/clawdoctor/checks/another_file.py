"""The finding about a file that an option names as a config and that is something else."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable


def instead_of(lack: Unavailable) -> str | None:
    """Return what to pass instead of the file, or None if the file is of the right kind."""
    return lack.refusal.captures.get("instead") if lack.refusal is not None else None


def another_file(lack: Unavailable, message: str, instead: str, program: str) -> Finding:
    """Return the finding about a file that `program` does not start with.

    clawdoctor does not look for other faults in such a file.
    """
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail="clawdoctor recognises the file by its content and does not check it further.",
        place=lack.place,
        consequence=f"{program} does not start with this file",
        fixes=(Fix(f"pass {instead}", actions=(Step(f"Pass {instead}"), CHECK_AGAIN)),),
    )
