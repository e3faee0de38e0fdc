"""Files with a canary in one place: every setting, in every kind of file, in three layouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import small_chain

CANARIES = {
    "Azure's hexadecimal key": "8f3a1c9e77b24d5fa0c6e1d2b3948576",
    "Azure's long key": "3Kq8Zt1Vb6Xn0Wm5Rj9Ld2Hf7Gs4Pc8Ty1Ua6Be3Ni0Ok5JQQJ99BAACYeBjFXJ3w3"
    "AAABACOGa1B2c3D4E5",
    "LiteLLM key": "sk-pV3qXw8LrT5nZk2JmB7c",
    "Base64": "x3Jq/T9vZb+K2mWc8RyLf5sPdE7uHnA4GoQ0iXtVw1k=",
    "passphrase": "glowing-ferret-jumps-northward",
    "password": "Fj0rd&Moonb3am!",
    "digits": "839204756102",
}
"""Texts that no output may contain, not even eight characters of them."""

LITELLM = small_chain.LITELLM.replace("${AZURE_OPENAI_API_KEY}", "os.environ/AZURE_API_KEY")
OPENCLAW = small_chain.OPENCLAW
COMPOSE = """\
services:
  litellm:
    image: ghcr.io/berriai/litellm:main-stable
    command: ["--config", "/app/config.yaml"]
    ports: ["4000:4000"]
    volumes: ["./litellm_config.yaml:/app/config.yaml"]
    environment:
      LITELLM_MASTER_KEY: ${LITELLM_MASTER_KEY}
      AZURE_API_KEY: ${AZURE_API_KEY}
"""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a project, and the variables of its environment."""

    id: str
    files: Mapping[str, str]
    environ: Mapping[str, str] = field(default_factory=dict)


