"""Configs of OpenClaw and environments, from the settings and shapes that public configs use."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from real.differential.openclaw_process import Case
from real.install import OPENCLAW_VERSION

Values = st.SearchStrategy[Any]

HOSTS = (
    "http://127.0.0.1:4000",
    "http://localhost:4000",
    "http://litellm:4000",
    "http://192.168.7.27:8080",
    "http://litellm.litellm.svc.cluster.local:4000",
    "https://relay.nordwind.example",
)
AZURES = (
    "https://contoso-gpt.openai.azure.com",
    "https://contoso-gpt.cognitiveservices.azure.com",
    "https://contoso-gpt.services.ai.azure.com",
    "https://contoso.azure-api.net/gpt",
)
PATHS = ("", "/", "/v1", "/v1/", "/openai", "/chat/completions", "/v1/chat/completions")
AZURE_PATHS = (
    "",
    "/",
    "/openai",
    "/openai/",
    "/openai/v1",
    "/openai/v1/",
    "/v1",
    "/openai/deployments/gpt-5.2",
    "/openai/deployments/gpt-5.2/",
    "/openai/deployments/gpt-5.2/chat/completions",
    "/openai/responses",
    "/models",
)
ODD_URLS = (
    "${BASE_URL}/v1",
    "${UNSET_URL}",
    "127.0.0.1:4000/v1",
    "",
    " http://localhost:4000/v1 ",
    "http://me:sk-1234567890@localhost:4000/v1",
)
QUERIES = ("", "", "", "", "?api-version=2024-10-21", "?api-version=preview", "?api-version=v1")
APIS = (
    "openai-completions",
    "openai-completions",
    "openai-completions",
    "openai-responses",
    "azure-openai-responses",
    "anthropic-messages",
)
WRONG_APIS = ("openai", "openai-chat", "azure", "openai-completion", "azure-openai", "litellm", "")
PROVIDERS = (
    "litellm",
    "litellm",
    "azure-openai",
    "azure",
    "azure-openai-responses",
    "openai",
    "custom-proxy",
    "LiteLLM",
    "relay",
)
MODELS = (
    "gpt-5.2",
    "gpt-4o",
    "gpt-4.1",
    "o3-mini",
    "gpt-5.2-chat",
    "azure/gpt-5.2",
    "claude-opus-4-6",
    "smart-router",
    "deepseek-v3",
)
VARIABLES = ("LITELLM_API_KEY", "AZURE_OPENAI_API_KEY", "MY_KEY", "OPENAI_API_KEY")
VERSION_VARIABLES = {
    "AZURE_OPENAI_API_VERSION": ("preview", "v1", "2025-04-01-preview"),
    "AZURE_OPENAI_BASE_URL": ("https://other.openai.azure.com/openai/v1",),
    "AZURE_OPENAI_RESOURCE_NAME": ("other",),
    "AZURE_OPENAI_DEPLOYMENT_NAME_MAP": ("gpt-5.2=chat-prod", "gpt-4o=x,gpt-5.2=chat-prod"),
}
COMPAT: dict[str, Values] = {
    "supportsStore": st.booleans(),
    "supportsPromptCacheKey": st.booleans(),
    "supportsDeveloperRole": st.booleans(),
    "supportsReasoningEffort": st.booleans(),
    "supportsUsageInStreaming": st.booleans(),
    "supportsTools": st.booleans(),
    "supportsStrictMode": st.booleans(),
    "requiresStringContent": st.booleans(),
    "maxTokensField": st.sampled_from(("max_tokens", "max_completion_tokens")),
    "thinkingFormat": st.sampled_from(("openai", "openrouter", "zai", "qwen")),
    "supportedReasoningEfforts": st.sampled_from((["low", "medium", "high"], ["minimal"])),
}
PARAMS: dict[str, Values] = {
    "temperature": st.sampled_from((0, 0.2, 1)),
    "top_p": st.sampled_from((0.5, 1)),
    "maxTokens": st.sampled_from((64, 4096)),
    "max_tokens": st.just(77),
    "parallel_tool_calls": st.booleans(),
    "reasoning_effort": st.sampled_from(("low", "high")),
    "cacheRetention": st.sampled_from(("none", "short", "long")),
    "service_tier": st.just("flex"),
    "seed": st.just(1),
    "user": st.just("me"),
    "metadata": st.just({"team": "a"}),
    "extra_body": st.dictionaries(
        st.sampled_from(("store", "drop_params", "metadata", "top_k", "max_tokens", "user")),
        st.sampled_from((True, False, 1, "x", {"a": 1})),
        max_size=2,
    ),
    "extraBody": st.just({"top_k": 1}),
}
HEADERS: dict[str, Values] = {
    "api-key": st.sampled_from(("${AZURE_OPENAI_API_KEY}", "hk-0123456789abcdef")),
    "Api-Key": st.just("hk-0123456789abcdef"),
    "api-version": st.sampled_from(("2024-10-21", "preview")),
    "Authorization": st.just("Bearer hk-0123456789abcdef"),
    "authorization": st.just("Bearer ${MY_KEY}"),
    "Ocp-Apim-Subscription-Key": st.just("${MY_KEY}"),
    "User-Agent": st.just("mine/1.0"),
    "X-Team": st.sampled_from(("a", "${UNSET_TEAM}")),
}
LITERAL_KEYS = ("sk-1234567890abcdef", "sk-1234", "", "not-needed", " sk-space-0123456 ")
WRONG: Values = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 3), st.sampled_from(("x", [], {}, [1]))
)
UNKNOWN_KEYS = ("apiVersion", "api_key", "base_url", "deployment", "timeout", "type", "url", "key")


def some(options: dict[str, Values], most: int = 2) -> Values:
    """Some of the optional settings, each with a value of its own."""
    names = st.lists(st.sampled_from(sorted(options)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: options[n] for n in chosen}))


def rarely(strategy: Values, other: Values) -> Values:
    """Mostly the first strategy."""
    return st.integers(0, 9).flatmap(lambda number: other if number == 9 else strategy)


def base_urls() -> Values:
    own = st.builds("{}{}".format, st.sampled_from(HOSTS), st.sampled_from(PATHS))
    azure = st.builds(
        "{}{}{}".format,
        st.sampled_from(AZURES),
        st.sampled_from(AZURE_PATHS),
        st.sampled_from(QUERIES),
    )
    return rarely(st.one_of(own, azure), st.sampled_from(ODD_URLS))


def api_keys() -> Values:
    variable = st.sampled_from((*VARIABLES, "UNSET_KEY")).map("${{{}}}".format)
    reference = st.builds(
        lambda name, source: {"source": source, "provider": "default", "id": name},
        st.sampled_from((*VARIABLES, "UNSET_KEY")),
        st.just("env"),
    )
    bare = st.sampled_from(VARIABLES)
    return st.one_of(variable, st.sampled_from(LITERAL_KEYS), st.one_of(reference, bare))


@st.composite
def models(draw: st.DrawFn, name: str) -> dict[str, Any]:
    optional: dict[str, Values] = {
        "reasoning": st.booleans(),
        "contextWindow": st.sampled_from((8192, 20000, 32768, 128000, 200000, 400000)),
        "contextTokens": st.just(65536),
        "maxTokens": st.sampled_from((64, 4096, 16384, 128000, 500000)),
        "input": st.sampled_from((["text"], ["text", "image"])),
        "cost": st.just({"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}),
        "compat": some(COMPAT),
        "api": st.sampled_from(APIS),
        "params": some(PARAMS, 1),
        "headers": some(HEADERS, 1),
    }
    return {"id": name, "name": name, **draw(some(optional, 4))}


@st.composite
def providers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"baseUrl": draw(base_urls())}
    if draw(st.integers(0, 7)):
        found["apiKey"] = draw(api_keys())
    if draw(st.integers(0, 9)):
        found["api"] = draw(rarely(st.sampled_from(APIS), st.sampled_from(WRONG_APIS)))
    optional: dict[str, Values] = {
        "authHeader": st.booleans(),
        "headers": some(HEADERS),
        "auth": st.sampled_from(("api-key", "api-key", "oauth", "token", "aws-sdk")),
        "timeoutSeconds": st.just(120),
        "contextWindow": st.just(200000),
        "maxTokens": st.just(8192),
        "params": some(PARAMS, 1),
    }
    if draw(st.booleans()):
        found |= draw(some(optional))
    found["models"] = [draw(models(name))]
    return found


def ids(provider: str, model: str) -> Values:
    """The id of a model as it is, or with the provider's own name before it."""
    return rarely(st.just(model), st.just(f"{provider}/{model}"))


