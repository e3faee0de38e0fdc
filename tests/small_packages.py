"""Small packages of LiteLLM and OpenClaw, with the modules that the tables come from."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

MODELS: dict[str, dict[str, object]] = {
    "azure/gpt-5": {
        "litellm_provider": "azure",
        "mode": "chat",
        "max_input_tokens": 272000,
        "max_output_tokens": 128000,
        "supported_endpoints": ["/v1/responses", "/v1/chat/completions", "/v1/batch"],
        "deprecation_date": "2027-02-09",
        "supports_none_reasoning_effort": False,
    },
    "azure/codex": {"litellm_provider": "azure", "mode": "responses"},
    "gpt-5": {
        "litellm_provider": "openai",
        "mode": "chat",
        "supports_reasoning": True,
        "supports_xhigh_reasoning_effort": True,
    },
    "gpt-latest": {"alias_of": "gpt-5"},
    "azure_ai/phi": {"litellm_provider": "azure_ai", "supports_tool_choice": True},
    "us.some-claude": {"litellm_provider": "bedrock", "mode": "chat"},
}

_SOURCES = {
    "litellm/__init__.py": """
from typing import Literal
AZURE_DEFAULT_API_VERSION = "2025-02-01-preview"
_custom_logger_compatible_callbacks_literal = Literal["langfuse", "openai"]
""",
    "litellm/constants.py": """
openai_compatible_endpoints: list = ["https://api.groq.com/openai/v1", "api.x.ai/v1", "local"]
ROUTER_SETTINGS_MANAGED_OUTSIDE_CONFIG = frozenset({"assistants_config"})
""",
    "litellm/main.py": "def completion(model, temperature=None, *, user=None): ...\n",
    "litellm/router.py": """
class Router:
    def __init__(
        self, model_list=None, assistants_config=None, routing_strategy="x", timeout=1, _host=None
    ):
        pass
""",
    "litellm/proxy/_types.py": """
class Base: ...
class ConfigGeneralSettings(Base):
    master_key: str | None = None
""",
    "litellm/types/caching.py": """
from enum import Enum
class LiteLLMCacheType(str, Enum):
    LOCAL = "local"
    DISK = "disk"
""",
    "litellm/proxy/guardrails/guardrail_registry.py": """
from litellm.types.caching import LiteLLMCacheType
from typing import Final
guardrail_initializer_registry: Final = {LiteLLMCacheType.LOCAL.value: initialize_local}
""",
    "litellm/proxy/guardrails/guardrail_hooks/named/__init__.py": """
guardrail_initializer_registry = {"other-name": initialize_guardrail}
""",
    "litellm/proxy/guardrails/guardrail_hooks/folder/__init__.py": """
def initialize_guardrail(params, guardrail): ...
""",
    "litellm/proxy/guardrails/guardrail_hooks/helper/__init__.py": "",
    "litellm/types/router.py": """
import enum
class Generic:
    api_base: str | None = None
    input_cost_per_token: float | None = None
    model_config = {}
class LiteLLM_Params(Generic):
    model: str
    model_config = {}
class RoutingStrategy(enum.Enum):
    LEAST_BUSY = "least-busy"
VALID_ROUTING_STRATEGIES = ("simple-shuffle", *(s.value for s in RoutingStrategy))
""",
    "litellm/types/utils.py": """
from enum import Enum
from litellm.types.litellm_params import OWNED_KWARG_NAMES, EXTRA as MORE
class Callbacks:
    langfuse_host: str
all_litellm_params = [*OWNED_KWARG_NAMES, *Callbacks.__annotations__] + list(MORE)
class LlmProviders(str, Enum):
    AZURE = "azure"
    OPENAI = "openai"
""",
    "litellm/types/litellm_params.py": """
def wire(name): return {"wire_name": name}
HIDDEN = "_hidden"
class Limits:
    rpm: int | None = None
    no_log: bool | None = field(default=None, metadata=wire("no-log"))
    secret: str | None = field(default=None, metadata=wire(HIDDEN))
class Options:
    limits: Limits
