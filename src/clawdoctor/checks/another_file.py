"""The finding about a file that was given as a config and is of another kind."""

from __future__ import annotations

from clawdoctor.chain.advice import CHECK_AGAIN
from clawdoctor.finding import Finding, Fix, Severity, Step
from clawdoctor.run.needs import Unavailable


def instead_of(lack: Unavailable) -> str | None:
    """Return what to give instead of the file, or None if it is of the wanted kind."""
    return lack.refusal.captures.get("instead") if lack.refusal is not None else None


def another_file(lack: Unavailable, message: str, instead: str) -> Finding:
    """Return the finding. clawdoctor looks for no other faults in such a file."""
    return Finding(
        severity=Severity.ERROR,
        message=message,
        detail="The content of the file shows it. clawdoctor looks for nothing else in it.",
        place=lack.place,
        consequence="the program does not start with this file",
        fixes=(Fix(f"give {instead}", actions=(Step(f"give {instead}"), CHECK_AGAIN)),),
    )