_PARAMETERS = """
    api_key: CANARY|api_keyy: CANARY|apiKye: CANARY|apikee: CANARY|apikey: CANARY|api-key: CANARY
    api_base: CANARY|api_base: https://CANARY@contoso.openai.azure.com
    api_base: https://user:CANARY@contoso.openai.azure.com|api_base: https://CANARY:@host.example
    api_base: https://contoso.openai.azure.com/CANARY
    api_base: https://contoso.openai.azure.com/openai?code=CANARY
    api_base: https://contoso.openai.azure.com/?api-version=CANARY
    api_base: https://contoso.openai.azure.com/#CANARY|base_url: https://h.example/CANARY/v1
    api_bse: https://user:CANARY@h.example|api_version: CANARY|api_verison: CANARY
    azure_ad_token: CANARY|azure_ad_tokn: CANARY|client_secret: CANARY|client_secert: CANARY
    tenant_id: CANARY|vertex_credentials: CANARY|vertex_credentials: {private_key: CANARY}
    extra_headers: {X-Anything: CANARY}|extra_headers: {Authorization: Bearer CANARY}
    extra_header: {api-key: CANARY}|extra_body: {note: CANARY}|organization: CANARY|note: CANARY
    aws_secret_access_key: CANARY|aws_access_key_id: CANARY|timeout: CANARY|rpm: CANARY
    drop_params: CANARY|password: CANARY|metadata: {nested: [CANARY]}|tags: [{deep: CANARY}]
    configurable_clientside_auth_params: [CANARY]|litellm_credential: CANARY
    api_base: https://contoso.openai.azure.com/openai/deployments/CANARY|base_url: CANARY
    api_base: https://CANARY.openai.azure.com|api_base: CANARY.openai.azure.com/openai
    custom_llm_provider: CANARY|base_model: CANARY|user: CANARY
    headers: {X-Anything: CANARY}|headers: {api-key: CANARY}|extra_headers: {CANARY: 1}
    headers: {api-version: CANARY}|extra_body: {CANARY: 1}|stop: [CANARY]|client_id: CANARY
    azure_password: CANARY|azure_username: CANARY|azure_scope: CANARY|azure_ad_token: oidc/CANARY
    responses_api_version: CANARY|litellm_credential_name: CANARY|seed: CANARY
    additional_drop_params: [CANARY]|allowed_openai_params: [CANARY]
"""
_SETTINGS = """
    general_settings: {master_key: CANARY}|general_settings: {master_keyy: CANARY}
    general_settings: {database_url: "postgresql://u:CANARY@db/x"}|general_settings: {other: CANARY}
    general_settings: {alerting: [CANARY]}|general_settings: CANARY
    general_setting: {master_key: CANARY}|master_key: CANARY|litellm_settings: {api_key: CANARY}
    litellm_settings: {cache_params: {type: redis, password: CANARY}}|litellm_settings: [CANARY]
    router_settings: {redis_password: CANARY}|router_settings: {redis_url: "redis://:CANARY@h:1"}
    environment_variables: {AZURE_API_KEY: CANARY}|environment_variables: {ANYTHING: CANARY}
    environment_variable: {ANYTHING: CANARY}
    credential_list: [{credential_values: {api_key: CANARY}}]
    environment_variables: {AZURE_API_BASE: CANARY}|environment_variables: {CANARY: x}
    environment_variables: {AZURE_API_VERSION: CANARY}|litellm_settings: {api_version: CANARY}
    litellm_settings: {api_base: "https://h.example/CANARY"}|litellm_settings: {azure_key: CANARY}
    litellm_settings: {headers: {X-Anything: CANARY}}|litellm_settings: {drop_params: CANARY}
    router_settings: {model_group_alias: {gpt-4o: CANARY!}}
    router_settings: {fallbacks: [{gpt-4o: CANARY}], routing_strategy: x, extra: CANARY}
    include: [CANARY]|CANARY: 1|unknown: CANARY
"""
_PROVIDER = """
    apiKey: "CANARY"|apiKye: "CANARY"|apikey: "CANARY"|api_key: "CANARY"|key: "CANARY"
    apiKey: "${MISSING:-CANARY}"|apiKey: {value: "CANARY"}|apiKey: ["CANARY"]
    baseUrl: "CANARY"|baseUrl: "https://CANARY@h.example/v1"|baseUrl: "http://h.example/v1?k=CANARY"
    baseUrl: "http://u:CANARY@localhost:4000/v1"|baseUrl: "http://localhost:4000/CANARY/v1"
    baseURL: "http://u:CANARY@localhost:4000/v1"|headers: {"X-Any": "CANARY"}
    header: {"X-Any": "CANARY"}|authHeader: "CANARY"|api: "CANARY"|note: "CANARY"
    request: {headers: {authorization: "Bearer CANARY"}}|request: {auth: {token: "CANARY"}}
    models: [{id: "gpt-4o", name: "gpt-4o", apiKey: "CANARY"}]|models: "CANARY"
    models: [{id: "gpt-4o", name: "x", headers: {a: "CANARY"}, cost: "CANARY"}]
    models: [{id: "gpt-4o", name: "x", headers: {api-version: "CANARY"}}]
    models: [{id: "gpt-4o", name: "x", baseUrl: "CANARY"}]
    models: [{id: "gpt-4o", name: "x", baseUrl: "http://u:CANARY@localhost:4000/v1"}]
    models: [{id: "gpt-4o", name: "x", compat: {maxTokensField: "CANARY"}}]
    request: {auth: {mode: "authorization-bearer", token: "CANARY"}}|api: "azure-CANARY"
    request: {auth: {mode: "header", headerName: "X-Key", value: "CANARY"}}
    request: {auth: {mode: "header", headerName: "CANARY", value: "x"}}|headers: {"CANARY": "x"}
    baseUrl: "https://CANARY.openai.azure.com/openai/v1"|params: {extra_body: {note: "CANARY"}}
"""
_ROOT = """
    env: {vars: {FOO: "CANARY"}}|env: {FOO: "CANARY"}|env: {vars: {AZURE_API_KEY: "CANARY"}}
    gateway: {auth: {token: "CANARY"}}|gateway: {auth: {tokn: "CANARY"}}|gatway: {auth: "CANARY"}
    channels: {telegram: {botToken: "CANARY"}}|channels: {slack: {anything: "CANARY"}}
    plugins: {entries: {x: {config: {secret: "CANARY"}}}}|unknown: "CANARY"|"CANARY": 1
    tools: {web: {search: {apiKey: "CANARY"}}}|hooks: {path: "/CANARY", token: "CANARY"}
    agents: {defaults: {model: "azure-openai/gpt-4o", memorySearch: {remote: {apiKey: "CANARY"}}}}
    mcp: {servers: {x: {env: {ANY: "CANARY"}, args: ["--key", "CANARY"]}}}
    logging: {level: "CANARY"}
    agents: {defaults: {model: "azure-openai/gpt-4o", params: {extra_body: {note: "CANARY"}}}}
    agents: {defaults: {model: "azure-openai/gpt-4o", params: {stop: "CANARY"}}}
    agents: {defaults: {model: "azure-openai/gpt-4o", params: {"CANARY": 1}}}
    agents: {defaults: {model: "azure-openai/gpt-4o", params: {extra_body: {"CANARY": 1}}}}
    memory: {search: {remote: {apiKey: "CANARY"}}}
    agents: {defaults: {memorySearch: {remote: {headers: {a: "CANARY"}}}}}
    agents: {defaults: {memorySearch: {provider: "openai", remote: {baseUrl: "http://h/CANARY"}}}}
    agents: {defaults: {memorySearch: {provider: "openai", remote: {apiKey: "CANARY"}}}}
"""
_SERVICE = """
    environment: {AZURE_API_KEY: CANARY}|environment: {ANYTHING: CANARY}|environment: [ANY=CANARY]
    environment: ["AZURE_API_KEY=${X:-CANARY}"]|environment: CANARY
    enviroment: {AZURE_API_KEY: CANARY}
    command: ["--config", "/app/config.yaml", "--api_key", CANARY]|labels: {any: CANARY}
    command: sh -c "export K=CANARY; litellm"|command: litellm --anything CANARY|entrypoint: CANARY
    image: "registry/CANARY/x"|ports: ["CANARY"]|volumes: ["CANARY:/app/config.yaml"]
    healthcheck: {test: "curl -H 'Authorization: Bearer CANARY' http://localhost:4000/health"}
    secrets: [CANARY]|env_file: [CANARY]|build: {args: {TOKEN: CANARY}}|unknown: CANARY
"""


