"""The samples of `clawdoctor trace` in README.md and docs/trace.md are real output."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from command_line import clawdoctor

ROOT = Path(__file__).parent.parent
FILES = {
    "openclaw.json": """{
  "meta": { "lastTouchedVersion": "2026.9.6" },
  "models": {
    "providers": {
      "litellm": {
        "baseUrl": "http://127.0.0.1:4000/v1",
        "apiKey": "${LITELLM_MASTER_KEY}",
        "api": "openai-completions",
        "models": [{ "id": "o3", "name": "o3" }, { "id": "gpt-5.2", "name": "gpt-5.2" }]
      }
    }
  },
  "agents": {
    "defaults": { "model": { "primary": "litellm/o3", "fallbacks": ["litellm/gpt-5.2"] } }
  }
}
""",
    "litellm_config.yaml": """model_list:
  - model_name: o3
    litellm_params:
      model: azure/responses/o3-datazone
      api_base: https://myres-eus2.openai.azure.com
      azure_ad_token: os.environ/AZURE_AD_TOKEN
      api_version: "2025-04-01-preview"
  - model_name: gpt-5.2
    litellm_params:
      model: azure/gpt-5.2
      api_base: https://myres-eus2.openai.azure.com
      api_key: ${AZURE_API_KEY}
      api_version: "2024-10-21"
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
""",
    "docker-compose.yml": """services:
  litellm:
    image: ghcr.io/berriai/litellm:v1.106.2
    command: ["--config", "/app/config.yaml"]
    ports: ["4000:4000"]
    volumes: ["./litellm_config.yaml:/app/config.yaml"]
    env_file: [.env]
""",
    ".env": f"""LITELLM_MASTER_KEY=sk-{"c0ffee" * 4}
AZURE_AD_TOKEN=eyJhbGciOiJIUzI1NiJ9.eyJhIjoiYiJ9.c2lnbmF0dXJl
AZURE_API_KEY={"0f1e2d3c" * 4}
""",
}


@pytest.mark.parametrize("page", ["README.md", "docs/trace.md"])
def test_the_sample_is_what_the_command_prints(page: str, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    done = clawdoctor(
        "trace", "--openclaw-config", "openclaw.json", cwd=tmp_path, CI="1", COLUMNS="80"
    )
    assert done.returncode == 0, done.stderr
    text = (ROOT / page).read_text("utf-8")
    if page == "README.md":  # the first route of README.md
        assert done.stdout.partition("\n\nlitellm/o3")[0] in text
    else:
        assert textwrap.indent(done.stdout, "    ") in text
