"""Where the pages of the checks are published."""

from __future__ import annotations

SITE: str | None = None
"""The address of the site that `scripts/build-docs` builds, with a slash at the end.

It is None until the site is published. `site_url` in mkdocs.yml must be the same.
"""
_PREFIXES = ("AZ", "DK", "LL", "OC", "PX")
"""The letters of the built-in codes. The site has no page for a plug-in's check."""


def page_url(code: str) -> str | None:
    """Return the address of a check's page, or None if it is not published."""
    if SITE is None or not code.startswith(_PREFIXES):
        return None
    return f"{SITE}checks/{code}/"
