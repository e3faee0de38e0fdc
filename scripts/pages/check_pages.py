"""A page for each check, and their index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clawdoctor.check import Check, built_in_checks
from clawdoctor.finding import STAGES, Stage
from clawdoctor.formats.page import page

_HEADINGS: dict[Stage, str] = {
    "openclaw": "OpenClaw's config and environment",
    "litellm": "LiteLLM's config and environment",
    "docker": "Compose and Docker",
    "proxy": "The running proxy",
    "azure": "Azure OpenAI",
}
_INDEX = """# Failures

clawdoctor knows {count} failures. `clawdoctor checks` lists them, and `clawdoctor explain CODE`
shows a page in the terminal. A code keeps its meaning: clawdoctor never uses the code of a removed
check again.
"""
_CAUSES = re.compile(r"^Can be caused by: .*$", re.MULTILINE)
_CODE = re.compile(r"\b[A-Z]{2}\d{3}\b")


def check_pages() -> dict[str, str]:
    """Return the pages by file name."""
    pages = {f"{check.code}.md": _with_links(page(check)) for check in built_in_checks()}
    return {"index.md": _INDEX.format(count=len(pages)) + "".join(_tables()), **pages}


def _with_links(text: str) -> str:
    return _CAUSES.sub(lambda line: _CODE.sub(r"[\g<0>](\g<0>.md)", line[0]), text)


def _tables() -> Iterator[str]:
    for stage in STAGES:
        yield f"\n## {_HEADINGS[stage]}\n\n| code | name | what fails |\n|---|---|---|\n"
        yield from (_row(check) for check in built_in_checks() if check.stage == stage)


def _row(check: Check) -> str:
    title = check.title.replace("|", "\\|")
    return f"| [{check.code}]({check.code}.md) | {check.name} | {title} |\n"
