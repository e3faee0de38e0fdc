"""A check's page as Markdown: made from its docstring, for docs/ and for SARIF."""

from __future__ import annotations

import re

from clawdoctor.check import SECTIONS, Check

_URL = re.compile(r"^https?://\S+$", re.MULTILINE)


def page(check: Check) -> str:
    """The page of a check: code, name and title, then its sections in their order."""
    head = f"# {check.code} {check.name}\n\n{check.title}\n\nStage: {check.stage}\n"
    if check.causes:
        head += f"\nCan be caused by: {', '.join(check.causes)}\n"
    return head + "".join(
        f"\n## {heading}\n\n{_markdown(check.section(heading))}\n" for heading in SECTIONS
    )


def _markdown(section: str) -> str:
    """References as a list; all else is Markdown already, indented blocks included."""
    return _URL.sub(lambda match: f"- <{match[0]}>", section)
