"""A fault of a proxy that no agent uses does not stop the agent."""

from __future__ import annotations

from pathlib import Path

import pytest
from cases import BASES, Case, built, diagnosed

from clawdoctor.finding import Outcome
from clawdoctor.report import render

SERVER = """{
  models: { providers: { relay: {
    baseUrl: "URL", apiKey: "${RELAY_API_KEY}", api: "openai-completions",
    models: [{ id: "m", name: "m", contextWindow: 200000, maxTokens: 8192 }],
  } } },
  agents: { defaults: { model: { primary: "relay/m" } } },
}
"""
NO_START = "model_list:\n  - model_name: a\n    params: {model: azure/a}\n"


@pytest.mark.parametrize(
    ("url", "unused"),
    [
        ("https://relay.example.com/v1", True),
        ("https://contoso-ai.openai.azure.com/openai/v1", True),
        ("http://localhost:4000/v1", False),
    ],
)
def test_the_verdict_is_about_the_models_in_use(url: str, unused: bool, tmp_path: Path) -> None:
    folder = built(Case(BASES / "plain"), tmp_path / "project")
    (folder / "openclaw.json").write_text(SERVER.replace("URL", url), "utf-8")
    (folder / "litellm_config.yaml").write_text(NO_START, "utf-8")
    environ = {"RELAY_API_KEY": "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "LITELLM_MASTER_KEY": "sk-7f3a"}
    report = diagnosed(folder, {"environ": environ}, tmp_path)
    (line,) = report.routes
    text = " ".join(render(report, width=200).split())
    assert "LL003" in {finding.code for finding in report.findings}
    assert report.exit_code == 1
    assert report.verdict == ("unknown" if unused else "broken")
    assert line.status == ("unknown" if unused else "broken")
    assert (Outcome.FAILED in dict(line.hops).values()) is not unused
    assert ("LiteLLM has a fault, but no agent uses it: " in text) is unused
    assert ("Your agent cannot answer" in text) is not unused