def _each(table: str) -> Iterator[str]:
    for line in table.strip().splitlines():
        yield from line.strip().split("|")


def _at(setting: str, text: str, before: str, indent: str) -> str:
    """The text with a setting, in place of the one of the same name or before a line."""
    name = setting.partition(":")[0]
    kept = [line for line in text.splitlines() if not line.strip().startswith(f"{name}:")]
    index = next(i for i, line in enumerate(kept) if line.strip().startswith(before))
    return "\n".join([*kept[: index + 1], f"{indent}{setting}", *kept[index + 1 :]]) + "\n"


def _provider(setting: str) -> str:
    name = setting.partition(":")[0]
    text = OPENCLAW
    for old in ('baseUrl: "http://localhost:4000/v1", ', 'apiKey: "${LITELLM_MASTER_KEY}",'):
        if old.startswith(f"{name}:"):
            text = text.replace(old, "")
    return text.replace('"azure-openai": {', '"azure-openai": {\n    ' + setting + ",")


def places() -> Iterator[Files]:
    """Every place of a canary, written CANARY, in files that are whole otherwise."""
    for setting in _each(_PARAMETERS):
        text = _at(setting, LITELLM, "model: ", "      ")
        yield Files(f"litellm_params {setting}", {"litellm_config.yaml": text})
    for setting in _each(_SETTINGS):
        name = setting.partition(":")[0]
        kept = LITELLM if name != "general_settings" else LITELLM.partition("general_settings")[0]
        yield Files(f"litellm {setting}", {"litellm_config.yaml": f"{kept}{setting}\n"})
    for setting in _each(_PROVIDER):
        yield Files(f"provider {setting}", {"openclaw.json": _provider(setting)})
    for setting in _each(_ROOT):
        kept = (
            OPENCLAW
            if not setting.startswith("agents")
            else OPENCLAW.partition("  agents")[0] + "}"
        )
        text = kept.replace("{\n", "{\n  " + setting + ",\n", 1)
        yield Files(f"openclaw {setting}", {"openclaw.json": text})
    for setting in _each(_SERVICE):
        text = _at(setting, COMPOSE, "image:" if "image" not in setting else "ports:", "    ")
        yield Files(f"compose {setting}", {"docker-compose.yml": text})
    yield from _comments()
    yield from _swapped()


