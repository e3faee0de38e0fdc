"""`--model` adds a route of this chain, or it is wrong usage."""

from __future__ import annotations

from typing import Any

from clawdoctor.run.diagnosis import diagnose

OPENCLAW = """{
  models: { providers: { "azure-openai": {
    baseUrl: "http://localhost:4000/v1", apiKey: "sk-5b1f7c20e94d4a8f", api: "openai-completions",
    models: [{ id: "gpt", name: "GPT" }],
  } } },
  agents: { defaults: { model: "azure-openai/gpt" } },
}"""


def test_a_model_of_an_unknown_provider_is_wrong_usage(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    report = diagnose(here.situation(models=("azure-openia/gpt",)))
    assert report.exit_code == 2
    assert report.usage_error is not None
    assert "azure-openia/gpt" in report.usage_error
    assert "azure-openai/..." in report.usage_error


def test_a_named_model_is_a_route_even_if_no_agent_uses_it(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", OPENCLAW)
    report = diagnose(here.situation(models=("azure-openai/other",)))
    assert "azure-openai/other" in [route.model for route in report.routes]
