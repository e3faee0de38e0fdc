"""A check's page as Markdown, generated from its docstring for docs/ and SARIF."""

from __future__ import annotations

import re

from clawdoctor.check import SECTIONS, Check
from clawdoctor.deferred import regex

_URL = regex(r"^https?://\S+$", re.MULTILINE)


def page(check: Check) -> str:
    """Return the page of a check: code, name and title, then its sections in order."""
    head = f"# {check.code} {check.name}\n\n{check.title}\n\nStage: {check.stage}\n"
    if check.causes:
        head += f"\nCan be caused by: {', '.join(check.causes)}\n"
    return head + "".join(
        f"\n## {heading}\n\n{_markdown(check.section(heading))}\n" for heading in SECTIONS
    )


def _markdown(section: str) -> str:
    """Return a section with its references as a list. The rest already is Markdown."""
    return _URL.sub(lambda match: f"- <{match[0]}>", section)
