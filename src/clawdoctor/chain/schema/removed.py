"""Keys that OpenClaw removed: older versions accept them and newer ones reject them."""

from __future__ import annotations

from clawdoctor.chain.schema.language import matches_pattern
from clawdoctor.chain.schema.violation import Violation
from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import release, table
from clawdoctor.knowledge.openclaw_config import refused_since


@dataclass(frozen=True, slots=True)
class Removal:
    """The first version known to reject a key, and the key's replacement, if any."""

    since: str
    instead: str | None

    def covers(self, version: str | None) -> bool:
        """Return whether a version rejects the key; False if the version is unknown."""
        found, first = release(version or ""), release(self.since)
        return found is not None and first is not None and found >= first


def removal_of(violation: Violation) -> Removal | None:
    """Return the removal of the key that a violation names, or None if it was never valid."""
    if violation.kind != "unknown-key":
        return None
    for row in table("openclaw_removed")["keys"]:
        if matches_pattern(row["at"], violation.pointer):
            return Removal(row["since"], row.get("instead"))
    since = refused_since(violation.pointer)
    return Removal(since, None) if since is not None else None