@st.composite
def configs(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """A config with a main provider, and the environment's own variables in it now and then."""
    provider, model = draw(st.sampled_from(PROVIDERS)), draw(st.sampled_from(MODELS))
    ref = f"{provider}/{draw(ids(provider, model))}"
    defaults: dict[str, Any] = {"model": draw(st.sampled_from((ref, {"primary": ref})))}
    optional: dict[str, Values] = {
        "models": some({"alias": st.just("main"), "params": some(PARAMS)}).map(
            lambda entry: {ref: entry}
        ),
        "thinkingDefault": st.sampled_from(("off", "minimal", "low", "medium", "high", "xhigh")),
        "params": some(PARAMS, 1),
    }
    defaults |= draw(some(optional))
    config: dict[str, Any] = {
        "models": {"providers": {provider: draw(providers(draw(ids(provider, model))))}},
        "agents": {"defaults": defaults},
    }
    if draw(st.integers(0, 5)) == 5:
        own: dict[str, Values] = {
            "params": some(PARAMS, 1),
            "thinkingDefault": st.sampled_from(("off", "low", "high")),
            "model": st.just(ref),
        }
        config["agents"]["list"] = [{"id": "main", **draw(some(own))}]
    if draw(st.integers(0, 3)) == 3:
        search, place = draw(memory_searches(provider)), draw(st.integers(0, 9)) == 9
        if place == (version == OPENCLAW_VERSION):
            defaults["memorySearch"] = search
        else:
            config["memory"] = {"search": search}
    if draw(st.booleans()):
        config["models"]["mode"] = draw(st.sampled_from(("merge", "replace")))
    if draw(st.integers(0, 5)) == 5:
        variables = {"MY_KEY": "own-0123456789abc"}
        config["env"] = draw(st.sampled_from(({"vars": variables}, variables)))
    return config


def memory_searches(provider: str) -> Values:
    """Memory search at a place of its own, or at the one of a provider."""
    remote = some(
        {
            "baseUrl": st.sampled_from(
                ("http://127.0.0.1:4000/v1", "https://contoso-gpt.openai.azure.com/openai/v1/")
            ),
            "apiKey": st.sampled_from(("${MY_KEY}", "rk-0123456789abcdef", "${UNSET_KEY}")),
            "headers": some(HEADERS, 1),
        },
        3,
    )
    names = ("openai", "openai", provider, provider, "litellm", "azure-openai", "none")
    models = ("text-embedding-3-small", "openai/emb", "azure-embeddings")
    always = {"provider": st.sampled_from(names), "model": st.sampled_from(models)}
    optional = {"remote": remote, "enabled": rarely(st.just(True), st.just(False))}
    return st.builds(lambda a, b: {**a, **b}, st.fixed_dictionaries(always), some(optional))


@st.composite
def environments(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(VARIABLES), unique=True))
    found = {name: f"env-{name.lower()}-0123456789" for name in names}
    if found and draw(st.integers(0, 9)) == 9:
        found[names[0]] = ""
    if draw(st.booleans()):
        found["BASE_URL"] = "http://127.0.0.1:4000"
    if draw(st.integers(0, 3)) == 3:
        name = draw(st.sampled_from(sorted(VERSION_VARIABLES)))
        found[name] = draw(st.sampled_from(VERSION_VARIABLES[name]))
    return found


