"""The port in the command that starts the proxy: the one that OpenClaw asks."""

from __future__ import annotations

from typing import Any

import pytest

from clawdoctor.chain.environment import Environment
from clawdoctor.chain.litellm import LiteLLMConfig
from clawdoctor.chain.parameter import restart
from clawdoctor.run.situation import Process

CONFIG = "model_list:\n  - model_name: a\n    litellm_params:\n      model: azure/a\n"


def _openclaw(*providers: str) -> str:
    return "{ models: { providers: { " + ", ".join(providers) + " } } }"


@pytest.mark.parametrize(
    ("openclaw", "port"),
    [
        (_openclaw('litellm: { baseUrl: "http://127.0.0.1:21413/v1" }'), 21413),
        (
            _openclaw(
                'a: { baseUrl: "http://localhost:1111" }',
                'LiteLLM: { baseUrl: "http://localhost:2222" }',
            ),
            2222,
        ),
        (_openclaw('ollama: { baseUrl: "http://localhost:11434/v1" }'), 4000),
        (_openclaw('local: { baseUrl: "http://localhost:1234/v1" }'), 4000),
        (_openclaw('a: { baseUrl: "https://litellm.example:8443/v1" }'), 4000),
        (_openclaw('a: { baseUrl: "http://localhost/v1" }'), 4000),
        (_openclaw('a: { baseUrl: "${URL}" }'), 4000),
        ("{ models: { providers: [] } }", 4000),
    ],
)
def test_the_port_of_a_provider(here: Any, openclaw: str, port: int) -> None:
    here.write("home/.openclaw/openclaw.json", openclaw)
    here.write("project/litellm_config.yaml", CONFIG)
    command = restart(here.fact(LiteLLMConfig), here.fact(Environment)).text
    assert command.endswith(f"litellm_config.yaml --port {port}")


def test_the_port_of_the_option_comes_first(here: Any) -> None:
    here.write("home/.openclaw/openclaw.json", _openclaw('a: { baseUrl: "http://localhost:1111" }'))
    assert here.fact(Environment, proxy_url="http://localhost:5555").proxy_port == 5555


def test_the_port_of_the_running_proxy(here: Any) -> None:
    path = str(here.write("project/litellm_config.yaml", CONFIG))
    process = Process(7, ("litellm", "--config", path, "--port", "4444"), "/", {})
    assert here.fact(Environment, processes=(process,)).proxy_port == 4444


def test_a_manifest_is_applied(here: Any) -> None:
    manifest = "kind: ConfigMap\napiVersion: v1\ndata:\n  c.yaml: |\n    "
    here.write("project/litellm_config.yaml", manifest + CONFIG.replace("\n", "\n    "))
    action = restart(here.fact(LiteLLMConfig), here.fact(Environment))
    assert action.text.startswith("Apply the changed manifest")
