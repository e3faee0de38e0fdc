"""Random configs: clawdoctor predicts what each version of OpenClaw accepts and sends."""

from __future__ import annotations

import pytest

from real import install
from real.differential.openclaw_run import run_openclaw

pytestmark = pytest.mark.real

MOST = {install.OPENCLAW_VERSION: 45, "2026.5.12": 45, "2026.3.13": 90}
"""Cases of each version. A turn takes a second of 2026.9.6, and less of the others."""


@pytest.mark.parametrize("version", MOST)
def test_clawdoctor_predicts_what_openclaw_does(version: str) -> None:
    tally = run_openclaw(float("inf"), 14, version, most=MOST[version], record=False, shrinks=False)
    found = [str(line) for _, lines in tally.examples.values() for line in lines]
    assert tally.configs == MOST[version]
    assert tally.turns > 0
    assert tally.refusals > 0
    assert not tally.kinds, "\n".join([str(tally), *found])
