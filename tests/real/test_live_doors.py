"""Proxies that are entered otherwise: without any key, and below a path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from clawdoctor.finding import Severity
from real import azures, live
from real.groups import WITHOUT_KEY
from real.live import Asked, Edits, Live

pytestmark = pytest.mark.real

BELOW = "/llm"
NO_KEY: Edits = (('        apiKey: "${LITELLM_MASTER_KEY}",\n', ""),)
OTHER_KEY: Edits = (("${LITELLM_MASTER_KEY}", live.WRONG_KEY),)
BASE_URL = "openclaw.json/models/providers/azure-openai/baseUrl"


@pytest.fixture(scope="module")
def door(litellm_programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("door")
    with live.up(
        folder, litellm_programs, azures.stood_in, general=WITHOUT_KEY, below=BELOW
    ) as running:
        yield running


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("edits", [(), NO_KEY, OTHER_KEY], ids=["key", "no key", "other key"])
def test_every_key_is_let_in(edits: Edits, seen: bool, door: Live, tmp_path: Path) -> None:
    report = live.asked(door, Asked(("good",), edits, seen=seen), tmp_path)
    assert (report.verdict, report.exit_code) == ("answers", 0)
    assert {one.severity for one in report.findings} == {Severity.INFO}


def test_a_key_that_is_let_in_is_not_the_fault(door: Live, tmp_path: Path) -> None:
    report = live.asked(door, Asked(("wrong-name-not-listed",), OTHER_KEY), tmp_path)
    errors = [one.code for one in report.findings if one.severity is Severity.ERROR]
    assert errors == ["AZ101"]


@pytest.mark.parametrize("below", ["", f"{BELOW}/v1/v1", BELOW], ids=["root", "twice", "no v1"])
@pytest.mark.parametrize("seen", [True, False])
def test_path(below: str, seen: bool, door: Live, tmp_path: Path) -> None:
    asked = Asked(("good",), _at(door, below or "/v1"), seen=seen)
    report = live.asked(door, asked, tmp_path)
    errors = [one.code for one in report.findings if one.severity is Severity.ERROR]
    twice = below.endswith("/v1/v1")
    assert (report.verdict, report.exit_code) == (("broken", 1) if twice else ("answers", 0))
    assert errors[:1] == (["OC105"] if twice else [])


def test_wrong_path(door: Live, tmp_path: Path) -> None:
    asked = replace(Asked(("good",), _at(door, "/proxy/v1")), seen=False)
    report = live.asked(door, asked, tmp_path)
    first = report.findings[0]
    assert (first.code, live.where(first), report.verdict) == ("PX002", BASE_URL, "broken")


def _at(door: Live, path: str) -> Edits:
    return ((f"{door.proxy.url}{BELOW}/v1", f"{door.proxy.url}{path}"),)
