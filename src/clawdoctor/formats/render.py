"""The report in the chosen format. Only the module of that format is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from clawdoctor.finding import Report
from clawdoctor.terminal.stream import Terminal

if TYPE_CHECKING:
    from clawdoctor.check import Check
    from clawdoctor.formats.checkout import Checkout
    from clawdoctor.traced import Trace


class Format(StrEnum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    MARKDOWN = "markdown"
    SVG = "svg"


def render(
    report: Report,
    wanted: Format,
    shown: Terminal,
    *,
    verbose: bool = False,
    quiet: bool = False,
    checks: Sequence[Check] = (),
    trace: Callable[[], Trace] | None = None,
) -> str:
    """Return a report as text in the chosen format.

    SARIF also contains the pages of `checks`, and Markdown the requests of `trace`.
    """
    match wanted:
        case Format.JSON:
            from clawdoctor.formats.json import to_json

            return to_json(report)
        case Format.SARIF:
            from clawdoctor.formats.sarif import to_sarif

            return to_sarif(report, checks, _checkout())
        case Format.JUNIT:
            from clawdoctor.formats.junit import to_junit

            return to_junit(report)
        case Format.GITHUB:
            from clawdoctor.formats.github import to_github

            return to_github(report, _checkout(), verbose=verbose)
        case Format.MARKDOWN:
            from clawdoctor.formats.markdown import to_markdown

            usable = report.usage_error is None and not report.internal_errors
            traced = trace() if trace is not None and usable else None
            return to_markdown(report, traced, home=str(Path.home()))
    return _drawn(report, shown, svg=wanted is Format.SVG, verbose=verbose, quiet=quiet)


def _drawn(report: Report, shown: Terminal, *, svg: bool, verbose: bool, quiet: bool) -> str:
    """Return the report for a terminal, or a picture of it."""
    from clawdoctor.report import render as render_text

    text = render_text(
        report,
        width=shown.width,
        color=shown.color or svg,
        unicode=shown.unicode or svg,
        verbose=verbose,
        quiet=quiet,
        home=str(Path.home()),
    )
    if not svg:
        return text
    from clawdoctor.formats.svg import to_svg

    return to_svg(text, width=shown.width)


def _checkout() -> Checkout:
    from clawdoctor.formats.checkout import checkout_of

    return checkout_of(str(Path.cwd()), os.environ)
