"""Which values of `api` an OpenClaw takes."""

from __future__ import annotations

from clawdoctor.knowledge import release, table


def api_values(version: str) -> tuple[str, ...]:
    """The values that a version takes, or may take; all that ever were for one before the table."""
    found, oldest = release(version), release(table("openclaw_api")["oldest"])
    assert oldest is not None
    rows: dict[str, dict[str, str]] = table("openclaw_api")["values"]
    if found is None or found < oldest:
        return tuple(rows)
    return tuple(
        value
        for value, row in rows.items()
        if ((low := release(row.get("since", ""))) is None or found >= low)
        and ((high := release(row.get("until", ""))) is None or found <= high)
    )