LITELLM_OWNED_ROOTS = (Options,)
OWNED_KWARG_NAMES = tuple(chain.from_iterable(names(root) for root in LITELLM_OWNED_ROOTS))
EXTRA = frozenset({"caching"})
""",
    "litellm/llms/openai_like/providers.json": '{"poe": {"base_url": "https://api.poe.com/v1"}}',
}
_METADATA = """Metadata-Version: 2.4
Name: litellm
Requires-Dist: httpx[http2]>=0.28,<1.0
Requires-Dist: openai>=2,<3
Requires-Dist: litellm-enterprise==0.1 ; extra == 'proxy'
Requires-Dist: openai-extra==1 ; extra == 'other'
Requires-Dist: httpx2>=2 ; extra == 'mcp'
"""


def wheel(
    folder: Path,
    version: str,
    changes: Mapping[str, tuple[str, str]] | None = None,
    models: Mapping[str, object] | None = None,
) -> Path:
    """Write a wheel of LiteLLM. `changes` replaces texts in files."""
    path = folder / f"litellm-{version}-py3-none-any.whl"
    files = {
        **_SOURCES,
        "litellm/model_prices_and_context_window_backup.json": json.dumps(models or MODELS),
        f"litellm-{version}.dist-info/METADATA": _METADATA,
    }
    for name, (before, after) in (changes or {}).items():
        name = next(file for file in files if file.endswith(name))
        assert before in files[name]
        files[name] = files[name].replace(before, after)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


_CORE = """import { t as MODEL_APIS } from "./types-A.mjs";
import { n as string, t as object, a as _enum, r as record, o as union } from "./zod-Z.mjs";
/** A model. "quotes", {braces} */
const ModelSchema = object({
	id: string().min(1),
	"name": string().optional(),
	// what it costs
	cost: number().int().positive().max(2 * 1024).optional(),
	api: _enum(MODEL_APIS, { error: (issue) => issue.input === "x" ? `no ${issue}` : void 0 }),
	extra: record(string(), unknown()).optional()
}).strict();
function listOf(inner) {
	return array(inner).max(3).optional();
}
export { ModelSchema as m, listOf as l };
"""
_ROOT = """import { m as ModelSchema, l as listOf } from "./core-B.mjs";
import path from "node:path";
const Shape = {
	models: strictObject({
		mode: union([literal("merge"), literal("replace")]).optional(),
		providers: record(string(), object({
			baseUrl: string().regex(/^https?:[/]{2}/).refine((value) => {
				return value !== "}";
			}, "no"),
			api: ModelSchema.shape.api.optional(),
			models: listOf(ModelSchema)
		}).strict()).optional()
	}).optional(),
	agents: object({ defaults: object({ model: union([string(), object({ primary: string() })]) })
		.strict().optional() }).strict().optional(),
	env: z.record(z.string(), z.string()).optional(),
	memory: lazy(() => object({
		on: boolean(),
		at: string().datetime().optional()
	}).strict()).optional(),
	channels: strictObject({ defaults: boolean().optional() }).catchall(unknown()).optional(),
	plugins: strictObject({
		entries: record(string(), strictObject({
			enabled: boolean().optional(),
			config: record(string(), unknown()).optional()
		})).optional()
	}).optional()
};
const OpenClawSchema = strictObject(Shape).superRefine((cfg, ctx) => {
	if (cfg.models) ctx.addIssue({ path: ["models"] });
});
export { OpenClawSchema as t };
"""
_LOFT = {"type": "string", "pattern": r"^\p{Cs}"}
_PIGEON = {
    "type": "object",
    "properties": {"loft": _LOFT, "pace": {"default": 1}},
    "required": ["loft", "pace"],
    "additionalProperties": False,
}
_ROWS = json.dumps([{"channelId": "pigeon", "schema": _PIGEON}])
_CHANNELS = f"""\
const RAW_BUNDLED_CHANNEL_CONFIG_METADATA = [
	{json.dumps(_ROWS[:20])},
	{json.dumps(_ROWS[20:])}
].join("");
export {{ RAW_BUNDLED_CHANNEL_CONFIG_METADATA as t }};
"""
_ZOOM = {"type": "object", "properties": {"zoom": {"type": "number"}}}
_FILES = {
    "dist/types-A.mjs": 'const MODEL_APIS = ["openai-completions", "ollama"];\n'
    "export { MODEL_APIS as t };\n",
    "dist/core-B.mjs": _CORE,
    "dist/channels-E.mjs": _CHANNELS,
    "dist/extensions/maps/openclaw.plugin.json": json.dumps({"id": "maps", "configSchema": _ZOOM}),
    "dist/extensions/odd/openclaw.plugin.json": '{"id": "odd", "configSchema": {"not": {}}}',
    "dist/root-C.mjs": _ROOT,
    "dist/defaults-D.mjs": 'const DEFAULT_PROVIDER = "openai";\nconst DEFAULT_MODEL = "gpt-5";\n'
    "const DEFAULT_CONTEXT_TOKENS = 2e5;\nconst DEFAULT_GATEWAY_PORT = 18789;\n",
    "dist/extensions/other.mjs": "const OpenClawSchema = 1;\n",
    "package.json": json.dumps(
        {"engines": {"node": ">=24"}, "dependencies": {"openai": "7.1.0", "zod": "4"}}
    ),
}


def tarball(
    folder: Path, version: str, changes: Mapping[str, tuple[str, str]] | None = None
) -> Path:
    """Write a package of OpenClaw. `changes` replaces texts in files."""
    path = folder / f"openclaw-{version}.tgz"
    files = dict(_FILES)
    for name, (before, after) in (changes or {}).items():
        assert before in files[name]
        files[name] = files[name].replace(before, after)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path
