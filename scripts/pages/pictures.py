"""Pictures of what clawdoctor prints, drawn by clawdoctor itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from clawdoctor.check import built_in_checks
from clawdoctor.errors.explain import explain
from clawdoctor.finding import Report
from clawdoctor.formats.explanation_text import to_text
from clawdoctor.formats.svg import to_svg
from clawdoctor.report import render
from clawdoctor.simulator.demo import report_of

WIDTH = 84
ERROR = "litellm.BadRequestError: AzureException - Unrecognized request argument supplied: store"


def pictures() -> dict[str, str]:
    """Return the pictures by file name. They do not depend on the time that a run takes."""
    return {
        "broken.svg": _report("store"),
        "healthy.svg": _report("healthy"),
        "explain.svg": _explanation(),
    }


def shown_text(picture: str) -> list[str]:
    """Return the texts in a picture. Another version of rich may draw them differently."""
    return list(_texts(ET.fromstring(picture)))  # noqa: S314 - clawdoctor drew it


def _texts(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag.endswith("}text") and element.text:
            yield element.text.replace("\xa0", " ").rstrip()


def _report(scenario: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        report = _timeless(report_of(scenario, root))
        text = render(report, width=WIDTH, color=True, home=str(root / "home"))
    return to_svg(text, width=WIDTH, title="clawdoctor run")


def _timeless(report: Report) -> Report:
    routes = tuple(replace(route, latency_ms=route.latency_ms and 12) for route in report.routes)
    return replace(report, duration_ms=12, routes=routes)


def _explanation() -> str:
    checks = built_in_checks()
    text = to_text(explain(ERROR, checks), checks, width=WIDTH, color=True, unicode=True)
    return to_svg(text, width=WIDTH, title="clawdoctor explain")
