"""The values of `api` that OpenClaw accepts."""

from __future__ import annotations

from clawdoctor.knowledge.measured import Names, Standing, names_in


def api_values(version: str) -> tuple[str, ...]:
    """Return the values that a version accepts or may accept.

    The values that most chains use come first.
    """
    values = _values()
    found = (value for value in values.ever if values.standing(value, version) != "unknown")
    return tuple(
        sorted(
            found,
            key=lambda value: (
                not value.startswith(("openai-completions", "openai-responses")),
                value,
            ),
        )
    )


def api_standing(value: str, version: str) -> Standing:
    """Return whether a version accepts a value."""
    return _values().standing(value, version)


def _values() -> Names:
    return names_in("openclaw_api", "values")
