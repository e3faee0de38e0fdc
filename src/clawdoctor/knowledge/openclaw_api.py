"""The values of `api` that OpenClaw accepts."""

from __future__ import annotations

from clawdoctor.knowledge import release, table


def api_values(version: str) -> tuple[str, ...]:
    """Return the values that a version accepts, or all values if it is older than the table."""
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
