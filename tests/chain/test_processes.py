"""The choice among several proxies."""

from __future__ import annotations

import pytest
from conftest import Place

from clawdoctor.chain.processes import processes_of_chain
from clawdoctor.run.situation import Process

MINE = Process(7, ("litellm", "--config", "config.yaml", "--port", "4100"), "/mine")
OTHER = Process(5, ("litellm", "--config=config.yaml"), "/other")


@pytest.mark.parametrize(
    ("url", "pids"),
    [
        ("http://localhost:4100/v1", [7]),
        ("http://127.0.0.1:4000", [5]),
        ("http://localhost:4200/v1", [5, 7]),
        ("http://localhost/v1", [5, 7]),
    ],
)
def test_the_proxy_that_openclaw_uses(here: Place, url: str, pids: list[int]) -> None:
    text = f'{{ models: {{ providers: {{ litellm: {{ baseUrl: "{url}" }} }} }} }}'
    here.write("project/openclaw.json", text)
    situation = here.situation({}, openclaw_config="openclaw.json", processes=(OTHER, MINE))
    assert [process.pid for process in processes_of_chain(situation)] == pids


def test_the_proxy_that_the_option_names(here: Place) -> None:
    url = "http://localhost:4100"
    situation = here.situation({}, proxy_url=url, processes=(OTHER, MINE))
    assert processes_of_chain(situation) == (MINE,)
