"""The real LiteLLM and clawdoctor agree on generated configs, environments and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from real.differential.litellm_process import Oracle
from real.differential.litellm_run import compare_all, oracles
from real.differential.litellm_strategies import as_files, drawn

pytestmark = pytest.mark.real

SEED = 20261129
COUNT = 60


@pytest.fixture(scope="module")
def asked(pytestconfig: pytest.Config) -> Iterator[Mapping[str, Oracle]]:
    """An oracle for each version."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # an installation takes minutes
        started = oracles()
        found = started.__enter__()
    yield found
    started.__exit__(None, None, None)


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


def test_a_deployment_gets_the_same_request_by_its_group_and_by_its_id(
    asked: Mapping[str, Oracle],
) -> None:
    for version, each in asked.items():
        checked = 0
        for case in drawn(SEED + 1, COUNT // 2):
            answer = each.ask(as_files(case))
            for result in answer.get("requests", ()):
                by_id = {
                    answer["deployments"][int(position)]["id"]: one["outgoing"]
                    for position, one in result["each"].items()
                }
                if result["model_id"] in by_id and result["outgoing"]:
                    checked += 1
                    assert result["outgoing"] == by_id[result["model_id"]], (version, case)
        assert checked > 0, version
