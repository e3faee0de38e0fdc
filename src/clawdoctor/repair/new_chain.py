"""The files of a new chain: the texts that `clawdoctor init` writes."""

from __future__ import annotations

from collections.abc import Mapping

from clawdoctor.deferred import dataclass
from clawdoctor.knowledge import table
from clawdoctor.knowledge.azure import AzureModel, model_named, model_row, recommended_api_version
from clawdoctor.knowledge.litellm import sees_images
from clawdoctor.run.situation import DEFAULT_PORT
from clawdoctor.source.change import Value
from clawdoctor.source.yaml_value import yaml_string

PROVIDER = "azure-openai"
MASTER_KEY = "LITELLM_MASTER_KEY"
CONFIG, COMPOSE = "litellm_config.yaml", "docker-compose.yml"
ENV, EXAMPLE = ".env", ".env.example"
_MOST_TOKENS = 16384
"""The longest answer that OpenClaw requests, even from models that can write more."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment of the Azure resource, and its model if that is known."""

    name: str
    model: str | None = None

    @property
    def known(self) -> AzureModel | None:
        """The row for the model in the tables."""
        return model_named(self.model) if self.model is not None else None

    @property
    def by_responses(self) -> bool:
        """Whether LiteLLM must use the Responses API for it: OpenClaw always sends tools."""
        known = self.known
        if known is None or self.model is None:
            return False
        no_chat = bool(known.endpoints) and "chat/completions" not in known.endpoints
        return no_chat or model_row(self.model).get("tools_on_chat") in (
            "none",
            "without-reasoning",
            "without-effort",
        )


@dataclass(frozen=True, slots=True)
class NewChain:
    """The parts of a new chain. `api_base` is the endpoint of the Azure resource.

    The first deployment is the primary model, the others are its fallbacks. `key` is the variable
    with Azure's key.
    """

    api_base: str
    deployments: tuple[Deployed, ...]
    key: str = "AZURE_API_KEY"
    port: int = DEFAULT_PORT
    docker: bool = False

    def group(self, deployment: Deployed) -> str:
        """Return the name that OpenClaw requests for a deployment: its model, if that is unique."""
        same = [each for each in self.deployments if each.model == deployment.model]
        return deployment.model if deployment.model and len(same) == 1 else deployment.name

    @property
    def models(self) -> dict[str, Value]:
        """The value of `agents.defaults.model` in openclaw.json."""
        first, *others = (f"{PROVIDER}/{self.group(each)}" for each in self.deployments)
        return {"primary": first, **({"fallbacks": others} if others else {})}


def litellm_config(chain: NewChain) -> str:
    """Return the text of litellm_config.yaml."""
    return (
        "# LiteLLM takes OpenClaw's requests and sends them to Azure.\n"
        "# Values are read from the environment where they begin with os.environ/.\n"
        "model_list:\n"
        + "\n".join(_entry(chain, each) for each in chain.deployments)
        + "\nlitellm_settings:\n"
        "  drop_params: true  # leave out what Azure does not accept\n"
        "\n"
        "general_settings:\n"
        f"  master_key: os.environ/{MASTER_KEY}  # the key that OpenClaw sends\n"
    )


def _entry(chain: NewChain, deployment: Deployed) -> str:
    route = "azure/responses/" if deployment.by_responses else "azure/"
    info = ""
    if deployment.known is not None:
        base = yaml_string(f"azure/{deployment.known.name}")
        info = f"    model_info:\n      base_model: {base}\n"
    return (
        f"  - model_name: {yaml_string(chain.group(deployment))}\n"
        "    litellm_params:\n"
        f"      model: {yaml_string(route + deployment.name)}\n"
        f"      api_base: {yaml_string(chain.api_base)}\n"
        f"      api_key: os.environ/{chain.key}\n"
        f'      api_version: "{recommended_api_version()}"\n'
        f"{info}"
    )


def provider(chain: NewChain) -> dict[str, Value]:
    """Return the provider in openclaw.json that leads to the proxy."""
    return {
        "baseUrl": f"http://127.0.0.1:{chain.port}/v1",
        "apiKey": f"${{{MASTER_KEY}}}",
        "api": "openai-completions",
        "models": [_model(chain, each) for each in chain.deployments],
    }


def _model(chain: NewChain, deployment: Deployed) -> dict[str, Value]:
    known, group = deployment.known, chain.group(deployment)
    row = model_row(deployment.model or "")
    model: dict[str, Value] = {"id": group, "name": f"{group} (Azure)"}
    model["reasoning"] = known is not None and known.reasoning
    model["input"] = ["text", "image"] if known and sees_images(known.name) else ["text"]
    window = row.get("max_input") or (known.context if known is not None else None)
    if window:
        model["contextWindow"] = int(window)
    if known is not None and known.max_output:
        model["maxTokens"] = min(known.max_output, _MOST_TOKENS)
    model["compat"] = {"supportsStore": False}
    return model


def openclaw_config(chain: NewChain) -> dict[str, Value]:
    """Return the value of a new openclaw.json."""
    return {
        "gateway": {"mode": "local"},
        "models": {"mode": "merge", "providers": {PROVIDER: provider(chain)}},
        "agents": {"defaults": {"model": chain.models}},
    }


def compose_file(chain: NewChain) -> str:
    """Return the text of docker-compose.yml. The health check costs nothing and needs no key."""
    image = table("litellm")["image"]
    probe = (
        "import urllib.request as u; "
        f"u.urlopen('http://127.0.0.1:{chain.port}/health/liveliness', timeout=5)"
    )
    return (
        "services:\n"
        "  litellm:\n"
        f"    image: {image['name']}:{image['tag']}\n"
        f'    command: ["--config", "/app/config.yaml", "--port", "{chain.port}"]\n'
        "    ports:\n"
        f'      - "127.0.0.1:{chain.port}:{chain.port}"\n'
        "    environment:\n"
        f"      {MASTER_KEY}: ${{{MASTER_KEY}:?set it in .env}}\n"
        f"      {chain.key}: ${{{chain.key}:?set it in .env or in the shell}}\n"
        "    volumes:\n"
        f"      - ./{CONFIG}:/app/config.yaml:ro\n"
        "    healthcheck:\n"
        f'      test: ["CMD", "python3", "-c", "{probe}"]\n'
        "      interval: 30s\n"
        "      timeout: 10s\n"
        "      retries: 3\n"
        "      start_period: 60s\n"
        "    restart: unless-stopped\n"
    )


def example_env(chain: NewChain) -> str:
    """Return the text of .env.example: the variables that the chain needs, without values."""
    return (
        "# Copy this file to .env, fill it in, and keep .env out of git.\n"
        "# Azure Portal > your Azure OpenAI resource > Keys and Endpoint > KEY 1\n"
        f"{chain.key}=\n"
        "# Any text that begins with sk-. OpenClaw needs the same one in ~/.openclaw/.env.\n"
        f"{MASTER_KEY}=\n"
    )


def key_variable(environ: Mapping[str, str]) -> str:
    """Return the variable with Azure's key: one that is set, or the usual name."""
    names = ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_KEY")
    return next((name for name in names if environ.get(name)), names[0])
