"""The report as a picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from report_cases import CASES, CWD, HOME

from clawdoctor.formats.svg import to_svg
from clawdoctor.report import render


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_xml_with_the_text_of_the_report(name: str) -> None:
    text = render(CASES[name](), width=88, color=True, home=HOME, cwd=CWD)
    picture = to_svg(text, width=88)
    root = ET.fromstring(picture)
    shown = "".join("".join(root.itertext()).split())
    plain = render(CASES[name](), width=88, home=HOME, cwd=CWD)
    for line in plain.splitlines():
        assert "".join(line.split()) in shown


def test_a_picture_fetches_nothing() -> None:
    picture = to_svg(render(CASES["seed"](), color=True), width=88)
    assert "url(http" not in picture
    assert "@font-face" not in picture
