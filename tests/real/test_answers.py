"""The real programs give the recorded answers.

A pinned version must give them literally. A newer one that pip installs is compared with the newest
recorded version: a difference is shown as a diff and is only a warning, since no change in
clawdoctor caused it. `scripts/record-answers` records the answers again.
"""

from __future__ import annotations

import sys

import pytest

from real.answers import FOLDER, difference
from real.install import LITELLM_VERSION, OPENCLAW_VERSION, newest_litellm, version_of_litellm
from real.record_answers import answers

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("program", "version"), [("litellm", LITELLM_VERSION), ("openclaw", OPENCLAW_VERSION)]
)
def test_a_pinned_version_answers_as_recorded(program: str, version: str) -> None:
    assert (FOLDER / f"{program}-{version}.txt").exists()
    found = difference(program, version, answers(program, version))
    assert not found, found


def test_the_newest_litellm_answers_as_recorded() -> None:
    version = version_of_litellm(newest_litellm())
    found = difference("litellm", version, answers("litellm", version))
    if (FOLDER / f"litellm-{version}.txt").exists():
        assert not found, found
    elif found:
        sys.stderr.write(f"LiteLLM {version} answers otherwise than recorded:\n{found}\n")
