"""The real LiteLLM and clawdoctor agree on generated configs, environments and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import pytest

from real.differential.litellm_process import Oracle
from real.differential.litellm_run import compare_all, oracles
from real.differential.litellm_strategies import as_files, drawn

pytestmark = pytest.mark.real

SEED = 20261129
COUNT = 40


@pytest.fixture(scope="module")
def asked(pytestconfig: pytest.Config) -> Iterator[Mapping[str, Oracle]]:
    """An oracle for each version."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with ExitStack() as stack:
        with capture.global_and_fixture_disabled():  # an installation takes minutes
            found = stack.enter_context(oracles())
        yield found


def test_predictions_agree_with_litellm(asked: Mapping[str, Oracle]) -> None:
    compared = 0
    differences = []
    for case, version, result in compare_all(drawn(SEED, COUNT), asked):
        compared += result.requests - len(result.unpredicted)
        differences += [
            f"{version}: {difference}\n{as_files(case)}" for difference in result.differences
        ]
    assert differences == []
    assert compared > COUNT  # a comparison of nothing would agree too
