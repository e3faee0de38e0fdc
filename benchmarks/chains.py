"""Write the files that are measured: chains of any size, long lists, and a log."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

KEY = "0123456789abcdef0123456789abcdef"
ENVIRON = {"LITELLM_MASTER_KEY": "sk-a1b2c3d4e5f6a7b8", "AZURE_OPENAI_API_KEY": KEY}
_END = """litellm_settings:
  drop_params: true
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
"""
_REFUSED = (
    "2026-11-28 10:00:%02d - LiteLLM Proxy:ERROR: common_request_processing.py:1 - "
    "litellm.AuthenticationError: AzureException - Access denied due to invalid subscription key"
    " %d\n"
)
_ORDINARY = '{"level":"info","time":"2026-11-28T10:00:00Z","msg":"turn %d answered in 812 ms"}\n'


def write_chain(
    folder: Path,
    models: int,
    deployments: int,
    *,
    proxy: str = "http://127.0.0.1:4000",
    azure: str = "https://contoso-ai.openai.azure.com",
    used: int = 2,
) -> Path:
    """Write both configs with so many models and deployments, and return the folder.

    The agent uses the first `used` models.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = [
        {"id": f"gpt-{number}", "name": f"GPT {number}", "contextWindow": 272000, "maxTokens": 8000}
        for number in range(models)
    ]
    provider = {
        "baseUrl": f"{proxy}/v1",
        "apiKey": "${LITELLM_MASTER_KEY}",
        "api": "openai-completions",
        "models": listed,
    }
    primary, *fallbacks = (f"litellm/gpt-{number}" for number in range(used))
    openclaw = {
        "agents": {"defaults": {"model": {"primary": primary, "fallbacks": fallbacks}}},
        "models": {"providers": {"litellm": provider}},
    }
    (folder / "openclaw.json").write_text(json.dumps(openclaw, indent=2))
    entries = "".join(
        f"  - model_name: gpt-{number}\n"
        "    litellm_params:\n"
        f"      model: azure/deployment-{number}\n"
        f"      api_base: {azure}\n"
        "      api_key: os.environ/AZURE_OPENAI_API_KEY\n"
        '      api_version: "2025-04-01-preview"\n'
        for number in range(deployments)
    )
    (folder / "litellm_config.yaml").write_text(f"model_list:\n{entries}{_END}")
    return folder


def write_list(file: Path, megabytes: float) -> Path:
    """Write one long list of scalars, as JSON5 or YAML by the name of the file."""
    item = "value-0123456789abcdef"
    count = int(megabytes * 1e6 / (len(item) + 5))
    if file.suffix == ".json":
        file.write_text(json.dumps({"list": [item] * count}))
    else:
        file.write_text("list:\n" + f"  - {item}\n" * count)
    return file


def write_log(file: Path, megabytes: float, *, errors: bool = False) -> Path:
    """Write a log of ordinary lines, or of a hundred errors again and again."""
    with file.open("w") as log:
        for number in itertools.count():
            error = _REFUSED % (number % 60, number % 100)
            log.write(error if errors else _ORDINARY % number)
            if log.tell() >= megabytes * 1e6:
                return file
    raise AssertionError("the loop has no end")