def _comments() -> Iterator[Files]:
    yield Files(
        "a comment of YAML",
        {"litellm_config.yaml": LITELLM.replace("my-gpt4o", "my-gpt4o # old: CANARY", 1)},
    )
    ignores = "# clawdoctor: ignore[LL102] CANARY\n      # clawdoctor: ignore[CANARY] CANARY"
    suppressed = small_chain.LITELLM.replace("api_key:", f"{ignores}\n      api_key:")
    yield Files("a comment that suppresses a finding", {"litellm_config.yaml": suppressed})
    yield Files(
        "a comment of JSON5",
        {"openclaw.json": OPENCLAW.replace('"gpt-4o" }', '"gpt-4o" /* CANARY */ } // CANARY')},
    )


def _swapped() -> Iterator[Files]:
    swapped = LITELLM.replace("os.environ/AZURE_API_KEY", "https://contoso.openai.azure.com")
    swapped = swapped.replace("api_base: https://contoso.openai.azure.com", "api_base: CANARY")
    yield Files("api_base and api_key swapped", {"litellm_config.yaml": swapped})
    swapped = LITELLM.replace("azure/my-gpt4o", "azure/CANARY x")
    yield Files("a key in the model", {"litellm_config.yaml": swapped})
    text = OPENCLAW.replace("http://localhost:4000/v1", "CANARY")
    text = text.replace("${LITELLM_MASTER_KEY}", "http://localhost:4000/v1")
    yield Files("baseUrl and apiKey swapped", {"openclaw.json": text})


NAMES = (
    *("GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "NPM_AUTH", "DEPLOY_HOOK"),
    *("AZURE_API_BASE", "AZURE_MODEL", "SESSION_COOKIE", "SLACK_WEBHOOK_URL"),
)
"""Variables of a machine that a config of a pull request can name."""


def references() -> Iterator[Files]:
    """Configs that name a variable of the machine, whose value is the canary."""
    settings = ("model", "api_base", "api_key", "api_version")
    for name in NAMES:
        environ = {name: "CANARY"}
        for setting in settings:
            for value in (f"os.environ/{name}", f"azure/os.environ/{name}", f"${{{name}}}"):
                text = _at(f"{setting}: {value}", LITELLM, "litellm_params", "      ")
                yield Files(f"{setting}: {value}", {"litellm_config.yaml": text}, environ)
        for setting in (
            'baseUrl: "${%s}"',
            'baseUrl: "https://${%s}.openai.azure.com/openai/v1"',
            'baseUrl: "http://localhost:4000/${%s}"',
            'apiKey: "${%s}"',
            'headers: {a: "${%s}"}',
            'api: "${%s}"',
            'models: [{id: "${%s}", name: "${%s}"}]',
        ):
            text = _provider(setting.replace("%s", name))
            yield Files(setting.replace("%s", name), {"openclaw.json": text}, environ)
        text = COMPOSE.replace("AZURE_API_KEY:", f"OTHER: ${{{name}}}\n      A:")
        yield Files(f"compose {name}", {"docker-compose.yml": text}, environ)
        text = LITELLM.replace("AZURE_API_KEY", name)
        yield Files(f".env {name}", {"litellm_config.yaml": text, ".env": f"{name}=CANARY\n"})


def planted(files: Files, canary: str, layout: str) -> tuple[dict[str, str], dict[str, str]]:
    """The files and variables with a canary in them, in a layout: plain, one-line or broken."""
    texts = {"litellm_config.yaml": LITELLM, "openclaw.json": OPENCLAW, **files.files}
    for name, text in files.files.items():
        if layout == "one-line" and name == "openclaw.json" and "//" not in text.replace("://", ""):
            text = " ".join(text.split())
        if layout == "broken":
            text = text.rstrip().removesuffix("}") + (
                " ]\n" if name == "openclaw.json" else "\n  - ]\n"
            )
        texts[name] = text.replace("CANARY", canary)
    return texts, {name: value.replace("CANARY", canary) for name, value in files.environ.items()}