@st.composite
def broken(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """A config in which a value has another type, or an unknown key, or a key is missing."""
    config = copy.deepcopy(draw(configs(version)))  # strategies share some values
    parents = list(_mappings(config))
    for _ in range(draw(st.integers(1, 2))):
        parent = draw(st.sampled_from(parents))
        kind = draw(st.sampled_from(("wrong", "unknown", "missing")))
        if kind == "unknown" or not parent:
            parent[draw(st.sampled_from(UNKNOWN_KEYS))] = draw(WRONG)
        elif kind == "missing":
            del parent[draw(st.sampled_from(sorted(parent)))]
        else:
            parent[draw(st.sampled_from(sorted(parent)))] = draw(WRONG)
    return config


def _mappings(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from _mappings(child)
    elif isinstance(value, list):
        for child in value:
            yield from _mappings(child)


def _asked(config: dict[str, Any]) -> tuple[str, ...]:
    searched = "memory" in config or "memorySearch" in config["agents"]["defaults"]
    return ("embed",) if searched else ("turn",)


def cases(version: str) -> st.SearchStrategy[Case]:
    """Configs that a version of OpenClaw mostly accepts, with what is sent for them."""
    return st.builds(lambda c, e: Case(c, e, _asked(c)), configs(version), environments())


def broken_cases(version: str) -> st.SearchStrategy[Case]:
    """Configs that OpenClaw mostly refuses."""
    return st.builds(lambda c, e: Case(c, e, ()), broken(version), environments())
