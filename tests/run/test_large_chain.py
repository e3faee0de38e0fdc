"""Runs over many providers and deployments take work in proportion."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from steps import assert_proportional

from clawdoctor.finding import Report
from clawdoctor.report import render
from clawdoctor.run.diagnosis import examine
from clawdoctor.run.exposure import redacted
from clawdoctor.run.situation import Situation


def openclaw(count: int, **provider: object) -> str:
    def named(index: int) -> dict[str, object]:
        model = {"id": f"gpt-{index}", "name": "GPT"}
        url = "http://localhost:4000/v1"
        return {"baseUrl": url, "api": "openai-completions", "models": [model], **provider}

    providers = {f"azure-{index}": named(index) for index in range(count)}
    agents = {"defaults": {"model": {"primary": "azure-0/gpt-0"}}}
    return json.dumps({"models": {"providers": providers}, "agents": agents})


def litellm(count: int) -> str:
    deployments = (
        f"{{model_name: gpt-{index}, litellm_params: {{model: azure/d{index}, api_base: nowhere}}}}"
        for index in range(count)
    )
    return f"model_list: [{', '.join(deployments)}]\n"


def examined(folder: Path, **files: str) -> Report:
    """The report before redaction."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content)
    named = {name: str(folder / name) for name in files}
    return examine(Situation(cwd=str(folder), home=str(folder), **named), timeout=1e9)[0]  # type: ignore[arg-type]


slow = partial(pytest.param, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "files",
    [
        slow(lambda count: {"openclaw_config": openclaw(count, apiKey="${LITELLM_MASTER_KEY}")}),
        slow(lambda count: {"openclaw_config": openclaw(count, apikey="x", baseUrl="localhost:4")}),
        slow(lambda count: {"litellm_config": litellm(count)}),
        slow(lambda count: {"openclaw_config": openclaw(count), "litellm_config": litellm(count)}),
    ],
    ids=["well-formed", "faulty-providers", "faulty-deployments", "both"],
)
def test_a_run_takes_work_in_proportion(
    tmp_path: Path, files: Callable[[int], dict[str, str]]
) -> None:
    def work(count: int) -> Callable[[], object]:
        return lambda: examined(tmp_path / str(count), **files(count))

    work(1)()  # fills the caches
    assert_proportional(work, 60)


def test_a_report_takes_work_in_proportion(tmp_path: Path) -> None:
    def work(count: int) -> Callable[[], object]:
        report = examined(tmp_path / str(count), litellm_config=litellm(count))
        return lambda: render(report)

    work(1)()
    assert_proportional(work, 60)


def test_a_redaction_takes_work_in_proportion(tmp_path: Path) -> None:
    """Each deployment has a fix and a hidden value of its own."""
    deployment = (
        "  - model_name: gpt-{0}\n    litellm_params:\n      model: azure/d{0}\n"
        "      api_base: nowhere\n      api_key: ${{KEY_{0}}}\n      odd: hidden{0}value\n"
    )

    def work(count: int) -> Callable[[], object]:
        file = tmp_path / f"{count}.yaml"
        file.write_text("model_list:\n" + "".join(map(deployment.format, range(count))))
        found = examine(
            Situation(cwd=str(tmp_path), home=str(tmp_path), litellm_config=str(file)), timeout=1e9
        )
        return lambda: redacted(*found)

    work(1)()
    assert_proportional(work, 60)
